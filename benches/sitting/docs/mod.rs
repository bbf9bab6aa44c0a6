//! The documents that are made of measured figures: docs/performance.md, its curve, and a block of the README. The
//! figures are kept in docs/performance, so that anybody can make the documents again; a test does.

mod page;
mod plot;
mod readme;

use std::path::Path;

use serde_json::Value;

/// Where the block of the README begins and ends.
const BLOCK: [&str; 2] = ["<!-- performance -->\n", "<!-- /performance -->"];

/// Figures of one run.
#[derive(Debug, Clone)]
pub struct Run {
    /// The file they are in.
    pub file: String,
    /// What is in it.
    pub figures: Value,
}

impl Run {
    /// Engine, version and nodes: what one compares.
    fn site(&self) -> String {
        let engine = word(&self.figures["site"]["engine"]);
        match self.figures["site"]["nodes"].as_u64() {
            None | Some(1) => engine.to_owned(),
            Some(nodes) => format!("{engine}, {nodes} nodes"),
        }
    }

    /// The default first, then from few nodes to many, then by file.
    fn place_in_line(&self) -> (bool, String, Option<u64>, String) {
        let site = &self.figures["site"];
        let engine = word(&site["engine"]);
        (
            !engine.starts_with("SQLite"),
            engine.to_owned(),
            site["nodes"].as_u64(),
            self.file.clone(),
        )
    }

    /// Date and machine, in words.
    fn place(&self) -> String {
        let machine = &self.figures["machine"];
        let gigabytes = machine["memory_bytes"].as_f64().unwrap_or_default() / 1e9;
        let build = match word(&self.figures["build"]) {
            "release" => "",
            _ => ", a development build, which is many times slower",
        };
        format!(
            "{} on {} cores of {} with {gigabytes:.0} GB, Linux {}{build}",
            word(&self.figures["date"]),
            machine["cores"],
            word(&machine["cpu"]),
            word(&machine["kernel"])
        )
    }

    fn round(&self, name: &str) -> Option<&Value> {
        Some(&self.figures["rounds"][name]).filter(|figures| !figures.is_null())
    }
}

/// All documents, as they must be.
#[derive(Debug, PartialEq)]
pub struct Documents {
    /// docs/performance.md
    pub page: String,
    /// docs/performance/curve.svg; none where no curve was measured.
    pub curve: Option<String>,
    /// README.md, with its block.
    pub readme: String,
}

impl Documents {
    /// Of the figures in docs/performance, and the README as it is, below a directory.
    ///
    /// # Errors
    /// What cannot be read, or that the README has no place for the block.
    pub fn of(root: &Path) -> Result<Self, String> {
        let readme = read(&root.join("README.md"))?;
        let mut runs = Vec::new();
        let folder = std::fs::read_dir(root.join("docs/performance"));
        for entry in folder.into_iter().flatten().flatten() {
            let path = entry.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                let figures = serde_json::from_str(&read(&path)?);
                let figures = figures.map_err(|error| format!("{}: {error}", path.display()))?;
                let file = entry.file_name().to_string_lossy().into_owned();
                runs.push(Run { file, figures });
            }
        }
        Self::made(&runs, &readme)
    }

    /// Of these figures and a README.
    ///
    /// # Errors
    /// That the README has no place for the block.
    pub fn made(runs: &[Run], readme: &str) -> Result<Self, String> {
        let mut runs = runs.to_vec();
        runs.sort_by_key(Run::place_in_line);
        let runs = &runs;
        let [begin, end] = BLOCK;
        let place = || format!("README.md has no block between {} and {end}", begin.trim());
        let (before, rest) = readme.split_once(begin).ok_or_else(place)?;
        let (_, after) = rest.split_once(end).ok_or_else(place)?;
        Ok(Self {
            page: page::text(runs),
            curve: plot::curve(runs),
            readme: [before, begin, &readme::block(runs), end, after].concat(),
        })
    }

    /// Writes them below a directory.
    ///
    /// # Errors
    /// What cannot be written.
    pub fn write(&self, root: &Path) -> Result<(), String> {
        let mut files = vec![
            ("docs/performance.md", &self.page),
            ("README.md", &self.readme),
        ];
        files.extend(
            self.curve
                .iter()
                .map(|svg| ("docs/performance/curve.svg", svg)),
        );
        for (file, text) in files {
            std::fs::write(root.join(file), text).map_err(|error| format!("{file}: {error}"))?;
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A text of the figures; empty where there is none.
fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A number of the figures with so many places, thousands apart; a dash where there is none.
fn number(value: &Value, places: usize) -> String {
    let Some(value) = value.as_f64() else {
        return "–".to_owned();
    };
    let text = format!("{value:.places$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut apart = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 && !apart.ends_with('-') {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart + rest
}

/// Milliseconds with as many places as tell something.
fn ms(value: &Value) -> String {
    match value.as_f64() {
        None => "–".to_owned(),
        Some(..1.0) => number(value, 2) + " ms",
        Some(..10.0) => number(value, 1) + " ms",
        Some(_) => number(value, 0) + " ms",
    }
}

/// A share as percent.
fn percent(value: &Value) -> String {
    match value.as_f64() {
        None => "–".to_owned(),
        Some(share) => number(&(share * 100.0).into(), 0) + " %",
    }
}

/// Bytes as megabytes.
fn megabytes(value: &Value) -> String {
    match value.as_f64() {
        None => "–".to_owned(),
        Some(bytes) => number(&(bytes / 1e6).into(), 0) + " MB",
    }
}

/// A table; columns that begin with a number's sign `#` stand at the right.
fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let heads = columns.iter().map(|name| name.trim_start_matches('#'));
    let rules = columns.iter().map(|name| match name.starts_with('#') {
        true => "--:",
        false => "---",
    });
    let mut text = line(heads.collect()) + &line(rules.collect());
    for row in rows {
        text += &line(row.iter().map(String::as_str).collect());
    }
    text
}
