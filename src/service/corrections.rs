//! Correcting a key or an item: seeing who changes, applying, undoing. A tutor does it for an assignment, whoever runs
//! the server for every attempt on it.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    Exam, Failure,
    load::Wording,
    rescore::{Effect, Question, has, questions},
    standing::{Happening, line},
};
use crate::domain::{
    access::Act,
    assignment::Assignment,
    bank::Item,
    correction::{Correction, Corrections, Ruling, RulingFault, Worded},
    form::Form,
    id::{AssignmentId, CorrectionId, ItemId, SchoolId, TestletId, is_slug},
    school::{Group, School},
};
use crate::store::{Account, Conn, Event, Finished, Role, Scope, fresh_id};

/// The longest reason, in characters.
pub const REASON_MAX: usize = 500;

/// What somebody wants to be right.
#[derive(Debug, Clone)]
pub struct CorrectionWish {
    /// Of which item.
    pub item: ItemId,
    /// The hash of its testlet's wording; none is the one that was given last.
    pub wording: Option<String>,
    /// `rekey`, `accept`, `credit-all` or `leave-out`.
    pub kind: String,
    /// The bank's indexes of the options that are right.
    pub options: BTreeSet<u8>,
    /// Why: 1 to 500 characters.
    pub reason: String,
}

/// What there is to correct in an assignment, and what was.
#[derive(Debug, Clone)]
pub struct Rescoring {
    /// In which school.
    pub school: School,
    /// To which group it was given.
    pub group: Group,
    /// The assignment.
    pub assignment: Assignment,
    /// The items of its finished attempts.
    pub questions: Vec<Question>,
    /// Its corrections, the newest first, also those that were undone.
    pub corrections: Vec<Correction>,
}

/// What a correction rests on.
struct Ground {
    attempts: Vec<Finished>,
    wording: Wording,
    /// Every correction in force on the server.
    all: Vec<Correction>,
}

impl Ground {
    /// A correction in force for the same item in the same scope.
    fn there_already(&self, new: &Correction) -> Option<&Correction> {
        self.all
            .iter()
            .find(|one| one.scope == new.scope && one.about == new.about)
    }
}

/// Whether what is asked for is only looked at, or done, in a school or for the whole server.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Preview,
    Apply(Option<&'a SchoolId>),
}

fn invalid(field: &'static str, problem: &'static str) -> Failure {
    Failure::Invalid { field, problem }
}

impl From<RulingFault> for Failure {
    fn from(fault: RulingFault) -> Self {
        match fault {
            RulingFault::Kind => invalid("kind", "unknown"),
            RulingFault::Options => invalid("options", "which"),
            RulingFault::Same => invalid("options", "same"),
        }
    }
}

/// Whoever runs the server; there is nothing here for anybody else.
fn operator(who: &Account) -> Result<(), Failure> {
    match who.role {
        Role::Operator => Ok(()),
        Role::Learner => Err(Failure::NothingHere),
    }
}

impl Exam {
    /// What there is to correct in an assignment.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`]; [`Failure::AttemptInProgress`], [`Failure::KeptBack`] where it would
    /// tell a key that is kept back from whoever asks.
    pub async fn rescoring(&self, who: &Account, id: &AssignmentId) -> Result<Rescoring, Failure> {
        let mut conn = self.store.read().await?;
        let (school, group, assignment, _) = self
            .assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        let ground = self.ground(&mut conn, Scope::Assignment(id)).await?;
        let in_force = Corrections::in_force(&ground.all, Some(id));
        let questions = questions(&ground.attempts, &ground.wording, &in_force);
        let shown = questions.iter().map(|question| &question.testlet);
        self.tells_no_key_to(&mut conn, &who.id, shown).await?;
        Ok(Rescoring {
            school,
            group,
            assignment,
            questions,
            corrections: conn.corrections_of(Some(id)).await?,
        })
    }

    /// Who would change by a correction of an item in an assignment.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `item` (`unknown`, `corrected`),
    /// `kind` (`unknown`), `options` (`which`, `same`) or `reason` (`missing`, `too-long`).
    pub async fn preview_correction(
        &self,
        who: &Account,
        id: &AssignmentId,
        wish: &CorrectionWish,
    ) -> Result<Effect, Failure> {
        let mut conn = self.store.read().await?;
        self.assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        let scope = Scope::Assignment(id);
        self.correct(&mut conn, who, scope, wish, Step::Preview)
            .await
    }

    /// Corrects an item in an assignment: every finished attempt that has it is marked again, and those that finish later
    /// are marked by it. The same again changes nothing more.
    ///
    /// # Errors
    /// As for [`Exam::preview_correction`].
    pub async fn apply_correction(
        &self,
        who: &Account,
        id: &AssignmentId,
        wish: &CorrectionWish,
    ) -> Result<Effect, Failure> {
        let mut conn = self.store.write().await?;
        let (school, ..) = self
            .assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        let scope = Scope::Assignment(id);
        let step = Step::Apply(Some(&school.id));
        let effect = self.correct(&mut conn, who, scope, wish, step).await?;
        conn.commit().await?;
        Ok(effect)
    }

    /// Undoes a correction of an assignment: its attempts are marked as if it had never been. Again is harmless.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for a correction of something else; [`Failure::NotAllowed`].
    pub async fn undo_correction(
        &self,
        who: &Account,
        id: &AssignmentId,
        correction: &CorrectionId,
    ) -> Result<Effect, Failure> {
        let mut conn = self.store.write().await?;
        let (school, ..) = self
            .assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        let effect = self
            .undo(&mut conn, who, Some(id), correction, Some(&school.id))
            .await?;
        conn.commit().await?;
        Ok(effect)
    }

    /// Who would change by a correction of an item for the whole server, or applies it. Only for whoever runs the server,
    /// who is told numbers and no names: what learners did is not theirs to see.
    ///
    /// # Errors
    /// As for [`Exam::preview_correction`].
    pub async fn correct_everywhere(
        &self,
        who: &Account,
        wish: &CorrectionWish,
        apply: bool,
    ) -> Result<Effect, Failure> {
        operator(who)?;
        let testlets = self.content.bank.testlets();
        let testlet = testlets
            .map(|edition| &edition.testlet)
            .find(|testlet| testlet.items.iter().any(|item| item.id == wish.item));
        let testlet = testlet.ok_or(invalid("item", "unknown"))?.id.clone();
        let scope = Scope::Testlet(&testlet);
        if !apply {
            let mut conn = self.store.read().await?;
            return self
                .correct(&mut conn, who, scope, wish, Step::Preview)
                .await;
        }
        let mut conn = self.store.write().await?;
        let step = Step::Apply(None);
        let effect = self.correct(&mut conn, who, scope, wish, step).await?;
        conn.commit().await?;
        Ok(effect)
    }

    /// Undoes a correction of the whole server. Again is harmless.
    ///
    /// # Errors
    /// [`Failure::NothingHere`].
    pub async fn undo_everywhere(
        &self,
        who: &Account,
        correction: &CorrectionId,
    ) -> Result<Effect, Failure> {
        operator(who)?;
        let mut conn = self.store.write().await?;
        let effect = self.undo(&mut conn, who, None, correction, None).await?;
        conn.commit().await?;
        Ok(effect)
    }

    /// The corrections of the whole server, the newest first, also those that were undone.
    ///
    /// # Errors
    /// [`Failure::NothingHere`].
    pub async fn corrections_everywhere(&self, who: &Account) -> Result<Vec<Correction>, Failure> {
        operator(who)?;
        let mut conn = self.store.read().await?;
        Ok(conn.corrections_of(None).await?)
    }

    async fn ground(&self, conn: &mut Conn, scope: Scope<'_>) -> Result<Ground, Failure> {
        let attempts = conn.finished_in_scope(scope).await?;
        let forms: Vec<&Form> = attempts.iter().map(|attempt| &attempt.form).collect();
        Ok(Ground {
            wording: self.wordings(conn, &forms).await?,
            all: conn.corrections_in_force().await?,
            attempts,
        })
    }

    /// The item that a wish is about, in the wording that it names or that was given last.
    fn wanted(&self, ground: &Ground, wish: &CorrectionWish) -> Option<(TestletId, Worded, Item)> {
        let given = ground.attempts.iter().rev();
        let given = given.flat_map(|attempt| attempt.form.testlets());
        let given = given.map(|testlet| (&testlet.id, testlet.digest.as_str()));
        let bank = self.content.bank.testlets();
        let bank = bank.map(|edition| (&edition.testlet.id, edition.digest.as_str()));
        let mut candidates = given.chain(bank).filter(|(_, digest)| {
            wish.wording
                .as_deref()
                .is_none_or(|wording| wording == *digest)
        });
        candidates.find_map(|(testlet, digest)| {
            let edition = match ground.wording.of(digest) {
                Some(edition) => edition,
                None => self.content.bank.get(testlet)?,
            };
            let items = &edition.testlet.items;
            let item = items.iter().find(|item| item.id == wish.item)?;
            let about = Worded {
                digest: digest.to_owned(),
                item: wish.item.clone(),
            };
            Some((testlet.clone(), about, item.clone()))
        })
    }

    async fn correct(
        &self,
        conn: &mut Conn,
        who: &Account,
        scope: Scope<'_>,
        wish: &CorrectionWish,
        step: Step<'_>,
    ) -> Result<Effect, Failure> {
        let now = self.clock.now();
        if matches!(step, Step::Apply(_)) {
            conn.take_correction_turn(now).await?;
            conn.hold_scope(scope).await?;
        }
        let mut ground = self.ground(conn, scope).await?;
        let wanted = self.wanted(&ground, wish);
        let (testlet, about, item) = wanted.ok_or(invalid("item", "unknown"))?;
        let assignment = match scope {
            Scope::Assignment(id) => {
                // Nobody has finished it here, so there is nothing to look at.
                let given = ground.attempts.iter().any(|one| has(&one.form, &about));
                given.then_some(()).ok_or(invalid("item", "unknown"))?;
                Some(id)
            }
            Scope::Testlet(_) => None,
        };
        let correction = Correction {
            id: CorrectionId::new(fresh_id(now)),
            scope: assignment.cloned(),
            testlet,
            about,
            ruling: Ruling::new(&wish.kind, &wish.options, item.key)?,
            reason: line("reason", &wish.reason, REASON_MAX)?,
            made_by: who.id.clone(),
            made_at: now,
            undone_at: None,
            undone_by: None,
        };
        if let Some(there) = ground.there_already(&correction) {
            if there.ruling != correction.ruling {
                return Err(invalid("item", "corrected"));
            }
            return Ok(self.effect(there, &ground.attempts, &ground.wording, &ground.all));
        }
        ground.all.push(correction);
        let Ground {
            attempts,
            wording,
            all,
        } = &ground;
        let correction = &all[all.len() - 1];
        let effect = self.effect(correction, attempts, wording, all);
        if let Step::Apply(school) = step {
            conn.insert_correction(correction).await?;
            let why = "an item was corrected";
            self.rescore(conn, who, correction, why, (attempts, wording), all)
                .await?;
            self.record_effect(conn, who, school, "item-corrected", &effect)
                .await?;
        }
        Ok(effect)
    }

    async fn undo(
        &self,
        conn: &mut Conn,
        who: &Account,
        assignment: Option<&AssignmentId>,
        id: &CorrectionId,
        school: Option<&SchoolId>,
    ) -> Result<Effect, Failure> {
        let now = self.clock.now();
        conn.take_correction_turn(now).await?;
        let found = match is_slug(id.as_str()) {
            true => conn.correction(id).await?,
            false => None,
        };
        let found = found.filter(|found| found.scope.as_ref() == assignment);
        let correction = found.ok_or(Failure::NothingHere)?;
        let scope = match assignment {
            Some(id) => Scope::Assignment(id),
            None => Scope::Testlet(&correction.testlet),
        };
        conn.hold_scope(scope).await?;
        let undone = conn.undo_correction(id, &who.id, now).await?;
        let Ground {
            attempts,
            wording,
            all,
        } = self.ground(conn, scope).await?;
        let effect = self.effect(&correction, &attempts, &wording, &all);
        if undone {
            let why = "a correction was undone";
            self.rescore(conn, who, &correction, why, (&attempts, &wording), &all)
                .await?;
            self.record_effect(conn, who, school, "correction-undone", &effect)
                .await?;
        }
        Ok(effect)
    }

    /// Records what a correction, or undoing it, did as a whole; nothing where it did nothing.
    async fn record_effect(
        &self,
        conn: &mut Conn,
        who: &Account,
        school: Option<&SchoolId>,
        kind: &str,
        effect: &Effect,
    ) -> Result<(), Failure> {
        let Correction {
            id,
            scope,
            about,
            ruling,
            reason,
            ..
        } = &effect.correction;
        let detail = json!({
            "assignment": scope,
            "correction": id,
            "item": about.item,
            "wording": about.digest,
            "ruling": ruling.kind(),
            "options": ruling.options(),
            "why": reason,
            "attempts": effect.attempts.len(),
            "changed": effect.changed().count(),
            "now_pass": effect.now_pass(),
            "no_longer_pass": effect.no_longer_pass(),
        });
        match school {
            Some(school) => {
                let what = Happening {
                    school,
                    kind,
                    learner: None,
                    detail,
                };
                self.record_in_school(conn, who, what).await
            }
            None => {
                conn.record(&Event {
                    at: self.clock.now(),
                    actor: who.id.to_string(),
                    kind: kind.to_owned(),
                    attempt: None,
                    learner: None,
                    school: None,
                    detail,
                })
                .await?;
                Ok(())
            }
        }
    }
}
