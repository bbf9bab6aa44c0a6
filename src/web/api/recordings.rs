//! Human voices: a school's recordings of listening texts, and which of them everybody hears.

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, Path, Request, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::rfc3339;
use crate::domain::id::{RecordingId, SchoolId, TestletId};
use crate::service::{AdoptableVoice, KeptVoice, UPLOAD_BYTES_MAX, VoiceDesk};
use crate::web::api::refusals::{Body, Change, NotFound, Read};
use crate::web::{
    App,
    access::Learner,
    problem::{ApiJson, Problem},
    urls,
};

/// A listening text and what a school's learners hear of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListeningText {
    testlet: String,
    title: String,
    level: &'static str,
    topic: String,
    /// The recording that is heard in what the school gives: its own, else one shared by the server; null is the bank's.
    heard: Option<RecordingShape>,
    /// The school's recording in use that speaks an earlier text and is therefore not heard.
    outdated: Option<String>,
}

/// A listening text with its script and a school's recordings of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordingDesk {
    testlet: String,
    title: String,
    level: &'static str,
    script: Vec<ScriptTurn>,
    /// The recording must be between so many seconds long.
    least_seconds: u64,
    most_seconds: u64,
    /// The school's recordings, the newest first.
    recordings: Vec<RecordingShape>,
}

/// What one speaker says.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScriptTurn {
    speaker: String,
    text: String,
}

/// A recording of a human voice.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordingShape {
    id: String,
    testlet: String,
    /// `draft`, `current`, `replaced` or `withdrawn`.
    state: &'static str,
    /// The address of the sound.
    url: String,
    duration_ms: u64,
    /// Integrated loudness.
    loudness_lufs: f64,
    true_peak_dbtp: f64,
    syllables_per_minute: u32,
    /// Whose voice it is, if they are named.
    credit: Option<String>,
    made_at: String,
    /// Since when it is in its state.
    changed_at: String,
    /// Since when everybody on the server hears it, if they do.
    adopted_at: Option<String>,
}

/// A recording that everybody could hear.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedRecording {
    #[serde(flatten)]
    recording: RecordingShape,
    school: String,
    school_name: String,
    /// Whether it speaks the text as it is now.
    up_to_date: bool,
}

/// Letting a recording be heard.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseRequest {
    /// Whose voice it is, to be shown to learners after they have answered: at most 100 characters; nobody if not given.
    credit: Option<String>,
    /// That the speaker agrees. Without it the recording cannot be used.
    consent: bool,
}

/// The recording that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordingMade {
    id: String,
}

impl From<&KeptVoice> for RecordingShape {
    fn from(kept: &KeptVoice) -> Self {
        let voice = &kept.voice;
        let measures = &voice.measures;
        Self {
            id: voice.id.to_string(),
            testlet: voice.testlet.to_string(),
            state: voice.state.as_str(),
            url: urls::audio(&measures.sha256),
            duration_ms: measures.duration_ms,
            loudness_lufs: measures.loudness,
            true_peak_dbtp: measures.true_peak,
            syllables_per_minute: measures.syllables_per_minute,
            credit: voice.credit.clone(),
            made_at: rfc3339(voice.made_at),
            changed_at: rfc3339(voice.changed_at),
            adopted_at: voice.adopted_at.map(rfc3339),
        }
    }
}

impl From<&VoiceDesk> for ListeningText {
    fn from(desk: &VoiceDesk) -> Self {
        let testlet = &desk.edition.testlet;
        let outdated = desk
            .current()
            .filter(|kept| !desk.is_spoken_by(&kept.voice));
        Self {
            testlet: testlet.id.to_string(),
            title: testlet.title.clone(),
            level: testlet.level.as_str(),
            topic: testlet.topic.clone(),
            heard: desk.heard().map(RecordingShape::from),
            outdated: outdated.map(|kept| kept.voice.id.to_string()),
        }
    }
}

impl From<&AdoptableVoice> for SharedRecording {
    fn from(voice: &AdoptableVoice) -> Self {
        Self {
            recording: (&voice.kept).into(),
            school: voice.kept.voice.school.to_string(),
            school_name: voice.kept.school.clone(),
            up_to_date: voice.speaks(),
        }
    }
}

/// The bank's listening texts and what the school's learners hear of each. For those who teach.
#[utoipa::path(get, path = "/schools/{id}/recordings", tag = "recordings", params(("id" = String, Path)), responses(
    (status = 200, body = Vec<ListeningText>),
    Change, NotFound,
))]
pub async fn list(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<Vec<ListeningText>>, Problem> {
    let (_, desks) = app.exam.voices(&learner, &SchoolId::new(id)).await?;
    Ok(Json(desks.iter().map(ListeningText::from).collect()))
}

/// A listening text: what to read aloud, and the school's recordings of it.
#[utoipa::path(get, path = "/schools/{id}/recordings/{testlet}", tag = "recordings", params(("id" = String, Path), ("testlet" = String, Path)), responses(
    (status = 200, body = RecordingDesk),
    (status = 409, description = "`…/attempt-in-progress` with `attempt`, `…/kept-back`: a mock of whoever asks has it", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn one(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, testlet)): Path<(String, String)>,
) -> Result<Json<RecordingDesk>, Problem> {
    let (id, testlet) = (SchoolId::new(id), TestletId::new(testlet));
    let (_, desk) = app.exam.voice_desk(&learner, &id, &testlet).await?;
    let testlet = &desk.edition.testlet;
    let lengths = desk.lengths();
    let turns = desk.script().into_iter().flat_map(|script| &script.turns);
    Ok(Json(RecordingDesk {
        testlet: testlet.id.to_string(),
        title: testlet.title.clone(),
        level: testlet.level.as_str(),
        script: turns
            .map(|turn| ScriptTurn {
                speaker: turn.speaker.clone(),
                text: turn.text.clone(),
            })
            .collect(),
        least_seconds: lengths.start().div_ceil(1000),
        most_seconds: lengths.end() / 1000,
        recordings: desk.takes.iter().map(RecordingShape::from).collect(),
    }))
}

/// A file of sound, as bytes.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it describes a body that is read as it comes")]
struct Sound(Vec<u8>);

/// Makes a recording of the body: WAV, MP3, M4A, FLAC or Ogg, at most 30 MB. It waits as a draft for a day until somebody
/// decides to use it. `reason` in the problem says what is wrong with the file. A server takes four at once, of one person
/// one; whoever comes then is told so (503) before anything is read.
#[utoipa::path(post, path = "/schools/{id}/recordings/{testlet}", tag = "recordings", params(("id" = String, Path), ("testlet" = String, Path)),
    request_body(content = inline(Sound), content_type = "application/octet-stream"), responses(
    (status = 201, body = RecordingMade),
    (status = 413, description = "The file is too large", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`…/recording-refused`", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too often", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn make(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, testlet)): Path<(String, String)>,
    request: Request,
) -> Result<(StatusCode, Json<RecordingMade>), Problem> {
    let (id, testlet) = (SchoolId::new(id), TestletId::new(testlet));
    // Who may not is told so before anything is read.
    app.exam.voice_desk(&learner, &id, &testlet).await?;
    let place = app.exam.upload_place(&learner)?;
    if !app.rate.allows_tutor(&learner.id) {
        return Err(Problem::too_many());
    }
    let body = Bytes::from_request(request, &app).await;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "The body is too large",
            format!("a recording has at most {UPLOAD_BYTES_MAX} bytes"),
        ),
        status => Problem::new(
            status,
            "malformed",
            "The body could not be read",
            rejection.body_text(),
        ),
    })?;
    let made = app
        .exam
        .record_voice(&learner, &id, &testlet, place, body)
        .await?;
    let id = made.to_string();
    Ok((StatusCode::CREATED, Json(RecordingMade { id })))
}

/// Lets a recording be heard in what the school gives from now on, in the place of the one that was.
#[utoipa::path(put, path = "/schools/{id}/recordings/{testlet}/{recording}", tag = "recordings", params(("id" = String, Path), ("testlet" = String, Path), ("recording" = String, Path)), request_body = UseRequest, responses(
    (status = 204),
    (status = 409, description = "`…/recording-state`: it is in use already", body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn take_into_use(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, _, recording)): Path<(String, String, String)>,
    ApiJson(request): ApiJson<UseRequest>,
) -> Result<StatusCode, Problem> {
    let (id, recording) = (SchoolId::new(id), RecordingId::new(recording));
    let credit = request.credit.unwrap_or_default();
    let used = app
        .exam
        .use_voice(&learner, &id, &recording, &credit, request.consent);
    used.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Discards a draft, or withdraws a recording: it is heard in nothing new any more, on the whole server neither.
#[utoipa::path(delete, path = "/schools/{id}/recordings/{testlet}/{recording}", tag = "recordings", params(("id" = String, Path), ("testlet" = String, Path), ("recording" = String, Path)), responses(
    (status = 204),
    (status = 409, description = "`…/recording-state`: it is withdrawn already", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn end(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, _, recording)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let (id, recording) = (SchoolId::new(id), RecordingId::new(recording));
    app.exam.end_voice(&learner, &id, &recording).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The recordings that schools use, and those that everybody hears. Only for operators.
#[utoipa::path(get, path = "/operator/recordings", tag = "recordings", responses(
    (status = 200, body = Vec<SharedRecording>),
    Read, NotFound,
))]
pub async fn everywhere(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<Vec<SharedRecording>>, Problem> {
    let voices = app.exam.voices_everywhere(&learner).await?;
    Ok(Json(voices.iter().map(SharedRecording::from).collect()))
}

/// Lets everybody on the server hear a school's recording, in the place of another one. Only for operators. Again is harmless.
#[utoipa::path(put, path = "/operator/recordings/{id}/adoption", tag = "recordings", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 409, description = "`…/recording-state`: its school does not use it", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "It speaks another text", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn adopt(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.exam
        .adopt_voice(&learner, &RecordingId::new(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a recording be heard in its school alone again. Only for operators. Again is harmless.
#[utoipa::path(delete, path = "/operator/recordings/{id}/adoption", tag = "recordings", params(("id" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn end_adoption(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.exam
        .end_adoption(&learner, &RecordingId::new(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
