//! The web: router, sessions, pages and the API. It calls the service and never the store.

mod access;
pub mod api;
mod assets;
pub mod connections;
mod direct;
mod headers;
mod ics;
mod json;
pub mod locale;
mod measured;
mod operations;
mod pages;
mod problem;
mod public;
mod ranges;
mod rate;
mod schemas;
mod sheets;
mod takes;
mod upload;
pub mod urls;

use std::sync::Arc;
use std::time::Duration;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::MethodFilter,
};
use metrics_exporter_prometheus::PrometheusHandle;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate, SizeAbove},
    },
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::TraceLayer,
};

use crate::config::Config;
use crate::service::Exam;

/// What every handler has at hand. A request passes through many hands, each with a copy of its own: a copy is one count.
#[derive(Debug, Clone)]
pub struct App(Arc<Shared>);

/// The parts of an [`App`].
#[derive(Debug)]
pub struct Shared {
    /// The service.
    pub exam: Exam,
    /// The interface's languages.
    pub locales: locale::Locales,
    /// The configuration.
    pub config: Config,
    /// Limits of rate.
    rate: rate::Limiter,
    metrics: Option<PrometheusHandle>,
    stimuli: pages::Stimuli,
}

impl App {
    /// Puts the parts together.
    pub fn new(
        exam: Exam,
        locales: locale::Locales,
        config: Config,
        metrics: Option<PrometheusHandle>,
    ) -> Self {
        Self(Arc::new(Shared {
            exam,
            locales,
            rate: rate::Limiter::new(&config),
            config,
            metrics,
            stimuli: pages::Stimuli::default(),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Bytes that fit into one packet with their head: making them fewer costs time and gains none. A receipt is smaller.
const ONE_PACKET: u64 = 900;
/// So many seconds may an upload take: the largest file on a line of 1 Mbit/s.
const UPLOAD_SECONDS: u64 = 300;

/// Every route, with the layers that all requests pass.
pub fn router(app: App) -> Router {
    let (api, uploads, document) = api::router(app.clone());
    let seconds = Duration::from_secs(app.config.server.request_seconds);
    let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, seconds);
    let text = Router::new()
        .merge(pages::router())
        .merge(operations::router())
        .merge(assets::router())
        .with_state(app.clone())
        .merge(api)
        .merge(api::document(document))
        .fallback(axum::routing::any(pages::not_found).with_state(app.clone()))
        .layer(
            ServiceBuilder::new()
                .layer(
                    CompressionLayer::new()
                        .compress_when(DefaultPredicate::new().and(SizeAbove::new(ONE_PACKET))),
                )
                .layer(from_fn_with_state(app.clone(), headers::language))
                .layer(from_fn(problem::api_fallbacks))
                .layer(timeout),
        );
    let seconds = Duration::from_secs(UPLOAD_SECONDS);
    let long = Router::new()
        .merge(pages::uploads().with_state(app.clone()))
        .merge(uploads)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(problem::api_fallbacks))
                .layer(TimeoutLayer::with_status_code(
                    StatusCode::SERVICE_UNAVAILABLE,
                    seconds,
                )),
        );
    let layered = Router::new()
        .merge(text)
        .merge(pages::audio_router().with_state(app.clone()).layer(timeout))
        .merge(pages::streams().with_state(app.clone()))
        .merge(long)
        // The outermost first. Together, because a router keeps each layer that it is given by itself in a box.
        .layer(
            ServiceBuilder::new()
                .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
                .layer(TraceLayer::new_for_http().make_span_with(headers::span))
                .layer(PropagateRequestIdLayer::x_request_id())
                .layer(from_fn(measured::request))
                .layer(CatchPanicLayer::custom(problem::panicked))
                .layer(from_fn_with_state(app.clone(), headers::security))
                .layer(DefaultBodyLimit::max(app.config.server.body_bytes)),
        );
    let saving = direct::route(
        MethodFilter::PUT,
        api::respond,
        app.clone(),
        layered.clone(),
    );
    Router::new()
        .route(urls::API_RESPONSE, saving)
        .fallback_service(layered)
}
