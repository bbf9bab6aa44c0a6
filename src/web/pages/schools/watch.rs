//! What changes in a group while it sits, as server-sent events: first everybody, then whoever changed. A stream is
//! neither compressed nor cut by the limit of time for requests; it ends when the server stops, and when whoever watches
//! may no longer.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
    routing::get,
};
use chrono::TimeDelta;
use futures_util::stream;
use serde::Serialize;

use super::failed;
use crate::domain::{
    Timestamp,
    id::{AssignmentId, LearnerId},
};
use crate::service::{Account, LiveRow, Look, Watching};
use crate::web::{App, access::PageLearner, api::live::LiveRowShape, urls};

/// After so much silence a comment is sent, so that whatever lies between keeps the connection, in seconds.
const SIGN_OF_LIFE: TimeDelta = TimeDelta::seconds(15);
/// How often it is asked again whether whoever watches may.
const ASKED_AGAIN: TimeDelta = TimeDelta::seconds(30);

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::LIVE_EVENTS, get(events))
}

/// Whoever changed since the event before.
#[derive(Debug, Serialize)]
struct Changes {
    rows: Vec<LiveRowShape>,
    /// Those who are gone from the table.
    gone: Vec<String>,
}

impl Changes {
    fn between(before: Option<&Look>, after: &Look, now: Timestamp) -> Option<Self> {
        fn by_learner(look: &Look) -> HashMap<&LearnerId, &LiveRow> {
            look.rows.iter().map(|row| (&row.learner, row)).collect()
        }
        let old = before.map(by_learner).unwrap_or_default();
        let new = by_learner(after);
        let changed = after.rows.iter();
        let changed = changed.filter(|row| old.get(&row.learner) != Some(row));
        let rows: Vec<LiveRowShape> = changed.map(|row| LiveRowShape::of(row, now)).collect();
        let gone = old.keys().filter(|learner| !new.contains_key(*learner));
        let gone: Vec<String> = gone.map(|learner| learner.to_string()).collect();
        (!rows.is_empty() || !gone.is_empty()).then_some(Self { rows, gone })
    }
}

/// One who watches.
struct Watcher {
    app: App,
    who: Account,
    token: String,
    id: AssignmentId,
    watching: Watching,
    before: Option<Arc<Look>>,
    asked: Timestamp,
    sent: Timestamp,
    over: bool,
}

impl Watcher {
    /// Whether the session holds and the person may still look on.
    async fn may(&self) -> bool {
        let session = self.app.exam.whose(&self.token).await;
        let same = matches!(session, Ok(Some(account)) if account.id == self.who.id);
        same && self.app.exam.may_watch(&self.who, &self.id).await.is_ok()
    }

    /// The next event; none when it is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.over {
                return None;
            }
            let look = match self.before {
                None => self.watching.look(),
                Some(_) => self.watching.next().await?,
            };
            let now = self.app.exam.clock().now();
            if now - self.asked >= ASKED_AGAIN {
                self.asked = now;
                if !self.may().await {
                    self.over = true;
                    return Some(Event::default().event("end").data("{}"));
                }
            }
            let changes = Changes::between(self.before.as_deref(), &look, now);
            let first = self.before.replace(look).is_none();
            let event = match changes {
                Some(changes) => Event::default().event("rows").json_data(changes).ok(),
                None if first || now - self.sent >= SIGN_OF_LIFE => {
                    Some(Event::default().comment("still here"))
                }
                None => None,
            };
            if let Some(event) = event {
                self.sent = now;
                return Some(event);
            }
        }
    }
}

async fn events(State(app): State<App>, learner: PageLearner, Path(id): Path<String>) -> Response {
    let id = AssignmentId::new(id);
    let watching = match app.exam.watch(&learner.account, &id).await {
        Ok(watching) => watching,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let now = app.exam.clock().now();
    let watcher = Watcher {
        app,
        who: learner.account,
        token: learner.visitor.token.unwrap_or_default(),
        id,
        watching,
        before: None,
        asked: now,
        sent: now,
        over: false,
    };
    let events = stream::unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((Ok::<Event, Infallible>(event), watcher))
    });
    // Nothing between may gather what should arrive at once.
    let at_once = (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    ([at_once], Sse::new(events)).into_response()
}
