//! An attempt and its states: ready → listening running → break → reading running → finished; also expired and voided.
//!
//! Each state holds only what is true in it, and a wrong transition is an error. Nothing here reads a clock: `now` is
//! an argument, and what happens by itself (a deadline, the end of a break) is asked for with [`Attempt::due`].

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    accommodation::Accommodation,
    delivery::Delivery,
    form::{Form, FormSection},
    id::{AttemptId, ItemId, LearnerId, RuleId},
    rules::Section,
    score::SectionScore,
    track::Plan,
};

/// Whether an attempt is sat under exam conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Timed, counted against the retake limit, no feedback before the end.
    Mock,
    /// Untimed, never counted, feedback item by item.
    Practice,
}

impl Kind {
    /// `mock` or `practice`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Mock => "mock",
            Kind::Practice => "practice",
        }
    }
}

/// One learner's run through a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// Whose it is.
    pub learner: LearnerId,
    /// Mock or practice.
    pub kind: Kind,
    /// The rule set chosen for it.
    pub rule: RuleId,
    /// What the learner was given.
    pub form: Arc<Form>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether starting it counts against the retake limit: not for practice, nor for a mock given as training.
    pub counts: bool,
    /// Since when it counts: the start of the first section of a mock that does.
    pub counted_at: Option<Timestamp>,
    /// The conditions under which it is sat, where a school granted other ones.
    pub allowance: Accommodation,
    /// How its recordings come.
    pub delivery: Delivery,
    /// Its track, from the start of the section that is paced by it.
    pub track: Option<Arc<Plan>>,
    /// Sections that are over, in order.
    pub done: Vec<DoneSection>,
    /// Where it stands.
    pub state: State,
}

/// A section that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneSection {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended: the learner's act, or the deadline.
    pub ended_at: Timestamp,
    /// What ended it.
    pub ended_by: EndedBy,
    /// Its score.
    pub score: SectionScore,
}

/// What ended a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndedBy {
    /// The learner finished it.
    Learner,
    /// Its time was up.
    Deadline,
}

/// Where an attempt stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Made, not begun.
    Ready,
    /// A section is being sat.
    Running(Running),
    /// Between two sections.
    Break(Break),
    /// All sections are over.
    Finished {
        /// When the last one ended.
        at: Timestamp,
    },
    /// Never begun within the time allowed for it.
    Expired {
        /// When it lapsed.
        at: Timestamp,
    },
    /// Declared void; it does not count.
    Voided {
        /// When.
        at: Timestamp,
        /// Why, in the words of whoever did it.
        reason: String,
    },
}

/// A section being sat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Its place in the form.
    pub index: usize,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ends; none in practice.
    pub deadline: Option<Timestamp>,
}

/// A break before a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// The section that comes next, by its place in the form.
    pub next: usize,
    /// When the break began.
    pub since: Timestamp,
    /// When the next section starts by itself.
    pub until: Timestamp,
}

/// Why a step was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The attempt is in a state that does not allow it.
    #[error("the attempt is {state}, which does not allow this")]
    WrongState {
        /// The state's name.
        state: &'static str,
    },
    /// Another section's turn.
    #[error("the {wanted} section cannot start now: {next} comes next")]
    WrongSection {
        /// The section asked for.
        wanted: Section,
        /// The section whose turn it is.
        next: Section,
    },
    /// The section is over (or has not begun), so nothing can be saved in it.
    #[error("the section is closed")]
    SectionClosed,
    /// The form has no such section.
    #[error("this attempt has no {0} section")]
    NoSuchSection(Section),
    /// The form has no such item.
    #[error("this attempt has no item {0}")]
    NoSuchItem(ItemId),
    /// The attempt holds as many responses as one may.
    #[error("the attempt holds as many answers as one may")]
    TooManyResponses,
    /// Nothing has a clock, so no time can be given.
    #[error("the section has no clock")]
    NotTimed,
}

/// What happens by itself and is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The running section's time is up: finish it, as of its deadline.
    Finish {
        /// Its place in the form.
        index: usize,
        /// Its deadline.
        at: Timestamp,
    },
    /// The break is over: the next section starts, as of the break's end.
    Start {
        /// Its place in the form.
        index: usize,
        /// The break's end.
        at: Timestamp,
    },
    /// The attempt was never begun.
    Expire {
        /// When it lapsed.
        at: Timestamp,
    },
}

/// Limits that are the server's and not the rule set's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long after a deadline an answer in flight is still taken.
    pub grace: TimeDelta,
    /// How long an attempt may wait to be begun.
    pub ready_for: TimeDelta,
    /// The most responses that one attempt holds, each choice being one: nobody sits so long, and who saves without end
    /// must not fill the disk.
    pub responses: i64,
}

/// How long after a section began its first page may be delivered at the latest for its time to count from then. A busy
/// server and a slow network need seconds; who comes later was not waiting for us.
pub const DELIVERY: TimeDelta = TimeDelta::seconds(15);

impl State {
    /// The name in JSON, in the store and in messages.
    pub fn name(&self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::Running(_) => "running",
            State::Break(_) => "break",
            State::Finished { .. } => "finished",
            State::Expired { .. } => "expired",
            State::Voided { .. } => "voided",
        }
    }
}

impl Attempt {
    /// The section being sat, if one is.
    pub fn running(&self) -> Option<(&FormSection, Running)> {
        match self.state {
            State::Running(running) => Some((&self.form.sections[running.index], running)),
            _ => None,
        }
    }

    /// Whether it goes on: begun and not over.
    pub fn in_progress(&self) -> bool {
        matches!(self.state, State::Running(_) | State::Break(_))
    }

    /// Whether nothing can happen in it any more.
    pub fn is_over(&self) -> bool {
        matches!(
            self.state,
            State::Finished { .. } | State::Expired { .. } | State::Voided { .. }
        )
    }

    /// Whether it is over and has a score.
    pub fn finished(&self) -> bool {
        matches!(self.state, State::Finished { .. })
    }

    /// The scores of the sections that are over.
    pub fn scores(&self) -> Vec<SectionScore> {
        self.done.iter().map(|done| done.score).collect()
    }

    /// The section that would start next, by its place in the form.
    fn next_section(&self) -> Result<usize, Refused> {
        match &self.state {
            State::Ready => Ok(0),
            State::Break(pause) => Ok(pause.next),
            state => Err(Refused::WrongState {
                state: state.name(),
            }),
        }
    }

    /// Starts a section whose turn it is. Starting the first section of a mock that counts makes the attempt count.
    ///
    /// # Errors
    /// [`Refused::NoSuchSection`], [`Refused::WrongState`], [`Refused::WrongSection`].
    pub fn start(&mut self, section: Section, now: Timestamp) -> Result<Running, Refused> {
        let wanted = self
            .form
            .index_of(section)
            .ok_or(Refused::NoSuchSection(section))?;
        let next = self.next_section()?;
        if next != wanted {
            return Err(Refused::WrongSection {
                wanted: section,
                next: self.form.sections[next].name,
            });
        }
        let limit = self.limit_ms(wanted);
        let running = Running {
            index: wanted,
            started_at: now,
            deadline: limit.map(|limit| now + TimeDelta::milliseconds(limit)),
        };
        if self.counts && self.counted_at.is_none() {
            self.counted_at = Some(now);
        }
        self.state = State::Running(running);
        Ok(running)
    }

    /// Whether a response to an item (or a play of its recording) is taken now; `Ok(true)` means late, within the grace.
    ///
    /// # Errors
    /// [`Refused::NoSuchItem`] for an item of another form, [`Refused::SectionClosed`] when its section is not running
    /// or its deadline and the grace are past.
    pub fn accepts(&self, item: &ItemId, now: Timestamp, limits: Limits) -> Result<bool, Refused> {
        let index = self
            .form
            .section_of(item)
            .ok_or_else(|| Refused::NoSuchItem(item.clone()))?;
        self.open(index, now, limits)
    }

    /// Whether the section at `index` takes anything now; `Ok(true)` means late, within the grace.
    ///
    /// # Errors
    /// [`Refused::SectionClosed`].
    pub fn open(&self, index: usize, now: Timestamp, limits: Limits) -> Result<bool, Refused> {
        match &self.state {
            State::Running(running) if running.index == index => match running.deadline {
                Some(deadline) if now >= deadline + limits.grace => Err(Refused::SectionClosed),
                Some(deadline) => Ok(now >= deadline),
                None => Ok(false),
            },
            _ => Err(Refused::SectionClosed),
        }
    }

    /// Ends the running section with its score; the next one's break begins, or the attempt is finished.
    ///
    /// # Errors
    /// [`Refused::NoSuchSection`], [`Refused::WrongState`] when nothing runs, [`Refused::SectionClosed`] when another
    /// section does.
    pub fn finish(
        &mut self,
        section: Section,
        now: Timestamp,
        by: EndedBy,
        score: SectionScore,
    ) -> Result<(), Refused> {
        let index = self
            .form
            .index_of(section)
            .ok_or(Refused::NoSuchSection(section))?;
        let State::Running(running) = &self.state else {
            return Err(Refused::WrongState {
                state: self.state.name(),
            });
        };
        if running.index != index {
            return Err(Refused::SectionClosed);
        }
        self.done.push(DoneSection {
            started_at: running.started_at,
            ended_at: now,
            ended_by: by,
            score,
        });
        self.state = match self.form.sections.get(index + 1) {
            Some(_) => State::Break(Break {
                next: index + 1,
                since: now,
                until: now + TimeDelta::milliseconds(self.break_ms(index + 1)),
            }),
            None => State::Finished { at: now },
        };
        Ok(())
    }

    /// What should have happened by itself by now. Ask again after doing it: a deadline may be followed by the end of
    /// the break.
    pub fn due(&self, now: Timestamp, limits: Limits) -> Option<Due> {
        match &self.state {
            State::Ready => {
                let at = self.created_at + limits.ready_for;
                (now >= at).then_some(Due::Expire { at })
            }
            State::Running(running) => {
                let at = running.deadline?;
                (now >= at + limits.grace).then_some(Due::Finish {
                    index: running.index,
                    at,
                })
            }
            State::Break(pause) => (now >= pause.until).then_some(Due::Start {
                index: pause.next,
                at: pause.until,
            }),
            State::Finished { .. } | State::Expired { .. } | State::Voided { .. } => None,
        }
    }

    /// Lets an attempt that was never begun lapse.
    ///
    /// # Errors
    /// [`Refused::WrongState`] once it has begun.
    pub fn expire(&mut self, at: Timestamp) -> Result<(), Refused> {
        match self.state {
            State::Ready => {
                self.state = State::Expired { at };
                Ok(())
            }
            _ => Err(Refused::WrongState {
                state: self.state.name(),
            }),
        }
    }

    /// Declares the attempt void: it no longer counts against the retake limit.
    ///
    /// # Errors
    /// [`Refused::WrongState`] when it is void or lapsed already.
    pub fn void(&mut self, at: Timestamp, reason: String) -> Result<(), Refused> {
        match self.state {
            State::Expired { .. } | State::Voided { .. } => Err(Refused::WrongState {
                state: self.state.name(),
            }),
            _ => {
                self.counted_at = None;
                self.state = State::Voided { at, reason };
                Ok(())
            }
        }
    }

    /// The first page of the running section is delivered: its time counts from now, where that is at most
    /// [`DELIVERY`] after it began. Returns what the waiting would have taken, if it would.
    pub fn deliver(&mut self, now: Timestamp) -> Option<TimeDelta> {
        let State::Running(running) = &mut self.state else {
            return None;
        };
        let deadline = running.deadline.as_mut()?;
        let waited = now - running.started_at;
        if waited <= TimeDelta::zero() || waited > DELIVERY {
            return None;
        }
        running.started_at = now;
        *deadline += waited;
        Some(waited)
    }

    /// Gives back the time during which the server was down: a deadline or a break's end that lay after `from` moves
    /// by the overlap of the outage with the section or break. Returns what was given.
    pub fn give_back(&mut self, from: Timestamp, until: Timestamp) -> Option<TimeDelta> {
        let overlap = |since: Timestamp, end: Timestamp| {
            let lost = until - from.max(since);
            (end > from && lost > TimeDelta::zero()).then_some(lost)
        };
        match &mut self.state {
            State::Running(running) => {
                let deadline = running.deadline.as_mut()?;
                let lost = overlap(running.started_at, *deadline)?;
                *deadline += lost;
                Some(lost)
            }
            State::Break(pause) => {
                let lost = overlap(pause.since, pause.until)?;
                pause.until += lost;
                Some(lost)
            }
            _ => None,
        }
    }
}
