//! Picking the testlets of a practice set: the bank's list with filters. A plain form by GET, so that going back works;
//! ticks are kept when the filters change, also of testlets that are then not shown.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};

use super::{
    Chrome, Room, failed,
    form::{Choice, TICK, joined},
    give, render,
};
use crate::domain::{bank::TOPICS, id::TestletId, level::Level};
use crate::service::BankLine;
use crate::web::{App, access::PageLearner, pages::practice::Offer, urls};

#[derive(Template)]
#[template(path = "schools/pick.html")]
struct PickPage<'a> {
    c: Chrome<'a>,
    group_name: String,
    /// Where the choice is used: the form it came from.
    back: String,
    carried: Vec<(String, String)>,
    sections: Vec<Offer>,
    levels: Vec<Offer>,
    topics: Vec<Offer>,
    rows: Vec<Row>,
    /// What is picked, and which boxes the page shows, as the next page is told.
    testlets: String,
    shown: String,
    /// How many testlets and items of the section are picked.
    picked: usize,
    items: u32,
}

struct Row {
    tick: String,
    ticked: bool,
    line: BankLine,
    topic: String,
}

/// The page with what a form holds.
pub(super) fn address(choice: &Choice) -> String {
    let mut query = choice.carried();
    query.push(("section".to_owned(), choice.section.clone()));
    query.push(("testlets".to_owned(), joined(&choice.picked())));
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", urls::encoded(value)))
        .collect();
    format!("{}?{}", urls::ASSIGNMENT_PICK, query.join("&"))
}

fn offers<'n>(
    names: impl Iterator<Item = &'n str>,
    label: impl Fn(&str) -> String,
    chosen: &str,
) -> Vec<Offer> {
    names
        .map(|name| Offer {
            chosen: name == chosen,
            value: name.to_owned(),
            label: label(name),
            hint: String::new(),
        })
        .collect()
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Query(mut choice): Query<Choice>,
) -> Response {
    let view = match give::group(&app, &learner, &choice.group).await {
        Ok(view) => view,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    if choice.section != "reading" {
        "listening".clone_into(&mut choice.section);
    }
    let c = Chrome::new(&app, &learner.visitor, Room::Schools);
    let bank = &app.exam.content().bank;
    let mut here: Vec<BankLine> = bank
        .testlets()
        .map(|edition| BankLine::of(edition))
        .filter(|line| line.section.as_str() == choice.section)
        .collect();
    here.sort_by(|a, b| (a.level, &a.title).cmp(&(b.level, &b.title)));
    let picked = choice.picked();
    let chosen: Vec<&BankLine> = here
        .iter()
        .filter(|line| picked.contains(&line.id))
        .collect();
    let fits = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
    let rows: Vec<Row> = here
        .iter()
        .filter(|line| {
            fits(&choice.show_level, line.level.as_str()) && fits(&choice.show_topic, &line.topic)
        })
        .map(|line| Row {
            tick: format!("{TICK}{}", line.id),
            ticked: picked.contains(&line.id),
            topic: c.say_of("topic-", &line.topic),
            line: line.clone(),
        })
        .collect();
    let shown: Vec<TestletId> = rows.iter().map(|row| row.line.id.clone()).collect();
    let topics = TOPICS
        .into_iter()
        .filter(|topic| here.iter().any(|line| line.topic == *topic));
    let levels = Level::ALL
        .into_iter()
        .filter(|level| here.iter().any(|line| line.level == *level))
        .map(|level| level.as_str());
    render(&PickPage {
        group_name: view.group.name,
        back: match choice.assignment.as_str() {
            "" => urls::ASSIGNMENT_NEW.to_owned(),
            id => urls::assignment_edit(&crate::domain::id::AssignmentId::new(id)),
        },
        carried: choice.carried(),
        sections: offers(
            ["listening", "reading"].into_iter(),
            |name| c.say_of("section-", name),
            &choice.section,
        ),
        levels: offers(levels, str::to_owned, &choice.show_level),
        topics: offers(topics, |name| c.say_of("topic-", name), &choice.show_topic),
        testlets: joined(&picked),
        shown: joined(&shown),
        picked: chosen.len(),
        items: chosen.iter().map(|line| line.items).sum(),
        rows,
        c,
    })
}
