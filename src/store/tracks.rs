//! How the recordings of attempts come: the way of delivery, and the tracks of those that are paced.

use std::sync::Arc;

use super::{Conn, StoreError, on, statements};
use crate::domain::{delivery::Delivery, id::AttemptId, track::Plan};

statements! {
    KEEP = "update forms set track = $2 where attempt_id = $1";
    DELIVER = "update attempts set delivery = $2 where id = $1";
}

/// A way of delivery of its column.
pub(super) fn delivery_of(text: &str, row: &str) -> Result<Delivery, StoreError> {
    text.parse()
        .map_err(|error| StoreError::corrupt("attempts", "delivery", row, error))
}

/// A track of its column.
pub(super) fn plan_of(text: Option<&str>, row: &str) -> Result<Option<Arc<Plan>>, StoreError> {
    let plan = text.map(serde_json::from_str).transpose();
    let plan: Option<Plan> =
        plan.map_err(|error| StoreError::corrupt("forms", "track", row, error))?;
    Ok(plan.map(Arc::new))
}

impl Conn {
    /// Keeps the track by which an attempt is sat from now on.
    pub async fn keep_track(&mut self, id: &AttemptId, plan: &Plan) -> Result<(), StoreError> {
        let text = serde_json::to_string(plan)
            .map_err(|error| StoreError::corrupt("forms", "track", id.as_str(), error))?;
        on!(self, db => sqlx::query(KEEP)
            .bind(id.as_str()).bind(&text).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Writes how the recordings of an attempt come.
    pub async fn keep_delivery(
        &mut self,
        id: &AttemptId,
        delivery: Delivery,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(DELIVER)
            .bind(id.as_str()).bind(delivery.as_str()).execute(db).await.map(drop))?;
        Ok(())
    }
}
