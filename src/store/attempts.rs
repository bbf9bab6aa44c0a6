//! Attempts: private rows and an explicit conversion to the domain's states.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::FromRow;

use super::{Conn, StoreError, accommodations, on, statements, tracks};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    attempt::{Attempt, Break, DoneSection, EndedBy, Kind, Running, State},
    delivery::Delivery,
    form::Form,
    id::{AssignmentId, AttemptId, LearnerId, RuleId},
    rules::Section,
    score::SectionScore,
};

statements! {
    INSERT = "insert into attempts (id, learner_id, kind, rule_id, rule_digest, sections, created_at, counts, state, due_at, \
              version, item_counts, delivery) values ($1, $2, $3, $4, $5, $6, $7, $8, 'ready', null, 0, $9, $10)";
    INSERT_FORM = "insert into forms (attempt_id, form) values ($1, $2)";
    BY_ID = "select a.id, a.learner_id, a.kind, a.rule_id, a.created_at, a.counts, a.counted_at, a.state, a.section_index, \
             a.since, a.until, a.ended_at, a.void_reason, a.live_page, a.allowance, a.forgotten_at, \
             a.delivery, f.form, f.track, x.assignment_id, (select string_agg(r.section || ' ' || r.started_at || ' ' || \
             r.ended_at || ' ' || r.ended_by || ' ' || r.correct || ' ' || r.of_items, '\n' order by r.section_index) \
             from section_results r where r.attempt_id = a.id) as results \
             from attempts a join forms f on f.attempt_id = a.id \
             left join assignment_attempts x on x.attempt_id = a.id where a.id = $1";
    /// Writing to the row locks it until the transaction is over, on both engines.
    LOCK = "update attempts set version = version + 1 where id = $1";
    SAVE = "update attempts set counted_at = $2, state = $3, section_index = $4, since = $5, until = $6, \
            ended_at = $7, void_reason = $8, due_at = $9, allowance = $10 where id = $1";
    INSERT_RESULT = "insert into section_results (attempt_id, section_index, section, started_at, ended_at, ended_by, \
                     correct, of_items) values ($1, $2, $3, $4, $5, $6, $7, $8) \
                     on conflict (attempt_id, section_index) do nothing";
    OF_LEARNER = "select id, kind, rule_id, sections, state, section_index, until, created_at, counted_at, ended_at, \
                  delivery from attempts \
                  where learner_id = $1 order by created_at desc, id desc limit 500";
    RESULTS_OF_LEARNER = "select r.attempt_id, r.section, r.correct, r.of_items from section_results r \
                          join attempts a on a.id = r.attempt_id where a.learner_id = $1 \
                          order by r.attempt_id, r.section_index";
    DUE = "select id from attempts where due_at is not null and due_at <= $1 order by due_at limit 500";
    GOING_ON = "select id from attempts where state in ('running', 'break') order by id";
    COUNT_GOING_ON = "select count(*) from attempts where state in ('running', 'break') and due_at is not null";
    TAKE_OVER = "update attempts set live_page = $2 where id = $1";
}

/// An attempt with what the store keeps besides.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The attempt.
    pub attempt: Attempt,
    /// The one page that may save; none before a page of the running section was opened.
    pub live_page: Option<String>,
    /// For which assignment it was made; none for a learner's private one.
    pub assignment: Option<AssignmentId>,
    /// Whether its responses were deleted after the time that the server keeps them.
    pub forgotten: bool,
}

/// One line of a learner's history.
#[derive(Debug, Clone)]
pub struct AttemptOverview {
    /// Which.
    pub id: AttemptId,
    /// Mock or practice.
    pub kind: Kind,
    /// Under which rule set.
    pub rule: RuleId,
    /// Its sections in order.
    pub sections: Vec<Section>,
    /// The section that runs or comes after the break, by its place.
    pub section_index: Option<usize>,
    /// The deadline of the section that runs, or the end of the break.
    pub until: Option<Timestamp>,
    /// The state's name.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it counts.
    pub counted_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Scores of the sections that are over, in order.
    pub scores: Vec<SectionScore>,
    /// How its recordings came.
    pub delivery: Delivery,
}

#[derive(FromRow)]
struct Row {
    id: String,
    learner_id: String,
    kind: String,
    rule_id: String,
    created_at: i64,
    counts: bool,
    counted_at: Option<i64>,
    state: String,
    section_index: Option<i64>,
    since: Option<i64>,
    until: Option<i64>,
    ended_at: Option<i64>,
    void_reason: Option<String>,
    live_page: Option<String>,
    allowance: Option<String>,
    forgotten_at: Option<i64>,
    delivery: String,
    form: String,
    track: Option<String>,
    assignment_id: Option<String>,
    /// Of each section that is over a line: its name, when it began and ended, what ended it, right answers, items.
    results: Option<String>,
}

#[derive(FromRow)]
struct OverviewRow {
    id: String,
    kind: String,
    rule_id: String,
    sections: String,
    state: String,
    section_index: Option<i64>,
    until: Option<i64>,
    created_at: i64,
    counted_at: Option<i64>,
    ended_at: Option<i64>,
    delivery: String,
}

/// Names the place of a value that the program cannot have written.
fn corrupt(column: &'static str, row: &str, reason: impl ToString) -> StoreError {
    StoreError::corrupt("attempts", column, row, reason)
}

/// Whether an attempt can have this id at all: an id comes from an address, and PostgreSQL refuses to look for a NUL.
fn possible(id: &AttemptId) -> bool {
    !id.as_str().contains('\0')
}

fn kind_of(text: &str, row: &str) -> Result<Kind, StoreError> {
    match text {
        "mock" => Ok(Kind::Mock),
        "practice" => Ok(Kind::Practice),
        other => Err(corrupt("kind", row, format!("unknown kind {other:?}"))),
    }
}

fn sections_of(text: &str, row: &str) -> Result<Vec<Section>, StoreError> {
    text.split(',')
        .map(|name| {
            name.parse()
                .map_err(|_| corrupt("sections", row, format!("unknown section {name:?}")))
        })
        .collect()
}

/// How many items the sections have, in order.
fn item_counts(form: &Form) -> String {
    let counts = form.sections.iter();
    let counts = counts.map(|section| section.item_count().to_string());
    counts.collect::<Vec<_>>().join(",")
}

/// A section's score of its columns.
pub(super) fn score_of(
    section: &str,
    correct: i64,
    of: i64,
    row: &str,
) -> Result<SectionScore, StoreError> {
    let fault = |column, reason: String| StoreError::Corrupt {
        table: "section_results",
        column,
        row: row.to_owned(),
        reason,
    };
    Ok(SectionScore {
        name: section
            .parse()
            .map_err(|_| fault("section", format!("unknown section {section:?}")))?,
        correct: u32::try_from(correct).map_err(|error| fault("correct", error.to_string()))?,
        of: u32::try_from(of).map_err(|error| fault("of_items", error.to_string()))?,
    })
}

/// A section that is over, of its line.
fn done_of(line: &str, row: &str) -> Result<DoneSection, StoreError> {
    let fault = |column, reason: &str| StoreError::Corrupt {
        table: "section_results",
        column,
        row: row.to_owned(),
        reason: format!("{reason} in {line:?}"),
    };
    let mut words = line.split(' ');
    let mut word = |column| words.next().ok_or_else(|| fault(column, "nothing"));
    let number = |column, text: &str| -> Result<i64, StoreError> {
        text.parse().map_err(|_| fault(column, "no number"))
    };
    let section = word("section")?;
    let started_at = number("started_at", word("started_at")?)?;
    let ended_at = number("ended_at", word("ended_at")?)?;
    let ended_by = match word("ended_by")? {
        "learner" => EndedBy::Learner,
        "deadline" => EndedBy::Deadline,
        _ => return Err(fault("ended_by", "unknown")),
    };
    let correct = number("correct", word("correct")?)?;
    let of = number("of_items", word("of_items")?)?;
    Ok(DoneSection {
        started_at: from_ms(started_at),
        ended_at: from_ms(ended_at),
        ended_by,
        score: score_of(section, correct, of, row)?,
    })
}

impl Row {
    fn state(&self, form: &Form) -> Result<State, StoreError> {
        let row = self.id.as_str();
        let missing = |column| corrupt(column, row, format!("missing in state {:?}", self.state));
        let index = || -> Result<usize, StoreError> {
            let index = self.section_index.ok_or_else(|| missing("section_index"))?;
            usize::try_from(index)
                .ok()
                .filter(|index| *index < form.sections.len())
                .ok_or_else(|| corrupt("section_index", row, format!("{index} is not in the form")))
        };
        let since = || self.since.map(from_ms).ok_or_else(|| missing("since"));
        let ended = || {
            self.ended_at
                .map(from_ms)
                .ok_or_else(|| missing("ended_at"))
        };
        Ok(match self.state.as_str() {
            "ready" => State::Ready,
            "running" => State::Running(Running {
                index: index()?,
                started_at: since()?,
                deadline: self.until.map(from_ms),
            }),
            "break" => State::Break(Break {
                next: index()?,
                since: since()?,
                until: self.until.map(from_ms).ok_or_else(|| missing("until"))?,
            }),
            "finished" => State::Finished { at: ended()? },
            "expired" => State::Expired { at: ended()? },
            "voided" => State::Voided {
                at: ended()?,
                reason: self
                    .void_reason
                    .clone()
                    .ok_or_else(|| missing("void_reason"))?,
            },
            other => return Err(corrupt("state", row, format!("unknown state {other:?}"))),
        })
    }
}

impl Conn {
    /// Adds an attempt that is ready, with its form.
    pub async fn insert_attempt(
        &mut self,
        attempt: &Attempt,
        rule_digest: &str,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let sections: Vec<&str> = attempt
            .form
            .sections
            .iter()
            .map(|section| section.name.as_str())
            .collect();
        let form = serde_json::to_string(&*attempt.form)
            .map_err(|error| corrupt("form", attempt.id.as_str(), error))?;
        on!(self, db => sqlx::query(INSERT)
            .bind(attempt.id.as_str())
            .bind(attempt.learner.as_str())
            .bind(attempt.kind.as_str())
            .bind(attempt.rule.as_str())
            .bind(rule_digest)
            .bind(sections.join(","))
            .bind(attempt.created_at.timestamp_millis())
            .bind(attempt.counts)
            .bind(item_counts(&attempt.form))
            .bind(attempt.delivery.as_str())
            .execute(db).await.map(drop))?;
        on!(self, db => sqlx::query(INSERT_FORM)
            .bind(attempt.id.as_str()).bind(&form).execute(db).await.map(drop))?;
        self.give_testlets(&attempt.id, &attempt.learner, &attempt.form)
            .await?;
        self.save_attempt(attempt, due_at).await
    }

    /// The attempt with this id.
    pub async fn attempt(&mut self, id: &AttemptId) -> Result<Option<Stored>, StoreError> {
        if !possible(id) {
            return Ok(None);
        }
        let row: Option<Row> = on!(self, db => sqlx::query_as(BY_ID)
            .bind(id.as_str()).fetch_optional(db).await)?;
        let Some(row) = row else { return Ok(None) };
        let form: Form =
            serde_json::from_str(&row.form).map_err(|error| corrupt("form", &row.id, error))?;
        let state = row.state(&form)?;
        let results = row.results.iter().flat_map(|all| all.lines());
        let done = results
            .map(|line| done_of(line, &row.id))
            .collect::<Result<_, _>>()?;
        Ok(Some(Stored {
            attempt: Attempt {
                kind: kind_of(&row.kind, &row.id)?,
                id: AttemptId::new(row.id),
                learner: LearnerId::new(row.learner_id),
                rule: RuleId::new(row.rule_id),
                form: Arc::new(form),
                created_at: from_ms(row.created_at),
                counts: row.counts,
                counted_at: row.counted_at.map(from_ms),
                allowance: accommodations::allowance_of(row.allowance.as_deref(), id.as_str())?,
                delivery: tracks::delivery_of(&row.delivery, id.as_str())?,
                track: tracks::plan_of(row.track.as_deref(), id.as_str())?,
                done,
                state,
            },
            live_page: row.live_page,
            assignment: row.assignment_id.map(AssignmentId::new),
            forgotten: row.forgotten_at.is_some(),
        }))
    }

    /// The attempt with this id, held against every other writer until the transaction is over.
    pub async fn lock_attempt(&mut self, id: &AttemptId) -> Result<Option<Stored>, StoreError> {
        if !possible(id) {
            return Ok(None);
        }
        on!(self, db => sqlx::query(LOCK).bind(id.as_str()).execute(db).await.map(drop))?;
        self.attempt(id).await
    }

    /// Writes the attempt's state and its finished sections. The caller holds it (see [`Conn::lock_attempt`]).
    pub async fn save_attempt(
        &mut self,
        attempt: &Attempt,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let ms = |at: Timestamp| at.timestamp_millis();
        let (index, since, until, ended, reason) = match &attempt.state {
            State::Ready => (None, None, None, None, None),
            State::Running(Running {
                index,
                started_at,
                deadline,
            }) => (
                Some(*index as i64),
                Some(ms(*started_at)),
                deadline.map(ms),
                None,
                None,
            ),
            State::Break(Break { next, since, until }) => (
                Some(*next as i64),
                Some(ms(*since)),
                Some(ms(*until)),
                None,
                None,
            ),
            State::Finished { at } | State::Expired { at } => {
                (None, None, None, Some(ms(*at)), None)
            }
            State::Voided { at, reason } => {
                (None, None, None, Some(ms(*at)), Some(reason.as_str()))
            }
        };
        on!(self, db => sqlx::query(SAVE)
            .bind(attempt.id.as_str())
            .bind(attempt.counted_at.map(ms))
            .bind(attempt.state.name())
            .bind(index).bind(since).bind(until).bind(ended).bind(reason)
            .bind(due_at.map(ms))
            .bind(accommodations::terms_of(attempt.allowance)?)
            .execute(db).await.map(drop))?;
        for (index, done) in attempt.done.iter().enumerate() {
            let ended_by = match done.ended_by {
                EndedBy::Learner => "learner",
                EndedBy::Deadline => "deadline",
            };
            on!(self, db => sqlx::query(INSERT_RESULT)
                .bind(attempt.id.as_str())
                .bind(index as i64)
                .bind(done.score.name.as_str())
                .bind(ms(done.started_at))
                .bind(ms(done.ended_at))
                .bind(ended_by)
                .bind(i64::from(done.score.correct))
                .bind(i64::from(done.score.of))
                .execute(db).await.map(drop))?;
        }
        Ok(())
    }

    /// A learner's attempts, the latest first; at most 500.
    pub async fn attempts_of(
        &mut self,
        learner: &LearnerId,
    ) -> Result<Vec<AttemptOverview>, StoreError> {
        let rows: Vec<OverviewRow> = on!(self, db => sqlx::query_as(OF_LEARNER)
            .bind(learner.as_str()).fetch_all(db).await)?;
        let results: Vec<(String, String, i64, i64)> = on!(self, db =>
            sqlx::query_as(RESULTS_OF_LEARNER).bind(learner.as_str()).fetch_all(db).await)?;
        let mut scores: HashMap<String, Vec<SectionScore>> = HashMap::new();
        for (attempt, section, correct, of) in results {
            let score = score_of(&section, correct, of, &attempt)?;
            scores.entry(attempt).or_default().push(score);
        }
        rows.into_iter()
            .map(|row| {
                Ok(AttemptOverview {
                    kind: kind_of(&row.kind, &row.id)?,
                    delivery: tracks::delivery_of(&row.delivery, &row.id)?,
                    scores: scores.remove(&row.id).unwrap_or_default(),
                    sections: sections_of(&row.sections, &row.id)?,
                    section_index: row.section_index.map(|index| index.unsigned_abs() as usize),
                    until: row.until.map(from_ms),
                    id: AttemptId::new(row.id),
                    rule: RuleId::new(row.rule_id),
                    state: row.state,
                    created_at: from_ms(row.created_at),
                    counted_at: row.counted_at.map(from_ms),
                    ended_at: row.ended_at.map(from_ms),
                })
            })
            .collect()
    }

    /// Attempts with which something is due, the longest overdue first; at most 500.
    pub async fn due_attempts(&mut self, now: Timestamp) -> Result<Vec<AttemptId>, StoreError> {
        let ids: Vec<String> = on!(self, db => sqlx::query_scalar(DUE)
            .bind(now.timestamp_millis()).fetch_all(db).await)?;
        Ok(ids.into_iter().map(AttemptId::new).collect())
    }

    /// Attempts that go on.
    pub async fn attempts_going_on(&mut self) -> Result<Vec<AttemptId>, StoreError> {
        let ids: Vec<String> = on!(self, db => sqlx::query_scalar(GOING_ON).fetch_all(db).await)?;
        Ok(ids.into_iter().map(AttemptId::new).collect())
    }

    /// How many attempts are being timed.
    pub async fn count_timed(&mut self) -> Result<u64, StoreError> {
        let count: i64 = on!(self, db => sqlx::query_scalar(COUNT_GOING_ON).fetch_one(db).await)?;
        Ok(count.unsigned_abs())
    }

    /// Makes a page the only one that may save; none: no page yet.
    pub async fn take_over(
        &mut self,
        id: &AttemptId,
        page: Option<&str>,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(TAKE_OVER)
            .bind(id.as_str()).bind(page).execute(db).await.map(drop))?;
        Ok(())
    }
}
