//! One listening text: its script, what is heard of it, recording it anew, and the history.

use std::time::Duration;

use askama::Template;
use axum::{
    body::Body,
    extract::{FromRequest, Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use chrono_tz::Tz;
use futures_util::StreamExt;
use serde_json::json;

use super::{FORM_BYTES, heard, ids, made, words};
use crate::domain::{
    bank::Turn,
    id::{SchoolId, TestletId},
    school::School,
    voice::VoiceState,
};
use crate::service::{KeptVoice, TakeRefusal, UPLOAD_BYTES_MAX, VoiceDesk};
use crate::web::{
    App,
    access::PageLearner,
    headers::with_microphone,
    pages::{Chrome, Room, errors::too_many, failed, render},
    upload::CheckedUpload,
    urls,
};

/// Of an upload that is too large so many bytes are still taken off the line, so that the answer is read.
const DRAINED: u64 = 400_000_000;
/// And no longer than this: whoever sends the rest letter by letter holds no connection by it.
const DRAINED_FOR: Duration = Duration::from_secs(300);

#[derive(Template)]
#[template(path = "schools/recordings/desk.html")]
struct DeskPage<'a> {
    c: Chrome<'a>,
    school: (SchoolId, String),
    testlet: TestletId,
    title: String,
    level: &'static str,
    topic: String,
    turns: Vec<Turn>,
    /// What is heard now: the key's end, the address, and whose voice it is.
    heard: &'static str,
    src: String,
    by: Option<String>,
    /// Whether the school's recording speaks another script.
    stale: bool,
    /// How long a recording may be, in seconds, and the largest file in MB.
    least: u64,
    most: u64,
    megabytes: usize,
    /// The same for the script, in its units.
    most_bytes: usize,
    takes: Vec<TakeRow>,
    strings: String,
    fault: Option<(&'static str, String)>,
}

struct TakeRow {
    href: String,
    made: String,
    state: &'static str,
    length: String,
    /// Who brought it into its state, and when.
    changed: Option<String>,
    adopted: bool,
}

impl DeskPage<'_> {
    fn fault_of(&self, field: &str) -> Option<&str> {
        let fault = self.fault.as_ref().filter(|(wrong, _)| *wrong == field);
        fault.map(|(_, words)| words.as_str())
    }
}

fn take_row(c: &Chrome<'_>, kept: &KeptVoice, zone: Tz) -> TakeRow {
    let voice = &kept.voice;
    let date = c.moment_in(&voice.changed_at, zone);
    let name = super::name_of(c, &kept.changed_by);
    TakeRow {
        href: urls::take(&voice.school, &voice.testlet, &voice.id),
        made: made(c, kept, zone),
        state: voice.state.as_str(),
        length: c.minutes(voice.measures.duration_ms.cast_signed()),
        changed: (voice.state != VoiceState::Draft)
            .then(|| c.say2("voice-changed", "name", name, "date", date)),
        adopted: voice.adopted_at.is_some(),
    }
}

/// The words that the script shows.
fn strings(c: &Chrome<'_>) -> String {
    let keys: [&str; 15] = [
        "ready",
        "asking",
        "recording",
        "recorded",
        "refused",
        "no-microphone",
        "busy",
        "failed",
        "too-long",
        "too-large",
        "silent",
        "loud",
        "sending",
        "again",
        "unsupported",
    ];
    let words = keys.map(|key| match key {
        "too-large" => (
            key,
            c.say1("recorder-too-large", "n", UPLOAD_BYTES_MAX / 1_000_000),
        ),
        key => (key, c.say_of("recorder-", key)),
    });
    let words: serde_json::Map<String, serde_json::Value> = words
        .into_iter()
        .map(|(key, words)| (key.to_owned(), json!(words)))
        .collect();
    // In a script element nothing may look like its end.
    json!(words).to_string().replace('<', "\\u003c")
}

fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    school: School,
    desk: &VoiceDesk,
    fault: Option<(&'static str, String)>,
) -> DeskPage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let testlet = &desk.edition.testlet;
    let script = desk.script();
    let bounds = desk.lengths();
    let sha256 = match desk.heard() {
        Some(kept) => kept.voice.measures.sha256.as_str(),
        None => script.map_or("", |script| script.sha256.as_str()),
    };
    let takes = desk.takes.iter();
    DeskPage {
        title: testlet.title.clone(),
        level: testlet.level.as_str(),
        topic: c.say_of("topic-", &testlet.topic),
        turns: script.map_or_else(Vec::new, |script| script.turns.clone()),
        heard: heard(desk),
        src: urls::audio(sha256),
        by: match desk.heard() {
            Some(kept) if kept.voice.school == school.id => Some(made(&c, kept, school.zone)),
            Some(kept) => kept.voice.credit.clone(),
            None => None,
        },
        stale: desk
            .current()
            .is_some_and(|kept| !desk.is_spoken_by(&kept.voice)),
        least: bounds.start().div_ceil(1000),
        most: bounds.end() / 1000,
        megabytes: UPLOAD_BYTES_MAX / 1_000_000,
        most_bytes: UPLOAD_BYTES_MAX,
        takes: takes.map(|kept| take_row(&c, kept, school.zone)).collect(),
        strings: strings(&c),
        testlet: testlet.id.clone(),
        school: (school.id, school.name),
        fault,
        c,
    }
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(at): Path<(String, String)>,
) -> Response {
    let (school, testlet) = ids(at);
    let found = app.exam.voice_desk(&learner.account, &school, &testlet);
    match found.await {
        Ok((school, desk)) => with_microphone(render(&page(&app, &learner, school, &desk, None))),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// Takes what is still on its way off the line, without keeping it: a browser that is cut off in the middle of an upload
/// would show its own error and not our answer.
fn drain(body: Body) {
    let rest = async move {
        let mut stream = body.into_data_stream();
        let mut left = DRAINED;
        while let Some(Ok(bytes)) = stream.next().await {
            left = left.saturating_sub(bytes.len() as u64);
            if left == 0 {
                break;
            }
        }
    };
    // No limit of a request's time holds here: its answer is on its way.
    tokio::spawn(tokio::time::timeout(DRAINED_FOR, rest));
}

/// How large a request says that it is.
fn declared(request: &Request) -> Option<usize> {
    let length = request.headers().get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

pub(super) async fn upload(
    State(app): State<App>,
    learner: PageLearner,
    Path(at): Path<(String, String)>,
    request: Request,
) -> Response {
    let (school, testlet) = ids(at);
    // Who may not is told so before anything is read.
    let found = app.exam.voice_desk(&learner.account, &school, &testlet);
    let (school, desk) = match found.await {
        Ok(found) => found,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let place = match app.exam.upload_place(&learner.account) {
        Ok(place) => place,
        Err(failure) => {
            drain(request.into_body());
            return failed(&app, Some(&learner.visitor), failure);
        }
    };
    if !app.rate.allows_tutor(&learner.account.id) {
        return too_many(&app, &learner.visitor);
    }
    let again = |school: School, status: StatusCode, fault: (&'static str, String)| {
        let page = page(&app, &learner, school, &desk, Some(fault));
        with_microphone((status, render(&page)).into_response())
    };
    if let Some(bytes) = declared(&request).filter(|bytes| *bytes > UPLOAD_BYTES_MAX + FORM_BYTES) {
        drain(request.into_body());
        let c = Chrome::new(&app, &learner.visitor, Room::Schools);
        let most = UPLOAD_BYTES_MAX;
        let refused = words::refused(&c, &TakeRefusal::TooLarge { bytes, most });
        return again(school, StatusCode::PAYLOAD_TOO_LARGE, ("file", refused));
    }
    let form = match CheckedUpload::from_request(request, &app).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let taken = app.exam.record_voice(
        &learner.account,
        &school.id,
        &testlet,
        place,
        form.into_bytes("file"),
    );
    let c = Chrome::new(&app, &learner.visitor, Room::Schools);
    match taken.await.map_err(|failure| words::fault(&c, failure)) {
        Ok(id) => Redirect::to(&urls::take(&school.id, &testlet, &id)).into_response(),
        Err(Ok(fault)) => again(school, StatusCode::UNPROCESSABLE_ENTITY, fault),
        Err(Err(failure)) => failed(&app, Some(&learner.visitor), failure),
    }
}
