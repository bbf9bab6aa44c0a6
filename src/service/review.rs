//! How a group answered an assignment, question by question, for those who teach.

use super::{Exam, Failure, ItemResult, TestletResult, load::Wording, results::item_result};
use crate::domain::{
    access::Act,
    assignment::Assignment,
    bank::{Item, Testlet},
    correction::Corrections,
    form::{Form, FormItem, FormTestlet},
    id::{AssignmentId, AttemptId, ItemId, LearnerId, is_slug},
    review::{ItemStats, Matrix, Question, Sheet},
    school::{Group, School},
};
use crate::store::{Account, AnsweredSheet, Conn};

/// How a group answered.
#[derive(Debug, Clone)]
pub struct Review {
    /// In which school.
    pub school: School,
    /// To which group it was given.
    pub group: Group,
    /// The assignment.
    pub assignment: Assignment,
    /// Learners with a finished attempt, by name: the matrix's rows.
    pub learners: Vec<ReviewedLearner>,
    /// Their last finished attempts.
    pub matrix: Matrix,
}

/// A learner with a finished attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewedLearner {
    /// Who.
    pub learner: LearnerId,
    /// Their name.
    pub name: String,
    /// Whether they are in the group (still).
    pub in_group: bool,
    /// Their last finished attempt.
    pub attempt: AttemptId,
}

/// How a group answered one question.
#[derive(Debug, Clone)]
pub struct ItemReview {
    /// The whole.
    pub review: Review,
    /// Its column in the matrix.
    pub column: usize,
    /// How it went.
    pub stats: ItemStats,
    /// Its testlet, in the wording of the first learner who had it.
    pub testlet: TestletResult,
    /// The item with its options in the bank's order, answered by nobody.
    pub item: ItemResult,
}

impl ItemReview {
    /// The question.
    pub fn question(&self) -> &Question {
        &self.review.matrix.questions[self.column]
    }
}

impl From<AnsweredSheet> for ReviewedLearner {
    fn from(sheet: AnsweredSheet) -> Self {
        Self {
            learner: sheet.learner,
            name: sheet.name,
            in_group: sheet.in_group,
            attempt: sheet.attempt,
        }
    }
}

impl Exam {
    /// How the group answered: one query for the learners, however many.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn review(&self, who: &Account, id: &AssignmentId) -> Result<Review, Failure> {
        let mut conn = self.store.read().await?;
        let (review, ..) = self.reviewed(&mut conn, who, id).await?;
        Ok(review)
    }

    /// How the group answered one question.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for an item that nobody of them had; [`Failure::NotAllowed`];
    /// [`Failure::AttemptInProgress`], [`Failure::KeptBack`] for whoever has it in a mock of their own.
    pub async fn review_item(
        &self,
        who: &Account,
        id: &AssignmentId,
        item: &ItemId,
    ) -> Result<ItemReview, Failure> {
        let mut conn = self.store.read().await?;
        let (review, wording, corrections) = self.reviewed(&mut conn, who, id).await?;
        let column = match is_slug(item.as_str()) {
            true => review.matrix.column(item),
            false => None,
        };
        let column = column.ok_or(Failure::NothingHere)?;
        let digest = &review.matrix.questions[column].digest;
        let edition = wording.of(digest).ok_or(Failure::NothingHere)?;
        let testlet = &edition.testlet;
        self.tells_no_key_to(&mut conn, &who.id, [&testlet.id])
            .await?;
        let correction = corrections.about(digest, item).cloned();
        let found = item_in(testlet, item).ok_or(Failure::NothingHere)?;
        let in_order = FormItem {
            id: item.clone(),
            order: [0, 1, 2, 3],
        };
        let section = review.matrix.questions[column].section;
        let found = item_result(
            (section, column + 1),
            &in_order,
            found,
            None,
            correction.as_ref(),
        );
        Ok(ItemReview {
            stats: review.matrix.stats_at(column),
            column,
            testlet: TestletResult {
                id: testlet.id.clone(),
                digest: edition.digest.clone(),
                section,
                title: testlet.title.clone(),
                stimulus: testlet.stimulus.clone(),
                glossary: testlet.glossary.clone(),
                items: vec![found.clone()],
            },
            item: found,
            review,
        })
    }

    async fn reviewed(
        &self,
        conn: &mut Conn,
        who: &Account,
        id: &AssignmentId,
    ) -> Result<(Review, Wording, Corrections), Failure> {
        let (school, group, assignment, _) =
            self.assignment_for(conn, who, id, Act::SeeResults).await?;
        let sheets = conn.answered_sheets(id, &group.id).await?;
        let forms: Vec<&Form> = sheets.iter().map(|sheet| &sheet.form).collect();
        let wording = self.wordings(conn, &forms).await?;
        let read: Vec<Sheet<'_>> = sheets
            .iter()
            .map(|sheet| Sheet {
                form: &sheet.form,
                responses: &sheet.responses,
            })
            .collect();
        let all = conn.corrections_in_force().await?;
        let corrections = Corrections::in_force(&all, Some(id));
        let find = |testlet: &FormTestlet, item: &ItemId| {
            item_in(&wording.of(&testlet.digest)?.testlet, item)
        };
        let matrix = Matrix::of(&read, find, &corrections);
        let review = Review {
            school,
            group,
            assignment,
            learners: sheets.into_iter().map(ReviewedLearner::from).collect(),
            matrix,
        };
        Ok((review, wording, corrections))
    }
}

fn item_in<'t>(testlet: &'t Testlet, item: &ItemId) -> Option<&'t Item> {
    testlet.items.iter().find(|candidate| candidate.id == *item)
}
