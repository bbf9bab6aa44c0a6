//! A recording's script, sentence by sentence, with the time of each.

use crate::audio::{SYNTHETIC, split_sentences};
use crate::domain::bank::Recording;

/// A line of a transcript: a sentence, or a whole turn where the sentences' times are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Who speaks, on the first line of their turn.
    pub speaker: Option<String>,
    /// The words.
    pub text: String,
    /// Start and end in milliseconds, where known.
    pub at: Option<(u64, u64)>,
}

/// Whether a machine spoke the recording.
pub fn is_synthetic(recording: &Recording) -> bool {
    recording.provenance == SYNTHETIC
}

/// The lines of a recording.
///
/// A voice spoke each turn as the sentences that [`split_sentences`] gives, so their times match these one by one. Where
/// they do not (a person's recording, a file made by an older version), a turn is one line with the time from its first
/// sentence to its last.
pub fn transcript(recording: &Recording) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, turn) in recording.turns.iter().enumerate() {
        let times: Vec<(u64, u64)> = recording
            .sentences
            .iter()
            .filter(|sentence| sentence.turn as usize == index)
            .map(|sentence| (sentence.start_ms, sentence.end_ms))
            .collect();
        let sentences = split_sentences(&turn.text);
        let mut speaker = Some(turn.speaker.clone());
        if !times.is_empty() && sentences.len() == times.len() {
            lines.extend(sentences.into_iter().zip(times).map(|(text, at)| Line {
                speaker: speaker.take(),
                text,
                at: Some(at),
            }));
            continue;
        }
        let from_to = times.first().zip(times.last());
        lines.push(Line {
            speaker,
            text: turn.text.clone(),
            at: from_to.map(|((start, _), (_, end))| (*start, *end)),
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bank::{Sentence, Turn};

    fn recording(sentences: &[(u32, u64, u64)]) -> Recording {
        let turn = |speaker: &str, text: &str| Turn {
            speaker: speaker.to_owned(),
            text: text.to_owned(),
        };
        Recording {
            sha256: String::new(),
            bytes: 1,
            duration_ms: 9_000,
            provenance: "synthetic voice".to_owned(),
            credit: None,
            turns: vec![
                turn("Арман", "Ақ нан бар ма? Маған сүт керек."),
                turn("Күләш", "Бар."),
            ],
            sentences: sentences
                .iter()
                .map(|(turn, start_ms, end_ms)| Sentence {
                    turn: *turn,
                    start_ms: *start_ms,
                    end_ms: *end_ms,
                })
                .collect(),
        }
    }

    fn line(speaker: Option<&str>, text: &str, at: Option<(u64, u64)>) -> Line {
        Line {
            speaker: speaker.map(str::to_owned),
            text: text.to_owned(),
            at,
        }
    }

    #[test]
    fn each_sentence_has_its_time() {
        assert_eq!(
            transcript(&recording(&[(0, 0, 900), (0, 1000, 2000), (1, 3000, 3500)])),
            [
                line(Some("Арман"), "Ақ нан бар ма?", Some((0, 900))),
                line(None, "Маған сүт керек.", Some((1000, 2000))),
                line(Some("Күләш"), "Бар.", Some((3000, 3500))),
            ]
        );
    }

    #[test]
    fn a_turn_is_one_line_where_the_times_do_not_match() {
        let whole = "Ақ нан бар ма? Маған сүт керек.";
        let too_many = [(0, 0, 5), (0, 6, 7), (0, 8, 9)];
        for (times, at) in [(&[][..], None), (&too_many[..], Some((0, 9)))] {
            assert_eq!(
                transcript(&recording(times)),
                [
                    line(Some("Арман"), whole, at),
                    line(Some("Күләш"), "Бар.", None)
                ],
                "{times:?}"
            );
        }
    }
}
