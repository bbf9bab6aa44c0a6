//! Content: files to validated domain values, every fault reported with file and line.
//!
//! The content directory holds `rules/*.toml` and `bank/**/*.toml`; a listening testlet `x.toml` has its recording
//! `x.mp3` and the manifest `x.audio.toml` beside it. `points`, `calendar`, `pathway` and `words` may be absent. Content is read
//! whole before anything is served: a faulty file is named, never skipped in silence. The interface's words (`locales`)
//! are read elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::assemble::{self, Exposure};
use crate::domain::bank::Bank;
use crate::domain::calendar::Calendar;
use crate::domain::id::{ItemId, RuleId, TestletId};
use crate::domain::pathway::Pathway;
use crate::domain::points::PointsTable;
use crate::domain::rules::RuleSet;

pub mod audit;
mod bank;
mod calendar;
mod document;
mod estimates;
pub mod evenness;
mod fault;
mod instructions;
mod item;
mod likeness;
mod pathway;
mod points;
mod recording;
mod review;
mod rules;
mod shared;
pub mod sound;
mod sourced;
mod text;
mod tracks;
pub mod vocabulary;
mod whole;
pub mod words;

pub use fault::Fault;
pub use instructions::Instruction;
pub use recording::{Heard, Listen};
pub use review::Review;
pub use words::Words;

use bank::TestletFile;
use rules::RuleFile;

/// Everything that a running service takes from the rule files and the bank.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Rule sets by id.
    pub rules: BTreeMap<RuleId, Arc<RuleSet>>,
    /// Tables of the assessment of immigration potential, by id; a content directory may have none.
    pub points: BTreeMap<String, Arc<PointsTable>>,
    /// Working days, by id; a content directory may have none.
    pub calendars: BTreeMap<String, Arc<Calendar>>,
    /// Tables of the way to a residence permit, by id; a content directory may have none.
    pub pathways: BTreeMap<String, Arc<Pathway>>,
    /// The bank.
    pub bank: Bank,
    /// How the items came out of their blind review; who has not been reviewed is not in it.
    pub reviews: BTreeMap<ItemId, Review>,
    /// The bank's own word lists.
    pub words: Words,
    /// How the recordings sound.
    pub sounding: BTreeMap<TestletId, sound::Sounding>,
    /// The spoken instructions of a paced track, by name: `intro`, `text-1` …, `again`, `answer`, `end`; all or none.
    pub instructions: BTreeMap<String, Instruction>,
    /// Testlets marked `short`: samples that need not have the length and the items of their level.
    pub short: BTreeSet<TestletId>,
}

impl Content {
    /// The newest table of points in force on a day.
    pub fn points_on(&self, day: NaiveDate) -> Option<&Arc<PointsTable>> {
        self.points
            .values()
            .filter(|table| table.effective_from.value <= day)
            .max_by_key(|table| table.effective_from.value)
    }
}

/// What a look through the content directory found: the files without fault, and the faults of the others.
#[derive(Debug, Clone, Default)]
pub struct Inspection {
    /// Rule sets and testlets of the files without fault.
    pub content: Content,
    /// Every fault, in the order of files and lines.
    pub faults: Vec<Fault>,
}

/// Loads the content directory.
///
/// # Errors
/// Every [`Fault`] of every file, when there is any.
pub fn load(dir: &Path) -> Result<Content, Vec<Fault>> {
    let inspection = inspect(dir, None);
    match inspection.faults.is_empty() {
        true => Ok(inspection.content),
        false => Err(inspection.faults),
    }
}

/// Loads the rules and the tables of points alone, without the bank: what the points calculator needs.
///
/// # Errors
/// Every [`Fault`] of those files, when there is any.
pub fn load_rules(dir: &Path) -> Result<Content, Vec<Fault>> {
    let mut faults = Vec::new();
    let rules = rule_files(dir, &mut faults);
    let points = tables(dir, "points", points::read, &mut faults);
    faults.sort();
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Content {
        rules: rules
            .into_iter()
            .map(|found| (found.rules.id.clone(), Arc::new(found.rules)))
            .collect(),
        points: by_id(points, |table| table.id.clone()),
        ..Content::default()
    })
}

/// Looks through the content directory. With `listen`, every recording is decoded too and compared with its manifest.
pub fn inspect(dir: &Path, listen: Option<&Listen<'_>>) -> Inspection {
    let mut faults = Vec::new();
    let rule_files = rule_files(dir, &mut faults);
    let testlet_files = testlet_files(dir, listen, &mut faults);
    doubles(&testlet_files, &mut faults);
    likeness::check(&testlet_files, &mut faults);

    let mut content = Content::default();
    for found in &rule_files {
        content
            .rules
            .insert(found.rules.id.clone(), Arc::new(found.rules.clone()));
    }
    let mut editions = Vec::with_capacity(testlet_files.len());
    let mut recordings = HashMap::new();
    for found in testlet_files {
        let testlet = &found.edition.testlet;
        let items = testlet.items.iter().zip(found.reviews);
        content
            .reviews
            .extend(items.filter_map(|(item, review)| Some((item.id.clone(), review?))));
        if let Some(sounding) = found.sounding {
            content.sounding.insert(testlet.id.clone(), sounding);
        }
        if found.short {
            content.short.insert(testlet.id.clone());
        }
        if let (Some(path), Some(recording)) = (found.recording, testlet.stimulus.recording()) {
            recordings.insert(recording.sha256.clone(), path);
        }
        editions.push(found.edition);
    }
    content.bank = Bank::new(editions, recordings);
    content.words = words::read(dir, &mut faults);
    content.instructions = instructions::read(dir, listen, &mut faults);
    content.points = by_id(tables(dir, "points", points::read, &mut faults), |table| {
        table.id.clone()
    });
    content.calendars = by_id(
        tables(dir, "calendar", calendar::read, &mut faults),
        |table| table.id.clone(),
    );
    content.pathways = by_id(
        tables(dir, "pathway", pathway::read, &mut faults),
        |table| table.id.clone(),
    );

    // While testlets are missing for their faults, an unfilled blueprint would only be another word for those.
    if faults.is_empty() {
        unfilled(&content, &rule_files, &mut faults);
        tracks::too_long(&content, &rule_files, &mut faults);
        let rules = content.rules.values().map(Arc::as_ref);
        evenness::check(&content.bank, rules, &mut faults);
    }
    faults.sort();
    Inspection { content, faults }
}

fn rule_files(dir: &Path, faults: &mut Vec<Fault>) -> Vec<RuleFile> {
    let mut found = Vec::new();
    let files = match files(dir, Path::new("rules"), false) {
        Ok(files) => files,
        Err(fault) => {
            faults.push(fault);
            return found;
        }
    };
    let mut any = false;
    for file in files.iter().filter(|file| has_extension(file, "toml")) {
        any = true;
        match read_file(dir, file).and_then(|bytes| rules::read(&file.path, &bytes)) {
            Ok(rules) => found.push(rules),
            Err(more) => faults.extend(more),
        }
    }
    if !any {
        faults.push(Fault::of_file("rules", "has no rule file (*.toml)"));
    }
    found
}

/// The tables of a directory that a content directory may lack, a file each.
fn tables<T>(
    dir: &Path,
    under: &str,
    read: impl Fn(&Path, &[u8]) -> Result<T, Vec<Fault>>,
    faults: &mut Vec<Fault>,
) -> Vec<T> {
    let under = Path::new(under);
    if !dir.join(under).is_dir() {
        return Vec::new();
    }
    let files = files(dir, under, false).unwrap_or_else(|fault| {
        faults.push(fault);
        Vec::new()
    });
    files
        .iter()
        .filter(|file| has_extension(file, "toml"))
        .filter_map(|file| {
            read_file(dir, file)
                .and_then(|bytes| read(&file.path, &bytes))
                .map_err(|more| faults.extend(more))
                .ok()
        })
        .collect()
}

/// Tables by their ids, which are their files' names.
fn by_id<T>(tables: Vec<T>, id: impl Fn(&T) -> String) -> BTreeMap<String, Arc<T>> {
    tables
        .into_iter()
        .map(|table| (id(&table), Arc::new(table)))
        .collect()
}

fn testlet_files(
    dir: &Path,
    listen: Option<&Listen<'_>>,
    faults: &mut Vec<Fault>,
) -> Vec<TestletFile> {
    let mut found = Vec::new();
    let files = match files(dir, Path::new("bank"), true) {
        Ok(files) => files,
        Err(fault) => {
            faults.push(fault);
            return found;
        }
    };
    for file in &files {
        let path = &file.path;
        let name = path.to_string_lossy();
        let of = name
            .strip_suffix(".audio.toml")
            .or_else(|| name.strip_suffix(".mp3"));
        if let Some(of) = of {
            let testlet = PathBuf::from(format!("{of}.toml"));
            if !files.iter().any(|other| other.path == testlet) {
                let reason = format!("belongs to no testlet: there is no {}", testlet.display());
                faults.push(Fault::of_file(path, reason));
            }
        } else if has_extension(file, "toml") {
            match read_file(dir, file).and_then(|bytes| bank::read(dir, path, &bytes, listen)) {
                Ok(testlet) => found.push(testlet),
                Err(more) => faults.extend(more),
            }
        }
    }
    found
}

/// A file of the content directory.
struct File {
    /// Relative to the content directory.
    path: PathBuf,
}

/// The files of a directory in the order of their paths; hidden ones and editors' copies are left out.
fn files(dir: &Path, under: &Path, deep: bool) -> Result<Vec<File>, Fault> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::of_file(under, "there is no such directory"),
        _ => Fault::of_file(under, format!("cannot be read: {error}")),
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir.join(under)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let path = under.join(&name);
        if !entry.path().is_dir() {
            found.push(File { path });
        } else if deep {
            found.extend(files(dir, &path, deep)?);
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn has_extension(file: &File, extension: &str) -> bool {
    file.path
        .extension()
        .is_some_and(|found| found == extension)
}

fn read_file(dir: &Path, file: &File) -> Result<Vec<u8>, Vec<Fault>> {
    std::fs::read(dir.join(&file.path)).map_err(|error| {
        vec![Fault::of_file(
            &file.path,
            format!("cannot be read: {error}"),
        )]
    })
}

/// Notes ids that occur twice in the bank, and items that ask the same with the same options.
fn doubles(files: &[TestletFile], faults: &mut Vec<Fault>) {
    let mut testlets: HashMap<&TestletId, &TestletFile> = HashMap::new();
    let mut ids = HashMap::new();
    let mut questions = HashMap::new();
    for found in files {
        let mut fault = |line: usize, field: String, reason: String| {
            faults.push(Fault {
                file: found.file.clone(),
                line: Some(line),
                column: None,
                field,
                reason,
            });
        };
        let testlet = &found.edition.testlet;
        if let Some(earlier) = testlets.insert(&testlet.id, found) {
            let reason = format!(
                "“{}” is the id of {} too",
                testlet.id,
                earlier.file.display()
            );
            fault(found.id_line, "id".to_owned(), reason);
        }
        for (n, (item, line)) in testlet.items.iter().zip(&found.item_lines).enumerate() {
            if let Some(earlier) = ids.insert(&item.id, &found.file) {
                let reason = format!("“{}” is an item's id in {} too", item.id, earlier.display());
                fault(*line, format!("items.{}.id", n + 1), reason);
            }
            let mut options = item.options.each_ref().map(|option| text::fold(option));
            options.sort();
            if let Some(earlier) = questions.insert((text::fold(&item.stem), options), &item.id) {
                let reason = format!("asks the same as {earlier}, with the same options");
                fault(*line, format!("items.{}.stem", n + 1), reason);
            }
        }
    }
}

/// Notes the rule sets for which the bank has not even one form.
fn unfilled(content: &Content, rule_files: &[RuleFile], faults: &mut Vec<Fault>) {
    for found in rule_files {
        let form = assemble::mock(&content.bank, &found.rules, &Exposure::default(), 0);
        if let Err(unfilled) = form {
            let at = found
                .blueprints
                .iter()
                .find(|(section, _, _)| *section == unfilled.section);
            faults.push(Fault {
                file: Path::new("rules").join(format!("{}.toml", found.rules.id)),
                line: at.map(|(_, line, _)| *line),
                column: None,
                field: at.map(|(_, _, field)| field.clone()).unwrap_or_default(),
                reason: unfilled.to_string(),
            });
        }
    }
}
