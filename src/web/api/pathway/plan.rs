//! A plan as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{NOTICE, RegionShape, Stated, Words, region, stated, words};
use crate::domain::{
    calendar::Doubt,
    pathway::{
        documents::DocumentPlan,
        resubmission::{Opening, Opens},
        timeline::{Step, StepKind},
    },
    rules::Basis,
};
use crate::service::{PathwayInForce, Plan};

/// A plan. Days are texts such as `2026-11-22`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanShape {
    today: String,
    /// The table.
    table: String,
    /// The rule set of the test.
    rule: String,
    procedure: ProcedurePlan,
    timeline: Vec<TimelineStep>,
    /// The day of submission for which documents are planned.
    submission: Option<String>,
    /// Empty where no day of submission is known.
    documents: Vec<DocumentPlanShape>,
    resubmission: Vec<OpeningShape>,
    /// Which of the refusals, from 1, were submitted before they were open.
    submitted_early: Vec<usize>,
    /// What the retake limit says today of the tests that were sent.
    retake: Option<RetakeShape>,
    funds: Option<AmountShape>,
    notice: &'static str,
}

/// Which procedure, and what it needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedurePlan {
    id: String,
    title: Words,
    /// Others that are open as well.
    others: Vec<String>,
    test: Stated<bool>,
    certificate: Stated<bool>,
    because: Vec<Stated<Words>>,
    region: Option<RegionShape>,
}

/// A day of the timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineStep {
    /// `test`, `result-by`, `questionnaire`, `review-by`, `notification`, `submission`, `decision-by`,
    /// `notification-ends`, `test-ends`.
    step: &'static str,
    day: String,
    /// `entered`, `counted` by a rule, or `earliest`: taken to be the earliest possible.
    origin: &'static str,
    /// `published` or `assumed`; none for what was entered.
    basis: Option<&'static str>,
    /// The source of the rule by which it was counted.
    source: Option<String>,
    /// `after-pilot`, `after-test`, `after-notification`, `too-soon`, `tight`, `day-off`.
    flags: Vec<&'static str>,
    /// What the calendar does not know; empty where the count is certain.
    doubts: Vec<DoubtShape>,
}

/// What the calendar does not know.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoubtShape {
    year: i32,
    /// A day off of that year without a known date; none where the calendar does not cover the year.
    day: Option<Words>,
}

/// A document in the plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentPlanShape {
    id: String,
    required: bool,
    earliest: Option<String>,
    latest: String,
    /// The day up to which a term must run.
    runs_until: Option<String>,
    /// The last day of the one that was entered.
    expires: Option<String>,
    /// `any-time`, `too-early`, `obtain-now`, `submission-past`, `valid`, `will-have-expired`, `after-submission`,
    /// `must-run`, `ends-too-early`.
    state: &'static str,
    /// Days are counted by this reading.
    basis: &'static str,
    source: String,
}

/// The opening of a re-submission.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpeningShape {
    /// 1 is the first re-submission.
    number: usize,
    after_months: Stated<u32>,
    from: Stated<String>,
    /// The first day.
    opens: Option<String>,
    /// Where the one before is not refused yet: not before this day.
    not_before: Option<String>,
    /// Whether the day of the previous submission is needed to say.
    needs_submission: bool,
    /// The day by another reading, from the first refusal.
    other_reading: Option<String>,
}

/// What the retake limit says.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetakeShape {
    allowed: bool,
    /// Tests still allowed today.
    left: u32,
    /// The first day of the next one, where the limit is reached.
    next_allowed: Option<String>,
    basis: &'static str,
    source: String,
}

/// The funds in tenge.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmountShape {
    tenge: u64,
    indexes: Stated<u32>,
    index: Stated<u32>,
    /// Whether the index is that of the year asked for.
    of_the_year: bool,
}

fn step(in_force: &PathwayInForce, step: &Step) -> TimelineStep {
    let (table, rules) = (&in_force.table, &in_force.rules);
    let reading = &table.timeline_reading.sourced;
    let (stated, source) = match step.kind {
        StepKind::ResultBy => (rules.result_days.basis, &rules.result_days.source),
        StepKind::TestEnds => (
            rules.certificate_months.basis,
            &rules.certificate_months.source,
        ),
        StepKind::ReviewBy => {
            let days = &table.spans.review_working_days.sourced;
            (days.basis, &days.source)
        }
        StepKind::DecisionBy => {
            let days = &table.spans.decision_days.sourced;
            (days.basis, &days.source)
        }
        StepKind::NotificationEnds => {
            let months = &table.spans.notification_months.sourced;
            (months.basis, &months.source)
        }
        StepKind::Test
        | StepKind::Questionnaire
        | StepKind::Notification
        | StepKind::Submission => (reading.basis, &reading.source),
    };
    let basis = step.basis(stated);
    TimelineStep {
        step: step.kind.as_str(),
        day: step.day.to_string(),
        origin: step.origin.as_str(),
        basis: basis.map(Basis::as_str),
        source: basis.map(|_| source.clone()),
        flags: step.flags.iter().map(|flag| flag.as_str()).collect(),
        doubts: step
            .doubts
            .iter()
            .map(|doubt| match doubt {
                Doubt::Uncovered(year) => DoubtShape {
                    year: *year,
                    day: None,
                },
                Doubt::Unknown { year, what } => DoubtShape {
                    year: *year,
                    day: Some(words(what)),
                },
            })
            .collect(),
    }
}

fn document(in_force: &PathwayInForce, planned: &DocumentPlan<'_>) -> DocumentPlanShape {
    let text = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let reading = &in_force.table.validity_reading.sourced;
    DocumentPlanShape {
        id: planned.document.id.clone(),
        required: planned.required,
        earliest: text(planned.earliest),
        latest: planned.latest.to_string(),
        runs_until: text(planned.runs_until),
        expires: text(planned.expires),
        state: planned.state.as_str(),
        basis: reading.basis.as_str(),
        source: reading.source.clone(),
    }
}

fn opening(opening: &Opening<'_>) -> OpeningShape {
    let (opens, not_before) = match opening.opens {
        Opens::On(day) => (Some(day), None),
        Opens::NotBefore(day) => (None, Some(day)),
        Opens::NeedsSubmission => (None, None),
    };
    OpeningShape {
        number: opening.number,
        after_months: stated(&opening.step.after_months, |months| *months),
        from: stated(&opening.step.from, |from| from.as_str().to_owned()),
        opens: opens.map(|day| day.to_string()),
        not_before: not_before.map(|day| day.to_string()),
        needs_submission: opening.opens == Opens::NeedsSubmission,
        other_reading: opening.other_reading.map(|day| day.to_string()),
    }
}

pub(super) fn shape(in_force: &PathwayInForce, plan: &Plan<'_>) -> PlanShape {
    let verdict = &plan.verdict;
    let retakes = &in_force.rules.retake.retakes;
    PlanShape {
        today: in_force.today.to_string(),
        table: in_force.table.id.clone(),
        rule: in_force.rules.id.to_string(),
        procedure: ProcedurePlan {
            id: verdict.procedure.id.clone(),
            title: words(&verdict.procedure.title),
            others: verdict
                .others
                .iter()
                .map(|other| other.id.clone())
                .collect(),
            test: stated(verdict.needs.test, |needed| *needed),
            certificate: stated(verdict.needs.certificate, |needed| *needed),
            because: verdict
                .because
                .iter()
                .map(|question| stated(&question.reason, words))
                .collect(),
            region: plan.region.map(region),
        },
        timeline: plan
            .timeline
            .iter()
            .map(|one| step(in_force, one))
            .collect(),
        submission: plan.submission.map(|day| day.to_string()),
        documents: plan
            .documents
            .iter()
            .map(|planned| document(in_force, planned))
            .collect(),
        resubmission: plan.openings.iter().map(opening).collect(),
        submitted_early: plan.early_rounds.iter().map(|round| round + 1).collect(),
        retake: plan.retake.as_ref().map(|decision| RetakeShape {
            allowed: decision.is_ok(),
            left: decision.as_ref().map_or(0, |allowance| allowance.left),
            next_allowed: decision
                .as_ref()
                .err()
                .map(|reached| reached.next_allowed.to_string()),
            basis: retakes.basis.as_str(),
            source: retakes.source.clone(),
        }),
        funds: plan.funds.map(|amount| AmountShape {
            tenge: amount.tenge,
            indexes: stated(&in_force.table.funds.mci, |mci| *mci),
            index: stated(amount.mci, |mci| *mci),
            of_the_year: amount.of_the_year,
        }),
        notice: NOTICE,
    }
}
