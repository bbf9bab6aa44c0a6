//! The rule sets with their sources.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    id::RuleId,
    rules::{Localised, RuleSet, Slot, Sourced},
};
use crate::web::api::refusals::NotFound;
use crate::web::{App, problem::Problem};

/// A value with where it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Value<T: ToSchema> {
    value: T,
    /// `published` or `assumed`.
    basis: &'static str,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A rule set.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rules {
    id: String,
    title: Texts,
    summary: Texts,
    /// Whether a mock is sat under it when no other is chosen.
    default: bool,
    effective_from: Value<String>,
    effective_until: Option<Value<String>>,
    required_level: Value<&'static str>,
    each_section: Value<bool>,
    sections: Vec<SectionRules>,
    break_minutes: Value<u32>,
    /// Cut scores, lowest level first.
    thresholds: Vec<Threshold>,
    retake: Retake,
    result_days: Value<u32>,
    certificate_months: Value<u32>,
    kazakh_points: Vec<Points>,
    /// This is not the state's testing centre.
    notice: &'static str,
}

/// A text in the interface's languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Texts {
    en: String,
    ru: String,
    kk: Option<String>,
}

/// What a rule set says of a section.
#[derive(Debug, Serialize, ToSchema)]
pub struct SectionRules {
    name: &'static str,
    items: Value<u32>,
    minutes: Value<u32>,
    plays: Option<Value<u32>>,
    answering_seconds: Option<Value<u32>>,
    /// `free`, `paced`, or `either`: whoever starts a mock chooses. Null is free.
    delivery: Option<Value<&'static str>>,
    blueprint: Value<Vec<SlotShape>>,
}

/// One place of a blueprint.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotShape {
    levels: Vec<&'static str>,
    comprehension: u32,
    lexical_grammar: u32,
}

/// A level's cut score.
#[derive(Debug, Serialize, ToSchema)]
pub struct Threshold {
    level: &'static str,
    from_percent: Value<u32>,
}

/// How often a mock may be sat.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retake {
    /// Retakes after the first attempt.
    retakes: Value<u32>,
    /// The window in calendar days.
    days: Value<u32>,
    zone: Value<String>,
}

/// What a level brings in the assessment of immigration potential.
#[derive(Debug, Serialize, ToSchema)]
pub struct Points {
    level: &'static str,
    points: Value<u32>,
}

pub(super) fn value<T, U: ToSchema>(sourced: &Sourced<T>, shape: impl Fn(&T) -> U) -> Value<U> {
    Value {
        value: shape(&sourced.value),
        basis: sourced.basis.as_str(),
        source: sourced.source.clone(),
        note: sourced.note.clone(),
    }
}

pub(super) fn number(sourced: &Sourced<u32>) -> Value<u32> {
    value(sourced, |number| *number)
}

pub(super) fn texts(text: &Localised) -> Texts {
    Texts {
        en: text.en.clone(),
        ru: text.ru.clone(),
        kk: text.kk.clone(),
    }
}

fn slot(slot: &Slot) -> SlotShape {
    SlotShape {
        levels: slot.levels.iter().map(|level| level.as_str()).collect(),
        comprehension: slot.comprehension,
        lexical_grammar: slot.lexical_grammar,
    }
}

fn shape(rules: &RuleSet, default: &RuleId) -> Rules {
    Rules {
        id: rules.id.to_string(),
        title: texts(&rules.title),
        summary: texts(&rules.summary),
        default: rules.id == *default,
        effective_from: value(&rules.effective_from, |day| day.to_string()),
        effective_until: rules
            .effective_until
            .as_ref()
            .map(|until| value(until, |day| day.to_string())),
        required_level: value(&rules.required_level, |level| level.as_str()),
        each_section: value(&rules.each_section, |each| *each),
        sections: rules
            .sections
            .iter()
            .map(|section| SectionRules {
                name: section.name.as_str(),
                items: number(&section.items),
                minutes: number(&section.minutes),
                plays: section.plays.as_ref().map(number),
                answering_seconds: section.answering_seconds.as_ref().map(number),
                delivery: section
                    .delivery
                    .as_ref()
                    .map(|delivery| value(delivery, |offered| offered.as_str())),
                blueprint: value(&section.blueprint, |slots| slots.iter().map(slot).collect()),
            })
            .collect(),
        break_minutes: number(&rules.break_minutes),
        thresholds: rules
            .bands
            .iter()
            .map(|band| Threshold {
                level: band.level.as_str(),
                from_percent: number(&band.from_percent),
            })
            .collect(),
        retake: Retake {
            retakes: number(&rules.retake.retakes),
            days: number(&rules.retake.days),
            zone: value(&rules.retake.zone, |zone| zone.name().to_owned()),
        },
        result_days: number(&rules.result_days),
        certificate_months: number(&rules.certificate_months),
        kazakh_points: rules
            .kazakh_points
            .iter()
            .map(|(level, points)| Points {
                level: level.as_str(),
                points: number(points),
            })
            .collect(),
        notice: "Synaq is independent of the National Testing Center.",
    }
}

/// Every rule set.
#[utoipa::path(get, path = "/rules", tag = "rules", security(()), responses((status = 200, body = Vec<Rules>)))]
pub async fn list(State(app): State<App>) -> Json<Vec<Rules>> {
    let default = &app.exam.settings().default_rule;
    Json(
        app.exam
            .content()
            .rules
            .values()
            .map(|rules| shape(rules, default))
            .collect(),
    )
}

/// One rule set.
#[utoipa::path(get, path = "/rules/{id}", tag = "rules", security(()), params(("id" = String, Path)), responses(
    (status = 200, body = Rules),
    NotFound,
))]
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Rules>, Problem> {
    let rules = app.exam.rules(Some(&RuleId::new(id))).map_err(|failure| {
        Problem::new(
            axum::http::StatusCode::NOT_FOUND,
            "unknown-rule",
            "There is no such rule set",
            failure,
        )
    })?;
    Ok(Json(shape(&rules, &app.exam.settings().default_rule)))
}
