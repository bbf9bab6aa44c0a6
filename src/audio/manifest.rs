//! The file beside a recording, `<testlet>.audio.toml`: what it is, where it comes from, whether it is still right.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::sentence::clean;
use super::{Script, Spoken};

/// The provenance of a recording made by [`super::speak`]; any other text is somebody's own recording.
pub const SYNTHETIC: &str = "synthetic voice";

/// Changes whenever the same script would be spoken differently by us (pauses, trimming, loudness, encoding), so that every
/// recording counts as old.
const RECIPE: &str = "synaq speech 2";

/// What stands beside a recording. A human recording has no engine, voices, script hash or sentences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Name of the recording, in the same directory.
    pub file: String,
    /// SHA-256 of the recording, in lower-case hexadecimal.
    pub sha256: String,
    /// Size of the recording in bytes.
    pub bytes: u64,
    /// Length of the recording in milliseconds.
    pub duration_ms: u64,
    /// 1 is mono.
    pub channels: u16,
    /// In hertz.
    pub sample_rate: u32,
    /// Integrated loudness in LUFS, to a tenth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loudness_lufs: Option<f64>,
    /// True peak in dBTP, to a tenth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub true_peak_dbtp: Option<f64>,
    /// Rate of the speech without the pauses between sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syllables_per_minute: Option<u32>,
    /// [`SYNTHETIC`], or who recorded it.
    pub provenance: String,
    /// The voice engine and its version, such as `espeak-ng 1.51`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub engine: String,
    /// The voices heard, each once, in the order of their first turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voices: Vec<String>,
    /// [`expected_script_hash`] of the script it was made from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub script_sha256: String,
    /// When each sentence is heard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentences: Vec<SentenceTime>,
}

/// When a sentence is heard; written as `[turn, start_ms, end_ms]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(usize, u64, u64)", into = "(usize, u64, u64)")]
pub struct SentenceTime {
    /// Index of its turn in the script, from zero.
    pub turn: usize,
    /// Milliseconds from the start of the recording.
    pub start_ms: u64,
    /// Milliseconds from the start of the recording.
    pub end_ms: u64,
}

impl From<(usize, u64, u64)> for SentenceTime {
    fn from((turn, start_ms, end_ms): (usize, u64, u64)) -> Self {
        Self {
            turn,
            start_ms,
            end_ms,
        }
    }
}

impl From<SentenceTime> for (usize, u64, u64) {
    fn from(time: SentenceTime) -> Self {
        (time.turn, time.start_ms, time.end_ms)
    }
}

/// Why a manifest could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The manifest.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not a manifest.
    #[error("{}: {source}", path.display())]
    Syntax {
        /// The manifest.
        path: PathBuf,
        /// Line, column and fault.
        source: Box<toml::de::Error>,
    },
    /// It names a file outside its own directory.
    #[error("{}: file = {file:?} must be a bare file name", path.display())]
    FileName {
        /// The manifest.
        path: PathBuf,
        /// What stands there.
        file: String,
    },
    /// A value does not fit into TOML.
    #[error("{}: {source}", path.display())]
    Write {
        /// The manifest.
        path: PathBuf,
        /// Why.
        source: toml::ser::Error,
    },
}

impl Manifest {
    /// Describes a recording that `engine` has just made of `script`.
    #[must_use]
    pub fn of_spoken(file: String, script: &Script, spoken: &Spoken, engine: String) -> Self {
        let mut voices: Vec<String> = Vec::new();
        for turn in &script.turns {
            if !voices.contains(&turn.voice) {
                voices.push(turn.voice.clone());
            }
        }
        Self {
            file,
            sha256: sha256_hex(&spoken.mp3),
            bytes: spoken.mp3.len() as u64,
            duration_ms: spoken.duration_ms,
            channels: spoken.channels,
            sample_rate: spoken.sample_rate,
            loudness_lufs: Some(tenth(spoken.loudness.integrated_lufs)),
            true_peak_dbtp: Some(tenth(spoken.loudness.true_peak_dbtp)),
            syllables_per_minute: Some(spoken.syllables_per_minute),
            provenance: SYNTHETIC.to_owned(),
            engine,
            voices,
            script_sha256: expected_script_hash(script),
            sentences: spoken
                .sentences
                .iter()
                .map(|s| (s.turn, s.start_ms, s.end_ms).into())
                .collect(),
        }
    }

    /// The path of the manifest of a testlet whose file is `testlet` (`x.toml` gives `x.audio.toml`).
    #[must_use]
    pub fn path_beside(testlet: &Path) -> PathBuf {
        testlet.with_extension("audio.toml")
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// [`ManifestError`] with the path, and the line for a fault of syntax.
    pub fn load(path: &Path) -> Result<Self, ManifestError> {
        let text = fs::read_to_string(path).map_err(|source| ManifestError::Io {
            path: path.to_owned(),
            source,
        })?;
        let manifest: Self = toml::from_str(&text).map_err(|source| ManifestError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        // Others join this name to a directory and serve what they find.
        let bare = Path::new(&manifest.file).file_name() == Some(manifest.file.as_ref())
            && !manifest.file.contains(['/', '\\']);
        if bare {
            Ok(manifest)
        } else {
            Err(ManifestError::FileName {
                path: path.to_owned(),
                file: manifest.file,
            })
        }
    }

    /// Writes the manifest.
    ///
    /// # Errors
    /// [`ManifestError::Io`] or [`ManifestError::Write`].
    pub fn save(&self, path: &Path) -> Result<(), ManifestError> {
        let body = toml::to_string(self).map_err(|source| ManifestError::Write {
            path: path.to_owned(),
            source,
        })?;
        let text = format!(
            "# Written by `synaq speak`. sentences = [[turn, start_ms, end_ms], ...]\n{body}"
        );
        fs::write(path, text).map_err(|source| ManifestError::Io {
            path: path.to_owned(),
            source,
        })
    }

    /// Whether these bytes are the recording that the manifest describes.
    #[must_use]
    pub fn describes(&self, recording: &[u8]) -> bool {
        self.bytes == recording.len() as u64 && self.sha256 == sha256_hex(recording)
    }

    /// Whether the recording was made by a voice engine, and so can be made again.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        self.provenance == SYNTHETIC
    }

    /// Whether a synthetic recording is older than its script. A human recording is never: only an ear can tell.
    #[must_use]
    pub fn is_stale(&self, script: &Script) -> bool {
        self.is_synthetic() && self.script_sha256 != expected_script_hash(script)
    }
}

/// The hash that a recording of this script must carry: of the voices, the words and the rate, and of our own way of
/// speaking them. The engine's version is not in it, so a check gives the same answer on a machine without the engine.
#[must_use]
pub fn expected_script_hash(script: &Script) -> String {
    let mut hash = Sha256::new();
    // Each field stands after its length, so that no two scripts can flow into the same bytes.
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(RECIPE.as_bytes());
    field(&script.rate_wpm.to_be_bytes());
    for turn in &script.turns {
        field(turn.voice.as_bytes());
        field(clean(&turn.text).as_bytes());
    }
    format!("{:x}", hash.finalize())
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// SHA-256 of the bytes, in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Turn;

    fn script(text: &str) -> Script {
        Script {
            turns: vec![Turn {
                voice: "kk+f3".to_owned(),
                text: text.to_owned(),
            }],
            rate_wpm: 115,
        }
    }

    fn manifest() -> Manifest {
        Manifest {
            file: "lst-a2-dukende.mp3".to_owned(),
            sha256: sha256_hex(b"mp3"),
            bytes: 3,
            duration_ms: 45_210,
            channels: 1,
            sample_rate: 22_050,
            loudness_lufs: Some(-16.1),
            true_peak_dbtp: Some(-2.0),
            syllables_per_minute: Some(215),
            provenance: SYNTHETIC.to_owned(),
            engine: "espeak-ng 1.51".to_owned(),
            voices: vec!["kk+f2".to_owned(), "kk+m3".to_owned()],
            script_sha256: expected_script_hash(&script("Сәлем!")),
            sentences: vec![(0, 400, 1_250).into(), (1, 1_900, 3_000).into()],
        }
    }

    fn in_temp(name: &str, test: impl FnOnce(&Path)) {
        let path = std::env::temp_dir().join(format!("synaq-{name}-{}.toml", std::process::id()));
        test(&path);
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn what_is_written_is_read_again() {
        in_temp("manifest-round", |path| {
            manifest().save(path).unwrap();
            assert_eq!(Manifest::load(path).unwrap(), manifest());
            let text = fs::read_to_string(path).unwrap();
            assert!(
                text.contains("sentences = [[0, 400, 1250], [1, 1900, 3000]]"),
                "{text}"
            );
        });
    }

    #[test]
    fn a_human_recording_needs_less() {
        in_temp("manifest-human", |path| {
            let text = "file = \"a.mp3\"\nsha256 = \"0\"\nbytes = 1\nduration_ms = 1\nchannels = 1\n\
                        sample_rate = 44100\nprovenance = \"read by a teacher\"\n";
            fs::write(path, text).unwrap();
            let manifest = Manifest::load(path).unwrap();
            assert!(!manifest.is_synthetic() && !manifest.is_stale(&script("Басқа")));
        });
    }

    #[test]
    fn a_file_name_cannot_leave_its_directory() {
        for file in ["../a.mp3", "/etc/passwd", "a\\b.mp3", "..", ""] {
            in_temp("manifest-name", |path| {
                let mut manifest = manifest();
                manifest.file = file.to_owned();
                manifest.save(path).unwrap();
                assert!(matches!(
                    Manifest::load(path),
                    Err(ManifestError::FileName { .. })
                ));
            });
        }
    }

    #[test]
    fn a_manifest_tells_its_recording_and_its_script() {
        assert!(manifest().describes(b"mp3"));
        assert!(!manifest().describes(b"mp4"));
        assert!(!manifest().is_stale(&script(" Сәлем!\n")));
        assert!(manifest().is_stale(&script("Сәлем.")));
    }

    #[test]
    fn every_part_of_a_script_counts() {
        let hash = expected_script_hash;
        let base = script("Сәлем!");
        let mut rate = base.clone();
        rate.rate_wpm = 130;
        let mut voice = base.clone();
        voice.turns[0].voice = "kk+m2".to_owned();
        let mut longer = base.clone();
        longer.turns.push(base.turns[0].clone());
        for other in [rate, voice, longer] {
            assert_ne!(hash(&base), hash(&other));
        }
        assert_eq!(hash(&base).len(), 64);
    }

    #[test]
    fn the_path_stands_beside_the_testlet() {
        assert_eq!(
            Manifest::path_beside(Path::new("bank/listening/lst-a2-x.toml")),
            Path::new("bank/listening/lst-a2-x.audio.toml")
        );
    }
}
