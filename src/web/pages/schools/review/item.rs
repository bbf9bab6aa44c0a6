//! One question: the stimulus, the key and what proves it, and how the group answered: which distractor took whom.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    Top,
    items::{figure, letter},
    percent,
};
use crate::domain::{
    id::{AssignmentId, ItemId},
    review::{Tally, Telling},
};
use crate::service::{ItemReview, Review};
use crate::web::{
    App,
    access::PageLearner,
    pages::{
        Chrome, Room, failed,
        items::{ItemView, StimulusView, heard_at},
        render,
        schools::tabs::Tab,
    },
    urls,
};

/// So many names stand open; more are folded.
const NAMES_OPEN: usize = 12;

#[derive(Template)]
#[template(path = "schools/review/item.html")]
struct ItemPage<'a> {
    c: Chrome<'a>,
    top: Top,
    back: String,
    number: usize,
    of: usize,
    previous: Option<String>,
    next: Option<String>,
    section: &'static str,
    title: String,
    stimulus: StimulusView,
    item: ItemView,
    /// Where in the recording the evidence is heard, and the minute.
    heard: Option<(String, String)>,
    /// What the figures say, in words.
    reading: Vec<String>,
    facility: String,
    discrimination: String,
    choices: Vec<Choice>,
    /// How many answered before it was edited.
    otherwise: u32,
}

/// What some of them chose.
struct Choice {
    /// None: nothing was chosen.
    letter: Option<&'static str>,
    text: String,
    key: bool,
    count: u32,
    percent: String,
    names: Vec<(String, String)>,
}

impl Choice {
    fn open(&self) -> bool {
        self.names.len() <= NAMES_OPEN
    }
}

/// Those who chose this: their names, and where the item stands in their attempt.
fn names(
    review: &Review,
    column: usize,
    item: &ItemId,
    chosen: Option<u8>,
) -> Vec<(String, String)> {
    let rows = review.matrix.rows.iter().zip(&review.learners);
    rows.filter_map(|(row, learner)| {
        let answer = row[column]?;
        let theirs = match chosen {
            Some(option) => answer.chosen == Some(option),
            None => !answer.answered,
        };
        let attempt = urls::assignment_attempt(&review.assignment.id, &learner.attempt);
        theirs.then(|| (learner.name.clone(), format!("{attempt}#item-{item}")))
    })
    .collect()
}

fn choices(c: &Chrome<'_>, found: &ItemReview, item: &ItemView) -> Vec<Choice> {
    let stats = &found.stats;
    let had = stats.tally.of;
    let question = found.question();
    let share = |count| {
        percent(Tally {
            right: count,
            of: had,
        })
    };
    let of = |chosen| names(&found.review, found.column, &question.item, chosen);
    let options = (0u8..).zip(stats.chosen).zip(&item.options);
    let mut choices: Vec<Choice> = options
        .map(|((option, count), shown)| Choice {
            letter: Some(letter(option)),
            text: shown.text.clone(),
            key: question.is_right(option),
            count,
            percent: share(count),
            names: of(Some(option)),
        })
        .collect();
    choices.push(Choice {
        letter: None,
        text: c.say("analysis-nothing-chosen"),
        key: false,
        count: stats.unanswered(),
        percent: share(stats.unanswered()),
        names: of(None),
    });
    choices
}

/// What the figures say, sentence by sentence.
fn reading(c: &Chrome<'_>, found: &ItemReview) -> Vec<String> {
    let stats = &found.stats;
    let mut words = Vec::new();
    if let Some(difficulty) = stats.difficulty() {
        let key = format!("analysis-difficulty-{}", difficulty.as_str());
        words.push(c.say2(&key, "n", stats.tally.right, "of", stats.tally.of));
    }
    if let Some((option, count)) = stats.strongest_distractor(found.question()) {
        let key = match count > stats.tally.right {
            true => "analysis-misled-more",
            false => "analysis-misled",
        };
        words.push(c.say2(key, "option", letter(option), "n", count));
    }
    words.push(match stats.discrimination {
        Ok(value) => c.say_of("analysis-telling-", Telling::of(value).as_str()),
        Err(why) => c.say_of("analysis-discrimination-", why.as_str()),
    });
    words
}

fn page<'a>(app: &'a App, learner: &PageLearner, found: &ItemReview) -> ItemPage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let review = &found.review;
    let id = &review.assignment.id;
    let questions = &review.matrix.questions;
    let neighbour = |at: Option<usize>| {
        let question = questions.get(at?)?;
        Some(urls::assignment_item(id, &question.item))
    };
    let item = ItemView::of(&c, &found.item);
    ItemPage {
        top: Top::of(&c, review, Tab::Items),
        back: urls::assignment_items(id),
        number: found.column + 1,
        of: questions.len(),
        previous: neighbour(found.column.checked_sub(1)),
        next: neighbour(found.column.checked_add(1)),
        section: found.question().section.as_str(),
        title: found.testlet.title.clone(),
        stimulus: StimulusView::of(&found.testlet),
        heard: heard_at(&found.testlet.stimulus, &found.item.evidence)
            .map(|(href, from_ms)| (href, c.minutes(from_ms as i64))),
        reading: reading(&c, found),
        facility: percent(found.stats.tally),
        discrimination: figure(found.stats.discrimination),
        choices: choices(&c, found, &item),
        otherwise: found.stats.otherwise,
        item,
        c,
    }
}

pub async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path((id, item)): Path<(String, String)>,
) -> Response {
    let (id, item) = (AssignmentId::new(id), ItemId::new(item));
    match app.exam.review_item(&learner.account, &id, &item).await {
        Ok(found) => render(&page(&app, &learner, &found)),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
