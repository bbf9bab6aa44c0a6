//! What the transaction of a batch of responses asks the database, and what it writes.
//!
//! To ask, a batch travels as one JSON text each way, so that one prepared statement does for any number. To write, so
//! it does to PostgreSQL; SQLite takes the values themselves in half the time.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Sqlite};

use super::{
    Conn, Engine, StoreError, on,
    responses::{Save, Sender},
};
use crate::domain::form::Letter;

/// What a transaction asks about a whole batch; how a database takes a text apart, and puts what it found together,
/// differs.
struct Statements {
    /// Holds attempts against whoever finishes a section of theirs.
    hold: Option<&'static str>,
    /// The same of those that nobody else holds; says which they are.
    hold_free: Option<&'static str>,
    /// Each response's attempt, its sender's session, the attempt's last response.
    look: &'static str,
}

/// Which attempts of a batch are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// All of them: whoever has one is waited for.
    All,
    /// Those that nobody else has.
    Free,
}

macro_rules! hold {
    ($how:literal) => {
        concat!(
            "select a.id from attempts a \
             where a.id in (select q.value ->> 0 from json_array_elements(cast($1 as json)) as q (value)) \
             order by a.id for no key update",
            $how
        )
    };
}

macro_rules! look {
    ($found:literal, $each:literal) => {
        concat!(
            "select ",
            $found,
            " from ",
            $each,
            " join attempts a on a.id = q.value ->> 0 \
             left join sessions s on s.token_hash = q.value ->> 1"
        )
    };
}

macro_rules! insert {
    () => {
        "insert into responses (attempt_id, seq, item_id, chosen, saved_at, late, sent_order, top_order) "
    };
}

const SQLITE: Statements = Statements {
    // It has one writer.
    hold: None,
    hold_free: None,
    look: look!(
        "json_group_array(json_array(q.key, a.learner_id, a.state, a.section_index, a.until, a.live_page, \
         s.learner_id, s.expires_at, (select max(m.seq) from responses m where m.attempt_id = a.id), \
         (select m.top_order from responses m where m.attempt_id = a.id order by m.seq desc limit 1)))",
        "json_each($1) q"
    ),
};
const POSTGRES: Statements = Statements {
    hold: Some(hold!("")),
    hold_free: Some(hold!(" skip locked")),
    look: look!(
        "cast(coalesce(json_agg(json_build_array(q.place - 1, a.learner_id, a.state, a.section_index, a.until, \
         a.live_page, s.learner_id, s.expires_at, \
         (select max(m.seq) from responses m where m.attempt_id = a.id), \
         (select m.top_order from responses m where m.attempt_id = a.id order by m.seq desc limit 1))), '[]') \
         as text)",
        "json_array_elements(cast($1 as json)) with ordinality as q (value, place)"
    ),
};

/// Writes any number of rows on PostgreSQL.
const POSTGRES_INSERT: &str = concat!(
    insert!(),
    "select q.value ->> 0, cast(q.value ->> 1 as bigint), q.value ->> 2, q.value ->> 3, \
     cast(q.value ->> 4 as bigint), cast(q.value ->> 5 as boolean), cast(q.value ->> 6 as bigint), \
     cast(q.value ->> 7 as bigint) from json_array_elements(cast($1 as json)) as q (value)"
);
/// The most rows of one statement on SQLite: with more it is slower again. Each number of rows is a statement that the
/// connection keeps prepared.
pub(super) const SQLITE_ROWS: usize = 32;

/// The statements of one engine, for a test that prepares them.
pub(super) fn of_engine(postgres: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    let Statements {
        hold,
        hold_free,
        look,
    } = if postgres { POSTGRES } else { SQLITE };
    let insert = postgres.then_some(POSTGRES_INSERT);
    let all = [
        ("HOLD", hold),
        ("HOLD_FREE", hold_free),
        ("LOOK", Some(look)),
        ("INSERT", insert),
    ];
    all.into_iter()
        .filter_map(|(name, text)| Some((name, text?)))
}

/// What the database says of a response's attempt, its sender's session and the attempt's last response: the members of
/// what `look` finds, after the response's place in the batch.
#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    place: usize,
    learner_id: String,
    state: String,
    section_index: Option<i64>,
    pub(super) until: Option<i64>,
    live_page: Option<String>,
    session_learner: Option<String>,
    session_until: Option<i64>,
    last_seq: Option<i64>,
    top_order: Option<i64>,
    /// Somebody else holds the attempt, so that what is seen of it may be over already.
    #[serde(skip)]
    pub(super) kept: bool,
}

impl Seen {
    /// Whether the section takes this response: its learner sends it, the section runs, its deadline and the grace are
    /// not past, and the page that sends it is the live one. `Some(true)`: late, within the grace.
    pub(super) fn takes(&self, save: &Save) -> Option<bool> {
        let now = save.at.timestamp_millis();
        let own = match &save.sender {
            Sender::Learner(learner) => learner.as_str() == self.learner_id,
            Sender::Session(_) => {
                self.session_learner.as_ref() == Some(&self.learner_id)
                    && self.session_until.is_some_and(|until| until > now)
            }
        };
        let runs = self.state == "running" && self.section_index == Some(save.section_index as i64);
        let open = (self.until).is_none_or(|until| until > save.deadline_after.timestamp_millis());
        let live = save.page.is_none() || save.page == self.live_page;
        (own && runs && open && live).then(|| self.until.is_some_and(|until| until <= now))
    }
}

/// A response as it is written.
pub(super) struct Row<'a> {
    pub(super) save: &'a Save,
    pub(super) seq: i64,
    pub(super) late: bool,
    /// The highest order of the attempt before this row.
    top_before: Option<i64>,
}

type Columns<'a> = (
    &'a str,
    i64,
    &'a str,
    Option<&'static str>,
    i64,
    bool,
    Option<i64>,
    Option<i64>,
);

impl<'a> Row<'a> {
    /// The row that comes after another of the same batch, or after the attempt's last one.
    pub(super) fn after(
        before: Option<&Row<'_>>,
        seen: Option<&Seen>,
        save: &'a Save,
        late: bool,
    ) -> Self {
        let (last, top) = match before {
            Some(row) => (Some(row.seq), row.top()),
            None => seen.map_or((None, None), |seen| (seen.last_seq, seen.top_order)),
        };
        Self {
            save,
            seq: last.unwrap_or(0) + 1,
            late,
            top_before: top,
        }
    }

    /// What is written, in the order of `insert`.
    fn columns(&self) -> Columns<'a> {
        let save = self.save;
        (
            save.attempt.as_str(),
            self.seq,
            save.item.as_str(),
            save.chosen.map(Letter::as_str),
            save.at.timestamp_millis(),
            self.late,
            save.order,
            self.top(),
        )
    }

    /// The highest order of the attempt up to this row.
    fn top(&self) -> Option<i64> {
        self.top_before.max(self.save.order)
    }
}

impl Conn {
    /// Holds the attempts of these responses and looks at them. None where there is no such attempt.
    pub(super) async fn look(
        &mut self,
        saves: &[&Save],
        which: Hold,
    ) -> Result<Vec<Option<Seen>>, StoreError> {
        let asked = saves.iter().map(|save| match &save.sender {
            Sender::Learner(_) => (save.attempt.as_str(), None),
            Sender::Session(hash) => (save.attempt.as_str(), Some(hash.as_str())),
        });
        let asked = as_json(&asked.collect::<Vec<_>>())?;
        let Statements {
            hold,
            hold_free,
            look,
        } = match self.engine() {
            Engine::Sqlite(_) => SQLITE,
            Engine::Postgres(_) => POSTGRES,
        };
        let mut held: Option<HashSet<String>> = None;
        match (which, hold, hold_free) {
            (Hold::All, Some(hold), _) => {
                on!(self, db => sqlx::query(hold).bind(&asked).execute(db).await.map(drop))?;
            }
            (Hold::Free, _, Some(hold)) => {
                let ids: Vec<String> = on!(self, db =>
                    sqlx::query_scalar(hold).bind(&asked).fetch_all(db).await)?;
                held = Some(ids.into_iter().collect());
            }
            _ => {}
        }
        let found: String = on!(self, db =>
            sqlx::query_scalar(look).bind(&asked).fetch_one(db).await)?;
        let found: Vec<Seen> =
            serde_json::from_str(&found).map_err(|error| StoreError::Database(protocol(error)))?;
        let mut seen: Vec<Option<Seen>> = saves.iter().map(|_| None).collect();
        for mut one in found {
            if let (Some(save), Some(place)) = (saves.get(one.place), seen.get_mut(one.place)) {
                let attempt = save.attempt.as_str();
                one.kept = held.as_ref().is_some_and(|held| !held.contains(attempt));
                *place = Some(one);
            }
        }
        Ok(seen)
    }

    /// Whether a response of the same item with the same or a higher number of its sender is there, in the database or
    /// in the batch. As a rule none can be, since the attempt has no such number yet, and then nobody is asked.
    pub(super) async fn newer_is_saved(
        &mut self,
        row: &Row<'_>,
        batch: &[Row<'_>],
    ) -> Result<bool, StoreError> {
        let Some(order) = row
            .save
            .order
            .filter(|order| row.top_before >= Some(*order))
        else {
            return Ok(false);
        };
        let save = row.save;
        let same = |other: &&Row<'_>| other.save.attempt == save.attempt;
        let mut before = batch.iter().rev().take_while(same);
        if before.any(|other| other.save.item == save.item && other.save.order >= Some(order)) {
            return Ok(true);
        }
        Ok(self
            .response_since(&save.attempt, &save.item, order)
            .await?
            .is_some())
    }

    /// Writes these rows.
    pub(super) async fn insert_responses(&mut self, rows: &[Row<'_>]) -> Result<(), StoreError> {
        match self.engine() {
            Engine::Sqlite(db) => {
                for rows in rows.chunks(SQLITE_ROWS) {
                    let mut insert = QueryBuilder::<Sqlite>::new(insert!());
                    insert.push_values(rows, |mut values, row| {
                        let (attempt, seq, item, chosen, at, late, order, top) = row.columns();
                        values.push_bind(attempt).push_bind(seq).push_bind(item);
                        values.push_bind(chosen).push_bind(at).push_bind(late);
                        values.push_bind(order).push_bind(top);
                    });
                    insert.build().execute(&mut *db).await?;
                }
            }
            Engine::Postgres(_) if rows.is_empty() => {}
            Engine::Postgres(db) => {
                let rows = as_json(&rows.iter().map(Row::columns).collect::<Vec<_>>())?;
                sqlx::query(POSTGRES_INSERT).bind(&rows).execute(db).await?;
            }
        }
        Ok(())
    }
}

fn as_json(rows: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(rows).map_err(|error| StoreError::Database(protocol(error)))
}

fn protocol(error: impl ToString) -> sqlx::Error {
    sqlx::Error::Protocol(error.to_string())
}
