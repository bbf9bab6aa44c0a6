//! For whom an assignment is: the whole group, or some of its learners. It is nobody else's, and the others do not see
//! that it exists.

use super::{Exam, Failure};
use crate::domain::id::{AssignmentId, GroupId, LearnerId};
use crate::store::Conn;

impl Exam {
    /// The learners named, each once; none for the whole group.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with `learners`: `none` for an empty list, `not-in-group`.
    pub(super) async fn audience_in(
        &self,
        conn: &mut Conn,
        group: &GroupId,
        named: Option<Vec<LearnerId>>,
    ) -> Result<Option<Vec<LearnerId>>, Failure> {
        let invalid = |problem| Failure::Invalid {
            field: "learners",
            problem,
        };
        let Some(mut named) = named else {
            return Ok(None);
        };
        named.sort_unstable();
        named.dedup();
        if named.is_empty() {
            return Err(invalid("none"));
        }
        let members = conn.learners_of_group(group).await?;
        let is_member = |id: &LearnerId| members.iter().any(|member| member.learner == *id);
        match named.iter().all(is_member) {
            true => Ok(Some(named)),
            false => Err(invalid("not-in-group")),
        }
    }

    /// Makes a new assignment one for these learners.
    pub(super) async fn address(
        &self,
        conn: &mut Conn,
        id: &AssignmentId,
        learners: Option<&[LearnerId]>,
    ) -> Result<(), Failure> {
        if let Some(learners) = learners {
            conn.address(id, learners).await?;
        }
        Ok(())
    }
}
