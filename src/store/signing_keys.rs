//! The secrets that all servers of this database share: the key that they sign with when their configuration names none,
//! and that of which the codes of invitations are made.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Conn, StoreError, on, statements};
use crate::domain::{Timestamp, language_score::SigningKey};

/// What the signing key signs.
const SIGNING: &str = "language-score";
/// What the other secret makes.
const INVITATIONS: &str = "invitation-code";

statements! {
    SEED = "select seed from signing_keys where purpose = $1";
    /// Whoever comes first keeps its key; a second server waits for it and then finds that key.
    KEEP = "insert into signing_keys (purpose, seed, created_at) values ($1, $2, $3) on conflict (purpose) do nothing";
}

fn corrupt(purpose: &str, reason: &str) -> StoreError {
    StoreError::Corrupt {
        table: "signing_keys",
        column: "seed",
        row: purpose.to_owned(),
        // Nothing of the value: it may be most of a key.
        reason: reason.to_owned(),
    }
}

impl Conn {
    /// The key that is kept here, if one is.
    pub async fn signing_key(&mut self) -> Result<Option<SigningKey>, StoreError> {
        let seed = self.seed(SIGNING).await?;
        seed.map(|seed| SigningKey::from_seed(&seed).map_err(|_| corrupt(SIGNING, "no key")))
            .transpose()
    }

    /// Keeps a key made of these random bytes, unless one is kept already; whether it was kept.
    pub async fn keep_signing_key(
        &mut self,
        seed: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.keep_seed(SIGNING, seed, now).await
    }

    /// The secret of which the codes of invitations are made: these random bytes, unless others are kept already.
    pub async fn invitation_secret(
        &mut self,
        fresh: &[u8; 32],
        now: Timestamp,
    ) -> Result<[u8; 32], StoreError> {
        if let Some(kept) = self.seed(INVITATIONS).await? {
            return Ok(kept);
        }
        self.keep_seed(INVITATIONS, fresh, now).await?;
        // Another server may have been quicker: what counts is what is kept.
        let kept = self.seed(INVITATIONS).await?;
        kept.ok_or_else(|| corrupt(INVITATIONS, "missing although it was just kept"))
    }

    async fn seed(&mut self, purpose: &str) -> Result<Option<[u8; 32]>, StoreError> {
        let seed: Option<String> = on!(self, db => sqlx::query_scalar(SEED)
            .bind(purpose).fetch_optional(db).await)?;
        seed.map(|seed| {
            let bytes = URL_SAFE_NO_PAD.decode(seed).ok();
            bytes
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or_else(|| corrupt(purpose, "not 32 bytes in base64url"))
        })
        .transpose()
    }

    async fn keep_seed(
        &mut self,
        purpose: &str,
        seed: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let kept = on!(self, db => sqlx::query(KEEP)
            .bind(purpose).bind(URL_SAFE_NO_PAD.encode(seed)).bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(kept == 1)
    }
}
