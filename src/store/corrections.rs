//! Corrections of keys and items, and the finished attempts that they are about.

use std::collections::{BTreeSet, HashMap};

use sqlx::FromRow;

use super::{Conn, Engine, StoreError, attempts::score_of, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    attempt::Attempt,
    correction::{Correction, Ruling, Worded},
    form::{Form, Letter},
    id::{AssignmentId, AttemptId, CorrectionId, ItemId, LearnerId, RuleId, SchoolId, TestletId},
    score::SectionScore,
};

statements! {
    INSERT = "insert into corrections (id, assignment_id, testlet_id, digest, item_id, kind, options, reason, made_by, made_at) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    ONE = "select id, assignment_id, testlet_id, digest, item_id, kind, options, reason, made_by, made_at, undone_at, \
           undone_by from corrections where id = $1";
    IN_FORCE = "select id, assignment_id, testlet_id, digest, item_id, kind, options, reason, made_by, made_at, undone_at, \
                undone_by from corrections where undone_at is null order by id";
    /// Of an assignment, or of the whole server where the id is empty.
    OF_SCOPE = "select id, assignment_id, testlet_id, digest, item_id, kind, options, reason, made_by, made_at, undone_at, \
                undone_by from corrections where coalesce(assignment_id, '') = $1 order by id desc limit 500";
    /// In force for an attempt: of its assignment and of the whole server.
    FOR_ATTEMPT = "select id, assignment_id, testlet_id, digest, item_id, kind, options, reason, made_by, made_at, \
                   undone_at, undone_by from corrections where undone_at is null and (assignment_id is null \
                   or assignment_id in (select assignment_id from assignment_attempts where attempt_id = $1)) order by id";
    UNDO = "update corrections set undone_at = $2, undone_by = $3 where id = $1 and undone_at is null";
    TURN = "insert into correction_turn (id, at) values ('all', $1) on conflict (id) do update set at = excluded.at";
    /// Holds the rows by writing to them: a section that is being finished either was marked before, and is among the
    /// finished then, or is marked after. In whatever order, since SQLite has one writer.
    HOLD = "update attempts set version = version + 1 where id in \
            (select attempt_id from assignment_attempts where assignment_id = $1 \
             union select attempt_id from attempt_testlets where testlet_id = $2)";
    /// Not those whose responses were kept long enough and are deleted: they cannot be marked again.
    FINISHED = "select t.id, t.learner_id, l.name, t.rule_id, t.kind, x.assignment_id, a.school_id, f.form \
                from attempts t join forms f on f.attempt_id = t.id join learners l on l.id = t.learner_id \
                left join assignment_attempts x on x.attempt_id = t.id left join assignments a on a.id = x.assignment_id \
                where t.state = 'finished' and t.forgotten_at is null and t.id in \
                (select attempt_id from assignment_attempts where assignment_id = $1 \
                 union select attempt_id from attempt_testlets where testlet_id = $2) order by l.name, t.id";
    SCORES = "select r.attempt_id, r.section, r.correct, r.of_items from section_results r where r.attempt_id in \
              (select attempt_id from assignment_attempts where assignment_id = $1 \
               union select attempt_id from attempt_testlets where testlet_id = $2) order by r.attempt_id, r.section_index";
    CHOSEN = "select r.attempt_id, r.item_id, r.chosen from responses r where r.attempt_id in \
              (select attempt_id from assignment_attempts where assignment_id = $1 \
               union select attempt_id from attempt_testlets where testlet_id = $2) order by r.attempt_id, r.seq";
    SCORE = "update section_results set correct = $3, of_items = $4 where attempt_id = $1 and section_index = $2";
}

/// The same for PostgreSQL, in the order in which everybody holds attempts, so that nobody waits in a circle.
const POSTGRES_HOLD: &str = "select id from attempts where id in \
     (select attempt_id from assignment_attempts where assignment_id = $1 \
     union select attempt_id from attempt_testlets where testlet_id = $2) order by id for no key update";

/// The statements of one engine alone, for a test that prepares them.
pub(super) fn of_engine(postgres: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    postgres.then_some(("HOLD", POSTGRES_HOLD)).into_iter()
}

/// Which attempts a correction is about.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// Those made for an assignment.
    Assignment(&'a AssignmentId),
    /// All on the server that were given a testlet, in whatever wording.
    Testlet(&'a TestletId),
}

impl Scope<'_> {
    /// The assignment and the testlet as the statements take them: an empty one is none.
    fn keys(&self) -> (&str, &str) {
        match self {
            Scope::Assignment(id) => (id.as_str(), ""),
            Scope::Testlet(id) => ("", id.as_str()),
        }
    }
}

/// A finished attempt with all that marks it again.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Which.
    pub id: AttemptId,
    /// Whose.
    pub learner: LearnerId,
    /// Their name; empty for one who has none.
    pub name: String,
    /// Under which rule set.
    pub rule: RuleId,
    /// Whether it is a mock.
    pub mock: bool,
    /// For which assignment of which school it was made, if for one.
    pub given: Option<(AssignmentId, SchoolId)>,
    /// What the learner was given.
    pub form: Form,
    /// The scores as they stand, section by section.
    pub scores: Vec<SectionScore>,
    /// The last response of each item, cleared ones left out.
    pub responses: HashMap<ItemId, Letter>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    assignment_id: Option<String>,
    testlet_id: String,
    digest: String,
    item_id: String,
    kind: String,
    options: String,
    reason: String,
    made_by: String,
    made_at: i64,
    undone_at: Option<i64>,
    undone_by: Option<String>,
}

#[derive(FromRow)]
struct FinishedRow {
    id: String,
    learner_id: String,
    name: Option<String>,
    rule_id: String,
    kind: String,
    assignment_id: Option<String>,
    school_id: Option<String>,
    form: String,
}

impl TryFrom<Row> for Correction {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let fault =
            |column, reason: String| StoreError::corrupt("corrections", column, &row.id, reason);
        let options = row.options.split(',').filter(|option| !option.is_empty());
        let options: BTreeSet<u8> = options
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|error: std::num::ParseIntError| fault("options", error.to_string()))?;
        let ruling = Ruling::stored(&row.kind, &options)
            .map_err(|error| fault("kind", error.to_string()))?;
        Ok(Self {
            ruling,
            id: CorrectionId::new(row.id),
            scope: row.assignment_id.map(AssignmentId::new),
            testlet: TestletId::new(row.testlet_id),
            about: Worded {
                digest: row.digest,
                item: ItemId::new(row.item_id),
            },
            reason: row.reason,
            made_by: LearnerId::new(row.made_by),
            made_at: from_ms(row.made_at),
            undone_at: row.undone_at.map(from_ms),
            undone_by: row.undone_by.map(LearnerId::new),
        })
    }
}

fn all(rows: Vec<Row>) -> Result<Vec<Correction>, StoreError> {
    rows.into_iter().map(Correction::try_from).collect()
}

impl Conn {
    /// Waits until whoever applies or undoes a correction is done; nobody else begins until this transaction is over.
    pub async fn take_correction_turn(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.wait_patiently().await?;
        on!(self, db => sqlx::query(TURN)
            .bind(now.timestamp_millis()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Adds a correction that is in force.
    pub async fn insert_correction(&mut self, new: &Correction) -> Result<(), StoreError> {
        let options: Vec<String> = new.ruling.options().iter().map(u8::to_string).collect();
        on!(self, db => sqlx::query(INSERT)
            .bind(new.id.as_str()).bind(new.scope.as_ref().map(AssignmentId::as_str))
            .bind(new.testlet.as_str()).bind(&new.about.digest).bind(new.about.item.as_str())
            .bind(new.ruling.kind()).bind(options.join(",")).bind(&new.reason)
            .bind(new.made_by.as_str()).bind(new.made_at.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// The correction with this id.
    pub async fn correction(
        &mut self,
        id: &CorrectionId,
    ) -> Result<Option<Correction>, StoreError> {
        let row: Option<Row> =
            on!(self, db => sqlx::query_as(ONE).bind(id.as_str()).fetch_optional(db).await)?;
        row.map(Correction::try_from).transpose()
    }

    /// Every correction in force, of whatever scope.
    pub async fn corrections_in_force(&mut self) -> Result<Vec<Correction>, StoreError> {
        all(on!(self, db => sqlx::query_as(IN_FORCE).fetch_all(db).await)?)
    }

    /// The corrections of an assignment, or those of the whole server, also what was undone; the newest first.
    pub async fn corrections_of(
        &mut self,
        assignment: Option<&AssignmentId>,
    ) -> Result<Vec<Correction>, StoreError> {
        let scope = assignment.map_or("", AssignmentId::as_str);
        all(on!(self, db => sqlx::query_as(OF_SCOPE).bind(scope).fetch_all(db).await)?)
    }

    /// The corrections in force for an attempt.
    pub async fn corrections_for(
        &mut self,
        attempt: &AttemptId,
    ) -> Result<Vec<Correction>, StoreError> {
        all(on!(self, db => sqlx::query_as(FOR_ATTEMPT)
            .bind(attempt.as_str()).fetch_all(db).await)?)
    }

    /// Undoes a correction; false if it was undone before.
    pub async fn undo_correction(
        &mut self,
        id: &CorrectionId,
        who: &LearnerId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = on!(self, db => sqlx::query(UNDO)
            .bind(id.as_str()).bind(now.timestamp_millis()).bind(who.as_str())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }

    /// Holds every attempt in a scope, finished or not, until the transaction is over.
    pub async fn hold_scope(&mut self, scope: Scope<'_>) -> Result<(), StoreError> {
        let (assignment, testlet) = scope.keys();
        let hold = match self.engine() {
            Engine::Sqlite(_) => HOLD,
            Engine::Postgres(_) => POSTGRES_HOLD,
        };
        on!(self, db => sqlx::query(hold)
            .bind(assignment).bind(testlet).execute(db).await.map(drop))?;
        Ok(())
    }

    /// The finished attempts in a scope, by their learners' names: three queries, however many.
    pub async fn finished_in_scope(
        &mut self,
        scope: Scope<'_>,
    ) -> Result<Vec<Finished>, StoreError> {
        let (assignment, testlet) = scope.keys();
        let rows: Vec<FinishedRow> = on!(self, db => sqlx::query_as(FINISHED)
            .bind(assignment).bind(testlet).fetch_all(db).await)?;
        let results: Vec<(String, String, i64, i64)> = on!(self, db => sqlx::query_as(SCORES)
            .bind(assignment).bind(testlet).fetch_all(db).await)?;
        let chosen: Vec<(String, String, Option<String>)> = on!(self, db => sqlx::query_as(CHOSEN)
            .bind(assignment).bind(testlet).fetch_all(db).await)?;
        let mut scores: HashMap<String, Vec<SectionScore>> = HashMap::new();
        for (attempt, section, correct, of) in results {
            let score = score_of(&section, correct, of, &attempt)?;
            scores.entry(attempt).or_default().push(score);
        }
        let mut responses: HashMap<String, HashMap<ItemId, Letter>> = HashMap::new();
        for (attempt, item, chosen) in chosen {
            let letter = chosen.map(|chosen| chosen.parse::<Letter>()).transpose();
            let letter = letter
                .map_err(|error| StoreError::corrupt("responses", "chosen", &attempt, error))?;
            let of = responses.entry(attempt).or_default();
            match letter {
                Some(letter) => of.insert(ItemId::new(item), letter),
                None => of.remove(&ItemId::new(item)),
            };
        }
        rows.into_iter()
            .map(|row| {
                Ok(Finished {
                    form: serde_json::from_str(&row.form)
                        .map_err(|error| StoreError::corrupt("forms", "form", &row.id, error))?,
                    scores: scores.remove(&row.id).unwrap_or_default(),
                    responses: responses.remove(&row.id).unwrap_or_default(),
                    given: row
                        .assignment_id
                        .map(AssignmentId::new)
                        .zip(row.school_id.map(SchoolId::new)),
                    id: AttemptId::new(row.id),
                    learner: LearnerId::new(row.learner_id),
                    name: row.name.unwrap_or_default(),
                    rule: RuleId::new(row.rule_id),
                    mock: row.kind == "mock",
                })
            })
            .collect()
    }

    /// Writes a section's score anew. The caller holds the attempt.
    pub async fn rescore(
        &mut self,
        attempt: &AttemptId,
        index: usize,
        score: SectionScore,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(SCORE)
            .bind(attempt.as_str()).bind(index as i64)
            .bind(i64::from(score.correct)).bind(i64::from(score.of))
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Writes the scores of an attempt's sections anew. The caller holds it.
    pub async fn rescore_all(&mut self, attempt: &Attempt) -> Result<(), StoreError> {
        for (index, done) in attempt.done.iter().enumerate() {
            self.rescore(&attempt.id, index, done.score).await?;
        }
        Ok(())
    }
}
