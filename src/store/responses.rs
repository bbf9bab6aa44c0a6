//! The batched writer: responses queue up, one transaction commits what has gathered, and only then are they
//! acknowledged (DESIGN, invariant 2).
//!
//! A transaction asks the database three things for the whole batch, however large: it holds the attempts' rows (on
//! PostgreSQL; SQLite has one writer), looks at them, their senders' sessions and their last responses, and inserts
//! what `Seen::takes` finds acceptable. A section that is being finished holds the same row: it either counts a
//! response or refuses it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{
    Conn, Store, StoreError,
    batch::{Hold, Row},
    on, statements,
};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    form::Letter,
    id::{AttemptId, ItemId, LearnerId},
};
use crate::measures::{Timer, Writing};

statements! {
    SINCE = "select r.seq, r.chosen, r.saved_at, r.late, a.until from responses r \
             join attempts a on a.id = r.attempt_id where r.attempt_id = $1 and r.item_id = $2 \
             and exists (select 1 from responses n where n.attempt_id = $1 and n.item_id = $2 and n.sent_order >= $3) \
             order by r.seq desc limit 1";
    LAST = "select r.seq, r.chosen, r.saved_at, r.late, a.until from responses r \
            join attempts a on a.id = r.attempt_id where r.attempt_id = $1 and r.item_id = $2 order by r.seq desc limit 1";
}

/// Responses that may wait; more are refused at once, so that a slow database is felt and not hidden.
const QUEUE: usize = 8192;
/// How long a response may wait to be written before its learner is told to send it again: less than what a page waits
/// for an answer (15 s) and a server for a request (30 s), so that whoever waits is told, and why.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a transaction may take before it is given up. Longer than anybody waits for its receipts, because a slow
/// database gets the responses on the disk all the same; one that does not answer any more must not keep the writer.
const LONGEST: Duration = Duration::from_secs(20);
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
    /// The most responses that the attempt may hold, this one too.
    pub most: i64,
}

/// Says that a response is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its number within the attempt, rising.
    pub seq: i64,
    /// The option that is saved: another than the one sent, where that was overtaken by a newer one.
    pub chosen: Option<Letter>,
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
    /// The attempt holds as many responses as it may.
    #[error("the attempt holds as many responses as it may")]
    Full,
    /// The database failed; nothing that anybody may rely on was saved.
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct Job {
    save: Save,
    reply: oneshot::Sender<Result<Receipt, SaveError>>,
    /// Its learner was told to send it again, or has gone without a number in it: it is no longer written, so that it
    /// cannot come after a newer answer that went to another node.
    given_up: Arc<AtomicBool>,
    place: Place,
}

impl Job {
    fn tell(self, told: Result<Receipt, SaveError>) {
        // First, so that whoever knows how it went finds its section free to end.
        drop(self.place);
        // A learner who has gone needs no answer; a response that was saved is saved all the same.
        let _ = self.reply.send(told);
    }
}

/// How many responses wait or are being written, by attempt: an attempt shares its number with those whose ids fall on
/// the same place, so that nobody waits for a lock. Somebody else's answers may then keep a section from ending for a
/// moment, never one's own let it end.
#[derive(Debug, Clone)]
struct Queued(Arc<[AtomicU32]>);

/// A response's place among them, until it is dropped.
struct Place {
    queued: Queued,
    at: usize,
}

impl Queued {
    /// Many more than attempts of which answers wait at one instant.
    const PLACES: usize = 16_384;

    fn new() -> Self {
        Self((0..Self::PLACES).map(|_| AtomicU32::new(0)).collect())
    }

    fn place(&self, attempt: &AttemptId) -> Place {
        let at = Self::at(attempt);
        self.0[at].fetch_add(1, Ordering::AcqRel);
        Place {
            queued: self.clone(),
            at,
        }
    }

    fn has(&self, attempt: &AttemptId) -> bool {
        self.0[Self::at(attempt)].load(Ordering::Acquire) > 0
    }

    fn at(attempt: &AttemptId) -> usize {
        let mut hasher = DefaultHasher::new();
        attempt.hash(&mut hasher);
        (hasher.finish() % Self::PLACES as u64) as usize
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queued.0[self.at].fetch_sub(1, Ordering::AcqRel);
    }
}

/// Gives a response up when whoever waits for it does not wait any more.
struct GivesUp(Arc<AtomicBool>);

impl Drop for GivesUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Takes responses and acknowledges them once they are durable.
#[derive(Debug, Clone)]
pub struct ResponseWriter {
    queue: mpsc::Sender<Job>,
    queued: Queued,
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
        Self {
            queue,
            queued: Queued::new(),
            patience,
        }
    }

    /// How many responses wait to be written.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Whether a response would be refused because too many wait.
    pub fn is_full(&self) -> bool {
        self.queue.capacity() == 0
    }

    /// Whether responses of this attempt wait to be written, or are being written; perhaps only somebody else's.
    pub fn has(&self, attempt: &AttemptId) -> bool {
        self.queued.has(attempt)
    }

    /// How long a response may wait.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Saves a response; returns when it is on the disk. Given up half-way, one without a number is not written any more;
    /// one with a number may be, for it cannot come after a newer one.
    ///
    /// # Errors
    /// See [`SaveError`]. A receipt is a promise; an error is none: what a database that failed had on its disk by then
    /// is there.
    pub async fn save(&self, save: Save) -> Result<Receipt, SaveError> {
        let (reply, answer) = oneshot::channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let _gone = save.order.is_none().then(|| GivesUp(given_up.clone()));
        let job = Job {
            place: self.queued.place(&save.attempt),
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
/// reason and must not take the others with it: the batch is halved until the refused one is alone. Where somebody keeps
/// an attempt, all wait for it once; then its responses alone are told to come again.
async fn save_all(store: &Store, measures: &Writing, batch: Vec<Job>) {
    let mut pieces = vec![batch];
    while let Some(mut piece) = pieces.pop() {
        let mut written = in_time(write(store, measures, &piece, Hold::All)).await;
        if written.as_ref().is_err_and(StoreError::is_kept) {
            written = in_time(write(store, measures, &piece, Hold::Free)).await;
        }
        match written {
            Ok(told) => {
                measures.saved(told.iter().filter(|told| told.is_ok()).count());
                for (job, told) in piece.into_iter().zip(told) {
                    job.tell(told);
                }
            }
            Err(error) if error.is_kept() => {
                tracing::warn!(%error, responses = piece.len(), "responses could not be saved now");
                for job in piece {
                    job.tell(Err(SaveError::Busy));
                }
            }
            Err(error) if error.is_refusal() && piece.len() > 1 => {
                let later = piece.split_off(piece.len() / 2);
                pieces.extend([later, piece]);
            }
            Err(error) => {
                tracing::error!(%error, responses = piece.len(), "responses could not be saved");
                for job in piece {
                    job.tell(Err(SaveError::Store(error.for_each())));
                }
            }
        }
    }
}

/// What a transaction came to. Of one that is given up nobody knows whether its commit was done, so nobody is told that
/// it was; its connection is undone or closed before anybody else gets it.
async fn in_time<T>(writing: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    match tokio::time::timeout(LONGEST, writing).await {
        Ok(written) => written,
        Err(_) => Err(StoreError::unanswered()),
    }
}

/// Writes what is acceptable of a batch that is sorted by attempt; tells what became of each.
async fn write(
    store: &Store,
    measures: &Writing,
    jobs: &[Job],
    which: Hold,
) -> Result<Vec<Result<Receipt, SaveError>>, StoreError> {
    let whole = Timer::start();
    let mut conn = store.write_many().await?;
    let saves: Vec<&Save> = jobs.iter().map(|job| &job.save).collect();
    let seen = conn.look(&saves, which).await?;
    let mut rows: Vec<Row<'_>> = Vec::with_capacity(jobs.len());
    let mut told = Vec::with_capacity(jobs.len());
    for (job, seen) in jobs.iter().zip(&seen) {
        if seen.as_ref().is_some_and(|seen| seen.kept) {
            told.push(Err(SaveError::Busy));
            continue;
        }
        let row = match seen.as_ref().and_then(|seen| seen.takes(&job.save)) {
            // Looking may have taken long: its learner was perhaps told meanwhile to send it again.
            Some(late) if !job.given_up.load(Ordering::Acquire) => {
                let before = rows
                    .last()
                    .filter(|row| row.save.attempt == job.save.attempt);
                let row = Row::after(before, seen.as_ref(), &job.save, late);
                match conn.newer_is_saved(&row, &rows).await? {
                    true => None,
                    false if row.seq > job.save.most => {
                        told.push(Err(SaveError::Full));
                        continue;
                    }
                    false => Some(row),
                }
            }
            _ => None,
        };
        let receipt = row.as_ref().map(|row| Receipt {
            seq: row.seq,
            chosen: row.save.chosen,
            saved_at: row.save.at,
            late: row.late,
            deadline: seen.as_ref().and_then(|seen| seen.until).map(from_ms),
        });
        told.push(receipt.ok_or(SaveError::NotTaken));
        rows.extend(row);
    }
    conn.insert_responses(&rows).await?;
    let commit = Timer::start();
    conn.commit().await?;
    measures.written(whole, commit);
    Ok(told)
}

impl Conn {
    /// The receipt of an item's last response, if one with this sender's number or a higher one is saved.
    pub async fn response_since(
        &mut self,
        attempt: &AttemptId,
        item: &ItemId,
        order: i64,
    ) -> Result<Option<Receipt>, StoreError> {
        let row: Option<Saved> = on!(self, db =>
            sqlx::query_as(SINCE).bind(attempt.as_str()).bind(item.as_str()).bind(order)
                .fetch_optional(db).await)?;
        row.map(|row| receipt_of(row, attempt)).transpose()
    }

    /// The receipt of an item's last response.
    pub async fn last_response(
        &mut self,
        attempt: &AttemptId,
        item: &ItemId,
    ) -> Result<Option<Receipt>, StoreError> {
        let row: Option<Saved> = on!(self, db =>
            sqlx::query_as(LAST).bind(attempt.as_str()).bind(item.as_str())
                .fetch_optional(db).await)?;
        row.map(|row| receipt_of(row, attempt)).transpose()
    }
}

/// What a receipt is of: number, option, when it was saved, whether late, until when its section runs.
type Saved = (i64, Option<String>, i64, bool, Option<i64>);

fn receipt_of(row: Saved, attempt: &AttemptId) -> Result<Receipt, StoreError> {
    let (seq, chosen, saved_at, late, until) = row;
    let chosen = chosen.map(|chosen| chosen.parse()).transpose();
    Ok(Receipt {
        seq,
        chosen: chosen
            .map_err(|error| StoreError::corrupt("responses", "chosen", attempt.as_str(), error))?,
        saved_at: from_ms(saved_at),
        late,
        deadline: until.map(from_ms),
    })
}
