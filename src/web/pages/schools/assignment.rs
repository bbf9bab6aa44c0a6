//! An assignment: for a learner what it is, when it is due, and the start; for those who teach the table.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Chrome, Nothing, Room,
    export::Files,
    failed,
    form::CHOOSE,
    render,
    review::{Asked, Results},
    tabs::{Tab, TabLink, tabs},
    then, too_many,
};
use crate::domain::{
    access::Act,
    assignment::{Window, Work, last_day},
    delivery::Delivery,
    id::{AssignmentId, AttemptId, GroupId},
};
use crate::service::{AssignedAttempt, AssignmentView, Failure, Shown};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    pages::{conditions::conditions_line, start::deliveries},
    urls,
};

#[derive(Template)]
#[template(path = "schools/assignment.html")]
struct AssignmentPage<'a> {
    c: Chrome<'a>,
    id: AssignmentId,
    title: String,
    group: GroupId,
    group_name: String,
    kind: &'static str,
    /// What is to be done, in words.
    what: String,
    /// `counts` or `training`, of a mock.
    limit: Option<&'static str>,
    window: &'static str,
    opens: String,
    due: String,
    zone: &'static str,
    allowed: u32,
    /// The time limit of a practice set, or the time of a mock.
    minutes: Option<u32>,
    /// How the recordings of a mock come: `choose`, `free` or `paced`.
    delivery: Option<&'static str>,
    /// When the result is seen, of a mock.
    results: Option<&'static str>,
    feedback: String,
    released: bool,
    /// Whether this learner was granted other conditions than the group.
    granted: bool,
    /// For somebody who may sit it.
    sitting: Option<Sitting>,
    /// For whom it is, for those who teach; empty where it is for the whole group.
    audience: Vec<String>,
    /// For those who teach.
    table: Option<Results>,
    /// Which attempts the table can show: the word, whether it is shown.
    shown: Vec<(&'static str, bool)>,
    /// The table as it is shown.
    files: Files,
    /// Its other views, for those who teach.
    tabs: Vec<TabLink>,
}

impl AssignmentPage<'_> {
    fn limit_hint(&self, limit: &str) -> String {
        self.c.say(&format!("give-limit-{limit}-hint"))
    }
}

/// What a learner can do.
struct Sitting {
    left: u32,
    /// Whether an attempt can be begun now.
    can_start: bool,
    /// The ways in which the recordings can come, where they choose.
    deliveries: Vec<&'static str>,
    /// What the school granted them.
    conditions: Option<String>,
    /// The attempt that is ready or goes on.
    open: Option<String>,
    mine: Vec<OwnAttempt>,
}

struct OwnAttempt {
    date: String,
    state: String,
    /// Where its result is.
    result: Option<String>,
    /// From when it is seen, where the school lets it come later.
    from: Option<String>,
}

fn own_attempt(c: &Chrome<'_>, attempt: &AssignedAttempt, view: &AssignmentView) -> OwnAttempt {
    let from = view.held_results.get(&attempt.id);
    OwnAttempt {
        from: from.map(|from| c.moment_in(&from.at, view.school.zone)),
        date: c.moment_in(&attempt.created_at, view.school.zone),
        state: attempt.state.clone(),
        result: (attempt.state == "finished").then(|| urls::attempt_result(&attempt.id)),
    }
}

/// What a learner may choose of how the recordings come.
fn choices(app: &App, work: &Work) -> Vec<&'static str> {
    match work {
        Work::Mock {
            rule,
            delivery: None,
            ..
        } => app
            .exam
            .rules(Some(rule))
            .map_or_else(|_| Vec::new(), |rules| deliveries(rules.offered())),
        _ => Vec::new(),
    }
}

fn sitting(app: &App, c: &Chrome<'_>, view: &AssignmentView) -> Option<Sitting> {
    view.may(Act::SitAssignment).then(|| Sitting {
        left: view.attempts_left(),
        can_start: view.window == Window::Open && view.attempts_left() > 0,
        deliveries: choices(app, &view.assignment.work),
        conditions: conditions_line(c, view.allowance),
        open: view.open_attempt().map(|open| urls::attempt(&open.id)),
        mine: view
            .mine
            .iter()
            .map(|attempt| own_attempt(c, attempt, view))
            .collect(),
    })
}

/// What is to be done, in words.
fn what(app: &App, c: &Chrome<'_>, work: &Work) -> String {
    match work {
        Work::Mock { rule, .. } => match app.exam.rules(Some(rule)) {
            Ok(rules) => c.text(&rules.title).to_owned(),
            Err(_) => rule.to_string(),
        },
        Work::Practice(set) => {
            let wish = &set.wish;
            let mut words = vec![c.say_of("section-", wish.section.as_str())];
            let picked = !wish.testlets.is_empty();
            // Of picked testlets neither the level nor the topic is asked.
            words.extend((!picked).then(|| wish.level.to_string()));
            words.extend(
                wish.topic
                    .iter()
                    .filter(|_| !picked)
                    .map(|topic| c.say_of("topic-", topic)),
            );
            words.extend(wish.skill.iter().map(|skill| c.say_of("skill-", skill)));
            words.extend(wish.stem_type.iter().map(|stem| c.say_of("stem-", stem)));
            words.push(match wish.testlets.len() {
                0 => c.say1("assignment-items", "n", wish.items),
                n => c.say1("assignment-testlets", "n", n),
            });
            words.join(", ")
        }
    }
}

async fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    id: &AssignmentId,
    asked: &Asked,
) -> Result<AssignmentPage<'a>, Failure> {
    let view = app.exam.assignment(&learner.account, id).await?;
    let mut c = Chrome::new(app, &learner.visitor, Room::Schools);
    let shown = Shown::of(&asked.attempt).unwrap_or_default();
    let table = match view.may(Act::SeeResults) {
        true => {
            let book = app.exam.gradebook_of(&learner.account, id, shown).await?;
            Some(Results::of(&c, book, asked))
        }
        false => None,
    };
    if let Some(table) = &table {
        c.kept.clone_from(&table.kept);
    }
    let given = &view.assignment;
    Ok(AssignmentPage {
        id: given.id.clone(),
        title: given.title.clone(),
        group: view.group.id.clone(),
        group_name: view.group.name.clone(),
        kind: given.work.kind(),
        what: what(app, &c, &given.work),
        limit: match &given.work {
            Work::Mock { counts: true, .. } => Some("counts"),
            Work::Mock { counts: false, .. } => Some("training"),
            Work::Practice(_) => None,
        },
        window: view.window.as_str(),
        opens: c.moment_in(&given.opens_at, view.school.zone),
        due: c.day(&last_day(given.due_at, view.school.zone)),
        zone: view.school.zone.name(),
        allowed: given.attempts_allowed,
        minutes: match &given.work {
            Work::Mock { rule, .. } => app.exam.rules(Some(rule)).ok().map(|rules| {
                let minutes = rules.sections.iter().map(|rule| rule.minutes.value);
                minutes.sum()
            }),
            Work::Practice(set) => set.wish.minutes,
        },
        delivery: match &given.work {
            Work::Mock { .. } => Some(given.work.delivery().map_or(CHOOSE, Delivery::as_str)),
            Work::Practice(_) => None,
        },
        results: match given.work {
            Work::Mock { .. } => Some(given.work.results().as_str()),
            Work::Practice(_) => None,
        },
        feedback: match given.work {
            Work::Mock { .. } => c.say_of("give-feedback-", given.work.feedback().as_str()),
            Work::Practice(_) => c.say_of("give-feedback-set-", given.work.feedback().as_str()),
        },
        granted: view.granted.is_some(),
        released: given.released_at.is_some(),
        sitting: sitting(app, &c, &view),
        audience: view
            .audience
            .iter()
            .map(|member| member.name.clone())
            .collect(),
        shown: Shown::ALL.map(|one| (one.as_str(), one == shown)).to_vec(),
        files: Files::of_assignment(&given.id, shown),
        tabs: match table {
            Some(_) => tabs(&c, &given.id, Tab::Results),
            None => Vec::new(),
        },
        table,
        c,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    match page(&app, &learner, &AssignmentId::new(id), &asked).await {
        Ok(page) => render(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// How it is started.
#[derive(serde::Deserialize)]
pub(super) struct How {
    delivery: Option<String>,
}

pub(super) async fn start(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(how): CheckedForm<How>,
) -> Response {
    if !app.rate.allows_attempt(&learner.account.id) {
        return too_many(&app, &learner.visitor);
    }
    let started: Result<AttemptId, Failure> = app
        .exam
        .start_assignment(
            &learner.account,
            &AssignmentId::new(id),
            how.delivery.and_then(|word| word.parse().ok()),
        )
        .await;
    match started {
        Ok(attempt) => Redirect::to(&urls::attempt(&attempt)).into_response(),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

pub(super) async fn withdraw(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    let id = AssignmentId::new(id);
    let done = app.exam.withdraw(&learner.account, &id).await;
    then(&app, &learner, done, &urls::assignment_edit(&id))
}

pub(super) async fn release(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    let id = AssignmentId::new(id);
    let done = app.exam.release(&learner.account, &id).await;
    then(&app, &learner, done, &urls::assignment_edit(&id))
}
