use serde_json::json;

use super::*;
use crate::domain::language_score::{Jwks, ScoreConditions, SectionStatement};
use crate::domain::{
    accommodation::Accommodation,
    id::{AttemptId, RuleId},
    level::Level,
    rules::{Basis, Section},
};

/// The key of RFC 8037, appendix A.
fn key() -> SigningKey {
    let seed = URL_SAFE_NO_PAD
        .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
        .expect("base64url");
    SigningKey::from_seed(&seed).expect("a key")
}

fn other_key() -> SigningKey {
    SigningKey::from_seed(&[7; 32]).expect("a key")
}

fn published(key: &SigningKey) -> Value {
    serde_json::to_value(Jwks::of([key.public()])).expect("JSON")
}

fn trusted() -> TrustedKeys {
    TrustedKeys::from_jwks(&published(&key()).to_string()).expect("keys")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn statement() -> LanguageScore {
    let section = |name, correct, of, percent, level| SectionStatement {
        name,
        correct,
        of,
        percent,
        level,
    };
    LanguageScore {
        schema: SCHEMA.to_owned(),
        language: "kazakh".to_owned(),
        attempt: AttemptId::new("01a"),
        rule: RuleId::new("a1-2026-02"),
        level: Some(Level::B1),
        required_level: Level::A1,
        passed: true,
        sections: vec![
            section(Section::Listening, 10, 20, 50, Some(Level::B1)),
            section(Section::Reading, 0, 40, 0, None),
        ],
        date: day("2026-11-22"),
        valid_until: day("2028-11-22"),
        kazakh_points: 72,
        kazakh_points_source: "source \"0\"".to_owned(),
        kazakh_points_basis: Basis::Assumed,
        notice: "сынақ".to_owned(),
        conditions: None,
        signature: None,
    }
}

fn signed() -> Value {
    serde_json::to_value(sign(statement(), &key())).expect("JSON")
}

fn fault(received: &Value) -> ScoreFault {
    verify(received, &trusted(), day("2026-12-01")).expect_err("refused")
}

/// The signed statement with a header and a signature of somebody's own making.
fn with_header(header: &Value, signer: &SigningKey) -> Value {
    let mut received = signed();
    let mut unsigned = received.clone();
    unsigned
        .as_object_mut()
        .and_then(|members| members.remove(SIGNATURE));
    let payload = canonical(&unsigned).expect("canonical");
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let signature = signer.sign(&signing_input(&header, &payload));
    let signature = URL_SAFE_NO_PAD.encode(signature);
    received[SIGNATURE] = json!(format!("{header}..{signature}"));
    received
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "kid": key().public().kid(), "typ": SCHEMA })
}

#[test]
fn the_canonical_text_and_the_signature_are_those_of_another_program() {
    // Written down by hand, and signed by another implementation of Ed25519.
    let text = r#"{"attempt":"01a","date":"2026-11-22","kazakh_points":72,"kazakh_points_basis":"assumed","kazakh_points_source":"source \"0\"","language":"kazakh","level":"B1","notice":"сынақ","passed":true,"required_level":"A1","rule":"a1-2026-02","schema":"language-score.v1","sections":[{"correct":10,"level":"B1","name":"listening","of":20,"percent":50},{"correct":0,"level":null,"name":"reading","of":40,"percent":0}],"valid_until":"2028-11-22"}"#;
    let value = serde_json::to_value(statement()).expect("JSON");
    assert_eq!(canonical(&value).as_deref(), Ok(text));
    assert_eq!(
        sign(statement(), &key()).signature.as_deref(),
        Some(
            "eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsiLC\
             J0eXAiOiJsYW5ndWFnZS1zY29yZS52MSJ9..5ehyUGqLhduX4T4TexLwXltCZltdntkwzy0G9ZtHfnMZDcjnKiYmTcF\
             23oVat6dnyTgsRsMZMB7UI94v4Z9TCw"
        )
    );
}

#[test]
fn what_was_signed_is_believed_however_it_was_written_down() {
    let believed = verify(&signed(), &trusted(), day("2026-12-01")).expect("believed");
    assert_eq!(believed, sign(statement(), &key()));
    // Other whitespace, another order, other escapes: the same value.
    let text = serde_json::to_string_pretty(&signed()).expect("JSON");
    let text = text.replace("сынақ", "\\u0441\\u044b\\u043d\\u0430\\u049b");
    let again: Value = serde_json::from_str(&text).expect("JSON");
    assert!(verify(&again, &trusted(), day("2026-12-01")).is_ok());
    // A second signature replaces the first and is the same.
    assert_eq!(sign(believed.clone(), &key()), believed);
}

#[test]
fn it_counts_from_its_date_to_its_last_day() {
    let on = |text: &str| verify(&signed(), &trusted(), day(text)).map(drop);
    assert_eq!(on("2026-11-22"), Ok(()));
    assert_eq!(on("2028-11-22"), Ok(()));
    assert_eq!(
        on("2026-11-21"),
        Err(ScoreFault::NotYetValid(day("2026-11-22")))
    );
    assert_eq!(
        on("2028-11-23"),
        Err(ScoreFault::Expired(day("2028-11-22")))
    );
}

#[test]
fn any_change_is_found() {
    let changes = [
        ("level", json!("C1")),
        ("level", json!(null)),
        ("passed", json!(false)),
        ("kazakh_points", json!(120)),
        ("valid_until", json!("2099-01-01")),
        ("date", json!("2026-11-23")),
        ("attempt", json!("02b")),
        ("rule", json!("b1-2026-04")),
        ("notice", json!("")),
        ("sections", json!([])),
        // Members that this version does not know are covered too.
        ("name", json!("Somebody Else")),
        ("weight", json!(1.5)),
    ];
    for (member, value) in changes {
        let mut received = signed();
        received[member] = value;
        assert_eq!(fault(&received), ScoreFault::Altered, "{member}");
    }
    let mut received = signed();
    received["sections"][1]["correct"] = json!(40);
    assert_eq!(fault(&received), ScoreFault::Altered);
}

#[test]
fn a_member_of_a_later_version_is_believed_when_it_is_signed() {
    let mut unsigned = serde_json::to_value(statement()).expect("JSON");
    unsigned["learner"] = json!("Айгүл");
    let payload = canonical(&unsigned).expect("canonical");
    let encoded = URL_SAFE_NO_PAD.encode(header().to_string());
    let signature = key().sign(&signing_input(&encoded, &payload));
    let signature = URL_SAFE_NO_PAD.encode(signature);
    unsigned[SIGNATURE] = json!(format!("{encoded}..{signature}"));
    assert!(verify(&unsigned, &trusted(), day("2026-12-01")).is_ok());
    if let Some(members) = unsigned.as_object_mut() {
        members.remove("learner");
    }
    assert_eq!(fault(&unsigned), ScoreFault::Altered);
}

#[test]
fn conditions_are_told_and_covered_and_no_member_where_there_are_none() {
    let granted = Accommodation {
        extra_percent: 50,
        extra_plays: 1,
        break_minutes: 5,
        larger_text: true,
        ..Accommodation::default()
    };
    let told = ScoreConditions {
        extra_percent: 50,
        extra_minutes: 0,
        extra_plays: 1,
    };
    let plain = sign(statement(), &key());
    let under = sign(plain.clone().under(granted), &key());
    assert_eq!(under.conditions, Some(told));
    assert_ne!(under.signature, plain.signature);
    let text = canonical(&serde_json::to_value(&under).expect("JSON")).expect("canonical");
    let member = r#""conditions":{"extra_minutes":0,"extra_percent":50,"extra_plays":1},"date":"#;
    assert!(text.contains(member), "{text}");
    let received = serde_json::to_value(&under).expect("JSON");
    let believed = verify(&received, &trusted(), day("2026-12-01"));
    assert_eq!(believed, Ok(under));
    // Neither hidden nor made smaller, nor put into a statement that had none.
    let mut hidden = received.clone();
    hidden
        .as_object_mut()
        .and_then(|members| members.remove("conditions"));
    assert_eq!(fault(&hidden), ScoreFault::Altered);
    let mut smaller = received.clone();
    smaller["conditions"]["extra_percent"] = json!(10);
    assert_eq!(fault(&smaller), ScoreFault::Altered);
    let mut added = signed();
    added["conditions"] = received["conditions"].clone();
    assert_eq!(fault(&added), ScoreFault::Altered);

    // What changes neither time nor plays leaves every byte as it was.
    let unchanged = Accommodation {
        break_minutes: 5,
        larger_text: true,
        ..Accommodation::default()
    };
    for same in [unchanged, Accommodation::default()] {
        let again = sign(plain.clone().under(same), &key());
        let text = |score: &LanguageScore| serde_json::to_string(score).expect("JSON");
        assert_eq!(text(&again), text(&plain));
    }
}

#[test]
fn without_a_signature_it_is_not_believed() {
    let mut received = signed();
    received[SIGNATURE] = json!(null);
    assert_eq!(fault(&received), ScoreFault::Unsigned);
    if let Some(members) = received.as_object_mut() {
        members.remove(SIGNATURE);
    }
    assert_eq!(fault(&received), ScoreFault::Unsigned);
}

#[test]
fn another_algorithm_is_refused() {
    for algorithm in ["none", "HS256", "ES256", "eddsa", ""] {
        let mut header = header();
        header["alg"] = json!(algorithm);
        let received = with_header(&header, &key());
        assert_eq!(fault(&received), ScoreFault::Algorithm, "{algorithm}");
    }
    // What a reader that heeds alg=none would believe.
    let mut received = signed();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    received[SIGNATURE] = json!(format!("{none}.."));
    assert_eq!(fault(&received), ScoreFault::Algorithm);
}

#[test]
fn another_key_is_refused() {
    let mut header = header();
    header["kid"] = json!(other_key().public().kid());
    assert_eq!(
        fault(&with_header(&header, &other_key())),
        ScoreFault::UnknownKey
    );
    // A key that the header itself brings along is nobody's.
    header["jwk"] = published(&other_key())["keys"][0].clone();
    assert_eq!(
        fault(&with_header(&header, &other_key())),
        ScoreFault::UnknownKey
    );
    if let Some(members) = header.as_object_mut() {
        members.remove("kid");
    }
    assert_eq!(fault(&with_header(&header, &key())), ScoreFault::UnknownKey);
    // Another key under a trusted name.
    let received = with_header(&self::header(), &other_key());
    assert_eq!(fault(&received), ScoreFault::Altered);
}

#[test]
fn a_signature_of_another_form_is_refused() {
    let whole = signed();
    let text = whole[SIGNATURE].as_str().expect("a signature");
    let (header, signature) = text.split_once("..").expect("detached");
    for other in [
        json!(7),
        json!(""),
        json!("."),
        json!(".."),
        json!(format!("{header}.{signature}")),
        json!(format!("{header}.e30.{signature}")),
        json!(format!("{header}..{signature}.")),
        json!(format!("{header}..{signature}=")),
        json!(format!("{header}..{signature} ")),
        json!(format!("?{header}..{signature}")),
        json!(format!("{}..{signature}", URL_SAFE_NO_PAD.encode("[]"))),
    ] {
        let mut received = whole.clone();
        received[SIGNATURE] = other.clone();
        let found = fault(&received);
        assert!(
            matches!(found, ScoreFault::Malformed(_)),
            "{other}: {found}"
        );
    }
    for (member, value) in [
        ("typ", json!("JWT")),
        ("typ", json!(null)),
        ("crit", json!(["exp"])),
    ] {
        let mut header = self::header();
        header[member] = value;
        let found = fault(&with_header(&header, &key()));
        assert!(
            matches!(found, ScoreFault::Malformed(_)),
            "{header}: {found}"
        );
    }
    // Too short, and empty: in form, but nobody's.
    for signature in ["", "AAAA"] {
        let mut received = whole.clone();
        received[SIGNATURE] = json!(format!("{header}..{signature}"));
        assert_eq!(fault(&received), ScoreFault::Altered);
    }
}

#[test]
fn something_else_is_told_apart() {
    for other in [
        json!(null),
        json!([]),
        json!({}),
        json!("language-score.v1"),
        json!({ "schema": "language-score.v2" }),
        json!({ "schema": "language-score.v1" }),
    ] {
        let found = fault(&other);
        assert!(matches!(found, ScoreFault::Shape(_)), "{other}: {found}");
    }
    for (member, value) in [
        ("level", json!("C2")),
        ("date", json!("soon")),
        ("kazakh_points", json!("72")),
        ("kazakh_points", json!(72.5)),
    ] {
        let mut received = signed();
        received[member] = value;
        let found = fault(&received);
        assert!(matches!(found, ScoreFault::Shape(_)), "{member}: {found}");
    }
    let mut received = signed();
    received["language"] = json!("russian");
    assert_eq!(fault(&received), ScoreFault::NotKazakh);
}
