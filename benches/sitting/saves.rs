//! Saves as fast as they go, beside the fastest answers that this machine gives at all.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::figures::{Times, median};
use super::learner::{LETTERS, Learner, Wrong, response};
use super::pgbench::Pgbench;
use super::progress::Bar;
use super::server::Server;
use super::site::Site;
use super::usage::{self, Usage};
use super::wire::Wire;
use super::{Args, Outcome, Ready, prepare};

/// Each thing is measured so often, in turns.
const TURNS: usize = 3;
/// What a call to the bare handler looks like: as long as a real one.
const ECHO_PATH: &str =
    "/api/v1/attempts/019aa000-0000-7000-8000-000000000000/responses/lst-a2-example-name-1";
const TOKEN_LETTERS: usize = 43;

/// Medians of the turns of one thing.
#[derive(Default)]
struct Turns {
    rates: Vec<f64>,
    server_us: Vec<f64>,
    load_us: Vec<f64>,
}

impl Turns {
    /// Adds a turn: how many a second, and the processor time of server and load in microseconds for each.
    fn add(&mut self, (rate, server_us, load_us): (f64, f64, f64)) {
        self.rates.push(rate);
        self.server_us.push(server_us);
        self.load_us.push(load_us);
    }

    fn json(&self) -> Value {
        json!({
            "per_s": median(self.rates.clone()), "server_cpu_us": median(self.server_us.clone()),
            "load_cpu_us": median(self.load_us.clone()),
        })
    }
}

/// A look at the clock and at what both sides have used.
struct Mark(Instant, Usage, Duration);

impl Mark {
    fn now(used: Usage) -> Self {
        Self(Instant::now(), used, usage::own_cpu())
    }

    /// Of so many answers since: a second, and microseconds of the server's and the load's processor time for each.
    fn since(&self, used: Usage, answers: usize) -> (f64, f64, f64) {
        let each = 1e6 / answers.max(1) as f64;
        (
            answers as f64 / self.0.elapsed().as_secs_f64(),
            used.cpu_since(self.1) * each,
            usage::own_cpu().saturating_sub(self.2).as_secs_f64() * each,
        )
    }
}

/// Saves without a pause until then.
async fn saturate(learners: Vec<Learner>, until: Instant) -> (Times, Vec<Learner>, Vec<Wrong>) {
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
        for (_, time, _) in learner.wire.timings.drain(..) {
            times.add(time);
        }
        faults.extend(outcome.err());
        learners.push(learner);
    }
    (times, learners, faults)
}

/// The same bytes to the bare handler, which gives them back; how often.
async fn echo(wires: &mut Vec<Wire>, until: Instant) -> usize {
    let mut tasks = JoinSet::new();
    for (n, mut wire) in wires.drain(..).enumerate() {
        tasks.spawn(async move {
            let body = response(LETTERS[n % LETTERS.len()], 1);
            while Instant::now() < until {
                let status = wire.call("echo", "PUT", ECHO_PATH, &body).await;
                assert_eq!(status.expect("an answer"), 200);
            }
            wire
        });
    }
    let mut answered = 0;
    while let Some(done) = tasks.join_next().await {
        let mut wire = done.expect("no panic");
        answered += wire.timings.drain(..).count();
        wires.push(wire);
    }
    answered
}

/// The round `saves`.
pub async fn round(site: &Site, args: &Args) -> Outcome {
    let time = Duration::from_secs_f64(args.seconds);
    let bare = Server::echo();
    let mut wires: Vec<Wire> = (0..args.connections)
        .map(|_| Wire::new(bare.address))
        .collect();
    for wire in &mut wires {
        wire.token = "x".repeat(TOKEN_LETTERS);
    }
    let pgbench = match site.on_sqlite() {
        true => None,
        false => Pgbench::open(&site.database, args.connections).await,
    };
    let (mut learners, mut faults) = prepare(site, args.connections, Ready::Started).await;
    let (mut echoes, mut saves, mut upserts) = (Turns::default(), Turns::default(), Vec::new());
    let mut all = Times::default();
    for turn in 1..=TURNS {
        let bar = Bar::seconds("bare handler", time);
        let mark = Mark::now(bare.usage());
        let answered = echo(&mut wires, Instant::now() + time).await;
        let echoed = mark.since(bare.usage(), answered);
        bar.end();
        let upserted = match &pgbench {
            None => None,
            Some(bench) => {
                let bar = Bar::seconds("pgbench", time);
                let rate = bench.run(time).await;
                bar.end();
                rate.inspect_err(|problem| println!("  pgbench gave no figure: {problem}"))
                    .ok()
            }
        };
        upserts.extend(upserted);
        let bar = Bar::seconds("saves", time);
        let mark = Mark::now(site.usage());
        let (times, back, more) = saturate(learners, Instant::now() + time).await;
        let saved = mark.since(site.usage(), times.count());
        bar.end();
        println!(
            "  turn {turn}: bare handler {:.0}/s, {}saves {:.0}/s: {:.0} %",
            echoed.0,
            upserted.map_or_else(String::new, |rate| format!("pgbench {rate:.0}/s, ")),
            saved.0,
            100.0 * saved.0 / echoed.0
        );
        echoes.add(echoed);
        saves.add(saved);
        all = times;
        learners = back;
        faults.extend(more);
    }
    let ratios = saves.rates.iter().zip(&echoes.rates);
    let ratio = median(ratios.map(|(save, echo)| save / echo).collect());
    let rate = median(saves.rates.clone());
    let (saves, echoes) = (saves.json(), echoes.json());
    let us = |of: &Value, what: &str| of[what].as_f64().unwrap_or_default();
    let cpu_ratio = us(&saves, "server_cpu_us") / us(&echoes, "server_cpu_us");
    println!(
        "  median of {TURNS}: {rate:.0} durable saves/s on {} connections, {:.0} % of the bare handler; p99 {:.1} ms",
        args.connections,
        100.0 * ratio,
        all.at(0.99)
    );
    println!(
        "  processor time: a save {:.0} µs of the server, an echo {:.0} µs of the bare handler ({cpu_ratio:.1} times); the load \
         {:.0} and {:.0} µs",
        us(&saves, "server_cpu_us"),
        us(&echoes, "server_cpu_us"),
        us(&saves, "load_cpu_us"),
        us(&echoes, "load_cpu_us"),
    );
    let pgbench_rate = (!upserts.is_empty()).then(|| median(upserts));
    if let Some(upserts) = pgbench_rate {
        println!(
            "  pgbench, a row upserted in a transaction: {upserts:.0}/s on {} clients; saves are {:.0} % of it",
            args.connections,
            100.0 * rate / upserts
        );
    }
    if let Some(bench) = pgbench {
        bench.close().await;
    }
    let (mut times, percent, learners, more) = at_half(site, learners, rate / 2.0, time).await;
    faults.extend(more);
    println!(
        "  at half of it: p50 {:.1} ms, p99 {:.1} ms, {percent:.0} % of one core",
        times.at(0.5),
        times.at(0.99)
    );
    let (looked, lost) = site.verify(&learners).await;
    faults.extend(lost);
    println!("  {looked} acknowledged responses, all looked for in the database");
    let figures = json!({
        "connections": args.connections, "seconds": args.seconds, "turns": TURNS, "saves": saves, "bare": echoes,
        "ratio": ratio, "cpu_ratio": cpu_ratio, "p99_ms": all.at(0.99), "pgbench_per_s": pgbench_rate,
        "pgbench_ratio": pgbench_rate.map(|upserts| rate / upserts), "half_p50_ms": times.at(0.5),
        "half_p99_ms": times.at(0.99), "half_percent_of_a_core": percent, "responses": looked, "wrong": faults.len(),
    });
    (figures, faults)
}

/// So many saves a second at even times, each on time whether the one before has answered or not; the waits, and the
/// server's share of one core in percent.
async fn at_half(
    site: &Site,
    learners: Vec<Learner>,
    rate: f64,
    time: Duration,
) -> (Times, f64, Vec<Learner>, Vec<Wrong>) {
    let count = learners.len().max(1);
    let gap = Duration::from_secs_f64(count as f64 / rate.max(1.0));
    let bar = Bar::seconds("half of it", time);
    let (before, from) = (site.usage(), Instant::now());
    let mut tasks = JoinSet::new();
    for (n, mut learner) in learners.into_iter().enumerate() {
        tasks.spawn(async move {
            let mut next = from + gap.mul_f64(n as f64 / count as f64);
            let (mut waits, mut outcome, mut at) = (Vec::new(), Ok(()), 0);
            while next < from + time && outcome.is_ok() {
                tokio::time::sleep_until(next.into()).await;
                outcome = learner.save(at).await;
                if outcome.is_ok() {
                    // From when it should have been sent: a slow answer before it counts too.
                    waits.push(next.elapsed());
                }
                next += gap;
                at += 1;
            }
            (learner, outcome, waits)
        });
    }
    let (mut times, mut learners, mut faults) = (Times::default(), Vec::new(), Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (learner, outcome, waits) = done.expect("no panic");
        waits.into_iter().for_each(|time| times.add(time));
        faults.extend(outcome.err());
        learners.push(learner);
    }
    let percent = 100.0 * site.usage().cpu_since(before) / from.elapsed().as_secs_f64();
    bar.end();
    (times, percent, learners, faults)
}
