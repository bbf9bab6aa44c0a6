//! What leaves the program as a file: the table of an assignment with its answers, and the tables of a group.

use super::{Exam, Failure, gradebook::Gradebook, marked::Marked};
use crate::domain::{
    access::Act,
    id::{AssignmentId, GroupId},
    school::{Group, School},
};
use crate::store::Account;

/// How many assignments the tables of a group hold at most, those that are due last.
pub const GROUP_TABLES_MAX: usize = 100;

/// All that is known of an assignment.
#[derive(Debug, Clone)]
pub struct AssignmentExport {
    /// Learners × sections.
    pub book: Gradebook,
    /// Each learner's last finished attempt, question by question.
    pub answers: Vec<Marked>,
}

/// The tables of all that a group was given.
#[derive(Debug, Clone)]
pub struct GroupExport {
    /// In which school.
    pub school: School,
    /// Which group.
    pub group: Group,
    /// A table an assignment, what is due last first.
    pub books: Vec<Gradebook>,
}

impl Exam {
    /// An assignment's table and answers.
    ///
    /// # Errors
    /// As [`Exam::gradebook`].
    pub async fn assignment_export(
        &self,
        who: &Account,
        id: &AssignmentId,
    ) -> Result<AssignmentExport, Failure> {
        let book = self.gradebook(who, id).await?;
        let mut conn = self.store.read().await?;
        self.assignment_for(&mut conn, who, id, Act::SeeResults)
            .await?;
        let answers = self.marked_in(&mut conn, id).await?;
        Ok(AssignmentExport { book, answers })
    }

    /// The tables of a group; an assignment whose rule set's file is gone has none.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn group_export(&self, who: &Account, id: &GroupId) -> Result<GroupExport, Failure> {
        let (school, group, given) = {
            let mut conn = self.store.read().await?;
            let (school, group, _) = self.group_for(&mut conn, who, id, Act::SeeResults).await?;
            (school, group, conn.assignments_of_group(id).await?)
        };
        let mut books = Vec::new();
        for assignment in given.iter().take(GROUP_TABLES_MAX) {
            match self.gradebook(who, &assignment.id).await {
                Ok(book) => books.push(book),
                Err(Failure::UnknownRule(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(GroupExport {
            school,
            group,
            books,
        })
    }
}
