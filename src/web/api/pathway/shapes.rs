//! The table as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    calendar::Calendar,
    pathway::{Dispute, Document, Procedure, Question, Region, Route, Span, Stage, Validity},
    rules::{Dated, Localised, Sourced},
};
use crate::service::PathwayInForce;

/// What every answer says.
pub(super) const NOTICE: &str = "Synaq is independent of the state. Nothing here is legal advice; what is assumed is \
                                 marked so.";

/// A value with where it comes from and since when it is in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Stated<T: ToSchema> {
    value: T,
    /// `published` or `assumed`.
    basis: &'static str,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Its first day.
    since: String,
    /// Its last day, where it is no longer in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// A text in the interface's languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Words {
    en: String,
    ru: String,
    kk: String,
}

/// The table in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct PathwayShape {
    id: String,
    title: Words,
    today: String,
    effective_from: Stated<String>,
    pilot_until: Stated<String>,
    pilot: Vec<Stated<Words>>,
    regions: Stated<Vec<RegionShape>>,
    procedures: Vec<ProcedureShape>,
    questions: Vec<QuestionShape>,
    stages: Vec<StageShape>,
    spans: SpansShape,
    visas: Vec<Stated<Words>>,
    documents: Vec<DocumentShape>,
    readings: ReadingsShape,
    resubmission: Vec<ResubmissionShape>,
    funds: FundsShape,
    disputes: Vec<DisputeShape>,
    routes: Vec<RouteShape>,
    calendar: CalendarShape,
    /// The rule set of the test.
    rule: String,
    notice: &'static str,
}

/// A region.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegionShape {
    id: String,
    title: Words,
    accepts: bool,
}

/// A procedure.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureShape {
    id: String,
    title: Words,
    /// Whether it applies where no question leads to another.
    standard: bool,
    test: Stated<bool>,
    certificate: Stated<bool>,
    points: Vec<Stated<Words>>,
}

/// A circumstance and what it leads to.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionShape {
    id: String,
    text: Words,
    reason: Stated<Words>,
    procedure: Option<String>,
    test: Option<Stated<bool>>,
    certificate: Option<Stated<bool>>,
}

/// A stage.
#[derive(Debug, Serialize, ToSchema)]
pub struct StageShape {
    title: Words,
    text: Stated<Words>,
    /// `result`, `review`, `notification` or `decision`.
    span: Option<&'static str>,
}

/// How long things take and last.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpansShape {
    result_working_days: Stated<u32>,
    review_working_days: Stated<u32>,
    notification_months: Stated<u32>,
    decision_days: Stated<u32>,
    certificate_months: Stated<u32>,
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentShape {
    id: String,
    title: Words,
    detail: Option<Stated<Words>>,
    /// None where no source states one.
    validity: Option<Stated<ValidityShape>>,
    /// Procedures that do not ask for it.
    not_for: Option<Stated<Vec<String>>>,
    /// Whether it is the certificate of the assessment.
    certificate: bool,
}

/// How long a document is valid.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ValidityShape {
    /// `days` or `months` from the day of issue, or `runs-months`: the term that it must have.
    unit: &'static str,
    n: u32,
}

/// How spans are counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingsShape {
    documents: Stated<Words>,
    validity: Stated<Words>,
    timeline: Stated<Words>,
}

/// What must pass before a re-submission; the last one is that of every later one.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResubmissionShape {
    after_months: Stated<u32>,
    /// `refusal` or `submission`.
    from: Stated<String>,
}

/// The funds.
#[derive(Debug, Serialize, ToSchema)]
pub struct FundsShape {
    mci: Stated<u32>,
    /// Tenge, each since the first day of its year.
    years: Vec<Stated<u32>>,
    /// What is taken for a year whose MCI is not known.
    reading: Stated<Words>,
    rounded: Stated<Words>,
}

/// What the sources do not agree on.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputeShape {
    title: Words,
    readings: Vec<Stated<Words>>,
    ours: Stated<Words>,
}

/// A neighbouring route, or superseded rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteShape {
    id: String,
    title: Words,
    superseded: bool,
    points: Vec<Stated<Words>>,
}

/// Working days.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarShape {
    id: String,
    zone: Stated<String>,
    weekend: Stated<Vec<String>>,
    years: Vec<YearShape>,
    days_off: Vec<DayOffShape>,
}

/// A year that the calendar covers.
#[derive(Debug, Serialize, ToSchema)]
pub struct YearShape {
    year: Stated<i32>,
    /// Days off whose date is not known yet.
    unknown: Vec<Stated<Words>>,
}

/// A day off besides the weekends.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayOffShape {
    date: Stated<String>,
    title: Words,
    /// The holiday on a day off for which this working day is off.
    moved_from: Option<String>,
}

pub(super) fn words(text: &Localised) -> Words {
    Words {
        en: text.en.clone(),
        ru: text.ru.clone(),
        kk: text.kk.clone().unwrap_or_else(|| text.ru.clone()),
    }
}

pub(super) fn stated<T, U: ToSchema>(dated: &Dated<T>, shape: impl Fn(&T) -> U) -> Stated<U> {
    Stated {
        until: dated.until.map(|day| day.to_string()),
        ..sourced(&dated.sourced, dated.since, shape)
    }
}

pub(super) fn sourced<T, U: ToSchema>(
    sourced: &Sourced<T>,
    since: chrono::NaiveDate,
    shape: impl Fn(&T) -> U,
) -> Stated<U> {
    Stated {
        value: shape(&sourced.value),
        basis: sourced.basis.as_str(),
        source: sourced.source.clone(),
        note: sourced.note.clone(),
        since: since.to_string(),
        until: None,
    }
}

fn copied<T: Copy + ToSchema>(dated: &Dated<T>) -> Stated<T> {
    stated(dated, |value| *value)
}

fn texts(list: &[Dated<Localised>]) -> Vec<Stated<Words>> {
    list.iter().map(|text| stated(text, words)).collect()
}

pub(super) fn region(region: &Region) -> RegionShape {
    RegionShape {
        id: region.id.clone(),
        title: words(&region.title),
        accepts: region.accepts,
    }
}

fn procedure(procedure: &Procedure) -> ProcedureShape {
    ProcedureShape {
        id: procedure.id.clone(),
        title: words(&procedure.title),
        standard: procedure.standard,
        test: copied(&procedure.test),
        certificate: copied(&procedure.certificate),
        points: texts(&procedure.points),
    }
}

fn question(question: &Question) -> QuestionShape {
    QuestionShape {
        id: question.id.clone(),
        text: words(&question.text),
        reason: stated(&question.reason, words),
        procedure: question.procedure.clone(),
        test: question.test.as_ref().map(copied),
        certificate: question.certificate.as_ref().map(copied),
    }
}

fn stage(stage: &Stage) -> StageShape {
    let name = |span: Span| Span::NAMES.iter().find(|(_, known)| *known == span);
    StageShape {
        title: words(&stage.title),
        text: stated(&stage.text, words),
        span: stage.span.and_then(name).map(|(name, _)| *name),
    }
}

fn validity(validity: &Validity) -> ValidityShape {
    let (unit, n) = match *validity {
        Validity::Days(n) => ("days", n),
        Validity::Months(n) => ("months", n),
        Validity::RunsMonths(n) => ("runs-months", n),
    };
    ValidityShape { unit, n }
}

fn document(in_force: &PathwayInForce, document: &Document) -> DocumentShape {
    DocumentShape {
        id: document.id.clone(),
        title: words(&document.title),
        detail: document.detail.as_ref().map(|text| stated(text, words)),
        validity: in_force
            .table
            .validity(document)
            .map(|dated| stated(&dated, validity)),
        not_for: document
            .not_for
            .as_ref()
            .map(|not_for| stated(not_for, Clone::clone)),
        certificate: document.certificate,
    }
}

fn dispute(dispute: &Dispute) -> DisputeShape {
    DisputeShape {
        title: words(&dispute.title),
        readings: texts(&dispute.readings),
        ours: stated(&dispute.ours, words),
    }
}

fn route(route: &Route) -> RouteShape {
    RouteShape {
        id: route.id.clone(),
        title: words(&route.title),
        superseded: route.superseded,
        points: texts(&route.points),
    }
}

fn calendar(calendar: &Calendar) -> CalendarShape {
    CalendarShape {
        id: calendar.id.clone(),
        zone: stated(&calendar.zone, |zone| zone.name().to_owned()),
        weekend: stated(&calendar.weekend, |days| {
            days.iter().map(ToString::to_string).collect()
        }),
        years: calendar
            .years
            .values()
            .map(|year| {
                let since = year.first_day();
                YearShape {
                    year: sourced(&year.year, since, |number| *number),
                    unknown: year
                        .unknown
                        .iter()
                        .map(|unknown| sourced(unknown, since, words))
                        .collect(),
                }
            })
            .collect(),
        days_off: calendar
            .days_off
            .values()
            .map(|day| DayOffShape {
                date: sourced(&day.date, day.since(), ToString::to_string),
                title: words(&day.title),
                moved_from: day.moved_from.map(|from| from.to_string()),
            })
            .collect(),
    }
}

pub(super) fn shape(in_force: &PathwayInForce) -> PathwayShape {
    let table = &in_force.table;
    let rules = &in_force.rules;
    let since = rules.effective_from.value;
    let from = table.effective_from.value;
    PathwayShape {
        id: table.id.clone(),
        title: words(&table.title),
        today: in_force.today.to_string(),
        effective_from: sourced(&table.effective_from, from, ToString::to_string),
        pilot_until: stated(&table.pilot_until, ToString::to_string),
        pilot: texts(&table.pilot),
        regions: stated(&table.regions, |regions| {
            regions.iter().map(region).collect()
        }),
        procedures: table.procedures.iter().map(procedure).collect(),
        questions: table.questions.iter().map(question).collect(),
        stages: table.stages.iter().map(stage).collect(),
        spans: SpansShape {
            result_working_days: sourced(&rules.result_days, since, |n| *n),
            review_working_days: copied(&table.spans.review_working_days),
            notification_months: copied(&table.spans.notification_months),
            decision_days: copied(&table.spans.decision_days),
            certificate_months: sourced(&rules.certificate_months, since, |n| *n),
        },
        visas: texts(&table.visas),
        documents: table
            .documents
            .iter()
            .map(|one| document(in_force, one))
            .collect(),
        readings: ReadingsShape {
            documents: stated(&table.documents_source, words),
            validity: stated(&table.validity_reading, words),
            timeline: stated(&table.timeline_reading, words),
        },
        resubmission: table
            .resubmission
            .iter()
            .map(|step| ResubmissionShape {
                after_months: copied(&step.after_months),
                from: stated(&step.from, |from| from.as_str().to_owned()),
            })
            .collect(),
        funds: FundsShape {
            mci: copied(&table.funds.mci),
            years: table.funds.years.iter().map(copied).collect(),
            reading: stated(&table.funds.reading, words),
            rounded: stated(&table.funds.rounded, words),
        },
        disputes: table.disputes.iter().map(dispute).collect(),
        routes: table.routes.iter().map(route).collect(),
        calendar: calendar(&in_force.calendar),
        rule: rules.id.to_string(),
        notice: NOTICE,
    }
}
