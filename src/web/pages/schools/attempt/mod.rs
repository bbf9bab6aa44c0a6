//! One learner's finished attempt, for those who teach: the sections, then each question with what was chosen and when, the
//! key and what proves it, and what the tutor says of it.

mod comments;
mod view;

pub(super) use comments::{to_attempt, write};

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{Chrome, Room, failed, name_of, render};
use crate::domain::id::{AssignmentId, AttemptId, ItemId};
use crate::service::{AssignedResult, Failure, Neighbour, SectionResult};
use crate::web::{
    App,
    access::PageLearner,
    pages::{comments::CommentView, conditions::conditions_line},
    urls,
};
use view::{Part, parts};

#[derive(Template)]
#[template(path = "schools/attempt.html")]
struct AttemptPage<'a> {
    c: Chrome<'a>,
    name: String,
    title: String,
    back: String,
    /// The letter about it.
    letter: String,
    previous: Option<Link>,
    next: Option<Link>,
    attempt: AttemptId,
    /// The form that declares it void.
    void: String,
    finished_at: String,
    /// What was different for the learner.
    conditions: Option<String>,
    sections: Vec<SectionRow>,
    /// Whether the answers were deleted after their time.
    forgotten: bool,
    /// Testlets left out while a mock that is not over has them too, of the learner or of whoever looks.
    held_back: usize,
    /// Where comments are sent.
    comments_url: String,
    /// The comment on the whole.
    comment: Commenting,
    parts: Vec<Part>,
    /// The field with a fault, and the key of its words.
    fault: Option<(String, String)>,
}

/// A learner's attempt before or after.
struct Link {
    name: String,
    href: String,
}

struct SectionRow {
    name: &'static str,
    correct: u32,
    of: u32,
    percent: u32,
    level: &'static str,
    took: String,
}

/// A comment and the form that changes it.
struct Commenting {
    /// The item; empty: the whole.
    item: String,
    /// The id of the field.
    field: String,
    written: Option<CommentView>,
    /// What stands in the field: what was typed, or what is written.
    text: String,
    /// What is wrong with what was typed.
    fault: Option<String>,
}

/// What was typed and could not be taken.
struct Typed {
    item: Option<ItemId>,
    text: String,
    problem: &'static str,
}

impl Commenting {
    fn of(
        c: &Chrome<'_>,
        seen: &AssignedResult,
        item: Option<&ItemId>,
        typed: Option<&Typed>,
    ) -> Self {
        let mut comments = seen.result.comments.iter();
        let written = comments.find(|comment| comment.item.as_ref() == item);
        let typed = typed.filter(|typed| typed.item.as_ref() == item);
        Self {
            item: item.map(ItemId::to_string).unwrap_or_default(),
            field: field_of(item),
            text: match (typed, written) {
                (Some(typed), _) => typed.text.clone(),
                (None, Some(written)) => written.body.clone(),
                (None, None) => String::new(),
            },
            fault: typed.map(|typed| c.say(&fault_key(typed.problem))),
            written: written
                .map(|one| CommentView::of(one, c.moment_in(&one.written_at, seen.school.zone))),
        }
    }
}

/// The id of the field for a comment.
fn field_of(item: Option<&ItemId>) -> String {
    item.map_or_else(|| "comment".to_owned(), |item| format!("comment-{item}"))
}

fn fault_key(problem: &str) -> String {
    format!("comment-fault-{problem}")
}

fn section_row(c: &Chrome<'_>, section: &SectionResult) -> SectionRow {
    SectionRow {
        name: section.name.as_str(),
        correct: section.correct,
        of: section.of,
        percent: section.percent,
        level: section.level.map_or("–", |level| level.as_str()),
        took: c.minutes(section.took_ms),
    }
}

async fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    id: &AssignmentId,
    attempt: &AttemptId,
    typed: Option<Typed>,
) -> Result<AttemptPage<'a>, Failure> {
    let seen = app
        .exam
        .assigned_result(&learner.account, id, attempt)
        .await?;
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let result = &seen.result;
    let typed = typed.as_ref();
    let link = |neighbour: Option<&Neighbour>| {
        let neighbour = neighbour?;
        Some(Link {
            name: name_of(&c, &neighbour.name),
            href: urls::assignment_attempt(id, &neighbour.attempt),
        })
    };
    Ok(AttemptPage {
        finished_at: c.moment_in(&result.finished_at, seen.school.zone),
        conditions: conditions_line(&c, result.allowance),
        void: urls::live_void(id),
        attempt: result.attempt.clone(),
        sections: result
            .sections
            .iter()
            .map(|section| section_row(&c, section))
            .collect(),
        forgotten: result.forgotten,
        held_back: result.held_back,
        comments_url: urls::assignment_comments(id, attempt),
        comment: Commenting::of(&c, &seen, None, typed),
        parts: parts(&c, &seen, typed),
        fault: typed.map(|typed| (field_of(typed.item.as_ref()), fault_key(typed.problem))),
        previous: link(seen.previous.as_ref()),
        next: link(seen.next.as_ref()),
        back: urls::assignment(id),
        letter: urls::assignment_letter(id, attempt),
        title: seen.assignment.title.clone(),
        name: name_of(&c, &seen.name),
        c,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path((id, attempt)): Path<(String, String)>,
) -> Response {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    match page(&app, &learner, &id, &attempt, None).await {
        Ok(page) => render(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
