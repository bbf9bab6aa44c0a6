//! `synaq serve`: the exam server.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use clap::Args;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use super::ConfigArgs;
use crate::clock::{Discipline, LARGEST_CORRECTION_MS, ManualClock, SystemClock};
use crate::config::{Config, ConfigError, Log, LogFormat};
use crate::content::{self, Content, Fault};
use crate::demo::{self, DemoError};
use crate::domain::{Timestamp, id::RuleId};
use crate::measures;
use crate::service::{Exam, Failure, Forgotten, Settings};
use crate::store::{self, Store, StoreError, fresh_id};
use crate::web::{self, App, locale::Locales};

/// The database of the demonstration, where none is named.
const DEMO_DATABASE: &str = "sqlite://synaq-demo.db";

/// Options of `synaq serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Address and port to listen on; port 0 lets the system choose [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Show a demonstration: a school with a month of results, all of it invented, in a database of its own
    /// [default then: sqlite://synaq-demo.db]
    #[arg(long)]
    pub demo: bool,
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages say it
pub enum ServeError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the log filter {filter:?}: {reason}")]
    LogFilter { filter: String, reason: String },
    #[error("the content in {dir} cannot be used:\n{faults}")]
    Content { dir: String, faults: String },
    #[error("the default rule set {rule} is not in {dir}; there are: {known}")]
    DefaultRule {
        rule: String,
        dir: String,
        known: String,
    },
    #[error("words of the interface: {0}")]
    Locales(#[from] web::locale::LocaleError),
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("cannot open {address}: {source}")]
    Store { address: String, source: StoreError },
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Failure(#[from] Failure),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Runs the server until it is told to stop.
///
/// # Errors
/// [`ServeError`] when it cannot start.
pub fn run(args: &ServeArgs) -> Result<(), ServeError> {
    let mut config = args.config.load()?;
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    if args.demo && args.config.database.is_none() {
        DEMO_DATABASE.clone_into(&mut config.server.database);
    }
    start_log(&config.log)?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(config, args.demo))
}

fn start_log(log: &Log) -> Result<(), ServeError> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| ServeError::LogFilter {
        filter: log.filter.clone(),
        reason: error.to_string(),
    })?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Colours are for eyes, not for files.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first log.
    let _ = match log.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    Ok(())
}

/// Loads the content; the error lists every fault with file and line.
fn load_content(config: &Config) -> Result<Content, ServeError> {
    let dir = &config.server.content;
    let content = content::load(dir).map_err(|faults| ServeError::Content {
        dir: dir.display().to_string(),
        faults: faults
            .iter()
            .map(|fault: &Fault| fault.under(dir).to_string())
            .collect::<Vec<_>>()
            .join("\n"),
    })?;
    let default = RuleId::new(&config.exam.default_rule);
    if !content.rules.contains_key(&default) {
        return Err(ServeError::DefaultRule {
            rule: default.to_string(),
            dir: dir.display().to_string(),
            known: content
                .rules
                .keys()
                .map(RuleId::as_str)
                .collect::<Vec<_>>()
                .join(", "),
        });
    }
    Ok(content)
}

async fn serve(config: Config, demo: bool) -> Result<(), ServeError> {
    let settings = super::settings(&config)?;
    let content = load_content(&config)?;
    let locales = Locales::load(&config.server.content)?;
    let address = config.server.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })?;
    let store = Store::open(&config.server.database)
        .await
        .map_err(|source| ServeError::Store {
            address: store::without_password(&config.server.database),
            source,
        })?;
    let clock = SystemClock::shared();
    let content = Arc::new(content);
    if demo {
        demonstrate(&store, &content, &settings, clock.now()).await?;
    }
    // Before the exam, which counts from its start.
    let recorder = measures::recorder();
    let metrics = recorder.handle();
    // A second start in one process (tests) keeps the first recorder.
    let metrics = metrics::set_global_recorder(recorder)
        .ok()
        .map(|()| metrics);
    let exam = Exam::start(store.clone(), content, clock, settings)
        .await
        .map_err(Failure::from)?;
    let keys = exam.keys();
    tracing::info!(
        kid = keys.signing.public().kid(),
        from = keys.source.as_str(),
        "language scores are signed by this key"
    );

    let (stop, stopping) = watch::channel(false);
    let node = fresh_id(exam.clock().now());
    // Before anything is due by this machine's own idea of the time.
    if let Discipline::Followed(ms) = exam.keep_common_time(&node, true).await? {
        warn_of_jump(ms);
    }
    give_back_lost_time(&exam, &node, &config).await?;
    let tasks = [
        tokio::spawn(beat(exam.clone(), node, config.clone(), stopping.clone())),
        tokio::spawn(sweep(exam.clone(), config.clone(), stopping.clone())),
        tokio::spawn(retain(exam.clone(), stopping.clone())),
        tokio::spawn(upkeep(metrics.clone(), stopping.clone())),
        tokio::spawn(note_presence(exam.clone(), stopping.clone())),
        tokio::spawn(look_around(exam.clone(), config.clone(), stopping.clone())),
    ];

    let told = told_to_stop()?;
    let bound = listener.local_addr()?;
    println!("listening on http://{bound}");
    std::io::stdout().flush()?;
    let drain = Duration::from_secs(config.server.request_seconds);
    let app = App::new(exam, locales, config, metrics);
    let settings = app.config.server.clone();
    let router = web::router(app);
    // The signs of life end here and not when the last request is answered: from now on nobody new is let in, and that
    // time is to be given back.
    let told = async move {
        told.await;
        let _ = stop.send(true);
    };
    tokio::select! {
        () = web::connections::serve(listener, router, &settings, told) => {}
        () = waited_enough(stopping, drain) => {
            tracing::warn!("stopping although somebody still holds a request open");
        }
    }
    for task in tasks {
        let _ = task.await;
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Fills an empty database with the demonstration, which ends now; tells on standard error how far it is.
async fn demonstrate(
    store: &Store,
    content: &Arc<Content>,
    settings: &Settings,
    now: Timestamp,
) -> Result<(), ServeError> {
    let clock = ManualClock::at(now);
    let shared = Arc::new(clock.clone());
    let exam = Exam::start(store.clone(), content.clone(), shared, settings.clone());
    let exam = exam.await.map_err(Failure::from)?;
    let on_terminal = std::io::stderr().is_terminal();
    let progress = |percent: u32| match on_terminal {
        true => {
            let bar = "#".repeat(percent as usize / 5);
            let end = if percent == 100 { "\n" } else { "" };
            eprint!("\rmaking the demonstration [{bar:<20}] {percent} %{end}");
        }
        false if [0, 50, 100].contains(&percent) => {
            eprintln!("making the demonstration: {percent} %")
        }
        false => {}
    };
    Ok(demo::make(&exam, &clock, now, demo::SEED, progress).await?)
}

/// How old a node's last sign of life may be although it lives.
fn unnoticed(config: &Config) -> TimeDelta {
    TimeDelta::milliseconds(i64::from(config.exam.heartbeat_ms) * 3 / 2)
}

async fn give_back_lost_time(exam: &Exam, node: &str, config: &Config) -> Result<(), ServeError> {
    if let Some(outage) = exam.recover(node, unnoticed(config)).await? {
        tracing::warn!(
            from = %outage.from,
            until = %outage.until,
            attempts = outage.attempts,
            "no server was alive; the time lost was given back"
        );
    }
    Ok(())
}

/// A clock that was far off is worth somebody's look, though it is right now.
fn warn_of_jump(ms: i64) {
    if ms.abs() > LARGEST_CORRECTION_MS {
        tracing::warn!(ms, "the clock was off and has been set");
    }
}

/// Says that this server is alive, gives back what it could not say it for, and keeps the clock honest.
async fn beat(exam: Exam, node: String, config: Config, mut stopping: watch::Receiver<bool>) {
    // To whoever lives, a machine with much to do is no outage: a write may wait so long for its turn.
    const LATE: TimeDelta = TimeDelta::seconds(5);
    let unnoticed = unnoticed(&config) + LATE;
    let mut ticks = ticks(config.exam.heartbeat_ms);
    let mut held = false;
    loop {
        let last = tokio::select! {
            _ = ticks.tick() => false,
            _ = stopping.changed() => true,
        };
        match exam.keep_alive(&node, unnoticed).await {
            Ok(timed) => match exam.keep_common_time(&node, timed == 0).await {
                Ok(Discipline::Held(jump_ms)) => {
                    if !held {
                        tracing::warn!(jump_ms, "the clock jumped; deadlines do not follow it");
                    }
                    held = true;
                }
                Ok(Discipline::Followed(ms)) => {
                    warn_of_jump(ms);
                    held = false;
                }
                Err(error) => tracing::error!(%error, "the clock could not be compared"),
            },
            Err(error) => tracing::error!(%error, "the sign of life could not be written"),
        }
        if last {
            return;
        }
    }
}

/// Ends what is due.
async fn sweep(exam: Exam, config: Config, mut stopping: watch::Receiver<bool>) {
    let mut ticks = ticks(config.exam.sweep_ms);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopping.changed() => return,
        }
        match exam.sweep().await {
            Ok(0) => {}
            Ok(attempts) => tracing::info!(attempts, "did what was due"),
            Err(error) => tracing::error!(%error, "the sweep failed; it will be tried again"),
        }
    }
}

/// Deletes what is older than it is kept: at start, then once a day.
async fn retain(exam: Exam, mut stopping: watch::Receiver<bool>) {
    const EVERY_MS: u32 = 24 * 60 * 60 * 1000;
    let mut ticks = ticks(EVERY_MS);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopping.changed() => return,
        }
        match exam.retain().await {
            Ok(gone) if gone == Forgotten::default() => {}
            Ok(gone) => tracing::info!(
                guests = gone.guests,
                attempts = gone.attempts,
                invitations = gone.invitations,
                "deleted what was kept long enough"
            ),
            Err(error) => tracing::error!(%error, "what is old was not deleted; tomorrow again"),
        }
    }
}

/// Writes who is there.
async fn note_presence(exam: Exam, mut stopping: watch::Receiver<bool>) {
    const EVERY_MS: u32 = 1000;
    let mut ticks = ticks(EVERY_MS);
    loop {
        let last = tokio::select! {
            _ = ticks.tick() => false,
            _ = stopping.changed() => true,
        };
        if let Err(error) = exam.write_presence().await {
            tracing::error!(%error, "who is there could not be written");
        }
        if last {
            return;
        }
    }
}

/// Looks at what is watched, for everybody who watches.
async fn look_around(exam: Exam, config: Config, mut stopping: watch::Receiver<bool>) {
    let mut ticks = ticks(config.exam.look_ms);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopping.changed() => {
                // A stream has no end of its own.
                exam.end_watching();
                return;
            }
        }
        exam.look_around().await;
    }
}

async fn upkeep(metrics: Option<PrometheusHandle>, mut stopping: watch::Receiver<bool>) {
    const EVERY_MS: u32 = 5000;
    let mut ticks = ticks(EVERY_MS);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopping.changed() => return,
        }
        if let Some(metrics) = &metrics {
            metrics.run_upkeep();
        }
    }
}

fn ticks(every_ms: u32) -> tokio::time::Interval {
    let mut interval = tokio::time::interval(Duration::from_millis(u64::from(every_ms.max(1))));
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    interval
}

/// Ends when the server is stopping and every request has had the time that a request may take.
async fn waited_enough(mut stopping: watch::Receiver<bool>, longest: Duration) {
    // An error means that the sender is gone: the server ends by itself.
    match stopping.wait_for(|stopping| *stopping).await {
        Ok(_) => drop(tokio::time::timeout(longest, std::future::pending::<()>()).await),
        Err(_) => std::future::pending().await,
    }
}

/// Ends when the process is asked to stop: running requests are then still answered. From this call on, and not only
/// once it is awaited, no such request ends the process at once.
fn told_to_stop() -> Result<impl Future<Output = ()>, std::io::Error> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop");
    })
}
