//! `synaq check`: every fault of the content, then a summary of what it holds.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;

use crate::content::audit::{Audit, audit};
use crate::content::{self, Fault, Listen};
use crate::domain::bank::Purpose;

/// Arguments of `synaq check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The content directory
    #[arg(long, value_name = "DIR", default_value = "content")]
    pub content: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
    /// Decode every recording too, and compare the sound with its manifest; takes some seconds
    #[arg(long)]
    pub decode: bool,
}

/// The JSON report.
#[derive(Serialize)]
struct Report<'r> {
    /// Whether recordings were decoded.
    decoded: bool,
    faults: Vec<FaultLine<'r>>,
    #[serde(flatten)]
    audit: &'r Audit,
}

/// A fault in the JSON report.
#[derive(Serialize)]
struct FaultLine<'r> {
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    field: &'r str,
    reason: &'r str,
}

/// Checks the content directory and prints the report on standard output. Fails when there is any fault. Where the
/// arguments ask for it, `listen` hears every recording.
pub fn run(args: &CheckArgs, listen: &Listen<'_>) -> ExitCode {
    let listen = args.decode.then_some(listen);
    let inspection = content::inspect(&args.content, listen);
    let audit = audit(&inspection.content);
    let faults: Vec<Fault> = inspection
        .faults
        .iter()
        .map(|fault| fault.under(&args.content))
        .collect();
    let mut out = io::stdout().lock();
    let written = match args.json {
        true => print_json(&mut out, args.decode, &faults, &audit),
        false => write!(
            out,
            "{}",
            Text {
                faults: &faults,
                audit: &audit,
                decoded: args.decode,
            }
        ),
    };
    match written.and_then(|()| out.flush()) {
        Ok(()) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(error) => {
            // The reader of the output has gone (`synaq check | head`): there is nobody left to tell but the log.
            let _ = writeln!(
                io::stderr(),
                "synaq check: cannot write the report: {error}"
            );
            ExitCode::FAILURE
        }
    }
}

fn print_json(
    out: &mut impl Write,
    decoded: bool,
    faults: &[Fault],
    audit: &Audit,
) -> io::Result<()> {
    let faults = faults
        .iter()
        .map(|fault| FaultLine {
            file: fault.file.display().to_string(),
            line: fault.line,
            column: fault.column,
            field: &fault.field,
            reason: &fault.reason,
        })
        .collect();
    serde_json::to_writer_pretty(
        &mut *out,
        &Report {
            decoded,
            faults,
            audit,
        },
    )?;
    writeln!(out)
}

/// The report as text: a line a fault, an empty line, the summary.
struct Text<'r> {
    faults: &'r [Fault],
    audit: &'r Audit,
    decoded: bool,
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in self.faults {
            writeln!(f, "{fault}")?;
        }
        if !self.faults.is_empty() {
            writeln!(f, "\nFiles with faults are not counted below.\n")?;
        }
        let audit = self.audit;
        for rules in &audit.rules {
            writeln!(
                f,
                "rule {:<14} requires {} from {}, {} forms without overlap",
                rules.id, rules.required_level, rules.effective_from, rules.forms_without_overlap
            )?;
        }
        for table in &audit.tables {
            writeln!(f, "{} {}, {}", table.kind, table.id, table.covers)?;
        }
        self.cells(f)?;
        self.items(f)?;
        self.words(f)?;
        self.audio(f)?;
        match self.faults.len() {
            0 => writeln!(f, "no faults"),
            1 => writeln!(f, "1 fault"),
            count => writeln!(f, "{count} faults"),
        }
    }
}

impl Text<'_> {
    fn cells(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let audit = self.audit;
        writeln!(
            f,
            "\n{:<8} {:<10} {:<5} {:>8} {:>6} {:>14} {:>16}",
            "for", "section", "level", "testlets", "items", "comprehension", "lexical-grammar"
        )?;
        for cell in &audit.by_cell {
            let purpose = match cell.purpose {
                Purpose::Forms => "forms",
                Purpose::Practice => "practice",
            };
            writeln!(
                f,
                "{purpose:<8} {:<10} {:<5} {:>8} {:>6} {:>14} {:>16}",
                cell.section.as_str(),
                cell.level.as_str(),
                cell.testlets,
                cell.items,
                cell.comprehension,
                cell.lexical_grammar
            )?;
        }
        writeln!(f, "{:<25} {:>8} {:>6}", "all", audit.testlets, audit.items)?;
        if audit.short > 0 {
            writeln!(f, "{:<25} {:>8}", "of these short", audit.short)?;
        }
        Ok(())
    }

    fn items(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let audit = self.audit;
        writeln!(
            f,
            "\nforms without overlap: {}; the fewest kinds of stem in one of them: {}",
            audit.forms_without_overlap, audit.stem_types_of_a_form
        )?;
        write!(f, "keys in the bank's order:")?;
        for (letter, count) in &audit.key_letters {
            write!(f, " {letter} {count} ({})", percent(*count, audit.items))?;
        }
        writeln!(
            f,
            "; the key is the longest option in {:.0} % of the items",
            audit.longest_key_rate * 100.0
        )?;
        let review = audit.review;
        writeln!(
            f,
            "blind review: {} of {} items; right with the stimulus {} ({}); without it {} of {} ({}; chance 25 %)",
            review.reviewed,
            audit.items,
            review.agreed,
            percent(review.agreed, review.reviewed),
            review.guessable,
            review.tried_without,
            percent(review.guessable, review.tried_without)
        )
    }

    fn words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spelling = self.audit.spelling;
        let known = spelling.forms - spelling.correct - spelling.names - spelling.loans;
        write!(
            f,
            "spelling: {} word forms, {} ({}) left to the dictionary; looked at: {} correct, {} names, {} loans",
            spelling.forms,
            known,
            percent(known, spelling.forms),
            spelling.correct,
            spelling.names,
            spelling.loans
        )?;
        match spelling.unused {
            0 => writeln!(f)?,
            unused => writeln!(f, "; {unused} more are no longer in the bank")?,
        }
        let vocabulary = &self.audit.vocabulary;
        if vocabulary.a1_words == 0 {
            return Ok(());
        }
        writeln!(
            f,
            "vocabulary: {} words of A1; known in the reserve's texts {:.1} %, in the A1–A2 texts of forms {:.1} %",
            vocabulary.a1_words,
            vocabulary.reserve_share * 100.0,
            vocabulary.forms_share * 100.0
        )
    }

    fn audio(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let audio = &self.audit.audio;
        writeln!(
            f,
            "recordings: {} ({} synthetic, {} human), {:.1} minutes, {} kB; {}",
            audio.recordings,
            audio.synthetic,
            audio.human,
            audio.minutes,
            audio.bytes.div_ceil(1000),
            match self.decoded {
                true => "all decoded",
                false => "compared by their hashes (--decode hears them)",
            }
        )?;
        writeln!(f, "sound: {}", self.audit.sound)?;
        match self.audit.instructions {
            0 => writeln!(
                f,
                "no spoken instructions: a paced track is texts and silence"
            ),
            count => writeln!(f, "spoken instructions: {count}"),
        }
    }
}

/// A share in per cent; a dash where there is nothing to share.
fn percent(part: usize, whole: usize) -> String {
    match whole {
        0 => "–".to_owned(),
        whole => format!("{:.1} %", 100.0 * part as f64 / whole as f64),
    }
}
