//! `cargo bench --bench sitting -- --learners 5000 --start-within 10`: virtual learners over real HTTP against the real
//! program in a process of its own, all on this machine. Every acknowledged response is looked for in the database, and
//! every score is counted again: a figure stands only where nothing was lost.
//!
//! Rounds (`--rounds`, comma-separated): `exam` whole exams, all starting within the time given; `saves` saves per second
//! at saturation beside a bare handler that gives the same JSON back, in turns in one run, and the latency at half of it;
//! `steady` attempts in progress that save every 15 seconds; `curve` the cost of a learner from few to many.

// A stopwatch over the wire is what this is.
#![allow(clippy::disallowed_methods)]

mod figures;
mod learner;
mod progress;
mod server;
mod wire;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use figures::{Calls, Times, median};
use learner::{LETTERS, Learner, Manner, Wrong};
use progress::Bar;
use server::{Server, Usage};
use wire::Wire;

#[derive(Debug, Clone, Parser)]
struct Args {
    /// Learners of `exam` and `steady`, and the most of `curve`
    #[arg(long, default_value_t = 200)]
    learners: usize,
    /// Seconds within which all of them start
    #[arg(long, default_value_t = 10.0)]
    start_within: f64,
    /// The share of human pauses that is waited: 1 is an exam of 70 minutes
    #[arg(long, default_value_t = 0.002)]
    pause_scale: f64,
    /// Before how many of the answers a learner loses the connection, 0 to 1
    #[arg(long, default_value_t = 0.01)]
    lose: f64,
    /// sqlite://FILE or postgres://…; a new SQLite file if not given
    #[arg(long)]
    database: Option<String>,
    /// Measure a server that runs already, at this address, on the database given
    #[arg(long)]
    at: Option<SocketAddr>,
    /// What to measure
    #[arg(long, value_delimiter = ',', default_value = "exam,saves,steady")]
    rounds: Vec<String>,
    /// Connections of `saves`
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Seconds of each measurement of `saves`, and of `steady`
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Write all figures to this file as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// As many at once as prepare themselves: what is measured comes after.
const PREPARING: usize = 64;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        server::echo_if_asked().await;
        run(Args::parse()).await;
    });
}

async fn run(args: Args) {
    let (server, database) = match args.at {
        Some(address) => (
            Server::at(address),
            args.database.clone().expect("--database with --at"),
        ),
        None => Server::synaq(args.database.as_deref()),
    };
    let mut report = serde_json::Map::new();
    let mut wrong = 0;
    for round in &args.rounds {
        println!("\n{round}");
        let (figures, faults) = match round.as_str() {
            "exam" => exams(&server, &database, &args).await,
            "saves" => saves(&server, &database, &args).await,
            "steady" => steady(&server, &database, &args).await,
            "curve" => curve(&server, &database, &args).await,
            other => panic!("{other} is none of exam, saves, steady, curve"),
        };
        for fault in faults.iter().take(10) {
            println!("  WRONG: {fault}");
        }
        println!("  wrong: {}", faults.len());
        wrong += faults.len();
        report.insert(round.clone(), figures);
    }
    if let Some(file) = &args.json {
        let text = serde_json::to_string_pretty(&Value::Object(report)).expect("JSON");
        std::fs::write(file, text + "\n").expect("the file is written");
    }
    drop(server);
    if wrong > 0 {
        std::process::exit(1);
    }
}

// ---- Learners ---------------------------------------------------------------------------------------------------

/// Learners with an attempt each, their recordings fetched, and their listening started if so wished.
async fn prepare(
    server: &Server,
    count: usize,
    audio: bool,
    start: bool,
) -> (Vec<Learner>, Vec<Wrong>) {
    let turns = Arc::new(Semaphore::new(PREPARING));
    let bar = Bar::new("preparing", count);
    let mut tasks = JoinSet::new();
    for seed in 0..count as u64 {
        let (turns, done, address) = (turns.clone(), bar.done.clone(), server.address);
        tasks.spawn(async move {
            let _turn = turns.acquire().await;
            let mut learner = Learner::come(address, seed).await?;
            if audio {
                learner.fetch_audio().await?;
            }
            if start {
                learner.start("listening").await?;
            }
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

/// Looks for every acknowledged response in the database.
async fn verify(database: &str, learners: &[Learner]) -> (usize, Vec<Wrong>) {
    let sql = "select attempt_id, seq, item_id, chosen from responses";
    let rows: Vec<(String, i64, String, Option<String>)> = match database.starts_with("sqlite") {
        true => {
            let mut conn = SqliteConnection::connect(database)
                .await
                .expect("the database");
            sqlx::query_as(sql)
                .fetch_all(&mut conn)
                .await
                .expect("the responses")
        }
        false => {
            let mut conn = PgConnection::connect(database).await.expect("the database");
            sqlx::query_as(sql)
                .fetch_all(&mut conn)
                .await
                .expect("the responses")
        }
    };
    let kept: HashMap<(&str, i64), (&str, Option<&str>)> = rows
        .iter()
        .map(|(attempt, seq, item, chosen)| {
            ((attempt.as_str(), *seq), (item.as_str(), chosen.as_deref()))
        })
        .collect();
    let (mut looked, mut faults) = (0, Vec::new());
    for learner in learners {
        for (seq, item, letter) in &learner.receipts {
            looked += 1;
            if kept.get(&(learner.attempt.as_str(), *seq)) != Some(&(item.as_str(), Some(*letter)))
            {
                faults.push(format!(
                    "the acknowledged response {seq} of {} is lost",
                    learner.attempt
                ));
            }
        }
    }
    (looked, faults)
}

/// What the server used between two looks.
fn used(before: Usage, after: Usage, over: Duration) -> (f64, f64) {
    let cpu = after.cpu.saturating_sub(before.cpu).as_secs_f64();
    (cpu, 100.0 * cpu / over.as_secs_f64())
}

const MEGABYTE: f64 = 1e6;

// ---- Rounds -----------------------------------------------------------------------------------------------------

async fn exams(server: &Server, database: &str, args: &Args) -> (Value, Vec<Wrong>) {
    let (learners, mut faults) = prepare(server, args.learners, true, false).await;
    let manner = Manner {
        pause_scale: args.pause_scale,
        lose: args.lose,
    };
    // The section's minutes must be whole when its first page is delivered, however long that took.
    const LISTENING_MS: i64 = 20 * 60_000;
    const LOST_AT_MOST_MS: i64 = 100;
    let bar = Bar::new("sitting", learners.len());
    let (before, from) = (server.usage(), Instant::now());
    let count = learners.len().max(1);
    let mut tasks = JoinSet::new();
    for (n, mut learner) in learners.into_iter().enumerate() {
        let wait = Duration::from_secs_f64(args.start_within * n as f64 / count as f64);
        let done = bar.done.clone();
        tasks.spawn(async move {
            tokio::time::sleep(wait).await;
            let outcome = match learner.start("listening").await {
                Ok(left) if left < LISTENING_MS - LOST_AT_MOST_MS => Err(format!(
                    "start: {} ms of the section were gone",
                    LISTENING_MS - left
                )),
                Ok(_) => learner.exam(manner).await,
                Err(fault) => Err(fault),
            };
            done.fetch_add(1, Ordering::Relaxed);
            (learner, outcome)
        });
    }
    let (mut calls, mut bytes, mut learners) = (Calls::default(), 0, Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (mut learner, outcome) = done.expect("no panic");
        faults.extend(outcome.err());
        calls.take(&mut learner.wire.timings);
        bytes += learner.wire.bytes;
        learners.push(learner);
    }
    let over = from.elapsed();
    bar.end();
    let after = server.usage();
    let (cpu, percent) = used(before, after, over);
    let (looked, lost) = verify(database, &learners).await;
    faults.extend(lost);
    calls.print();
    let rate = looked as f64 / over.as_secs_f64();
    println!(
        "  {} exams in {:.1} s; {looked} acknowledged responses, all looked for in the database; {rate:.0} saves/s",
        learners.len(),
        over.as_secs_f64()
    );
    println!(
        "  server: {cpu:.1} s of processor time ({percent:.0} % of one core; {:.1} ms a learner), {:.0} MB; {:.1} MB received",
        cpu * 1e3 / count as f64,
        after.memory as f64 / MEGABYTE,
        bytes as f64 / MEGABYTE
    );
    let figures = json!({
        "learners": learners.len(), "start_within_s": args.start_within, "seconds": over.as_secs_f64(),
        "responses": looked, "saves_per_s": rate, "server_cpu_s": cpu, "server_memory_bytes": after.memory,
        "bytes_received": bytes, "wrong": faults.len(), "calls": calls.json(),
    });
    (figures, faults)
}

/// Saves without a pause on so many connections; how many a second.
async fn saturate(
    learners: Vec<Learner>,
    time: Duration,
) -> (f64, Times, Vec<Learner>, Vec<Wrong>) {
    let until = Instant::now() + time;
    let mut tasks = JoinSet::new();
    for mut learner in learners {
        tasks.spawn(async move {
            let mut outcome = Ok(());
            let mut at = 0;
            while outcome.is_ok() && Instant::now() < until {
                outcome = learner.save(at).await;
                at += 1;
            }
            (learner, outcome)
        });
    }
    let (mut times, mut learners, mut faults) = (Times::default(), Vec::new(), Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (mut learner, outcome) = done.expect("no panic");
        for (_, time) in learner
            .wire
            .timings
            .drain(..)
            .filter(|(name, _)| *name == "save")
        {
            times.add(time);
        }
        faults.extend(outcome.err());
        learners.push(learner);
    }
    (
        times.count() as f64 / time.as_secs_f64(),
        times,
        learners,
        faults,
    )
}

/// The same bytes to the bare handler.
async fn echo(server: &Server, connections: usize, time: Duration) -> f64 {
    let until = Instant::now() + time;
    let answered = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for n in 0..connections {
        let (address, answered) = (server.address, answered.clone());
        tasks.spawn(async move {
            let mut wire = Wire::new(address);
            // As long as a real one's.
            wire.token = "x".repeat(43);
            let path = "/api/v1/attempts/019aa000-0000-7000-8000-000000000000/responses/lst-a2-example-name-1";
            let body = format!(r#"{{"option":"{}"}}"#, LETTERS[n % LETTERS.len()]);
            while Instant::now() < until {
                wire.call("echo", "PUT", path, &body).await.expect("an answer");
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while tasks.join_next().await.is_some() {}
    answered.load(Ordering::Relaxed) as f64 / time.as_secs_f64()
}

async fn saves(server: &Server, database: &str, args: &Args) -> (Value, Vec<Wrong>) {
    const TURNS: usize = 3;
    let time = Duration::from_secs_f64(args.seconds);
    let bare = Server::echo();
    let (mut learners, mut faults) = prepare(server, args.connections, false, true).await;
    let (mut ratios, mut rates, mut echoes) = (Vec::new(), Vec::new(), Vec::new());
    let mut all = Times::default();
    for _ in 0..TURNS {
        let bare_rate = echo(&bare, args.connections, time).await;
        let (rate, times, back, more) = saturate(learners, time).await;
        println!(
            "  bare handler {bare_rate:.0}/s, saves {rate:.0}/s: {:.0} %",
            100.0 * rate / bare_rate
        );
        ratios.push(rate / bare_rate);
        rates.push(rate);
        echoes.push(bare_rate);
        all = times;
        learners = back;
        faults.extend(more);
    }
    let (ratio, rate) = (median(ratios), median(rates));
    println!(
        "  median of {TURNS}: {rate:.0} durable saves/s on {} connections, {:.0} % of the bare handler; p99 {:.1} ms",
        args.connections,
        100.0 * ratio,
        all.at(0.99)
    );

    // Half of that, at even times, each on time whether the one before has answered or not.
    let (half, mut times) = (rate / 2.0, Times::default());
    let gap = Duration::from_secs_f64(args.connections as f64 / half);
    let (before, from) = (server.usage(), Instant::now());
    let mut tasks = JoinSet::new();
    let count = learners.len().max(1);
    for (n, mut learner) in learners.into_iter().enumerate() {
        tasks.spawn(async move {
            let mut next = from + gap.mul_f64(n as f64 / count as f64);
            let (mut waits, mut outcome, mut at) = (Vec::new(), Ok(()), 0);
            while next < from + time && outcome.is_ok() {
                tokio::time::sleep_until(next.into()).await;
                outcome = learner.save(at).await;
                // From when it should have been sent: a slow answer before it counts too.
                waits.push(next.elapsed());
                next += gap;
                at += 1;
            }
            (learner, outcome, waits)
        });
    }
    let mut learners = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (learner, outcome, waits) = done.expect("no panic");
        waits.into_iter().for_each(|time| times.add(time));
        faults.extend(outcome.err());
        learners.push(learner);
    }
    let (_, percent) = used(before, server.usage(), from.elapsed());
    println!(
        "  at half of it: p50 {:.1} ms, p99 {:.1} ms, {percent:.0} % of one core",
        times.at(0.5),
        times.at(0.99)
    );
    let (looked, lost) = verify(database, &learners).await;
    faults.extend(lost);
    println!("  {looked} acknowledged responses, all looked for in the database");
    let figures = json!({
        "connections": args.connections, "saves_per_s": rate, "bare_per_s": median(echoes), "ratio": ratio,
        "p99_ms": all.at(0.99), "half_p50_ms": times.at(0.5), "half_p99_ms": times.at(0.99), "responses": looked,
    });
    (figures, faults)
}

async fn steady(server: &Server, database: &str, args: &Args) -> (Value, Vec<Wrong>) {
    const EVERY: Duration = Duration::from_secs(15);
    let (learners, mut faults) = prepare(server, args.learners, false, true).await;
    let count = learners.len().max(1);
    let time = Duration::from_secs_f64(args.seconds).max(EVERY);
    let (before, from) = (server.usage(), Instant::now());
    let mut tasks = JoinSet::new();
    for (n, mut learner) in learners.into_iter().enumerate() {
        tasks.spawn(async move {
            learner.wire.timings.clear();
            let mut next = from + EVERY.mul_f64(n as f64 / count as f64);
            let (mut outcome, mut at) = (Ok(()), 0);
            while next < from + time && outcome.is_ok() {
                tokio::time::sleep_until(next.into()).await;
                outcome = learner.save(at).await;
                next += EVERY;
                at += 1;
            }
            (learner, outcome)
        });
    }
    let (mut calls, mut learners) = (Calls::default(), Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (mut learner, outcome) = done.expect("no panic");
        calls.take(&mut learner.wire.timings);
        faults.extend(outcome.err());
        learners.push(learner);
    }
    let (over, after) = (from.elapsed(), server.usage());
    let (_, percent) = used(before, after, over);
    let (looked, lost) = verify(database, &learners).await;
    faults.extend(lost);
    let p99 = calls.of("save").at(0.99);
    println!(
        "  {count} attempts in progress, one save each in {} s: {:.0} saves/s, p99 {p99:.1} ms",
        EVERY.as_secs(),
        looked as f64 / over.as_secs_f64()
    );
    println!(
        "  server: {percent:.0} % of one core, {:.0} MB",
        after.memory as f64 / MEGABYTE
    );
    let figures = json!({
        "attempts": count, "saves_per_s": looked as f64 / over.as_secs_f64(), "p99_ms": p99,
        "percent_of_a_core": percent, "server_memory_bytes": after.memory,
    });
    (figures, faults)
}

async fn curve(server: &Server, database: &str, args: &Args) -> (Value, Vec<Wrong>) {
    let sizes = [100, 300, 1000, 3000, 10_000]
        .into_iter()
        .filter(|size| *size <= args.learners);
    let (mut points, mut faults) = (Vec::new(), Vec::new());
    for learners in sizes {
        let one = Args {
            learners,
            ..args.clone()
        };
        println!(" {learners} learners");
        let (figures, more) = exams(server, database, &one).await;
        let cpu = figures["server_cpu_s"].as_f64().unwrap_or_default();
        points
            .push(json!({ "learners": learners, "cpu_ms_a_learner": cpu * 1e3 / learners as f64 }));
        faults.extend(more);
    }
    (Value::Array(points), faults)
}
