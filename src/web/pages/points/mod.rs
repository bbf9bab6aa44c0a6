//! The points calculator: where somebody stands against the points that pass, what the Kazakh level adds, and what
//! would close the gap.
//!
//! Health and family are private: everything is posted, and nothing of it stands in an address. The server computes; a
//! script only asks it again while somebody types, with the header [`WHAT_IF`], and gets the parts of the page that
//! change.

mod about;
mod fields;
mod form;
mod gap;
mod numbers;
mod picture;
mod result;
mod saved;
mod steps;

use std::sync::Arc;

use askama::Template;
use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, StatusCode},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::json;

use super::{
    Chrome, Room, failed, render,
    sourced::{Ledger, Note, Said},
};
use crate::domain::{points::PointsTable, rules::RuleSet};
use crate::service::{Failure, MockScores, Potential};
use crate::web::{
    App,
    access::{CheckedForm, Visitor},
    urls,
};
use about::AboutView;
use fields::{FormView, said};
use form::{Answers, Fault, Refusal, Wrong, YES, way};
use result::{Maker, ResultView};

/// The header by which the page's script asks for the parts that change.
pub(super) static WHAT_IF: HeaderName = HeaderName::from_static("synaq-what-if");

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::POINTS, get(show).post(work_out))
}

#[derive(Template)]
#[template(path = "points/page.html")]
struct PointsPage<'a> {
    c: Chrome<'a>,
    form: FormView,
    /// The rendered parts that change with the form, and the sources.
    parts: String,
    sources: String,
    /// The verdict in a few words, if there is one.
    standing: String,
    /// Whether there is a result, which then stands before the form.
    worked_out: bool,
}

/// What changes with the form: the result, or the explanation where there is none.
#[derive(Template)]
#[template(path = "points/parts.html")]
struct Parts<'p, 'a> {
    c: &'p Chrome<'a>,
    result: Option<ResultView>,
    about: Option<AboutView>,
}

/// The sources of the whole page.
#[derive(Template)]
#[template(path = "points/sources.html")]
struct Sources<'p, 'a> {
    c: &'p Chrome<'a>,
    notes: Vec<Note>,
}

/// What every answer needs besides what was typed.
struct Ground {
    table: Arc<PointsTable>,
    mocks: MockScores,
    /// Every rule set.
    all: Vec<Arc<RuleSet>>,
    /// The one whose points for Kazakh are explained where there is no result.
    rules: Arc<RuleSet>,
}

impl Ground {
    async fn of(app: &App, visitor: &Visitor) -> Result<Self, Failure> {
        let exam = &app.exam;
        let rules = exam.rules(None)?;
        let mocks = match &visitor.account {
            Some(account) => exam.mock_scores(&account.id).await?,
            None => MockScores::default(),
        };
        Ok(Self {
            table: exam.points_table(exam.today(&rules))?,
            all: exam.content().rules.values().cloned().collect(),
            mocks,
            rules,
        })
    }

    /// The form with what is known: the best mock.
    fn known(&self) -> Answers {
        Answers {
            kazakh: match self.mocks.valid.is_empty() {
                true => way::NONE.to_owned(),
                false => way::BEST.to_owned(),
            },
            estimate_adaptability: YES.to_owned(),
            rule: self.rules.id.to_string(),
            ..Answers::default()
        }
    }
}

/// The parts that change, rendered.
struct Rendered {
    parts: String,
    sources: String,
    standing: String,
}

/// A part of a page as text; nothing, and a line in the log, where it cannot be rendered.
fn text(part: &impl Template) -> String {
    part.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a part of a page could not be rendered");
        String::new()
    })
}

impl Rendered {
    /// With the ledger that the form has begun.
    fn of(
        c: &Chrome<'_>,
        mut ledger: Ledger,
        ground: &Ground,
        potential: Option<&Potential>,
    ) -> Self {
        let (result, about) = match potential {
            Some(potential) => {
                let maker = Maker {
                    c,
                    ledger: &mut ledger,
                    potential,
                };
                (Some(maker.result()), None)
            }
            None => {
                let about = AboutView::of(c, &mut ledger, &ground.table, &ground.rules);
                (None, Some(about))
            }
        };
        let standing = result.as_ref().map(|result| result.standing.clone());
        Self {
            standing: standing.unwrap_or_default(),
            parts: text(&Parts { c, result, about }),
            sources: text(&Sources {
                c,
                notes: ledger.into_notes(),
            }),
        }
    }
}

fn page(
    app: &App,
    visitor: &Visitor,
    ground: &Ground,
    answers: Answers,
    faults: &[Fault],
    potential: Option<&Potential>,
) -> Response {
    let c = Chrome::new(app, visitor, Room::Points);
    let mut ledger = Ledger::default();
    let form = FormView::new(
        &c,
        &mut ledger,
        &ground.table,
        &ground.all,
        &ground.mocks,
        answers,
        faults,
    );
    let Rendered {
        parts,
        sources,
        standing,
    } = Rendered::of(&c, ledger, ground, potential);
    let page = render(&PointsPage {
        form,
        parts,
        sources,
        standing,
        worked_out: potential.is_some(),
        c,
    });
    match faults.is_empty() {
        true => page,
        false => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
    }
}

/// What the page may be asked for.
#[derive(Deserialize)]
struct Asked {
    /// One of the learner's mocks, to begin with.
    attempt: Option<String>,
}

async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(Asked { attempt }): Query<Asked>,
) -> Response {
    let ground = match Ground::of(&app, &visitor).await {
        Ok(ground) => ground,
        Err(failure) => return failed(&app, Some(&visitor), failure),
    };
    let mut answers = ground.known();
    // A mock that is not theirs, or no longer counts, is as good as none.
    let mocks = &ground.mocks.valid;
    if let Some(mock) = mocks
        .iter()
        .find(|mock| Some(mock.attempt.as_str()) == attempt.as_deref())
    {
        answers.kazakh = way::MOCK.to_owned();
        answers.kazakh_mock = mock.attempt.to_string();
    }
    page(&app, &visitor, &ground, answers, &[], None)
}

async fn work_out(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    CheckedForm(answers): CheckedForm<Answers>,
) -> Response {
    let ground = match Ground::of(&app, &visitor).await {
        Ok(ground) => ground,
        Err(failure) => return failed(&app, Some(&visitor), failure),
    };
    let what_if = headers.contains_key(&WHAT_IF);
    if answers.is_empty() {
        return match what_if {
            true => fragment(&app, &visitor, &ground, answers, None),
            false => {
                let nothing = [Fault::new("age", Wrong::Nothing)];
                page(&app, &visitor, &ground, answers, &nothing, None)
            }
        };
    }
    match answers.assess(&app.exam, &ground.mocks) {
        Ok(potential) if what_if => fragment(&app, &visitor, &ground, answers, Some(&potential)),
        Ok(potential) => page(&app, &visitor, &ground, answers, &[], Some(&potential)),
        Err(Refusal::Failure(failure)) => failed(&app, Some(&visitor), failure),
        Err(Refusal::Faults(faults)) if what_if => {
            let c = Chrome::new(&app, &visitor, Room::Points);
            let faults: Vec<_> = faults
                .iter()
                .map(|fault| said(&c, fault))
                .map(|said| json!({ "field": said.field, "text": said.text }))
                .collect();
            (StatusCode::UNPROCESSABLE_ENTITY, Json(faults)).into_response()
        }
        Err(Refusal::Faults(faults)) => page(&app, &visitor, &ground, answers, &faults, None),
    }
}

/// The parts alone, for the page's script. The form's sources are counted first, as on the page.
fn fragment(
    app: &App,
    visitor: &Visitor,
    ground: &Ground,
    answers: Answers,
    potential: Option<&Potential>,
) -> Response {
    let c = Chrome::new(app, visitor, Room::Points);
    let mut ledger = Ledger::default();
    FormView::new(
        &c,
        &mut ledger,
        &ground.table,
        &ground.all,
        &ground.mocks,
        answers,
        &[],
    );
    let rendered = Rendered::of(&c, ledger, ground, potential);
    Html(rendered.parts + &rendered.sources).into_response()
}
