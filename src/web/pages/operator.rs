//! The page of whoever runs the server: schools by number, storage, rule sets in force, the bank's version, health.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use super::{Chrome, Room, failed, render};
use crate::domain::rules::RuleSet;
use crate::service::{Failure, ServerView};
use crate::web::{App, access::PageLearner, urls};

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::OPERATOR, get(show))
}

/// A server without a sign of life for so long is gone.
const GONE_MS: i64 = 10_000;
/// So much of a digest tells it from any other.
const DIGEST_SHOWN: usize = 16;

#[derive(Template)]
#[template(path = "operator.html")]
struct OperatorPage<'a> {
    c: Chrome<'a>,
    view: ServerView,
    size: String,
    schools: Vec<SchoolRow>,
    rules: Vec<RuleRow>,
    nodes: Vec<NodeRow>,
    bank: String,
    /// What is kept for how long: the end of its key, and the days in words.
    kept: Vec<(&'static str, String)>,
    /// Whether somebody was just erased.
    erased: bool,
    /// The address typed into the form that erases somebody.
    email: String,
    /// The field and the key of what is wrong with it.
    fault: Option<(&'static str, &'static str)>,
}

impl OperatorPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        self.fault
            .filter(|(wrong, _)| *wrong == field)
            .map(|(_, key)| self.c.say(key))
    }
}

struct SchoolRow {
    name: String,
    href: String,
    since: String,
    members: u64,
    groups: u64,
    assignments: u64,
    attempts: u64,
}

struct RuleRow {
    id: String,
    title: String,
    href: String,
    from: String,
    until: Option<String>,
    source: String,
    basis: &'static str,
    digest: String,
    in_force: bool,
}

struct NodeRow {
    name: String,
    at: String,
    alive: bool,
}

/// Bytes as people read them: `1.5 MB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    let mut tenths = bytes.saturating_mul(10) / 1024;
    let mut unit = 0;
    while tenths >= 10 * 1024 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

fn short(digest: &str) -> String {
    digest.chars().take(DIGEST_SHOWN).collect()
}

fn rule_row(c: &Chrome<'_>, rules: &RuleSet, today: chrono::NaiveDate) -> RuleRow {
    let until = rules.effective_until.as_ref().map(|until| until.value);
    RuleRow {
        id: rules.id.to_string(),
        title: c.text(&rules.title).to_owned(),
        href: urls::about_rule(&rules.id),
        from: c.day(&rules.effective_from.value),
        until: until.map(|day| c.day(&day)),
        source: rules.effective_from.source.clone(),
        basis: rules.effective_from.basis.as_str(),
        digest: short(&rules.digest),
        in_force: rules.effective_from.value <= today && until.is_none_or(|until| until >= today),
    }
}

/// For how many days something is kept, in words.
fn days(c: &Chrome<'_>, days: u32) -> String {
    match days {
        0 => c.say("operator-for-ever"),
        days => c.say1("operator-days", "n", days),
    }
}

async fn page<'a>(app: &'a App, learner: &PageLearner) -> Result<OperatorPage<'a>, Failure> {
    let view = app.exam.server(&learner.account).await?;
    let c = Chrome::new(app, &learner.visitor, Room::Other);
    Ok(OperatorPage {
        size: size(view.storage.bytes),
        schools: view
            .schools
            .iter()
            .map(|school| SchoolRow {
                name: school.name.clone(),
                href: urls::school(&school.id),
                since: c.moment(&school.created_at),
                members: school.members,
                groups: school.groups,
                assignments: school.assignments,
                attempts: school.attempts,
            })
            .collect(),
        rules: app
            .exam
            .content()
            .rules
            .values()
            .map(|rules| {
                let zone = rules.retake.zone.value;
                rule_row(&c, rules, view.now.with_timezone(&zone).date_naive())
            })
            .collect(),
        nodes: view
            .nodes
            .iter()
            .map(|(name, at)| NodeRow {
                name: short(name),
                at: c.moment(at),
                alive: (view.now - *at).num_milliseconds() < GONE_MS,
            })
            .collect(),
        bank: short(&view.bank.digest),
        kept: {
            let keep = app.exam.settings().retention;
            [
                ("guests", keep.guests_days),
                ("responses", keep.responses_days),
                ("invitations", keep.invitations_days),
            ]
            .map(|(name, kept)| (name, days(&c, kept)))
            .to_vec()
        },
        erased: false,
        email: String::new(),
        fault: None,
        view,
        c,
    })
}

#[derive(Deserialize)]
struct Done {
    erased: Option<String>,
}

async fn show(State(app): State<App>, learner: PageLearner, Query(done): Query<Done>) -> Response {
    match page(&app, &learner).await {
        Ok(page) => render(&OperatorPage {
            erased: done.erased.is_some(),
            ..page
        }),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// The page again, with what was wrong in the form that erases somebody.
pub(super) async fn again(
    app: &App,
    learner: &PageLearner,
    email: String,
    fault: (&'static str, &'static str),
) -> Response {
    match page(app, learner).await {
        Ok(page) => {
            let page = OperatorPage {
                email,
                fault: Some(fault),
                ..page
            };
            (StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response()
        }
        Err(failure) => failed(app, Some(&learner.visitor), failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_by_people() {
        for (bytes, text) in [
            (0, "0.0 KB"),
            (1024, "1.0 KB"),
            (1536, "1.5 KB"),
            (1024 * 1024, "1.0 MB"),
            (5 * 1024 * 1024 * 1024, "5.0 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
