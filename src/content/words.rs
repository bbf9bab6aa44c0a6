//! The bank's own word lists: `words/a1.csv`, the words of A1 with translations, and `words/{correct,names,loans}.csv`,
//! the word forms that a spelling dictionary does not know, each looked at and found right.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::fault::Fault;
use super::text::kazakh_faults;
use crate::domain::bank::{Bank, Stimulus};
use crate::domain::lemma::{Kind, Lexicon};

/// The classes of words in the A1 list.
const CLASSES: [&str; 11] = [
    "noun",
    "verb",
    "adjective",
    "adverb",
    "pronoun",
    "numeral",
    "postposition",
    "conjunction",
    "particle",
    "interjection",
    "name",
];

/// A word of the A1 list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Dictionary form.
    pub lemma: String,
    /// `noun`, `verb` …
    pub class: &'static str,
    /// Forms that its endings do not explain.
    pub forms: Vec<String>,
    /// English.
    pub en: String,
    /// Russian.
    pub ru: String,
}

/// Why a form that the dictionary lacks is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reviewed {
    /// A form of a Kazakh word.
    Correct,
    /// Of a name.
    Name,
    /// Of a loan.
    Loan,
}

/// The lists. A content directory may have none.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// The A1 list in its file's order.
    pub a1: Vec<Word>,
    /// Forms that were looked at, lower case, with their lemmas.
    pub reviewed: BTreeMap<String, (Reviewed, String)>,
}

impl Words {
    /// The A1 list as it is looked up.
    pub fn lexicon(&self) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for word in &self.a1 {
            let kind = match word.class {
                "verb" => Kind::Verb,
                _ => Kind::Nominal,
            };
            lexicon.add(&word.lemma, kind, word.forms.iter().map(String::as_str));
        }
        lexicon
    }
}

/// Every distinct word form of the bank's Kazakh, lower case: stimuli, titles, speakers, glossaries, stems and options. Bare
/// endings (`-дан`, or what is joined to a gap) are no words.
pub fn forms(bank: &Bank) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    let mut take = |text: &str| forms.extend(words_of(text).map(str::to_lowercase));
    for edition in bank.testlets() {
        let testlet = &edition.testlet;
        take(&testlet.title);
        take(&testlet.stimulus.words_text());
        if let Stimulus::Recording(recording) = &testlet.stimulus {
            recording.turns.iter().for_each(|turn| take(&turn.speaker));
        }
        testlet.glossary.iter().for_each(|gloss| take(&gloss.kk));
        for item in &testlet.items {
            take(&item.stem);
            item.options.iter().for_each(|option| take(option));
        }
    }
    forms
}

/// The words of a text; of a hyphenated word its parts.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "«»()/–".contains(c))
        .filter(|token| !token.starts_with('-') && !token.contains('_'))
        .flat_map(super::text::words)
}

/// Reads the lists; a directory without `words` has none.
pub(super) fn read(dir: &Path, faults: &mut Vec<Fault>) -> Words {
    let under = Path::new("words");
    let mut words = Words::default();
    if !dir.join(under).is_dir() {
        return words;
    }
    let file = under.join("a1.csv");
    let mut seen = BTreeSet::new();
    for (line, [lemma, class, forms, en, ru]) in
        rows(dir, &file, ["lemma", "class", "forms", "en", "ru"], faults)
    {
        let mut fault = |field: &str, reason: String| faults.push(at(&file, line, field, reason));
        let Some(class) = CLASSES.into_iter().find(|known| *known == class) else {
            fault(
                "class",
                format!("“{class}” is none of {}", CLASSES.join(", ")),
            );
            continue;
        };
        for reason in kazakh_faults(&lemma)
            .into_iter()
            .chain(kazakh_faults(&forms))
        {
            fault("lemma", reason);
        }
        for (field, text) in [("lemma", &lemma), ("en", &en), ("ru", &ru)] {
            if text.is_empty() {
                fault(field, "is missing".to_owned());
            }
        }
        if class == "verb" && !lemma.ends_with(['у', 'ю']) {
            fault(
                "lemma",
                format!("“{lemma}” is a verb: its dictionary form ends in -у"),
            );
        }
        if !seen.insert((lemma.clone(), class)) {
            fault("lemma", format!("a second “{lemma}”"));
        }
        let forms = forms.split_whitespace().map(str::to_owned).collect();
        words.a1.push(Word {
            lemma,
            class,
            forms,
            en,
            ru,
        });
    }
    for (name, kind) in [
        ("correct.csv", Reviewed::Correct),
        ("names.csv", Reviewed::Name),
        ("loans.csv", Reviewed::Loan),
    ] {
        let file = under.join(name);
        for (line, [form, lemma]) in rows(dir, &file, ["form", "lemma"], faults) {
            let mut fault =
                |field: &str, reason: String| faults.push(at(&file, line, field, reason));
            for reason in kazakh_faults(&form)
                .into_iter()
                .chain(kazakh_faults(&lemma))
            {
                fault("form", reason);
            }
            if lemma.is_empty() {
                fault("lemma", "is missing".to_owned());
            }
            if form.is_empty() || form != form.to_lowercase() {
                fault("form", "must be a word in lower case".to_owned());
            }
            if words.reviewed.insert(form.clone(), (kind, lemma)).is_some() {
                fault(
                    "form",
                    format!("“{form}” stands here or in another of the lists already"),
                );
            }
        }
    }
    words
}

/// The rows of a CSV file with this head, each with its line; none where there is no such file.
fn rows<const N: usize>(
    dir: &Path,
    file: &Path,
    head: [&str; N],
    faults: &mut Vec<Fault>,
) -> Vec<(usize, [String; N])> {
    let bytes = match std::fs::read(dir.join(file)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            faults.push(Fault::of_file(file, format!("cannot be read: {error}")));
            return Vec::new();
        }
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(&bytes[..]);
    match reader.headers() {
        Ok(found) if found.iter().eq(head) => {}
        _ => {
            faults.push(at(
                file,
                1,
                "",
                format!("must begin with the line {}", head.join(",")),
            ));
            return Vec::new();
        }
    }
    let mut found = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(Fault::of_file(file, format!("is not CSV: {error}")));
                break;
            }
        };
        let line = record.position().map_or(0, |at| at.line() as usize);
        let fields: Vec<String> = record.iter().map(str::to_owned).collect();
        match <[String; N]>::try_from(fields) {
            Ok(fields) => found.push((line, fields)),
            Err(fields) => {
                let reason = format!("has {} fields, wanted {N}", fields.len());
                faults.push(at(file, line, "", reason));
            }
        }
    }
    found
}

fn at(file: &Path, line: usize, field: &str, reason: String) -> Fault {
    Fault {
        file: file.to_path_buf(),
        line: Some(line),
        column: None,
        field: field.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn endings_and_gaps_are_no_words() {
        let words: Vec<&str> =
            words_of("«Ата-анам» 13-ақпанда келді: -дан, мектеп___ ___ барды.").collect();
        assert_eq!(words, ["Ата", "анам", "ақпанда", "келді", "барды"]);
    }
}
