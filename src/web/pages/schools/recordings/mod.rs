//! Recordings of human voices: the list of listening texts, one text, one recording, and the list of whoever runs the
//! server.

mod desk;
mod everywhere;
mod take;
mod words;

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Query, State},
    response::Response,
    routing::{get, post},
};
use chrono_tz::Tz;
use serde::Deserialize;

use super::{Chrome, Room, failed, name_of, render};
use crate::domain::{
    id::{SchoolId, TestletId},
    level::Level,
};
use crate::service::{KeptVoice, UPLOAD_BYTES_MAX, VoiceDesk};
use crate::web::{App, access::PageLearner, urls};

/// What a form with a file holds besides the file.
const FORM_BYTES: usize = 64 * 1024;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(urls::RECORDINGS, get(list))
        .route(urls::RECORDING, get(desk::show))
        .route(urls::TAKE, get(take::show).post(take::decide))
        .route(
            urls::OPERATOR_RECORDINGS,
            get(everywhere::show).post(everywhere::decide),
        )
}

/// Uploads: apart from the pages, because they may take longer.
pub(super) fn uploads() -> Router<App> {
    Router::new()
        .route(urls::RECORDING, post(desk::upload))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX + FORM_BYTES))
}

#[derive(Template)]
#[template(path = "schools/recordings/list.html")]
struct ListPage<'a> {
    c: Chrome<'a>,
    school: (SchoolId, String),
    levels: Vec<LevelLink>,
    rows: Vec<TextRow>,
    human: usize,
}

struct LevelLink {
    href: String,
    /// None: all levels.
    level: Option<&'static str>,
    here: bool,
}

struct TextRow {
    href: String,
    title: String,
    level: &'static str,
    topic: String,
    /// The key of the voice in which it is heard.
    heard: &'static str,
    /// Whose voice that is, and who recorded it when.
    by: Option<String>,
    /// Whether the school's recording speaks another script.
    stale: bool,
    /// Whether a recording waits for a decision.
    waits: bool,
}

/// Who made a recording and when, and whose voice it is where that is known.
fn made(c: &Chrome<'_>, kept: &KeptVoice, zone: Tz) -> String {
    let name = name_of(c, &kept.made_by);
    let date = c.moment_in(&kept.voice.made_at, zone);
    match &kept.voice.credit {
        Some(credit) => c.say3(
            "voice-made-voice",
            [("voice", credit), ("name", &name), ("date", &date)],
        ),
        None => c.say2("voice-made", "name", name, "date", date),
    }
}

/// The end of the key of the voice in which a text is heard: `bank`, `school` or `server`.
fn heard(desk: &VoiceDesk) -> &'static str {
    let own = desk.current().map(|kept| &kept.voice.id);
    match desk.heard().map(|kept| &kept.voice.id) {
        None => "bank",
        id if id == own => "school",
        Some(_) => "server",
    }
}

fn row(c: &Chrome<'_>, school: &SchoolId, desk: &VoiceDesk, zone: Tz) -> TextRow {
    use crate::domain::voice::VoiceState;
    let testlet = &desk.edition.testlet;
    let current = desk.current();
    TextRow {
        href: urls::recording(school, &testlet.id),
        title: testlet.title.clone(),
        level: testlet.level.as_str(),
        topic: c.say_of("topic-", &testlet.topic),
        heard: heard(desk),
        // What another school recorded is told by the voice's name alone.
        by: match desk.heard() {
            Some(kept) if kept.voice.school == *school => Some(made(c, kept, zone)),
            Some(kept) => kept.voice.credit.clone(),
            None => None,
        },
        stale: current.is_some_and(|kept| !desk.is_spoken_by(&kept.voice)),
        waits: desk
            .takes
            .iter()
            .any(|kept| kept.voice.state == VoiceState::Draft),
    }
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    level: String,
}

async fn list(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> Response {
    let id = SchoolId::new(id);
    let (school, mut desks) = match app.exam.voices(&learner.account, &id).await {
        Ok(found) => found,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let c = Chrome::new(&app, &learner.visitor, Room::Schools);
    desks.sort_by(|a, b| {
        let (a, b) = (&a.edition.testlet, &b.edition.testlet);
        (a.level, &a.title).cmp(&(b.level, &b.title))
    });
    let there = |level: &Level| {
        desks
            .iter()
            .any(|desk| desk.edition.testlet.level == *level)
    };
    let here = urls::recordings(&id);
    let chosen = Level::ALL
        .into_iter()
        .find(|level| level.as_str() == filter.level);
    let levels = Level::ALL.into_iter().filter(there).map(|level| LevelLink {
        href: format!("{here}?level={level}"),
        level: Some(level.as_str()),
        here: chosen == Some(level),
    });
    let all = LevelLink {
        href: here.clone(),
        level: None,
        here: chosen.is_none(),
    };
    let rows = desks
        .iter()
        .filter(|desk| chosen.is_none_or(|level| desk.edition.testlet.level == level))
        .map(|desk| row(&c, &id, desk, school.zone));
    render(&ListPage {
        levels: std::iter::once(all).chain(levels).collect(),
        rows: rows.collect(),
        human: desks.iter().filter(|desk| desk.heard().is_some()).count(),
        school: (id, school.name),
        c: c.keeping(chosen.map(|level| format!("level={level}")).as_deref()),
    })
}

/// The ids in an address.
fn ids((school, testlet): (String, String)) -> (SchoolId, TestletId) {
    (SchoolId::new(school), TestletId::new(testlet))
}
