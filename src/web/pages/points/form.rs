//! The form of the points page: what was typed, the profile that it makes, and every fault with its field.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::{
    id::AttemptId,
    language_score::LanguageScore,
    points::{
        Criterion, LanguageClaim, Potential, Reason,
        document::{
            CertificateDocument, ClaimDocument, CriteriaDocument, FactsDocument, LanguagesDocument,
            PotentialRequest,
        },
    },
};
use crate::service::{Exam, Failure, MockScores};

/// How a language is stated: the values of its radio group.
pub(super) mod way {
    pub(in super::super) const BEST: &str = "best";
    pub(in super::super) const MOCK: &str = "mock";
    pub(in super::super) const STATEMENT: &str = "statement";
    pub(in super::super) const LEVEL: &str = "level";
    pub(in super::super) const CERTIFICATE: &str = "certificate";
    pub(in super::super) const POINTS: &str = "points";
    pub(in super::super) const NONE: &str = "none";
}

/// The value of the box that asks for an estimate of adaptability.
pub(super) const YES: &str = "yes";

macro_rules! answers {
    ($($(#[$doc:meta])* $field:ident = $name:literal),+ $(,)?) => {
        /// What was typed, field by field, as it was typed.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
        #[serde(default)]
        pub(super) struct Answers {
            $($(#[$doc])* #[serde(rename = $name)] pub(super) $field: String,)+
        }

        /// The fields in the order of the page.
        const FIELDS: &[&str] = &[$($name),+];

        impl Answers {
            /// What was typed into a field; nothing where there is no such field.
            pub(super) fn get(&self, name: &str) -> &str {
                match name {
                    $($name => &self.$field,)+
                    _ => "",
                }
            }

            fn clear(&mut self, name: &str) {
                match name {
                    $($name => self.$field.clear(),)+
                    _ => {}
                }
            }
        }
    };
}

answers! {
    /// One of [`way`].
    kazakh = "kazakh",
    /// An attempt's id.
    kazakh_mock = "kazakh-mock",
    kazakh_level = "kazakh-level",
    kazakh_points = "kazakh-points",
    /// A signed statement that came with a saved profile, as JSON.
    statement = "statement",
    /// One of [`way`].
    russian = "russian",
    russian_level = "russian-level",
    /// A certificate's id; with a colon and the grade where its scores are grades.
    russian_certificate = "russian-certificate",
    russian_score = "russian-score",
    russian_points = "russian-points",
    /// One of [`way`].
    english = "english",
    english_level = "english-level",
    /// As for Russian.
    english_certificate = "english-certificate",
    english_score = "english-score",
    english_points = "english-points",
    age = "age",
    demographic = "demographic",
    degree = "degree",
    education = "education",
    years_in_kazakhstan = "years-in-kazakhstan",
    kazakhstan_experience = "kazakhstan-experience",
    years_elsewhere = "years-elsewhere",
    foreign_experience = "foreign-experience",
    /// [`YES`] where the estimate is wanted.
    estimate_adaptability = "estimate-adaptability",
    adaptability = "adaptability",
    relatives = "relatives",
    additional = "additional",
    health = "health",
    rule = "rule",
    /// The saved profile that the page shows.
    profile = "profile",
    /// What to call it.
    name = "name",
    /// The button that was pressed.
    act = "act",
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The field's name, which is its id.
    pub(super) field: &'static str,
    pub(super) wrong: Wrong,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    /// As the domain found it.
    Value(Reason),
    /// The way that was chosen needs it.
    Missing,
    /// The mock is not among those that count.
    NoSuchMock,
    /// There is no such rule set.
    NoSuchRule,
    /// Nothing at all was given.
    Nothing,
    /// The name under which to save: the end of the key of what is wrong.
    Name(&'static str),
}

impl Fault {
    pub(super) fn new(field: &'static str, wrong: Wrong) -> Self {
        Self { field, wrong }
    }
}

/// Why there is no assessment.
pub(super) enum Refusal {
    /// Fields are wrong, in the order of the page.
    Faults(Vec<Fault>),
    /// It is not the form's doing.
    Failure(Failure),
}

/// The form's field for a path in a profile: `facts.age`, `languages.kazakh.points`.
fn field_for(path: &str) -> Option<&'static str> {
    let name = path
        .strip_prefix("criteria.")
        .or_else(|| path.strip_prefix("facts."))
        .or_else(|| path.strip_prefix("languages."))
        .unwrap_or(path);
    let name = match name {
        // The criterion and the box that asks for its estimate have one name in a profile.
        "adaptability" if path.starts_with("facts.") => "estimate-adaptability".to_owned(),
        "kazakh.language_score" => "kazakh".to_owned(),
        name => name
            .replace(".certificate.name", "-certificate")
            .replace(".certificate.score", "-score")
            .replace(['.', '_'], "-"),
    };
    FIELDS.iter().copied().find(|field| *field == name)
}

/// The value where something was typed.
fn given(text: &str) -> Option<Value> {
    let text = text.trim();
    (!text.is_empty()).then(|| Value::String(text.to_owned()))
}

fn given_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn claim(way: &str, level: &str, certificate: &str, score: &str, points: &str) -> ClaimDocument {
    match way {
        way::LEVEL => ClaimDocument {
            level: given_text(level),
            ..ClaimDocument::default()
        },
        way::POINTS => ClaimDocument {
            points: given(points),
            ..ClaimDocument::default()
        },
        way::CERTIFICATE => ClaimDocument {
            certificate: given_text(certificate).map(|name| match name.split_once(':') {
                Some((name, grade)) => CertificateDocument {
                    name: name.to_owned(),
                    score: Value::String(grade.to_owned()),
                },
                None => CertificateDocument {
                    name,
                    score: Value::String(score.trim().to_owned()),
                },
            }),
            ..ClaimDocument::default()
        },
        _ => ClaimDocument::default(),
    }
}

impl Answers {
    /// Whether nothing was said about the person.
    pub(super) fn is_empty(&self) -> bool {
        let ways = [&self.kazakh, &self.russian, &self.english];
        let fields = [
            &self.age,
            &self.demographic,
            &self.degree,
            &self.education,
            &self.years_in_kazakhstan,
            &self.kazakhstan_experience,
            &self.years_elsewhere,
            &self.foreign_experience,
            &self.adaptability,
            &self.relatives,
            &self.additional,
        ];
        ways.iter().all(|way| way.is_empty() || **way == way::NONE)
            && fields.iter().all(|text| text.trim().is_empty())
    }

    /// The profile as JSON, but for Kazakh by one of the learner's own mocks.
    pub(super) fn request(&self) -> PotentialRequest {
        // What is no JSON is refused as a statement, not passed over.
        let statement = || {
            let read = serde_json::from_str(&self.statement);
            Some(read.unwrap_or_else(|_| Value::String(self.statement.clone())))
        };
        let kazakh = match self.kazakh.as_str() {
            way::STATEMENT => ClaimDocument {
                language_score: statement(),
                ..ClaimDocument::default()
            },
            other => claim(other, &self.kazakh_level, "", "", &self.kazakh_points),
        };
        PotentialRequest {
            rule: given_text(&self.rule),
            criteria: Some(CriteriaDocument {
                demographic: given(&self.demographic),
                education: given(&self.education),
                kazakhstan_experience: given(&self.kazakhstan_experience),
                foreign_experience: given(&self.foreign_experience),
                adaptability: given(&self.adaptability),
                additional: given(&self.additional),
            }),
            facts: Some(FactsDocument {
                age: given(&self.age),
                degree: given_text(&self.degree),
                years_in_kazakhstan: given(&self.years_in_kazakhstan),
                years_elsewhere: given(&self.years_elsewhere),
                relatives: given_text(&self.relatives),
                adaptability: self.estimate_adaptability == YES,
            }),
            health: given(&self.health),
            languages: Some(LanguagesDocument {
                kazakh: Some(kazakh),
                russian: Some(claim(
                    &self.russian,
                    &self.russian_level,
                    &self.russian_certificate,
                    &self.russian_score,
                    &self.russian_points,
                )),
                english: Some(claim(
                    &self.english,
                    &self.english_level,
                    &self.english_certificate,
                    &self.english_score,
                    &self.english_points,
                )),
            }),
        }
    }

    /// The learner's own mock that was chosen.
    pub(super) fn mock<'m>(&self, mocks: &'m MockScores) -> Option<&'m LanguageScore> {
        match self.kazakh.as_str() {
            way::BEST => mocks.valid.first(),
            way::MOCK => {
                let id = AttemptId::new(self.kazakh_mock.as_str());
                mocks.valid.iter().find(|score| score.attempt == id)
            }
            _ => None,
        }
    }

    /// Fields without which the ways chosen say nothing.
    fn unfinished(&self, mocks: &MockScores) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut need = |field: &'static str, text: &str| {
            if text.trim().is_empty() {
                faults.push(Fault::new(field, Wrong::Missing));
            }
        };
        match self.kazakh.as_str() {
            way::LEVEL => need("kazakh-level", &self.kazakh_level),
            way::POINTS => need("kazakh-points", &self.kazakh_points),
            way::MOCK => need("kazakh-mock", &self.kazakh_mock),
            _ => {}
        }
        match self.russian.as_str() {
            way::LEVEL => need("russian-level", &self.russian_level),
            way::POINTS => need("russian-points", &self.russian_points),
            way::CERTIFICATE => need("russian-certificate", &self.russian_certificate),
            _ => {}
        }
        match self.english.as_str() {
            way::LEVEL => need("english-level", &self.english_level),
            way::POINTS => need("english-points", &self.english_points),
            way::CERTIFICATE => need("english-certificate", &self.english_certificate),
            _ => {}
        }
        // A grade stands in the certificate's value already; a number has a field of its own.
        let mut need_score = |field, way: &str, certificate: &str, score: &str| {
            let numeric = !certificate.trim().is_empty() && !certificate.contains(':');
            if way == way::CERTIFICATE && numeric && score.trim().is_empty() {
                faults.push(Fault::new(field, Wrong::Missing));
            }
        };
        need_score(
            "russian-score",
            &self.russian,
            &self.russian_certificate,
            &self.russian_score,
        );
        need_score(
            "english-score",
            &self.english,
            &self.english_certificate,
            &self.english_score,
        );
        let of_a_mock = matches!(self.kazakh.as_str(), way::BEST | way::MOCK);
        if of_a_mock
            && self.mock(mocks).is_none()
            && !faults.iter().any(|f| f.field == "kazakh-mock")
        {
            let field = match self.kazakh.as_str() {
                way::MOCK => "kazakh-mock",
                _ => "kazakh",
            };
            faults.push(Fault::new(field, Wrong::NoSuchMock));
        }
        faults
    }

    fn try_out(&self, exam: &Exam, mocks: &MockScores) -> Result<Potential, Failure> {
        let request = self.request();
        let Some(score) = self.mock(mocks) else {
            return exam.potential(&request);
        };
        exam.potential_with(&request, LanguageClaim::Score(Box::new(score.clone())))
    }

    /// The assessment.
    ///
    /// # Errors
    /// Every field that is wrong: once one is found it is left out, and the rest is looked at again.
    pub(super) fn assess(&self, exam: &Exam, mocks: &MockScores) -> Result<Potential, Refusal> {
        let mut faults = self.unfinished(mocks);
        let mut rest = self.clone();
        for fault in &faults {
            rest.clear(fault.field);
        }
        // Each round leaves a field out, so there are no more rounds than fields.
        for _ in FIELDS {
            let (field, wrong, leave_out) = match rest.try_out(exam, mocks) {
                Ok(potential) if faults.is_empty() => return Ok(potential),
                Ok(_) => break,
                Err(Failure::Profile(fault)) => {
                    let Some(field) = field_for(&fault.field) else {
                        return Err(Refusal::Failure(Failure::Profile(fault)));
                    };
                    // What would be wrong again without the field goes with it.
                    let leave_out = match (&fault.reason, field) {
                        (Reason::NeedsAge, _) => "relatives",
                        (_, "russian-score") => "russian-certificate",
                        (_, "english-score") => "english-certificate",
                        _ => field,
                    };
                    (field, Wrong::Value(fault.reason), leave_out)
                }
                Err(Failure::UnknownRule(_)) => ("rule", Wrong::NoSuchRule, "rule"),
                Err(failure) => return Err(Refusal::Failure(failure)),
            };
            rest.clear(leave_out);
            if !faults.iter().any(|known| known.field == field) {
                faults.push(Fault::new(field, wrong));
            }
        }
        let place = |fault: &Fault| FIELDS.iter().position(|field| *field == fault.field);
        faults.sort_by_key(place);
        Err(Refusal::Faults(faults))
    }
}

/// The criterion's name in keys and ids, which have no underscores.
pub(super) fn name_of(criterion: Criterion) -> String {
    criterion.as_str().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_a_profile_has_its_field() {
        for (path, field) in [
            ("criteria.kazakhstan_experience", "kazakhstan-experience"),
            ("criteria.adaptability", "adaptability"),
            ("facts.adaptability", "estimate-adaptability"),
            ("facts.years_elsewhere", "years-elsewhere"),
            ("languages.kazakh.language_score", "kazakh"),
            ("languages.kazakh.points", "kazakh-points"),
            ("languages.russian.level", "russian-level"),
            ("languages.english.certificate.name", "english-certificate"),
            ("languages.english.certificate.score", "english-score"),
            ("health", "health"),
        ] {
            assert_eq!(field_for(path), Some(field), "{path}");
        }
        assert_eq!(field_for("languages"), None);
    }

    #[test]
    fn a_form_of_which_nothing_was_filled_in_is_empty() {
        let mut answers = Answers {
            kazakh: way::NONE.to_owned(),
            health: "1".to_owned(),
            estimate_adaptability: YES.to_owned(),
            age: "  ".to_owned(),
            ..Answers::default()
        };
        assert!(answers.is_empty());
        answers.age = "33".to_owned();
        assert!(!answers.is_empty());
    }
}
