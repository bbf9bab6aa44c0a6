//! The spoken instructions of a paced track: `audio/instructions.toml`, each with its recording beside it.
//!
//! A content directory may have none; a track is then made of texts and silence alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::document::{self, Node};
use super::fault::Fault;
use super::recording::{self, Listen};
use super::shared::kazakh;
use crate::domain::level::Level;

/// Where they stand.
const FILE: &str = "audio/instructions.toml";

/// What is said around the texts.
const AROUND: [&str; 4] = ["intro", "again", "answer", "end"];
/// How many texts can be announced: `text-1` … `text-8`.
const TEXTS: usize = 8;

/// One spoken instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// What is said, in Kazakh.
    pub text: String,
    /// SHA-256 of the recording, in lower-case hexadecimal.
    pub sha256: String,
    /// Size of the recording.
    pub bytes: u64,
    /// Length of the recording in milliseconds.
    pub duration_ms: u64,
    /// Who speaks.
    pub provenance: String,
    /// The recording's file, absolute or as the content directory was given.
    pub path: PathBuf,
}

/// The instructions by their names; empty when there is no file.
pub(super) fn read(
    dir: &Path,
    listen: Option<&Listen<'_>>,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Instruction> {
    let file = Path::new(FILE);
    let bytes = match std::fs::read(dir.join(file)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return BTreeMap::new(),
        Err(error) => {
            faults.push(Fault::of_file(file, format!("cannot be read: {error}")));
            return BTreeMap::new();
        }
    };
    let texts = match document::read(file, &bytes, texts) {
        Ok(texts) => texts,
        Err(more) => {
            faults.extend(more);
            return BTreeMap::new();
        }
    };
    let mut found = BTreeMap::new();
    for (id, text) in texts {
        let beside = file.with_file_name(format!("{id}.toml"));
        match recording::read(dir, &beside, Some(1), listen) {
            Ok(recorded) => {
                let of = recorded.recording;
                let instruction = Instruction {
                    text,
                    sha256: of.sha256,
                    bytes: of.bytes,
                    duration_ms: of.duration_ms,
                    provenance: of.provenance,
                    path: recorded.path,
                };
                found.insert(id, instruction);
            }
            Err(more) => faults.extend(more),
        }
    }
    found
}

fn texts(root: &Node<'_>) -> Option<BTreeMap<String, String>> {
    let fields = root.fields(&["level", "instructions"])?;
    // How fast they are spoken; of no concern here, but a wrong one is a fault.
    let level = fields
        .required("level")
        .and_then(|node| node.parse::<Level>());
    let nodes = fields.required("instructions")?.elements()?;
    let names: Vec<String> = AROUND
        .iter()
        .map(|name| (*name).to_owned())
        .chain((1..=TEXTS).map(|nth| format!("text-{nth}")))
        .collect();
    let mut texts = BTreeMap::new();
    for node in &nodes {
        let Some(fields) = node.fields(&["id", "voice", "text"]) else {
            continue;
        };
        fields.text("voice");
        let text = fields.required("text").and_then(|node| kazakh(&node));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let id = fields.required("id").and_then(|node| node.one_of(&names));
        if let (Some(id), Some(text)) = (id, text)
            && texts.insert(id.to_owned(), text).is_some()
        {
            fields.fault("id", format!("“{id}” stands here twice"));
        }
    }
    for name in names.iter().filter(|name| !texts.contains_key(*name)) {
        fields.fault("instructions", format!("“{name}” is missing"));
    }
    level.map(|_| texts)
}
