//! When each document must be obtained for a planned day of submission.
//!
//! A document that is valid for n days (or months) after its day of issue must be issued so late that its last day is
//! not before the submission, and it must be there on the day of submission. The day of issue is not counted.

use chrono::NaiveDate;

use super::{Document, Pathway, Validity, procedure::Verdict};
use crate::domain::calendar::{add_days, add_months, months_before, sub_days};

/// A document's place in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentPlan<'t> {
    /// The document.
    pub document: &'t Document,
    /// Whether the verdict's procedure asks for it.
    pub required: bool,
    /// The earliest day of issue; none where no validity is stated.
    pub earliest: Option<NaiveDate>,
    /// The latest day to have it: that of the submission.
    pub latest: NaiveDate,
    /// A term that it must have: the day up to which it must run.
    pub runs_until: Option<NaiveDate>,
    /// The last day of the document that somebody has; for a term, the day that they entered.
    pub expires: Option<NaiveDate>,
    /// How it stands.
    pub state: State,
}

/// How a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No source says how long it is valid: any day up to the submission.
    AnyTime,
    /// Obtained today it would have expired by the submission: wait until the earliest day.
    TooEarly,
    /// It can be obtained from today on.
    ObtainNow,
    /// The planned day of submission is past.
    SubmissionPast,
    /// The one that somebody has is valid on the day of submission.
    Valid,
    /// The one that somebody has will have expired by the submission.
    WillHaveExpired,
    /// The day entered is after the submission: it would be too late.
    AfterSubmission,
    /// Its term must run up to a day: see `runs_until`.
    MustRun,
    /// The term entered ends too early.
    EndsTooEarly,
}

impl State {
    /// The word of the state in JSON and in the keys of the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            State::AnyTime => "any-time",
            State::TooEarly => "too-early",
            State::ObtainNow => "obtain-now",
            State::SubmissionPast => "submission-past",
            State::Valid => "valid",
            State::WillHaveExpired => "will-have-expired",
            State::AfterSubmission => "after-submission",
            State::MustRun => "must-run",
            State::EndsTooEarly => "ends-too-early",
        }
    }

    /// Whether something has to be done about it.
    pub fn is_warning(self) -> bool {
        matches!(
            self,
            State::SubmissionPast
                | State::WillHaveExpired
                | State::AfterSubmission
                | State::EndsTooEarly
        )
    }
}

/// The last day on which a document issued on a day may be used.
pub fn last_day(validity: Validity, issued: NaiveDate) -> NaiveDate {
    match validity {
        Validity::Days(days) => add_days(issued, days),
        Validity::Months(months) => add_months(issued, months),
        Validity::RunsMonths(_) => issued,
    }
}

/// Plans every document for a day of submission. `days` holds what somebody entered: the day of issue, or for a term
/// (`RunsMonths`) its last day.
pub fn plan<'t>(
    table: &'t Pathway,
    verdict: &Verdict<'_>,
    submission: NaiveDate,
    today: NaiveDate,
    days: &[(String, NaiveDate)],
) -> Vec<DocumentPlan<'t>> {
    table
        .documents
        .iter()
        .map(|document| {
            let entered = days
                .iter()
                .find(|(id, _)| *id == document.id)
                .map(|(_, day)| *day);
            let validity = table.validity(document).map(|validity| *validity.value());
            DocumentPlan {
                required: is_required(document, verdict),
                ..one(document, validity, submission, today, entered)
            }
        })
        .collect()
}

fn is_required(document: &Document, verdict: &Verdict<'_>) -> bool {
    let excused = document
        .not_for
        .as_ref()
        .is_some_and(|not_for| not_for.value().contains(&verdict.procedure.id));
    !excused && (!document.certificate || *verdict.needs.certificate.value())
}

fn one(
    document: &Document,
    validity: Option<Validity>,
    submission: NaiveDate,
    today: NaiveDate,
    entered: Option<NaiveDate>,
) -> DocumentPlan<'_> {
    let earliest = match validity {
        Some(Validity::Days(days)) => Some(sub_days(submission, days)),
        Some(Validity::Months(months)) => Some(months_before(submission, months)),
        Some(Validity::RunsMonths(_)) | None => None,
    };
    let runs_until = match validity {
        Some(Validity::RunsMonths(months)) => Some(add_months(submission, months)),
        _ => None,
    };
    let expires = entered
        .zip(validity)
        .map(|(day, validity)| last_day(validity, day));
    let state = match (entered, runs_until, expires) {
        (Some(end), Some(until), _) if end < until => State::EndsTooEarly,
        (Some(_), Some(_), _) => State::Valid,
        (Some(day), None, _) if day > submission => State::AfterSubmission,
        (Some(_), None, Some(last)) if last < submission => State::WillHaveExpired,
        (Some(_), None, _) => State::Valid,
        (None, _, _) if submission < today => State::SubmissionPast,
        (None, Some(_), _) => State::MustRun,
        (None, None, _) => match earliest {
            None => State::AnyTime,
            Some(earliest) if today < earliest => State::TooEarly,
            Some(_) => State::ObtainNow,
        },
    };
    DocumentPlan {
        document,
        required: true,
        earliest,
        latest: submission,
        runs_until,
        expires,
        state,
    }
}
