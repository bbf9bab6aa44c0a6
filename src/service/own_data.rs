//! A learner's own data: all of it in one document, and nothing about others; and erasing it.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{Exam, Failure, accounts::fold_email, standing::operator};
use crate::domain::{
    form::Form,
    id::{AttemptId, RuleId},
    school::SchoolRole,
    score::{self, SectionScore},
};
use crate::store::{Account, Conn, Event, OwnAttempt, OwnEvent, OwnRows};

/// How somebody who wants to be erased shows that it is they who want it.
#[derive(Debug, Clone)]
pub enum Consent {
    /// The password of the account.
    Password(String),
    /// A guest has none, and says so.
    Guest(bool),
}

/// Instants as RFC 3339 instead of milliseconds, wherever a member's name says that it is one.
fn readable(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let instant = name.ends_with("_at") || matches!(name.as_str(), "at" | "since");
                let at = value
                    .as_i64()
                    .filter(|_| instant)
                    .and_then(chrono::DateTime::from_timestamp_millis);
                match at {
                    Some(at) => *value = json!(at),
                    None => readable(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(readable),
        _ => {}
    }
}

/// The items of a form in their order. Neither the seed nor the order of options: with a copy of the bank they could
/// tell a key that may not be seen yet.
fn items_of(form: &str) -> Value {
    let Ok(form) = serde_json::from_str::<Form>(form) else {
        return Value::Null;
    };
    let sections = form.sections.iter().map(|section| {
        let items = section.testlets.iter().flat_map(|testlet| &testlet.items);
        let items: Vec<&str> = items.map(|item| item.id.as_str()).collect();
        json!({ "section": section.name, "items": items })
    });
    sections.collect()
}

/// What a column keeps as JSON.
fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

fn of_attempt<'a, T>(rows: impl Iterator<Item = (&'a str, &'a T)>, id: &str) -> Vec<Value>
where
    T: serde::Serialize + 'a,
{
    let own = rows.filter(|(attempt, _)| *attempt == id);
    let own = own.filter_map(|(_, row)| serde_json::to_value(row).ok());
    own.map(|mut row| {
        if let Value::Object(members) = &mut row {
            members.remove("attempt_id");
        }
        row
    })
    .collect()
}

fn attempt(rows: &OwnRows, own: &OwnAttempt, result: Option<Value>) -> Value {
    let id = own.id.as_str();
    // What a mock will ask is not told before it is over.
    let over = own.kind == "practice" || matches!(own.state.as_str(), "finished" | "voided");
    let form = over.then(|| items_of(&own.form));
    let responses = rows.responses.iter();
    let flags = rows.flags.iter();
    let plays = rows.plays.iter();
    json!({
        "id": own.id,
        "kind": own.kind,
        "rule": own.rule_id,
        "state": own.state,
        "counts": own.counts,
        "created_at": own.created_at,
        "counted_at": own.counted_at,
        "ended_at": own.ended_at,
        "void_reason": own.void_reason,
        "allowance": own.allowance.as_deref().map(json_of),
        "delivery": own.delivery,
        "seen_at": own.seen_at,
        "assignment": own.assignment,
        "form": form,
        "responses": of_attempt(responses.map(|row| (row.attempt_id.as_str(), row)), id),
        "flags": of_attempt(flags.map(|row| (row.attempt_id.as_str(), row)), id),
        "plays": of_attempt(plays.map(|row| (row.attempt_id.as_str(), row)), id),
        "result": result,
    })
}

fn event(own: &OwnEvent, who: &Account) -> Value {
    let by = match own.actor.as_str() {
        "server" => "server",
        actor if actor == who.id.as_str() => "you",
        _ => "somebody else",
    };
    // What an event of an attempt says may be a score that is still withheld, or the seed of its form.
    let detail = match own.attempt_id {
        Some(_) => Value::Null,
        None => json_of(&own.detail),
    };
    json!({
        "at": own.at,
        "kind": own.kind,
        "by": by,
        "attempt": own.attempt_id,
        "school": own.school_id,
        "detail": detail,
    })
}

impl Exam {
    /// Everything that is kept about somebody, in one document. Of items there are no keys, and of results only what may
    /// be seen now.
    pub async fn own_data(&self, who: &Account) -> Result<Value, Failure> {
        let mut conn = self.store.read().await?;
        let rows = conn.own_rows(&who.id, who.email.as_deref()).await?;
        let mut scores = conn.finished_scores(&who.id).await?;
        let held = conn.held_results(&who.id, self.clock.now()).await?;
        scores.retain(|attempt, _| !held.contains_key(attempt));
        let commented = conn.commented_attempts(&who.id).await?;
        // Results are looked at with connections of their own.
        drop(conn);
        let comments = self.own_comments(who, &rows, commented).await?;
        let profiles = rows.profiles.iter().map(|profile| {
            json!({
                "id": profile.id,
                "name": profile.name,
                "body": json_of(&profile.body),
                "created_at": profile.created_at,
                "updated_at": profile.updated_at,
            })
        });
        let attempts = rows.attempts.iter();
        let attempts = attempts.map(|own| attempt(&rows, own, self.own_result(own, &scores)));
        let mut document = json!({
            "about": "Everything that this Synaq server keeps about you. Of files it keeps the recordings that you made for a school: each is at /audio/ followed by its sha256 and .mp3.",
            "made_at": self.clock.now(),
            "account": {
                "id": who.id,
                "name": who.name,
                "email": who.email,
                "guest": who.is_guest(),
                "created_at": who.created_at,
            },
            "sessions": rows.sessions,
            "schools": rows.schools,
            "groups": rows.groups,
            "conditions": rows.conditions,
            "exceptions": rows.exceptions,
            "given": rows.given,
            "comments": comments,
            "invitations": rows.invitations,
            "recordings": rows.recordings,
            "profiles": profiles.collect::<Vec<_>>(),
            "attempts": attempts.collect::<Vec<_>>(),
            "events": rows.events.iter().map(|own| event(own, who)).collect::<Vec<_>>(),
        });
        readable(&mut document);
        Ok(document)
    }

    /// What an attempt came to, if it is finished and its learner may see it now.
    fn own_result(
        &self,
        own: &OwnAttempt,
        scores: &HashMap<AttemptId, Vec<SectionScore>>,
    ) -> Option<Value> {
        let scores = scores.get(&AttemptId::new(own.id.as_str()))?;
        let rules = self.content.rules.get(&RuleId::new(own.rule_id.as_str()));
        let rules = rules.filter(|_| own.kind == "mock");
        let sections = scores.iter().map(
            |score| json!({ "section": score.name, "correct": score.correct, "of": score.of }),
        );
        Some(json!({
            "sections": sections.collect::<Vec<_>>(),
            "level": rules.and_then(|rules| score::overall_level(scores, rules)),
            "passed": rules.map(|rules| score::passed(scores, rules)),
        }))
    }

    /// What tutors wrote to them, as far as their own results show it now.
    async fn own_comments(
        &self,
        who: &Account,
        rows: &OwnRows,
        commented: Vec<(AttemptId, bool)>,
    ) -> Result<Vec<Value>, Failure> {
        let commented: HashSet<AttemptId> = commented.into_iter().map(|(id, _)| id).collect();
        let ids = rows
            .attempts
            .iter()
            .map(|own| AttemptId::new(own.id.as_str()));
        let mut comments = Vec::new();
        for id in ids.filter(|id| commented.contains(id)) {
            let result = match self.result(&who.id, &id).await {
                Ok(result) => result,
                // What may not be seen yet, or no longer, is not told here either.
                Err(Failure::ResultNotYet(_) | Failure::NotFinished | Failure::UnknownRule(_)) => {
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            comments.extend(result.comments.iter().map(|comment| {
                json!({
                    "attempt": id,
                    "item": comment.item,
                    "text": comment.body,
                    "written_at": comment.written_at,
                })
            }));
        }
        Ok(comments)
    }

    /// Erases somebody at their own wish: who they are is deleted, their results stay without a name.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with `password` (`wrong`) or `sure` (`missing`); [`Failure::AttemptInProgress`] while a mock
    /// goes on; [`Failure::LastOwner`] while a school with other people has no other owner.
    pub async fn erase_self(&self, who: &Account, consent: Consent) -> Result<(), Failure> {
        let invalid = |field, problem| Err(Failure::Invalid { field, problem });
        match (who.is_guest(), consent) {
            (true, Consent::Guest(true)) => {}
            (true, _) => return invalid("sure", "missing"),
            (false, Consent::Password(password)) => {
                let hash = who.password_hash.clone();
                if !self.verify_password(password, hash).await? {
                    return invalid("password", "wrong");
                }
            }
            (false, Consent::Guest(_)) => return invalid("password", "wrong"),
        }
        let mut conn = self.store.write().await?;
        self.erase(&mut conn, who, who.id.as_str()).await?;
        conn.commit().await?;
        Ok(())
    }

    /// Erases the holder of an account on request, for whoever runs the server.
    ///
    /// # Errors
    /// [`Failure::NothingHere`] for everybody else; otherwise as [`Exam::erase_account`].
    pub async fn erase_on_request(&self, who: &Account, email: &str) -> Result<(), Failure> {
        operator(who)?;
        self.erase_account(email, who.id.as_str()).await
    }

    /// Erases the holder of an account, as the command line does; of an address without one, what schools wrote down when
    /// they invited it.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with `email` (`missing`, `not-an-address`, `unknown`), [`Failure::AttemptInProgress`],
    /// [`Failure::LastOwner`].
    pub async fn erase_account(&self, email: &str, actor: &str) -> Result<(), Failure> {
        let email = fold_email(email)?;
        let mut conn = self.store.write().await?;
        match conn.account_by_email(&email).await? {
            Some(account) => self.erase(&mut conn, &account, actor).await?,
            None if conn.forget_invited(&email).await? > 0 => {}
            None => {
                return Err(Failure::Invalid {
                    field: "email",
                    problem: "unknown",
                });
            }
        }
        conn.commit().await?;
        Ok(())
    }

    /// Erases somebody within a transaction.
    pub(super) async fn erase(
        &self,
        conn: &mut Conn,
        who: &Account,
        actor: &str,
    ) -> Result<(), Failure> {
        // Holds back every start of theirs, so that none begins meanwhile.
        conn.lock_starts(&who.id).await?;
        if let Some(mock) = conn.mock_in_progress(&who.id).await? {
            return Err(Failure::AttemptInProgress(mock));
        }
        for (school, role) in conn.schools_of(&who.id).await? {
            let owners = conn.lock_and_count_owners(&school.id).await?;
            let last = role == Some(SchoolRole::Owner) && owners <= 1;
            match (last, conn.count_members(&school.id).await?) {
                (true, 2..) => return Err(Failure::LastOwner),
                (true, _) => conn.forget_school(&school.id).await?,
                (false, _) => {}
            }
        }
        let now = self.clock.now();
        if conn
            .erase_learner(&who.id, who.email.as_deref(), now)
            .await?
        {
            conn.record(&Event {
                at: now,
                actor: actor.to_owned(),
                kind: "learner-erased".to_owned(),
                attempt: None,
                learner: Some(who.id.clone()),
                school: None,
                detail: json!({}),
            })
            .await?;
        }
        Ok(())
    }
}
