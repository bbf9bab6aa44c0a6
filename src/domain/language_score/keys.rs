//! The keys that sign statements: Ed25519, each named by its RFC 7638 thumbprint.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::pem;

/// What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410).
const SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// No PEM block with this label.
    #[error("is not a PEM file with a {0} (-----BEGIN {0}-----)")]
    NotPem(&'static str),
    /// A private key was wanted.
    #[error(
        "holds a public key; name the private key that openssl genpkey -algorithm ed25519 made"
    )]
    Public,
    /// A public key was wanted.
    #[error(
        "holds a private key, which must not leave its server; make the public key with \
         openssl pkey -in FILE -pubout"
    )]
    Private,
    /// The private key is locked by a password.
    #[error("is encrypted; a server that starts by itself needs a key without a password")]
    Encrypted,
    /// Another kind of key.
    #[error("is not an Ed25519 key; make one with openssl genpkey -algorithm ed25519")]
    NotEd25519,
    /// Not a JWKS.
    #[error("is not a JSON Web Key Set (RFC 7517): {0}")]
    NotJwks(String),
}

/// A key that checks signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    bytes: [u8; 32],
}

impl PublicKey {
    /// Of the key's 32 bytes.
    ///
    /// # Errors
    /// [`KeyFault::NotEd25519`] for any other number of bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyFault> {
        let bytes = bytes.try_into().map_err(|_| KeyFault::NotEd25519)?;
        Ok(Self { bytes })
    }

    /// Of a PEM file as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// [`KeyFault`] that says what the file is instead.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        let der = pem::public_key(text)?;
        let bytes = der.strip_prefix(&SPKI_PREFIX).ok_or(KeyFault::NotEd25519)?;
        Self::from_bytes(bytes)
    }

    /// The key's name: its RFC 7638 thumbprint (SHA-256, base64url).
    pub fn kid(&self) -> String {
        // RFC 8037, section 2: the members crv, kty and x, in this order and without whitespace.
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.x());
        URL_SAFE_NO_PAD.encode(Sha256::digest(members.as_bytes()))
    }

    /// Whether this key made the signature of a message.
    pub fn made(&self, signature: &[u8], message: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.bytes)
            .verify(message, signature)
            .is_ok()
    }

    fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes)
    }

    fn jwk(&self) -> Jwk {
        Jwk {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            purpose: "sig",
            kid: self.kid(),
            x: self.x(),
        }
    }

    /// A key of a JWKS; none for one of another kind or use, which RFC 7517 wants ignored.
    fn from_jwk(jwk: &Value) -> Result<Option<Self>, KeyFault> {
        if jwk["kty"] != "OKP" || jwk["crv"] != "Ed25519" {
            return Ok(None);
        }
        if !jwk["use"].is_null() && jwk["use"] != "sig" {
            return Ok(None);
        }
        if !jwk["d"].is_null() {
            return Err(KeyFault::Private);
        }
        let x = jwk["x"]
            .as_str()
            .and_then(|x| URL_SAFE_NO_PAD.decode(x).ok())
            .ok_or_else(|| KeyFault::NotJwks("an Ed25519 key without its x".to_owned()))?;
        Self::from_bytes(&x).map(Some)
    }
}

/// A key that signs. What is shown of it (also by `Debug`) is its name.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<Ed25519KeyPair>,
    public: PublicKey,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SigningKey")
            .field(&self.public.kid())
            .finish()
    }
}

impl SigningKey {
    /// Of a PEM file as `openssl genpkey -algorithm ed25519` writes it (PKCS#8).
    ///
    /// # Errors
    /// [`KeyFault`] that says what the file is instead.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        let der = pem::private_key(text)?;
        // openssl leaves the public key out of the file: it is computed from the private one.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        Self::of(pair.map_err(|_| KeyFault::NotEd25519)?)
    }

    /// Of the 32 random bytes that are an Ed25519 private key.
    ///
    /// # Errors
    /// [`KeyFault::NotEd25519`] for any other number of bytes.
    pub fn from_seed(seed: &[u8]) -> Result<Self, KeyFault> {
        Self::of(Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyFault::NotEd25519)?)
    }

    fn of(pair: Ed25519KeyPair) -> Result<Self, KeyFault> {
        let public = PublicKey::from_bytes(pair.public_key().as_ref())?;
        Ok(Self {
            pair: Arc::new(pair),
            public,
        })
    }

    /// The key that checks what this one signs.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signature of a message: 64 bytes, the same each time.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

/// The keys whose signatures count, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedKeys {
    keys: BTreeMap<String, PublicKey>,
}

impl TrustedKeys {
    /// The Ed25519 keys of a JWKS (RFC 7517). Keys of other kinds are passed over; a key's name is computed from the key
    /// and not taken from the file, so that nobody's file can stand in for another's key.
    ///
    /// # Errors
    /// [`KeyFault`] when the text is no JWKS, has no Ed25519 key, or gives a private key away.
    pub fn from_jwks(text: &str) -> Result<Self, KeyFault> {
        let set: Value =
            serde_json::from_str(text).map_err(|error| KeyFault::NotJwks(error.to_string()))?;
        let keys = set["keys"]
            .as_array()
            .ok_or_else(|| KeyFault::NotJwks("there is no list called keys".to_owned()))?;
        let mut trusted = Self::default();
        for jwk in keys {
            if let Some(key) = PublicKey::from_jwk(jwk)? {
                trusted.add(key);
            }
        }
        match trusted.keys.is_empty() {
            true => Err(KeyFault::NotJwks("it has no Ed25519 key".to_owned())),
            false => Ok(trusted),
        }
    }

    /// Trusts one more.
    pub fn add(&mut self, key: PublicKey) {
        self.keys.insert(key.kid(), key);
    }

    /// The key with this name.
    pub fn get(&self, kid: &str) -> Option<&PublicKey> {
        self.keys.get(kid)
    }
}

impl FromIterator<PublicKey> for TrustedKeys {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        let mut trusted = Self::default();
        keys.into_iter().for_each(|key| trusted.add(key));
        trusted
    }
}

/// Public keys as others read them: a JSON Web Key Set (RFC 7517).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Jwks {
    /// The keys; the one in use is the first.
    keys: Vec<Jwk>,
}

/// A public key (RFC 7517, RFC 8037).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    kty: &'static str,
    /// Always `Ed25519`.
    crv: &'static str,
    /// Always `EdDSA`.
    alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    purpose: &'static str,
    /// The key's RFC 7638 thumbprint.
    kid: String,
    /// The key's 32 bytes, base64url.
    x: String,
}

impl Jwks {
    /// Of these keys, in this order.
    pub fn of<'a>(keys: impl IntoIterator<Item = &'a PublicKey>) -> Self {
        Self {
            keys: keys.into_iter().map(PublicKey::jwk).collect(),
        }
    }
}

/// The keys that the configuration names.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    /// The key that signs; without one the server uses the one that it keeps in its database.
    pub signing: Option<SigningKey>,
    /// Keys that signed before and still count.
    pub former: Vec<PublicKey>,
    /// Keys of other servers whose statements count here.
    pub trusted: TrustedKeys,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // The key of RFC 8037, appendix A, and the same as openssl writes it.
    const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const KID: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    const PRIVATE_PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";
    const PUBLIC_PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
        -----END PUBLIC KEY-----\n";
    const X25519_PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VuBCIEIHjxbrRyjQnO0ZO580B8ZWFl0ZdSxhmPBzsRD11f1uNB\n\
        -----END PRIVATE KEY-----\n";

    fn key() -> SigningKey {
        let seed = URL_SAFE_NO_PAD.decode(SEED).expect("base64url");
        SigningKey::from_seed(&seed).expect("a key")
    }

    #[test]
    fn a_key_is_the_same_from_its_seed_and_from_its_files() {
        let key = key();
        assert_eq!(key.public().x(), X);
        assert_eq!(key.public().kid(), KID);
        let from_file = SigningKey::from_pem(PRIVATE_PEM).expect("a key");
        assert_eq!(from_file.public(), key.public());
        assert_eq!(PublicKey::from_pem(PUBLIC_PEM).as_ref(), Ok(key.public()));
    }

    #[test]
    fn a_signature_is_that_of_rfc_8037() {
        // Appendix A.4.
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = key().sign(message);
        assert_eq!(
            URL_SAFE_NO_PAD.encode(&signature),
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
        assert!(key().public().made(&signature, message));
        assert!(!key().public().made(&signature, b"another"));
        assert!(!key().public().made(&signature[..63], message));
    }

    #[test]
    fn what_is_shown_of_a_signing_key_is_its_name() {
        assert_eq!(format!("{:?}", key()), format!("SigningKey({KID:?})"));
    }

    #[test]
    fn a_file_that_is_something_else_is_told_what_it_is() {
        let private = |text: &str| SigningKey::from_pem(text).map(drop);
        assert_eq!(private(PUBLIC_PEM), Err(KeyFault::Public));
        assert_eq!(private(X25519_PEM), Err(KeyFault::NotEd25519));
        let locked = PRIVATE_PEM.replace("PRIVATE", "ENCRYPTED PRIVATE");
        assert_eq!(private(&locked), Err(KeyFault::Encrypted));
        for text in [
            "",
            "a key",
            &PRIVATE_PEM[..60],
            &PRIVATE_PEM.replace('M', "?"),
        ] {
            assert_eq!(
                private(text),
                Err(KeyFault::NotPem("PRIVATE KEY")),
                "{text}"
            );
        }
        let public = |text: &str| PublicKey::from_pem(text).map(drop);
        assert_eq!(public(PRIVATE_PEM), Err(KeyFault::Private));
        assert_eq!(public("?"), Err(KeyFault::NotPem("PUBLIC KEY")));
        let other_kind = PUBLIC_PEM.replace("K2Vw", "K2Vu");
        assert_eq!(public(&other_kind), Err(KeyFault::NotEd25519));
    }

    #[test]
    fn a_set_of_keys_comes_back_as_it_was_published() {
        let published = serde_json::to_value(Jwks::of([key().public()])).expect("JSON");
        assert_eq!(
            published,
            json!({ "keys": [
                { "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KID, "x": X }
            ] })
        );
        let read = TrustedKeys::from_jwks(&published.to_string()).expect("keys");
        assert_eq!(read, [key().public().clone()].into_iter().collect());
    }

    #[test]
    fn keys_of_other_kinds_are_passed_over_and_names_are_computed() {
        let set = json!({ "keys": [
            { "kty": "RSA", "n": "AQAB", "e": "AQAB" },
            { "kty": "OKP", "crv": "X25519", "x": X },
            { "kty": "OKP", "crv": "Ed25519", "use": "enc", "x": X },
            { "kty": "OKP", "crv": "Ed25519", "kid": "somebody else's", "x": X },
        ] });
        let read = TrustedKeys::from_jwks(&set.to_string()).expect("keys");
        assert_eq!(read.keys.len(), 1);
        assert_eq!(read.get(KID), Some(key().public()));
    }

    #[test]
    fn a_set_without_a_usable_key_is_refused() {
        for set in [
            "".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            json!({ "keys": [] }).to_string(),
            json!({ "keys": [{ "kty": "RSA" }] }).to_string(),
            json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519" }] }).to_string(),
            json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "?" }] }).to_string(),
        ] {
            let read = TrustedKeys::from_jwks(&set);
            assert!(matches!(read, Err(KeyFault::NotJwks(_))), "{set}: {read:?}");
        }
        let short = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" }] });
        let read = TrustedKeys::from_jwks(&short.to_string());
        assert_eq!(read, Err(KeyFault::NotEd25519));
        let private = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": X, "d": SEED }] });
        let read = TrustedKeys::from_jwks(&private.to_string());
        assert_eq!(read, Err(KeyFault::Private));
    }
}
