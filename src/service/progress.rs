//! What one learner did for a school, over time: for those who teach there, and for the learner.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Exam, Failure, marked::Marked};
use crate::domain::{
    access::Act,
    attempt::Kind,
    bank::SKILLS,
    delay::SeenFrom,
    id::{LearnerId, SchoolId, is_slug},
    language_score::{self, LanguageScore},
    level::Level,
    points::PointsTable,
    rules::{Feedback, RuleSet},
    school::{Group, School},
    score,
};
use crate::store::{Account, Conn, SchoolAttempt};

/// How many of the last finished attempts the skills are shown of.
pub const SKILLS_LOOK_BACK: usize = 6;

/// A learner's progress in a school.
#[derive(Debug, Clone)]
pub struct Progress {
    /// In which school.
    pub school: School,
    /// Who.
    pub learner: LearnerId,
    /// Their name.
    pub name: String,
    /// The groups of the school that they are in.
    pub groups: Vec<Group>,
    /// Whether the learner looks at it.
    pub own: bool,
    /// Attempts made for the school, the last one first.
    pub attempts: Vec<ProgressAttempt>,
    /// Right of asked by skill.
    pub skills: SkillsOverTime,
    /// What the last mock that counts would bring; none without one, or without a table in force.
    pub points: Option<ExpectedPoints>,
}

/// An attempt, and what it came to.
#[derive(Debug, Clone)]
pub struct ProgressAttempt {
    /// What the store knows. Scores are there once it is finished.
    pub attempt: SchoolAttempt,
    /// The rule set of a mock; none where its file is gone.
    pub rules: Option<Arc<RuleSet>>,
    /// The overall level of a finished mock.
    pub level: Option<Level>,
    /// Whether a finished mock passed.
    pub passed: Option<bool>,
    /// From when its learner, who looks, sees what it came to; none where they see it now.
    pub seen_from: Option<SeenFrom>,
}

/// Right of asked by skill, in the last finished attempts whose questions may be seen.
#[derive(Debug, Clone, Default)]
pub struct SkillsOverTime {
    /// The attempts, the earliest first.
    pub attempts: Vec<crate::domain::Timestamp>,
    /// The skills that were asked about, in the order of [`SKILLS`].
    pub rows: Vec<SkillRow>,
}

/// A skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillRow {
    /// Which.
    pub skill: &'static str,
    /// Right of asked, an attempt; none where it was not asked about.
    pub cells: Vec<Option<(u32, u32)>>,
}

impl SkillRow {
    /// Right of asked in all of them.
    pub fn sum(&self) -> (u32, u32) {
        let cells = self.cells.iter().flatten();
        cells.fold((0, 0), |(right, asked), (r, a)| (right + r, asked + a))
    }
}

/// What a mock would bring in the assessment of immigration potential.
#[derive(Debug, Clone)]
pub struct ExpectedPoints {
    /// What the mock says about their Kazakh; it is not signed and leaves the server as numbers alone.
    pub statement: LanguageScore,
    /// The rule set whose points these are.
    pub rules: Arc<RuleSet>,
    /// The table in force.
    pub table: Arc<PointsTable>,
}

impl Exam {
    /// A learner's progress in a school, for those who teach there and for the learner. Nothing that they did by
    /// themselves is in it.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for somebody who never learned there; [`Failure::NotAllowed`].
    pub async fn progress(
        &self,
        who: &Account,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<Progress, Failure> {
        let own = who.id == *learner;
        let act = match own {
            true => Act::SeeSchool,
            false => Act::SeeLearner,
        };
        let mut conn = self.store.read().await?;
        let (school, _) = self.school_for(&mut conn, who, school, act).await?;
        let name = match is_slug(learner.as_str()) {
            true => conn.learner_of_school(&school.id, learner).await?,
            false => None,
        };
        let name = name.ok_or(Failure::NothingHere)?;
        // What comes later, as on the real test, comes later here too.
        let later = match own {
            true => conn.held_results(learner, self.clock.now()).await?,
            false => HashMap::new(),
        };
        let attempts = conn.attempts_for_school(&school.id, learner).await?;
        let attempts: Vec<ProgressAttempt> = attempts
            .into_iter()
            .map(|attempt| {
                let seen_from = later.get(&attempt.id).copied();
                self.progress_attempt(attempt, seen_from)
            })
            .collect();
        let skills = self
            .skills_over_time(&mut conn, &school.id, learner, &attempts, own)
            .await?;
        Ok(Progress {
            groups: conn.groups_of_learner(&school.id, learner).await?,
            points: self.expected_points(&attempts),
            learner: learner.clone(),
            school,
            name,
            own,
            attempts,
            skills,
        })
    }

    fn progress_attempt(
        &self,
        mut attempt: SchoolAttempt,
        seen_from: Option<SeenFrom>,
    ) -> ProgressAttempt {
        let finished = attempt.state == "finished" && seen_from.is_none();
        if !finished {
            // Between the sections, or before the school lets it be seen, they would be feedback too early.
            attempt.scores.clear();
        }
        let rules = self.content.rules.get(&attempt.rule);
        let rules = rules.filter(|_| attempt.kind == Kind::Mock).cloned();
        let graded = rules.as_ref().filter(|_| finished);
        ProgressAttempt {
            level: graded.and_then(|rules| score::overall_level(&attempt.scores, rules)),
            passed: graded.map(|rules| score::passed(&attempt.scores, rules)),
            rules,
            attempt,
            seen_from,
        }
    }

    async fn skills_over_time(
        &self,
        conn: &mut Conn,
        school: &SchoolId,
        learner: &LearnerId,
        attempts: &[ProgressAttempt],
        own: bool,
    ) -> Result<SkillsOverTime, Failure> {
        let held = conn.held_testlets(learner).await?;
        let mut editions = HashMap::new();
        let mut marked: Vec<Marked> = Vec::new();
        for finished in conn.finished_by(school, learner).await? {
            if marked.len() == SKILLS_LOOK_BACK {
                break;
            }
            // What the school withholds from its learner is no part of what the learner sees.
            if own {
                let Some(one) = attempts
                    .iter()
                    .find(|one| one.attempt.id == finished.attempt)
                else {
                    continue;
                };
                let by_rule = (one.rules.as_ref())
                    .is_none_or(|rules| rules.feedback.value == Feedback::AfterFinish);
                // With the later last day that this learner may have been granted.
                let given = conn.assignment_of(&finished.attempt).await?;
                let by_school = one.seen_from.is_none()
                    && given.is_some_and(|given| given.shows_keys(self.clock.now()));
                if !(by_rule && by_school) {
                    continue;
                }
            }
            let held = held.iter().collect();
            marked.push(self.mark(conn, finished, &held, &mut editions).await?);
        }
        marked.reverse();
        Ok(over_time(&marked))
    }

    /// What the last finished mock that counts would bring today.
    fn expected_points(&self, attempts: &[ProgressAttempt]) -> Option<ExpectedPoints> {
        let last = attempts.iter().find(|one| {
            one.attempt.state == "finished"
                && one.seen_from.is_none()
                && one.attempt.kind == Kind::Mock
                && one.attempt.counted_at.is_some()
        })?;
        let rules = last.rules.clone()?;
        let attempt = &last.attempt;
        let table = self.points_table(self.today(&rules)).ok()?;
        Some(ExpectedPoints {
            statement: language_score::statement(
                attempt.id.clone(),
                &rules,
                &attempt.scores,
                attempt.ended_at?,
            ),
            rules,
            table,
        })
    }
}

fn over_time(marked: &[Marked]) -> SkillsOverTime {
    let tallies: Vec<BTreeMap<&str, (u32, u32)>> = marked
        .iter()
        .map(|attempt| {
            let mut tally: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
            for item in attempt.items.iter().filter(|item| item.counts()) {
                let (right, asked) = tally.entry(item.item().skill.as_str()).or_default();
                *right += u32::from(item.right());
                *asked += 1;
            }
            tally
        })
        .collect();
    SkillsOverTime {
        attempts: marked
            .iter()
            .map(|attempt| attempt.ended_at.unwrap_or_default())
            .collect(),
        rows: SKILLS
            .into_iter()
            .map(|skill| SkillRow {
                skill,
                cells: tallies
                    .iter()
                    .map(|tally| tally.get(skill).copied())
                    .collect(),
            })
            .filter(|row| row.sum().1 > 0)
            .collect(),
    }
}
