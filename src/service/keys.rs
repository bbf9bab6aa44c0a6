//! The keys of language scores: what this server signs with, what it publishes, whom it believes; and the secret of the
//! codes of invitations.

use rand::RngExt;
use serde_json::json;

use super::Exam;
use crate::domain::{
    Timestamp,
    invitation::InvitationCodes,
    language_score::{KeySet, PublicKey, SigningKey, TrustedKeys},
};
use crate::store::{Conn, Event, StoreError};

/// Where the signing key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// The configuration's `signing.key_file`.
    File,
    /// The database, where the first server put it.
    Database,
}

impl KeySource {
    /// `key_file` or `database`.
    pub fn as_str(self) -> &'static str {
        match self {
            KeySource::File => "key_file",
            KeySource::Database => "database",
        }
    }
}

/// The keys in use.
#[derive(Debug)]
pub struct Keyring {
    /// What signs.
    pub signing: SigningKey,
    /// Where that is from.
    pub source: KeySource,
    /// This server's public keys, the present one first.
    pub published: Vec<PublicKey>,
    /// Whose signatures count: this server's own, and those of the servers that the configuration names.
    pub trusted: TrustedKeys,
    /// What makes the codes of invitations. Of the database and never of the configuration: a code that was passed on
    /// holds whichever server is asked, and after a change of the key that signs.
    pub(super) invitations: InvitationCodes,
}

impl Keyring {
    /// Puts together what the configuration names and what the database keeps. Without a configured key the database
    /// keeps one: made by the first server that starts, the same for all. So with the secret of invitations.
    pub(super) async fn open(
        conn: &mut Conn,
        configured: &KeySet,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let kept = conn.signing_key().await?;
        let (signing, source) = match (&configured.signing, &kept) {
            (Some(key), _) => (key.clone(), KeySource::File),
            (None, Some(key)) => (key.clone(), KeySource::Database),
            (None, None) => (make(conn, now).await?, KeySource::Database),
        };
        // A key of the database that was in use before the configuration named another still counts.
        let mut published = vec![signing.public().clone()];
        let former = configured.former.iter();
        for key in former.chain(kept.as_ref().map(SigningKey::public)) {
            if !published.contains(key) {
                published.push(key.clone());
            }
        }
        let mut trusted = configured.trusted.clone();
        published.iter().for_each(|key| trusted.add(key.clone()));
        let fresh: [u8; 32] = rand::rng().random();
        let secret = conn.invitation_secret(&fresh, now).await?;
        Ok(Self {
            signing,
            source,
            published,
            trusted,
            invitations: InvitationCodes::of_secret(&secret),
        })
    }
}

async fn make(conn: &mut Conn, now: Timestamp) -> Result<SigningKey, StoreError> {
    let seed: [u8; 32] = rand::rng().random();
    let made = conn.keep_signing_key(&seed, now).await?;
    // Another server may have been quicker: what counts is what is kept.
    let key = conn.signing_key().await?.ok_or(StoreError::Corrupt {
        table: "signing_keys",
        column: "seed",
        row: "language-score".to_owned(),
        reason: "missing although it was just kept".to_owned(),
    })?;
    if made {
        conn.record(&Event {
            at: now,
            actor: "server".to_owned(),
            kind: "signing-key-made".to_owned(),
            attempt: None,
            learner: None,
            school: None,
            detail: json!({ "kid": key.public().kid() }),
        })
        .await?;
    }
    Ok(key)
}

impl Exam {
    /// The keys of language scores.
    pub fn keys(&self) -> &Keyring {
        &self.keys
    }
}
