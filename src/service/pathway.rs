//! The way to a residence permit: the tables in force, and a plan for somebody's days.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{Exam, Failure};
use crate::domain::{
    calendar::Calendar,
    pathway::{
        Amount, Pathway, Region,
        documents::{self, DocumentPlan},
        procedure::{self, Verdict},
        resubmission::{self, Opening, Round, RoundFault},
        timeline::{self, Entered, Step, StepKind},
    },
    retake::{self, Allowance, LimitReached},
    rules::RuleSet,
};

/// What is in force today.
#[derive(Debug, Clone)]
pub struct PathwayInForce {
    /// The table: the newest that applies.
    pub table: Arc<Pathway>,
    /// Working days.
    pub calendar: Arc<Calendar>,
    /// The rule set of the test.
    pub rules: Arc<RuleSet>,
    /// Today, in the calendar's zone.
    pub today: NaiveDate,
}

/// What somebody enters: days, and which circumstances are theirs. Nothing of it is kept.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// Ids of the table's questions that are answered with yes.
    pub circumstances: Vec<String>,
    /// The id of a region.
    pub region: Option<String>,
    /// Days of the way.
    pub entered: Entered,
    /// The day of issue of documents by their ids; of a term, its last day.
    pub documents: Vec<(String, NaiveDate)>,
    /// Submissions that were refused, the first one first.
    pub rounds: Vec<Round>,
    /// Days of tests already sat.
    pub tests: Vec<NaiveDate>,
}

/// Why a situation has no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SituationFault {
    /// A name that the table does not have.
    #[error("“{name}” is not one of {known}")]
    Unknown {
        /// The field.
        field: &'static str,
        /// The name.
        name: String,
        /// Those that the table has.
        known: String,
    },
    /// The rounds do not follow each other.
    #[error(transparent)]
    Rounds(#[from] RoundFault),
}

/// A plan.
#[derive(Debug, Clone)]
pub struct Plan<'t> {
    /// Which procedure, and what it needs.
    pub verdict: Verdict<'t>,
    /// The region.
    pub region: Option<&'t Region>,
    /// Days in the order of the way.
    pub timeline: Vec<Step>,
    /// The day of submission for which documents are planned: the one entered, else the timeline's.
    pub submission: Option<NaiveDate>,
    /// The checklist; empty where no day of submission is known.
    pub documents: Vec<DocumentPlan<'t>>,
    /// The openings of re-submissions.
    pub openings: Vec<Opening<'t>>,
    /// Rounds, from 0, that were submitted before they were open.
    pub early_rounds: Vec<usize>,
    /// What the retake limit says today of the tests entered; none where none was.
    pub retake: Option<Result<Allowance, LimitReached>>,
    /// What must be on the account on the day of submission, or today.
    pub funds: Option<Amount<'t>>,
}

impl Exam {
    /// The table, the calendar and the rule set in force by the service's clock.
    ///
    /// # Errors
    /// [`Failure::NoPathway`] where the content has no calendar or no table that applies; [`Failure::UnknownRule`].
    pub fn pathway(&self) -> Result<PathwayInForce, Failure> {
        // A country has one calendar; of several, the first by name.
        let calendar = self.content.calendars.values().next();
        let calendar = calendar.cloned().ok_or(Failure::NoPathway)?;
        let today = calendar.day_of(self.clock.now());
        let table = self
            .content
            .pathways
            .values()
            .filter(|table| table.effective_from.value <= today)
            .max_by_key(|table| table.effective_from.value)
            .cloned()
            .ok_or(Failure::NoPathway)?;
        Ok(PathwayInForce {
            table,
            calendar,
            rules: self.rules(None)?,
            today,
        })
    }
}

impl PathwayInForce {
    /// Plans for a situation.
    ///
    /// # Errors
    /// [`SituationFault`].
    pub fn plan(&self, situation: &Situation) -> Result<Plan<'_>, SituationFault> {
        let table = &*self.table;
        self.check(situation)?;
        let verdict = procedure::decide(table, &situation.circumstances).ok_or_else(|| {
            // The loader lets no table pass without a standard procedure.
            SituationFault::Unknown {
                field: "procedure",
                name: String::new(),
                known: String::new(),
            }
        })?;
        let timeline = timeline::plan(table, &self.calendar, &self.rules, &situation.entered);
        let submission = timeline
            .iter()
            .find(|step| step.kind == StepKind::Submission)
            .map(|step| step.day);
        let days = self.document_days(situation, &timeline);
        let documents = submission.map_or_else(Vec::new, |day| {
            documents::plan(table, &verdict, day, self.today, &days)
        });
        let tested = !situation.tests.is_empty();
        Ok(Plan {
            region: table
                .regions
                .value()
                .iter()
                .find(|region| Some(&region.id) == situation.region.as_ref()),
            timeline,
            submission,
            documents,
            openings: resubmission::plan(table, &situation.rounds),
            early_rounds: resubmission::too_early(table, &situation.rounds),
            retake: tested
                .then(|| retake::decide_on(&self.rules.retake, &situation.tests, self.today)),
            funds: table.funds.on(submission.unwrap_or(self.today)),
            verdict,
        })
    }

    /// The days of documents: those entered, and for the certificate of the assessment, where none was, the day of the
    /// timeline's notification.
    fn document_days(&self, situation: &Situation, timeline: &[Step]) -> Vec<(String, NaiveDate)> {
        let mut days = situation.documents.clone();
        let notification = timeline
            .iter()
            .find(|step| step.kind == StepKind::Notification);
        let certificate = self.table.documents.iter().find(|one| one.certificate);
        if let (Some(step), Some(document)) = (notification, certificate)
            && !days.iter().any(|(id, _)| *id == document.id)
        {
            days.push((document.id.clone(), step.day));
        }
        days
    }

    fn check(&self, situation: &Situation) -> Result<(), SituationFault> {
        let table = &*self.table;
        let questions = table.questions.iter().map(|question| &question.id);
        known(
            "circumstances",
            situation.circumstances.iter(),
            &questions.collect::<Vec<_>>(),
        )?;
        let regions = table.regions.value().iter().map(|region| &region.id);
        known(
            "region",
            situation.region.iter(),
            &regions.collect::<Vec<_>>(),
        )?;
        let documents = table.documents.iter().map(|document| &document.id);
        known(
            "documents",
            situation.documents.iter().map(|(id, _)| id),
            &documents.collect::<Vec<_>>(),
        )?;
        resubmission::check(&situation.rounds)?;
        Ok(())
    }
}

fn known<'s>(
    field: &'static str,
    mut names: impl Iterator<Item = &'s String>,
    known: &[&String],
) -> Result<(), SituationFault> {
    match names.find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => Err(SituationFault::Unknown {
            field,
            name: name.clone(),
            known: known
                .iter()
                .map(|name| name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}
