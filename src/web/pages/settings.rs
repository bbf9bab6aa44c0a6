//! Language, theme, text size and font, kept in the browser.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::{Chrome, Room, render};
use crate::domain::Language;
use crate::web::{
    App,
    access::{CheckedForm, DISPLAY_COOKIE, Display, LANGUAGE_COOKIE, Visitor, choice_cookie},
    urls,
};

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::SETTINGS, get(show).post(save))
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage<'a> {
    c: Chrome<'a>,
    saved: bool,
    themes: [&'static str; 3],
    sizes: [&'static str; 3],
    fonts: [&'static str; 2],
}

#[derive(Deserialize)]
struct Saved {
    saved: Option<String>,
}

async fn show(State(app): State<App>, visitor: Visitor, Query(query): Query<Saved>) -> Response {
    render(&SettingsPage {
        c: Chrome::new(&app, &visitor, Room::Other),
        saved: query.saved.is_some(),
        themes: Display::THEMES,
        sizes: Display::SIZES,
        fonts: Display::FONTS,
    })
}

#[derive(Deserialize)]
struct Choices {
    language: String,
    theme: String,
    size: String,
    font: String,
}

async fn save(State(app): State<App>, CheckedForm(choices): CheckedForm<Choices>) -> Response {
    let display = Display::of(&choices.theme, &choices.size, &choices.font);
    let mut jar = CookieJar::new().add(choice_cookie(&app, DISPLAY_COOKIE, display.to_cookie()));
    if let Some(language) = Language::from_tag(&choices.language) {
        let code = language.code().to_owned();
        jar = jar.add(choice_cookie(&app, LANGUAGE_COOKIE, code));
    }
    (jar, Redirect::to(&format!("{}?saved=1", urls::SETTINGS))).into_response()
}
