//! A practice set: answers, and the feedback on each at once.

use std::collections::HashMap;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;

use super::{
    Chrome, Room,
    attempt::TimeLeft,
    failed,
    items::{ItemView, Piece, StimulusView, stem},
    render,
};
use crate::domain::{
    attempt::{Kind, Refused},
    id::{AttemptId, ItemId},
    presence::SEEN_EVERY_MS,
};
use crate::service::{
    Failure, TestletResult,
    paper::{Paper, PaperItem, PaperSection},
};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    urls,
};

pub(super) fn router() -> Router<App> {
    Router::new()
        // A form that came without an answer is shown again at its own address; reloading it shows the set.
        .route(urls::PRACTICE_ANSWERS, get(back_to_set).post(answer))
}

#[derive(Template)]
#[template(path = "practice_set.html")]
struct SetPage<'a> {
    c: Chrome<'a>,
    /// How often the page says that it is there, where a school looks on.
    every_ms: Option<u32>,
    id: AttemptId,
    page: String,
    /// The number with which it begins to number its responses.
    order: i64,
    section: &'static str,
    answers_url: String,
    /// The testlet's id, place and how many there are.
    testlet: String,
    ordinal: usize,
    of: usize,
    stimulus: StimulusView,
    audio: Option<AudioView>,
    items: Vec<SetItem>,
    answered: usize,
    /// Items in other testlets that wait for an answer.
    waiting_elsewhere: usize,
    previous: Option<String>,
    strings: String,
    /// The time left, in a set with a limit.
    time: Option<TimeLeft>,
    /// Whether a school keeps the keys of this testlet back: answers can be changed until the end, and none is told.
    kept_back: bool,
    /// The first item without an answer, where the form came without any.
    nothing_chosen: Option<String>,
}

/// What the player needs to know.
struct AudioView {
    src: String,
    sha256: String,
    duration_ms: u64,
}

/// An item of the set: open, or done with its feedback.
struct SetItem {
    id: String,
    position: usize,
    stem: Vec<Piece>,
    /// Letter, text, whether it is chosen.
    options: Vec<(&'static str, String, bool)>,
    /// Whether it is answered, and its key kept back.
    kept: bool,
    done: Option<ItemView>,
}

impl SetPage<'_> {
    /// Whether the testlet is done, so that a recording's script may be read.
    fn done(&self) -> bool {
        !self.kept_back && self.answered == self.items.len()
    }

    fn last(&self) -> bool {
        self.ordinal == self.of
    }
}

/// The page of a practice set that is being worked on.
pub(super) async fn page(
    app: &App,
    learner: &PageLearner,
    paper: Paper,
    page_token: String,
    t: Option<usize>,
) -> Response {
    match set_page(app, learner, &paper, page_token, t, false).await {
        Ok(response) => response,
        Err(failure) => failed(app, Some(&learner.visitor), failure),
    }
}

async fn set_page(
    app: &App,
    learner: &PageLearner,
    paper: &Paper,
    page_token: String,
    t: Option<usize>,
    nothing_chosen: bool,
) -> Result<Response, Failure> {
    let section = paper
        .running()
        .ok_or(Failure::Refused(Refused::WrongState { state: paper.state }))?;
    let feedback = app
        .exam
        .practice_feedback(&learner.account.id, &paper.id)
        .await?;
    let ordinal = ordinal(section, t);
    let testlet = section.testlets.get(ordinal - 1).ok_or(Failure::NotFound)?;
    let known = feedback
        .iter()
        .find(|known| known.id == testlet.id)
        .ok_or(Failure::NotFound)?;
    let c = Chrome::new(app, &learner.visitor, Room::Practice).under(paper.allowance);
    // What is answered and not told is kept back.
    let kept_back = paper.keys_kept.contains(&testlet.id);
    let open = |item: &PaperItem| item.response.is_none();
    let open_in_set = section
        .testlets
        .iter()
        .flat_map(|testlet| &testlet.items)
        .filter(|item| open(item))
        .count();
    let open_here = testlet.items.iter().filter(|item| open(item)).count();
    Ok(render(&SetPage {
        every_ms: paper.assignment.as_ref().map(|_| SEEN_EVERY_MS),
        id: paper.id.clone(),
        page: page_token,
        order: paper.next_order,
        section: section.name.as_str(),
        answers_url: urls::practice_answers(&paper.id),
        testlet: testlet.id.to_string(),
        ordinal,
        of: section.testlets.len(),
        stimulus: StimulusView::of(known),
        audio: testlet.audio.as_ref().map(|audio| AudioView {
            src: urls::audio(&audio.sha256),
            sha256: audio.sha256.clone(),
            duration_ms: audio.duration_ms,
        }),
        items: testlet
            .items
            .iter()
            .map(|item| set_item(&c, item, known))
            .collect(),
        time: TimeLeft::of(&c, section),
        kept_back,
        answered: testlet.items.len() - open_here,
        waiting_elsewhere: open_in_set - open_here,
        previous: (ordinal > 1).then(|| urls::testlet(&paper.id, ordinal - 1)),
        strings: strings(&c),
        nothing_chosen: testlet
            .items
            .iter()
            .find(|item| nothing_chosen && open(item))
            .map(|item| item.id.to_string()),
        c,
    }))
}

/// Whether an item of a testlet waits for an answer.
fn is_open(section: &PaperSection, ordinal: usize) -> bool {
    let testlet = section.testlets.get(ordinal - 1);
    testlet.is_some_and(|testlet| testlet.items.iter().any(|item| item.response.is_none()))
}

/// The testlet asked for, or the first with an item that waits; from 1.
fn ordinal(section: &PaperSection, t: Option<usize>) -> usize {
    let waiting = || {
        section
            .testlets
            .iter()
            .position(|testlet| testlet.items.iter().any(|item| item.response.is_none()))
            .map_or(1, |index| index + 1)
    };
    t.unwrap_or_else(waiting)
        .clamp(1, section.testlets.len().max(1))
}

fn set_item(c: &Chrome<'_>, item: &PaperItem, known: &TestletResult) -> SetItem {
    let done = known.items.iter().find(|done| done.id == item.id);
    SetItem {
        id: item.id.to_string(),
        position: item.position,
        stem: stem(&item.stem),
        options: item
            .options
            .iter()
            .map(|(letter, text)| {
                let chosen = item.response == Some(*letter);
                (letter.as_str(), text.clone(), chosen)
            })
            .collect(),
        kept: done.is_none() && item.response.is_some(),
        done: done.map(|done| ItemView::of(c, done)),
    }
}

/// The words that practice.js and player.js say, by the names they know them by.
fn strings(c: &Chrome<'_>) -> String {
    const KEYS: [&str; 19] = [
        "correct",
        "wrong",
        "key",
        "yours",
        "saving",
        "kept",
        "time-up",
        "waiting",
        "refused",
        "playing",
        "play",
        "pause",
        "loading",
        "sound-failed",
        "broken",
        "no-plays",
        "continue",
        "interrupted",
        "play-failed",
    ];
    let mut words: serde_json::Map<_, _> = KEYS
        .iter()
        .map(|key| ((*key).to_owned(), c.say_of("practice-", key).into()))
        .collect();
    // The scripts fill in these numbers themselves.
    let progress = c.say2("practice-progress", "n", "{n}", "of", "{of}");
    words.insert("progress".to_owned(), progress.into());
    for mark in ["time-10", "time-5", "time-1"] {
        words.insert(mark.to_owned(), c.say_of("sit-", mark).into());
    }
    let changed = c.say1("sit-time-changed", "time", "{time}");
    words.insert("time-changed".to_owned(), changed.into());
    // In a script element `<` alone could end it.
    serde_json::Value::from(words)
        .to_string()
        .replace('<', "\\u003c")
}

#[derive(Deserialize)]
struct Answers {
    /// `save`, `next` or `finish`.
    #[serde(default)]
    go: String,
    t: Option<String>,
    /// `answer-` and the item's id, with a letter.
    #[serde(flatten)]
    answers: HashMap<String, String>,
}

async fn back_to_set(uri: Uri) -> Redirect {
    Redirect::to(&urls::attempt_of_form(uri.path()))
}

async fn answer(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm<Answers>,
) -> Response {
    let id = AttemptId::new(id);
    match save(&app, &learner, &id, &form).await {
        Ok(response) => response,
        // The set was finished meanwhile, here or elsewhere; its page knows what to show.
        Err(Failure::Refused(Refused::SectionClosed | Refused::WrongState { .. })) => {
            Redirect::to(&urls::attempt(&id)).into_response()
        }
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

async fn save(
    app: &App,
    learner: &PageLearner,
    id: &AttemptId,
    form: &Answers,
) -> Result<Response, Failure> {
    let who = &learner.account.id;
    let paper = app.exam.paper(who, id).await?;
    if paper.kind != Kind::Practice {
        return Err(Failure::NotFound);
    }
    let section = paper
        .running()
        .ok_or(Failure::Refused(Refused::WrongState { state: paper.state }))?;
    let mut first: Option<ItemId> = None;
    for testlet in &section.testlets {
        let kept = paper.keys_kept.contains(&testlet.id);
        for item in &testlet.items {
            // The first answer counts, where the key is known after it.
            let chosen = form
                .answers
                .get(&format!("answer-{}", item.id))
                .filter(|_| kept || item.response.is_none())
                .and_then(|letter| letter.parse().ok())
                .filter(|letter| item.response != Some(*letter));
            if let Some(letter) = chosen {
                app.exam
                    .respond(who, id, &item.id, Some(letter), None)
                    .await?;
                first.get_or_insert_with(|| item.id.clone());
            }
        }
    }
    let t = ordinal(section, form.t.as_ref().and_then(|t| t.parse().ok()));
    let to = match form.go.as_str() {
        "finish" => {
            app.exam.finish_section(who, id, section.name).await?;
            urls::attempt_result(id)
        }
        "next" => urls::testlet(id, t + 1),
        _ => match first {
            Some(item) => format!("{}#item-{item}", urls::testlet(id, t)),
            None if !is_open(section, t) => urls::testlet(id, t),
            None => {
                let (paper, token) = app.exam.open_page(who, id, None).await?;
                let page = set_page(app, learner, &paper, token, Some(t), true).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
        },
    };
    Ok(Redirect::to(&to).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{bank::ItemKind, form::Letter, id::TestletId, rules::Section};

    use crate::service::paper::{PaperTestlet, Status};

    /// The responses of each testlet.
    type Responses = &'static [&'static [Option<Letter>]];

    fn section(responses: Responses) -> PaperSection {
        let item = |response: &Option<Letter>| PaperItem {
            id: ItemId::new("item"),
            position: 1,
            kind: ItemKind::Comprehension,
            stem: String::new(),
            options: Vec::new(),
            response: *response,
            flagged: false,
        };
        PaperSection {
            name: Section::Reading,
            status: Status::Running,
            items: 0,
            break_minutes: 0,
            minutes: None,
            plays: None,
            deadline: None,
            remaining_ms: None,
            recordings: Vec::new(),
            track: None,
            testlets: responses
                .iter()
                .enumerate()
                .map(|(index, responses)| PaperTestlet {
                    id: TestletId::new("testlet"),
                    ordinal: index + 1,
                    text: None,
                    audio: None,
                    items: responses.iter().map(item).collect(),
                })
                .collect(),
        }
    }

    #[test]
    fn a_set_opens_where_it_was_left() {
        const ANSWERED: Option<Letter> = Some(Letter::B);
        let table: [(Responses, Option<usize>, usize); 6] = [
            (&[&[None], &[None]], None, 1),
            (&[&[ANSWERED], &[ANSWERED, None]], None, 2),
            (&[&[ANSWERED], &[ANSWERED]], None, 1),
            (&[&[ANSWERED], &[None]], Some(1), 1),
            (&[&[ANSWERED], &[None]], Some(9), 2),
            (&[&[None]], Some(0), 1),
        ];
        for (responses, t, expected) in table {
            assert_eq!(
                ordinal(&section(responses), t),
                expected,
                "{responses:?} {t:?}"
            );
        }
    }
}
