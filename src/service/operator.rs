//! What whoever runs the server sees of it: schools by number, storage, the bank's version, health.

use sha2::{Digest, Sha256};

use super::{Exam, Failure, accounts::hex, standing::operator};
use crate::domain::{Timestamp, bank::Bank};
use crate::store::{Account, SchoolCounts, Storage};

/// The server at a glance.
#[derive(Debug, Clone)]
pub struct ServerView {
    /// The program's version.
    pub version: &'static str,
    /// Schools by number.
    pub schools: Vec<SchoolCounts>,
    /// The database.
    pub storage: Storage,
    /// The bank.
    pub bank: BankVersion,
    /// When it is now.
    pub now: Timestamp,
    /// The servers of this database and their last signs of life, the latest first.
    pub nodes: Vec<(String, Timestamp)>,
    /// Attempts that are being timed.
    pub timed: u64,
    /// Responses that wait on this server to be written.
    pub waiting_responses: usize,
}

/// What the bank is: two servers with the same digest give from the same stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankVersion {
    /// SHA-256 over the testlets' ids and digests in the order of the ids, hex.
    pub digest: String,
    /// How many testlets.
    pub testlets: usize,
    /// Those with a recording.
    pub recordings: usize,
    /// How many items.
    pub items: usize,
}

impl BankVersion {
    /// Of a bank.
    pub fn of(bank: &Bank) -> Self {
        let mut hash = Sha256::new();
        let (mut testlets, mut recordings, mut items) = (0, 0, 0);
        for edition in bank.testlets() {
            hash.update(format!("{} {}\n", edition.testlet.id, edition.digest));
            testlets += 1;
            recordings += usize::from(edition.testlet.stimulus.recording().is_some());
            items += edition.testlet.items.len();
        }
        Self {
            digest: hex(&hash.finalize()),
            testlets,
            recordings,
            items,
        }
    }
}

impl Exam {
    /// The server at a glance.
    ///
    /// # Errors
    /// [`Failure::NothingHere`] for everybody but whoever runs the server.
    pub async fn server(&self, who: &Account) -> Result<ServerView, Failure> {
        operator(who)?;
        let storage = self.store.storage().await?;
        let mut conn = self.store.read().await?;
        Ok(ServerView {
            version: env!("CARGO_PKG_VERSION"),
            schools: conn.school_counts().await?,
            storage,
            bank: BankVersion::of(&self.content.bank),
            now: self.clock.now(),
            nodes: conn.beats().await?,
            timed: conn.count_timed().await?,
            waiting_responses: self.writer.waiting(),
        })
    }
}
