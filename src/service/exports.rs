//! What leaves the program as a file: the table of an assignment with its answers, and the tables of a group.

use std::collections::HashSet;

use super::{
    Exam, Failure,
    gradebook::{Gradebook, Shown},
    marked::{Marked, MarkedItem},
};
use crate::domain::{
    access::Act,
    id::{AssignmentId, AttemptId, GroupId},
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
    /// Each learner's last finished attempt, question by question; the best or the first one, where the table shows that.
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
    /// How many of the group's assignments have no table here: what is beyond [`GROUP_TABLES_MAX`], and what has none.
    pub left_out: usize,
}

impl Exam {
    /// An assignment's table and answers, of these attempts.
    ///
    /// # Errors
    /// As [`Exam::gradebook`]; [`Failure::AttemptInProgress`], [`Failure::KeptBack`] where the answers would tell a key that
    /// is kept back from whoever asks.
    pub async fn assignment_export(
        &self,
        who: &Account,
        id: &AssignmentId,
        shown: Shown,
    ) -> Result<AssignmentExport, Failure> {
        let book = self.gradebook_of(who, id, shown).await?;
        let mut conn = self.store.read().await?;
        self.assignment_for(&mut conn, who, id, Act::SeeResults)
            .await?;
        let in_force = conn.corrections_in_force().await?;
        let answers = match shown {
            // As on the pages of questions and skills: also of a learner whose newer attempt goes on.
            Shown::Last => self.marked_in(&mut conn, id, &in_force).await?,
            Shown::Best | Shown::First => {
                let grades = book.rows.iter().filter_map(|row| row.last.as_ref());
                let attempts: HashSet<&AttemptId> = grades.map(|grade| &grade.attempt).collect();
                self.marked_among(&mut conn, id, &attempts, &in_force)
                    .await?
            }
        };
        let shown = answers.iter().flat_map(|marked| &marked.items);
        let shown = shown.map(MarkedItem::testlet);
        self.tells_no_key_to(&mut conn, &who.id, shown).await?;
        Ok(AssignmentExport { book, answers })
    }

    /// The tables of a group; an assignment whose rule set's file is gone has none, and is counted as left out.
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
            left_out: given.len() - books.len(),
            books,
        })
    }
}
