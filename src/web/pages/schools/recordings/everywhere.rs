//! What schools recorded, for whoever runs the server: one recording of a text can be heard by everybody.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::domain::id::RecordingId;
use crate::service::AdoptableVoice;
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    pages::{Chrome, Room, failed, render},
    urls,
};

#[derive(Template)]
#[template(path = "schools/recordings/everywhere.html")]
struct EverywherePage<'a> {
    c: Chrome<'a>,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    title: String,
    level: &'static str,
    school: String,
    credit: String,
    made: String,
    src: String,
    length: String,
    state: &'static str,
    adopted: Option<String>,
    /// Whether it speaks the script as it is now.
    speaks: bool,
}

fn row(c: &Chrome<'_>, voice: &AdoptableVoice) -> Row {
    let kept = &voice.kept;
    let testlet = voice.edition.as_ref().map(|edition| &edition.testlet);
    Row {
        id: kept.voice.id.to_string(),
        title: testlet.map_or_else(
            || kept.voice.testlet.to_string(),
            |testlet| testlet.title.clone(),
        ),
        level: testlet.map_or("–", |testlet| testlet.level.as_str()),
        school: kept.school.clone(),
        credit: kept.voice.credit.clone().unwrap_or_else(|| "–".to_owned()),
        made: c.moment(&kept.voice.made_at),
        src: urls::audio(&kept.voice.measures.sha256),
        length: c.minutes(kept.voice.measures.duration_ms.cast_signed()),
        state: kept.voice.state.as_str(),
        adopted: kept.voice.adopted_at.map(|at| c.moment(&at)),
        speaks: voice.speaks(),
    }
}

pub(super) async fn show(State(app): State<App>, learner: PageLearner) -> Response {
    match app.exam.voices_everywhere(&learner.account).await {
        Ok(voices) => {
            let c = Chrome::new(&app, &learner.visitor, Room::Other);
            let rows = voices.iter().map(|voice| row(&c, voice)).collect();
            render(&EverywherePage { c, rows })
        }
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

#[derive(Deserialize)]
pub(super) struct Decision {
    #[serde(default)]
    recording: String,
    #[serde(default)]
    step: String,
}

pub(super) async fn decide(
    State(app): State<App>,
    learner: PageLearner,
    CheckedForm(form): CheckedForm<Decision>,
) -> Response {
    let id = RecordingId::new(form.recording);
    let done = match form.step.as_str() {
        "adopt" => app.exam.adopt_voice(&learner.account, &id).await,
        _ => app.exam.end_adoption(&learner.account, &id).await,
    };
    match done {
        Ok(()) => Redirect::to(urls::OPERATOR_RECORDINGS).into_response(),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
