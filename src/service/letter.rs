//! A letter about one finished attempt, for a parent or an employer: what was sat, under which rule and conditions, and
//! what it came to. It holds no question and no key.

use std::sync::Arc;

use super::{AttemptResult, Exam, Failure};
use crate::domain::{
    access::Act,
    assignment::Assignment,
    attempt::State,
    id::{AssignmentId, AttemptId, is_slug},
    rules::{RuleSet, Section},
    school::{Group, School},
};
use crate::store::Account;

/// What a letter says.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The school that writes it.
    pub school: School,
    /// The learner's group.
    pub group: Group,
    /// What was given.
    pub assignment: Assignment,
    /// The learner's name.
    pub name: String,
    /// The rule set of the attempt.
    pub rules: Arc<RuleSet>,
    /// What it came to, without its questions.
    pub result: AttemptResult,
    /// Under which conditions each section was sat.
    pub conditions: Vec<Conditions>,
}

/// The conditions of a section, as this attempt had them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    /// Which section.
    pub section: Section,
    /// Its time in milliseconds, with what the school granted; none without a limit.
    pub limit_ms: Option<i64>,
    /// How often each recording could be played; none without a limit, or without recordings.
    pub plays: Option<u32>,
}

impl Exam {
    /// The letter about a finished attempt for an assignment, for those who teach.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for an attempt that was not made for this assignment; [`Failure::NotAllowed`],
    /// [`Failure::NotFinished`], [`Failure::UnknownRule`].
    pub async fn letter(
        &self,
        who: &Account,
        id: &AssignmentId,
        attempt: &AttemptId,
    ) -> Result<Letter, Failure> {
        let (school, group, assignment, learner) = {
            let mut conn = self.store.read().await?;
            let (school, group, assignment, _) = self
                .assignment_for(&mut conn, who, id, Act::SeeResults)
                .await?;
            let learner = match is_slug(attempt.as_str()) {
                true => conn.learner_of_attempt(id, attempt).await?,
                false => None,
            };
            (school, group, assignment, learner)
        };
        let (learner, name) = learner.ok_or(Failure::NothingHere)?;
        let attempt = self.load(&learner, attempt).await?.attempt;
        let State::Finished { at } = attempt.state else {
            return Err(Failure::NotFinished);
        };
        let rules = self.rules(Some(&attempt.rule))?;
        let sections = &attempt.form.sections;
        Ok(Letter {
            result: self.result_of(&attempt, &rules, at, None).await?,
            conditions: sections
                .iter()
                .enumerate()
                .map(|(index, section)| Conditions {
                    section: section.name,
                    limit_ms: attempt.limit_ms(index),
                    plays: match attempt.track.as_ref().filter(|_| section.plays.is_some()) {
                        Some(plan) => Some(plan.plays),
                        None => attempt.plays(index),
                    },
                })
                .collect(),
            school,
            group,
            assignment,
            name,
            rules,
        })
    }
}
