//! `synaq check`: every fault of the content, then a summary of what it holds.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;

use crate::content::audit::{Audit, audit};
use crate::content::{self, Fault, Listen};

/// Arguments of `synaq check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The content directory
    #[arg(long, value_name = "DIR", default_value = "content")]
    pub content: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

/// The JSON report.
#[derive(Serialize)]
struct Report<'r> {
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

/// Checks the content directory and prints the report on standard output. Fails when there is any fault.
pub fn run(args: &CheckArgs) -> ExitCode {
    run_with(args, None)
}

/// As [`run`]; with `listen` every recording is decoded as well and compared with its manifest.
pub fn run_with(args: &CheckArgs, listen: Option<&Listen<'_>>) -> ExitCode {
    let inspection = content::inspect(&args.content, listen);
    let audit = audit(&inspection.content);
    let faults: Vec<Fault> = inspection
        .faults
        .iter()
        .map(|fault| fault.under(&args.content))
        .collect();
    let mut out = io::stdout().lock();
    let written = match args.json {
        true => print_json(&mut out, &faults, &audit),
        false => write!(
            out,
            "{}",
            Text {
                faults: &faults,
                audit: &audit
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

fn print_json(out: &mut impl Write, faults: &[Fault], audit: &Audit) -> io::Result<()> {
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
    serde_json::to_writer_pretty(&mut *out, &Report { faults, audit })?;
    writeln!(out)
}

/// The report as text: a line a fault, an empty line, the summary.
struct Text<'r> {
    faults: &'r [Fault],
    audit: &'r Audit,
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
            let forms = audit.forms_without_overlap.get(&rules.id);
            writeln!(
                f,
                "rule {:<14} requires {} from {}, {} forms without overlap",
                rules.id,
                rules.required_level,
                rules.effective_from,
                forms.copied().unwrap_or_default()
            )?;
        }
        for table in &audit.tables {
            writeln!(f, "{} {}, {}", table.kind, table.id, table.covers)?;
        }
        writeln!(
            f,
            "\n{:<10} {:<5} {:>8} {:>6} {:>14} {:>16}",
            "section", "level", "testlets", "items", "comprehension", "lexical-grammar"
        )?;
        for cell in &audit.by_cell {
            writeln!(
                f,
                "{:<10} {:<5} {:>8} {:>6} {:>14} {:>16}",
                cell.section.as_str(),
                cell.level.as_str(),
                cell.testlets,
                cell.items,
                cell.comprehension,
                cell.lexical_grammar
            )?;
        }
        writeln!(f, "{:<16} {:>8} {:>6}", "all", audit.testlets, audit.items)?;
        if audit.short > 0 {
            writeln!(f, "of these short   {:>8}", audit.short)?;
        }
        write!(f, "\nkeys in the bank's order:")?;
        for (letter, count) in &audit.key_letters {
            write!(f, " {letter} {count}")?;
        }
        writeln!(
            f,
            "; the key is the longest option in {:.0} % of the items",
            audit.longest_key_rate * 100.0
        )?;
        let audio = &audit.audio;
        writeln!(
            f,
            "recordings: {}, {:.1} minutes, {} kB",
            audio.recordings,
            audio.minutes,
            audio.bytes.div_ceil(1000)
        )?;
        match self.faults.len() {
            0 => writeln!(f, "no faults"),
            1 => writeln!(f, "1 fault"),
            count => writeln!(f, "{count} faults"),
        }
    }
}
