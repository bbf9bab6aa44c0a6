//! Keys from files: what openssl makes is taken, what is no key is named, and no key is told to anybody.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::process::{Connection, Running, run_with_input, serve_command};
use crate::support::{Place, Scratch, short_content};

// The key of RFC 8037, appendix A, as openssl writes it.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
    -----END PRIVATE KEY-----\n";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
    -----END PUBLIC KEY-----\n";
const KID: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

fn file(scratch: &Scratch, name: &str, text: &str) -> PathBuf {
    let path = scratch.path().join(name);
    std::fs::write(&path, text).expect("written");
    path
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

#[test]
fn a_file_that_is_no_key_is_named_with_what_it_is() {
    let place = Place::sqlite();
    let scratch = Scratch::new("keys");
    let private = file(&scratch, "private.pem", PRIVATE);
    let public = file(&scratch, "public.pem", PUBLIC);
    let text = file(&scratch, "text.pem", "not a key");
    let missing = scratch.path().join("missing.pem");
    let list = |path: &PathBuf| format!("[{:?}]", path.display().to_string());
    let plain = |path: &PathBuf| path.display().to_string();
    for (variable, value, path, reason) in [
        ("KEY_FILE", plain(&missing), &missing, "cannot be read"),
        ("KEY_FILE", plain(&text), &text, "not a PEM file"),
        ("KEY_FILE", plain(&public), &public, "holds a public key"),
        (
            "FORMER_KEYS",
            list(&private),
            &private,
            "holds a private key",
        ),
        ("FORMER_KEYS", list(&missing), &missing, "cannot be read"),
        ("TRUSTED_KEYS_FILE", plain(&text), &text, "JSON Web Key Set"),
        (
            "TRUSTED_KEYS_FILE",
            plain(&public),
            &public,
            "JSON Web Key Set",
        ),
    ] {
        let mut command = serve_command(&short_content(), &place.address);
        command.env(format!("SYNAQ_SIGNING__{variable}"), value);
        let output = run_with_input(&mut command, "");
        assert_eq!(output.status.code(), Some(1), "{variable} {output:?}");
        let message = errors(&output);
        let setting = format!("signing.{}", variable.to_lowercase());
        for part in [
            "configuration",
            &setting,
            &path.display().to_string(),
            reason,
        ] {
            assert!(message.contains(part), "{part} is not in {message}");
        }
        assert!(!message.contains("MC4CAQ"), "{message}");
    }
}

/// Serves until it is told to stop; the published keys, and the log.
async fn serve(command: &mut Command) -> (serde_json::Value, String) {
    let running = Running::start(command.env("SYNAQ_LOG__FILTER", "trace"));
    let mut connection = Connection::open(running.address).await.expect("connected");
    let (status, keys) = connection
        .call("GET", "/.well-known/jwks.json", None)
        .await
        .expect("an answer");
    assert_eq!(status, 200);
    drop(connection);
    let (code, log) = running.terminate_with_log();
    assert_eq!(code, Some(0), "{log}");
    (keys, log)
}

#[tokio::test]
async fn the_log_tells_the_name_of_the_key_and_never_the_key() {
    let place = Place::sqlite();
    let scratch = Scratch::new("keys");
    let private = file(&scratch, "private.pem", PRIVATE);
    let mut command = serve_command(&short_content(), &place.address);
    let (keys, log) = serve(command.env("SYNAQ_SIGNING__KEY_FILE", &private)).await;
    assert_eq!(keys["keys"][0]["kid"], KID);
    assert!(log.contains(KID) && log.contains("key_file"), "{log}");
    for secret in ["nWGxne", "MC4CAQ"] {
        assert!(!log.contains(secret), "{log}");
    }

    let public = file(&scratch, "public.pem", PUBLIC);
    let former = format!("[{:?}]", public.display().to_string());
    let mut command = serve_command(&short_content(), &place.address);
    let (keys, log) = serve(command.env("SYNAQ_SIGNING__FORMER_KEYS", former)).await;
    let kid = keys["keys"][0]["kid"].as_str().expect("a name");
    assert_ne!(kid, KID);
    assert_eq!(keys["keys"][1]["kid"], KID);
    assert!(log.contains(kid) && log.contains("database"), "{log}");
    let seeds = place.rows("select seed from signing_keys").await;
    assert_eq!(seeds.len(), 2, "to sign, and for the codes of invitations");
    for seed in seeds.iter().flatten() {
        let seed = seed.as_deref().expect("a seed");
        assert!(!log.contains(seed), "{log}");
    }
}
