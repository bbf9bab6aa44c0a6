//! Giving a group a mock exam or a practice set.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::audience::{Audience, AudienceChoice};
use super::{Chrome, Fault, Room, again, failed, fault_of, render};
use crate::domain::{
    access::Act,
    assignment::{FeedbackPolicy, Work},
    id::{GroupId, RuleId},
};
use crate::service::{Failure, GroupView, NewAssignment};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    api,
    pages::practice::{Offer, Offers, SIZES},
    urls,
};

/// What the form sends, or the link to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    group: String,
    /// `mock` or `practice`.
    kind: String,
    title: String,
    opens: String,
    due: String,
    attempts: String,
    rule: String,
    /// `counts` or `training`.
    limit: String,
    feedback: String,
    section: String,
    level: String,
    topic: String,
    skill: String,
    items: String,
    #[serde(flatten)]
    audience: AudienceChoice,
}

impl Choice {
    fn is_practice(&self) -> bool {
        self.kind == "practice"
    }
}

#[derive(Template)]
#[template(path = "schools/give.html")]
struct GivePage<'a> {
    c: Chrome<'a>,
    group: GroupId,
    group_name: String,
    zone: &'static str,
    practice: bool,
    kind: &'static str,
    choice: Choice,
    rules: Vec<Offer>,
    limits: Vec<Offer>,
    feedback: Vec<Offer>,
    sections: Vec<Offer>,
    levels: Vec<Offer>,
    topics: Vec<Offer>,
    skills: Vec<Offer>,
    sizes: Vec<Offer>,
    audience: Audience,
    fault: Option<Fault>,
}

impl GivePage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

fn offer(value: &str, label: String, hint: String, chosen: &str) -> Offer {
    Offer {
        chosen: value == chosen,
        value: value.to_owned(),
        label,
        hint,
    }
}

/// One is chosen where nothing that can be chosen is.
fn at_least_one(mut offers: Vec<Offer>, default: usize) -> Vec<Offer> {
    if !offers.iter().any(|offer| offer.chosen)
        && let Some(offer) = offers.get_mut(default)
    {
        offer.chosen = true;
    }
    offers
}

fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    view: &GroupView,
    mut choice: Choice,
    fault: Option<Fault>,
) -> GivePage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let content = app.exam.content();
    let offers = Offers::of(&content.bank);
    let plain =
        |value: &str, label: String, chosen: &str| offer(value, label, String::new(), chosen);
    let named = |prefix: &str, names: &[&str], chosen: &str| -> Vec<Offer> {
        let offers = names.iter();
        let offers = offers.map(|name| plain(name, c.say_of(prefix, name), chosen));
        offers.collect()
    };
    let hinted = |prefix: &str, names: &[&str], chosen: &str| -> Vec<Offer> {
        let offers = names.iter().map(|name| {
            let hint = c.say(&format!("{prefix}{name}-hint"));
            offer(name, c.say_of(prefix, name), hint, chosen)
        });
        offers.collect()
    };
    let default_rule = app.exam.settings().default_rule.as_str();
    let rule = match choice.rule.is_empty() {
        true => default_rule.to_owned(),
        false => choice.rule.clone(),
    };
    if choice.attempts.is_empty() {
        "1".clone_into(&mut choice.attempts);
    }
    let rules = content.rules.values().map(|rules| {
        let hint = c.say1("percent-each", "n", rules.required_percent());
        offer(
            rules.id.as_str(),
            c.text(&rules.title).to_owned(),
            hint,
            &rule,
        )
    });
    let policies = FeedbackPolicy::ALL.map(FeedbackPolicy::as_str);
    let levels = offers.levels.iter();
    let levels = levels.map(|level| plain(level.as_str(), level.to_string(), &choice.level));
    let sizes = SIZES.iter().map(|size| {
        let size = size.to_string();
        plain(&size, size.clone(), &choice.items)
    });
    GivePage {
        rules: at_least_one(rules.collect(), 0),
        limits: at_least_one(
            hinted("give-limit-", &["counts", "training"], &choice.limit),
            0,
        ),
        feedback: at_least_one(hinted("give-feedback-", &policies, &choice.feedback), 0),
        sections: at_least_one(
            named("section-", &["listening", "reading"], &choice.section),
            0,
        ),
        levels: at_least_one(levels.collect(), 0),
        topics: named("topic-", &offers.topics, &choice.topic),
        skills: named("skill-", &offers.skills, &choice.skill),
        sizes: at_least_one(sizes.collect(), 1),
        audience: Audience::of(&c, &view.learners, &choice.audience, fault.as_ref()),
        group: view.group.id.clone(),
        group_name: view.group.name.clone(),
        zone: view.school.zone.name(),
        practice: choice.is_practice(),
        kind: if choice.is_practice() {
            "practice"
        } else {
            "mock"
        },
        choice,
        fault,
        c,
    }
}

/// The group, for somebody who may give it something.
async fn group(app: &App, learner: &PageLearner, id: &str) -> Result<GroupView, Failure> {
    let view = app.exam.group(&learner.account, &GroupId::new(id)).await?;
    match view.may(Act::GiveAssignment) {
        true => Ok(view),
        false => Err(Failure::NotAllowed),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Query(choice): Query<Choice>,
) -> Response {
    match group(&app, &learner, &choice.group).await {
        Ok(view) => render(&page(&app, &learner, &view, choice, None)),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

fn fault(field: &'static str, problem: &str) -> Fault {
    Fault {
        field,
        key: format!("school-fault-{field}-{problem}"),
    }
}

/// What the form means.
fn read(choice: &Choice) -> Result<NewAssignment, Fault> {
    let given = |value: &str| (!value.is_empty()).then(|| value.to_owned());
    let date = |field, text: &str| -> Result<Option<NaiveDate>, Fault> {
        match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| fault(field, "no-date")),
        }
    };
    let work = match choice.is_practice() {
        true => {
            // A number that is none is as wrong as one that is too small.
            let items = given(&choice.items).map(|items| items.parse().unwrap_or_default());
            let wish = api::wish(
                &choice.section,
                &choice.level,
                given(&choice.topic).as_deref(),
                given(&choice.skill).as_deref(),
                items,
            );
            Work::Practice(wish.map_err(|(field, _)| Fault {
                field,
                key: format!("practice-fault-{field}"),
            })?)
        }
        false => Work::Mock {
            rule: RuleId::new(choice.rule.as_str()),
            counts: choice.limit != "training",
            feedback: choice
                .feedback
                .parse()
                .map_err(|_| fault("feedback", "unknown"))?,
        },
    };
    Ok(NewAssignment {
        title: choice.title.clone(),
        work,
        opens: date("opens", &choice.opens)?,
        due: date("due", &choice.due)?.ok_or_else(|| fault("due", "missing"))?,
        attempts: choice.attempts.trim().parse().unwrap_or_default(),
        learners: choice.audience.learners(),
    })
}

/// The field that a failure is about.
fn fault_in_form(failure: Failure, choice: &Choice) -> Result<Fault, Failure> {
    match failure {
        Failure::UnknownRule(_) => Ok(fault("rule", "unknown")),
        Failure::Unfilled(_) => Ok(fault("rule", "bank")),
        Failure::NothingFits(_) => Ok(Fault {
            // The narrowest of what was chosen is what to change.
            field: match (choice.topic.is_empty(), choice.skill.is_empty()) {
                (true, false) => "skill",
                (true, true) => "level",
                (false, _) => "topic",
            },
            key: "practice-fault-nothing".to_owned(),
        }),
        other => Fault::of(other),
    }
}

pub(super) async fn give(
    State(app): State<App>,
    learner: PageLearner,
    CheckedForm(choice): CheckedForm<Choice>,
) -> Response {
    let view = match group(&app, &learner, &choice.group).await {
        Ok(view) => view,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let given = match read(&choice) {
        Ok(new) => app.exam.give(&learner.account, &view.group.id, new).await,
        Err(fault) => return again(&page(&app, &learner, &view, choice, Some(fault))),
    };
    match given.map_err(|failure| fault_in_form(failure, &choice)) {
        Ok(given) => Redirect::to(&urls::assignment(&given.id)).into_response(),
        Err(Ok(fault)) => again(&page(&app, &learner, &view, choice, Some(fault))),
        Err(Err(failure)) => failed(&app, Some(&learner.visitor), failure),
    }
}
