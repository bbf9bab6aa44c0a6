//! One recording: how it looks and sounds, and what is done with it.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{ids, made, words};
use crate::domain::{
    id::{RecordingId, SchoolId, TestletId},
    school::School,
    voice::VoiceStep,
};
use crate::service::{Failure, KeptVoice, VoiceDesk};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    pages::{Chrome, Room, failed, render},
    urls,
};

/// Half of the waveform's height, in units of its view box.
const HALF: u32 = 50;

#[derive(Template)]
#[template(path = "schools/recordings/take.html")]
struct TakePage<'a> {
    c: Chrome<'a>,
    school: (SchoolId, String),
    testlet: TestletId,
    title: String,
    id: RecordingId,
    state: &'static str,
    made: String,
    src: String,
    /// The waveform's path, and how wide its view box is.
    wave: (String, usize),
    length: String,
    script_length: String,
    loudness: String,
    true_peak: String,
    rate: u32,
    /// The usual rates at the level, in words.
    norm: String,
    /// The key's end of what is unusual about the rate.
    odd: Option<&'static str>,
    /// Whether it speaks the script as it is now.
    stale: bool,
    /// Whether another one is in use, whose place it would take.
    replaces: bool,
    adopted: bool,
    may_use: bool,
    may_discard: bool,
    may_withdraw: bool,
    credit: String,
    consent: bool,
    fault: Option<(&'static str, String)>,
}

impl TakePage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        let fault = self.fault.as_ref().filter(|(wrong, _)| *wrong == field);
        fault.map(|(_, words)| words.clone())
    }
}

/// A bar a peak, from the middle both ways.
fn wave(peaks: &[u8]) -> String {
    let bars = peaks.iter().enumerate().map(|(x, peak)| {
        // Silence is a line, so that it is seen that there is something.
        let tenths = (u32::from(*peak) * HALF * 10 / 255).max(6);
        let (top, height) = (HALF * 10 - tenths, tenths * 2);
        format!(
            "M{x} {}.{}h.7v{}.{}h-.7z",
            top / 10,
            top % 10,
            height / 10,
            height % 10
        )
    });
    bars.collect()
}

/// A number with one digit after the comma or point of the page's language.
fn tenth(c: &Chrome<'_>, number: f64) -> String {
    let text = format!("{number:.1}").replace('-', "−");
    match c.language {
        crate::domain::Language::English => text,
        _ => text.replace('.', ","),
    }
}

/// What was typed into the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Decision {
    step: String,
    credit: String,
    consent: String,
}

fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    school: School,
    desk: &VoiceDesk,
    kept: &KeptVoice,
    (typed, fault): (Option<Decision>, Option<(&'static str, String)>),
) -> TakePage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let (testlet, voice) = (&desk.edition.testlet, &kept.voice);
    let measures = &voice.measures;
    let may = |step| voice.state.after(step).is_ok();
    let stale = !desk.is_spoken_by(voice);
    let norm = app.exam.speech_norm(testlet.level);
    let rate = measures.syllables_per_minute;
    TakePage {
        title: testlet.title.clone(),
        id: voice.id.clone(),
        state: voice.state.as_str(),
        made: made(&c, kept, school.zone),
        src: urls::audio(&measures.sha256),
        wave: (wave(&measures.waveform), measures.waveform.len().max(1)),
        length: c.minutes(measures.duration_ms.cast_signed()),
        script_length: desk.script().map_or_else(String::new, |script| {
            c.minutes(script.duration_ms.cast_signed())
        }),
        loudness: tenth(&c, measures.loudness),
        true_peak: tenth(&c, measures.true_peak),
        odd: match rate {
            rate if rate < *norm.start() => Some("slow"),
            rate if rate > *norm.end() => Some("fast"),
            _ => None,
        },
        rate,
        norm: c.say3(
            "take-norm",
            [
                ("level", testlet.level.as_str()),
                ("least", &norm.start().to_string()),
                ("most", &norm.end().to_string()),
            ],
        ),
        stale,
        replaces: desk.current().is_some(),
        adopted: voice.adopted_at.is_some(),
        may_use: may(VoiceStep::Use) && !stale,
        may_discard: may(VoiceStep::Discard),
        may_withdraw: may(VoiceStep::Withdraw),
        consent: typed.as_ref().is_some_and(|form| !form.consent.is_empty()),
        credit: match typed {
            Some(form) => form.credit,
            None => voice.credit.clone().unwrap_or_default(),
        },
        testlet: testlet.id.clone(),
        school: (school.id, school.name),
        fault,
        c,
    }
}

/// The text's desk and the recording that an address names.
async fn found(
    app: &App,
    learner: &PageLearner,
    (school, testlet, take): (String, String, String),
) -> Result<(School, VoiceDesk, KeptVoice), Failure> {
    let (school, testlet) = ids((school, testlet));
    let desk = app.exam.voice_desk(&learner.account, &school, &testlet);
    let (school, desk) = desk.await?;
    let mut takes = desk.takes.iter();
    let kept = takes.find(|kept| kept.voice.id.as_str() == take).cloned();
    Ok((school, desk, kept.ok_or(Failure::NothingHere)?))
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(at): Path<(String, String, String)>,
) -> Response {
    match found(&app, &learner, at).await {
        Ok((school, desk, kept)) => {
            render(&page(&app, &learner, school, &desk, &kept, (None, None)))
        }
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

pub(super) async fn decide(
    State(app): State<App>,
    learner: PageLearner,
    Path(at): Path<(String, String, String)>,
    CheckedForm(form): CheckedForm<Decision>,
) -> Response {
    let (school, desk, kept) = match found(&app, &learner, at).await {
        Ok(found) => found,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let (who, id) = (&learner.account, &kept.voice.id);
    let done = match form.step.as_str() {
        "use" => {
            let consent = !form.consent.is_empty();
            let credit = &form.credit;
            app.exam
                .use_voice(who, &school.id, id, credit, consent)
                .await
        }
        "discard" | "withdraw" => app.exam.end_voice(who, &school.id, id).await,
        _ => Ok(()),
    };
    let c = Chrome::new(&app, &learner.visitor, Room::Schools);
    match done.map_err(|failure| words::fault(&c, failure)) {
        Ok(()) => {
            let desk = urls::recording(&school.id, &desk.edition.testlet.id);
            Redirect::to(&desk).into_response()
        }
        Err(Ok(fault)) => {
            let again = (Some(form), Some(fault));
            let page = page(&app, &learner, school, &desk, &kept, again);
            (StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response()
        }
        Err(Err(failure)) => failed(&app, Some(&learner.visitor), failure),
    }
}

#[cfg(test)]
mod tests {
    use super::wave;

    #[test]
    fn a_peak_is_a_bar_around_the_middle() {
        assert_eq!(wave(&[255]), "M0 0.0h.7v100.0h-.7z");
        assert_eq!(wave(&[0, 51]), "M0 49.4h.7v1.2h-.7zM1 40.0h.7v20.0h-.7z");
        assert_eq!(wave(&[]), "");
    }
}
