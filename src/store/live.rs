//! Who is there, how far they are, and how much time they have: what is looked at while a group sits.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{Conn, StoreError, accommodations::allowance_of, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    accommodation::Accommodation,
    id::{AssignmentId, AttemptId, GroupId, LearnerId},
    rules::Section,
};

statements! {
    /// An attempt that no school gave leaves no trace here.
    SEEN = "insert into presence (attempt_id, seen_at) \
            select x.attempt_id, cast($2 as bigint) from assignment_attempts x where x.attempt_id = $1 \
            on conflict (attempt_id) do update set seen_at = excluded.seen_at \
            where presence.seen_at < excluded.seen_at";
    TIME = "select a.learner_id, a.state, a.sections, a.section_index, a.until, a.due_at, x.assignment_id \
            from attempts a left join assignment_attempts x on x.attempt_id = a.id where a.id = $1";
    /// The group's learners whom it is for, and those who left after an attempt; each attempt, and how many items of the section that
    /// runs have an answer: the last response of an item counts, and one that was cleared has none.
    LIVE = "select l.id as learner_id, l.name, \
            (select count(*) from group_members m where m.group_id = $2 and m.learner_id = l.id) as in_group, \
            t.id as attempt_id, t.state, t.sections, t.item_counts, t.section_index, t.since, t.until, t.allowance, \
            p.seen_at, n.answered \
            from (select learner_id from group_members m where group_id = $2 \
                  and (not exists (select 1 from assignment_learners q where q.assignment_id = $1) \
                  or exists (select 1 from assignment_learners q where q.assignment_id = $1 \
                  and q.learner_id = m.learner_id)) \
                  union select learner_id from assignment_attempts where assignment_id = $1) w \
            join learners l on l.id = w.learner_id \
            left join assignment_attempts x on x.assignment_id = $1 and x.learner_id = l.id \
            left join attempts t on t.id = x.attempt_id \
            left join presence p on p.attempt_id = t.id \
            left join (select i.attempt_id, count(*) as answered from \
                       (select r.attempt_id, r.item_id from assignment_attempts y \
                        join attempts u on u.id = y.attempt_id join responses r on r.attempt_id = u.id \
                        where y.assignment_id = $1 and u.state = 'running' and r.saved_at >= u.since and not r.late \
                        group by r.attempt_id, r.item_id \
                        having max(case when r.chosen is null then 0 else r.seq end) \
                             > max(case when r.chosen is null then r.seq else 0 end)) i \
                       group by i.attempt_id) n on n.attempt_id = t.id \
            order by l.name, l.id, t.id";
    /// The attempts for an assignment that are being timed, and whose they are, in the order in which they are held.
    TIMED = "select t.id, t.learner_id from assignment_attempts x join attempts t on t.id = x.attempt_id \
             where x.assignment_id = $1 and t.state in ('running', 'break') and t.until is not null order by t.id";
}

/// What must be known of an attempt to say how much time is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// Whose it is.
    pub learner: LearnerId,
    /// The state's name.
    pub state: String,
    /// The section that runs.
    pub section: Option<Section>,
    /// The end of the section that runs or of the break.
    pub until: Option<Timestamp>,
    /// When something becomes due in it by itself.
    pub due_at: Option<Timestamp>,
    /// Whether a school gave it.
    pub assigned: bool,
}

/// A learner of a group that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveLine {
    /// Who.
    pub learner: LearnerId,
    /// Their name; empty for one who has none.
    pub name: String,
    /// Whether they are in the group (still).
    pub in_group: bool,
    /// Their attempts, the first one first.
    pub attempts: Vec<LiveAttempt>,
}

/// An attempt that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveAttempt {
    /// Which.
    pub id: AttemptId,
    /// The state's name.
    pub state: String,
    /// The section that runs.
    pub section: Option<Section>,
    /// When that section or the break began.
    pub since: Option<Timestamp>,
    /// When it ends.
    pub until: Option<Timestamp>,
    /// Items of the section that runs that have an answer.
    pub answered: u32,
    /// Items of that section; none of an attempt made before this was counted.
    pub of: Option<u32>,
    /// The conditions under which it is sat.
    pub allowance: Accommodation,
    /// When its page was last there.
    pub seen_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct TimeRow {
    learner_id: String,
    state: String,
    sections: String,
    section_index: Option<i64>,
    until: Option<i64>,
    due_at: Option<i64>,
    assignment_id: Option<String>,
}

#[derive(FromRow)]
struct Row {
    learner_id: String,
    name: Option<String>,
    in_group: i64,
    attempt_id: Option<String>,
    state: Option<String>,
    sections: Option<String>,
    item_counts: Option<String>,
    section_index: Option<i64>,
    since: Option<i64>,
    until: Option<i64>,
    allowance: Option<String>,
    seen_at: Option<i64>,
    answered: Option<i64>,
}

/// The part of a list with commas that stands at a place.
fn part(list: &str, place: Option<i64>) -> Option<&str> {
    list.split(',').nth(usize::try_from(place?).ok()?)
}

/// The section that runs.
fn running(
    state: &str,
    sections: &str,
    index: Option<i64>,
    row: &str,
) -> Result<Option<Section>, StoreError> {
    let name = part(sections, index).filter(|_| state == "running");
    let section = name.map(str::parse).transpose();
    section.map_err(|_| StoreError::Corrupt {
        table: "attempts",
        column: "sections",
        row: row.to_owned(),
        reason: format!("unknown section in {sections:?}"),
    })
}

impl Row {
    fn attempt(&self) -> Result<Option<LiveAttempt>, StoreError> {
        let (Some(id), Some(state)) = (&self.attempt_id, &self.state) else {
            return Ok(None);
        };
        let sections = self.sections.as_deref().unwrap_or_default();
        let section = running(state, sections, self.section_index, id)?;
        let counts = self.item_counts.as_deref().unwrap_or_default();
        Ok(Some(LiveAttempt {
            id: AttemptId::new(id.clone()),
            state: state.clone(),
            section,
            since: self.since.map(from_ms),
            until: self.until.map(from_ms),
            answered: self.answered.unwrap_or_default().unsigned_abs() as u32,
            of: part(counts, self.section_index)
                .filter(|_| section.is_some())
                .and_then(|count| count.parse().ok()),
            allowance: allowance_of(self.allowance.as_deref(), id)?,
            seen_at: self.seen_at.map(from_ms),
        }))
    }
}

impl Conn {
    /// Notes when the pages of attempts were there.
    pub async fn seen(&mut self, seen: &HashMap<AttemptId, Timestamp>) -> Result<(), StoreError> {
        // One order for every node, so that two transactions never wait for each other.
        let mut seen: Vec<_> = seen.iter().collect();
        seen.sort();
        for (id, at) in seen {
            on!(self, db => sqlx::query(SEEN)
                .bind(id.as_str()).bind(at.timestamp_millis()).execute(db).await.map(drop))?;
        }
        Ok(())
    }

    /// What must be known to say how much time is left in an attempt: cheap, because thousands ask it again and again.
    pub async fn timing(&mut self, id: &AttemptId) -> Result<Option<Timing>, StoreError> {
        if id.as_str().contains('\0') {
            return Ok(None);
        }
        let row: Option<TimeRow> = on!(self, db => sqlx::query_as(TIME)
            .bind(id.as_str()).fetch_optional(db).await)?;
        row.map(|row| {
            Ok(Timing {
                section: running(&row.state, &row.sections, row.section_index, id.as_str())?,
                learner: LearnerId::new(row.learner_id),
                state: row.state,
                until: row.until.map(from_ms),
                due_at: row.due_at.map(from_ms),
                assigned: row.assignment_id.is_some(),
            })
        })
        .transpose()
    }

    /// How far a group's learners are in an assignment, by name: one query, however many they are.
    pub async fn live(
        &mut self,
        assignment: &AssignmentId,
        group: &GroupId,
    ) -> Result<Vec<LiveLine>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(LIVE)
            .bind(assignment.as_str()).bind(group.as_str()).fetch_all(db).await)?;
        let mut lines: Vec<LiveLine> = Vec::new();
        for row in rows {
            // The rows of a learner stand together.
            let attempt = row.attempt()?;
            match lines.last_mut() {
                Some(line) if line.learner.as_str() == row.learner_id => {
                    line.attempts.extend(attempt);
                }
                _ => lines.push(LiveLine {
                    learner: LearnerId::new(row.learner_id),
                    name: row.name.unwrap_or_default(),
                    in_group: row.in_group > 0,
                    attempts: attempt.into_iter().collect(),
                }),
            }
        }
        Ok(lines)
    }

    /// The attempts for an assignment that are being timed, and whose they are.
    pub async fn timed_attempts(
        &mut self,
        assignment: &AssignmentId,
    ) -> Result<Vec<(AttemptId, LearnerId)>, StoreError> {
        let rows: Vec<(String, String)> = on!(self, db => sqlx::query_as(TIMED)
            .bind(assignment.as_str()).fetch_all(db).await)?;
        Ok(rows
            .into_iter()
            .map(|(id, learner)| (AttemptId::new(id), LearnerId::new(learner)))
            .collect())
    }
}
