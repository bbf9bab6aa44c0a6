//! The batched writer: responses queue up, one transaction commits what has gathered, and only then are they
//! acknowledged (DESIGN, invariant 2).
//!
//! A transaction asks the database three things for the whole batch, however large: it holds the attempts' rows (on
//! PostgreSQL; SQLite has one writer), looks at them, their senders' sessions and their last responses, and inserts
//! what `Seen::takes` finds acceptable. A section that is being finished holds the same row: it either counts a
//! response or refuses it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::{Conn, Engine, Store, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    form::Letter,
    id::{AttemptId, ItemId, LearnerId},
};
use crate::measures::{Timer, Writing};

statements! {
    SINCE = "select r.seq, r.saved_at, r.late, a.until from responses r join attempts a on a.id = r.attempt_id \
             where r.attempt_id = $1 and r.item_id = $2 and r.sent_order >= $3 order by r.seq desc limit 1";
    TOP_ORDER = "select max(top_order) from responses where attempt_id = $1";
}

/// What a transaction asks about a whole batch. The rows travel as one JSON text, so that one prepared statement does for
/// any number; how a database takes such a text apart, and puts what it found together, differs.
struct Statements {
    /// Holds attempts against whoever finishes a section of theirs.
    hold: Option<&'static str>,
    /// Each response's attempt, its sender's session, the attempt's last response.
    look: &'static str,
    insert: &'static str,
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
    ($each:literal) => {
        concat!(
            "insert into responses (attempt_id, seq, item_id, chosen, saved_at, late, sent_order, top_order) \
             select q.value ->> 0, cast(q.value ->> 1 as bigint), q.value ->> 2, q.value ->> 3, \
             cast(q.value ->> 4 as bigint), cast(q.value ->> 5 as boolean), cast(q.value ->> 6 as bigint), \
             cast(q.value ->> 7 as bigint) from ", $each
        )
    };
}

const SQLITE: Statements = Statements {
    hold: None, // it has one writer
    look: look!(
        "json_group_array(json_array(q.key, a.learner_id, a.state, a.section_index, a.until, a.live_page, \
         s.learner_id, s.expires_at, (select max(m.seq) from responses m where m.attempt_id = a.id), \
         (select m.top_order from responses m where m.attempt_id = a.id order by m.seq desc limit 1)))",
        "json_each($1) q"
    ),
    insert: insert!("json_each($1) q where true"),
};
const POSTGRES: Statements = Statements {
    hold: Some(
        "select a.id from attempts a \
         where a.id in (select q.value ->> 0 from json_array_elements(cast($1 as json)) as q (value)) \
         order by a.id for no key update",
    ),
    look: look!(
        "cast(coalesce(json_agg(json_build_array(q.place - 1, a.learner_id, a.state, a.section_index, a.until, \
         a.live_page, s.learner_id, s.expires_at, \
         (select max(m.seq) from responses m where m.attempt_id = a.id), \
         (select m.top_order from responses m where m.attempt_id = a.id order by m.seq desc limit 1))), '[]') \
         as text)",
        "json_array_elements(cast($1 as json)) with ordinality as q (value, place)"
    ),
    insert: insert!("json_array_elements(cast($1 as json)) as q (value)"),
};

/// The statements of one engine, for a test that prepares them.
pub(super) fn of_engine(postgres: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    let Statements { hold, look, insert } = if postgres { POSTGRES } else { SQLITE };
    let hold = hold.map(|hold| ("HOLD", hold));
    hold.into_iter().chain([("LOOK", look), ("INSERT", insert)])
}

/// Responses that may wait; more are refused at once, so that a slow database is felt and not hidden.
const QUEUE: usize = 8192;
/// How long a response may wait to be written before its learner is told to send it again: less than what a page waits
/// for an answer (15 s) and a server for a request (30 s), so that whoever waits is told, and why.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most responses one transaction takes.
const BATCH: usize = 512;

/// Whose a response must be.
#[derive(Debug, Clone)]
pub enum Sender {
    /// Somebody whose session was looked at already.
    Learner(LearnerId),
    /// Whoever has the session with this hash of its token: it is looked at together with the attempt.
    Session(String),
}

/// A response to be saved.
#[derive(Debug, Clone)]
pub struct Save {
    /// Of which attempt.
    pub attempt: AttemptId,
    /// Who sends it; only the attempt's learner may.
    pub sender: Sender,
    /// The place in the form of the section to which the item belongs.
    pub section_index: usize,
    /// Which item.
    pub item: ItemId,
    /// The option chosen, or none to clear it.
    pub chosen: Option<Letter>,
    /// When it arrived.
    pub at: Timestamp,
    /// The deadline must be later than this: `at` less the grace.
    pub deadline_after: Timestamp,
    /// The page that sends it, if a page does; then it must be the live one.
    pub page: Option<String>,
    /// The sender's own number, rising within the attempt: an item's response of a lower or the same number as one that
    /// is saved comes too late.
    pub order: Option<i64>,
}

/// Says that a response is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its number within the attempt, rising.
    pub seq: i64,
    /// When it arrived.
    pub saved_at: Timestamp,
    /// Whether it came after the deadline, within the grace.
    pub late: bool,
    /// The deadline of its section, if there is one.
    pub deadline: Option<Timestamp>,
}

/// Why a response was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The section does not run (any more), another page has taken over, a newer response is saved, the session is over
    /// or somebody else's. Load the attempt to see which.
    #[error("the section takes no responses from this page")]
    NotTaken,
    /// Too many wait already, or this one waited too long; try again in a moment.
    #[error("too many responses wait to be saved")]
    Busy,
    /// The database failed; nothing was saved.
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct Job {
    save: Save,
    reply: oneshot::Sender<Result<Receipt, SaveError>>,
    /// Its learner was told to send it again: it is no longer written, so that it cannot come after a newer answer that
    /// went to another node.
    given_up: Arc<AtomicBool>,
}

/// Takes responses and acknowledges them once they are durable.
#[derive(Debug, Clone)]
pub struct ResponseWriter {
    queue: mpsc::Sender<Job>,
    patience: Duration,
}

impl ResponseWriter {
    /// Starts the writer; it ends when the last handle is gone and the queue is empty.
    pub fn start(store: Store) -> Self {
        Self::with_room(store, QUEUE, PATIENCE)
    }

    /// The same with room for so many responses that wait, each for so long.
    pub fn with_room(store: Store, room: usize, patience: Duration) -> Self {
        let (queue, jobs) = mpsc::channel(room);
        // A thread of its own: among the requests' tasks it would wait its turn at each answer of the database, and
        // everybody waits for it. It ends with the queue; input and output stay the runtime's.
        let (runtime, measures) = (tokio::runtime::Handle::current(), Writing::here());
        let begun = std::thread::Builder::new()
            .name("responses".to_owned())
            .spawn(move || runtime.block_on(run(store, jobs, measures)));
        if let Err(error) = begun {
            // Every save is then refused as busy.
            tracing::error!(%error, "no thread for the writer of responses");
        }
        Self { queue, patience }
    }

    /// How many responses wait to be written.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Whether a response would be refused because too many wait.
    pub fn is_full(&self) -> bool {
        self.queue.capacity() == 0
    }

    /// Saves a response; returns when it is on the disk.
    ///
    /// # Errors
    /// See [`SaveError`]; on any of them nothing was saved.
    pub async fn save(&self, save: Save) -> Result<Receipt, SaveError> {
        let (reply, answer) = oneshot::channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let job = Job {
            save,
            reply,
            given_up: given_up.clone(),
        };
        self.queue.try_send(job).map_err(|_| SaveError::Busy)?;
        match tokio::time::timeout(self.patience, answer).await {
            Ok(answer) => answer.unwrap_or(Err(SaveError::Busy)),
            Err(_) => {
                given_up.store(true, Ordering::Release);
                Err(SaveError::Busy)
            }
        }
    }
}

async fn run(store: Store, mut jobs: mpsc::Receiver<Job>, measures: Writing) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        measures.batch(batch.len());
        // One order for every node, so that two transactions never wait for each other.
        batch.sort_by(|a, b| a.save.attempt.cmp(&b.save.attempt));
        save_all(&store, &measures, std::mem::take(&mut batch)).await;
    }
}

/// Saves a batch and tells everybody how it went. Where the database refuses a batch, one of its responses may be the
/// reason and must not take the others with it: the batch is halved until the refused one is alone.
async fn save_all(store: &Store, measures: &Writing, batch: Vec<Job>) {
    let mut pieces = vec![batch];
    while let Some(mut piece) = pieces.pop() {
        match write(store, measures, &piece).await {
            Ok(receipts) => {
                measures.saved(receipts.iter().flatten().count());
                for (job, receipt) in piece.into_iter().zip(receipts) {
                    // A learner who has gone needs no answer; the response is saved all the same.
                    let _ = job.reply.send(receipt.ok_or(SaveError::NotTaken));
                }
            }
            Err(error) if error.is_refusal() && piece.len() > 1 => {
                let later = piece.split_off(piece.len() / 2);
                pieces.extend([later, piece]);
            }
            Err(error) => {
                tracing::error!(%error, responses = piece.len(), "responses could not be saved");
                for job in piece {
                    let _ = job.reply.send(Err(SaveError::Store(error.for_each())));
                }
            }
        }
    }
}

/// Writes what is acceptable of a batch that is sorted by attempt; none for what is not.
async fn write(
    store: &Store,
    measures: &Writing,
    jobs: &[Job],
) -> Result<Vec<Option<Receipt>>, StoreError> {
    let whole = Timer::start();
    let mut conn = store.write().await?;
    let saves: Vec<&Save> = jobs.iter().map(|job| &job.save).collect();
    let seen = conn.look(&saves).await?;
    let mut rows: Vec<Row<'_>> = Vec::with_capacity(jobs.len());
    let mut receipts = Vec::with_capacity(jobs.len());
    for (job, seen) in jobs.iter().zip(&seen) {
        let row = match seen.as_ref().and_then(|seen| seen.takes(&job.save)) {
            // Looking may have taken long: its learner was perhaps told meanwhile to send it again.
            Some(late) if !job.given_up.load(Ordering::Acquire) => {
                let before = rows
                    .last()
                    .filter(|row| row.save.attempt == job.save.attempt);
                let row = Row::after(before, seen.as_ref(), &job.save, late);
                match conn.newer_is_saved(&row, &rows).await? {
                    true => None,
                    false => Some(row),
                }
            }
            _ => None,
        };
        receipts.push(row.as_ref().map(|row| Receipt {
            seq: row.seq,
            saved_at: row.save.at,
            late: row.late,
            deadline: seen.as_ref().and_then(|seen| seen.until).map(from_ms),
        }));
        rows.extend(row);
    }
    conn.insert_responses(&rows).await?;
    let commit = Timer::start();
    conn.commit().await?;
    measures.written(whole, commit);
    Ok(receipts)
}

/// What the database says of a response's attempt, its sender's session and the attempt's last response: the members of
/// what `look` finds, after the response's place in the batch.
#[derive(Debug, Deserialize)]
struct Seen {
    place: usize,
    learner_id: String,
    state: String,
    section_index: Option<i64>,
    until: Option<i64>,
    live_page: Option<String>,
    session_learner: Option<String>,
    session_until: Option<i64>,
    last_seq: Option<i64>,
    top_order: Option<i64>,
}

impl Seen {
    /// Whether the section takes this response: its learner sends it, the section runs, its deadline and the grace are
    /// not past, and the page that sends it is the live one. `Some(true)`: late, within the grace.
    fn takes(&self, save: &Save) -> Option<bool> {
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
struct Row<'a> {
    save: &'a Save,
    seq: i64,
    late: bool,
    /// The highest order of the attempt before this row.
    top_before: Option<i64>,
}

impl<'a> Row<'a> {
    /// The row that comes after another of the same batch, or after the attempt's last one.
    fn after(before: Option<&Row<'_>>, seen: Option<&Seen>, save: &'a Save, late: bool) -> Self {
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

    /// The highest order of the attempt up to this row.
    fn top(&self) -> Option<i64> {
        self.top_before.max(self.save.order)
    }
}

impl Conn {
    /// Holds the attempts of these responses and looks at them. None where there is no such attempt.
    async fn look(&mut self, saves: &[&Save]) -> Result<Vec<Option<Seen>>, StoreError> {
        let asked = saves.iter().map(|save| match &save.sender {
            Sender::Learner(_) => (save.attempt.as_str(), None),
            Sender::Session(hash) => (save.attempt.as_str(), Some(hash.as_str())),
        });
        let asked = as_json(&asked.collect::<Vec<_>>())?;
        let Statements { hold, look, .. } = self.statements();
        if let Some(hold) = hold {
            on!(self, db => sqlx::query(hold).bind(&asked).execute(db).await.map(drop))?;
        }
        let found: String = on!(self, db =>
            sqlx::query_scalar(look).bind(&asked).fetch_one(db).await)?;
        let found: Vec<Seen> =
            serde_json::from_str(&found).map_err(|error| StoreError::Database(protocol(error)))?;
        let mut seen: Vec<Option<Seen>> = saves.iter().map(|_| None).collect();
        for one in found {
            if let Some(place) = seen.get_mut(one.place) {
                *place = Some(one);
            }
        }
        Ok(seen)
    }

    fn statements(&mut self) -> Statements {
        match self.engine() {
            Engine::Sqlite(_) => SQLITE,
            Engine::Postgres(_) => POSTGRES,
        }
    }

    /// Whether a response of the same item with the same or a higher number of its sender is there, in the database or
    /// in the batch. As a rule none can be, since the attempt has no such number yet, and then nobody is asked.
    async fn newer_is_saved(
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

    /// The receipt of an item's last response whose sender's number is this or a higher one.
    pub async fn response_since(
        &mut self,
        attempt: &AttemptId,
        item: &ItemId,
        order: i64,
    ) -> Result<Option<Receipt>, StoreError> {
        let row: Option<(i64, i64, bool, Option<i64>)> = on!(self, db => sqlx::query_as(SINCE)
            .bind(attempt.as_str()).bind(item.as_str()).bind(order).fetch_optional(db).await)?;
        Ok(row.map(|(seq, saved_at, late, until)| Receipt {
            seq,
            saved_at: from_ms(saved_at),
            late,
            deadline: until.map(from_ms),
        }))
    }

    /// The highest number that a sender has given to a response of this attempt.
    pub async fn top_order(&mut self, attempt: &AttemptId) -> Result<Option<i64>, StoreError> {
        Ok(on!(self, db => sqlx::query_scalar(TOP_ORDER)
            .bind(attempt.as_str()).fetch_one(db).await)?)
    }

    async fn insert_responses(&mut self, rows: &[Row<'_>]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let rows = rows.iter().map(|row| {
            (
                row.save.attempt.as_str(),
                row.seq,
                row.save.item.as_str(),
                row.save.chosen.map(Letter::as_str),
                row.save.at.timestamp_millis(),
                row.late,
                row.save.order,
                row.top(),
            )
        });
        let rows = as_json(&rows.collect::<Vec<_>>())?;
        let insert = self.statements().insert;
        on!(self, db => sqlx::query(insert).bind(&rows).execute(db).await.map(drop))?;
        Ok(())
    }
}

fn as_json(rows: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(rows).map_err(|error| StoreError::Database(protocol(error)))
}

fn protocol(error: impl ToString) -> sqlx::Error {
    sqlx::Error::Protocol(error.to_string())
}
