//! Schools as their people meet them: who may open what, and the whole way from making a school to the tutor's table.

mod access;
mod api;
mod calls;
mod demo;
mod export;
mod giving;
mod people;
mod recordings;
mod rescore;
mod review;
mod story;
mod stream;
mod table;
mod teaching;

use axum::body::Body;

use crate::support::Client;
use crate::support::World;
use crate::support::client::Answer;
use crate::support::school::PASSWORD;

/// Somebody at a browser: forms and cookies, no scripts.
#[derive(Debug, Clone)]
pub struct Visitor {
    router: Client,
    cookie: String,
    csrf: String,
}

/// The token in a page's first form.
fn csrf_of(html: &str) -> String {
    let (_, rest) = html.split_once("name=\"csrf\" value=\"").expect("a form");
    rest.split('"').next().expect("a value").to_owned()
}

/// What stands between two texts.
#[track_caller]
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before}: {text}"));
    rest.split(after).next().unwrap_or_default()
}

/// A text as a form sends it.
fn encoded(text: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("", text);
    form.finish().split_off(1)
}

impl Visitor {
    /// Nobody yet.
    pub async fn new(world: &World) -> Self {
        let router = world.client();
        let page = router.get("/settings").await;
        let cookie = page.header("set-cookie");
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let mut visitor = Self {
            router,
            cookie,
            csrf: String::new(),
        };
        visitor.look().await;
        visitor
    }

    /// Somebody with a session.
    pub async fn with_session(world: &World, token: &str) -> Self {
        let mut visitor = Self::new(world).await;
        visitor.cookie = format!("synaq_session={token}");
        visitor.look().await;
        visitor
    }

    /// Finds the token that this visitor's forms carry.
    async fn look(&mut self) {
        let page = self.get("/settings").await;
        self.csrf = csrf_of(&page.text());
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    /// A page that is there.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    /// Any method, a form with this page's token.
    pub async fn send(&self, method: &str, path: &str, fields: Option<&[(&str, &str)]>) -> Answer {
        let mut headers = vec![
            ("cookie", self.cookie.as_str()),
            ("accept-language", "en"),
            ("host", "exam.example"),
        ];
        let body = fields.map(|fields| {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
            let mut body = format!("csrf={}", self.csrf);
            for (name, value) in fields {
                body.push_str(&format!("&{name}={}", encoded(value)));
            }
            Body::from(body)
        });
        self.router
            .send(method, path, &headers, body.unwrap_or_default())
            .await
    }

    /// A form with one file.
    pub async fn send_file(&self, path: &str, file: &[u8]) -> Answer {
        let mut body = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n\
             --edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"voice\"\r\n\
             content-type: application/octet-stream\r\n\r\n",
            self.csrf
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.send_body(path, "multipart/form-data; boundary=edge", body)
            .await
    }

    /// The token that this visitor's forms carry.
    pub fn token(&self) -> &str {
        &self.csrf
    }

    /// Sends a body of this kind as it is.
    pub async fn send_body(&self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("accept-language", "en"),
            ("host", "exam.example"),
            ("content-type", kind),
        ];
        self.router
            .send("POST", path, &headers, Body::from(body))
            .await
    }

    /// Sends a form that is taken; where it leads.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.send("POST", path, Some(fields)).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        answer.header("location").to_owned()
    }

    /// Makes an account, with the way to go then; where it led.
    pub async fn sign_up(&mut self, name: &str, next: &str) -> String {
        let email = format!("{name}@example.org");
        let fields = [
            ("name", name),
            ("email", email.as_str()),
            ("password", PASSWORD),
            ("next", next),
        ];
        let answer = self.send("POST", "/sign-up", Some(&fields)).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer.header("set-cookie");
        self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        self.look().await;
        answer.header("location").to_owned()
    }
}
