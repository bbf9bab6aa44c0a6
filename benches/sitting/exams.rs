//! Whole exams: all at once, with a node that dies in the middle, and from few learners to many.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::figures::Calls;
use super::learner::{Learner, Manner, Trouble, Wrong};
use super::progress::Bar;
use super::site::Site;
use super::{Args, MEGABYTE, Outcome, Ready, prepare};

/// The section's minutes must be whole when its first page is delivered, however long that took.
const LISTENING_MS: i64 = 20 * 60_000;
const LOST_AT_MOST_MS: i64 = 100;
/// A learner whose call is not answered for so long, although it is sent again and again, is stuck.
const STUCK: Duration = Duration::from_secs(30);
const PAUSE_SCALE: f64 = 0.002;
const CURVE: [usize; 5] = [100, 300, 1000, 3000, 10_000];
/// Of the curve: slow enough that the most learners do not saturate a server.
const CURVE_PAUSE_SCALE: f64 = 0.05;
const CURVE_STARTS_A_SECOND: f64 = 250.0;

/// The round `exam`.
pub async fn round(site: &Site, args: &Args) -> Outcome {
    let ready = match args.sign_in {
        true => Ready::Accounts,
        false => Ready::Guests,
    };
    let (learners, faults) = prepare(site, args.learners, ready).await;
    sit(site, args, learners, faults).await
}

/// All of these begin within the time given and sit to the end.
async fn sit(site: &Site, args: &Args, learners: Vec<Learner>, mut faults: Vec<Wrong>) -> Outcome {
    let manner = Manner {
        pause_scale: args.pause_scale.unwrap_or(PAUSE_SCALE),
        lose: args.lose,
    };
    let count = learners.len().max(1);
    let bar = Bar::new("sitting", learners.len());
    let (before, from) = (site.usage(), Instant::now());
    let mut tasks = JoinSet::new();
    for (n, mut learner) in learners.into_iter().enumerate() {
        let wait = Duration::from_secs_f64(args.start_within * n as f64 / count as f64);
        let done = bar.done.clone();
        if args.kill_after.is_some() {
            learner.patience = STUCK;
        }
        tasks.spawn(async move {
            tokio::time::sleep_until((from + wait).into()).await;
            let mut gone_ms = 0;
            let outcome = async {
                learner.sign_in().await?;
                gone_ms = LISTENING_MS - learner.start("listening").await?;
                learner.exam(manner).await
            }
            .await;
            done.fetch_add(1, Ordering::Relaxed);
            (learner, gone_ms, outcome)
        });
    }
    let over = AtomicBool::new(false);
    let sitting = async {
        let all = tasks.join_all().await;
        over.store(true, Ordering::Relaxed);
        (all, from.elapsed(), site.usage())
    };
    let ((all, time, after), killed) = tokio::join!(sitting, kill(site, args, &over));
    bar.end();

    let (mut calls, mut bytes, mut trouble) = (Calls::default(), 0, Trouble::default());
    let (mut learners, mut touched, mut most_gone) = (Vec::new(), 0, 0);
    for (mut learner, gone_ms, outcome) in all {
        faults.extend(outcome.err());
        // A start that a dying node wrote down and could not tell has run since then.
        let may_ms = LOST_AT_MOST_MS + learner.trouble.longest.as_millis() as i64;
        if gone_ms > may_ms {
            faults.push(format!("start: {gone_ms} ms of the section were gone"));
        }
        most_gone = most_gone.max(gone_ms);
        calls.take(&mut learner.wire);
        bytes += learner.wire.bytes;
        touched += usize::from(learner.trouble.failed > 0);
        trouble = trouble.and(learner.trouble);
        learners.push(learner);
    }
    let (looked, lost) = site.verify(&learners).await;
    faults.extend(lost);
    calls.print();
    let (seconds, cpu) = (time.as_secs_f64(), after.cpu_since(before));
    let rate = looked as f64 / seconds;
    println!(
        "  {} exams in {seconds:.1} s; {looked} acknowledged responses, all looked for in the database; {rate:.0} saves/s",
        learners.len(),
    );
    println!("  of nobody's section more than {most_gone} ms were gone when it was shown");
    println!(
        "  server: {cpu:.1} s of processor time ({:.0} % of one core; {:.1} ms a learner), {:.0} MB (at most {:.0} MB); {:.1} MB \
         received",
        100.0 * cpu / seconds,
        cpu * 1e3 / count as f64,
        after.rss as f64 / MEGABYTE,
        after.peak as f64 / MEGABYTE,
        bytes as f64 / MEGABYTE
    );
    let killed = match killed {
        Ok(None) => Value::Null,
        Ok(Some((at_s, back_s))) => {
            println!(
                "  one of {} nodes killed after {at_s:.1} s; {} requests of {touched} learners failed, {} calls were sent again \
                 and answered, the longest after {:.0} ms",
                args.nodes,
                trouble.failed,
                trouble.repeated,
                trouble.longest.as_secs_f64() * 1e3
            );
            json!({
                "after_s": at_s, "back_after_s": back_s, "failed": trouble.failed, "repeated": trouble.repeated,
                "learners_touched": touched, "longest_wait_ms": trouble.longest.as_secs_f64() * 1e3,
            })
        }
        Err(fault) => {
            faults.push(fault);
            Value::Null
        }
    };
    let figures = json!({
        "learners": learners.len(), "sign_in": args.sign_in, "start_within_s": args.start_within,
        "pause_scale": manner.pause_scale, "seconds": seconds, "responses": looked, "saves_per_s": rate, "server_cpu_s": cpu,
        "server_rss_bytes": after.rss, "server_pss_bytes": after.pss, "server_peak_bytes": after.peak,
        "bytes_received": bytes, "most_gone_at_start_ms": most_gone, "wrong": faults.len(), "calls": calls.json(), "killed": killed,
    });
    (figures, faults)
}

/// Kills a node when it is time, and starts it again if that is wished; the seconds of both, from the round's begin and
/// from the killing.
async fn kill(
    site: &Site,
    args: &Args,
    over: &AtomicBool,
) -> Result<Option<(f64, Option<f64>)>, Wrong> {
    let Some(after) = args.kill_after else {
        return Ok(None);
    };
    let from = Instant::now();
    tokio::time::sleep(Duration::from_secs_f64(after)).await;
    if over.load(Ordering::Relaxed) {
        return Err(format!("the round was over before {after} s"));
    }
    let killed = Instant::now();
    let Some(address) = site.kill_one() else {
        return Err("there is no node to kill".to_owned());
    };
    let back = match args.revive_after {
        None => None,
        Some(after) => {
            tokio::time::sleep(Duration::from_secs_f64(after)).await;
            site.revive(address).await;
            Some(killed.elapsed().as_secs_f64())
        }
    };
    Ok(Some(((killed - from).as_secs_f64(), back)))
}

/// The round `curve`.
pub async fn curve(site: &Site, args: &Args) -> Outcome {
    let idle = site.idle().await;
    println!("  idle: {:.1} ms of processor time a second", idle * 1e3);
    let (mut points, mut faults) = (Vec::new(), Vec::new());
    for learners in CURVE.into_iter().filter(|size| *size <= args.learners) {
        println!(" {learners} learners");
        site.forget_peak();
        let mut one = Args {
            learners,
            ..args.clone()
        };
        one.pause_scale.get_or_insert(CURVE_PAUSE_SCALE);
        one.start_within = one
            .start_within
            .max(learners as f64 / CURVE_STARTS_A_SECOND);
        let before = site.usage();
        let (prepared, more) = prepare(site, learners, Ready::Guests).await;
        let coming = site.usage().cpu_since(before);
        let (figures, more) = sit(site, &one, prepared, more).await;
        faults.extend(more);
        let each = 1e3 / learners as f64;
        let seconds = figures["seconds"].as_f64().unwrap_or_default();
        let sitting = figures["server_cpu_s"].as_f64().unwrap_or_default();
        println!(
            "  a learner: {:.1} ms to come, {:.1} ms to sit, of which {:.1} ms the idle server would have used",
            coming * each,
            sitting * each,
            idle * seconds * each
        );
        points.push(json!({
            "learners": learners, "come_cpu_ms": coming * each, "sit_cpu_ms": sitting * each,
            "idle_cpu_ms": idle * seconds * each, "seconds": seconds, "saves_per_s": figures["saves_per_s"],
            "save_p50_ms": figures["calls"]["save"]["p50_ms"], "save_p99_ms": figures["calls"]["save"]["p99_ms"],
            "start_p99_ms": figures["calls"]["start"]["p99_ms"], "server_rss_bytes": figures["server_rss_bytes"],
            "server_pss_bytes": figures["server_pss_bytes"], "server_peak_bytes": figures["server_peak_bytes"],
            "wrong": figures["wrong"],
        }));
    }
    (json!({ "idle_cpu_share": idle, "points": points }), faults)
}
