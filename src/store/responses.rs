//! The batched writer: responses queue up, one transaction commits what has gathered, and only then are they
//! acknowledged (DESIGN, invariant 2).
//!
//! Whether the section still takes answers is decided inside that transaction, by the statement that also numbers the
//! response: it locks the attempt's row, so a section that is being finished either counts the response or refuses it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{Conn, Store, StoreError, on, statements};
use crate::domain::{
    Timestamp,
    form::Letter,
    id::{AttemptId, ItemId},
};
use crate::measures::{self, Timer};

statements! {
    /// Numbers a response if the section still takes it: it runs, its deadline and the grace are not past, and the page
    /// that sends it is the live one. No row: it does not.
    NUMBER = "update attempts set last_seq = last_seq + 1 \
              where id = $1 and state = 'running' and section_index = $2 \
              and (until is null or until > $3) \
              and ($4 = '' or live_page is null or live_page = $4) \
              returning last_seq";
    INSERT = "insert into responses (attempt_id, seq, item_id, chosen, saved_at, late) values ($1, $2, $3, $4, $5, $6)";
}

/// Responses that may wait; more are refused at once, so that a slow database is felt and not hidden.
const QUEUE: usize = 8192;
/// How long a response may wait to be written before its learner is told to send it again: less than what a page waits
/// for an answer (15 s) and a server for a request (30 s), so that whoever waits is told, and why.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most responses one transaction takes.
const BATCH: usize = 512;

/// A response to be saved.
#[derive(Debug, Clone)]
pub struct Save {
    /// Of which attempt.
    pub attempt: AttemptId,
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
    /// Whether it came after the deadline, within the grace.
    pub late: bool,
    /// The page that sends it, if a page does.
    pub page: Option<String>,
}

/// Says that a response is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its number within the attempt, rising.
    pub seq: i64,
    /// When it arrived.
    pub saved_at: Timestamp,
}

/// Why a response was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The section does not run (any more), or another page has taken over. Load the attempt to see which.
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
    /// Starts the writer's task; it ends when the last handle is gone and the queue is empty.
    pub fn start(store: Store) -> Self {
        Self::with_room(store, QUEUE, PATIENCE)
    }

    /// The same with room for so many responses that wait, each for so long.
    pub fn with_room(store: Store, room: usize, patience: Duration) -> Self {
        let (queue, jobs) = mpsc::channel(room);
        tokio::spawn(run(store, jobs));
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

async fn run(store: Store, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        measures::response_batch(batch.len());
        // One order for every node, so that two transactions never wait for each other.
        batch.sort_by(|a, b| a.save.attempt.cmp(&b.save.attempt));
        save_all(&store, std::mem::take(&mut batch)).await;
    }
}

/// Saves a batch and tells everybody how it went. Where the database refuses a batch, one of its responses may be the
/// reason and must not take the others with it: the batch is halved until the refused one is alone.
async fn save_all(store: &Store, batch: Vec<Job>) {
    let mut pieces = vec![batch];
    while let Some(mut piece) = pieces.pop() {
        match write(store, &piece).await {
            Ok(receipts) => {
                measures::responses_saved(receipts.iter().flatten().count());
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
                    let told = StoreError::Database(sqlx::Error::Protocol(error.to_string()));
                    let _ = job.reply.send(Err(SaveError::Store(told)));
                }
            }
        }
    }
}

async fn write(store: &Store, batch: &[Job]) -> Result<Vec<Option<Receipt>>, StoreError> {
    let whole = Timer::start();
    let mut conn = store.write().await?;
    let mut receipts = Vec::with_capacity(batch.len());
    for job in batch {
        receipts.push(match job.given_up.load(Ordering::Acquire) {
            true => None,
            false => conn.save_response(&job.save).await?,
        });
    }
    let commit = Timer::start();
    conn.commit().await?;
    measures::responses_written(whole, commit);
    Ok(receipts)
}

impl Conn {
    async fn save_response(&mut self, save: &Save) -> Result<Option<Receipt>, StoreError> {
        let seq: Option<i64> = on!(self, db => sqlx::query_scalar(NUMBER)
            .bind(save.attempt.as_str())
            .bind(save.section_index as i64)
            .bind(save.deadline_after.timestamp_millis())
            .bind(save.page.as_deref().unwrap_or_default())
            .fetch_optional(db).await)?;
        let Some(seq) = seq else { return Ok(None) };
        on!(self, db => sqlx::query(INSERT)
            .bind(save.attempt.as_str())
            .bind(seq)
            .bind(save.item.as_str())
            .bind(save.chosen.map(Letter::as_str))
            .bind(save.at.timestamp_millis())
            .bind(save.late)
            .execute(db).await.map(drop))?;
        Ok(Some(Receipt {
            seq,
            saved_at: save.at,
        }))
    }
}
