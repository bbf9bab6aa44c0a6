//! An attempt's page shows whatever comes next in it: the preparation, the sitting, the break, the result. Everything
//! works as plain forms; the scripts only make it quicker.

mod answers;
mod pause;
mod prepare;
mod review;
mod sitting;
mod track;

use axum::{
    Router,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

use super::{Chrome, Room, failed, practice_set, render};
use crate::domain::{
    Timestamp,
    attempt::{Kind, Refused},
    id::AttemptId,
    presence::SEEN_EVERY_MS,
    rules::Section,
};
use crate::service::{
    Failure,
    paper::{Paper, PaperSection},
};
use crate::web::{
    App,
    access::{CheckedForm, PAGE_HEADER, PageLearner},
    urls,
};

pub(super) fn router() -> Router<App> {
    // The addresses of forms are also asked for by GET, by somebody who reloads or signs in again: see `to_attempt`.
    Router::new()
        .route(urls::ATTEMPT, get(show))
        .route(urls::ATTEMPT_START, post(start).get(to_attempt))
        .route(urls::ATTEMPT_ANSWERS, post(answers::save).get(to_attempt))
        .route(urls::ATTEMPT_REVIEW, get(review::show))
        .route(urls::ATTEMPT_FINISH, post(finish).get(to_attempt))
}

/// What the address may say besides the attempt. Nonsense is passed over.
#[derive(Debug, Default, Deserialize)]
struct View {
    /// Which testlet of the running section, from 1.
    t: Option<String>,
    /// When the answers of the form before were saved, in milliseconds: the receipt without scripts.
    saved: Option<String>,
    /// A testlet whose recording has just been given a play.
    playing: Option<String>,
}

impl View {
    fn chosen(&self) -> Option<usize> {
        self.t.as_deref().and_then(|t| t.parse().ok())
    }

    fn ordinal(&self) -> usize {
        self.chosen().unwrap_or_default()
    }

    fn saved_at(&self) -> Option<Timestamp> {
        Timestamp::from_timestamp_millis(self.saved.as_deref()?.parse().ok()?)
    }
}

/// The page that a script fetches more views for says which it is, and so keeps its right to save.
fn page_token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(PAGE_HEADER)
        .and_then(|value| value.to_str().ok())
}

async fn to_attempt(uri: Uri) -> Redirect {
    Redirect::to(&urls::attempt_of_form(uri.path()))
}

async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    view: Result<Query<View>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let id = AttemptId::new(id);
    let view = view.map(|Query(view)| view).unwrap_or_default();
    let opened = app
        .exam
        .open_page(&learner.account.id, &id, page_token(&headers))
        .await;
    let (paper, page) = match opened {
        Ok(opened) => opened,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    match (paper.state, paper.kind) {
        ("ready", _) => prepare::page(&app, &learner, &paper).await,
        ("running", Kind::Practice) => {
            practice_set::page(&app, &learner, paper, page, view.chosen()).await
        }
        ("running", Kind::Mock) => {
            let playing = answers::play_granted(&headers, view.playing.as_deref());
            let desk = sitting::Desk {
                t: view.ordinal(),
                saved_at: view.saved_at(),
                playing: playing.map(str::to_owned),
                unsaved: None,
            };
            let shown = sitting::page(&app, &learner, &paper, page, desk);
            match playing {
                Some(testlet) => {
                    let spent = answers::grant_cookie(&app, &id, testlet, false);
                    (axum_extra::extract::CookieJar::new().add(spent), shown).into_response()
                }
                None => shown,
            }
        }
        ("break", _) => pause::page(&app, &learner, &paper),
        ("finished", _) => Redirect::to(&urls::attempt_result(&id)).into_response(),
        _ => pause::over(&app, &learner, &paper),
    }
}

#[derive(Deserialize)]
struct SectionForm {
    section: String,
    /// The page that sends it, where it has a token.
    page: Option<String>,
}

impl SectionForm {
    fn section(&self) -> Result<Section, Failure> {
        self.section.parse().map_err(|_| Failure::Invalid {
            field: "section",
            problem: "unknown",
        })
    }
}

async fn start(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm<SectionForm>,
) -> Response {
    let id = AttemptId::new(id);
    let started = match form.section() {
        Ok(section) => {
            app.exam
                .start_section(&learner.account.id, &id, section)
                .await
        }
        Err(failure) => Err(failure),
    };
    answer(&app, &learner, &id, started.map(|_| ()))
}

async fn finish(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm<SectionForm>,
) -> Response {
    let id = AttemptId::new(id);
    let finished = async {
        let section = form.section()?;
        // A page that another one has taken over may not end the section under it.
        if let Some(page) = form.page.as_deref() {
            app.exam
                .open_page(&learner.account.id, &id, Some(page))
                .await?;
        }
        app.exam
            .finish_section(&learner.account.id, &id, section)
            .await
    };
    let finished = finished.await.map(|_| ());
    answer(&app, &learner, &id, finished)
}

/// After a step: to the attempt's page. A step that has been taken already (a second click, another device, the clock)
/// leads there too, because that page shows what is true now.
fn answer(
    app: &App,
    learner: &PageLearner,
    id: &AttemptId,
    outcome: Result<(), Failure>,
) -> Response {
    match outcome {
        Ok(()) | Err(Failure::Refused(Refused::WrongState { .. } | Refused::SectionClosed)) => {
            Redirect::to(&urls::attempt(id)).into_response()
        }
        Err(Failure::PageSuperseded) => pause::taken_over(app, learner, id),
        Err(failure) => failed(app, Some(&learner.visitor), failure),
    }
}

fn room(kind: Kind) -> Room {
    match kind {
        Kind::Mock => Room::Mock,
        Kind::Practice => Room::Practice,
    }
}

/// How often the page of a sitting asks for the time left, and so says that it is there: more often where a school looks on.
fn every_ms(paper: &Paper) -> u32 {
    const ALONE_MS: u32 = 30_000;
    match paper.assignment {
        Some(_) => SEEN_EVERY_MS,
        None => ALONE_MS,
    }
}

/// A page with a status other than 200.
fn with_status(status: StatusCode, page: Response) -> Response {
    (status, page).into_response()
}

/// The time left in a section, as a page shows it.
pub(super) struct TimeLeft {
    pub(super) ms: i64,
    pub(super) left: String,
    /// When the section ends, as a time of day: all that a page without scripts can show rightly after a while.
    pub(super) ends: String,
}

impl TimeLeft {
    /// None where the section is not timed.
    pub(super) fn of(c: &Chrome<'_>, section: &PaperSection) -> Option<Self> {
        let ms = section.remaining_ms?;
        Some(Self {
            ms,
            left: c.minutes(ms),
            ends: hour_and_minute(c, &section.deadline?),
        })
    }
}

/// The time of day without seconds, in Kazakhstan: `14:03`.
fn hour_and_minute(c: &Chrome<'_>, at: &Timestamp) -> String {
    c.clock(at).get(..5).unwrap_or_default().to_owned()
}
