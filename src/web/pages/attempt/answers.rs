//! The sitting without scripts: a plain form that saves a testlet's answers and flags, and goes where its button says.

use std::collections::HashMap;

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};

use super::{pause, sitting};
use crate::domain::{
    Timestamp,
    attempt::Refused,
    form::Letter,
    id::{AttemptId, ItemId, TestletId},
};
use crate::service::{
    Failure,
    paper::{PaperItem, PaperSection, PaperTestlet},
};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    pages::failed,
    urls,
};

/// Where a play that was just counted is noted, for the one page that follows.
const GRANT_COOKIE: &str = "synaq_playing";
/// How long that page may take to come.
const GRANT_SECONDS: i64 = 60;

/// Where to go once the answers are saved.
enum Go {
    Stay,
    To {
        t: usize,
        item: Option<ItemId>,
    },
    Review,
    /// To what the track has come to.
    Now,
    Play(TestletId),
}

impl Go {
    fn of(word: &str, section: &PaperSection, testlet: &PaperTestlet) -> Self {
        let to = |t| Go::To { t, item: None };
        match word.split_once(':').unwrap_or((word, "")) {
            ("prev", _) => to(testlet.ordinal.saturating_sub(1)),
            ("next", _) => to(testlet.ordinal + 1),
            ("review", _) => Go::Review,
            ("now", _) => Go::Now,
            ("play", id) => Go::Play(TestletId::new(id)),
            ("item", id) => section
                .testlets
                .iter()
                .find_map(|testlet| {
                    let item = testlet.items.iter().find(|item| item.id.as_str() == id)?;
                    Some(Go::To {
                        t: testlet.ordinal,
                        item: Some(item.id.clone()),
                    })
                })
                .unwrap_or(Go::Stay),
            _ => Go::Stay,
        }
    }
}

/// The form as it came.
struct Sheet(HashMap<String, String>);

impl Sheet {
    fn field(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The option chosen; a question without one is left as it is, for a radio cannot be un-chosen.
    fn chosen(&self, item: &PaperItem) -> Option<Letter> {
        self.field(&format!("answer-{}", item.id))?.parse().ok()
    }

    fn flagged(&self, item: &PaperItem) -> bool {
        self.field(&format!("flag-{}", item.id)).is_some()
    }
}

pub(super) async fn save(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(fields): CheckedForm<HashMap<String, String>>,
) -> Response {
    let id = AttemptId::new(id);
    let sheet = Sheet(fields);
    let paper = match app.exam.paper(&learner.account.id, &id).await {
        Ok(paper) => paper,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let section = paper
        .running()
        .filter(|section| sheet.field("section") == Some(section.name.as_str()));
    let Some(section) = section else {
        return pause::closed(&app, &learner, &id);
    };
    let testlet = section
        .testlets
        .iter()
        .find(|testlet| sheet.field("testlet") == Some(testlet.id.as_str()));
    let Some(testlet) = testlet else {
        let failure = Failure::Invalid {
            field: "testlet",
            problem: "unknown",
        };
        return failed(&app, Some(&learner.visitor), failure);
    };

    let saved_at = match save_changes(&app, &learner, &id, testlet, &sheet).await {
        Ok(saved_at) => saved_at,
        Err(failure) => return refused(&app, &learner, &id, testlet, &sheet, failure).await,
    };
    let saved = saved_at.map_or_else(String::new, |at| {
        format!("&saved={}", at.timestamp_millis())
    });
    let here = urls::testlet(&id, testlet.ordinal);
    let go = sheet.field("go").unwrap_or_default();
    match Go::of(go, section, testlet) {
        Go::Stay => Redirect::to(&format!("{here}{saved}")).into_response(),
        Go::To { t, item } => {
            let t = t.clamp(1, section.testlets.len());
            let place = item.map_or_else(String::new, |item| format!("#item-{item}"));
            Redirect::to(&format!("{}{saved}{place}", urls::testlet(&id, t))).into_response()
        }
        Go::Now => Redirect::to(&urls::attempt(&id)).into_response(),
        Go::Review => Redirect::to(&urls::attempt_review(&id)).into_response(),
        Go::Play(recording) => {
            // The page's token marks the request: a second click on the same button is the same play.
            let page = sheet.field("page");
            let played = app
                .exam
                .play(&learner.account.id, &id, &recording, page, page)
                .await;
            match played {
                Ok(_) => {
                    let grant = grant_cookie(&app, &id, recording.as_str(), true);
                    let next = format!("{here}{saved}&playing={recording}");
                    (CookieJar::new().add(grant), Redirect::to(&next)).into_response()
                }
                Err(failure) => refused(&app, &learner, &id, testlet, &sheet, failure).await,
            }
        }
    }
}

/// Saves what differs from what is saved. Returns the time of the last receipt.
async fn save_changes(
    app: &App,
    learner: &PageLearner,
    id: &AttemptId,
    testlet: &PaperTestlet,
    sheet: &Sheet,
) -> Result<Option<Timestamp>, Failure> {
    let who = &learner.account.id;
    let page = sheet.field("page");
    let mut saved_at = None;
    for item in &testlet.items {
        let chosen = sheet.chosen(item);
        if chosen.is_some() && chosen != item.response {
            let saved = app.exam.respond(who, id, &item.id, chosen, page).await?;
            saved_at = Some(saved.receipt.saved_at);
        }
        let flagged = sheet.flagged(item);
        if flagged != item.flagged {
            app.exam.flag(who, id, &item.id, flagged, page).await?;
        }
    }
    Ok(saved_at)
}

/// Something was not saved: shows the form again as it was filled in, and why. This page is then the live one.
async fn refused(
    app: &App,
    learner: &PageLearner,
    id: &AttemptId,
    testlet: &PaperTestlet,
    sheet: &Sheet,
    why: Failure,
) -> Response {
    match why {
        Failure::Refused(Refused::SectionClosed | Refused::WrongState { .. }) => {
            return pause::closed(app, learner, id);
        }
        Failure::PageSuperseded | Failure::PlaysUsed | Failure::Busy | Failure::Store(_) => {}
        Failure::Refused(Refused::TooManyResponses) => {}
        other => return failed(app, Some(&learner.visitor), other),
    }
    match app.exam.open_page(&learner.account.id, id, None).await {
        Ok((paper, page)) => {
            // Where nothing more is taken, what is saved: else this form would be refused at each of its buttons.
            let full = matches!(why, Failure::Refused(Refused::TooManyResponses));
            let unsaved = sitting::Unsaved {
                why,
                chosen: testlet
                    .items
                    .iter()
                    .filter(|_| !full)
                    .filter_map(|item| Some((item.id.clone(), sheet.chosen(item)?)))
                    .collect(),
                flagged: testlet
                    .items
                    .iter()
                    // An old page knows nothing of a newer flag: none is taken away unseen.
                    .map(|item| (item.id.clone(), sheet.flagged(item) || item.flagged))
                    .collect(),
            };
            let desk = sitting::Desk {
                t: testlet.ordinal,
                unsaved: Some(unsaved),
                ..sitting::Desk::default()
            };
            sitting::page(app, learner, &paper, page, desk)
        }
        Err(failure) => failed(app, Some(&learner.visitor), failure),
    }
}

/// The testlet whose recording may be shown as a plain `<audio>`: a play of it was counted by the form that led here.
///
/// The note is a cookie that the page takes away again, so a reload shows the button and not the recording. It does not
/// prevent a second listening through the element's own controls, nor a request for the recording by its address: who
/// sits without scripts is trusted that far, and the count of plays stays the server's.
pub(super) fn play_granted<'a>(headers: &HeaderMap, playing: Option<&'a str>) -> Option<&'a str> {
    let jar = CookieJar::from_headers(headers);
    playing.filter(|testlet| {
        jar.get(GRANT_COOKIE)
            .is_some_and(|grant| grant.value() == *testlet)
    })
}

/// Notes a play that was counted, or takes the note away.
pub(super) fn grant_cookie(
    app: &App,
    id: &AttemptId,
    testlet: &str,
    granted: bool,
) -> Cookie<'static> {
    Cookie::build((GRANT_COOKIE, testlet.to_owned()))
        .path(urls::attempt(id))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.server.behind_tls)
        .max_age(cookie::time::Duration::seconds(match granted {
            true => GRANT_SECONDS,
            false => 0,
        }))
        .build()
}
