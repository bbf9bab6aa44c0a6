//! What a learner sees of an attempt while it goes on: everything but the keys.
//!
//! These types cannot hold a key, so no page and no API answer made from them can give one away (DESIGN, invariant 3).

use std::collections::HashSet;

use chrono::TimeDelta;

use super::{Exam, Failure, PaperTrack, load::Wording};
use crate::domain::{
    Timestamp,
    accommodation::Accommodation,
    assignment::{FeedbackPolicy, ResultsPolicy},
    attempt::{Attempt, Kind, State},
    bank::{ItemKind, Stimulus},
    delivery::Delivery,
    form::{FormSection, FormTestlet, Letter},
    id::{AssignmentId, AttemptId, ItemId, LearnerId, RuleId, TestletId},
    rules::Section,
};
use crate::store::{Conn, Stored, WorkDone};

/// An attempt as its learner may see it.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Which attempt.
    pub id: AttemptId,
    /// Mock or practice.
    pub kind: Kind,
    /// Under which rule set.
    pub rule: RuleId,
    /// The state's name: `ready`, `running`, `break`, `finished`, `expired`, `voided`.
    pub state: &'static str,
    /// Whether it counts against the retake limit, now or once it starts.
    pub counts: bool,
    /// The conditions under which it is sat, where a school granted other ones.
    pub allowance: Accommodation,
    /// How its recordings come.
    pub delivery: Delivery,
    /// For which assignment of a school it was made, if for one.
    pub assignment: Option<AssignmentId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Why it was voided.
    pub void_reason: Option<String>,
    /// The break, while it lasts.
    pub pause: Option<Pause>,
    /// Sections in order.
    pub sections: Vec<PaperSection>,
    /// Testlets of a practice set whose keys a school keeps back: it tells none when they are answered.
    pub keys_kept: HashSet<TestletId>,
    /// When its learner sees the keys and the result, where a school gave it; looked up before it begins, and not after.
    pub policies: Option<(FeedbackPolicy, ResultsPolicy)>,
    /// The number with which a page that is made now begins to number its responses: above all that were sent before.
    pub next_order: i64,
    /// When this was true.
    pub as_of: Timestamp,
}

/// A break.
#[derive(Debug, Clone, Copy)]
pub struct Pause {
    /// What comes next.
    pub next: Section,
    /// When it starts by itself.
    pub until: Timestamp,
    /// Milliseconds until then.
    pub remaining_ms: i64,
}

/// Whether a section is still to come, goes on or is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// To come.
    Waiting,
    /// Goes on.
    Running,
    /// Over.
    Finished,
}

impl Status {
    /// `waiting`, `running`, `finished`.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Waiting => "waiting",
            Status::Running => "running",
            Status::Finished => "finished",
        }
    }
}

/// A section as its learner may see it.
#[derive(Debug, Clone)]
pub struct PaperSection {
    /// Listening or reading.
    pub name: Section,
    /// To come, going on, over.
    pub status: Status,
    /// How many items it has.
    pub items: u32,
    /// The longest break before it, in minutes.
    pub break_minutes: u32,
    /// Its time in minutes, if it is timed.
    pub minutes: Option<u32>,
    /// How often a recording may be played, if limited.
    pub plays: Option<u32>,
    /// When it ends, while it runs and is timed.
    pub deadline: Option<Timestamp>,
    /// Milliseconds until then, not below 0.
    pub remaining_ms: Option<i64>,
    /// Recordings to fetch before the section starts, and while it runs.
    pub recordings: Vec<PaperAudio>,
    /// The track that plays them, where they come by one; then none of them is told by itself.
    pub track: Option<PaperTrack>,
    /// Testlets, only while the section runs.
    pub testlets: Vec<PaperTestlet>,
}

/// A testlet without its keys.
#[derive(Debug, Clone)]
pub struct PaperTestlet {
    /// Its id.
    pub id: TestletId,
    /// Its place in the section, from 1.
    pub ordinal: usize,
    /// The text, if its stimulus is one.
    pub text: Option<Vec<String>>,
    /// The recording, if its stimulus is one.
    pub audio: Option<PaperAudio>,
    /// Its items in order.
    pub items: Vec<PaperItem>,
}

/// A recording.
#[derive(Debug, Clone)]
pub struct PaperAudio {
    /// Hash of the file, which is its name in URLs.
    pub sha256: String,
    /// Size of the file.
    pub bytes: u64,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Plays left; none is without limit.
    pub plays_left: Option<u32>,
}

/// An item without its key.
#[derive(Debug, Clone)]
pub struct PaperItem {
    /// Its id.
    pub id: ItemId,
    /// Its place in the section, from 1.
    pub position: usize,
    /// Comprehension or lexical-grammar.
    pub kind: ItemKind,
    /// The question; a word between asterisks is underlined.
    pub stem: String,
    /// The options in the form's order.
    pub options: Vec<(Letter, String)>,
    /// What the learner has chosen.
    pub response: Option<Letter>,
    /// Whether the learner has flagged it.
    pub flagged: bool,
}

impl Paper {
    /// The section that runs.
    pub fn running(&self) -> Option<&PaperSection> {
        self.sections
            .iter()
            .find(|section| section.status == Status::Running)
    }
}

/// What a paper is made of, besides the attempt itself.
pub(super) struct Material {
    wording: Wording,
    keys_kept: HashSet<TestletId>,
    policies: Option<(FeedbackPolicy, ResultsPolicy)>,
    work: WorkDone,
    /// What outages took of a section that runs by a track.
    given_back: TimeDelta,
}

impl Exam {
    /// An attempt as its learner may see it now.
    ///
    /// # Errors
    /// [`Failure::NotFound`].
    pub async fn paper(&self, learner: &LearnerId, id: &AttemptId) -> Result<Paper, Failure> {
        let stored = self.load(learner, id).await?;
        self.paper_of(&stored).await
    }

    pub(super) async fn paper_of(&self, stored: &Stored) -> Result<Paper, Failure> {
        let mut conn = self.store.read().await?;
        let material = self.material(&mut conn, stored).await?;
        drop(conn);
        Ok(self.paper_from(stored, material))
    }

    /// What a paper is made of, besides the attempt itself.
    pub(super) async fn material(
        &self,
        conn: &mut Conn,
        stored: &Stored,
    ) -> Result<Material, Failure> {
        let attempt = &stored.attempt;
        let given = match attempt.state {
            State::Ready => conn.assignment_of(&attempt.id).await?,
            _ => None,
        };
        let released = given
            .as_ref()
            .is_some_and(|given| given.released_at.is_some());
        let given = given.filter(|_| !released).map(|given| given.work);
        Ok(Material {
            wording: self.wording(conn, &attempt.form).await?,
            keys_kept: match attempt.kind {
                Kind::Mock => HashSet::new(),
                Kind::Practice => self.keys_kept(conn, attempt).await?,
            },
            policies: given.map(|work| (work.feedback(), work.results())),
            work: conn.work_of(&attempt.id).await?,
            given_back: self.given_back(conn, attempt).await?,
        })
    }

    /// The paper as of now.
    pub(super) fn paper_from(&self, stored: &Stored, material: Material) -> Paper {
        let Material {
            wording,
            keys_kept,
            policies,
            work,
            given_back,
        } = material;
        let attempt = &stored.attempt;
        let as_of = self.clock.now();
        let pause = match &attempt.state {
            State::Break(pause) => Some(Pause {
                next: attempt.form.sections[pause.next].name,
                until: pause.until,
                remaining_ms: (pause.until - as_of).num_milliseconds().max(0),
            }),
            _ => None,
        };
        let void_reason = match &attempt.state {
            State::Voided { reason, .. } => Some(reason.clone()),
            _ => None,
        };
        let mut sections: Vec<PaperSection> = attempt
            .form
            .sections
            .iter()
            .enumerate()
            .map(|(index, section)| paper_section(attempt, index, section, &wording, &work, as_of))
            .collect();
        self.pace(attempt, &wording, &mut sections, as_of, given_back);
        Paper {
            id: attempt.id.clone(),
            kind: attempt.kind,
            rule: attempt.rule.clone(),
            state: attempt.state.name(),
            counts: attempt.counts,
            allowance: attempt.allowance,
            delivery: attempt.delivery,
            assignment: stored.assignment.clone(),
            created_at: attempt.created_at,
            void_reason,
            pause,
            keys_kept,
            policies,
            sections,
            next_order: work.top_order.unwrap_or(0) + 1,
            as_of,
        }
    }
}

fn paper_section(
    attempt: &Attempt,
    index: usize,
    section: &FormSection,
    wording: &Wording,
    work: &WorkDone,
    as_of: Timestamp,
) -> PaperSection {
    const MINUTE_MS: i64 = 60_000;
    let running = match attempt.state {
        State::Running(running) if running.index == index => Some(running),
        _ => None,
    };
    let status = match running {
        Some(_) => Status::Running,
        None if index < attempt.done.len() => Status::Finished,
        None => Status::Waiting,
    };
    let deadline = running.and_then(|running| running.deadline);
    let plays = attempt.plays(index);
    let to_come = status != Status::Finished
        && matches!(
            attempt.state,
            State::Ready | State::Running(_) | State::Break(_)
        );
    let recordings = section
        .testlets
        .iter()
        .filter(|_| to_come)
        .filter_map(|testlet| paper_audio(plays, testlet, wording, work))
        .collect();
    let mut position = 0;
    let testlets = section
        .testlets
        .iter()
        .enumerate()
        .filter(|_| running.is_some())
        .filter_map(|(place, testlet)| {
            paper_testlet(plays, testlet, place + 1, &mut position, wording, work)
        })
        .collect();
    PaperSection {
        name: section.name,
        status,
        items: section.item_count(),
        break_minutes: (attempt.break_ms(index) / MINUTE_MS) as u32,
        minutes: attempt
            .limit_ms(index)
            .map(|limit| (limit / MINUTE_MS) as u32),
        plays,
        deadline,
        remaining_ms: deadline.map(|deadline| (deadline - as_of).num_milliseconds().max(0)),
        recordings,
        track: None,
        testlets,
    }
}

fn paper_audio(
    plays: Option<u32>,
    testlet: &FormTestlet,
    wording: &Wording,
    work: &WorkDone,
) -> Option<PaperAudio> {
    let recording = wording.recording(testlet)?;
    let played = work.plays.get(&testlet.id).copied().unwrap_or_default();
    Some(PaperAudio {
        sha256: recording.sha256.clone(),
        bytes: recording.bytes,
        duration_ms: recording.duration_ms,
        plays_left: plays.map(|plays| plays.saturating_sub(played)),
    })
}

fn paper_testlet(
    plays: Option<u32>,
    testlet: &FormTestlet,
    ordinal: usize,
    position: &mut usize,
    wording: &Wording,
    work: &WorkDone,
) -> Option<PaperTestlet> {
    let edition = wording.of(&testlet.digest)?;
    let text = match &edition.testlet.stimulus {
        Stimulus::Text(paragraphs) => Some(paragraphs.clone()),
        Stimulus::Recording(_) => None,
    };
    let items = testlet
        .items
        .iter()
        .filter_map(|form_item| {
            let item = edition
                .testlet
                .items
                .iter()
                .find(|item| item.id == form_item.id)?;
            *position += 1;
            Some(PaperItem {
                id: item.id.clone(),
                position: *position,
                kind: item.kind,
                stem: item.stem.clone(),
                options: form_item
                    .options(item)
                    .into_iter()
                    .map(|(letter, text)| (letter, text.to_owned()))
                    .collect(),
                response: work.responses.get(&item.id).copied(),
                flagged: work.flags.contains(&item.id),
            })
        })
        .collect();
    Some(PaperTestlet {
        id: testlet.id.clone(),
        ordinal,
        text,
        audio: paper_audio(plays, testlet, wording, work),
        items,
    })
}
