//! How a group did in an assignment: learners × sections.

use super::{Exam, Failure};
use crate::domain::{
    access::Act,
    accommodation::Accommodation,
    assignment::{Assignment, Work},
    distribution::Distribution,
    id::{AssignmentId, AttemptId, LearnerId},
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
    /// How the finished attempts' sections lie against the cut score; none before there is any.
    pub distributions: Vec<Option<Distribution>>,
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
        let rows: Vec<GradebookRow> = lines
            .into_iter()
            .map(|line| row(line, rules.as_deref(), shown))
            .collect();
        let cut = rules.as_ref().map(|rules| rules.required_percent());
        let distributions = (0..sections.len())
            .map(|section| distribution(&rows, section, cut))
            .collect();
        Ok(Gradebook {
            school,
            group,
            assignment,
            sections,
            distributions,
            rows,
        })
    }
}

/// How a section's results lie, by its place.
fn distribution(rows: &[GradebookRow], section: usize, cut: Option<u32>) -> Option<Distribution> {
    let grades = rows.iter().filter_map(|row| row.last.as_ref());
    let scores = grades.filter_map(|grade| Some(grade.sections.get(section)?.score.percent()));
    Distribution::of(scores.collect(), cut)
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
