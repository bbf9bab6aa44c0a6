//! Saved profiles: listed, opened, saved, saved over, deleted.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::form::{Answers, Fault, Wrong};
use super::{Ground, page};
use crate::domain::{id::ProfileId, points::document::PotentialRequest};
use crate::service::{Exam, Failure, check_profile_name};
use crate::web::pages::{Chrome, accounts::as_somebody, failed};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner, Visitor},
    urls,
};

/// The saved profiles as the page lists them.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// Whether they are kept by a cookie only.
    pub(super) guest: bool,
    pub(super) profiles: Vec<Line>,
    /// The key of what was just done.
    pub(super) done: Option<&'static str>,
}

/// A saved profile in the list.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) saved_at: String,
    pub(super) href: String,
    pub(super) delete: String,
    /// Whether the page shows it.
    pub(super) open: bool,
}

impl Shelf {
    pub(super) async fn of(
        app: &App,
        visitor: &Visitor,
        c: &Chrome<'_>,
        open: &str,
    ) -> Result<Self, Failure> {
        let Some(account) = &visitor.account else {
            return Ok(Self::default());
        };
        let profiles = app.exam.profiles(&account.id).await?;
        Ok(Self {
            guest: account.is_guest(),
            profiles: profiles
                .into_iter()
                .map(|profile| Line {
                    open: profile.id.as_str() == open,
                    saved_at: c.moment(&profile.updated_at),
                    href: urls::points_profile(&profile.id),
                    delete: urls::points_delete(&profile.id),
                    name: profile.name,
                })
                .collect(),
            done: None,
        })
    }
}

/// A saved profile in the form.
///
/// # Errors
/// [`Failure::NoSuchProfile`], also where nobody is signed in.
pub(super) async fn open(
    exam: &Exam,
    visitor: &Visitor,
    ground: &Ground,
    id: &str,
) -> Result<Answers, Failure> {
    let account = visitor.account.as_ref().ok_or(Failure::NoSuchProfile)?;
    let saved = exam.profile(&account.id, &ProfileId::new(id)).await?;
    // It was read once before it was saved.
    let request = PotentialRequest::deserialize(&saved.body).map_err(|_| Failure::NoSuchProfile)?;
    let mut answers = Answers::from((&request, &*ground.table, &ground.mocks));
    if answers.rule.is_empty() {
        answers.rule = ground.rules.id.to_string();
    }
    answers.profile = saved.overview.id.to_string();
    answers.name = saved.overview.name;
    Ok(answers)
}

/// Saves what the form says; it has been assessed, so it can be read again.
pub(super) async fn save(
    app: &App,
    visitor: &Visitor,
    address: std::net::IpAddr,
    ground: &Ground,
    answers: Answers,
) -> Response {
    // Looked at before a visitor becomes a guest: the page that says so must not come with a new session, whose forms
    // carry another token.
    if let Err(failure) = check_profile_name(&answers.name) {
        return refused(app, visitor, ground, answers, failure).await;
    }
    let (account, jar) = match as_somebody(app, visitor, address).await {
        Ok(somebody) => somebody,
        Err(refused) => return refused,
    };
    match keep(app, &account.id, ground, &answers).await {
        Ok(id) => {
            let url = format!("{}&saved=1#profiles", urls::points_profile(&id));
            (jar, Redirect::to(&url)).into_response()
        }
        Err(failure) => refused(app, visitor, ground, answers, failure).await,
    }
}

async fn keep(
    app: &App,
    learner: &crate::domain::id::LearnerId,
    ground: &Ground,
    answers: &Answers,
) -> Result<ProfileId, Failure> {
    let exam = &app.exam;
    let mut request = answers.request();
    if let Some(mock) = answers.mock(&ground.mocks)
        && let Some(languages) = &mut request.languages
    {
        let score = exam.language_score(learner, &mock.attempt).await?;
        let claim = languages.kazakh.get_or_insert_default();
        claim.language_score = serde_json::to_value(score).ok();
    }
    let body = serde_json::to_value(&request).unwrap_or_default();
    let over = (answers.act == "save" && !answers.profile.is_empty())
        .then(|| ProfileId::new(answers.profile.as_str()));
    let saved = match exam
        .save_profile(learner, over.as_ref(), &answers.name, &body)
        .await
    {
        // It was deleted on another page meanwhile: nothing typed is to be lost.
        Err(Failure::NoSuchProfile) => {
            let name = &answers.name;
            exam.save_profile(learner, None, name, &body).await
        }
        other => other,
    };
    Ok(saved?.overview.id)
}

/// The same page, with what kept it from being saved.
async fn refused(
    app: &App,
    visitor: &Visitor,
    ground: &Ground,
    answers: Answers,
    failure: Failure,
) -> Response {
    let problem = match failure {
        Failure::Invalid {
            field: "name",
            problem,
        } => problem,
        Failure::TooManyProfiles => "too-many",
        other => return failed(app, Some(visitor), other),
    };
    let fault = Fault::new("name", Wrong::Name(problem));
    page(app, visitor, ground, answers, &[fault], None, None).await
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Deletes a profile.
pub(super) async fn delete(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    let id = ProfileId::new(id);
    match app.exam.delete_profile(&learner.account.id, &id).await {
        // One that is gone already is as gone as it was to be.
        Ok(()) | Err(Failure::NoSuchProfile) => {
            Redirect::to(&format!("{}?deleted=1#profiles", urls::POINTS)).into_response()
        }
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
