//! A client of the router, in the same process: what it sends and gets is HTTP, only the network is missing.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

/// Sends requests, with a bearer token once it has one.
#[derive(Debug, Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The request, for messages.
    pub request: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// Nobody yet.
    pub fn new(router: Router) -> Self {
        Self {
            router,
            token: None,
        }
    }

    /// Becomes a new guest.
    pub async fn as_guest(&self) -> Self {
        let made = self.post("/api/v1/guests", None).await.expect(201);
        self.with_token(made["token"].as_str().expect("a token"))
    }

    /// The same router, with this token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            router: self.router.clone(),
            token: Some(token.to_owned()),
        }
    }

    /// The token.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("a token")
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    /// POST, with a JSON body if there is one.
    pub async fn post(&self, path: &str, body: Option<Value>) -> Answer {
        self.json("POST", path, body).await
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.json("PUT", path, Some(body)).await
    }

    /// Any method, with a JSON body if there is one.
    pub async fn json(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        match body {
            Some(body) => {
                let json = ("content-type", "application/json");
                self.send(method, path, &[json], Body::from(body.to_string()))
                    .await
            }
            None => self.send(method, path, &[], Body::empty()).await,
        }
    }

    /// Anything.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a header");
            request = request.header(name, *value);
        }
        let request = request.body(body).expect("a request");
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router never fails");
        let (parts, body) = response.into_parts();
        Answer {
            request: format!("{method} {path}"),
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.expect("a body").to_vec(),
        }
    }
}

impl Answer {
    /// The JSON of an answer with this status.
    ///
    /// # Panics
    /// When the status is another.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.request, self.text());
        self.value()
    }

    /// The problem of an answer with this status and this last part of its type.
    ///
    /// # Panics
    /// When it is another, or not in the form of RFC 9457.
    #[track_caller]
    pub fn problem(&self, status: u16, slug: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.request
        );
        let kind = problem["type"].as_str().expect("a type");
        assert!(
            kind.ends_with(&format!("/{slug}")),
            "{}: {kind} and not {slug}",
            self.request
        );
        assert_eq!(problem["status"], status, "{problem}");
        for member in ["title", "detail"] {
            let text = problem[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{problem} has no {member}");
        }
        problem
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null if it is empty.
    #[track_caller]
    pub fn value(&self) -> Value {
        match self.body.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&self.body)
                .unwrap_or_else(|error| panic!("{}: {error}: {}", self.request, self.text())),
        }
    }

    /// A header's value, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}
