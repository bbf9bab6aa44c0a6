//! Human voices: a school records a listening text, and what it gives is heard in that voice from then on.
//!
//! A recording speaks one script. The same wording with another voice stays the same wording: its items, corrections
//! and statistics do not change, so a form names the voice beside the wording.

use std::ops::RangeInclusive;

use sha2::{Digest, Sha256};

use super::{
    Timestamp,
    bank::{Recording, Turn},
    id::{LearnerId, RecordingId, SchoolId, TestletId},
};

/// The provenance of a recording in which somebody speaks.
pub const HUMAN: &str = "human voice";
/// The longest name of a speaker, in characters.
pub const CREDIT_MAX: usize = 100;
/// How many recordings of one text a school may keep, old ones included.
pub const TAKES_MAX: usize = 50;
/// How long a recording waits that was made and not used, in hours.
pub const DRAFT_HOURS: i64 = 24;

/// How long a recording of a script may be, by the length of the one there is: shorter than 0.4 of it something is
/// missing, longer than three times it is something else.
pub fn lengths(script_ms: u64) -> RangeInclusive<u64> {
    script_ms * 2 / 5..=script_ms * 3
}

/// The name of a script: SHA-256 over what is said by whom, hex. Another wording has another one.
pub fn script_digest(turns: &[Turn]) -> String {
    let mut hash = Sha256::new();
    for field in turns.iter().flat_map(|turn| [&turn.speaker, &turn.text]) {
        // After its length, so that no two scripts can flow into the same bytes.
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    format!("{:x}", hash.finalize())
}

/// How long somebody speaks in a recording, in milliseconds: without the pauses, which its waveform shows.
pub fn spoken_ms(waveform: &[u8], duration_ms: u64) -> u64 {
    /// A stretch below this part of the highest peak is a pause.
    const PAUSE: u8 = 20;
    let most = waveform.iter().copied().max().unwrap_or_default();
    let spoken = waveform.iter().filter(|peak| **peak > most / PAUSE);
    (duration_ms * spoken.count() as u64)
        .checked_div(waveform.len() as u64)
        .unwrap_or_default()
}

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceState {
    /// It was made and nobody has said yet that it is to be used.
    Draft,
    /// It is heard in what the school gives.
    Current,
    /// Another one took its place.
    Replaced,
    /// It was taken back.
    Withdrawn,
}

/// What somebody does with a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceStep {
    /// Lets it be heard from now on.
    Use,
    /// Throws it away.
    Discard,
    /// Lets it be heard no more.
    Withdraw,
}

/// The state of a recording does not allow this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a recording that is {} does not allow this", .0.as_str())]
pub struct WrongStep(pub VoiceState);

impl VoiceState {
    /// Every state.
    pub const ALL: [VoiceState; 4] = [
        VoiceState::Draft,
        VoiceState::Current,
        VoiceState::Replaced,
        VoiceState::Withdrawn,
    ];

    /// `draft`, `current`, `replaced` or `withdrawn`: the word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            VoiceState::Draft => "draft",
            VoiceState::Current => "current",
            VoiceState::Replaced => "replaced",
            VoiceState::Withdrawn => "withdrawn",
        }
    }

    /// The state of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// What a step leads to; none: it is gone.
    ///
    /// # Errors
    /// [`WrongStep`].
    pub fn after(self, step: VoiceStep) -> Result<Option<VoiceState>, WrongStep> {
        use VoiceState::{Current, Draft, Replaced, Withdrawn};
        match (self, step) {
            (Draft | Replaced | Withdrawn, VoiceStep::Use) => Ok(Some(Current)),
            (Draft, VoiceStep::Discard) => Ok(None),
            (Current | Replaced, VoiceStep::Withdraw) => Ok(Some(Withdrawn)),
            (state, _) => Err(WrongStep(state)),
        }
    }
}

/// What was measured of a recording as it is heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Size of the file.
    pub bytes: u64,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Integrated loudness in LUFS (EBU R 128).
    pub loudness: f64,
    /// True peak in dBTP.
    pub true_peak: f64,
    /// Syllables a minute of speech.
    pub syllables_per_minute: u32,
    /// The highest peak of each stretch of it, 0 to 255.
    pub waveform: Vec<u8>,
}

/// A recording that a school made.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// Its id.
    pub id: RecordingId,
    /// Whose it is.
    pub school: SchoolId,
    /// Of which testlet.
    pub testlet: TestletId,
    /// The script that it speaks, see [`script_digest`].
    pub script: String,
    /// What was measured.
    pub measures: Measures,
    /// Whose voice it is, as it is shown; none: nobody is named.
    pub credit: Option<String>,
    /// Who made or uploaded it.
    pub made_by: LearnerId,
    /// When.
    pub made_at: Timestamp,
    /// What became of it.
    pub state: VoiceState,
    /// Who did that.
    pub changed_by: LearnerId,
    /// When.
    pub changed_at: Timestamp,
    /// Since when it is heard on the whole server, if it is.
    pub adopted_at: Option<Timestamp>,
}

impl Voice {
    /// Whether it still speaks this script.
    pub fn speaks(&self, turns: &[Turn]) -> bool {
        self.script == script_digest(turns)
    }
}

impl Recording {
    /// The same script in a human voice. When each sentence is heard is not known of it.
    pub fn in_voice(&self, voice: &Voice) -> Self {
        Self {
            sha256: voice.measures.sha256.clone(),
            bytes: voice.measures.bytes,
            duration_ms: voice.measures.duration_ms,
            provenance: HUMAN.to_owned(),
            credit: voice.credit.clone(),
            turns: self.turns.clone(),
            sentences: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(speaker: &str, text: &str) -> Turn {
        Turn {
            speaker: speaker.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn another_script_has_another_name() {
        let base = [turn("Арман", "Сәлем!"), turn("Күләш", "Сәлем.")];
        let others = [
            vec![turn("Арман", "Сәлем!")],
            vec![turn("Арман", "Сәлем!"), turn("Күләш", "Сәлем!")],
            vec![turn("Асан", "Сәлем!"), turn("Күләш", "Сәлем.")],
            vec![turn("Арма", "нСәлем!"), turn("Күләш", "Сәлем.")],
        ];
        for other in others {
            assert_ne!(script_digest(&base), script_digest(&other), "{other:?}");
        }
        assert_eq!(script_digest(&base), script_digest(&base.clone()));
    }

    #[test]
    fn each_state_allows_what_makes_sense_in_it() {
        use VoiceState::{Current, Draft, Replaced, Withdrawn};
        use VoiceStep::{Discard, Use, Withdraw};
        let table = [
            (Draft, Use, Some(Some(Current))),
            (Draft, Discard, Some(None)),
            (Draft, Withdraw, None),
            (Current, Use, None),
            (Current, Discard, None),
            (Current, Withdraw, Some(Some(Withdrawn))),
            (Replaced, Use, Some(Some(Current))),
            (Replaced, Discard, None),
            (Replaced, Withdraw, Some(Some(Withdrawn))),
            (Withdrawn, Use, Some(Some(Current))),
            (Withdrawn, Discard, None),
            (Withdrawn, Withdraw, None),
        ];
        for (state, step, expected) in table {
            assert_eq!(state.after(step).ok(), expected, "{state:?} {step:?}");
        }
        for state in VoiceState::ALL {
            assert_eq!(VoiceState::from_word(state.as_str()), Some(state));
        }
        assert_eq!(VoiceState::from_word("gone"), None);
    }

    #[test]
    fn pauses_are_not_speech() {
        assert_eq!(spoken_ms(&[0, 200, 100, 0, 150, 3], 6_000), 3_000);
        assert_eq!(spoken_ms(&[9, 9], 1_000), 1_000);
        assert_eq!(spoken_ms(&[0, 0], 1_000), 0);
        assert_eq!(spoken_ms(&[], 1_000), 0);
    }

    #[test]
    fn lengths_are_around_the_scripts() {
        let bounds = lengths(60_000);
        assert_eq!((*bounds.start(), *bounds.end()), (24_000, 180_000));
    }
}
