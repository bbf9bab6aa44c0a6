//! Assignments: giving one, what is due, starting it, withdrawing it, letting the keys be seen.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;

use super::{
    Exam, Failure,
    attempts::Given,
    load::attempt_event,
    standing::{Happening, line},
};
use crate::domain::{
    access::{self, Act, Standing},
    accommodation::Accommodation,
    assignment::{
        ATTEMPTS_MAX, Assignment, DAYS_MAX, Exception, FeedbackPolicy, Window, Work, begin_of_day,
        end_of_day,
    },
    attempt::State,
    delay::SeenFrom,
    delivery::Delivery,
    id::{AssignmentId, AttemptId, GroupId, LearnerId},
    school::{Group, School},
};
use crate::store::{Account, AssignedAttempt, Conn, DueAssignment, GroupMember, fresh_id};

/// The longest title, in characters.
pub(super) const TITLE_MAX: usize = 120;

/// What a tutor gives to a group.
#[derive(Debug, Clone)]
pub struct NewAssignment {
    /// What to call it: 1 to 120 characters.
    pub title: String,
    /// What is to be done.
    pub work: Work,
    /// The first day on which it can be started, in the school's zone; none is at once.
    pub opens: Option<NaiveDate>,
    /// The last day on which it can be started, in the school's zone.
    pub due: NaiveDate,
    /// Attempts that a learner may make, 1 to 10.
    pub attempts: u32,
    /// The learners of the group that it is for; none is the whole group, also whoever joins it later.
    pub learners: Option<Vec<LearnerId>>,
}

/// An assignment as somebody may see it.
#[derive(Debug, Clone)]
pub struct AssignmentView {
    /// In which school.
    pub school: School,
    /// To which group.
    pub group: Group,
    /// The assignment, as it holds for them.
    pub assignment: Assignment,
    /// What they were granted beyond what their group has.
    pub granted: Option<Exception>,
    /// Their attempts of which they do not see yet what they came to.
    pub held_results: HashMap<AttemptId, SeenFrom>,
    /// Where they stand.
    pub standing: Standing,
    /// Where the assignment stands now.
    pub window: Window,
    /// Their own attempts for it, the first one first.
    pub mine: Vec<AssignedAttempt>,
    /// The conditions that the school grants them, which the next attempt gets.
    pub allowance: Accommodation,
    /// The learners it is for, by name, for those who teach; none where it is for the whole group.
    pub audience: Vec<GroupMember>,
}

impl AssignmentView {
    /// Whether they may do this.
    pub fn may(&self, act: Act) -> bool {
        access::may(self.standing, act).is_ok()
    }

    /// Attempts that they have left.
    pub fn attempts_left(&self) -> u32 {
        self.assignment.attempts_left(used(&self.mine))
    }

    /// Their attempt that is ready or goes on.
    pub fn open_attempt(&self) -> Option<&AssignedAttempt> {
        self.mine.iter().find(|attempt| attempt.is_open())
    }
}

fn used(attempts: &[AssignedAttempt]) -> u32 {
    attempts.iter().filter(|attempt| attempt.is_used()).count() as u32
}

/// A number of attempts that may be allowed.
pub(super) fn attempts_in_range(attempts: u32) -> Result<u32, Failure> {
    match (1..=ATTEMPTS_MAX).contains(&attempts) {
        true => Ok(attempts),
        false => Err(Failure::Invalid {
            field: "attempts",
            problem: "out-of-range",
        }),
    }
}

impl Exam {
    /// Gives a group something to do. That the bank can make it is seen now and not when a learner starts.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `title` (`missing`, `too-long`),
    /// `opens` (`after-due`), `due` (`past`, `too-far`), `attempts` (`out-of-range`), `testlets` (`held`: it would tell
    /// keys that are withheld from the group) or `learners` (`none`, `not-in-group`), [`Failure::UnknownRule`],
    /// [`Failure::Unfilled`], [`Failure::NothingFits`].
    pub async fn give(
        &self,
        who: &Account,
        group: &GroupId,
        new: NewAssignment,
    ) -> Result<Assignment, Failure> {
        let invalid = |field, problem| Failure::Invalid { field, problem };
        let mut conn = self.store.write().await?;
        let (school, ..) = self
            .group_for(&mut conn, who, group, Act::GiveAssignment)
            .await?;
        let title = line("title", &new.title, TITLE_MAX)?;
        self.can_be_given(&mut conn, group, &new.work).await?;
        let now = self.clock.now();
        let opens_at = new
            .opens
            .map_or(now, |day| begin_of_day(day, school.zone).max(now));
        let due_at = end_of_day(new.due, school.zone);
        if due_at <= now {
            return Err(invalid("due", "past"));
        }
        if opens_at >= due_at {
            return Err(invalid("opens", "after-due"));
        }
        if due_at - now > TimeDelta::days(DAYS_MAX) {
            return Err(invalid("due", "too-far"));
        }
        attempts_in_range(new.attempts)?;
        let learners = self.audience_in(&mut conn, group, new.learners).await?;
        let given = Assignment {
            id: AssignmentId::new(fresh_id(now)),
            school: school.id,
            group: group.clone(),
            title,
            work: new.work,
            opens_at,
            due_at,
            attempts_allowed: new.attempts,
            released_at: None,
            withdrawn_at: None,
            made_by: who.id.clone(),
            made_at: now,
        };
        conn.insert_assignment(&given).await?;
        self.address(&mut conn, &given.id, learners.as_deref())
            .await?;
        let detail = json!({
            "assignment": given.id,
            "group": given.group,
            "title": given.title,
            "kind": given.work.kind(),
            "counts": given.work.counts(),
            "feedback": given.work.feedback().as_str(),
            "results": given.work.results().as_str(),
            "delivery": given.work.delivery(),
            "opens_at": given.opens_at,
            "due_at": given.due_at,
            "attempts": given.attempts_allowed,
            "learners": learners,
        });
        self.record_assignment(&mut conn, who, &given, "assignment-made", detail)
            .await?;
        conn.commit().await?;
        Ok(given)
    }

    /// Whether the bank can make it, and whether it would tell a group what something else withholds from it.
    pub(super) async fn can_be_given(
        &self,
        conn: &mut Conn,
        group: &GroupId,
        work: &Work,
    ) -> Result<(), Failure> {
        const ANY_SEED: u64 = 0;
        self.form_for_anybody(work, ANY_SEED)?;
        let set = match work {
            Work::Practice(set) => set,
            Work::Mock { rule, delivery, .. } => {
                self.delivery(&*self.rules(Some(rule))?, *delivery)?;
                return Ok(());
            }
        };
        if set.feedback != FeedbackPolicy::AtOnce || set.wish.testlets.is_empty() {
            return Ok(());
        }
        let withheld = conn.withheld_in_group(group, self.clock.now()).await?;
        match set.wish.testlets.iter().any(|id| withheld.contains(id)) {
            true => Err(Failure::Invalid {
                field: "testlets",
                problem: "held",
            }),
            false => Ok(()),
        }
    }

    /// An assignment.
    ///
    /// # Errors
    /// [`Failure::NothingHere`].
    pub async fn assignment(
        &self,
        who: &Account,
        id: &AssignmentId,
    ) -> Result<AssignmentView, Failure> {
        let mut conn = self.store.read().await?;
        let (school, group, assignment, standing) = self
            .assignment_for(&mut conn, who, id, Act::SeeAssignment)
            .await?;
        let mine = conn.attempts_for(id, &who.id).await?;
        let granted = conn.exception(id, &who.id).await?;
        let assignment = assignment.for_learner(granted.as_ref());
        let now = self.clock.now();
        let allowance = conn.accommodation(&school.id, &who.id).await?;
        let audience = match access::may(standing, Act::SeeResults) {
            Ok(()) => conn.audience(id).await?,
            Err(_) => Vec::new(),
        };
        Ok(AssignmentView {
            allowance: allowance.map_or_else(Accommodation::default, |grant| grant.terms),
            held_results: conn.held_results(&who.id, now).await?,
            granted,
            window: assignment.window(now),
            school,
            group,
            assignment,
            standing,
            mine,
            audience,
        })
    }

    /// What somebody's groups were given and what is not over, what is due first first.
    pub async fn due(&self, who: &Account) -> Result<Vec<DueAssignment>, Failure> {
        if who.is_guest() {
            return Ok(Vec::new()); // a guest is in no group
        }
        let mut conn = self.store.read().await?;
        Ok(conn.due_for(&who.id, self.clock.now()).await?)
    }

    /// Makes an attempt for an assignment, or finds the one that is ready or goes on. A mock is ready then and begins with
    /// its first section; a practice set is begun. How a mock's recordings come is the learner's wish only where the
    /// school has not said it.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`] for those who teach, [`Failure::Closed`],
    /// [`Failure::RetakeLimit`] for a mock that counts, [`Failure::Unfilled`], [`Failure::NothingFits`].
    pub async fn start_assignment(
        &self,
        who: &Account,
        id: &AssignmentId,
        delivery: Option<Delivery>,
    ) -> Result<AttemptId, Failure> {
        let mut conn = self.store.write().await?;
        // Two clicks are one after the other.
        conn.lock_starts(&who.id).await?;
        let (school, ..) = self
            .assignment_for(&mut conn, who, id, Act::SitAssignment)
            .await?;
        // Held, so that what is begun is what a tutor changed it to, or what they did not change any more.
        let given = conn.lock_assignment(id).await?;
        let given = given.ok_or(Failure::NothingHere)?;
        let granted = conn.exception(id, &who.id).await?;
        let given = given.for_learner(granted.as_ref());
        let now = self.clock.now();
        let mut made = conn.attempts_for(id, &who.id).await?;
        if let Some(open) = made.iter().position(AssignedAttempt::is_open) {
            // It may be over without anybody having looked.
            let stored = self.hold(&mut conn, &who.id, &made[open].id).await?;
            if stored.attempt.in_progress() {
                conn.commit().await?;
                return Ok(stored.attempt.id);
            }
            if stored.attempt.state == State::Ready {
                given.open(now)?;
                return Ok(stored.attempt.id);
            }
            stored
                .attempt
                .state
                .name()
                .clone_into(&mut made[open].state);
        }
        given.may_begin(used(&made), now)?;
        let mut stored = match &given.work {
            Work::Mock {
                rule,
                counts,
                delivery: fixed,
                ..
            } => {
                let rules = self.rules(Some(rule))?;
                let given = Given {
                    delivery: self.delivery(&rules, fixed.or(delivery))?,
                    counts: *counts,
                    school: Some(&school.id),
                };
                self.new_mock(&mut conn, &who.id, &rules, given).await?
            }
            Work::Practice(set) => {
                let given_by = Some(&school.id);
                self.new_practice(&mut conn, &who.id, &set.wish, set.feedback, given_by)
                    .await?
            }
        };
        if let Some(grant) = conn.accommodation(&school.id, &who.id).await? {
            stored.attempt.accommodate(grant.terms, now);
            self.save(&mut conn, &stored.attempt).await?;
        }
        let attempt = &stored.attempt;
        conn.link_attempt(&attempt.id, id, &who.id).await?;
        let detail = json!({
            "assignment": id,
            "why": "given by a school",
            "allowance": attempt.allowance,
        });
        let mut event = attempt_event(attempt, now, who.id.as_str(), "attempt-assigned", detail);
        event.school = Some(school.id);
        conn.record(&event).await?;
        conn.commit().await?;
        Ok(stored.attempt.id)
    }

    /// Withdraws an assignment: nobody can start it any more. What was begun goes on and keeps its result. Again is harmless.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn withdraw(&self, who: &Account, id: &AssignmentId) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let (_, _, given, _) = self
            .assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        if conn.withdraw_assignment(id, self.clock.now()).await? {
            let detail = json!({ "assignment": id });
            self.record_assignment(&mut conn, who, &given, "assignment-withdrawn", detail)
                .await?;
        }
        conn.commit().await?;
        Ok(())
    }

    /// Lets the learners see the keys of their finished attempts from now on. Again is harmless.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn release(&self, who: &Account, id: &AssignmentId) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let (_, _, given, _) = self
            .assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        if conn.release_assignment(id, self.clock.now()).await? {
            let detail = json!({ "assignment": id });
            self.record_assignment(&mut conn, who, &given, "feedback-released", detail)
                .await?;
        }
        conn.commit().await?;
        Ok(())
    }

    async fn record_assignment(
        &self,
        conn: &mut Conn,
        who: &Account,
        given: &Assignment,
        kind: &str,
        detail: serde_json::Value,
    ) -> Result<(), Failure> {
        let what = Happening {
            school: &given.school,
            kind,
            learner: None,
            detail,
        };
        self.record_in_school(conn, who, what).await
    }
}
