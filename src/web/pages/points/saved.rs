//! A saved profile back in the form.

use serde_json::Value;

use super::form::{Answers, YES, way};
use crate::domain::points::{
    PointsTable, Scale,
    document::{
        ClaimDocument, CriteriaDocument, FactsDocument, LanguagesDocument, PotentialRequest,
    },
};
use crate::service::MockScores;

/// A value of a profile as the form shows it.
fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Way, level, certificate, score and points of a language.
fn ways_of(claim: Option<&ClaimDocument>, table: &PointsTable) -> [String; 5] {
    let none = ClaimDocument::default();
    let claim = claim.unwrap_or(&none);
    let mut shown = <[String; 5]>::default();
    if let Some(level) = &claim.level {
        shown[0] = way::LEVEL.to_owned();
        shown[1].clone_from(level);
    } else if claim.points.is_some() {
        shown[0] = way::POINTS.to_owned();
        shown[4] = text_of(claim.points.as_ref());
    } else if let Some(certificate) = &claim.certificate {
        shown[0] = way::CERTIFICATE.to_owned();
        let score = text_of(Some(&certificate.score));
        let graded = table.certificates.iter().any(|known| {
            known.id == certificate.name && matches!(known.scale.value, Scale::Grades(_))
        });
        match graded {
            true => shown[2] = format!("{}:{score}", certificate.name),
            false => {
                shown[2].clone_from(&certificate.name);
                shown[3] = score;
            }
        }
    } else {
        shown[0] = way::NONE.to_owned();
    }
    shown
}

impl From<(&PotentialRequest, &PointsTable, &MockScores)> for Answers {
    /// The form that a saved profile fills in. A statement of one of the learner's own mocks is that mock.
    fn from((request, table, mocks): (&PotentialRequest, &PointsTable, &MockScores)) -> Self {
        let no_criteria = CriteriaDocument::default();
        let no_facts = FactsDocument::default();
        let no_languages = LanguagesDocument::default();
        let criteria = request.criteria.as_ref().unwrap_or(&no_criteria);
        let facts = request.facts.as_ref().unwrap_or(&no_facts);
        let languages = request.languages.as_ref().unwrap_or(&no_languages);
        let [kazakh, kazakh_level, _, _, kazakh_points] = ways_of(languages.kazakh.as_ref(), table);
        let [
            russian,
            russian_level,
            russian_certificate,
            russian_score,
            russian_points,
        ] = ways_of(languages.russian.as_ref(), table);
        let [
            english,
            english_level,
            english_certificate,
            english_score,
            english_points,
        ] = ways_of(languages.english.as_ref(), table);
        let mut answers = Self {
            kazakh,
            kazakh_level,
            kazakh_points,
            russian,
            russian_level,
            russian_certificate,
            russian_score,
            russian_points,
            english,
            english_level,
            english_certificate,
            english_score,
            english_points,
            age: text_of(facts.age.as_ref()),
            demographic: text_of(criteria.demographic.as_ref()),
            degree: facts.degree.clone().unwrap_or_default(),
            education: text_of(criteria.education.as_ref()),
            years_in_kazakhstan: text_of(facts.years_in_kazakhstan.as_ref()),
            kazakhstan_experience: text_of(criteria.kazakhstan_experience.as_ref()),
            years_elsewhere: text_of(facts.years_elsewhere.as_ref()),
            foreign_experience: text_of(criteria.foreign_experience.as_ref()),
            estimate_adaptability: match facts.adaptability {
                true => YES.to_owned(),
                false => String::new(),
            },
            adaptability: text_of(criteria.adaptability.as_ref()),
            relatives: facts.relatives.clone().unwrap_or_default(),
            additional: text_of(criteria.additional.as_ref()),
            health: text_of(request.health.as_ref()),
            rule: request.rule.clone().unwrap_or_default(),
            ..Self::default()
        };
        if let Some(score) = languages
            .kazakh
            .as_ref()
            .and_then(|claim| claim.language_score.as_ref())
        {
            let own = score["attempt"].as_str().unwrap_or_default();
            match mocks.valid.iter().find(|mock| mock.attempt.as_str() == own) {
                Some(mock) => {
                    answers.kazakh = way::MOCK.to_owned();
                    answers.kazakh_mock = mock.attempt.to_string();
                }
                None => {
                    answers.kazakh = way::STATEMENT.to_owned();
                    answers.statement = score.to_string();
                }
            }
        }
        answers
    }
}
