//! `cargo bench --bench sitting -- --learners 5000 --start-within 10s`: virtual learners over real HTTP against the real
//! program in a process of its own, all on this machine. Every acknowledged response is looked for in the database, and
//! every score is counted again: a figure stands only where nothing was lost.
//!
//! Rounds (`--rounds`, comma-separated):
//!
//! - `exam`: whole exams, all starting within the time given; with `--nodes 2 --kill-after 5` on PostgreSQL two nodes
//!   behind one address, of which one is killed in the middle;
//! - `saves`: saves per second at saturation beside a bare handler that gives the same JSON back (and on PostgreSQL beside
//!   `pgbench`), in turns in one run, the processor time of each, and the latency at half of it;
//! - `steady`: attempts in progress that save every 15 seconds;
//! - `curve`: the cost of a learner from few to many;
//! - `page`: the processor time of a page; `audio`: recordings, whole and in stretches;
//! - `startup`: from the start of the program to its being ready.
//!
//! `--json FILE` keeps the figures, and `--write-docs FILE…` makes docs/performance.md and README's block of such files.

// A stopwatch over the wire is what this is.
#![allow(clippy::disallowed_methods)]

mod audio;
mod balancer;
mod docs;
mod exams;
mod figures;
mod learner;
mod pages;
mod pgbench;
mod progress;
mod saves;
mod server;
mod site;
mod startup;
mod steady;
mod usage;
mod wire;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use clap::Parser;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use learner::{Learner, Wrong};
use progress::Bar;
use site::Site;

#[derive(Debug, Clone, Parser)]
struct Args {
    /// Learners of `exam` and `steady`, and the most of `curve`
    #[arg(long, default_value_t = 200)]
    learners: usize,
    /// Seconds within which all of them start, as `10` or `10s` (in `curve` at most 250 start in a second)
    #[arg(long, default_value_t = 10.0, value_parser = in_seconds)]
    start_within: f64,
    /// The share of human pauses that is waited: 1 is an exam of 70 minutes; 0.002 if not given, in `curve` 0.05
    #[arg(long)]
    pause_scale: Option<f64>,
    /// Before how many of the answers a learner loses the connection, 0 to 1
    #[arg(long, default_value_t = 0.01)]
    lose: f64,
    /// In `exam`: learners are no guests but sign in, before they start, with the password of an account that was
    /// made before. Hashing a password takes much processor time by design (Argon2), so that this measures little else and is
    /// not the default
    #[arg(long)]
    sign_in: bool,
    /// sqlite://FILE or postgres://…; a new SQLite file if not given
    #[arg(long)]
    database: Option<String>,
    /// Measure a server that runs already, at this address, on the database given
    #[arg(long)]
    at: Option<SocketAddr>,
    /// So many servers on the database (PostgreSQL) behind one address
    #[arg(long, default_value_t = 1)]
    nodes: usize,
    /// In `exam`: kill one of the nodes (SIGKILL) after so many seconds; learners then send again what failed
    #[arg(long, value_parser = in_seconds)]
    kill_after: Option<f64>,
    /// In `exam`: start it again so many seconds after it was killed
    #[arg(long, value_parser = in_seconds)]
    revive_after: Option<f64>,
    /// What to measure: exam, saves, steady, curve, page, audio, startup
    #[arg(long, value_delimiter = ',', default_value = "exam,saves,steady")]
    rounds: Vec<String>,
    /// Connections of `saves`, and clients of pgbench
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Seconds of each measurement of `saves` and `audio`
    #[arg(long, default_value_t = 10.0, value_parser = in_seconds)]
    seconds: f64,
    /// Seconds that `steady` measures, after 15 that it does not
    #[arg(long, default_value_t = 60.0, value_parser = in_seconds)]
    steady_seconds: f64,
    /// Pages of each kind in `page`
    #[arg(long, default_value_t = 2000)]
    pages: usize,
    /// Write all figures to this file as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Measure nothing: take these files of figures into docs/performance, and write the documents of all that are there
    #[arg(long, num_args = 0.., value_name = "FILE")]
    write_docs: Option<Vec<PathBuf>>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// Seconds, with or without their unit. What is longer than a day is refused: no clock would reach it.
fn in_seconds(text: &str) -> Result<f64, String> {
    const MOST: f64 = 86_400.0;
    let number = text.strip_suffix('s').unwrap_or(text).trim_end().parse();
    number
        .ok()
        .filter(|seconds| (0.0..=MOST).contains(seconds))
        .ok_or_else(|| "give seconds from 0 to 86400, as 10 or 10s".to_owned())
}

/// What a round gives: its figures, and what must not have happened.
type Outcome = (Value, Vec<Wrong>);

/// As many at once as prepare themselves: what is measured comes after.
const PREPARING: usize = 64;
/// As many accounts are made at once: a server hashes two passwords at a time, and who waits for too long is refused.
const SIGNING_UP: usize = 4;
const MEGABYTE: f64 = 1e6;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        server::echo_if_asked().await;
        let args = Args::parse();
        match &args.write_docs {
            Some(files) => write_docs(files),
            None => run(args).await,
        }
    });
}

async fn run(args: Args) {
    let site = Site::open(&args).await.unwrap_or_else(|problem| {
        eprintln!("{problem}");
        exit(2);
    });
    let mut rounds = serde_json::Map::new();
    let mut wrong = 0;
    for round in &args.rounds {
        println!("\n{round}");
        site.forget_peak();
        let (figures, faults) = match round.as_str() {
            "exam" => exams::round(&site, &args).await,
            "saves" => saves::round(&site, &args).await,
            "steady" => steady::round(&site, &args).await,
            "curve" => exams::curve(&site, &args).await,
            "page" => pages::round(&site, &args).await,
            "audio" => audio::round(&site, &args).await,
            "startup" => startup::round(&site).await,
            other => {
                eprintln!("{other} is none of exam, saves, steady, curve, page, audio, startup");
                exit(2);
            }
        };
        for fault in faults.iter().take(10) {
            println!("  WRONG: {fault}");
        }
        println!("  wrong: {}", faults.len());
        wrong += faults.len();
        rounds.insert(round.clone(), figures);
    }
    if let Some(file) = &args.json {
        let today: DateTime<Utc> = SystemTime::now().into();
        let build = match cfg!(debug_assertions) {
            true => "development",
            false => "release",
        };
        let report = json!({
            "date": today.format("%Y-%m-%d").to_string(), "build": build, "wrong": wrong,
            "machine": usage::machine(), "site": site.json().await, "rounds": rounds,
        });
        let text = serde_json::to_string_pretty(&report).expect("JSON");
        std::fs::write(file, text + "\n").expect("the file is written");
    }
    drop(site);
    if wrong > 0 {
        exit(1);
    }
}

/// How learners are when a round begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ready {
    /// Guests who have fetched their recordings.
    Guests,
    /// The same with accounts, who have yet to sign in.
    Accounts,
    /// Guests whose listening runs, without its recordings.
    Started,
}

/// Learners with an attempt each.
async fn prepare(site: &Site, count: usize, ready: Ready) -> (Vec<Learner>, Vec<Wrong>) {
    let turns = Arc::new(Semaphore::new(match ready {
        Ready::Accounts => SIGNING_UP,
        Ready::Guests | Ready::Started => PREPARING,
    }));
    let bar = Bar::new("preparing", count);
    let mut tasks = JoinSet::new();
    for seed in 0..count as u64 {
        let (turns, done, address) = (turns.clone(), bar.done.clone(), site.address);
        tasks.spawn(async move {
            let _turn = turns.acquire().await;
            let mut learner = match ready {
                Ready::Accounts => Learner::sign_up(address, seed).await?,
                Ready::Guests | Ready::Started => Learner::come(address, seed).await?,
            };
            match ready {
                Ready::Started => drop(learner.start("listening").await?),
                Ready::Guests | Ready::Accounts => learner.fetch_audio().await?,
            }
            learner.wire.timings.clear();
            learner.wire.failures.clear();
            done.fetch_add(1, Ordering::Relaxed);
            Ok(learner)
        });
    }
    let (mut learners, mut faults) = (Vec::new(), Vec::new());
    while let Some(done) = tasks.join_next().await {
        match done.expect("no panic") {
            Ok(learner) => learners.push(learner),
            Err(fault) => faults.push(fault),
        }
    }
    bar.end();
    (learners, faults)
}

/// Copies the files to docs/performance and writes what is made of all files there.
fn write_docs(files: &[PathBuf]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("docs/performance");
    std::fs::create_dir_all(&folder).expect("docs/performance");
    for file in files {
        let name = file.file_name().expect("a file's name");
        let text = std::fs::read(file).unwrap_or_else(|error| {
            eprintln!("{}: {error}", file.display());
            exit(2);
        });
        std::fs::write(folder.join(name), text).expect("the figures are kept");
    }
    let written = docs::Documents::of(root).and_then(|documents| documents.write(root));
    if let Err(problem) = written {
        eprintln!("{problem}");
        exit(2);
    }
}
