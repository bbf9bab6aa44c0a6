//! The record on a page: of a school for its owners, of the server for whoever runs it. One template, one form of filters.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, NaiveDate};
use serde::Deserialize;

use super::{Chrome, Room, failed, render};
use crate::domain::id::SchoolId;
use crate::service::{AuditAsk, AuditLine, AuditView, Somebody};
use crate::web::{App, access::PageLearner, urls};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(urls::SCHOOL_AUDIT, get(school))
        .route(urls::OPERATOR_AUDIT, get(server))
}

/// The filters, as the form sends them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Filters {
    kind: String,
    person: String,
    from: String,
    until: String,
    before: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage<'a> {
    c: Chrome<'a>,
    /// Where the form leads: the page itself.
    here: String,
    /// Where the page belongs: address and name.
    back: (String, String),
    zone: &'static str,
    kinds: Vec<Choice>,
    people: Vec<Choice>,
    from: String,
    until: String,
    /// The field whose day is none, if one is.
    fault: Option<&'static str>,
    rows: Vec<Row>,
    next: Option<String>,
    of_server: bool,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

struct Row {
    at: String,
    who: String,
    /// The link that shows what is by or about them alone; none for the server.
    by: Option<String>,
    what: String,
    whom: Option<String>,
    school: Option<String>,
    particulars: Vec<(String, String)>,
}

impl AuditPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        self.fault
            .filter(|wrong| *wrong == field)
            .map(|_| self.c.say("audit-no-date"))
    }
}

/// A day as a field sends it; none if it is empty.
fn day(text: &str) -> Result<Option<NaiveDate>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(drop),
    }
}

impl Filters {
    fn ask(&self) -> Result<AuditAsk, &'static str> {
        Ok(AuditAsk {
            kind: self.kind.clone(),
            person: self.person.clone(),
            from: day(&self.from).map_err(|()| "from")?,
            until: day(&self.until).map_err(|()| "until")?,
            before: self.before.clone(),
        })
    }

    /// The page with these filters, of older events or of one person.
    fn href(&self, here: &str, name: &str, value: &str) -> String {
        let mut query = String::new();
        let all = [
            ("kind", self.kind.as_str()),
            ("person", self.person.as_str()),
            ("from", self.from.as_str()),
            ("until", self.until.as_str()),
        ];
        let kept = all
            .into_iter()
            .filter(|(known, text)| *known != name && !text.is_empty());
        for (name, text) in kept.chain([(name, value)]) {
            let text: String = text
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect();
            query.push_str(&format!("&{name}={text}"));
        }
        format!("{here}?{}", query.trim_start_matches('&'))
    }
}

/// What a kind of event is called; its own name where there is no word for it.
fn kind_words(c: &Chrome<'_>, kind: &str) -> String {
    c.say_known(&format!("audit-kind-{kind}"))
        .unwrap_or_else(|| kind.to_owned())
}

/// What somebody is called.
fn who(c: &Chrome<'_>, somebody: &Somebody) -> String {
    match (somebody.id.as_str(), &somebody.name) {
        ("server", _) => c.say("audit-server"),
        ("invited", _) => c.say("audit-invited"),
        (_, Some(name)) => name.clone(),
        _ if somebody.erased => c.say("erased-learner"),
        _ => c.say("audit-guest"),
    }
}

/// What a learner's conditions are called, from the record's `extra percent 25, larger text`; anything else as it is.
fn conditions(c: &Chrome<'_>, text: &str) -> String {
    let numbers = [
        ("extra percent ", "conditions-percent"),
        ("extra minutes ", "conditions-minutes"),
        ("extra plays ", "conditions-plays"),
        ("break minutes ", "conditions-break"),
    ];
    let words = text.split(", ").map(|piece| {
        let number = numbers.iter().find_map(|(name, key)| {
            let n: u32 = piece.strip_prefix(name)?.parse().ok()?;
            Some(c.say1(key, "n", n))
        });
        match piece {
            "larger text" => c.say("conditions-larger"),
            piece => number.unwrap_or_else(|| piece.to_owned()),
        }
    });
    words.collect::<Vec<String>>().join(", ")
}

/// A reason that the server gives, as the end of a key; somebody's own words are in no file of words.
fn slug(why: &str) -> String {
    why.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

fn particular(
    c: &Chrome<'_>,
    zone: chrono_tz::Tz,
    (name, value): &(String, String),
) -> (String, String) {
    let name = name.replace('_', "-");
    let words = c.say_known(&format!("audit-detail-{name}"));
    let text = match (name.as_str(), value.as_str()) {
        ("role" | "before", role) => c
            .say_known(&format!("school-role-{role}"))
            .unwrap_or_else(|| conditions(c, role)),
        ("after" | "allowance", terms) => conditions(c, terms),
        ("why", why) => c
            .say_known(&format!("audit-why-{}", slug(why)))
            .unwrap_or_else(|| why.to_owned()),
        (_, "true") => c.say("yes"),
        (_, "false") => c.say("no"),
        (_, text) => match DateTime::parse_from_rfc3339(text) {
            Ok(at) => c.moment_in(&at.to_utc(), zone),
            Err(_) => text.to_owned(),
        },
    };
    (words.unwrap_or(name), text)
}

fn row(c: &Chrome<'_>, view: &AuditView, filters: &Filters, here: &str, line: &AuditLine) -> Row {
    let event = &line.recorded;
    let known = !matches!(event.actor.id.as_str(), "server" | "invited");
    // What one does to oneself is said once.
    let other = event
        .learner
        .as_ref()
        .filter(|learner| learner.id != event.actor.id);
    Row {
        at: c.moment_in(&event.at, view.zone),
        who: who(c, &event.actor),
        by: known.then(|| filters.href(here, "person", event.actor.id.as_str())),
        what: kind_words(c, &event.kind),
        whom: other.map(|learner| who(c, learner)),
        school: event.school.as_ref().map(|(_, name)| name.clone()),
        particulars: line
            .particulars
            .iter()
            .map(|one| particular(c, view.zone, one))
            .collect(),
    }
}

fn page<'a>(
    c: Chrome<'a>,
    view: &AuditView,
    filters: Filters,
    here: String,
    fault: Option<&'static str>,
) -> AuditPage<'a> {
    let choice = |value: &str, label: String, chosen: &str| Choice {
        value: value.to_owned(),
        label,
        chosen: value == chosen,
    };
    let mut people: Vec<Choice> = view
        .people
        .iter()
        .map(|(id, name)| choice(id.as_str(), name.clone(), &filters.person))
        .collect();
    // Whoever has left, or a guest, was chosen by a link in the table.
    if !filters.person.is_empty() && !people.iter().any(|one| one.chosen) {
        let found = view.events.iter().find_map(|line| {
            let actor = Some(&line.recorded.actor);
            let both = [actor, line.recorded.learner.as_ref()];
            both.into_iter()
                .flatten()
                .find(|one| one.id.as_str() == filters.person)
        });
        let name = found.map_or_else(|| c.say("audit-this-person"), |one| who(&c, one));
        people.push(choice(&filters.person, name, &filters.person));
    }
    let mut kinds: Vec<Choice> = view
        .kinds
        .iter()
        .map(|kind| choice(kind, kind_words(&c, kind), &filters.kind))
        .collect();
    kinds.sort_by(|a, b| a.label.cmp(&b.label));
    AuditPage {
        back: match &view.school {
            Some(school) => (urls::school(&school.id), school.name.clone()),
            None => (urls::OPERATOR.to_owned(), c.say("operator-title")),
        },
        zone: view.zone.name(),
        kinds,
        people,
        rows: view
            .events
            .iter()
            .map(|line| row(&c, view, &filters, &here, line))
            .collect(),
        next: view
            .next
            .as_ref()
            .map(|next| filters.href(&here, "before", next)),
        from: filters.from,
        until: filters.until,
        fault,
        here,
        of_server: view.school.is_none(),
        c,
    }
}

/// The page, with its status: a day that is none is told at its field, and the others count.
fn answer(fault: Option<&'static str>, page: &AuditPage<'_>) -> Response {
    match fault {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, render(page)).into_response(),
        None => render(page),
    }
}

fn asked(filters: &Filters) -> (AuditAsk, Option<&'static str>) {
    match filters.ask() {
        Ok(ask) => (ask, None),
        Err(field) => (AuditAsk::default(), Some(field)),
    }
}

async fn school(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(filters): Query<Filters>,
) -> Response {
    let id = SchoolId::new(id);
    let (ask, fault) = asked(&filters);
    let view = match app.exam.audit(&learner.account, &id, &ask).await {
        Ok(view) => view,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let c = Chrome::new(&app, &learner.visitor, Room::Schools);
    let page = page(c, &view, filters, urls::school_audit(&id), fault);
    answer(fault, &page)
}

async fn server(
    State(app): State<App>,
    learner: PageLearner,
    Query(filters): Query<Filters>,
) -> Response {
    let (ask, fault) = asked(&filters);
    let view = match app.exam.server_audit(&learner.account, &ask).await {
        Ok(view) => view,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let c = Chrome::new(&app, &learner.visitor, Room::Other);
    let here = urls::OPERATOR_AUDIT.to_owned();
    let page = page(c, &view, filters, here, fault);
    answer(fault, &page)
}
