//! The record of a school for its owners, and of the server for whoever runs it: who did what, when, to whom.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{Exam, Failure, standing::operator};
use crate::domain::{
    Timestamp,
    access::{self, Act},
    assignment::{begin_of_day, end_of_day},
    id::{LearnerId, SchoolId, is_slug},
    school::School,
};
use crate::store::{Account, AuditFilter, Recorded};

/// So many events are on a page.
pub const AUDIT_PAGE: usize = 100;
/// In this zone the server's own days begin and end.
const SERVER_ZONE: Tz = chrono_tz::Asia::Almaty;
/// Particulars that are not shown: a code lets in whoever reads it, the others say nothing to a reader.
const UNSHOWN: [&str; 4] = ["code", "seed", "invitation", "profile"];

/// Kinds whose particulars are for those who may see learners' results.
const PRIVATE: [&str; 2] = ["accommodation-", "conditions-changed"];

/// What somebody wants to see of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditAsk {
    /// Of this kind; empty for every kind.
    pub kind: String,
    /// By or about whom, by id; empty for everybody.
    pub person: String,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Older than the event with this id.
    pub before: String,
}

impl AuditAsk {
    /// What the store is asked: one more than a page holds, to know whether there are more.
    fn filter(&self, zone: Tz, scores: bool) -> AuditFilter {
        let begin = self.from.map(|day| begin_of_day(day, zone));
        let end = self.until.map(|day| end_of_day(day, zone));
        // What is no id was typed into the address; it finds nothing.
        let id = |text: &str| match text.is_empty() || is_slug(text) {
            true => text.to_owned(),
            false => "-".to_owned(),
        };
        AuditFilter {
            kind: id(&self.kind),
            person: id(&self.person),
            from: begin.unwrap_or(Timestamp::UNIX_EPOCH),
            until: end.unwrap_or(Timestamp::MAX_UTC),
            before: id(&self.before),
            limit: AUDIT_PAGE as i64 + 1,
            scores,
        }
    }
}

/// A page of the record.
#[derive(Debug, Clone)]
pub struct AuditView {
    /// Of which school; none of the server.
    pub school: Option<School>,
    /// In which zone its days and times are.
    pub zone: Tz,
    /// The newest first.
    pub events: Vec<AuditLine>,
    /// The event before which the next page begins.
    pub next: Option<String>,
    /// The kinds that there are.
    pub kinds: Vec<String>,
    /// Who belongs to the school, by name.
    pub people: Vec<(LearnerId, String)>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditLine {
    /// What happened.
    pub recorded: Recorded,
    /// Its particulars by name, ids of groups and assignments replaced by what they are called.
    pub particulars: Vec<(String, String)>,
}

impl AuditLine {
    /// For somebody who may see learners' results, or may not: then not their special conditions and the reason either,
    /// which tells of their health.
    fn of(mut recorded: Recorded, names: &HashMap<String, String>, results: bool) -> Self {
        if !results && PRIVATE.iter().any(|kind| recorded.kind.starts_with(kind)) {
            recorded.detail = json!({});
        }
        let particulars = match &recorded.detail {
            Value::Object(members) => members
                .iter()
                .filter(|(name, value)| !UNSHOWN.contains(&name.as_str()) && !value.is_null())
                .map(|(name, value)| (name.clone(), said(value, names)))
                .filter(|(_, text)| !text.is_empty())
                .collect(),
            _ => Vec::new(),
        };
        Self {
            recorded,
            particulars,
        }
    }
}

/// A particular in words: ids by what they are called; of several values those that say something.
fn said(value: &Value, names: &HashMap<String, String>) -> String {
    let joined = |texts: Vec<String>| {
        let texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        texts.join(", ")
    };
    match value {
        Value::String(text) => names.get(text).unwrap_or(text).clone(),
        Value::Array(values) => joined(values.iter().map(|value| said(value, names)).collect()),
        Value::Object(members) => {
            let telling = members.iter().filter(|(_, value)| {
                !value.is_null() && **value != Value::Bool(false) && value.as_i64() != Some(0)
            });
            let telling = telling.map(|(name, value)| match value {
                Value::Bool(_) => name.replace('_', " "),
                value => format!("{} {}", name.replace('_', " "), said(value, names)),
            });
            joined(telling.collect())
        }
        other => other.to_string(),
    }
}

/// The events of a page, and where the next one begins.
fn cut(mut events: Vec<Recorded>) -> (Vec<Recorded>, Option<String>) {
    let more = events.len() > AUDIT_PAGE;
    events.truncate(AUDIT_PAGE);
    let last = events.last().map(|event| event.id.clone());
    (events, last.filter(|_| more))
}

impl Exam {
    /// What happened in a school. What its learners' attempts came to when they were marked again is for those who teach
    /// there, and not for whoever runs the server.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn audit(
        &self,
        who: &Account,
        id: &SchoolId,
        ask: &AuditAsk,
    ) -> Result<AuditView, Failure> {
        let mut conn = self.store.read().await?;
        let (school, standing) = self.school_for(&mut conn, who, id, Act::SeeAudit).await?;
        let scores = access::may(standing, Act::SeeResults).is_ok();
        let filter = ask.filter(school.zone, scores);
        let (events, next) = cut(conn.audit_of_school(id, &filter).await?);
        let mut names: HashMap<String, String> =
            conn.assignment_titles(id).await?.into_iter().collect();
        for line in conn.groups_of_school(id).await? {
            names.insert(line.group.id.to_string(), line.group.name);
        }
        let members = conn.members_of(id).await?.into_iter();
        Ok(AuditView {
            zone: school.zone,
            school: Some(school),
            events: events
                .into_iter()
                .map(|event| AuditLine::of(event, &names, scores))
                .collect(),
            next,
            kinds: conn.audit_kinds(Some((id, scores))).await?,
            people: members
                .map(|member| (member.learner, member.name))
                .collect(),
        })
    }

    /// What happened on the server but in attempts, which are their learners' affair.
    ///
    /// # Errors
    /// [`Failure::NothingHere`] for everybody but whoever runs the server.
    pub async fn server_audit(&self, who: &Account, ask: &AuditAsk) -> Result<AuditView, Failure> {
        operator(who)?;
        let mut conn = self.store.read().await?;
        let filter = ask.filter(SERVER_ZONE, false);
        let (events, next) = cut(conn.audit_of_server(&filter).await?);
        let none = HashMap::new();
        Ok(AuditView {
            school: None,
            zone: SERVER_ZONE,
            events: events
                .into_iter()
                .map(|event| AuditLine::of(event, &none, false))
                .collect(),
            next,
            kinds: conn.audit_kinds(None).await?,
            people: Vec::new(),
        })
    }
}
