//! A learner's own data: all of it in one document, and nothing about others; and erasing it.

use serde_json::{Map, Value, json};

use super::{Exam, Failure, accounts::fold_email, standing::operator};
use crate::domain::{form::Form, school::SchoolRole};
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

fn attempt(rows: &OwnRows, own: &OwnAttempt, result: Option<&Value>) -> Value {
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
        None => serde_json::from_str(&own.detail).unwrap_or(Value::Null),
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
        let history = self.history(&who.id).await?;
        let results: Map<String, Value> = history
            .iter()
            .filter(|entry| !entry.overview.scores.is_empty())
            .map(|entry| {
                let scores = entry.overview.scores.iter().map(|score| {
                    json!({ "section": score.name, "correct": score.correct, "of": score.of })
                });
                let scores: Vec<Value> = scores.collect();
                let result = json!({
                    "sections": scores,
                    "level": entry.level,
                    "passed": entry.passed,
                });
                (entry.overview.id.to_string(), result)
            })
            .collect();
        // What tutors wrote, as far as their own result shows it now.
        let mut comments = Vec::new();
        for entry in history.iter().filter(|entry| entry.commented) {
            let result = match self.result(&who.id, &entry.overview.id).await {
                Ok(result) => result,
                // What may not be seen yet is not told here either.
                Err(Failure::ResultNotYet(_) | Failure::UnknownRule(_)) => continue,
                Err(failure) => return Err(failure),
            };
            comments.extend(result.comments.iter().map(|comment| {
                json!({
                    "attempt": entry.overview.id,
                    "item": comment.item,
                    "text": comment.body,
                    "written_at": comment.written_at,
                })
            }));
        }
        let mut conn = self.store.read().await?;
        let rows = conn.own_rows(&who.id, who.email.as_deref()).await?;
        let profiles = rows.profiles.iter().map(|profile| {
            json!({
                "id": profile.id,
                "name": profile.name,
                "body": serde_json::from_str::<Value>(&profile.body).unwrap_or(Value::Null),
                "created_at": profile.created_at,
                "updated_at": profile.updated_at,
            })
        });
        let attempts = rows.attempts.iter();
        let attempts = attempts.map(|own| attempt(&rows, own, results.get(&own.id)));
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

    /// Erases the holder of an account, as the command line does.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with `email` (`missing`, `not-an-address`, `unknown`), [`Failure::AttemptInProgress`],
    /// [`Failure::LastOwner`].
    pub async fn erase_account(&self, email: &str, actor: &str) -> Result<(), Failure> {
        let email = fold_email(email)?;
        let mut conn = self.store.write().await?;
        let found = conn.account_by_email(&email).await?;
        let account = found.ok_or(Failure::Invalid {
            field: "email",
            problem: "unknown",
        })?;
        self.erase(&mut conn, &account, actor).await?;
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
