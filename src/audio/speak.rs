//! A script to a recording: every sentence spoken on its own, joined with pauses, encoded.

use std::collections::BTreeMap;

use super::encode::{CODEC_DELAY, SAMPLE_RATE};
use super::level::{self, LevelError};
use super::mix::{Part, clip, equalise, join, ms_of, samples_of};
use super::sentence::split_sentences;
use super::{AudioError, Loudness, Voice, VoiceError};
use crate::domain::speech::speech_rate;

// The official test publishes neither pauses nor rates of speech. These are ours, chosen by ear: slower and with more
// air than the engine's own, so that a beginner can follow.

/// Silence before the first word, in milliseconds.
const LEAD_IN_MS: u64 = 400;
/// Silence after a sentence when its speaker goes on, in milliseconds. Pauses at commas are the engine's.
const SENTENCE_PAUSE_MS: u64 = 350;
/// Silence after a question when its speaker goes on, in milliseconds.
const QUESTION_PAUSE_MS: u64 = 450;
/// Silence after a sentence that trails off (…) when its speaker goes on, in milliseconds.
const ELLIPSIS_PAUSE_MS: u64 = 550;
/// Silence between two turns, in milliseconds.
const TURN_PAUSE_MS: u64 = 650;
/// Silence after the last word, in milliseconds.
const TAIL_MS: u64 = 700;

/// Words a minute of a recording for A1 and A2.
const RATE_A: u32 = 115;
/// Words a minute of a recording for B1.
const RATE_B1: u32 = 130;
/// Words a minute of a recording for B2.
const RATE_B2: u32 = 145;
/// Words a minute of a recording for C1.
const RATE_C1: u32 = 150;

/// The rate of speech for a level, in words a minute as the engine counts them; `None` for an unknown level.
#[must_use]
pub fn rate_for_level(level: &str) -> Option<u32> {
    match level {
        "A1" | "A2" => Some(RATE_A),
        "B1" => Some(RATE_B1),
        "B2" => Some(RATE_B2),
        "C1" => Some(RATE_C1),
        _ => None,
    }
}

/// What is to be spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// In the order of speaking.
    pub turns: Vec<Turn>,
    /// Words a minute, as the engine counts them.
    pub rate_wpm: u32,
}

/// One speaker's uninterrupted words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The engine's name of the voice, such as `kk+f3`.
    pub voice: String,
    /// One or more sentences.
    pub text: String,
}

/// A recording and the time of each of its sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoken {
    /// MP3, mono, 22,050 Hz, 48 kbit/s, without tags.
    pub mp3: Vec<u8>,
    /// Length of the recording as a player sees it, in milliseconds.
    pub duration_ms: u64,
    /// Channels of the recording.
    pub channels: u16,
    /// Sample rate of the recording, in hertz.
    pub sample_rate: u32,
    /// How loud the MP3 is when it is decoded.
    pub loudness: Loudness,
    /// Rate of the speech, without the pauses between sentences.
    pub syllables_per_minute: u32,
    /// In the order of speaking.
    pub sentences: Vec<Sentence>,
}

/// One spoken sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Index of its turn in the script, from zero.
    pub turn: usize,
    /// The words as they were given to the engine.
    pub text: String,
    /// First sound, in milliseconds from the start of the recording.
    pub start_ms: u64,
    /// Last sound, in milliseconds from the start of the recording.
    pub end_ms: u64,
}

/// Why a script could not become a recording. Turns are counted from one, as a reader counts them.
#[derive(Debug, thiserror::Error)]
pub enum SpeakError {
    /// The script has no turns.
    #[error("the script has no turns")]
    NoTurns,
    /// A turn holds no word.
    #[error("turn {turn} has nothing to speak")]
    NothingToSpeak {
        /// From one.
        turn: usize,
    },
    /// The engine failed on a sentence.
    #[error("turn {turn}, «{text}»: {source}")]
    Voice {
        /// From one.
        turn: usize,
        /// The sentence.
        text: String,
        /// The engine's fault.
        source: VoiceError,
    },
    /// The engine's output is not a recording.
    #[error("turn {turn}, «{text}»: the voice engine's output: {source}")]
    Output {
        /// From one.
        turn: usize,
        /// The sentence.
        text: String,
        /// What is wrong with it.
        source: AudioError,
    },
    /// The engine kept silent.
    #[error("turn {turn}, «{text}»: the voice engine gave only silence")]
    Silent {
        /// From one.
        turn: usize,
        /// The sentence.
        text: String,
    },
    /// The joined sentences gave no recording.
    #[error("the recording: {0}")]
    Level(#[from] LevelError),
}

/// Speaks the script and encodes it.
///
/// The same script and a deterministic voice give the same bytes.
///
/// # Errors
/// [`SpeakError`], which names the turn and the sentence where it happened.
pub fn speak(script: &Script, voice: &dyn Voice) -> Result<Spoken, SpeakError> {
    if script.turns.is_empty() {
        return Err(SpeakError::NoTurns);
    }
    let clips = equally_loud(script, spoken_clips(script, voice)?);
    // The codec's own delay is silence as well, and so pays for a part of the lead-in. Counted so, the times below are
    // those of the recording as it is played.
    let mut parts = vec![Part::Pause(samples_of(LEAD_IN_MS) - CODEC_DELAY)];
    let mut now = samples_of(LEAD_IN_MS);
    let mut sentences: Vec<Sentence> = Vec::with_capacity(clips.len());
    for Clip {
        turn,
        text,
        samples,
    } in clips
    {
        let pause = sentences
            .last()
            .map_or(0, |before| samples_of(pause_ms(before, turn)));
        let start = now + pause;
        now = start + samples.len();
        sentences.push(Sentence {
            turn,
            text,
            start_ms: ms_of(start),
            end_ms: ms_of(now),
        });
        parts.push(Part::Pause(pause));
        parts.push(Part::Speech(samples));
    }
    parts.push(Part::Pause(samples_of(TAIL_MS)));
    let finished = level::finish(&join(parts))?;
    Ok(Spoken {
        duration_ms: ms_of(finished.heard.len()),
        mp3: finished.mp3,
        channels: 1,
        sample_rate: SAMPLE_RATE,
        loudness: finished.loudness,
        syllables_per_minute: rate_of(&sentences),
        sentences,
    })
}

/// A sentence's sound.
struct Clip {
    turn: usize,
    text: String,
    samples: Vec<f32>,
}

fn spoken_clips(script: &Script, voice: &dyn Voice) -> Result<Vec<Clip>, SpeakError> {
    let mut clips = Vec::new();
    for (index, turn) in script.turns.iter().enumerate() {
        let texts = split_sentences(&turn.text);
        if texts.is_empty() {
            return Err(SpeakError::NothingToSpeak { turn: index + 1 });
        }
        for text in texts {
            clips.push(Clip {
                turn: index,
                samples: spoken_clip(voice, script.rate_wpm, index + 1, turn, &text)?,
                text,
            });
        }
    }
    Ok(clips)
}

/// Every voice as loud as every other; what one voice says loud and soft stays so.
fn equally_loud(script: &Script, mut clips: Vec<Clip>) -> Vec<Clip> {
    let mut voices: BTreeMap<&str, Vec<&mut Vec<f32>>> = BTreeMap::new();
    for clip in &mut clips {
        let voice = &script.turns[clip.turn].voice;
        voices.entry(voice).or_default().push(&mut clip.samples);
    }
    for said in voices.values_mut() {
        equalise(said);
    }
    clips
}

/// The silence after a sentence when one of the turn `next` follows.
fn pause_ms(before: &Sentence, next: usize) -> u64 {
    if before.turn != next {
        return TURN_PAUSE_MS;
    }
    let end = before
        .text
        .trim_end_matches(|c: char| "»”“\")’".contains(c));
    match end {
        end if end.ends_with('…') || end.ends_with("..") => ELLIPSIS_PAUSE_MS,
        end if end.trim_end_matches('!').ends_with('?') => QUESTION_PAUSE_MS,
        _ => SENTENCE_PAUSE_MS,
    }
}

fn rate_of(sentences: &[Sentence]) -> u32 {
    let text: Vec<&str> = sentences.iter().map(|s| s.text.as_str()).collect();
    let ms = sentences.iter().map(|s| s.end_ms - s.start_ms).sum();
    speech_rate(&text.join(" "), ms)
}

fn spoken_clip(
    voice: &dyn Voice,
    rate_wpm: u32,
    number: usize,
    turn: &Turn,
    text: &str,
) -> Result<Vec<f32>, SpeakError> {
    let wav = voice
        .speak(&turn.voice, text, rate_wpm)
        .map_err(|source| SpeakError::Voice {
            turn: number,
            text: text.to_owned(),
            source,
        })?;
    let clip = clip(wav).map_err(|source| SpeakError::Output {
        turn: number,
        text: text.to_owned(),
        source,
    })?;
    if clip.is_empty() {
        return Err(SpeakError::Silent {
            turn: number,
            text: text.to_owned(),
        });
    }
    Ok(clip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::decode::decode;
    use crate::audio::testing::SineVoice;

    fn script() -> Script {
        let turn = |voice: &str, text: &str| Turn {
            voice: voice.to_owned(),
            text: text.to_owned(),
        };
        Script {
            turns: vec![
                turn("kk+f3", "Сәлеметсіз бе! Маған екі нан керек."),
                turn("kk+m2", "Мінекей."),
            ],
            rate_wpm: 115,
        }
    }

    #[test]
    fn the_same_script_gives_the_same_bytes() {
        assert_eq!(
            speak(&script(), &SineVoice).unwrap(),
            speak(&script(), &SineVoice).unwrap()
        );
    }

    #[test]
    fn pauses_are_where_they_belong() {
        let spoken = speak(&script(), &SineVoice).unwrap();
        let times: Vec<_> = spoken
            .sentences
            .iter()
            .map(|s| (s.turn, s.text.as_str(), s.start_ms, s.end_ms))
            .collect();
        assert_eq!(times[0].1, "Сәлеметсіз бе!");
        assert_eq!((times[0].0, times[1].0, times[2].0), (0, 0, 1));
        assert_eq!(times[0].2, LEAD_IN_MS);
        assert!((times[1].2 - times[0].3).abs_diff(SENTENCE_PAUSE_MS) <= 1);
        assert!((times[2].2 - times[1].3).abs_diff(TURN_PAUSE_MS) <= 1);
        // The encoder pads the tail to a whole frame.
        let tail = spoken.duration_ms - times[2].3;
        assert!((TAIL_MS..TAIL_MS + 80).contains(&tail), "{tail}");
    }

    #[test]
    fn marks_have_their_pauses() {
        let mut script = script();
        script.turns[0].text = "Не? Мен… Солай! «Иә.» Білмеймін.. Рас па?!".to_owned();
        let spoken = speak(&script, &SineVoice).unwrap();
        let pauses: Vec<u64> = spoken
            .sentences
            .windows(2)
            .map(|pair| (pair[1].start_ms - pair[0].end_ms + 5) / 10 * 10)
            .collect();
        assert_eq!(pauses, [450, 550, 350, 350, 550, 650]);
    }

    #[test]
    fn speakers_are_equally_loud_and_so_is_the_whole() {
        let spoken = speak(&script(), &SineVoice).unwrap();
        assert!((spoken.loudness.integrated_lufs + 16.0).abs() < 0.5);
        assert!(spoken.loudness.true_peak_dbtp < -1.0);
        let mut heard: Vec<f32> = Vec::new();
        decode(&spoken.mp3, |samples| heard.extend_from_slice(samples)).unwrap();
        let loudness: Vec<f64> = spoken
            .sentences
            .iter()
            .map(|s| &heard[samples_of(s.start_ms)..samples_of(s.end_ms)])
            .map(|samples| crate::audio::loudness::loudness_of_speech(samples, SAMPLE_RATE))
            .collect();
        assert!((loudness[0] - loudness[2]).abs() < 1.0, "{loudness:?}");
    }

    #[test]
    fn the_rate_leaves_out_the_pauses() {
        // 42 letters and marks of 50 ms, and 20 ms around each sentence: 15 syllables in 2.16 s.
        let rate = speak(&script(), &SineVoice).unwrap().syllables_per_minute;
        assert!((405..=425).contains(&rate), "{rate}");
    }

    #[test]
    fn the_times_are_those_of_the_decoded_file() {
        let spoken = speak(&script(), &SineVoice).unwrap();
        let mut heard: Vec<f32> = Vec::new();
        decode(&spoken.mp3, |samples| heard.extend_from_slice(samples)).unwrap();
        for sentence in &spoken.sentences {
            // The clip keeps 10 ms before its first sound; MP3 may smear the onset by some more.
            let from = samples_of(sentence.start_ms - 200);
            let onset = heard[from..].iter().position(|s| s.abs() > 0.2).unwrap();
            let onset = ms_of(from + onset);
            assert!(
                onset.abs_diff(sentence.start_ms + 10) <= 5,
                "{onset} {sentence:?}"
            );
        }
    }

    #[test]
    fn faults_name_the_turn() {
        let mut empty = script();
        empty.turns[1].text = " … ".to_owned();
        let message = speak(&empty, &SineVoice).unwrap_err().to_string();
        assert_eq!(message, "turn 2 has nothing to speak");
        empty.turns.clear();
        assert!(matches!(
            speak(&empty, &SineVoice),
            Err(SpeakError::NoTurns)
        ));
    }

    #[test]
    fn every_level_has_a_rate() {
        let rates = ["A1", "A2", "B1", "B2", "C1"].map(|level| rate_for_level(level).unwrap());
        assert_eq!(rates, [115, 115, 130, 145, 150]);
        assert_eq!(rate_for_level("C2"), None);
    }
}
