//! A statement's signature: a detached JWS (RFC 7515, appendix F) by Ed25519 (RFC 8037) over its canonical JSON.
//!
//! The signature is `header..signature`, base64url. The header is `{"alg":"EdDSA","kid":…,"typ":"language-score.v1"}`;
//! what is signed is `header.payload`, where the payload is the base64url of the canonical JSON (RFC 8785) of the
//! statement without its member `signature`. What is checked is the JSON as it was received, so that a member which
//! this version does not know is covered too.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{LanguageScore, SCHEMA, SigningKey, TrustedKeys, canonical};

/// The one algorithm that counts.
const ALGORITHM: &str = "EdDSA";
/// The member that holds the signature.
const SIGNATURE: &str = "signature";

/// Why a language score is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScoreFault {
    /// It has another shape.
    #[error("it is not a language-score.v1: {0}")]
    Shape(String),
    /// It is about another language.
    #[error("it is not about Kazakh; only a Kazakh language score counts")]
    NotKazakh,
    /// It has no signature.
    #[error("it is not signed; send the statement as the server gave it, with its signature")]
    Unsigned,
    /// The signature is not in the form of a detached JWS of this kind.
    #[error("its signature cannot be read: {0}; send the statement as the server gave it")]
    Malformed(&'static str),
    /// The signature names another algorithm.
    #[error("it is signed by another algorithm than EdDSA")]
    Algorithm,
    /// The signature names a key that is not trusted.
    #[error("it is signed by a key that is not trusted here")]
    UnknownKey,
    /// The signature is not of this statement.
    #[error("it was altered: the signature does not fit; send the statement as the server gave it")]
    Altered,
    /// It is dated in the future.
    #[error("it is dated in the future ({0}); it counts from that day")]
    NotYetValid(NaiveDate),
    /// It has run out.
    #[error("it is no longer valid: its last day was {0}; sit a mock again")]
    Expired(NaiveDate),
}

impl ScoreFault {
    /// A stable name, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            ScoreFault::Shape(_) => "not-a-language-score",
            ScoreFault::NotKazakh => "not-kazakh",
            ScoreFault::Unsigned => "unsigned",
            ScoreFault::Malformed(_) => "malformed-signature",
            ScoreFault::Algorithm => "wrong-algorithm",
            ScoreFault::UnknownKey => "unknown-key",
            ScoreFault::Altered => "altered",
            ScoreFault::NotYetValid(_) => "not-yet-valid",
            ScoreFault::Expired(_) => "expired",
        }
    }
}

/// The statement with its signature by this key.
///
/// # Panics
/// Never: a statement is texts, whole numbers below 2^32 and lists of them, which have a canonical form.
pub fn sign(statement: LanguageScore, key: &SigningKey) -> LanguageScore {
    let unsigned = LanguageScore {
        signature: None,
        ..statement
    };
    let value = serde_json::to_value(&unsigned).expect("a statement is plain JSON");
    let payload = canonical(&value).expect("a statement has whole numbers only");
    let kid = key.public().kid();
    let header = format!(r#"{{"alg":"{ALGORITHM}","kid":"{kid}","typ":"{SCHEMA}"}}"#);
    let header = URL_SAFE_NO_PAD.encode(header);
    let signature = key.sign(&signing_input(&header, &payload));
    let signature = URL_SAFE_NO_PAD.encode(signature);
    LanguageScore {
        signature: Some(format!("{header}..{signature}")),
        ..unsigned
    }
}

/// The statement, if a trusted key signed exactly what was received and it is valid today (in the rule's zone).
///
/// # Errors
/// [`ScoreFault`]: the first reason not to believe it.
pub fn verify(
    received: &Value,
    trusted: &TrustedKeys,
    today: NaiveDate,
) -> Result<LanguageScore, ScoreFault> {
    let (members, signature) = parts(received)?;
    let statement: LanguageScore = serde_json::from_value(Value::Object(members.clone()))
        .map_err(|error| ScoreFault::Shape(error.to_string()))?;
    if statement.language != "kazakh" {
        return Err(ScoreFault::NotKazakh);
    }
    let signature = match signature {
        None | Some(Value::Null) => return Err(ScoreFault::Unsigned),
        Some(Value::String(signature)) => signature,
        Some(_) => return Err(ScoreFault::Malformed("it is not a text")),
    };
    check(members, &signature, trusted)?;
    if statement.date > today {
        return Err(ScoreFault::NotYetValid(statement.date));
    }
    if statement.valid_until < today {
        return Err(ScoreFault::Expired(statement.valid_until));
    }
    Ok(LanguageScore {
        signature: Some(signature),
        ..statement
    })
}

/// What was received, without its signature, and the signature.
fn parts(received: &Value) -> Result<(Map<String, Value>, Option<Value>), ScoreFault> {
    let Some(members) = received.as_object() else {
        return Err(ScoreFault::Shape("it is not an object".to_owned()));
    };
    if members.get("schema").is_none_or(|schema| schema != SCHEMA) {
        return Err(ScoreFault::Shape(format!("its schema is not {SCHEMA}")));
    }
    let mut members = members.clone();
    let signature = members.remove(SIGNATURE);
    Ok((members, signature))
}

/// The members of a header that mean something here.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    /// Extensions that a reader must understand: none is.
    crit: Option<Value>,
}

fn check(
    members: Map<String, Value>,
    signature: &str,
    trusted: &TrustedKeys,
) -> Result<(), ScoreFault> {
    let parts: Vec<&str> = signature.split('.').collect();
    let [encoded, "", signature] = parts[..] else {
        return Err(ScoreFault::Malformed(
            "it is not a detached JWS, header..signature",
        ));
    };
    let header = URL_SAFE_NO_PAD
        .decode(encoded)
        .ok()
        .and_then(|header| serde_json::from_slice::<Header>(&header).ok())
        .ok_or(ScoreFault::Malformed("its header is not JSON in base64url"))?;
    if header.alg != ALGORITHM {
        return Err(ScoreFault::Algorithm);
    }
    if header.typ.as_deref() != Some(SCHEMA) {
        return Err(ScoreFault::Malformed(
            "its header's typ is not language-score.v1",
        ));
    }
    if header.crit.is_some() {
        return Err(ScoreFault::Malformed(
            "its header demands an extension (crit)",
        ));
    }
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| ScoreFault::Malformed("it is not base64url"))?;
    let key = header
        .kid
        .and_then(|kid| trusted.get(&kid))
        .ok_or(ScoreFault::UnknownKey)?;
    // No server signs a fraction, so a statement that has one is not what was signed.
    let payload = canonical(&Value::Object(members)).map_err(|_| ScoreFault::Altered)?;
    match key.made(&signature, &signing_input(encoded, &payload)) {
        true => Ok(()),
        false => Err(ScoreFault::Altered),
    }
}

/// What a JWS signs: header and payload, both base64url, with a full stop between.
fn signing_input(encoded_header: &str, payload: &str) -> Vec<u8> {
    format!("{encoded_header}.{}", URL_SAFE_NO_PAD.encode(payload)).into_bytes()
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
