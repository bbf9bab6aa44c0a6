//! Connections of clients, and what they may cost: so many at once, and the head of each request within so many seconds.
//! Whoever opens a connection and says nothing, or says it letter by letter, loses it; so does whoever asks and then
//! takes nothing of the answer, be it by will or because they are gone without a word.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, extract::ConnectInfo, http::Request, serve::Listener};
use futures_util::FutureExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutWriter;
use tower::Service;

use crate::config::Server;
use crate::measures::OpenConnection;

/// Bytes of a request's head, with its cookies; more is refused (431).
const HEAD_BYTES: usize = 32 * 1024;

/// Serves until told to stop; then takes no connection, ends those that are idle and waits for the requests that run.
///
/// Of the settings, `connections` is the most at once (whoever comes then waits in the system's queue), `head_seconds`
/// the time for the head of a request, which is also how long a connection may be idle between two, and `send_seconds`
/// how long a client may take nothing of an answer.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    settings: &Server,
    told: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(settings.head_seconds.max(1)))
        .max_buf_size(HEAD_BYTES);
    let patience = Duration::from_secs(settings.send_seconds.max(1));
    let places = Arc::new(Semaphore::new(settings.connections.max(1)));
    let graceful = GracefulShutdown::new();
    let mut told = pin!(told);
    loop {
        let next = async {
            // The semaphore is never closed.
            let place = places.clone().acquire_owned().await;
            (place, Listener::accept(&mut listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            () = told.as_mut() => break,
            next = next => next,
        };
        // Answers are small and each is waited for; where it cannot be set they are only slower.
        let _ = stream.set_nodelay(true);
        let open = OpenConnection::begin();
        let router = router.clone();
        // In a box: the library keeps a place of this size for as long as the connection lasts.
        let service = service_fn(move |request| Box::pin(answer(router.clone(), peer, request)));
        let mut stream = TimeoutWriter::new(stream);
        stream.set_timeout(Some(patience));
        let stream = TokioIo::new(Box::pin(stream));
        let connection = graceful.watch(http.serve_connection(stream, service));
        // Not `async move`: it would hold the connection twice, once as what it was given and once as what it waits for.
        tokio::spawn(connection.map(move |ended| {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended");
            }
            drop((place, open));
        }));
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn answer(
    mut router: Router,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<axum::response::Response, std::convert::Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    router.call(request).await
}
