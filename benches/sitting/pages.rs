//! What a page costs the server: one after the other, so that nothing but the pages is on its clock.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::figures::Times;
use super::learner::{Learner, Manner, Wrong};
use super::progress::Bar;
use super::site::Site;
use super::{Args, Outcome};

/// Pages before the measured ones.
const WARM_UP: usize = 100;
/// As browsers ask.
const COMPRESSED: &str = "accept: text/html\r\naccept-encoding: gzip, deflate, br\r\n";
const PLAIN: &str = "accept: text/html\r\n";

/// The round `page`.
pub async fn round(site: &Site, args: &Args) -> Outcome {
    let idle = site.idle().await;
    match all(site, args, idle).await {
        Ok(figures) => (figures, Vec::new()),
        Err(fault) => (Value::Null, vec![fault]),
    }
}

async fn all(site: &Site, args: &Args, idle: f64) -> Result<Value, Wrong> {
    let at_once = Manner {
        pause_scale: 0.0,
        lose: 0.0,
    };
    let mut done = Learner::come(site.address, 1).await?;
    done.start("listening").await?;
    done.exam(at_once).await?;
    let mut sitting = Learner::come(site.address, 2).await?;
    sitting.start("listening").await?;
    for at in 0..sitting.items.len() / 2 {
        sitting.save(at).await?;
    }
    let result = format!("/attempts/{}/result", done.attempt);
    let page = format!("/attempts/{}", sitting.attempt);
    let mut figures = Map::new();
    for (name, path, more) in [
        ("result", &result, PLAIN),
        ("result, compressed", &result, COMPRESSED),
        ("sitting", &page, PLAIN),
        ("sitting, compressed", &page, COMPRESSED),
    ] {
        let whose = if *path == result {
            &mut done
        } else {
            &mut sitting
        };
        let one = page_of(site, whose, path, more, args.pages, idle).await;
        let one = one.map_err(|fault| format!("{name}: {fault}"))?;
        println!(
            "  {name:<20} {:>6.2} ms of processor time, {:>6.2} ms to come (median), {} bytes",
            one["cpu_ms"].as_f64().unwrap_or_default(),
            one["p50_ms"].as_f64().unwrap_or_default(),
            one["bytes"]
        );
        figures.insert(name.to_owned(), one);
    }
    println!(
        "  {} pages of each kind; of the idle server's {:.1} ms a second nothing is counted",
        args.pages,
        idle * 1e3
    );
    Ok(json!({ "pages": args.pages, "idle_cpu_share": idle, "kinds": figures }))
}

async fn page_of(
    site: &Site,
    learner: &mut Learner,
    path: &str,
    more: &str,
    pages: usize,
    idle: f64,
) -> Result<Value, Wrong> {
    let bar = Bar::new("pages", pages);
    let (mut before, mut from) = (site.usage(), Instant::now());
    for n in 0..WARM_UP + pages {
        if n == WARM_UP {
            learner.wire.timings.clear();
            (before, from) = (site.usage(), Instant::now());
        }
        let status = learner.wire.call_with("page", "GET", path, more, "").await;
        match status {
            Ok(200) => {}
            Ok(status) => return Err(format!("status {status}")),
            Err(error) => return Err(error.to_string()),
        }
        bar.done.store(n, std::sync::atomic::Ordering::Relaxed);
    }
    let cpu = site.usage().cpu_since(before) - idle * from.elapsed().as_secs_f64();
    bar.end();
    let compressed = learner.wire.header("content-encoding") == Some("gzip");
    if compressed != (more == COMPRESSED) {
        return Err("the compression is not as it was asked for".to_owned());
    }
    if !compressed && !learner.wire.body().trim_ascii_end().ends_with(b"</html>") {
        let body = learner.wire.body();
        let end = String::from_utf8_lossy(&body[body.len().saturating_sub(40)..]);
        return Err(format!("not a whole page, it ends {end:?}"));
    }
    let mut times = Times::default();
    for (_, time, _) in learner.wire.timings.drain(..) {
        times.add(time);
    }
    Ok(json!({
        "cpu_ms": cpu * 1e3 / pages.max(1) as f64, "p50_ms": times.at(0.5), "p99_ms": times.at(0.99),
        "bytes": learner.wire.body().len(),
    }))
}
