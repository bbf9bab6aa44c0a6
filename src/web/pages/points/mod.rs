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
mod shelf;
mod steps;

use std::sync::Arc;

use askama::Template;
use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, StatusCode},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    Chrome, Room, failed, render,
    sourced::{Ledger, Note, Said},
};
use crate::domain::{
    id::is_slug,
    points::{PointsTable, Potential},
    rules::RuleSet,
};
use crate::service::{Failure, MockScores};
use crate::web::{
    App,
    access::{CheckedForm, ClientAddress, Visitor},
    urls,
};
use about::AboutView;
use fields::{FormView, said};
use form::{Answers, Fault, Refusal, Wrong, YES, way};
use result::{Maker, ResultView};
use shelf::Shelf;

/// The header by which the page's script asks for the parts that change.
pub(super) static WHAT_IF: HeaderName = HeaderName::from_static("synaq-what-if");

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(urls::POINTS, get(show).post(work_out))
        .route(urls::POINTS_DELETE, post(shelf::delete))
}

#[derive(Template)]
#[template(path = "points/page.html")]
struct PointsPage<'a> {
    c: Chrome<'a>,
    form: FormView,
    shelf: Shelf,
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

/// The whole page; with faults its status says so.
async fn page(
    app: &App,
    visitor: &Visitor,
    ground: &Ground,
    answers: Answers,
    faults: &[Fault],
    potential: Option<&Potential>,
    done: Option<&'static str>,
) -> Response {
    // The language switch keeps what an address may hold: which profile, which mock.
    let kept = match (answers.profile.as_str(), answers.mock(&ground.mocks)) {
        (id, _) if is_slug(id) => Some(format!("profile={id}")),
        (_, Some(mock)) => Some(format!("attempt={}", mock.attempt)),
        _ => None,
    };
    let c = Chrome::new(app, visitor, Room::Points).keeping(kept.as_deref());
    let shelf = match Shelf::of(app, visitor, &c, &answers.profile).await {
        Ok(shelf) => Shelf { done, ..shelf },
        Err(failure) => return failed(app, Some(visitor), failure),
    };
    let mut ledger = Ledger::default();
    let form = FormView::new(&c, &mut ledger, ground, answers, faults);
    let Rendered {
        parts,
        sources,
        standing,
    } = Rendered::of(&c, ledger, ground, potential);
    let page = render(&PointsPage {
        form,
        shelf,
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
    /// One of the learner's saved profiles.
    profile: Option<String>,
    saved: Option<String>,
    deleted: Option<String>,
}

async fn show(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let ground = match Ground::of(&app, &visitor).await {
        Ok(ground) => ground,
        Err(failure) => return failed(&app, Some(&visitor), failure),
    };
    if let Some(id) = &asked.profile {
        let answers = match shelf::open(&app.exam, &visitor, &ground, id).await {
            Ok(answers) => answers,
            Err(failure) => return failed(&app, Some(&visitor), failure),
        };
        let done = asked.saved.as_ref().map(|_| "points-saved-now");
        return match answers.assess(&app.exam, &ground.mocks) {
            Ok(potential) => {
                page(
                    &app,
                    &visitor,
                    &ground,
                    answers,
                    &[],
                    Some(&potential),
                    done,
                )
                .await
            }
            Err(Refusal::Failure(failure)) => failed(&app, Some(&visitor), failure),
            Err(Refusal::Faults(faults)) => {
                page(&app, &visitor, &ground, answers, &faults, None, done).await
            }
        };
    }
    let mut answers = ground.known();
    // A mock that is not theirs, or no longer counts, is as good as none.
    let mocks = &ground.mocks.valid;
    if let Some(mock) = mocks
        .iter()
        .find(|mock| Some(mock.attempt.as_str()) == asked.attempt.as_deref())
    {
        answers.kazakh = way::MOCK.to_owned();
        answers.kazakh_mock = mock.attempt.to_string();
    }
    let done = asked.deleted.map(|_| "points-deleted-now");
    page(&app, &visitor, &ground, answers, &[], None, done).await
}

async fn work_out(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    visitor: Visitor,
    headers: HeaderMap,
    CheckedForm(answers): CheckedForm<Answers>,
) -> Response {
    let ground = match Ground::of(&app, &visitor).await {
        Ok(ground) => ground,
        Err(failure) => return failed(&app, Some(&visitor), failure),
    };
    let assessed = match answers.is_empty() {
        true => Err(Refusal::Faults(vec![Fault::new("age", Wrong::Nothing)])),
        false => answers.assess(&app.exam, &ground.mocks),
    };
    if headers.contains_key(&WHAT_IF) {
        return what_if(&app, &visitor, &ground, answers, assessed);
    }
    match assessed {
        Ok(_) if matches!(answers.act.as_str(), "save" | "save-new") => {
            shelf::save(&app, &visitor, address, &ground, answers).await
        }
        Ok(potential) => {
            page(
                &app,
                &visitor,
                &ground,
                answers,
                &[],
                Some(&potential),
                None,
            )
            .await
        }
        Err(Refusal::Failure(failure)) => failed(&app, Some(&visitor), failure),
        Err(Refusal::Faults(faults)) => {
            page(&app, &visitor, &ground, answers, &faults, None, None).await
        }
    }
}

/// The parts alone, or the faults, for the page's script. While nothing is filled in, the explanation.
fn what_if(
    app: &App,
    visitor: &Visitor,
    ground: &Ground,
    answers: Answers,
    assessed: Result<Potential, Refusal>,
) -> Response {
    let c = Chrome::new(app, visitor, Room::Points);
    let potential = match assessed {
        Ok(potential) => Some(potential),
        Err(_) if answers.is_empty() => None,
        Err(Refusal::Failure(failure)) => return failed(app, Some(visitor), failure),
        Err(Refusal::Faults(faults)) => {
            let faults: Vec<_> = faults
                .iter()
                .map(|fault| said(&c, fault))
                .map(|said| json!({ "field": said.field, "text": said.text }))
                .collect();
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(faults)).into_response();
        }
    };
    // The form's sources are counted first, as on the page.
    let mut ledger = Ledger::default();
    FormView::new(&c, &mut ledger, ground, answers, &[]);
    let rendered = Rendered::of(&c, ledger, ground, potential.as_ref());
    Html(rendered.parts + &rendered.sources).into_response()
}
