//! A client of the router, in the same process: what it sends and gets is HTTP, only the network is missing.

use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::{HeaderMap, HeaderName, Request, StatusCode, header};
use futures_util::StreamExt;
use serde_json::Value;
use tower::ServiceExt;

/// Sends requests, with a bearer token once it has one.
#[derive(Debug, Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
}

/// What comes back bit by bit.
#[derive(Debug)]
pub struct Stream {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    pieces: BodyDataStream,
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
        let mut stream = self.open(method, path, headers, body).await;
        // A stream has no end of its own: its first piece must do.
        let endless = stream.header("content-type") == "text/event-stream";
        let body = match endless {
            true => stream.next().await.unwrap_or_default().into_bytes(),
            false => to_bytes(Body::from_stream(stream.pieces), usize::MAX)
                .await
                .expect("a body")
                .to_vec(),
        };
        Answer {
            request: format!("{method} {path}"),
            status: stream.status,
            headers: stream.headers,
            body,
        }
    }

    /// Anything, its body still to come.
    pub async fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Stream {
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
        Stream {
            status: parts.status,
            headers: parts.headers,
            pieces: body.into_data_stream(),
        }
    }
}

impl Stream {
    /// The next piece; none at the end.
    pub async fn next(&mut self) -> Option<String> {
        let piece = self.pieces.next().await?.expect("a piece");
        Some(String::from_utf8_lossy(&piece).into_owned())
    }

    /// A header's value, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
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
