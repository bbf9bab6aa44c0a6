//! `synaq speak`: makes the recordings of the bank's listening scripts.
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

/// Make the recordings of the listening scripts.
#[derive(Debug, Clone, Args)]
pub struct SpeakArgs {
    /// The content directory.
    #[arg(long, value_name = "DIR", default_value = "content")]
    pub content: PathBuf,
    /// Only the testlet with this id.
    #[arg(long, value_name = "ID")]
    pub only: Option<String>,
    /// Another voice engine than espeak-ng: a command with {voice}, {rate} and {out}, the text on standard input,
    /// a WAV in {out} or on standard output, e.g. 'piper --model voices/{voice}.onnx --output_file {out}'.
    #[arg(long, value_name = "COMMAND")]
    pub voice_command: Option<String>,
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

/// Speaks every script that needs it and prints one line for each.
///
/// A fault in one testlet is reported on standard error and does not stop the others.
///
/// # Errors
/// [`SpeakCommandError`]; a missing engine is found before anything is written.
pub fn run(args: &SpeakArgs) -> Result<(), SpeakCommandError> {
    let voice: Box<dyn Voice> = match &args.voice_command {
        Some(template) => Box::new(CommandVoice::parse(template)?),
        None => Box::new(EspeakVoice::default()),
    };
    let testlets = testlets(args)?;
    let total = testlets.len();
    // Asked for once and only when there is something to speak: an up-to-date bank needs no engine.
    let mut engine = None;
    let (mut made, mut kept, mut failed) = (0, 0, 0);
    for (index, path) in testlets.iter().enumerate() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let count = format!("[{}/{total}]", index + 1);
        let outcome = Recording::of(path).and_then(|recording| {
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

/// One testlet's script and the two files that come of it.
struct Recording {
    script: Script,
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
            file: format!("{stem}.mp3"),
            mp3: path.with_extension("mp3"),
            manifest: Manifest::path_beside(path),
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
        Ok(format!(
            "made, {} turns, {} sentences, {}.{} s, {} kB",
            self.script.turns.len(),
            spoken.sentences.len(),
            spoken.duration_ms / 1000,
            spoken.duration_ms % 1000 / 100,
            spoken.mp3.len().div_ceil(1000),
        ))
    }
}

fn script_of(testlet: &Testlet) -> Result<Script, Fault> {
    let rate_wpm = audio::rate_for_level(&testlet.level).ok_or_else(|| {
        Fault::Testlet(format!(
            "level {:?} is none of A1, A2, B1, B2, C1",
            testlet.level
        ))
    })?;
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
mod tests {
    use super::*;

    const TESTLET: &str = r#"
        id = "lst-a2-x"
        section = "listening"
        level = "A2"
        speakers = [{ id = "a", name = "Айгүл", voice = "kk+f2" }, { id = "b", name = "Болат", voice = "kk+m1" }]
        turns = [{ speaker = "a", text = "Сәлем!" }, { speaker = "b", text = "Сәлем, Айгүл." }]
    "#;

    #[test]
    fn a_testlet_gives_its_script() {
        let script = script_of(&toml::from_str(TESTLET).unwrap()).unwrap();
        assert_eq!(script.rate_wpm, 115);
        let voices: Vec<_> = script.turns.iter().map(|t| t.voice.as_str()).collect();
        assert_eq!(voices, ["kk+f2", "kk+m1"]);
    }

    #[test]
    fn faults_are_named() {
        for (from, to, says) in [
            (
                "speaker = \"b\"",
                "speaker = \"c\"",
                "turn 2: there is no speaker \"c\"",
            ),
            ("level = \"A2\"", "level = \"C2\"", "level \"C2\""),
        ] {
            let testlet = toml::from_str(&TESTLET.replace(from, to)).unwrap();
            let fault = script_of(&testlet).unwrap_err().to_string();
            assert!(fault.contains(says), "{fault}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_second_run_does_nothing_and_a_human_recording_is_kept() {
        let content = std::env::temp_dir().join(format!("synaq-speak-cli-{}", std::process::id()));
        let directory = content.join("bank/listening");
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("lst-a2-x.toml"), TESTLET).unwrap();
        let tone = content.join("tone.wav");
        let samples: Vec<u8> = (0..8_000_i32)
            .flat_map(|n| ((n % 100 * 200) as i16).to_le_bytes())
            .collect();
        let mut wav = b"RIFF\xa4\x3e\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        wav.extend_from_slice(b"\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0data\x80\x3e\0\0");
        wav.extend_from_slice(&samples);
        fs::write(&tone, wav).unwrap();
        let mut args = SpeakArgs {
            content: content.clone(),
            only: Some("lst-a2-x".to_owned()),
            voice_command: Some(format!("cat {}", tone.display())),
            force: false,
        };
        let (mp3, manifest) = (
            directory.join("lst-a2-x.mp3"),
            directory.join("lst-a2-x.audio.toml"),
        );

        run(&args).unwrap();
        let first = fs::read(&mp3).unwrap();
        assert!(Manifest::load(&manifest).unwrap().describes(&first));
        // Without its engine the second run can only do nothing.
        fs::remove_file(&tone).unwrap();
        run(&args).unwrap();
        assert_eq!(fs::read(&mp3).unwrap(), first);

        fs::write(&mp3, b"a teacher's voice").unwrap();
        fs::remove_file(&manifest).unwrap();
        run(&args).unwrap();
        assert_eq!(fs::read(&mp3).unwrap(), b"a teacher's voice");
        args.force = true;
        assert!(matches!(
            run(&args),
            Err(SpeakCommandError::Failed {
                failed: 1,
                total: 1
            })
        ));
        args.only = Some("lst-a2-y".to_owned());
        assert!(matches!(run(&args), Err(SpeakCommandError::NothingToDo(_))));
        fs::remove_dir_all(&content).unwrap();
    }
}
