//! The shapes of answers. They are a contract (DESIGN): members may be added and never change.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::accommodations::Conditions;
use crate::domain::{
    Language, Timestamp,
    id::AttemptId,
    track::{self, Part},
};
use crate::service::{
    AttemptResult, Comment, ItemResult, PaperTrack, SectionResult,
    paper::{Paper, PaperAudio, PaperItem, PaperSection, PaperTestlet},
};
use crate::web::urls;

/// An instant as RFC 3339 with milliseconds and offset.
pub fn rfc3339(at: Timestamp) -> String {
    DateTime::<Utc>::to_rfc3339_opts(&at, SecondsFormat::Millis, true)
}

/// An attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attempt {
    id: String,
    /// `mock` or `practice`.
    kind: &'static str,
    rule: String,
    /// `ready`, `running`, `break`, `finished`, `expired` or `voided`.
    state: &'static str,
    /// Whether it counts against the retake limit, now or once it starts.
    counts: bool,
    /// How its recordings come: `free`, each when the learner starts it, or `paced`, by one track.
    delivery: &'static str,
    created_at: String,
    /// The conditions under which it is sat, where a school granted other ones.
    allowance: Option<Conditions>,
    /// The break, while it lasts.
    #[serde(rename = "break")]
    pause: Option<Pause>,
    sections: Vec<Section>,
    /// Why it was voided.
    #[serde(skip_serializing_if = "Option::is_none")]
    void_reason: Option<String>,
    /// The server's time.
    now: String,
}

/// A break between sections.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pause {
    /// The section that comes next.
    next: &'static str,
    /// When it starts by itself.
    until: String,
    remaining_ms: i64,
}

/// A section of an attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct Section {
    /// `listening` or `reading`.
    pub name: &'static str,
    /// `waiting`, `running` or `finished`.
    status: &'static str,
    items: u32,
    minutes: Option<u32>,
    deadline: Option<String>,
    remaining_ms: Option<i64>,
    /// Recordings to fetch before the section starts.
    recordings: Vec<Audio>,
    /// The track that plays them, where the attempt is paced: before the section runs, to fetch it, and while it does.
    /// Then `recordings` is empty and no stimulus has `audio`.
    track: Option<Track>,
    /// Only while the section runs.
    testlets: Vec<Testlet>,
}

/// A stimulus with its items.
#[derive(Debug, Serialize, ToSchema)]
pub struct Testlet {
    id: String,
    stimulus: Stimulus,
    items: Vec<Item>,
}

/// A text or a recording.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stimulus {
    /// Its number in the section: a real title might give the main idea away.
    title: String,
    text: Option<String>,
    audio: Option<Audio>,
}

/// A recording.
#[derive(Debug, Serialize, ToSchema)]
pub struct Audio {
    url: String,
    sha256: String,
    bytes: u64,
    duration_ms: u64,
    /// Null: without limit.
    plays_left: Option<u32>,
}

/// The track of a paced section: instructions, each text the set number of times, time for its items after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Track {
    url: String,
    duration_ms: u64,
    /// How often each text is heard.
    plays: u32,
    /// Where it stands, while the section runs.
    position_ms: Option<u64>,
    /// What comes when, without gaps.
    parts: Vec<TrackPart>,
}

/// A part of a track.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackPart {
    /// `instruction`, `beep`, `pause`, `text` or `answering`.
    kind: &'static str,
    /// Of a text and the time for its items: whose.
    testlet: Option<String>,
    /// Of a text: for which time it is heard, from 1.
    nth: Option<u32>,
    start_ms: u64,
    end_ms: u64,
}

impl Track {
    fn of(track: PaperTrack, attempt: &AttemptId) -> Self {
        Self {
            url: urls::attempt_track(attempt, &track.name),
            duration_ms: track.plan.total_ms,
            plays: track.plan.plays,
            position_ms: track.position_ms,
            parts: track.plan.parts.iter().map(TrackPart::from).collect(),
        }
    }
}

impl From<&Part> for TrackPart {
    fn from(part: &Part) -> Self {
        Self {
            kind: part.kind.as_str(),
            testlet: part.kind.testlet().map(ToString::to_string),
            nth: match part.kind {
                track::Kind::Text { nth, .. } => Some(nth),
                _ => None,
            },
            start_ms: part.start_ms,
            end_ms: part.end_ms,
        }
    }
}

/// A question.
#[derive(Debug, Serialize, ToSchema)]
pub struct Item {
    id: String,
    /// Its place in the section, from 1.
    position: usize,
    /// A word between asterisks is to be underlined.
    stem: String,
    options: Vec<ItemOption>,
    /// The option chosen.
    response: Option<&'static str>,
    flagged: bool,
}

/// One of four options.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemOption {
    /// `A` to `D`.
    id: &'static str,
    text: String,
}

impl From<Paper> for Attempt {
    fn from(paper: Paper) -> Self {
        Self {
            id: paper.id.to_string(),
            kind: paper.kind.as_str(),
            rule: paper.rule.to_string(),
            state: paper.state,
            counts: paper.counts,
            delivery: paper.delivery.as_str(),
            created_at: rfc3339(paper.created_at),
            allowance: Conditions::of(paper.allowance),
            pause: paper.pause.map(|pause| Pause {
                next: pause.next.as_str(),
                until: rfc3339(pause.until),
                remaining_ms: pause.remaining_ms,
            }),
            sections: paper
                .sections
                .into_iter()
                .map(|section| Section::of(section, &paper.id))
                .collect(),
            void_reason: paper.void_reason,
            now: rfc3339(paper.as_of),
        }
    }
}

impl Section {
    /// The shape of a section of this attempt.
    pub fn of(section: PaperSection, attempt: &AttemptId) -> Self {
        Self {
            name: section.name.as_str(),
            status: section.status.as_str(),
            items: section.items,
            minutes: section.minutes,
            deadline: section.deadline.map(rfc3339),
            remaining_ms: section.remaining_ms,
            recordings: section.recordings.into_iter().map(Audio::from).collect(),
            track: section.track.map(|track| Track::of(track, attempt)),
            testlets: section.testlets.into_iter().map(Testlet::from).collect(),
        }
    }
}

impl From<PaperTestlet> for Testlet {
    fn from(testlet: PaperTestlet) -> Self {
        Self {
            id: testlet.id.to_string(),
            stimulus: Stimulus {
                title: testlet.ordinal.to_string(),
                text: testlet.text.map(|paragraphs| paragraphs.join("\n\n")),
                audio: testlet.audio.map(Audio::from),
            },
            items: testlet.items.into_iter().map(Item::from).collect(),
        }
    }
}

impl From<PaperAudio> for Audio {
    fn from(audio: PaperAudio) -> Self {
        Self {
            url: urls::audio(&audio.sha256),
            sha256: audio.sha256,
            bytes: audio.bytes,
            duration_ms: audio.duration_ms,
            plays_left: audio.plays_left,
        }
    }
}

impl From<PaperItem> for Item {
    fn from(item: PaperItem) -> Self {
        Self {
            id: item.id.to_string(),
            position: item.position,
            stem: item.stem,
            options: item
                .options
                .into_iter()
                .map(|(letter, text)| ItemOption {
                    id: letter.as_str(),
                    text,
                })
                .collect(),
            response: item.response.map(|letter| letter.as_str()),
            flagged: item.flagged,
        }
    }
}

/// What a finished attempt came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultShape {
    attempt: String,
    kind: &'static str,
    rule: String,
    required_level: &'static str,
    /// The lower of the sections' levels.
    level: Option<&'static str>,
    passed: bool,
    /// How its recordings came: `free` or `paced`.
    delivery: &'static str,
    finished_at: String,
    /// The conditions under which it was sat, where a school granted other ones.
    allowance: Option<Conditions>,
    sections: Vec<SectionShape>,
    /// Whether the items are shown later: when the school that gave the attempt allows it.
    items_later: bool,
    /// Whether the answers were deleted after the time that the server keeps them: then there are no items.
    items_deleted: bool,
    /// Empty where the rule set, or the school that gave the attempt, does not allow feedback on items.
    items: Vec<ItemShape>,
    /// What a tutor said of it: on the whole at once, on items where these are shown.
    comments: Vec<CommentShape>,
}

/// A tutor's comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentShape {
    /// On which item; null: on the whole.
    item: Option<String>,
    text: String,
    /// Who wrote it or changed it last, by name.
    by: String,
    at: String,
}

impl From<Comment> for CommentShape {
    fn from(comment: Comment) -> Self {
        Self {
            item: comment.item.map(|item| item.to_string()),
            text: comment.body,
            by: comment.author_name,
            at: rfc3339(comment.written_at),
        }
    }
}

/// A section's result.
#[derive(Debug, Serialize, ToSchema)]
pub struct SectionShape {
    name: &'static str,
    correct: u32,
    of: u32,
    /// Rounded down.
    percent: u32,
    level: Option<&'static str>,
    /// Right answers needed for the required level.
    needed: u32,
    passed: bool,
    took_ms: i64,
}

/// An item with its key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemShape {
    id: String,
    section: &'static str,
    position: usize,
    response: Option<&'static str>,
    key: &'static str,
    /// Every option that is right: the key, and by a correction maybe others.
    keys: Vec<&'static str>,
    correct: bool,
    /// Whether it counts: a correction may have left it out.
    counts: bool,
    /// The correction under which it was marked.
    correction: Option<CorrectionNote>,
    /// The words of the stimulus that prove the key.
    evidence: String,
    explanation: String,
    /// The language that it is in: not the one asked for where a translation is missing.
    explanation_lang: &'static str,
    skill: String,
    level: &'static str,
}

/// That an item was corrected.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionNote {
    /// `rekey`, `accept`, `credit-all` or `leave-out`.
    kind: &'static str,
    at: String,
    reason: String,
}

impl ResultShape {
    /// The shape, with explanations in a language.
    pub fn of(result: AttemptResult, language: Language) -> Self {
        Self {
            attempt: result.attempt.to_string(),
            kind: result.kind.as_str(),
            rule: result.rule.to_string(),
            required_level: result.required_level.as_str(),
            level: result.level.map(|level| level.as_str()),
            passed: result.passed,
            delivery: result.delivery.as_str(),
            finished_at: rfc3339(result.finished_at),
            allowance: Conditions::of(result.allowance),
            sections: result.sections.iter().map(SectionShape::from).collect(),
            items_later: result.later,
            items_deleted: result.forgotten,
            items: result
                .testlets
                .into_iter()
                .flat_map(|testlet| testlet.items)
                .map(|item| ItemShape::of(item, language))
                .collect(),
            comments: result
                .comments
                .into_iter()
                .map(CommentShape::from)
                .collect(),
        }
    }
}

impl From<&SectionResult> for SectionShape {
    fn from(section: &SectionResult) -> Self {
        Self {
            name: section.name.as_str(),
            correct: section.correct,
            of: section.of,
            percent: section.percent,
            level: section.level.map(|level| level.as_str()),
            needed: section.needed,
            passed: section.passed,
            took_ms: section.took_ms,
        }
    }
}

impl ItemShape {
    /// The shape, with the explanation in a language.
    pub fn of(item: ItemResult, language: Language) -> Self {
        Self {
            id: item.id.to_string(),
            section: item.section.as_str(),
            position: item.position,
            response: item.response.map(|letter| letter.as_str()),
            key: item.key.as_str(),
            keys: item.keys.iter().map(|letter| letter.as_str()).collect(),
            correct: item.correct,
            counts: item.counts(),
            correction: item.correction.map(|one| CorrectionNote {
                kind: one.ruling.kind(),
                at: rfc3339(one.made_at),
                reason: one.reason,
            }),
            evidence: item.evidence,
            explanation: item.explanation.get(language).to_owned(),
            explanation_lang: match (language, &item.explanation.kk) {
                (Language::Kazakh, None) => Language::Russian.code(),
                _ => language.code(),
            },
            skill: item.skill,
            level: item.level.as_str(),
        }
    }
}
