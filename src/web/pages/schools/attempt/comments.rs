//! The forms of a tutor's comments: on the whole attempt and on each item.

use axum::{
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Typed, field_of, page};
use crate::domain::id::{AssignmentId, AttemptId, ItemId};
use crate::service::Failure;
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    pages::{failed, schools::again},
    urls,
};

/// The form as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    /// Empty: the whole.
    item: String,
    comment: String,
    /// `erase`, or anything else to save.
    act: String,
}

pub async fn write(
    State(app): State<App>,
    learner: PageLearner,
    Path((id, attempt)): Path<(String, String)>,
    CheckedForm(sent): CheckedForm<Sent>,
) -> Response {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    let item = (!sent.item.is_empty()).then(|| ItemId::new(sent.item));
    let (who, exam) = (&learner.account, &app.exam);
    let done = match sent.act.as_str() {
        "erase" => exam.erase_comment(who, &id, &attempt, item.as_ref()).await,
        _ => {
            exam.comment(who, &id, &attempt, item.as_ref(), &sent.comment)
                .await
        }
    };
    let failure = match done {
        Ok(()) => {
            let page = urls::assignment_attempt(&id, &attempt);
            let place = item.map_or_else(|| field_of(None), |item| format!("item-{item}"));
            return Redirect::to(&format!("{page}#{place}")).into_response();
        }
        Err(Failure::Invalid { problem, .. }) => {
            let typed = Typed {
                item,
                text: sent.comment,
                problem,
            };
            match page(&app, &learner, &id, &attempt, Some(typed)).await {
                Ok(page) => return again(&page),
                Err(failure) => failure,
            }
        }
        Err(failure) => failure,
    };
    failed(&app, Some(&learner.visitor), failure)
}

/// From the address of the form to the page of the attempt, for somebody who reloads it.
pub async fn to_attempt(uri: Uri) -> Redirect {
    let path = uri.path();
    Redirect::to(path.rsplit_once('/').map_or(path, |(page, _)| page))
}
