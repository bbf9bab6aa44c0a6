//! The start page: what the test is, under which rules, with their sources; and the page that lists every rule.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use serde::Deserialize;

use super::{Chrome, Room, failed, render, terms::terms};
use crate::domain::{
    Timestamp,
    assignment::{Window, last_day},
    delivery::{Delivery, Offered},
    id::{AttemptId, RuleId},
    retake::{Allowance, LimitReached},
    rules::{RuleSet, Section, SectionRule, Sourced},
};
use crate::service::DueAssignment;
use crate::web::{App, access::Visitor, urls};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(urls::START, get(start))
        .route(urls::ABOUT, get(about))
}

#[derive(Deserialize)]
struct Choice {
    rule: Option<String>,
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage<'a> {
    c: Chrome<'a>,
    /// The rule set that the page shows.
    rules: Arc<RuleSet>,
    /// All that can be chosen.
    all: Vec<Arc<RuleSet>>,
    sections: Vec<SectionCard>,
    facts: Vec<Fact>,
    /// The ways in which its recordings can come, where one chooses; the first is meant.
    deliveries: Vec<&'static str>,
    /// A mock that goes on.
    in_progress: Option<AttemptId>,
    /// The day of the next mock, where the limit is reached.
    next_allowed: Option<String>,
    /// Mocks left within the window, for somebody known.
    left: Option<u32>,
    /// What was given to them by a school.
    due: Vec<DueRow>,
    /// How many invitations wait for them.
    invitations: u64,
}

/// Something that a school gave and that is not over.
struct DueRow {
    title: String,
    href: String,
    kind: &'static str,
    school: String,
    group: String,
    /// `started`, `done`, `ahead` or `open`.
    state: &'static str,
    /// Where it cannot be started yet.
    opens: Option<String>,
    due: String,
    /// Its conditions.
    terms: String,
}

impl DueRow {
    fn of(c: &Chrome<'_>, given: &DueAssignment, now: Timestamp) -> Self {
        let assignment = &given.assignment;
        let ahead = assignment.window(now) == Window::Ahead;
        Self {
            title: assignment.title.clone(),
            href: urls::assignment(&assignment.id),
            kind: assignment.work.kind(),
            school: given.school_name.clone(),
            group: given.group_name.clone(),
            state: match (&given.open_attempt, given.made, ahead) {
                (Some(_), ..) => "started",
                (None, _, true) => "ahead",
                (None, 0, false) => "open",
                (None, ..) => "done",
            },
            opens: ahead.then(|| c.moment_in(&assignment.opens_at, given.zone)),
            due: c.day(&last_day(assignment.due_at, given.zone)),
            terms: terms(c, assignment, assignment.attempts_left(given.made)).join(" · "),
        }
    }
}

/// A section as the start page shows it.
pub(super) struct SectionCard {
    pub(super) name: &'static str,
    pub(super) items: u32,
    pub(super) minutes: u32,
    pub(super) testlets: usize,
    pub(super) plays: Option<u32>,
}

impl SectionCard {
    fn of(section: &SectionRule) -> Self {
        Self {
            name: section.name.as_str(),
            items: section.items.value,
            minutes: section.minutes.value,
            testlets: section.blueprint.value.len(),
            plays: section.plays.as_ref().map(|plays| plays.value),
        }
    }
}

/// A rule's value with its source.
struct Fact {
    label: String,
    value: String,
    basis: &'static str,
    source: String,
    note: Option<String>,
}

fn fact<T>(label: String, value: String, sourced: &Sourced<T>) -> Fact {
    Fact {
        label,
        value,
        basis: sourced.basis.as_str(),
        source: sourced.source.clone(),
        note: sourced.note.clone(),
    }
}

/// Everything that a rule set says, in the page's language.
fn facts(c: &Chrome<'_>, rules: &RuleSet) -> Vec<Fact> {
    let mut facts = vec![
        fact(
            c.say("rule-required"),
            rules.required_level.value.to_string(),
            &rules.required_level,
        ),
        fact(
            c.say("rule-from"),
            c.day(&rules.effective_from.value),
            &rules.effective_from,
        ),
    ];
    if let Some(until) = &rules.effective_until {
        facts.push(fact(c.say("rule-until"), c.day(&until.value), until));
    }
    facts.push(fact(
        c.say("rule-each"),
        c.say("rule-each-value"),
        &rules.each_section,
    ));
    for section in &rules.sections {
        let label = |what: &str| {
            format!(
                "{}: {}",
                c.say_of("section-", section.name.as_str()),
                c.say(what)
            )
        };
        facts.push(fact(
            label("rule-items"),
            section.items.value.to_string(),
            &section.items,
        ));
        facts.push(fact(
            label("rule-time"),
            c.say1("minutes", "n", section.minutes.value),
            &section.minutes,
        ));
        if let Some(plays) = &section.plays {
            facts.push(fact(label("rule-plays"), plays.value.to_string(), plays));
        }
        if let Some(delivery) = &section.delivery {
            let words = c.say_of("rule-delivery-", delivery.value.as_str());
            facts.push(fact(label("rule-delivery"), words, delivery));
        }
        facts.push(fact(
            label(match section.name {
                Section::Listening => "rule-recordings",
                Section::Reading => "rule-texts",
            }),
            section.blueprint.value.len().to_string(),
            &section.blueprint,
        ));
    }
    facts.push(fact(
        c.say("rule-break"),
        c.say1("minutes", "n", rules.break_minutes.value),
        &rules.break_minutes,
    ));
    for band in &rules.bands {
        facts.push(fact(
            c.say1("rule-band", "level", band.level.as_str()),
            c.say1("from-percent", "n", band.from_percent.value),
            &band.from_percent,
        ));
    }
    facts.push(fact(
        c.say("rule-retakes"),
        c.say2(
            "rule-retakes-value",
            "n",
            rules.retake.retakes.value,
            "days",
            rules.retake.days.value,
        ),
        &rules.retake.retakes,
    ));
    facts.push(fact(
        c.say("rule-zone"),
        rules.retake.zone.value.name().to_owned(),
        &rules.retake.zone,
    ));
    facts.push(fact(
        c.say("rule-result"),
        c.say1("business-days", "n", rules.result_days.value),
        &rules.result_days,
    ));
    facts.push(fact(
        c.say("rule-certificate"),
        c.say1("months", "n", rules.certificate_months.value),
        &rules.certificate_months,
    ));
    for (level, points) in &rules.kazakh_points {
        facts.push(fact(
            c.say1("rule-points", "level", level.as_str()),
            points.value.to_string(),
            points,
        ));
    }
    facts
}

async fn start(State(app): State<App>, visitor: Visitor, Query(choice): Query<Choice>) -> Response {
    let chosen = choice.rule.map(RuleId::new);
    // A link to a rule set that is gone shows the default one.
    let rules = app
        .exam
        .rules(chosen.as_ref())
        .or_else(|_| app.exam.rules(None));
    let rules = match rules {
        Ok(rules) => rules,
        Err(failure) => return failed(&app, Some(&visitor), failure),
    };
    let (mut in_progress, mut next_allowed, mut left) = (None, None, None);
    let mut due = Vec::new();
    let mut invitations = 0;
    if let Some(account) = &visitor.account {
        match app.exam.count_invitations(account).await {
            Ok(count) => invitations = count,
            Err(failure) => return failed(&app, Some(&visitor), failure),
        }
        match app.exam.due(account).await {
            Ok(given) => due = given,
            Err(failure) => return failed(&app, Some(&visitor), failure),
        }
        match app.exam.next_mock(&account.id, Some(&rules.id)).await {
            Ok(next) => {
                in_progress = next.in_progress;
                match next.decision {
                    Ok(Allowance { left: mocks, .. }) => left = Some(mocks),
                    Err(LimitReached { next_allowed: day }) => next_allowed = Some(day),
                }
            }
            Err(failure) => return failed(&app, Some(&visitor), failure),
        }
    }
    let now = app.exam.clock().now();
    let c = Chrome::new(&app, &visitor, Room::Mock);
    render(&StartPage {
        sections: rules.sections.iter().map(SectionCard::of).collect(),
        facts: facts(&c, &rules),
        deliveries: deliveries(rules.offered()),
        all: app.exam.content().rules.values().cloned().collect(),
        next_allowed: next_allowed.map(|day| c.day(&day)),
        in_progress,
        left,
        invitations,
        due: due.iter().map(|given| DueRow::of(&c, given, now)).collect(),
        rules,
        c,
    })
}

/// The words of what one may choose; none where there is no choice.
pub(super) fn deliveries(offered: Offered) -> Vec<&'static str> {
    match offered {
        Offered::Either => Delivery::ALL.map(Delivery::as_str).to_vec(),
        Offered::Free | Offered::Paced => Vec::new(),
    }
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    c: Chrome<'a>,
    all: Vec<(Arc<RuleSet>, Vec<Fact>)>,
}

async fn about(State(app): State<App>, visitor: Visitor) -> Response {
    let c = Chrome::new(&app, &visitor, Room::Other);
    let all = app
        .exam
        .content()
        .rules
        .values()
        .map(|rules| (rules.clone(), facts(&c, rules)))
        .collect();
    render(&AboutPage { all, c })
}
