//! A stimulus and its items after the answer, as the result and practice show them.

use super::{Chrome, comments::CommentView, markup};
use crate::domain::{Language, bank::Stimulus};
use crate::service::{ItemResult, TestletResult, is_synthetic, transcript};
use crate::web::urls;

/// A piece of a text, and whether it is underlined or marked.
pub(super) type Piece = (String, bool);

fn owned(pieces: Vec<(&str, bool)>) -> Vec<Piece> {
    pieces
        .into_iter()
        .map(|(text, marked)| (text.to_owned(), marked))
        .collect()
}

/// A stem's pieces, some underlined.
pub(super) fn stem(text: &str) -> Vec<Piece> {
    owned(markup::underlined(text))
}

/// A text or a recording with its script, the evidence marked.
pub(super) struct StimulusView {
    /// A text's paragraphs; none for a recording.
    pub(super) paragraphs: Vec<Vec<Piece>>,
    /// The recording, if it is one.
    pub(super) recording: Option<RecordingView>,
}

/// A recording with its script.
pub(super) struct RecordingView {
    pub(super) src: String,
    /// Whether a machine spoke it.
    pub(super) synthetic: bool,
    /// Whose voice it is, where they are named.
    pub(super) credit: Option<String>,
    pub(super) lines: Vec<LineView>,
    /// `[[start, end], …]` in milliseconds, as the player wants it.
    pub(super) sentences: String,
}

/// A line of the script.
pub(super) struct LineView {
    pub(super) speaker: Option<String>,
    pub(super) text: Vec<Piece>,
    /// Its place among the lines whose time is known, and where a browser plays it by itself.
    pub(super) replay: Option<(usize, String)>,
}

impl StimulusView {
    /// The stimulus of a testlet; what proves the keys of its items here is marked.
    pub(super) fn of(testlet: &TestletResult) -> Self {
        let quotations: Vec<&str> = testlet
            .items
            .iter()
            .map(|item| item.evidence.as_str())
            .collect();
        match &testlet.stimulus {
            Stimulus::Text(paragraphs) => Self {
                paragraphs: Self::marked(paragraphs, &quotations),
                recording: None,
            },
            Stimulus::Recording(recording) => {
                let src = urls::audio(&recording.sha256);
                let mut times = Vec::new();
                let lines = transcript(recording)
                    .into_iter()
                    .map(|line| {
                        let replay = line.at.map(|(start, end)| {
                            times.push([start, end]);
                            (times.len() - 1, sentence_url(&src, start, end))
                        });
                        LineView {
                            speaker: line.speaker,
                            text: owned(markup::evidence(&line.text, &quotations)),
                            replay,
                        }
                    })
                    .collect();
                Self {
                    paragraphs: Vec::new(),
                    recording: Some(RecordingView {
                        src,
                        synthetic: is_synthetic(recording),
                        credit: recording.credit.clone(),
                        lines,
                        sentences: serde_json::json!(times).to_string(),
                    }),
                }
            }
        }
    }

    fn marked(paragraphs: &[String], quotations: &[&str]) -> Vec<Vec<Piece>> {
        paragraphs
            .iter()
            .map(|paragraph| owned(markup::evidence(paragraph, quotations)))
            .collect()
    }
}

/// The key of a stimulus's name with a number: `Text 2`.
pub(super) fn name_key(stimulus: &Stimulus) -> &'static str {
    match stimulus {
        Stimulus::Text(_) => "practice-text-n",
        Stimulus::Recording(_) => "practice-recording-n",
    }
}

/// The key of the words that show it.
pub(super) fn show_key(stimulus: &Stimulus) -> &'static str {
    match stimulus {
        Stimulus::Text(_) => "result-show-text",
        Stimulus::Recording(_) => "result-show-recording",
    }
}

/// Where in a recording the words that prove a key are heard: the address of that stretch, and its begin in milliseconds.
/// None for a text, and where the times of the sentences are not known.
pub(super) fn heard_at(stimulus: &Stimulus, evidence: &str) -> Option<(String, u64)> {
    let recording = stimulus.recording()?;
    let times: Vec<(u64, u64)> = transcript(recording)
        .iter()
        .filter(|line| {
            let pieces = markup::evidence(&line.text, &[evidence]);
            pieces.iter().any(|(_, marked)| *marked)
        })
        .filter_map(|line| line.at)
        .collect();
    let ((start, _), (_, end)) = times.first().zip(times.last())?;
    let src = urls::audio(&recording.sha256);
    Some((sentence_url(&src, *start, *end), *start))
}

/// A stretch of a recording as a media fragment (W3C Media Fragments URI 1.0, seconds), which a browser plays without scripts.
fn sentence_url(src: &str, start_ms: u64, end_ms: u64) -> String {
    let seconds = |ms: u64| format!("{}.{:03}", ms / 1000, ms % 1000);
    format!("{src}#t={},{}", seconds(start_ms), seconds(end_ms))
}

/// An item after the answer.
pub(super) struct ItemView {
    pub(super) id: String,
    pub(super) position: usize,
    pub(super) stem: Vec<Piece>,
    /// `right`, `wrong` or `none`.
    pub(super) verdict: &'static str,
    pub(super) correct: bool,
    pub(super) options: Vec<OptionView>,
    pub(super) evidence: String,
    pub(super) explanation: String,
    /// The language it is in: not the page's where a translation is missing.
    pub(super) explanation_lang: &'static str,
    /// That it was corrected, when and why.
    pub(super) correction: Option<CorrectionNote>,
    pub(super) skill: String,
    pub(super) level: &'static str,
    /// What a tutor said of it to whoever looks.
    pub(super) comment: Option<CommentView>,
}

/// What a learner is told of a correction.
pub(super) struct CorrectionNote {
    /// What it rules: the key of its words is `corrected-` with this.
    pub(super) kind: &'static str,
    pub(super) date: String,
    pub(super) reason: String,
}

/// One of its options.
pub(super) struct OptionView {
    pub(super) letter: &'static str,
    pub(super) text: String,
    pub(super) key: bool,
    pub(super) chosen: bool,
}

impl ItemView {
    /// The view, with the explanation in the page's language.
    pub(super) fn of(c: &Chrome<'_>, item: &ItemResult) -> Self {
        Self {
            id: item.id.to_string(),
            position: item.position,
            stem: stem(&item.stem),
            verdict: match (item.response, item.correct) {
                _ if !item.counts() => "left-out",
                (_, true) => "right",
                (None, false) => "none",
                (_, false) => "wrong",
            },
            correct: item.correct,
            options: item
                .options
                .iter()
                .map(|(letter, text)| OptionView {
                    letter: letter.as_str(),
                    text: text.clone(),
                    key: item.keys.contains(letter),
                    chosen: Some(*letter) == item.response,
                })
                .collect(),
            evidence: item.evidence.clone(),
            explanation: c.text(&item.explanation).to_owned(),
            explanation_lang: match (c.language, &item.explanation.kk) {
                (Language::Kazakh, None) => Language::Russian.code(),
                _ => c.language.code(),
            },
            correction: item.correction.as_ref().map(|one| CorrectionNote {
                kind: one.ruling.kind(),
                date: c.moment(&one.made_at),
                reason: one.reason.clone(),
            }),
            skill: item.skill.clone(),
            level: item.level.as_str(),
            comment: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_a_media_fragment() {
        assert_eq!(
            sentence_url("/audio/a.mp3", 400, 3365),
            "/audio/a.mp3#t=0.400,3.365"
        );
        assert_eq!(sentence_url("/a", 61_007, 62_000), "/a#t=61.007,62.000");
    }
}
