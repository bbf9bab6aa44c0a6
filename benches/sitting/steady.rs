//! Attempts in progress, each of which saves now and then: what a server with many learners uses.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;

use super::figures::Times;
use super::progress::Bar;
use super::site::Site;
use super::{Args, MEGABYTE, Outcome, Ready, prepare, usage};

/// Each attempt saves so often.
const EVERY: Duration = Duration::from_secs(15);

/// The round `steady`.
///
/// All have started before; their saves are spread evenly over [`EVERY`], and one such lap passes before measuring, in
/// which connections are opened that were closed while the others started.
pub async fn round(site: &Site, args: &Args) -> Outcome {
    let (learners, mut faults) = prepare(site, args.learners, Ready::Started).await;
    let count = learners.len().max(1);
    let time = Duration::from_secs_f64(args.steady_seconds).max(EVERY);
    let begin = Instant::now() + EVERY;
    let end = begin + time;
    let saves = count * (EVERY + time).as_secs() as usize / EVERY.as_secs() as usize;
    let bar = Bar::new("saves", saves);
    let mut tasks = JoinSet::new();
    for (n, mut learner) in learners.into_iter().enumerate() {
        let done = bar.done.clone();
        tasks.spawn(async move {
            let mut next = begin - EVERY + EVERY.mul_f64(n as f64 / count as f64);
            let (mut waits, mut outcome, mut at) = (Vec::new(), Ok(()), 0);
            while next < end && outcome.is_ok() {
                tokio::time::sleep_until(next.into()).await;
                outcome = learner.save(at).await;
                if next >= begin && outcome.is_ok() {
                    // From when it should have been sent.
                    waits.push(next.elapsed());
                }
                done.fetch_add(1, Ordering::Relaxed);
                next += EVERY;
                at += 1;
            }
            (learner, outcome, waits)
        });
    }
    let sitting = tasks.join_all();
    let looking = async {
        tokio::time::sleep_until(begin.into()).await;
        let (before, from) = (site.usage(), Instant::now());
        tokio::time::sleep_until(end.into()).await;
        let after = site.usage();
        (
            after,
            after.cpu_since(before) / from.elapsed().as_secs_f64(),
        )
    };
    let (all, (after, busy)) = tokio::join!(sitting, looking);
    bar.end();
    let (mut times, mut learners) = (Times::default(), Vec::new());
    for (learner, outcome, waits) in all {
        waits.into_iter().for_each(|wait| times.add(wait));
        faults.extend(outcome.err());
        learners.push(learner);
    }
    let (looked, lost) = site.verify(&learners).await;
    faults.extend(lost);
    let rate = times.count() as f64 / time.as_secs_f64();
    let cores = usage::cores();
    let percent = 100.0 * busy / cores as f64;
    println!(
        "  {count} attempts in progress, a save each in {} s, for {:.0} s: {rate:.0} saves/s, p50 {:.1} ms, p99 {:.1} ms",
        EVERY.as_secs(),
        time.as_secs_f64(),
        times.at(0.5),
        times.at(0.99)
    );
    println!(
        "  server: {percent:.0} % of {cores} cores, {:.0} µs a save, {:.0} MB ({:.0} MB with its share of what is shared), at most {:.0} MB",
        1e6 * busy / rate,
        after.rss as f64 / MEGABYTE,
        after.pss as f64 / MEGABYTE,
        after.peak as f64 / MEGABYTE
    );
    println!("  {looked} acknowledged responses, all looked for in the database");
    let figures = json!({
        "attempts": count, "every_s": EVERY.as_secs(), "seconds": time.as_secs_f64(), "saves_per_s": rate,
        "p50_ms": times.at(0.5), "p99_ms": times.at(0.99), "percent_of_the_machine": percent,
        "server_cpu_us": 1e6 * busy / rate,
        "server_rss_bytes": after.rss, "server_pss_bytes": after.pss, "server_peak_bytes": after.peak, "responses": looked,
        "wrong": faults.len(),
    });
    (figures, faults)
}
