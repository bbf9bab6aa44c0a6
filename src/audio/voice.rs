//! The programs that turn a sentence into sound.
//!
//! A program is started directly, never through a shell; the sentence goes to its standard input, so no text of the
//! bank can become an argument.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::manifest::sha256_hex;

/// A voice engine.
pub trait Voice {
    /// What the engine is, without its version: recordings of another family are made anew.
    fn family(&self) -> String;

    /// The engine with its version, as a manifest records it; it begins with [`Voice::family`].
    ///
    /// # Errors
    /// [`VoiceError::Missing`] when the program is not installed.
    fn engine(&self) -> Result<String, VoiceError>;

    /// One sentence as a WAV file. `rate_wpm` is in words a minute.
    ///
    /// # Errors
    /// [`VoiceError`] when the program is missing or fails, or knows no such voice.
    fn speak(&self, voice: &str, text: &str, rate_wpm: u32) -> Result<Vec<u8>, VoiceError>;
}

/// Why an engine gave no sound.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// The program could not be found.
    #[error("{program} is not installed: {advice}")]
    Missing {
        /// Its name or path.
        program: String,
        /// What to do.
        advice: &'static str,
    },
    /// The program could not be started, or ended with an error.
    #[error("{program} failed: {reason}")]
    Failed {
        /// Its name or path.
        program: String,
        /// Its own last words, or the system's.
        reason: String,
    },
    /// The bank names a voice that cannot be one.
    #[error("{0:?} is not the name of a voice")]
    BadVoice(String),
    /// The engine has no such voice.
    #[error("{program} has no voice {voice:?}")]
    UnknownVoice {
        /// The engine.
        program: String,
        /// The voice asked for.
        voice: String,
    },
    /// The operator's command cannot be used.
    #[error("the voice command cannot be used: {0}")]
    Template(String),
}

/// espeak-ng: robotic, small, in every distribution, and it speaks Kazakh.
pub struct EspeakVoice {
    program: PathBuf,
    /// Its listing of variants, read once.
    variants: OnceLock<String>,
}

impl Default for EspeakVoice {
    fn default() -> Self {
        Self::at("espeak-ng")
    }
}

impl EspeakVoice {
    const NAME: &str = "espeak-ng";
    const ADVICE: &str = "install the package espeak-ng (apt install espeak-ng), or name another engine with --voice-command";

    /// The engine at a path, or of a name on the search path.
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            variants: OnceLock::new(),
        }
    }

    /// espeak-ng speaks on in its plain voice when a variant is misspelt, and two speakers would sound the same.
    fn check_variant(&self, voice: &str) -> Result<(), VoiceError> {
        let Some((_, variant)) = voice.split_once('+') else {
            return Ok(());
        };
        let listing = match self.variants.get() {
            Some(listing) => listing,
            None => {
                let args = ["--voices=variant".to_owned()];
                let listing = run(&self.program, &args, "", Self::ADVICE)?;
                let listing = String::from_utf8_lossy(&listing).into_owned();
                self.variants.get_or_init(|| listing)
            }
        };
        let file = format!("!v/{variant}");
        if listing.split_whitespace().any(|word| word == file) {
            Ok(())
        } else {
            Err(VoiceError::UnknownVoice {
                program: Self::NAME.to_owned(),
                voice: voice.to_owned(),
            })
        }
    }
}

impl Voice for EspeakVoice {
    fn family(&self) -> String {
        Self::NAME.to_owned()
    }

    fn engine(&self) -> Result<String, VoiceError> {
        let output = run(&self.program, &["--version".to_owned()], "", Self::ADVICE)?;
        // "eSpeak NG text-to-speech: 1.51  Data at: /usr/lib/…"
        let output = String::from_utf8_lossy(&output);
        let version = output
            .split_once(": ")
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .unwrap_or("of unknown version");
        Ok(format!("{} {version}", Self::NAME))
    }

    fn speak(&self, voice: &str, text: &str, rate_wpm: u32) -> Result<Vec<u8>, VoiceError> {
        check_name(voice)?;
        self.check_variant(voice)?;
        let rate = rate_wpm.to_string();
        // -b 1: the text is UTF-8, whatever the locale says.
        let args = ["-v", voice, "-s", &rate, "-b", "1", "--stdin", "--stdout"].map(str::to_owned);
        run(&self.program, &args, text, Self::ADVICE)
    }
}

/// A command of the operator's, such as `piper --model {model} --output_file {out}`.
pub struct CommandVoice {
    program: String,
    args: Vec<String>,
    /// What `{model}` stands for, by voice.
    models: BTreeMap<String, String>,
}

impl CommandVoice {
    const ADVICE: &str = "check the first word of --voice-command";

    /// Reads a template: words separated by white space, with the placeholders `{voice}`, `{rate}` (words a minute)
    /// and `{out}` (the WAV file to write; without it the WAV is taken from standard output), and `{model}`: what
    /// `models` has for the voice, such as the path of a file.
    ///
    /// # Errors
    /// [`VoiceError::Template`] when it is empty, its first word has a placeholder, or a placeholder is unknown.
    pub fn parse(template: &str, models: BTreeMap<String, String>) -> Result<Self, VoiceError> {
        let mut words = template.split_whitespace().map(str::to_owned);
        let program = words
            .next()
            .ok_or_else(|| VoiceError::Template("it is empty".to_owned()))?;
        if program.contains('{') {
            return Err(VoiceError::Template(format!(
                "its first word, {program:?}, must be a program"
            )));
        }
        let args: Vec<String> = words.collect();
        for arg in &args {
            let known = ["{voice}", "{model}", "{rate}", "{out}"]
                .iter()
                .fold(arg.clone(), |arg, name| arg.replace(name, ""));
            if known.contains(['{', '}']) {
                return Err(VoiceError::Template(format!(
                    "{arg:?} has something in braces other than {{voice}}, {{model}}, {{rate}} and {{out}}"
                )));
            }
        }
        Ok(Self {
            program,
            args,
            models,
        })
    }
}

impl Voice for CommandVoice {
    fn family(&self) -> String {
        // The arguments may hold paths that concern nobody; their hash still tells one set-up from another.
        let name = Path::new(&self.program).file_name().map_or_else(
            || self.program.clone(),
            |name| name.to_string_lossy().into(),
        );
        let models = self.models.iter();
        let models = models.map(|(voice, model)| format!("{voice}={model}"));
        let words: Vec<String> = self.args.iter().cloned().chain(models).collect();
        let hash = sha256_hex(words.join("\n").as_bytes());
        format!("{name} command-{}", &hash[..8])
    }

    fn engine(&self) -> Result<String, VoiceError> {
        // There is no common way to ask any program for its version.
        Ok(self.family())
    }

    fn speak(&self, voice: &str, text: &str, rate_wpm: u32) -> Result<Vec<u8>, VoiceError> {
        check_name(voice)?;
        let failed = |reason: String| VoiceError::Failed {
            program: self.program.clone(),
            reason,
        };
        let wants_model = self.args.iter().any(|arg| arg.contains("{model}"));
        let model = match self.models.get(voice) {
            Some(model) => model.as_str(),
            None if wants_model => {
                return Err(VoiceError::Template(format!(
                    "it has {{model}}, and no model is named for the voice {voice:?}"
                )));
            }
            None => "",
        };
        let wants_file = self.args.iter().any(|arg| arg.contains("{out}"));
        let room = match wants_file {
            true => Some(
                TempDir::new()
                    .map_err(|error| failed(format!("no temporary directory: {error}")))?,
            ),
            false => None,
        };
        let out = room.as_ref().map(|room| room.0.join("speech.wav"));
        let out_text = out
            .as_ref()
            .map_or_else(String::new, |out| out.to_string_lossy().into_owned());
        let rate = rate_wpm.to_string();
        let args: Vec<String> = self
            .args
            .iter()
            .map(|arg| {
                arg.replace("{voice}", voice)
                    .replace("{model}", model)
                    .replace("{rate}", &rate)
                    .replace("{out}", &out_text)
            })
            .collect();
        let stdout = run(Path::new(&self.program), &args, text, Self::ADVICE)?;
        match out {
            Some(out) => {
                fs::read(&out).map_err(|error| failed(format!("it wrote no {{out}} file: {error}")))
            }
            None => Ok(stdout),
        }
    }
}

/// A voice's name goes into an argument and perhaps into a path, so it is kept to plain characters.
fn check_name(voice: &str) -> Result<(), VoiceError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "+-_.".contains(c);
    if voice.starts_with(|c: char| c.is_ascii_alphanumeric()) && voice.chars().all(plain) {
        Ok(())
    } else {
        Err(VoiceError::BadVoice(voice.to_owned()))
    }
}

/// Starts a program, gives it the text, and returns its standard output.
fn run(
    program: &Path,
    args: &[String],
    text: &str,
    advice: &'static str,
) -> Result<Vec<u8>, VoiceError> {
    let name = program.display().to_string();
    let failed = |reason: String| VoiceError::Failed {
        program: name.clone(),
        reason,
    };
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => VoiceError::Missing {
                program: name.clone(),
                advice,
            },
            _ => failed(error.to_string()),
        })?;
    let input = child.stdin.take();
    let mut line = text.to_owned();
    line.push('\n');
    // Written beside the reading: a program may fill its output before it has read its input. One that does not read
    // at all breaks the pipe, and is judged by its exit and its output alone.
    let writer = thread::spawn(move || {
        if let Some(mut input) = input {
            let _ = input.write_all(line.as_bytes());
        }
    });
    let output = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    let _ = writer.join();
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    Err(failed(match last {
        Some(last) => last.trim().chars().take(300).collect(),
        None => output.status.to_string(),
    }))
}

/// A directory of our own for one file, removed with its content.
struct TempDir(PathBuf);

impl TempDir {
    fn new() -> std::io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("synaq-speak-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            // Made, never reused: a directory that is already there may belong to somebody else.
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(template: &str) -> Result<CommandVoice, VoiceError> {
        CommandVoice::parse(template, BTreeMap::new())
    }

    #[test]
    fn a_missing_engine_names_its_package() {
        let voice = EspeakVoice::at("/nonexistent/espeak-ng");
        for error in [
            voice.engine().unwrap_err(),
            voice.speak("kk", "Сәлем", 115).unwrap_err(),
        ] {
            assert!(error.to_string().contains("package espeak-ng"), "{error}");
        }
    }

    #[test]
    fn a_template_knows_its_placeholders() {
        assert!(command("say -v {voice} -m {model} -o {out} -r {rate}").is_ok());
        for bad in ["", "  ", "{voice} x", "piper --model {modell}", "say {out"] {
            let error = command(bad).err().map(|e| e.to_string());
            assert!(error.is_some_and(|e| e.contains("voice command")), "{bad}");
        }
    }

    #[test]
    fn a_voice_cannot_become_an_option_or_a_path() {
        for bad in ["", "-w", "../kk", "a/b", "kk f1", "қк", ".x"] {
            assert!(
                matches!(check_name(bad), Err(VoiceError::BadVoice(_))),
                "{bad}"
            );
        }
        for good in ["kk+f3", "kk_KZ-iseke-x_low", "v2.1"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_command_reads_the_text_and_writes_the_sound() {
        let text = "Бір; $(екі) `үш`";
        let piped = command("cat").unwrap();
        assert_eq!(
            piped.speak("kk", text, 115).unwrap(),
            format!("{text}\n").as_bytes()
        );
        let filed = command("tee {out}").unwrap();
        assert_eq!(
            filed.speak("kk", text, 115).unwrap(),
            format!("{text}\n").as_bytes()
        );
        let models = BTreeMap::from([("kk+f1".to_owned(), "/nonexistent/aigul.onnx".to_owned())]);
        let modelled = CommandVoice::parse("ls {model}", models).unwrap();
        let error = modelled.speak("kk+f1", text, 115).unwrap_err().to_string();
        assert!(error.contains("/nonexistent/aigul.onnx"), "{error}");
        let error = modelled.speak("kk+m1", text, 115).unwrap_err().to_string();
        assert!(
            error.contains("no model is named for the voice \"kk+m1\""),
            "{error}"
        );
        let failing = command("ls /nonexistent-{voice}-{rate}").unwrap();
        let error = failing.speak("kk", text, 115).unwrap_err().to_string();
        assert!(error.contains("/nonexistent-kk-115"), "{error}");
        let silent = command("true {out}").unwrap();
        let error = silent.speak("kk", text, 115).unwrap_err().to_string();
        assert!(error.contains("{out}"), "{error}");
    }

    #[test]
    fn another_command_is_another_family() {
        let family = |template: &str| command(template).unwrap().family();
        assert!(family("/opt/piper/piper --model a.onnx").starts_with("piper command-"));
        assert_ne!(
            family("piper --model a.onnx"),
            family("piper --model b.onnx")
        );
        let of = |model: &str| {
            let models = BTreeMap::from([("kk".to_owned(), model.to_owned())]);
            CommandVoice::parse("piper --model {model}", models)
                .unwrap()
                .family()
        };
        assert_ne!(of("a.onnx"), of("b.onnx"));
    }
}
