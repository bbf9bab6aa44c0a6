//! From the start of the program to its being ready, with the whole bank.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Outcome;
use super::figures::median;
use super::learner::Wrong;
use super::progress::Bar;
use super::server::{Scratch, Server};
use super::site::Site;
use super::wire::Wire;

const TURNS: usize = 9;

/// The round `startup`: each turn on a new SQLite file, then on that file again; on PostgreSQL on the database as it is.
pub async fn round(site: &Site) -> Outcome {
    let (mut first, mut again) = (Vec::new(), Vec::new());
    let mut faults = Vec::new();
    let bar = Bar::new("starts", TURNS);
    for turn in 0..TURNS {
        bar.done.store(turn, Ordering::Relaxed);
        let scratch = Scratch::new(&format!("startup-{turn}"));
        let outcome = match site.on_sqlite() {
            true => match start(&scratch.database()).await {
                Ok(time) => {
                    first.push(time);
                    start(&scratch.database()).await
                }
                fault => fault,
            },
            false => start(&site.database).await,
        };
        match outcome {
            Ok(time) => again.push(time),
            Err(fault) => faults.push(fault),
        }
    }
    bar.end();
    let middle = |times: Vec<f64>| (!times.is_empty()).then(|| median(times));
    let (first, again) = (middle(first), middle(again));
    if let Some(first) = first {
        println!("  on a new database, which gets its tables: {first:.0} ms to ready");
    }
    if let Some(again) = again {
        println!("  on one that is there: {again:.0} ms (medians of {TURNS})");
    }
    let figures: Value = json!({ "turns": TURNS, "new_database_ms": first, "database_ms": again });
    (figures, faults)
}

/// Milliseconds until `/readyz` says yes.
async fn start(database: &str) -> Result<f64, Wrong> {
    const AT_MOST: Duration = Duration::from_secs(60);
    let from = Instant::now();
    let server = Server::synaq(database, 0);
    let mut wire = Wire::new(server.address);
    loop {
        let status = wire.call("ready", "GET", "/readyz", "").await;
        if matches!(status, Ok(200)) {
            return Ok(from.elapsed().as_secs_f64() * 1e3);
        }
        if from.elapsed() > AT_MOST {
            return Err(format!("not ready within {AT_MOST:?}: {status:?}"));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
