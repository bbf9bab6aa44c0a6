//! Taking a mock exam: whoever presses the button gets an attempt, as a guest if they have no account.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;

use super::{accounts::as_somebody, errors::too_many, failed};
use crate::domain::id::RuleId;
use crate::web::{
    App,
    access::{CheckedForm, ClientAddress, Visitor},
    urls,
};

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::MOCKS, get(to_start).post(take))
}

/// The address is a form's; somebody who reloads it wants the page with the form.
async fn to_start() -> Redirect {
    Redirect::to(urls::START)
}

#[derive(Deserialize)]
struct Wish {
    rule: Option<String>,
    delivery: Option<String>,
}

async fn take(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    visitor: Visitor,
    CheckedForm(wish): CheckedForm<Wish>,
) -> Response {
    let (account, jar) = match as_somebody(&app, &visitor, address).await {
        Ok(somebody) => somebody,
        Err(refused) => return refused,
    };
    if !app.rate.allows_attempt(&account.id) {
        return too_many(&app, &visitor);
    }
    let rule = wish.rule.filter(|rule| !rule.is_empty()).map(RuleId::new);
    // A word that is none is passed over, as an address's is: the mock is free then.
    let delivery = wish.delivery.and_then(|word| word.parse().ok());
    let made = app.exam.create_mock(&account.id, rule.as_ref(), delivery);
    let answer = match made.await {
        Ok(paper) => Redirect::to(&urls::attempt(&paper.id)).into_response(),
        Err(failure) => failed(&app, Some(&visitor), failure),
    };
    (jar, answer).into_response()
}
