//! A school: who belongs to it and as what, its groups, and the codes by which one joins them.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    id::{GroupId, LearnerId, SchoolId},
};

/// Zones offered where a school is made, Kazakhstan's first. Any other of the tz database may be named as well.
pub const ZONES: [&str; 10] = [
    "Asia/Almaty",
    "Asia/Tashkent",
    "Asia/Bishkek",
    "Europe/Moscow",
    "Europe/Istanbul",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "Asia/Shanghai",
    "Asia/Seoul",
];

/// What somebody is in a school, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SchoolRole {
    /// Sits what is given to their groups.
    Learner,
    /// Teaches every group of the school.
    Tutor,
    /// May do what a tutor may, and runs the school.
    Owner,
}

impl SchoolRole {
    /// `learner`, `tutor` or `owner`: the word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            SchoolRole::Learner => "learner",
            SchoolRole::Tutor => "tutor",
            SchoolRole::Owner => "owner",
        }
    }

    /// Whether they teach: tutors and owners.
    pub fn teaches(self) -> bool {
        self >= SchoolRole::Tutor
    }
}

impl std::str::FromStr for SchoolRole {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        [SchoolRole::Learner, SchoolRole::Tutor, SchoolRole::Owner]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a role: expected learner, tutor or owner")]
pub struct UnknownRole;

/// A school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    /// Its id.
    pub id: SchoolId,
    /// Its name.
    pub name: String,
    /// In it a day begins and ends for the school's dates.
    pub zone: Tz,
    /// Since when.
    pub created_at: Timestamp,
}

/// A group of a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Whose it is.
    pub school: SchoolId,
    /// Its name.
    pub name: String,
    /// Since when.
    pub made_at: Timestamp,
}

/// What codes are made of: no 0 and O, no 1, I and L.
const ALPHABET: &str = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// The code of so many letters that a number means.
pub(super) fn letters_of(number: u128, length: usize) -> String {
    let letters = ALPHABET.as_bytes();
    let mut left = number;
    let mut code = String::with_capacity(length);
    for _ in 0..length {
        let at = (left % letters.len() as u128) as usize;
        code.push(char::from(letters[at]));
        left /= letters.len() as u128;
    }
    code
}

/// The code of so many letters that somebody typed: in either case, with or without hyphens and spaces, also where a
/// Cyrillic letter looks like the Latin one.
pub(super) fn letters_typed(text: &str, length: usize) -> Option<String> {
    let mut code = String::with_capacity(length);
    for letter in text.trim().chars().flat_map(char::to_uppercase) {
        if letter.is_whitespace() || matches!(letter, '-' | '–') {
            continue;
        }
        let letter = latin(letter);
        if !ALPHABET.contains(letter) || code.len() == length {
            return None;
        }
        code.push(letter);
    }
    (code.len() == length).then_some(code)
}

/// A code: eight letters and digits that are not mistaken for each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    const LENGTH: usize = 8;

    /// The code that a number means. Codes of random numbers are as good as random: there are 31⁸, more than 8 × 10¹¹.
    pub fn of_number(number: u64) -> Self {
        Self(letters_of(u128::from(number), Self::LENGTH))
    }

    /// The code that somebody typed: in either case, with or without hyphen and spaces, also where a Cyrillic letter
    /// looks like the Latin one.
    pub fn parse(text: &str) -> Option<Self> {
        letters_typed(text, Self::LENGTH).map(Self)
    }

    /// As the store keeps it and a link holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// As it is read out and typed: `ABCD-EFGH`.
impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, second) = self.0.split_at(Self::LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

/// The Latin letter that looks like this Cyrillic one.
fn latin(letter: char) -> char {
    match letter {
        'А' => 'A',
        'В' => 'B',
        'С' => 'C',
        'Е' => 'E',
        'Н' => 'H',
        'К' => 'K',
        'М' => 'M',
        'Р' => 'P',
        'Т' => 'T',
        'Х' => 'X',
        'У' | 'Ү' => 'Y',
        other => other,
    }
}

/// A code by which one joins a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinCode {
    /// The code itself.
    pub code: Code,
    /// Which group.
    pub group: GroupId,
    /// Who made it.
    pub made_by: LearnerId,
    /// When.
    pub made_at: Timestamp,
    /// From then on it lets nobody in.
    pub expires_at: Timestamp,
    /// Since when it lets nobody in, because a tutor took it back.
    pub revoked_at: Option<Timestamp>,
}

/// Why a code lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefused {
    /// A tutor took it back.
    #[error("the code was taken back; ask for a new one")]
    Revoked,
    /// Its time is over.
    #[error("the code has expired; ask for a new one")]
    Expired,
}

impl JoinCode {
    /// Whether it lets somebody in now.
    ///
    /// # Errors
    /// [`CodeRefused`] with the reason.
    pub fn open(&self, now: Timestamp) -> Result<(), CodeRefused> {
        if self.revoked_at.is_some() {
            return Err(CodeRefused::Revoked);
        }
        match now < self.expires_at {
            true => Ok(()),
            false => Err(CodeRefused::Expired),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code::of_number(123_456_789_012);
        let shown = code.to_string();
        assert_eq!(shown.len(), 9, "{shown}");
        let typed = [
            shown.clone(),
            shown.to_lowercase(),
            code.as_str().to_owned(),
            format!("  {} ", shown.replace('-', " ")),
            shown.replace('-', "–"),
        ];
        for text in typed {
            assert_eq!(Code::parse(&text).as_ref(), Some(&code), "{text}");
        }
        assert_eq!(
            Code::parse("авсе-нкмт").map(|code| code.to_string()),
            Some("ABCE-HKMT".to_owned()),
            "Cyrillic letters that look the same"
        );
    }

    #[test]
    fn what_is_no_code() {
        for text in [
            "",
            "ABCD",
            "ABCDEFGHJ",
            "ABCD-EFG1",
            "ABCD-EFGO",
            "ABCD-EFG'",
            "ABCDEFG\0",
            "ӘБВГДЕЖЗ",
        ] {
            assert_eq!(Code::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn numbers_give_different_codes() {
        let codes: std::collections::HashSet<Code> = (0..10_000).map(Code::of_number).collect();
        assert_eq!(codes.len(), 10_000);
        assert_eq!(Code::of_number(u64::MAX).as_str().len(), Code::LENGTH);
    }

    #[test]
    fn a_code_lets_in_until_it_expires_or_is_taken_back() {
        let made_at = DateTime::UNIX_EPOCH;
        let mut code = JoinCode {
            code: Code::of_number(7),
            group: GroupId::new("group"),
            made_by: LearnerId::new("tutor"),
            made_at,
            expires_at: made_at + TimeDelta::days(7),
            revoked_at: None,
        };
        let last = code.expires_at - TimeDelta::milliseconds(1);
        assert_eq!(code.open(made_at), Ok(()));
        assert_eq!(code.open(last), Ok(()));
        assert_eq!(code.open(code.expires_at), Err(CodeRefused::Expired));
        code.revoked_at = Some(made_at);
        assert_eq!(code.open(made_at), Err(CodeRefused::Revoked));
        assert_eq!(code.open(code.expires_at), Err(CodeRefused::Revoked));
    }

    #[test]
    fn owners_teach_too_and_learners_do_not() {
        let teach =
            [SchoolRole::Learner, SchoolRole::Tutor, SchoolRole::Owner].map(SchoolRole::teaches);
        assert_eq!(teach, [false, true, true]);
        assert_eq!("tutor".parse(), Ok(SchoolRole::Tutor));
        assert_eq!("director".parse::<SchoolRole>(), Err(UnknownRole));
    }

    #[test]
    fn every_zone_offered_exists() {
        for zone in ZONES {
            assert!(zone.parse::<Tz>().is_ok(), "{zone}");
        }
    }
}
