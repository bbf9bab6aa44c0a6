//! The key that all servers of this database sign with when their configuration names none.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Conn, StoreError, on, statements};
use crate::domain::{Timestamp, language_score::SigningKey};

/// What the key signs.
const PURPOSE: &str = "language-score";

statements! {
    SEED = "select seed from signing_keys where purpose = $1";
    /// Whoever comes first keeps its key; a second server waits for it and then finds that key.
    KEEP = "insert into signing_keys (purpose, seed, created_at) values ($1, $2, $3) on conflict (purpose) do nothing";
}

impl Conn {
    /// The key that is kept here, if one is.
    pub async fn signing_key(&mut self) -> Result<Option<SigningKey>, StoreError> {
        let seed: Option<String> = on!(self, db => sqlx::query_scalar(SEED)
            .bind(PURPOSE).fetch_optional(db).await)?;
        seed.map(|seed| {
            URL_SAFE_NO_PAD
                .decode(seed)
                .ok()
                .and_then(|seed| SigningKey::from_seed(&seed).ok())
                .ok_or_else(|| StoreError::Corrupt {
                    table: "signing_keys",
                    column: "seed",
                    row: PURPOSE.to_owned(),
                    // Nothing of the value: it may be most of a key.
                    reason: "not 32 bytes in base64url".to_owned(),
                })
        })
        .transpose()
    }

    /// Keeps a key made of these random bytes, unless one is kept already; whether it was kept.
    pub async fn keep_signing_key(
        &mut self,
        seed: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let kept = on!(self, db => sqlx::query(KEEP)
            .bind(PURPOSE).bind(URL_SAFE_NO_PAD.encode(seed)).bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(kept == 1)
    }
}
