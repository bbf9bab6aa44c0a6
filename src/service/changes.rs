//! What a tutor changes of what was given: for everybody, and for one learner. Whoever is in the middle keeps their
//! attempt, its deadline and its result.

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;

use super::{
    Exam, Failure,
    assignments::{TITLE_MAX, attempts_in_range},
    standing::{Happening, line},
};
use crate::domain::{
    access::Act,
    assignment::{
        ATTEMPTS_MAX, Assignment, DAYS_MAX, Exception, FeedbackPolicy, ResultsPolicy, Work,
        begin_of_day, end_of_day,
    },
    id::{AssignmentId, LearnerId, is_slug},
    school::{Group, School},
};
use crate::store::{Account, Conn, Granted, GroupMember};

/// What is to be changed; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct AssignmentChange {
    /// Another title.
    pub title: Option<String>,
    /// Another first day, in the school's zone; only before it has opened.
    pub opens: Option<NaiveDate>,
    /// Another last day, in the school's zone.
    pub due: Option<NaiveDate>,
    /// Another number of attempts.
    pub attempts: Option<u32>,
    /// Another policy for the keys.
    pub feedback: Option<FeedbackPolicy>,
    /// Another policy for the result of a mock.
    pub results: Option<ResultsPolicy>,
    /// Something else to do, of the same kind; only before anybody has started. Its policies are those above.
    pub work: Option<Work>,
}

/// What can be changed of an assignment.
#[derive(Debug, Clone)]
pub struct SettingsView {
    /// In which school.
    pub school: School,
    /// To which group it was given.
    pub group: Group,
    /// The assignment.
    pub assignment: Assignment,
    /// Whether somebody has started, so that what is to be done cannot be changed.
    pub started: bool,
    /// The learners to whom it was given, by name.
    pub learners: Vec<GroupMember>,
    /// What single learners were granted, by name.
    pub exceptions: Vec<Granted>,
}

fn invalid(field: &'static str, problem: &'static str) -> Failure {
    Failure::Invalid { field, problem }
}

/// What an event says of an assignment before and after a change.
fn told(given: &Assignment) -> serde_json::Value {
    let (rule, wish) = match &given.work {
        Work::Mock { rule, .. } => (Some(rule), None),
        Work::Practice(set) => (None, Some(&set.wish)),
    };
    json!({
        "title": given.title,
        "rule": rule,
        "wish": wish,
        "counts": given.work.counts(),
        "feedback": given.work.feedback().as_str(),
        "results": given.work.results().as_str(),
        "delivery": given.work.delivery(),
        "opens_at": given.opens_at,
        "due_at": given.due_at,
        "attempts": given.attempts_allowed,
    })
}

/// The members that differ, of the first.
fn differing(of: &serde_json::Value, from: &serde_json::Value) -> serde_json::Value {
    let members = of.as_object().into_iter().flatten();
    let members = members.filter(|(name, value)| from.get(name) != Some(value));
    members
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

impl Exam {
    /// What can be changed of an assignment.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn assignment_settings(
        &self,
        who: &Account,
        id: &AssignmentId,
    ) -> Result<SettingsView, Failure> {
        let mut conn = self.store.read().await?;
        let (school, group, assignment, _) = self
            .assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        let audience = conn.audience(id).await?;
        Ok(SettingsView {
            started: conn.is_started(id).await?,
            learners: match audience.is_empty() {
                true => conn.learners_of_group(&group.id).await?,
                false => audience,
            },
            exceptions: conn.exceptions(id).await?,
            school,
            group,
            assignment,
        })
    }

    /// Changes what was given. What does not differ is no change.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`]; [`Failure::Invalid`] as for [`Exam::give`], and with `opens`
    /// (`open`: it is open already), `attempts` (`fewer`: somebody has made more), `work` (`started`, `other-kind`);
    /// [`Failure::UnknownRule`], [`Failure::Unfilled`], [`Failure::NothingFits`].
    pub async fn change_assignment(
        &self,
        who: &Account,
        id: &AssignmentId,
        change: AssignmentChange,
    ) -> Result<Assignment, Failure> {
        let mut conn = self.store.write().await?;
        let (school, ..) = self
            .assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        let before = conn.lock_assignment(id).await?;
        let before = before.ok_or(Failure::NothingHere)?;
        let after = self
            .changed(&mut conn, &school, before.clone(), change)
            .await?;
        if after == before {
            return Ok(before);
        }
        conn.change_assignment(&after).await?;
        if after.work.results() == ResultsPolicy::AtOnce
            && before.work.results() != ResultsPolicy::AtOnce
        {
            conn.free_results(id).await?;
        }
        let (old, new) = (told(&before), told(&after));
        let what = Happening {
            school: &school.id,
            kind: "assignment-changed",
            learner: None,
            detail: json!({
                "assignment": id,
                "before": differing(&old, &new),
                "after": differing(&new, &old),
            }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(after)
    }

    async fn changed(
        &self,
        conn: &mut Conn,
        school: &School,
        before: Assignment,
        change: AssignmentChange,
    ) -> Result<Assignment, Failure> {
        let now = self.clock.now();
        let mut after = before.clone();
        if let Some(title) = &change.title {
            after.title = line("title", title, TITLE_MAX)?;
        }
        if let Some(day) = change.opens {
            let opens_at = begin_of_day(day, school.zone);
            let same = before.opens_at.with_timezone(&school.zone).date_naive() == day;
            if !same && before.opens_at <= now {
                return Err(invalid("opens", "open"));
            }
            if !same {
                after.opens_at = opens_at.max(now);
            }
        }
        if let Some(day) = change.due {
            after.due_at = end_of_day(day, school.zone);
        }
        if after.due_at != before.due_at && after.due_at <= now {
            return Err(invalid("due", "past"));
        }
        if after.opens_at >= after.due_at {
            return Err(invalid("opens", "after-due"));
        }
        if after.due_at != before.due_at && after.due_at - now > TimeDelta::days(DAYS_MAX) {
            return Err(invalid("due", "too-far"));
        }
        if let Some(attempts) = change.attempts {
            after.attempts_allowed = attempts_in_range(attempts)?;
            let made = conn.attempts_made(&before.id).await?;
            let granted = conn.exceptions(&before.id).await?;
            let extra = |learner: &LearnerId| {
                let granted = granted.iter().find(|one| one.learner == *learner);
                granted.map_or(0, |one| one.exception.extra_attempts)
            };
            if attempts < before.attempts_allowed
                && made
                    .iter()
                    .any(|(learner, made)| *made > attempts + extra(learner))
            {
                return Err(invalid("attempts", "fewer"));
            }
        }
        let feedback = change.feedback.unwrap_or(before.work.feedback());
        let results = change.results.unwrap_or(before.work.results());
        let work = change.work.unwrap_or_else(|| before.work.clone());
        if work.kind() != before.work.kind() {
            return Err(invalid("work", "other-kind"));
        }
        let same = before.work.clone().with_policies(feedback, results);
        after.work = work.with_policies(feedback, results);
        if after.work != same && conn.is_started(&before.id).await? {
            return Err(invalid("work", "started"));
        }
        if after.work != before.work {
            self.can_be_given(conn, &before.group, &after.work).await?;
        }
        Ok(after)
    }

    /// Grants one learner of the group a later last day, or more attempts, in place of what they were granted before;
    /// nothing of both takes it back.
    ///
    /// # Errors
    /// [`Failure::NothingHere`] also for somebody who is not in the group, [`Failure::NotAllowed`]; [`Failure::Invalid`]
    /// with `until` (`past`, `not-later`, `too-far`) or `extra` (`out-of-range`).
    pub async fn grant_exception(
        &self,
        who: &Account,
        id: &AssignmentId,
        learner: &LearnerId,
        until: Option<NaiveDate>,
        extra_attempts: u32,
    ) -> Result<Option<Exception>, Failure> {
        let mut conn = self.store.write().await?;
        let (school, group, ..) = self
            .assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        let given = conn.lock_assignment(id).await?;
        let given = given.ok_or(Failure::NothingHere)?;
        // Somebody to whom it was given, and nobody else.
        if !is_slug(learner.as_str()) || !conn.is_in_group(&group.id, learner).await? {
            return Err(Failure::NothingHere);
        }
        let audience = conn.audience(id).await?;
        if !audience.is_empty() && !audience.iter().any(|one| one.learner == *learner) {
            return Err(Failure::NothingHere);
        }
        let now = self.clock.now();
        let due_at = until.map(|day| end_of_day(day, school.zone));
        if let Some(due_at) = due_at {
            let fault = match () {
                () if due_at <= now => Some("past"),
                () if due_at <= given.due_at => Some("not-later"),
                () if due_at - now > TimeDelta::days(DAYS_MAX) => Some("too-far"),
                () => None,
            };
            if let Some(problem) = fault {
                return Err(invalid("until", problem));
            }
        }
        if extra_attempts > ATTEMPTS_MAX {
            return Err(invalid("extra", "out-of-range"));
        }
        let granted = (due_at.is_some() || extra_attempts > 0).then_some(Exception {
            due_at,
            extra_attempts,
        });
        let before = conn.exception(id, learner).await?;
        if before == granted {
            return Ok(granted);
        }
        conn.grant_exception(id, learner, granted.as_ref(), &who.id, now)
            .await?;
        let told = |granted: &Option<Exception>| {
            let granted = granted.as_ref();
            granted.map(|one| json!({ "due_at": one.due_at, "extra_attempts": one.extra_attempts }))
        };
        let what = Happening {
            school: &school.id,
            kind: "exception-granted",
            learner: Some(learner),
            detail: json!({ "assignment": id, "before": told(&before), "after": told(&granted) }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(granted)
    }
}
