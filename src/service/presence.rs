//! Whether whoever sits is there. Pages say so every few seconds; it is gathered here and written in batches. What was
//! gathered and not yet written may be lost: a page says it again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Exam, Failure};
use crate::domain::{Timestamp, id::AttemptId};

/// Attempts whose page was there since the last writing.
#[derive(Debug, Clone, Default)]
pub(super) struct Presence(Arc<Mutex<HashMap<AttemptId, Timestamp>>>);

impl Presence {
    /// The page of an attempt that a school gave was there.
    pub(super) fn seen(&self, id: &AttemptId, at: Timestamp) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(id.clone(), at);
    }

    fn take(&self) -> HashMap<AttemptId, Timestamp> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Exam {
    /// Writes who was there since the last time, in one transaction; returns how many.
    ///
    /// # Errors
    /// [`Failure::Store`]; then it is lost, and their pages say it again.
    pub async fn write_presence(&self) -> Result<usize, Failure> {
        let seen = self.presence.take();
        if seen.is_empty() {
            return Ok(0);
        }
        let mut conn = self.store.write().await?;
        conn.seen(&seen).await?;
        conn.commit().await?;
        Ok(seen.len())
    }
}
