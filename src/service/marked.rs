//! Finished attempts question by question, for those who teach: what the answers' sheet, the skills and the needs of a
//! group are made of. What a learner's running mock holds is left out, as everywhere; so are attempts whose answers were
//! kept long enough and are deleted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Exam, Failure};
use crate::domain::{
    Timestamp,
    bank::{Edition, Item},
    correction::{self, Correction, Corrections, Mark, Ruling},
    form::{FormItem, Letter},
    id::{AssignmentId, AttemptId, LearnerId, TestletId},
    rules::Section,
};
use crate::store::{Conn, FinishedAttempt};

/// A learner's finished attempt, question by question.
#[derive(Debug, Clone)]
pub struct Marked {
    /// For which assignment.
    pub assignment: AssignmentId,
    /// By whom.
    pub learner: LearnerId,
    /// Their name.
    pub name: String,
    /// Which attempt.
    pub attempt: AttemptId,
    /// When it was finished.
    pub ended_at: Option<Timestamp>,
    /// Its questions in order.
    pub items: Vec<MarkedItem>,
}

/// A question, and what was chosen.
#[derive(Debug, Clone)]
pub struct MarkedItem {
    /// In which section.
    pub section: Section,
    /// Its place in the section, from 1.
    pub position: usize,
    /// What was chosen.
    pub chosen: Option<Letter>,
    edition: Arc<Edition>,
    index: usize,
    form: FormItem,
    /// What a correction in force rules.
    ruling: Option<Ruling>,
}

impl MarkedItem {
    /// The item in the wording that was given.
    pub fn item(&self) -> &Item {
        &self.edition.testlet.items[self.index]
    }

    /// The testlet that it belongs to.
    pub fn testlet(&self) -> &TestletId {
        &self.edition.testlet.id
    }

    /// Under which letters what is right was shown: the key, or what a correction names instead.
    pub fn keys(&self) -> Vec<Letter> {
        self.form.right(self.item(), self.ruling.as_ref())
    }

    fn mark(&self) -> Mark {
        let chosen = self.chosen.map(|letter| self.form.order[letter as usize]);
        correction::judge(self.ruling.as_ref(), Some(self.item().key), chosen)
    }

    /// Whether it counts: a correction may have left it out.
    pub fn counts(&self) -> bool {
        self.mark() != Mark::NotCounted
    }

    /// Whether it gave the point.
    pub fn right(&self) -> bool {
        self.mark() == Mark::Right
    }

    /// The option under a letter, in words.
    pub fn words(&self, letter: Letter) -> &str {
        let options = self.form.options(self.item());
        options
            .into_iter()
            .find(|(shown, _)| *shown == letter)
            .map_or("", |(_, text)| text)
    }
}

/// Wordings by hash, each looked up once.
type Editions = HashMap<String, Arc<Edition>>;

impl Exam {
    /// Each learner's last finished attempt for an assignment, by all corrections in force on the server. The caller has
    /// asked whether they may be seen.
    pub(super) async fn marked_in(
        &self,
        conn: &mut Conn,
        id: &AssignmentId,
        in_force: &[Correction],
    ) -> Result<Vec<Marked>, Failure> {
        let finished = conn.finished_in(id).await?;
        self.mark_all(conn, id, finished, in_force).await
    }

    /// The same of these attempts of the assignment, as far as they are finished.
    pub(super) async fn marked_among(
        &self,
        conn: &mut Conn,
        id: &AssignmentId,
        attempts: &HashSet<&AttemptId>,
        in_force: &[Correction],
    ) -> Result<Vec<Marked>, Failure> {
        let mut finished = conn.all_finished_in(id).await?;
        finished.retain(|one| attempts.contains(&one.attempt));
        self.mark_all(conn, id, finished, in_force).await
    }

    /// What asks the database does so once, however many learners there are.
    async fn mark_all(
        &self,
        conn: &mut Conn,
        id: &AssignmentId,
        finished: Vec<FinishedAttempt>,
        in_force: &[Correction],
    ) -> Result<Vec<Marked>, Failure> {
        let held = conn.held_in(id).await?;
        let corrections = Corrections::in_force(in_force, Some(id));
        let mut editions = Editions::new();
        let mut all = Vec::with_capacity(finished.len());
        for attempt in finished {
            let held = held
                .iter()
                .filter(|(learner, _)| *learner == attempt.learner)
                .map(|(_, testlet)| testlet)
                .collect();
            let marked = self.mark_by(conn, attempt, &corrections, &held, &mut editions);
            all.push(marked.await?);
        }
        Ok(all)
    }

    /// A finished attempt question by question, without these testlets.
    pub(super) async fn mark(
        &self,
        conn: &mut Conn,
        finished: FinishedAttempt,
        held: &HashSet<&TestletId>,
        editions: &mut Editions,
    ) -> Result<Marked, Failure> {
        let corrections = Corrections::of(conn.corrections_for(&finished.attempt).await?);
        self.mark_by(conn, finished, &corrections, held, editions)
            .await
    }

    /// The same by the corrections in force for its assignment.
    async fn mark_by(
        &self,
        conn: &mut Conn,
        finished: FinishedAttempt,
        corrections: &Corrections,
        held: &HashSet<&TestletId>,
        editions: &mut Editions,
    ) -> Result<Marked, Failure> {
        let mut items = Vec::new();
        for section in &finished.form.sections {
            let mut position = 0;
            for testlet in &section.testlets {
                let first = position;
                position += testlet.items.len();
                if held.contains(&testlet.id) {
                    continue;
                }
                let edition = self
                    .edition(conn, &testlet.id, &testlet.digest, editions)
                    .await?;
                for (n, form) in testlet.items.iter().enumerate() {
                    let known = edition.testlet.items.iter();
                    let Some(index) = known.map(|item| &item.id).position(|id| *id == form.id)
                    else {
                        continue;
                    };
                    items.push(MarkedItem {
                        section: section.name,
                        position: first + n + 1,
                        chosen: finished.chosen.get(&form.id).copied(),
                        edition: edition.clone(),
                        index,
                        form: form.clone(),
                        ruling: corrections.ruling(&testlet.digest, &form.id).cloned(),
                    });
                }
            }
        }
        Ok(Marked {
            assignment: finished.assignment,
            learner: finished.learner,
            name: finished.name,
            attempt: finished.attempt,
            ended_at: finished.ended_at,
            items,
        })
    }

    /// A wording: from the bank where it still is the same, otherwise as it was kept.
    async fn edition(
        &self,
        conn: &mut Conn,
        id: &TestletId,
        digest: &str,
        known: &mut Editions,
    ) -> Result<Arc<Edition>, Failure> {
        if let Some(edition) = known.get(digest) {
            return Ok(edition.clone());
        }
        let current = self.content.bank.get(id);
        let edition = match current.filter(|edition| edition.digest == digest) {
            Some(edition) => edition.clone(),
            None => Arc::new(Edition {
                digest: digest.to_owned(),
                testlet: conn.edition(digest).await?,
            }),
        };
        known.insert(digest.to_owned(), edition.clone());
        Ok(edition)
    }
}
