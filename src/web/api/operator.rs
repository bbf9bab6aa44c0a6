//! The record of a school and of the server, and the server at a glance.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::rfc3339;
use crate::domain::id::SchoolId;
use crate::service::{AuditAsk, AuditLine, AuditView, ServerView, Somebody};
use crate::web::api::refusals::{Asked, NotFound, Read};
use crate::web::{App, access::Learner, problem::Problem};

/// Which of what happened.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditQuery {
    kind: String,
    person: String,
    from: String,
    until: String,
    before: String,
}

/// A page of the record, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditShape {
    events: Vec<AuditEvent>,
    /// Send it as `before` for what happened earlier; null on the last page.
    next: Option<String>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEvent {
    id: String,
    at: String,
    /// What, such as `group-made`.
    kind: String,
    who: Person,
    /// To whom, if to somebody.
    whom: Option<Person>,
    school: Option<String>,
    /// The particulars: names and values.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

/// Somebody in the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// A learner's id, `server`, or `invited` for somebody who was invited and did not come.
    id: String,
    /// Null for a guest and for somebody who is erased.
    name: Option<String>,
    erased: bool,
}

/// The server at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerShape {
    version: &'static str,
    schools: Vec<SchoolCountsShape>,
    storage: StorageShape,
    rules: Vec<RuleInForce>,
    bank: BankInForce,
    nodes: Vec<NodeShape>,
    /// Attempts that are being timed.
    timed: u64,
    /// Responses that wait on this server to be written.
    waiting_responses: usize,
}

/// A school by number.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolCountsShape {
    id: String,
    name: String,
    created_at: String,
    members: u64,
    groups: u64,
    assignments: u64,
    attempts: u64,
}

/// The database.
#[derive(Debug, Serialize, ToSchema)]
pub struct StorageShape {
    /// `SQLite` or `PostgreSQL`.
    engine: &'static str,
    bytes: u64,
    /// Rows by table.
    rows: std::collections::BTreeMap<String, u64>,
    /// The numbers of the migrations applied.
    migrations: Vec<i64>,
}

/// A rule set.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleInForce {
    id: String,
    digest: String,
    effective_from: String,
    effective_until: Option<String>,
    source: String,
}

/// The bank.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankInForce {
    /// SHA-256 over the testlets' ids and digests.
    digest: String,
    testlets: usize,
    recordings: usize,
    items: usize,
}

/// A server of this database.
#[derive(Debug, Serialize, ToSchema)]
pub struct NodeShape {
    node: String,
    /// Its last sign of life.
    at: String,
}

impl From<Somebody> for Person {
    fn from(somebody: Somebody) -> Self {
        Self {
            id: somebody.id.to_string(),
            name: somebody.name,
            erased: somebody.erased,
        }
    }
}

impl From<AuditLine> for AuditEvent {
    fn from(line: AuditLine) -> Self {
        let shown = |name: &String| line.particulars.iter().any(|(known, _)| known == name);
        let detail = match line.recorded.detail {
            serde_json::Value::Object(members) => members
                .into_iter()
                .filter(|(name, _)| shown(name))
                .collect(),
            other => other,
        };
        Self {
            id: line.recorded.id,
            at: rfc3339(line.recorded.at),
            kind: line.recorded.kind,
            who: line.recorded.actor.into(),
            whom: line.recorded.learner.map(Person::from),
            school: line.recorded.school.map(|(id, _)| id.to_string()),
            detail,
        }
    }
}

impl From<AuditView> for AuditShape {
    fn from(view: AuditView) -> Self {
        Self {
            events: view.events.into_iter().map(AuditEvent::from).collect(),
            next: view.next,
        }
    }
}

fn day(field: &'static str, text: &str) -> Result<Option<NaiveDate>, Problem> {
    match text {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| Problem::invalid(field, "must be a day such as 2026-11-30")),
    }
}

impl AuditQuery {
    fn ask(self) -> Result<AuditAsk, Problem> {
        Ok(AuditAsk {
            from: day("from", &self.from)?,
            until: day("until", &self.until)?,
            kind: self.kind,
            person: self.person,
            before: self.before,
        })
    }
}

/// What happened in a school: who did what, when, to whom. 100 events at a time.
#[utoipa::path(get, path = "/schools/{id}/audit", tag = "schools", params(
    ("id" = String, Path),
    ("kind" = Option<String>, Query, description = "of this kind"),
    ("person" = Option<String>, Query, description = "by or about whom, by id"),
    ("from" = Option<String>, Query, description = "the first day, in the school's zone"),
    ("until" = Option<String>, Query, description = "the last day"),
    ("before" = Option<String>, Query, description = "`next` of the page before"),
), responses(
    (status = 200, body = AuditShape),
    (status = 403, description = "`…/not-allowed`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`…/invalid`", body = Problem, content_type = "application/problem+json"),
    Read, NotFound, Asked,
))]
pub async fn audit(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditShape>, Problem> {
    let view = app
        .exam
        .audit(&learner, &SchoolId::new(id), &query.ask()?)
        .await?;
    Ok(Json(view.into()))
}

/// What happened on the server but in attempts, for whoever runs it. 100 events at a time.
#[utoipa::path(get, path = "/operator/audit", tag = "operator", params(
    ("kind" = Option<String>, Query, description = "of this kind"),
    ("person" = Option<String>, Query, description = "by or about whom, by id"),
    ("from" = Option<String>, Query, description = "the first day, in Kazakhstan's zone"),
    ("until" = Option<String>, Query, description = "the last day"),
    ("before" = Option<String>, Query, description = "`next` of the page before"),
), responses(
    (status = 200, body = AuditShape),
    (status = 422, description = "`…/invalid`", body = Problem, content_type = "application/problem+json"),
    Read, NotFound, Asked,
))]
pub async fn server_audit(
    State(app): State<App>,
    Learner(learner): Learner,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditShape>, Problem> {
    let view = app.exam.server_audit(&learner, &query.ask()?).await?;
    Ok(Json(view.into()))
}

/// The server at a glance, for whoever runs it; nobody else finds it.
#[utoipa::path(get, path = "/operator", tag = "operator", responses(
    (status = 200, body = ServerShape),
    Read, NotFound,
))]
pub async fn server(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<ServerShape>, Problem> {
    let view = app.exam.server(&learner).await?;
    Ok(Json(shape(&app, view)))
}

fn shape(app: &App, view: ServerView) -> ServerShape {
    let rules = app.exam.content().rules.values();
    ServerShape {
        version: view.version,
        schools: view
            .schools
            .into_iter()
            .map(|school| SchoolCountsShape {
                id: school.id.to_string(),
                name: school.name,
                created_at: rfc3339(school.created_at),
                members: school.members,
                groups: school.groups,
                assignments: school.assignments,
                attempts: school.attempts,
            })
            .collect(),
        storage: StorageShape {
            engine: view.storage.engine,
            bytes: view.storage.bytes,
            rows: view
                .storage
                .rows
                .into_iter()
                .map(|(name, count)| (name.to_owned(), count))
                .collect(),
            migrations: view.storage.migrations.iter().map(|(n, _)| *n).collect(),
        },
        rules: rules
            .map(|rules| RuleInForce {
                id: rules.id.to_string(),
                digest: rules.digest.clone(),
                effective_from: rules.effective_from.value.to_string(),
                effective_until: rules
                    .effective_until
                    .as_ref()
                    .map(|day| day.value.to_string()),
                source: rules.effective_from.source.clone(),
            })
            .collect(),
        bank: BankInForce {
            digest: view.bank.digest,
            testlets: view.bank.testlets,
            recordings: view.bank.recordings,
            items: view.bank.items,
        },
        nodes: view
            .nodes
            .into_iter()
            .map(|(node, at)| NodeShape {
                node,
                at: rfc3339(at),
            })
            .collect(),
        timed: view.timed,
        waiting_responses: view.waiting_responses,
    }
}
