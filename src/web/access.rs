//! Who is asking, and what they may do. Access is an argument: a handler that needs somebody takes [`Learner`] (API) or
//! [`PageLearner`] (pages), and cannot run without.
//!
//! A session comes by cookie (pages, and the API as the pages' scripts use it) or as a bearer token. A change that comes
//! by cookie must carry the page's CSRF token, in the header `synaq-csrf` or the form field `csrf`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    Form,
    extract::{ConnectInfo, FromRequest, FromRequestParts, OptionalFromRequestParts, Request},
    http::{HeaderMap, Method, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{App, pages, problem::Problem, urls};
use crate::domain::Language;
use crate::service::{Account, Sender, SignedIn, hash_token, hex};

/// The session's cookie.
pub const SESSION_COOKIE: &str = "synaq_session";
/// A random value for visitors without a session, so that their forms too have a CSRF token.
pub const VISIT_COOKIE: &str = "synaq_visit";
/// The language chosen.
pub const LANGUAGE_COOKIE: &str = "synaq_language";
/// Theme, text size and font chosen.
pub const DISPLAY_COOKIE: &str = "synaq_display";
/// The header in which a page's script sends the CSRF token.
pub const CSRF_HEADER: &str = "synaq-csrf";
/// The header in which a page's script says which page it is.
pub const PAGE_HEADER: &str = "synaq-page";

/// How a session's token came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Via {
    Cookie,
    Bearer,
}

/// Anybody: with or without a session.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who, if there is a session.
    pub account: Option<Account>,
    /// The session's token.
    pub token: Option<String>,
    /// The language to answer in.
    pub language: Language,
    /// How the page is to look.
    pub display: Display,
    /// The token that this visitor's forms must carry.
    pub csrf: String,
    /// With what a page was asked for (`t=2`), so that it can be asked for again; empty for a form.
    pub asked: String,
    via: Option<Via>,
}

/// A learner with a session, calling the API. A change by cookie has passed the CSRF check.
#[derive(Debug, Clone)]
pub struct Learner(pub Account);

/// A learner with a session, on a page; without one they are sent to sign in.
#[derive(Debug, Clone)]
pub struct PageLearner {
    /// Who.
    pub account: Account,
    /// The rest of what a page needs to know.
    pub visitor: Visitor,
}

/// How pages are to look: chosen on the settings page, kept in a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Display {
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// `normal`, `large` or `largest`.
    pub size: &'static str,
    /// `system` or `dyslexia`.
    pub font: &'static str,
}

impl Display {
    /// Themes, sizes and fonts that can be chosen; the first of each is the default.
    pub const THEMES: [&'static str; 3] = ["auto", "light", "dark"];
    /// Text sizes.
    pub const SIZES: [&'static str; 3] = ["normal", "large", "largest"];
    /// Fonts.
    pub const FONTS: [&'static str; 2] = ["system", "dyslexia"];

    /// The choice by name; an unknown name is the default.
    pub fn of(theme: &str, size: &str, font: &str) -> Self {
        fn one_of(choices: &[&'static str], name: &str) -> &'static str {
            choices
                .iter()
                .copied()
                .find(|choice| *choice == name)
                .unwrap_or(choices[0])
        }
        Self {
            theme: one_of(&Self::THEMES, theme),
            size: one_of(&Self::SIZES, size),
            font: one_of(&Self::FONTS, font),
        }
    }

    /// The cookie's value.
    pub fn to_cookie(self) -> String {
        format!("{}.{}.{}", self.theme, self.size, self.font)
    }

    fn from_cookie(value: &str) -> Self {
        let mut parts = value.split('.');
        let mut next = || parts.next().unwrap_or_default();
        Self::of(next(), next(), next())
    }
}

fn csrf_token(secret: &str) -> String {
    hex(&Sha256::digest(format!("synaq csrf {secret}").as_bytes())[..16])
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The language to answer in, where nothing else of the visitor is known.
pub(super) fn language(headers: &HeaderMap) -> Language {
    language_of(&CookieJar::from_headers(headers), headers)
}

/// The language: chosen before (cookie), else the browser's, else English.
fn language_of(jar: &CookieJar, headers: &HeaderMap) -> Language {
    let chosen = jar
        .get(LANGUAGE_COOKIE)
        .and_then(|cookie| Language::from_tag(cookie.value()));
    let accepted = || {
        headers
            .get(header::ACCEPT_LANGUAGE)?
            .to_str()
            .ok()?
            .split(',')
            .find_map(|part| Language::from_tag(part.split(';').next()?.trim()))
    };
    chosen.or_else(accepted).unwrap_or_default()
}

/// The language to answer in, for a call that needs to know nothing else of its visitor.
impl FromRequestParts<App> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &App,
    ) -> Result<Self, std::convert::Infallible> {
        Ok(language(&parts.headers))
    }
}

impl Visitor {
    /// Somebody of whom nothing is known.
    pub fn unknown(display: Display) -> Self {
        Self {
            account: None,
            token: None,
            language: Language::default(),
            display,
            csrf: String::new(),
            asked: String::new(),
            via: None,
        }
    }

    async fn of(parts: &Parts, app: &App) -> Result<Self, crate::service::Failure> {
        let jar = CookieJar::from_headers(&parts.headers);
        let session = token_of(&parts.headers);
        let account = match &session {
            Some((token, _)) => app.exam.whose(token).await?,
            None => None,
        };
        let (token, via) = match session.filter(|_| account.is_some()) {
            Some((token, via)) => (Some(token), Some(via)),
            None => (None, None),
        };
        let visit = jar.get(VISIT_COOKIE).map(Cookie::value).unwrap_or_default();
        let asked = parts.uri.query().filter(|_| parts.method == Method::GET);
        Ok(Self {
            account,
            asked: asked.unwrap_or_default().to_owned(),
            csrf: csrf_token(token.as_deref().unwrap_or(visit)),
            language: language_of(&jar, &parts.headers),
            display: jar.get(DISPLAY_COOKIE).map_or_else(
                || Display::of("", "", ""),
                |cookie| Display::from_cookie(cookie.value()),
            ),
            token,
            via,
        })
    }

    /// The learner's id, empty for nobody; none where nothing is known of the visitor.
    pub(super) fn whose(&self) -> Option<String> {
        match &self.account {
            Some(account) => Some(account.id.to_string()),
            None if self.csrf.is_empty() => None,
            None => Some(String::new()),
        }
    }

    /// Whether a CSRF token is this visitor's. A visitor who has neither session nor visit cookie has none.
    pub(super) fn owns_csrf(&self, given: &str) -> bool {
        given == self.csrf && self.csrf != csrf_token("")
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        // A handler may take it twice (once through a form); one look at the database is enough.
        if let Some(known) = parts.extensions.get::<Visitor>() {
            return Ok(known.clone());
        }
        let visitor = Visitor::of(parts, app)
            .await
            .map_err(|failure| pages::failed(app, None, failure))?;
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

/// Who sends a response: whoever holds the session of this token. A change by cookie has passed the CSRF check; whether
/// the session holds is looked at where the response is written.
#[derive(Debug, Clone)]
pub struct ResponseSender(pub Sender);

impl FromRequestParts<App> for ResponseSender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let sent = match token_of(&parts.headers) {
            Some((token, Via::Bearer)) => Some(token),
            Some((token, Via::Cookie)) => {
                Some(token).filter(|token| csrf_sent(&parts.headers) == csrf_token(token))
            }
            None => None,
        };
        match sent {
            Some(token) => Ok(Self(Sender::Session(hash_token(&token)))),
            // Refused, with the reason that any call gives.
            None => {
                let learner =
                    <Learner as FromRequestParts<App>>::from_request_parts(parts, app).await?;
                Ok(Self(Sender::Learner(learner.0.id)))
            }
        }
    }
}

/// The session's token, and how it came.
fn token_of(headers: &HeaderMap) -> Option<(String, Via)> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(|token| (token.trim().to_owned(), Via::Bearer));
    bearer.or_else(|| {
        let jar = CookieJar::from_headers(headers);
        let cookie = jar.get(SESSION_COOKIE)?;
        Some((cookie.value().to_owned(), Via::Cookie))
    })
}

fn csrf_sent(headers: &HeaderMap) -> &str {
    let sent = headers.get(CSRF_HEADER);
    sent.and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

impl FromRequestParts<App> for Learner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let visitor = match parts.extensions.get::<Visitor>() {
            Some(known) => known.clone(),
            None => Visitor::of(parts, app).await?,
        };
        parts.extensions.insert(visitor.clone());
        let given = csrf_sent(&parts.headers);
        if visitor.via == Some(Via::Cookie) && changes(&parts.method) && !visitor.owns_csrf(given) {
            return Err(Problem::csrf());
        }
        visitor
            .account
            .map(Learner)
            .ok_or_else(Problem::unauthenticated)
    }
}

impl OptionalFromRequestParts<App> for Learner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Problem> {
        let known = parts.headers.contains_key(header::AUTHORIZATION)
            || parts.headers.contains_key(header::COOKIE);
        if !known {
            return Ok(None);
        }
        match <Learner as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(learner) => Ok(Some(learner)),
            Err(problem) if problem.is_unauthenticated() => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

impl FromRequestParts<App> for PageLearner {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visitor = <Visitor as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        match visitor.account.clone() {
            Some(account) => Ok(Self { account, visitor }),
            None => {
                let next = match parts.method {
                    Method::GET => parts.uri.path(),
                    _ => urls::START,
                };
                Err(Redirect::to(&format!("{}?next={next}", urls::SIGN_IN)).into_response())
            }
        }
    }
}

/// A page's form whose CSRF token was this visitor's.
#[derive(Debug)]
pub struct CheckedForm<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for CheckedForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor =
            <Visitor as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, app)
            .await
            .map_err(|rejection| pages::bad_request(app, &visitor, rejection.status()))?;
        let given = fields
            .iter()
            .find(|(name, _)| name == "csrf")
            .map_or("", |(_, value)| value.as_str());
        if !visitor.owns_csrf(given) {
            return Err(pages::stale_form(app, &visitor));
        }
        let encoded: serde_json::Map<String, serde_json::Value> = fields
            .into_iter()
            .map(|(name, value)| (name, serde_json::Value::String(value)))
            .collect();
        serde_json::from_value(serde_json::Value::Object(encoded))
            .map(Self)
            .map_err(|_| {
                pages::bad_request(app, &visitor, axum::http::StatusCode::UNPROCESSABLE_ENTITY)
            })
    }
}

/// The address a request comes from: the proxy's word for it where there is a proxy, else the connection's.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &App,
    ) -> Result<Self, std::convert::Infallible> {
        let forwarded = || {
            // The last entry is the one that our own proxy added; those before it are the client's to invent.
            let lines = parts.headers.get_all("x-forwarded-for");
            let value = lines.iter().next_back()?.to_str().ok()?;
            value.rsplit(',').next()?.trim().parse().ok()
        };
        let connection = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip());
        let address = match app.config.server.behind_proxy {
            true => forwarded().unwrap_or(connection),
            false => connection,
        };
        Ok(Self(address))
    }
}

fn make_cookie(app: &App, name: &'static str, value: String, days: i64) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.server.behind_tls)
        .max_age(cookie::time::Duration::days(days))
        .build()
}

/// The cookie of a new session.
pub fn session_cookie(app: &App, signed_in: &SignedIn) -> Cookie<'static> {
    let days = i64::from(app.config.exam.session_days);
    make_cookie(app, SESSION_COOKIE, signed_in.token.clone(), days)
}

/// A cookie that ends the session in the browser.
pub fn no_session(app: &App) -> Cookie<'static> {
    make_cookie(app, SESSION_COOKIE, String::new(), 0)
}

/// A cookie that keeps a choice for a year.
pub fn choice_cookie(app: &App, name: &'static str, value: String) -> Cookie<'static> {
    make_cookie(app, name, value, 365)
}
