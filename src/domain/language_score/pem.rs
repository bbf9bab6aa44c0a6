//! Keys in PEM files, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write them.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::KeyFault;

/// The DER of a private key (PKCS#8).
pub(super) fn private_key(text: &str) -> Result<Vec<u8>, KeyFault> {
    if block(text, "PUBLIC KEY").is_some() {
        return Err(KeyFault::Public);
    }
    if block(text, "ENCRYPTED PRIVATE KEY").is_some() {
        return Err(KeyFault::Encrypted);
    }
    let body = block(text, "PRIVATE KEY").ok_or(KeyFault::NotPem("PRIVATE KEY"))?;
    decode(body).ok_or(KeyFault::NotPem("PRIVATE KEY"))
}

/// The DER of a public key (SubjectPublicKeyInfo).
pub(super) fn public_key(text: &str) -> Result<Vec<u8>, KeyFault> {
    if text.contains("PRIVATE KEY-----") {
        return Err(KeyFault::Private);
    }
    let body = block(text, "PUBLIC KEY").ok_or(KeyFault::NotPem("PUBLIC KEY"))?;
    decode(body).ok_or(KeyFault::NotPem("PUBLIC KEY"))
}

/// What stands between the lines that begin and end a block.
fn block<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    Some(body)
}

fn decode(body: &str) -> Option<Vec<u8>> {
    let joined: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(joined).ok()
}
