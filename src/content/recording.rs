//! Recordings: beside a listening testlet `x.toml` stand `x.mp3` and its manifest `x.audio.toml`.
//!
//! The manifest says what the file should be; a file that is something else is a fault, so that a half-copied or
//! wrongly named recording is never played in an exam.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::document::{self, Node};
use super::fault::Fault;
use super::sound::Sounding;
use crate::domain::bank::{Recording, Sentence};

/// How far the decoded length may be from the manifest's: an encoder pads to whole frames.
const DURATION_TOLERANCE_MS: u64 = 150;

/// How far the heard loudness may be from the manifest's, in LU: it is written to a tenth.
const LOUDNESS_TOLERANCE_LU: f64 = 0.2;

/// What a decoder finds in a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Channels.
    pub channels: u32,
    /// Samples a second.
    pub sample_rate: u32,
    /// Integrated loudness in LUFS.
    pub loudness_lufs: f64,
    /// True peak in dBTP.
    pub true_peak_dbtp: f64,
}

/// Decodes the bytes of a recording, or says in words why that fails. Given by the caller: content knows no audio.
pub type Listen<'l> = dyn Fn(&[u8]) -> Result<Heard, String> + 'l;

/// A manifest: what `synaq speak` wrote, or a person for a studio recording.
struct Manifest {
    file: String,
    sha256: String,
    bytes: u64,
    duration_ms: u64,
    channels: u32,
    sample_rate: u32,
    sounding: Sounding,
    provenance: String,
    sentences: Vec<Sentence>,
}

/// A recording that is what its manifest says.
pub(super) struct Found {
    /// Its file, absolute or as the content directory was given.
    pub(super) path: PathBuf,
    /// Its description, the turns left empty.
    pub(super) recording: Recording,
    /// How it sounds: as it was heard, or as the manifest says.
    pub(super) sounding: Sounding,
}

/// Whether a testlet has a recording or a manifest beside it.
pub(super) fn exists(dir: &Path, testlet: &Path) -> bool {
    let path = dir.join(testlet);
    path.with_extension("mp3").exists() || path.with_extension("audio.toml").exists()
}

/// Reads the manifest beside a testlet and compares the recording with it. `turns` is how many turns the script has, where that is known.
pub(super) fn read(
    dir: &Path,
    testlet: &Path,
    turns: Option<usize>,
    listen: Option<&Listen<'_>>,
) -> Result<Found, Vec<Fault>> {
    let sound = testlet.with_extension("mp3");
    let manifest = testlet.with_extension("audio.toml");
    let path = dir.join(&sound);
    let missing = |file: &Path| {
        let file = file.file_name().unwrap_or_default().to_string_lossy();
        let reason =
            format!("{file} is missing beside it: a listening testlet needs its recording");
        vec![Fault::of_file(testlet, reason)]
    };
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(missing(&sound)),
        Err(error) => {
            return Err(vec![Fault::of_file(
                sound,
                format!("cannot be read: {error}"),
            )]);
        }
    };
    let text = match std::fs::read(dir.join(&manifest)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(missing(&manifest));
        }
        Err(error) => {
            return Err(vec![Fault::of_file(
                manifest,
                format!("cannot be read: {error}"),
            )]);
        }
    };
    let heard = listen.map(|listen| listen(&bytes));
    let found = document::read(&manifest, &text, |root| {
        let mut found = parse(root)?;
        compare(root, &found, &sound, &bytes, turns);
        if let Some(heard) = &heard {
            compare_sound(root, &mut found, heard);
        }
        for (field, reason) in found.sounding.faults() {
            root.any_fields()?.fault(field, reason);
        }
        Some(found)
    })?;
    let recording = Recording {
        sha256: found.sha256,
        bytes: found.bytes,
        duration_ms: found.duration_ms,
        provenance: found.provenance,
        credit: None,
        turns: Vec::new(),
        sentences: found.sentences,
    };
    Ok(Found {
        path,
        recording,
        sounding: found.sounding,
    })
}

/// The manifest's fields. Those that say only how the recording was made (`engine`, `voices`, `script_sha256` …) are
/// the maker's and not looked at.
fn parse(root: &Node<'_>) -> Option<Manifest> {
    let fields = root.any_fields()?;
    let number = |key, bounds| fields.required(key).and_then(|node| node.number(bounds));
    let small = |key, bounds| fields.required(key).and_then(|node| node.small(bounds));
    let decimal = |key| fields.optional(key).and_then(|node| node.decimal());
    let file = fields.text("file");
    let sha256 = fields.text("sha256");
    let bytes = number("bytes", 1..=u64::MAX);
    let duration_ms = number("duration_ms", 1..=3_600_000);
    let channels = small("channels", 1..=2);
    let sample_rate = small("sample_rate", 8_000..=48_000);
    let provenance = fields.text("provenance");
    // A person's recording has no sentences; one that a voice spoke has.
    let sentences = match fields.optional("sentences") {
        None => Some(Vec::new()),
        Some(node) => node.elements().and_then(|nodes| {
            let sentences: Vec<Sentence> = nodes.iter().filter_map(sentence).collect();
            (sentences.len() == nodes.len()).then_some(sentences)
        }),
    };
    Some(Manifest {
        file: file?.to_owned(),
        sha256: sha256?.to_owned(),
        bytes: bytes?,
        duration_ms: duration_ms?,
        channels: channels?,
        sample_rate: sample_rate?,
        sounding: Sounding {
            loudness_lufs: decimal("loudness_lufs"),
            true_peak_dbtp: decimal("true_peak_dbtp"),
            syllables_per_minute: fields
                .optional("syllables_per_minute")
                .and_then(|node| node.small(1..=2_000)),
        },
        provenance: provenance?.to_owned(),
        sentences: sentences?,
    })
}

/// `[turn, start_ms, end_ms]`.
fn sentence(node: &Node<'_>) -> Option<Sentence> {
    let nodes = node.elements()?;
    let [turn, start, end] = &nodes[..] else {
        node.fault("must be [turn, start_ms, end_ms]");
        return None;
    };
    let sentence = Sentence {
        turn: turn.small(0..=999)?,
        start_ms: start.number(0..=3_600_000)?,
        end_ms: end.number(0..=3_600_000)?,
    };
    if sentence.end_ms <= sentence.start_ms {
        node.fault("must end after it starts");
    }
    Some(sentence)
}

/// Notes where the manifest and the file, or the manifest and the script, disagree.
fn compare(root: &Node<'_>, manifest: &Manifest, sound: &Path, bytes: &[u8], turns: Option<usize>) {
    let fault = |key, reason: String| {
        if let Some(fields) = root.any_fields() {
            fields.fault(key, reason);
        }
    };
    let name = sound.file_name().unwrap_or_default().to_string_lossy();
    if manifest.file != name {
        fault("file", format!("must be “{name}”, the file beside it"));
    }
    if manifest.bytes != bytes.len() as u64 {
        let length = bytes.len();
        fault(
            "bytes",
            format!("says {}, but {name} has {length} bytes", manifest.bytes),
        );
    }
    let sha256 = format!("{:x}", Sha256::digest(bytes));
    if manifest.sha256 != sha256 {
        fault(
            "sha256",
            format!("is not the hash of {name}, which is {sha256}"),
        );
    }
    let mut before = 0;
    for sentence in &manifest.sentences {
        let turn = sentence.turn as usize;
        if turns.is_some_and(|turns| turn >= turns) {
            fault(
                "sentences",
                format!("the script has no turn {turn} (turns count from 0)"),
            );
        }
        if sentence.start_ms < before || sentence.end_ms > manifest.duration_ms {
            let (start, end) = (sentence.start_ms, sentence.end_ms);
            fault(
                "sentences",
                format!(
                    "{start} to {end} overlaps the sentence before or passes the recording's end"
                ),
            );
        }
        before = sentence.end_ms;
    }
}

/// Notes where the manifest and the decoded sound disagree.
fn compare_sound(root: &Node<'_>, manifest: &mut Manifest, heard: &Result<Heard, String>) {
    let fault = |key, reason: String| {
        if let Some(fields) = root.any_fields() {
            fields.fault(key, reason);
        }
    };
    let heard = match heard {
        Ok(heard) => heard,
        Err(reason) => return fault("file", format!("the recording cannot be decoded: {reason}")),
    };
    if manifest.duration_ms.abs_diff(heard.duration_ms) > DURATION_TOLERANCE_MS {
        fault(
            "duration_ms",
            format!(
                "says {}, but the recording lasts {}",
                manifest.duration_ms, heard.duration_ms
            ),
        );
    }
    if manifest.channels != heard.channels {
        fault(
            "channels",
            format!(
                "says {}, but the recording has {}",
                manifest.channels, heard.channels
            ),
        );
    }
    if manifest.sample_rate != heard.sample_rate {
        fault(
            "sample_rate",
            format!(
                "says {}, but the recording has {}",
                manifest.sample_rate, heard.sample_rate
            ),
        );
    }
    let told = manifest.sounding.loudness_lufs;
    if told.is_some_and(|told| (told - heard.loudness_lufs).abs() > LOUDNESS_TOLERANCE_LU) {
        fault(
            "loudness_lufs",
            format!(
                "does not say that the recording has {:.1} LUFS",
                heard.loudness_lufs
            ),
        );
    }
    manifest.sounding.loudness_lufs = Some(heard.loudness_lufs);
    manifest.sounding.true_peak_dbtp = Some(heard.true_peak_dbtp);
}
