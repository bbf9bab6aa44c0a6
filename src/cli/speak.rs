//! `synaq speak`: makes the recordings of the bank's listening scripts and of the spoken instructions.
//!
//! A second run does nothing: a recording is made only when its script, or the engine that speaks, has changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::audio::{
    self, CommandVoice, EspeakVoice, Manifest, ManifestError, Script, Turn, Voice, VoiceError,
};
use crate::domain::level::Level;
use crate::domain::speech::rate_norm;

/// Make the recordings of the listening scripts.
#[derive(Debug, Clone, Args)]
pub struct SpeakArgs {
    /// The content directory.
    #[arg(long, value_name = "DIR", default_value = "content")]
    pub content: PathBuf,
    /// Only the testlet or the instruction with this id.
    #[arg(long, value_name = "ID")]
    pub only: Option<String>,
    /// Another voice engine than espeak-ng: a command with {voice}, {model}, {rate} (words a minute) and {out}, the text
    /// on standard input, a WAV in {out} or on standard output, e.g. 'piper --model {model} --output_file {out}'.
    #[arg(long, value_name = "COMMAND")]
    pub voice_command: Option<String>,
    /// What {model} stands for when a voice of the scripts speaks; once for each voice, e.g. kk+f1=voices/iseke.onnx.
    #[arg(long, value_name = "VOICE=MODEL", requires = "voice_command", value_parser = voice_model)]
    pub voice_model: Vec<(String, String)>,
    /// Make recordings anew that are up to date, and replace those that we did not make.
    #[arg(long)]
    pub force: bool,
}

/// Why `synaq speak` failed.
#[derive(Debug, thiserror::Error)]
pub enum SpeakCommandError {
    /// The directory of the scripts cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no such testlet, or none at all.
    #[error("{0}")]
    NothingToDo(String),
    /// The engine is missing or its command cannot be used.
    #[error(transparent)]
    Voice(#[from] VoiceError),
    /// Some recordings were not made; each was reported when it failed.
    #[error("{failed} of {total} recordings could not be made")]
    Failed {
        /// Those that failed.
        failed: usize,
        /// All that were looked at.
        total: usize,
    },
}

fn voice_model(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((voice, model)) if !voice.is_empty() && !model.is_empty() => {
            Ok((voice.to_owned(), model.to_owned()))
        }
        _ => Err("must be VOICE=MODEL".to_owned()),
    }
}

/// Speaks every script that needs it and prints one line for each.
///
/// A fault in one testlet is reported on standard error and does not stop the others.
///
/// # Errors
/// [`SpeakCommandError`]; a missing engine is found before anything is written.
pub fn run(args: &SpeakArgs) -> Result<(), SpeakCommandError> {
    let voice: Box<dyn Voice> = match &args.voice_command {
        Some(template) => {
            let models = args.voice_model.iter().cloned().collect();
            Box::new(CommandVoice::parse(template, models)?)
        }
        None => Box::new(EspeakVoice::default()),
    };
    let sources = sources(args)?;
    let total = sources.len();
    // Asked for once and only when there is something to speak: an up-to-date bank needs no engine.
    let mut engine = None;
    let (mut made, mut kept, mut failed) = (0, 0, 0);
    for (index, (name, recording)) in sources.into_iter().enumerate() {
        let count = format!("[{}/{total}]", index + 1);
        let outcome = recording.and_then(|recording| {
            let reason = if args.force {
                None
            } else {
                recording.reason_to_keep(voice.as_ref())?
            };
            Ok((recording, reason))
        });
        let result = match outcome {
            Ok((_, Some(reason))) => {
                kept += 1;
                println!("{count} {name}: {reason}");
                continue;
            }
            Ok((recording, None)) => {
                let engine = match &engine {
                    Some(engine) => engine,
                    None => engine.insert(voice.engine()?),
                };
                recording.make(voice.as_ref(), engine)
            }
            Err(fault) => Err(fault),
        };
        match result {
            Ok(line) => {
                made += 1;
                println!("{count} {name}: {line}");
            }
            Err(fault) => {
                failed += 1;
                eprintln!("{count} {name}: {fault}");
            }
        }
    }
    println!("{made} made, {kept} kept, {failed} failed");
    if failed > 0 {
        return Err(SpeakCommandError::Failed { failed, total });
    }
    Ok(())
}

/// Everything that is to be spoken, with its name; the instructions first.
type Sources = Vec<(String, Result<Recording, Fault>)>;

fn sources(args: &SpeakArgs) -> Result<Sources, SpeakCommandError> {
    let wanted = |id: &str| args.only.as_ref().is_none_or(|only| only == id);
    let mut sources = instructions(&args.content.join("audio").join("instructions.toml"));
    sources.retain(|(id, _)| wanted(id));
    // One instruction alone needs no look at the testlets.
    if args.only.is_none() || sources.is_empty() {
        for path in testlets(args)? {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            sources.push((name.into_owned(), Recording::of(&path)));
        }
    }
    Ok(sources)
}

/// The spoken instructions; none when there is no such file.
fn instructions(path: &Path) -> Sources {
    let read = match fs::read_to_string(path) {
        Ok(text) => toml::from_str::<Instructions>(&text).map_err(Fault::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => Err(Fault::io(path, error)),
    };
    match read {
        Ok(found) => found
            .instructions
            .into_iter()
            .map(|row| {
                (
                    row.id.clone(),
                    Recording::of_instruction(path, &found.level, row),
                )
            })
            .collect(),
        Err(fault) => vec![("instructions".to_owned(), Err(fault))],
    }
}

/// The listening testlets' files in order of their names.
fn testlets(args: &SpeakArgs) -> Result<Vec<PathBuf>, SpeakCommandError> {
    let directory = args.content.join("bank").join("listening");
    let read = |source| SpeakCommandError::Read {
        path: directory.clone(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&directory).map_err(read)? {
        let path = entry.map_err(read)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // The manifests stand in the same directory.
        if let Some(id) = name.strip_suffix(".toml").filter(|id| !id.contains('.'))
            && args.only.as_ref().is_none_or(|only| only == id)
        {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() {
        let place = directory.display();
        return Err(SpeakCommandError::NothingToDo(match &args.only {
            Some(id) => format!("there is no testlet {id:?} in {place}"),
            None => format!("there are no testlets in {place}"),
        }));
    }
    Ok(found)
}

/// What is read of a testlet; its other fields are not our concern.
#[derive(Deserialize)]
struct Testlet {
    id: String,
    level: String,
    #[serde(default)]
    speakers: Vec<SpeakerRow>,
    #[serde(default)]
    turns: Vec<TurnRow>,
}

#[derive(Deserialize)]
struct SpeakerRow {
    id: String,
    voice: String,
}

#[derive(Deserialize)]
struct TurnRow {
    speaker: String,
    text: String,
}

/// The file of the instructions.
#[derive(Deserialize)]
struct Instructions {
    level: String,
    instructions: Vec<InstructionRow>,
}

#[derive(Deserialize)]
struct InstructionRow {
    id: String,
    voice: String,
    text: String,
}

/// Why one testlet has no recording; shown to the operator.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Testlet(String),
    #[error(transparent)]
    Syntax(#[from] toml::de::Error),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Speak(#[from] audio::SpeakError),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl Fault {
    fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// One script and the two files that come of it.
struct Recording {
    script: Script,
    level: Level,
    file: String,
    mp3: PathBuf,
    manifest: PathBuf,
}

impl Recording {
    fn of(path: &Path) -> Result<Self, Fault> {
        let text = fs::read_to_string(path).map_err(|source| Fault::io(path, source))?;
        let testlet: Testlet = toml::from_str(&text)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        if testlet.id != stem {
            return Err(Fault::Testlet(format!(
                "its id is {:?}: the file should be named after it",
                testlet.id
            )));
        }
        let script = script_of(&testlet)?;
        Ok(Self {
            script,
            level: level_of(&testlet.level)?,
            file: format!("{stem}.mp3"),
            mp3: path.with_extension("mp3"),
            manifest: Manifest::path_beside(path),
        })
    }

    fn of_instruction(path: &Path, level: &str, row: InstructionRow) -> Result<Self, Fault> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if row.id.is_empty() || !row.id.chars().all(plain) {
            let id = row.id;
            return Err(Fault::Testlet(format!("id {id:?} cannot name a file")));
        }
        let beside = path.with_file_name(format!("{}.toml", row.id));
        Ok(Self {
            script: Script {
                turns: vec![Turn {
                    voice: row.voice,
                    text: row.text,
                }],
                rate_wpm: rate_of(level)?,
            },
            level: level_of(level)?,
            file: format!("{}.mp3", row.id),
            mp3: beside.with_extension("mp3"),
            manifest: Manifest::path_beside(&beside),
        })
    }

    /// Why there is nothing to do; `None` when the recording is to be made.
    fn reason_to_keep(&self, voice: &dyn Voice) -> Result<Option<&'static str>, Fault> {
        let sound = match fs::read(&self.mp3) {
            Ok(sound) => sound,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Fault::io(&self.mp3, error)),
        };
        // The manifest is written first, so a recording without one is not ours.
        if !self.manifest.exists() {
            return Ok(Some(
                "kept, a recording without a manifest is not ours (--force replaces it)",
            ));
        }
        let manifest = Manifest::load(&self.manifest)?;
        if !manifest.is_synthetic() {
            return Ok(Some("kept, it is not synthetic (--force replaces it)"));
        }
        let current = !manifest.is_stale(&self.script)
            && manifest.engine.starts_with(&voice.family())
            && manifest.describes(&sound);
        Ok(current.then_some("up to date"))
    }

    /// Makes the recording, and says what it is.
    fn make(&self, voice: &dyn Voice, engine: &str) -> Result<String, Fault> {
        let spoken = audio::speak(&self.script, voice)?;
        Manifest::of_spoken(self.file.clone(), &self.script, &spoken, engine.to_owned())
            .save(&self.manifest)?;
        // Under another name first: a recording is there whole or not at all.
        let part = self.mp3.with_extension("mp3.part");
        fs::write(&part, &spoken.mp3).map_err(|source| Fault::io(&part, source))?;
        fs::rename(&part, &self.mp3).map_err(|source| Fault::io(&self.mp3, source))?;
        let rate = spoken.syllables_per_minute;
        let norm = rate_norm(self.level);
        Ok(format!(
            "made, {} turns, {} sentences, {}.{} s, {} kB, {:.1} LUFS, peak {:.1} dBTP, {rate} syllables a minute \
             ({}: {}–{}{})",
            self.script.turns.len(),
            spoken.sentences.len(),
            spoken.duration_ms / 1000,
            spoken.duration_ms % 1000 / 100,
            spoken.mp3.len().div_ceil(1000),
            spoken.loudness.integrated_lufs,
            spoken.loudness.true_peak_dbtp,
            self.level,
            norm.start(),
            norm.end(),
            match rate {
                rate if rate < *norm.start() => ", too slow",
                rate if rate > *norm.end() => ", too fast",
                _ => "",
            }
        ))
    }
}

fn level_of(level: &str) -> Result<Level, Fault> {
    level.parse().map_err(|_| unknown_level(level))
}

fn rate_of(level: &str) -> Result<u32, Fault> {
    audio::rate_for_level(level).ok_or_else(|| unknown_level(level))
}

fn unknown_level(level: &str) -> Fault {
    Fault::Testlet(format!("level {level:?} is none of A1, A2, B1, B2, C1"))
}

fn script_of(testlet: &Testlet) -> Result<Script, Fault> {
    let rate_wpm = rate_of(&testlet.level)?;
    let turns = testlet
        .turns
        .iter()
        .enumerate()
        .map(|(index, turn)| {
            let speaker = testlet
                .speakers
                .iter()
                .find(|speaker| speaker.id == turn.speaker)
                .ok_or_else(|| {
                    Fault::Testlet(format!(
                        "turn {}: there is no speaker {:?}",
                        index + 1,
                        turn.speaker
                    ))
                })?;
            Ok(Turn {
                voice: speaker.voice.clone(),
                text: turn.text.clone(),
            })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    Ok(Script { turns, rate_wpm })
}

#[cfg(test)]
#[path = "speak_tests.rs"]
mod tests;
