//! Saving several responses at once: one look at the attempt, and they reach the disk together.

use tokio::task::JoinSet;

use super::{Exam, Failure, responses::superseded};
use crate::domain::{
    attempt::{Kind, Refused},
    form::Letter,
    id::{AttemptId, ItemId, LearnerId},
};
use crate::store::{Save, SaveError, Sender};

impl Exam {
    /// Saves a response to each of these items; returns how many when all are on the disk. Without feedback.
    ///
    /// # Errors
    /// As for [`Exam::respond`]; those that were saved before the first that was refused stay.
    pub async fn respond_all(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        answers: &[(ItemId, Option<Letter>)],
    ) -> Result<usize, Failure> {
        let at = self.clock.now();
        let stored = self.load(learner, id).await?;
        let attempt = &stored.attempt;
        let limits = self.settings.limits;
        let mut saving = JoinSet::new();
        for (item, chosen) in answers {
            attempt.accepts(item, at, limits)?;
            superseded(&stored.live_page, None)?;
            let section_index = attempt.form.section_of(item);
            if attempt.kind == Kind::Practice {
                self.leave_exam_alone(&stored, item).await?;
            }
            let save = Save {
                attempt: id.clone(),
                sender: Sender::Learner(learner.clone()),
                section_index: section_index.ok_or_else(|| Refused::NoSuchItem(item.clone()))?,
                item: item.clone(),
                chosen: *chosen,
                at,
                deadline_after: at - limits.grace,
                page: None,
                order: None,
                most: limits.responses,
            };
            let writer = self.writer.clone();
            saving.spawn(async move { writer.save(save).await });
        }
        let mut saved = 0;
        while let Some(done) = saving.join_next().await {
            match done.map_err(|_| Failure::Busy)? {
                Ok(_) => saved += 1,
                Err(SaveError::Busy) => return Err(Failure::Busy),
                Err(SaveError::Full) => return Err(Refused::TooManyResponses.into()),
                Err(SaveError::Store(error)) => return Err(Failure::Store(error)),
                Err(SaveError::NotTaken) => return Err(Failure::Refused(Refused::SectionClosed)),
            }
        }
        Ok(saved)
    }
}
