//! One learner's finished attempt, for those who teach: what it came to, how it was answered step by step, and who comes
//! before and after.

use std::collections::HashMap;

use super::{AttemptResult, Exam, Failure};
use crate::domain::{
    Timestamp,
    access::Act,
    assignment::Assignment,
    attempt::{Attempt, DoneSection, State},
    form::Letter,
    id::{AssignmentId, AttemptId, ItemId, LearnerId, TestletId, is_slug},
    school::{Group, School},
    track::{Kind, Plan},
};
use crate::store::{Account, Change, Conn, Stored};

/// One learner's finished attempt, as those who teach see it.
#[derive(Debug, Clone)]
pub struct AssignedResult {
    /// In which school.
    pub school: School,
    /// For which assignment.
    pub assignment: Assignment,
    /// The learner's name.
    pub name: String,
    /// What it came to, with the keys and every comment.
    pub result: AttemptResult,
    /// How it was answered.
    pub trail: Trail,
    /// The finished attempt of the learner before this one, by name.
    pub previous: Option<Neighbour>,
    /// The finished attempt of the learner after this one.
    pub next: Option<Neighbour>,
}

/// Another learner's finished attempt for the same assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Their name.
    pub name: String,
    /// Which attempt.
    pub attempt: AttemptId,
}

/// How an attempt was answered, step by step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    /// Every response of each item in order; the last one counts.
    pub steps: HashMap<ItemId, Vec<Step>>,
    /// The plays of each recording.
    pub plays: HashMap<TestletId, Plays>,
}

/// A response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The option chosen, by the letters that the learner saw; none: cleared.
    pub chosen: Option<Letter>,
    /// When.
    pub at: Timestamp,
    /// Milliseconds from the start of the section.
    pub after_ms: i64,
    /// Whether it came after the deadline, within the grace.
    pub late: bool,
}

/// How a recording was played.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plays {
    /// Each play: milliseconds from the start of the section.
    pub after_ms: Vec<i64>,
    /// How many were allowed; none is without limit.
    pub allowed: Option<u32>,
    /// Whether the section's track played it, and not the learner.
    pub by_track: bool,
}

/// A finished attempt of an assignment, with whose it is.
pub(super) struct AssignedAttempt {
    pub(super) school: School,
    pub(super) group: Group,
    pub(super) assignment: Assignment,
    pub(super) learner: LearnerId,
    pub(super) name: String,
    pub(super) attempt: Attempt,
    pub(super) finished_at: Timestamp,
    /// Whether its responses were deleted after their time.
    pub(super) forgotten: bool,
}

impl Exam {
    /// One learner's finished attempt for an assignment, with its keys, for those who teach.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for an attempt that was not made for this assignment; [`Failure::NotAllowed`],
    /// [`Failure::NotFinished`], [`Failure::UnknownRule`].
    pub async fn assigned_result(
        &self,
        who: &Account,
        id: &AssignmentId,
        attempt: &AttemptId,
    ) -> Result<AssignedResult, Failure> {
        let found = self
            .assigned_attempt(who, id, attempt, Act::SeeResults)
            .await?;
        let rules = self.rules(Some(&found.attempt.rule))?;
        // Those who teach see what a school keeps back from its learners; what a mock has that is not over, the learner's
        // or their own, stays closed to them too.
        let shown = match found.forgotten {
            true => None,
            false => {
                let mut shown = self.shown(&found.attempt).await?;
                shown.kept.school.clear();
                shown.kept.mock.extend(self.kept_from(&who.id).await?.mock);
                Some(shown)
            }
        };
        let result = self
            .result_of(&found.attempt, &rules, found.finished_at, shown)
            .await?;
        let mut conn = self.store.read().await?;
        let comments = conn.comments_on(&found.attempt.id).await?;
        let trail = trail_of(&mut conn, &found.attempt).await?;
        let (previous, next) = neighbours(&mut conn, id, &found).await?;
        Ok(AssignedResult {
            school: found.school,
            assignment: found.assignment,
            name: found.name,
            result: AttemptResult {
                comments,
                forgotten: found.forgotten,
                ..result
            },
            trail,
            previous,
            next,
        })
    }

    /// A finished attempt for an assignment, for somebody who may do this with it.
    pub(super) async fn assigned_attempt(
        &self,
        who: &Account,
        id: &AssignmentId,
        attempt: &AttemptId,
        act: Act,
    ) -> Result<AssignedAttempt, Failure> {
        let (school, group, assignment, learner) = {
            let mut conn = self.store.read().await?;
            let (school, group, assignment, _) =
                self.assignment_for(&mut conn, who, id, act).await?;
            let learner = match is_slug(attempt.as_str()) {
                true => conn.learner_of_attempt(id, attempt).await?,
                false => None,
            };
            (school, group, assignment, learner)
        };
        let (learner, name) = learner.ok_or(Failure::NothingHere)?;
        let Stored {
            attempt, forgotten, ..
        } = self.load(&learner, attempt).await?;
        let State::Finished { at: finished_at } = attempt.state else {
            return Err(Failure::NotFinished);
        };
        Ok(AssignedAttempt {
            school,
            group,
            assignment,
            learner,
            name,
            attempt,
            finished_at,
            forgotten,
        })
    }
}

/// Milliseconds from the start of the section at this place.
fn after(attempt: &Attempt, section: usize, at: Timestamp) -> i64 {
    let started = attempt.done.get(section).map(|done| done.started_at);
    started.map_or(0, |started| (at - started).num_milliseconds().max(0))
}

fn step(attempt: &Attempt, change: &Change) -> Option<Step> {
    let section = attempt.form.section_of(&change.item)?;
    Some(Step {
        chosen: change.chosen,
        at: change.at,
        after_ms: after(attempt, section, change.at),
        late: change.late,
    })
}

async fn trail_of(conn: &mut Conn, attempt: &Attempt) -> Result<Trail, Failure> {
    let mut trail = Trail::default();
    for change in conn.changes_of(&attempt.id).await? {
        if let Some(step) = step(attempt, &change) {
            trail.steps.entry(change.item).or_default().push(step);
        }
    }
    let mut played = conn.played(&attempt.id).await?;
    for (place, section) in attempt.form.sections.iter().enumerate() {
        for testlet in &section.testlets {
            if let Some(plan) = attempt.track.as_ref().filter(|_| section.plays.is_some()) {
                let plays = by_track(plan, &testlet.id, attempt.done.get(place));
                trail.plays.insert(testlet.id.clone(), plays);
                continue;
            }
            let times = played.remove(&testlet.id).unwrap_or_default();
            let plays = Plays {
                after_ms: times.iter().map(|at| after(attempt, place, *at)).collect(),
                allowed: attempt.plays(place),
                by_track: false,
            };
            trail.plays.insert(testlet.id.clone(), plays);
        }
    }
    Ok(trail)
}

/// The plays of a recording by a track, as far as its section went.
fn by_track(plan: &Plan, testlet: &TestletId, done: Option<&DoneSection>) -> Plays {
    let lasted = done.map_or(0, |done| {
        (done.ended_at - done.started_at).num_milliseconds()
    });
    let parts = plan.parts.iter().filter(|part| {
        matches!(part.kind, Kind::Text { .. }) && part.kind.testlet() == Some(testlet)
    });
    let starts = parts.map(|part| part.start_ms as i64);
    Plays {
        after_ms: starts.filter(|start| *start < lasted).collect(),
        allowed: Some(plan.plays),
        by_track: true,
    }
}

/// The learners before and after this one, by name, of those who have a finished attempt.
async fn neighbours(
    conn: &mut Conn,
    id: &AssignmentId,
    found: &AssignedAttempt,
) -> Result<(Option<Neighbour>, Option<Neighbour>), Failure> {
    let lines = conn.gradebook(id, &found.group.id).await?;
    let finished: Vec<(LearnerId, Neighbour)> = lines
        .into_iter()
        .filter_map(|line| {
            let mut attempts = line.attempts.into_iter();
            let last = attempts.rfind(|attempt| attempt.state == "finished")?;
            let neighbour = Neighbour {
                name: line.name,
                attempt: last.id,
            };
            Some((line.learner, neighbour))
        })
        .collect();
    let mut learners = finished.iter();
    let Some(here) = learners.position(|(learner, _)| *learner == found.learner) else {
        return Ok((None, None));
    };
    let at = |place: Option<usize>| finished.get(place?).map(|(_, one)| one.clone());
    Ok((at(here.checked_sub(1)), at(here.checked_add(1))))
}
