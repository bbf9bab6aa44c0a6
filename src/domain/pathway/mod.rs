//! The way to a residence permit: which procedure, which documents when, what after a refusal, what follows a test day.
//!
//! The table is data (`content/pathway`); the planners beside it are pure functions of the table, the calendar and the
//! days that somebody enters. A day that a planner gives is never more certain than the rule it rests on, so each result
//! names its rule and what the calendar does not know.

use chrono::{Datelike, NaiveDate};

use super::rules::{Dated, Localised, Sourced};

pub mod documents;
pub mod procedure;
pub mod resubmission;
pub mod timeline;

/// A dated table of the way to a residence permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pathway {
    /// Its name in files and in the API.
    pub id: String,
    /// A short title.
    pub title: Localised,
    /// The first day it applies.
    pub effective_from: Sourced<NaiveDate>,
    /// The last day of the pilot.
    pub pilot_until: Dated<NaiveDate>,
    /// What is to be known of the pilot.
    pub pilot: Vec<Dated<Localised>>,
    /// Where applications are accepted.
    pub regions: Dated<Vec<Region>>,
    /// The procedures; exactly one is the standard one.
    pub procedures: Vec<Procedure>,
    /// What decides among the procedures and about exemptions, the weightiest first.
    pub questions: Vec<Question>,
    /// Stages in order.
    pub stages: Vec<Stage>,
    /// How long things take and last.
    pub spans: Spans,
    /// Visas, in words.
    pub visas: Vec<Dated<Localised>>,
    /// The checklist.
    pub documents: Vec<Document>,
    /// Where the checklist comes from.
    pub documents_source: Dated<Localised>,
    /// How a validity is counted.
    pub validity_reading: Dated<Localised>,
    /// How the timeline takes a day that nobody entered.
    pub timeline_reading: Dated<Localised>,
    /// What must pass before each re-submission; the last step is that of every later one. At least one.
    pub resubmission: Vec<ResubmissionStep>,
    /// What must be on the account.
    pub funds: Funds,
    /// What the sources do not agree on.
    pub disputes: Vec<Dispute>,
    /// Neighbouring routes and superseded rules.
    pub routes: Vec<Route>,
}

/// A region of the country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its name in forms and in the API.
    pub id: String,
    /// Its name for people.
    pub title: Localised,
    /// Whether applications are accepted there.
    pub accepts: bool,
}

/// One of the procedures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// Its name in the API.
    pub id: String,
    /// Its name for people.
    pub title: Localised,
    /// Whether it applies where no question leads to another.
    pub standard: bool,
    /// Whether it needs the Kazakh test.
    pub test: Dated<bool>,
    /// Whether it needs the certificate of the assessment.
    pub certificate: Dated<bool>,
    /// What distinguishes it.
    pub points: Vec<Dated<Localised>>,
}

/// A circumstance that may be somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its name in forms and in the API.
    pub id: String,
    /// The circumstance, as its owner would say it.
    pub text: Localised,
    /// What follows from it.
    pub reason: Dated<Localised>,
    /// The procedure that it opens.
    pub procedure: Option<String>,
    /// What it says of the test.
    pub test: Option<Dated<bool>>,
    /// What it says of the certificate.
    pub certificate: Option<Dated<bool>>,
}

/// A stage of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its name.
    pub title: Localised,
    /// What happens in it.
    pub text: Dated<Localised>,
    /// The span of time that belongs to it.
    pub span: Option<Span>,
}

/// A span of time that the rules state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The test's result: working days, stated by the rule set.
    Result,
    /// The review of the questionnaire: working days.
    Review,
    /// How long the notification is valid: months.
    Notification,
    /// The decision on the documents: calendar days.
    Decision,
}

impl Span {
    /// Every span by its name in files.
    pub const NAMES: [(&'static str, Span); 4] = [
        ("result", Span::Result),
        ("review", Span::Review),
        ("notification", Span::Notification),
        ("decision", Span::Decision),
    ];
}

/// How long things take and last, besides what the rule set of the test states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spans {
    /// Working days within which the questionnaire is reviewed.
    pub review_working_days: Dated<u32>,
    /// Months for which the notification is valid.
    pub notification_months: Dated<u32>,
    /// Calendar days from the registration of the documents to the decision.
    pub decision_days: Dated<u32>,
}

/// A document of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name in forms and in the API.
    pub id: String,
    /// Its name for people.
    pub title: Localised,
    /// What else is asked of it.
    pub detail: Option<Dated<Localised>>,
    /// How long it is valid, where a source says so.
    pub validity: Option<Dated<Validity>>,
    /// Procedures that do not ask for it.
    pub not_for: Option<Dated<Vec<String>>>,
    /// Whether it is the certificate of the assessment, which not everybody needs.
    pub certificate: bool,
}

/// How long a document is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Calendar days after the day of issue.
    Days(u32),
    /// Months after the day of issue.
    Months(u32),
    /// The term it must have: months that it must still run from the day of submission.
    RunsMonths(u32),
}

/// What must pass before a re-submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResubmissionStep {
    /// Months.
    pub after_months: Dated<u32>,
    /// From what they are counted.
    pub from: Dated<CountedFrom>,
}

/// From what the months before a re-submission are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedFrom {
    /// The refusal.
    Refusal,
    /// The previous submission.
    Submission,
}

impl CountedFrom {
    /// `refusal` or `submission`.
    pub fn as_str(self) -> &'static str {
        match self {
            CountedFrom::Refusal => "refusal",
            CountedFrom::Submission => "submission",
        }
    }
}

/// What must be on the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funds {
    /// In monthly calculation indexes (MCI).
    pub mci: Dated<u32>,
    /// What one MCI is in tenge, each from the first day of its year on; at least one, rising years.
    pub years: Vec<Dated<u32>>,
    /// What is taken for a year whose MCI is not known.
    pub reading: Dated<Localised>,
    /// The rounded sum that another source gives.
    pub rounded: Dated<Localised>,
}

/// A sum of money with the MCI by which it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount<'t> {
    /// Tenge.
    pub tenge: u64,
    /// The MCI.
    pub mci: &'t Dated<u32>,
    /// Whether it is that of the year asked for: if not, the nearest year known.
    pub of_the_year: bool,
}

impl Funds {
    /// The funds in tenge by the MCI of the year of a day; by the latest known before it, where that year's is not known.
    pub fn on(&self, day: NaiveDate) -> Option<Amount<'_>> {
        let latest_before = self.years.iter().rev().find(|year| year.since <= day);
        let mci = latest_before.or_else(|| self.years.first())?;
        Some(Amount {
            tenge: u64::from(*self.mci.value()) * u64::from(*mci.value()),
            mci,
            of_the_year: mci.since.year() == day.year(),
        })
    }
}

/// A question on which the sources do not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The question.
    pub title: Localised,
    /// The readings, each with who gives it.
    pub readings: Vec<Dated<Localised>>,
    /// What we do with it.
    pub ours: Dated<Localised>,
}

/// Another route, or rules that no longer apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its name in the API.
    pub id: String,
    /// Its name for people.
    pub title: Localised,
    /// Whether these rules no longer apply.
    pub superseded: bool,
    /// What differs.
    pub points: Vec<Dated<Localised>>,
}

impl Pathway {
    /// The procedure that applies where no question leads to another.
    pub fn standard(&self) -> Option<&Procedure> {
        self.procedures.iter().find(|procedure| procedure.standard)
    }

    /// How long a document is valid; the certificate of the assessment as long as the notification.
    pub fn validity(&self, document: &Document) -> Option<Dated<Validity>> {
        if !document.certificate {
            return document.validity.clone();
        }
        let months = &self.spans.notification_months;
        Some(Dated {
            sourced: Sourced {
                value: Validity::Months(*months.value()),
                basis: months.sourced.basis,
                source: months.sourced.source.clone(),
                note: months.sourced.note.clone(),
            },
            since: months.since,
            until: months.until,
        })
    }
}
