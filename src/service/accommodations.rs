//! Other conditions for a learner of a school: granted once, applied to every attempt that the school gave and that is
//! not over, also in the middle of one.

use serde_json::json;

use super::{
    Exam, Failure,
    load::attempt_event,
    standing::{Happening, remark},
};
use crate::domain::{
    access::Act,
    accommodation::Accommodation,
    id::{AttemptId, LearnerId, SchoolId, is_slug},
    school::School,
};
use crate::store::{Account, Conn, Grant};

/// What a school grants a learner.
#[derive(Debug, Clone)]
pub struct AccommodationView {
    /// In which school.
    pub school: School,
    /// To whom.
    pub learner: LearnerId,
    /// Their name.
    pub name: String,
    /// What is granted; none where the same holds as for everybody.
    pub granted: Option<Grant>,
}

impl AccommodationView {
    /// What is different for them.
    pub fn terms(&self) -> Accommodation {
        self.granted
            .as_ref()
            .map_or_else(Accommodation::default, |grant| grant.terms)
    }
}

impl Exam {
    /// What a school grants one of its learners.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for somebody who is no learner of the school; [`Failure::NotAllowed`].
    pub async fn accommodation(
        &self,
        who: &Account,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<AccommodationView, Failure> {
        let mut conn = self.store.read().await?;
        self.accommodation_of(&mut conn, who, school, learner).await
    }

    async fn accommodation_of(
        &self,
        conn: &mut Conn,
        who: &Account,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<AccommodationView, Failure> {
        let (school, _) = self.school_for(conn, who, school, Act::Accommodate).await?;
        let name = match is_slug(learner.as_str()) {
            true => conn.name_of_learner(&school.id, learner).await?,
            false => None,
        };
        Ok(AccommodationView {
            name: name.ok_or(Failure::NothingHere)?,
            granted: conn.accommodation(&school.id, learner).await?,
            learner: learner.clone(),
            school,
        })
    }

    /// Grants a learner other conditions, in place of those granted before; the same as everybody's takes them back.
    /// Their attempts for this school that are not over get them in the same transaction: the end of what is being timed
    /// moves by what they add or take. Returns in how many attempts something changed.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with the field of a number that is
    /// `out-of-range` or with `reason` (`too-long`).
    pub async fn accommodate(
        &self,
        who: &Account,
        school: &SchoolId,
        learner: &LearnerId,
        terms: Accommodation,
        reason: &str,
    ) -> Result<usize, Failure> {
        let mut conn = self.store.write().await?;
        self.accommodation_of(&mut conn, who, school, learner)
            .await?;
        // No attempt is made in between that would miss them, and no other grant comes in between.
        conn.lock_starts(learner).await?;
        let terms = terms.check().map_err(|fault| Failure::Invalid {
            field: fault.field,
            problem: "out-of-range",
        })?;
        let reason = remark("reason", reason)?;
        let before = conn.accommodation(school, learner).await?;
        let before = before.map_or_else(Accommodation::default, |grant| grant.terms);
        if terms.is_none() {
            conn.delete_accommodation(school, learner).await?;
        } else {
            let now = self.clock.now();
            conn.put_accommodation(school, learner, terms, reason.as_deref(), &who.id, now)
                .await?;
        }
        let mut changed = 0;
        if before != terms {
            let kind = match (before.is_none(), terms.is_none()) {
                (true, _) => "accommodation-granted",
                (false, true) => "accommodation-withdrawn",
                (false, false) => "accommodation-changed",
            };
            let what = Happening {
                school,
                kind,
                learner: Some(learner),
                detail: json!({ "before": before, "after": terms, "why": reason }),
            };
            self.record_in_school(&mut conn, who, what).await?;
        }
        for id in conn.open_attempts_for_school(school, learner).await? {
            let done = self.apply(&mut conn, who, school, learner, &id, terms);
            changed += usize::from(done.await?);
        }
        conn.commit().await?;
        Ok(changed)
    }

    /// Gives an attempt its learner's conditions; false where it had them or is over by now.
    async fn apply(
        &self,
        conn: &mut Conn,
        who: &Account,
        school: &SchoolId,
        learner: &LearnerId,
        id: &AttemptId,
        terms: Accommodation,
    ) -> Result<bool, Failure> {
        let attempt = &mut self.hold(conn, learner, id).await?.attempt;
        let before = attempt.allowance;
        if attempt.is_over() || before == terms {
            return Ok(false);
        }
        let now = self.clock.now();
        let moved = attempt.accommodate(terms, now);
        self.save(conn, attempt).await?;
        let detail = json!({
            "before": before,
            "after": terms,
            "why": "the school changed them",
            "end_before": moved.map(|moved| moved.from),
            "end_after": moved.map(|moved| moved.to),
        });
        let mut event = attempt_event(attempt, now, who.id.as_str(), "conditions-changed", detail);
        event.school = Some(school.clone());
        conn.record(&event).await?;
        Ok(true)
    }
}
