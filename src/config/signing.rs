//! `[signing]`: the keys of language scores.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::language_score::{KeyFault, KeySet, PublicKey, SigningKey, TrustedKeys};

/// The keys by which language scores are signed and believed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Signing {
    /// The private key, as `openssl genpkey -algorithm ed25519 -out FILE` makes it. Without one the first server makes a
    /// key and keeps it in the database, for all servers of that database.
    pub key_file: Option<PathBuf>,
    /// Files with public keys that signed before (`openssl pkey -in OLD -pubout`): what they signed still counts, and
    /// they stay published.
    pub former_keys: Vec<PathBuf>,
    /// A JWKS (as another server publishes it at `/.well-known/jwks.json`) with keys whose language scores count here.
    pub trusted_keys_file: Option<PathBuf>,
}

/// A file of keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("signing.{setting}: {} {problem}", file.display())]
pub struct KeyFileError {
    setting: &'static str,
    file: PathBuf,
    problem: String,
}

impl Signing {
    /// Reads the files.
    ///
    /// # Errors
    /// [`KeyFileError`] with the setting, the file and what is wrong.
    pub fn read(&self) -> Result<KeySet, KeyFileError> {
        let signing = self
            .key_file
            .as_deref()
            .map(|file| read("key_file", file, SigningKey::from_pem))
            .transpose()?;
        let former = self
            .former_keys
            .iter()
            .map(|file| read("former_keys", file, PublicKey::from_pem))
            .collect::<Result<_, _>>()?;
        let trusted = self
            .trusted_keys_file
            .as_deref()
            .map(|file| read("trusted_keys_file", file, TrustedKeys::from_jwks))
            .transpose()?;
        Ok(KeySet {
            signing,
            former,
            trusted: trusted.unwrap_or_default(),
        })
    }
}

fn read<T>(
    setting: &'static str,
    file: &Path,
    parse: impl Fn(&str) -> Result<T, KeyFault>,
) -> Result<T, KeyFileError> {
    let fault = |problem| KeyFileError {
        setting,
        file: file.to_owned(),
        problem,
    };
    let text =
        std::fs::read_to_string(file).map_err(|error| fault(format!("cannot be read: {error}")))?;
    parse(&text).map_err(|error| fault(error.to_string()))
}
