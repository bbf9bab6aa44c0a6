//! Rosters, keys, and the small texts of which addresses and requests are made.

use synaq::domain::Language;
use synaq::domain::address;
use synaq::domain::invitation::InvitationCode;
use synaq::domain::language_score::{PublicKey, SigningKey, TrustedKeys};
use synaq::domain::roster::{self, Fate, Known, NAME_MAX, ROWS_MAX};
use synaq::domain::school::Code;

/// A roster, as a spreadsheet writes it.
pub fn roster(bytes: &[u8]) {
    let Ok(text) = roster::decode(bytes) else {
        return;
    };
    let Ok(rows) = roster::parse(&text) else {
        return;
    };
    assert!((1..=ROWS_MAX).contains(&rows.len()), "{} rows", rows.len());
    let lines = 1 + text.matches(['\n', '\r']).count() as u64;
    for row in &rows {
        assert!((1..=lines).contains(&row.line), "{row:?} of {lines} lines");
        assert!(row.name.chars().count() <= NAME_MAX + 1, "{row:?}");
        if row.fault.is_none() {
            assert_eq!(address::fold(&row.email).as_deref(), Ok(row.email.as_str()));
            assert!(!row.name.contains(char::is_control), "{row:?}");
        }
    }
    let planned = roster::plan(rows, &Known::default());
    let invited: Vec<_> = planned
        .iter()
        .filter(|(_, fate)| matches!(fate, Ok(Fate::Invite)))
        .map(|(row, _)| &row.email)
        .collect();
    let distinct: std::collections::BTreeSet<_> = invited.iter().collect();
    assert_eq!(invited.len(), distinct.len(), "nobody is invited twice");
}

/// Files of keys: PEM of both kinds, and a set as other servers publish theirs.
pub fn keys(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(key) = SigningKey::from_pem(&text) {
        let signature = key.sign(b"message");
        assert!(key.public().made(&signature, b"message"));
        assert!(
            PublicKey::from_pem(&text).is_err(),
            "it would be given away"
        );
        assert!(!format!("{key:?}").contains("PRIVATE"));
    }
    if let Ok(key) = PublicKey::from_pem(&text) {
        assert!(!key.made(&[0; 64], b"message"));
    }
    if let Ok(keys) = TrustedKeys::from_jwks(&text) {
        assert!(keys.get("").is_none());
    }
}

/// Codes, addresses, languages.
pub fn small(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        if let Some(code) = Code::parse(line) {
            assert_eq!(Code::parse(code.as_str()), Some(code));
        }
        if let Some(code) = InvitationCode::parse(line) {
            assert_eq!(InvitationCode::parse(&code.to_string()), Some(code));
        }
        if let Ok(folded) = address::fold(line) {
            assert_eq!(address::fold(&folded), Ok(folded));
        }
        let _ = Language::from_tag(line);
    }
}
