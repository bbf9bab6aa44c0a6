//! How a group did in an assignment: learners × sections, and one learner's finished attempt.

use std::collections::HashSet;

use super::{AttemptResult, Exam, Failure, withheld::Kept};
use crate::domain::{
    access::Act,
    accommodation::Accommodation,
    assignment::{Assignment, Work},
    attempt::State,
    id::{AssignmentId, AttemptId, LearnerId, is_slug},
    level::Level,
    rules::{RuleSet, Section},
    school::{Group, School},
    score::{self, SectionScore},
};
use crate::store::{Account, GradebookLine, GradedAttempt};

/// The table of an assignment.
#[derive(Debug, Clone)]
pub struct Gradebook {
    /// In which school.
    pub school: School,
    /// To which group it was given.
    pub group: Group,
    /// The assignment.
    pub assignment: Assignment,
    /// Its sections in order: the columns.
    pub sections: Vec<Section>,
    /// Learners by name, those who left the group after an attempt among them.
    pub rows: Vec<GradebookRow>,
}

/// Which of a learner's attempts a table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// The last one.
    #[default]
    Last,
    /// The finished one with the most right answers, of equals the last; the last one where none is finished.
    Best,
    /// The first one.
    First,
}

impl Shown {
    /// Every choice, in the order in which a page offers them.
    pub const ALL: [Shown; 3] = [Shown::Last, Shown::Best, Shown::First];

    /// `last`, `best` or `first`: the word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Shown::Last => "last",
            Shown::Best => "best",
            Shown::First => "first",
        }
    }

    /// The choice that a word names.
    pub fn of(word: &str) -> Option<Self> {
        Shown::ALL.into_iter().find(|shown| shown.as_str() == word)
    }
}

/// A learner's row.
#[derive(Debug, Clone)]
pub struct GradebookRow {
    /// Who.
    pub learner: LearnerId,
    /// Their name.
    pub name: String,
    /// Whether they are in the group (still).
    pub in_group: bool,
    /// Attempts made that neither lapsed nor were declared void.
    pub attempts: u32,
    /// Of their attempts that did not lapse the last one, or the one that was asked for; none before the first.
    pub last: Option<Grade>,
}

/// What an attempt came to.
#[derive(Debug, Clone)]
pub struct Grade {
    /// Which attempt.
    pub attempt: AttemptId,
    /// `ready`, `running`, `break`, `finished` or `voided`.
    pub state: String,
    /// When it was over.
    pub ended_at: Option<crate::domain::Timestamp>,
    /// The conditions under which it is sat.
    pub allowance: Accommodation,
    /// Section by section, once it is finished.
    pub sections: Vec<GradedSection>,
    /// The overall level of a finished mock, if it reached one.
    pub level: Option<Level>,
    /// Whether a finished mock passed.
    pub passed: Option<bool>,
}

/// What a section came to.
#[derive(Debug, Clone)]
pub struct GradedSection {
    /// Right answers, of how many.
    pub score: SectionScore,
    /// The level by band, in a mock.
    pub level: Option<Level>,
    /// Whether it reached the required level, in a mock.
    pub passed: Option<bool>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
}

/// One learner's finished attempt, as those who teach see it.
#[derive(Debug, Clone)]
pub struct AssignedResult {
    /// In which school.
    pub school: School,
    /// For which assignment.
    pub assignment: Assignment,
    /// The learner's name.
    pub name: String,
    /// What it came to, with the keys.
    pub result: AttemptResult,
}

impl Exam {
    /// How the group did: one query, however many learners.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::UnknownRule`] when the rule set's file is gone.
    pub async fn gradebook(&self, who: &Account, id: &AssignmentId) -> Result<Gradebook, Failure> {
        self.gradebook_of(who, id, Shown::Last).await
    }

    /// The same with another attempt of each learner.
    ///
    /// # Errors
    /// As for [`Exam::gradebook`].
    pub async fn gradebook_of(
        &self,
        who: &Account,
        id: &AssignmentId,
        shown: Shown,
    ) -> Result<Gradebook, Failure> {
        let mut conn = self.store.read().await?;
        let (school, group, assignment, _) = self
            .assignment_for(&mut conn, who, id, Act::SeeResults)
            .await?;
        let lines = conn.gradebook(id, &group.id).await?;
        let rules = match &assignment.work {
            Work::Mock { rule, .. } => Some(self.rules(Some(rule))?),
            Work::Practice(_) => None,
        };
        let sections = match (&assignment.work, &rules) {
            (Work::Practice(set), _) => vec![set.wish.section],
            (_, Some(rules)) => rules.sections.iter().map(|rule| rule.name).collect(),
            (_, None) => Vec::new(),
        };
        let rows = lines
            .into_iter()
            .map(|line| row(line, rules.as_deref(), shown))
            .collect();
        Ok(Gradebook {
            school,
            group,
            assignment,
            sections,
            rows,
        })
    }

    /// One learner's finished attempt for an assignment, with its keys, for those who teach.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for an attempt that was not made for this assignment; [`Failure::NotAllowed`],
    /// [`Failure::NotFinished`], [`Failure::UnknownRule`].
    pub async fn assigned_result(
        &self,
        who: &Account,
        id: &AssignmentId,
        attempt: &AttemptId,
    ) -> Result<AssignedResult, Failure> {
        let (school, assignment, learner) = {
            let mut conn = self.store.read().await?;
            let (school, _, assignment, _) = self
                .assignment_for(&mut conn, who, id, Act::SeeResults)
                .await?;
            let learner = match is_slug(attempt.as_str()) {
                true => conn.learner_of_attempt(id, attempt).await?,
                false => None,
            };
            (school, assignment, learner)
        };
        let (learner, name) = learner.ok_or(Failure::NothingHere)?;
        let attempt = self.load(&learner, attempt).await?.attempt;
        let State::Finished { at } = attempt.state else {
            return Err(Failure::NotFinished);
        };
        let rules = self.rules(Some(&attempt.rule))?;
        // Those who teach see what a school keeps back from its learners; what a running mock has stays closed to all.
        let kept = Kept {
            school: HashSet::new(),
            ..self.kept_from(&learner).await?
        };
        Ok(AssignedResult {
            school,
            assignment,
            name,
            result: self.result_of(&attempt, &rules, at, Some(&kept)).await?,
        })
    }
}

/// Right answers of a finished attempt; less than none of another.
fn right_answers(attempt: &GradedAttempt) -> Option<u32> {
    let right = attempt.sections.iter().map(|(score, _)| score.correct);
    (attempt.state == "finished").then(|| right.sum())
}

fn row(line: GradebookLine, rules: Option<&RuleSet>, shown: Shown) -> GradebookRow {
    let voided = |attempt: &&GradedAttempt| attempt.state != "voided";
    let attempts: Vec<&GradedAttempt> = line
        .attempts
        .iter()
        .filter(|attempt| attempt.state != "expired")
        .collect();
    // One that was declared void is shown only where there is no other.
    let mut made = attempts.iter().copied().filter(voided);
    let last = match shown {
        Shown::Last => made.next_back(),
        Shown::Best => made.max_by_key(|attempt| right_answers(attempt)),
        Shown::First => made.next(),
    };
    GradebookRow {
        attempts: attempts.iter().copied().filter(voided).count() as u32,
        last: last
            .or(attempts.last().copied())
            .map(|attempt| grade(attempt, rules)),
        learner: line.learner,
        name: line.name,
        in_group: line.in_group,
    }
}

fn grade(attempt: &GradedAttempt, rules: Option<&RuleSet>) -> Grade {
    let finished = attempt.state == "finished";
    let scores: Vec<SectionScore> = attempt.sections.iter().map(|(score, _)| *score).collect();
    let rules = rules.filter(|_| finished);
    Grade {
        attempt: attempt.id.clone(),
        state: attempt.state.clone(),
        ended_at: attempt.ended_at,
        allowance: attempt.allowance,
        sections: attempt
            .sections
            .iter()
            .filter(|_| finished)
            .map(|(score, took_ms)| GradedSection {
                score: *score,
                level: rules.and_then(|rules| score.level(rules)),
                passed: rules.map(|rules| score.passed(rules)),
                took_ms: *took_ms,
            })
            .collect(),
        level: rules.and_then(|rules| score::overall_level(&scores, rules)),
        passed: rules.map(|rules| score::passed(&scores, rules)),
    }
}
