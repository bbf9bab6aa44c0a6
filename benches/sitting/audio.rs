//! Recordings: that caches and ranges are answered as browsers need them, and what a megabyte costs.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use super::learner::{Learner, Wrong};
use super::progress::Bar;
use super::site::Site;
use super::{Args, MEGABYTE, Outcome};

/// Browsers that fetch at once.
const AT_ONCE: usize = 8;
/// What a browser asks for when somebody seeks.
const STRETCH: usize = 64 * 1024;

/// The round `audio`.
pub async fn round(site: &Site, args: &Args) -> Outcome {
    match all(site, args).await {
        Ok(figures) => (figures, Vec::new()),
        Err(fault) => (Value::Null, vec![fault]),
    }
}

async fn all(site: &Site, args: &Args) -> Result<Value, Wrong> {
    let mut learners = Vec::new();
    for seed in 0..AT_ONCE as u64 {
        learners.push(Learner::come(site.address, seed).await?);
    }
    let recordings = learners[0].recordings().await?;
    for (path, bytes) in &recordings {
        check(&mut learners[0], path, *bytes).await?;
    }
    println!(
        "  {} recordings: strong tag, immutable, 206, 304, 416 and If-Range as they must be",
        recordings.len()
    );
    let time = Duration::from_secs_f64(args.seconds);
    let mut figures = Map::new();
    for (name, stretch) in [("whole", None), ("stretches", Some(STRETCH))] {
        let bar = Bar::seconds(name, time);
        let (before, from) = (site.usage(), Instant::now());
        let (bytes, answers, back) = fetch(learners, &recordings, stretch, from + time).await?;
        learners = back;
        let cpu = site.usage().cpu_since(before);
        let seconds = from.elapsed().as_secs_f64();
        bar.end();
        let megabytes = bytes as f64 / MEGABYTE;
        println!(
            "  {name:<10} {:>7.0} MB/s, {:>7.0} answers/s, {:.2} ms of processor time a MB",
            megabytes / seconds,
            answers as f64 / seconds,
            cpu * 1e3 / megabytes
        );
        let figure = json!({
            "bytes_per_s": bytes as f64 / seconds, "answers_per_s": answers as f64 / seconds,
            "cpu_ms_a_megabyte": cpu * 1e3 / megabytes, "stretch_bytes": stretch,
        });
        figures.insert(name.to_owned(), figure);
    }
    Ok(json!({ "at_once": AT_ONCE, "seconds": args.seconds, "kinds": figures }))
}

/// A recording as often as it goes until then; bytes and answers.
async fn fetch(
    learners: Vec<Learner>,
    recordings: &[(String, usize)],
    stretch: Option<usize>,
    until: Instant,
) -> Result<(u64, usize, Vec<Learner>), Wrong> {
    let mut tasks = JoinSet::new();
    for (n, mut learner) in learners.into_iter().enumerate() {
        let (path, size) = recordings[n % recordings.len()].clone();
        tasks.spawn(async move {
            let (mut answers, mut at) = (0, 0);
            let bytes = learner.wire.bytes;
            while Instant::now() < until {
                let length = stretch.unwrap_or(size).min(size - at);
                let (more, right) = match stretch {
                    None => (String::new(), 200),
                    Some(_) => (format!("range: bytes={at}-{}\r\n", at + length - 1), 206),
                };
                let status = learner
                    .wire
                    .call_with("recording", "GET", &path, &more, "")
                    .await
                    .map_err(|error| error.to_string())?;
                if status != right || learner.wire.body().len() != length {
                    return Err(format!("{path}: {status}, {right} expected"));
                }
                answers += 1;
                at = (at + length) % size;
            }
            Ok((learner.wire.bytes - bytes, answers, learner))
        });
    }
    let (mut all, mut answers, mut learners) = (0, 0, Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (bytes, count, learner) = done.expect("no panic")?;
        all += bytes;
        answers += count;
        learners.push(learner);
    }
    Ok((all, answers, learners))
}

/// One recording, asked for in each way that browsers have.
async fn check(learner: &mut Learner, path: &str, size: usize) -> Result<(), Wrong> {
    let mut ask = async |more: &str| {
        let wire = &mut learner.wire;
        let status = wire.call_with("recording", "GET", path, more, "").await;
        let status = status.map_err(|error| format!("{path}: {error}"))?;
        let tag = wire.header("etag").unwrap_or_default().to_owned();
        let caching = wire.header("cache-control").unwrap_or_default().to_owned();
        let place = wire.header("content-range").unwrap_or_default().to_owned();
        Ok::<_, Wrong>((status, wire.body().to_vec(), tag, caching, place))
    };
    let must = |holds: bool, what: &str| match holds {
        true => Ok(()),
        false => Err(format!("{path}: {what}")),
    };
    let (status, whole, tag, caching, _) = ask("").await?;
    must(
        status == 200 && whole.len() == size,
        "the whole is not so large as told",
    )?;
    must(tag.len() > 2 && tag.starts_with('"'), "no strong tag")?;
    must(caching.contains("immutable"), "not immutable")?;

    let (first, last) = (size / 3, size / 2);
    let range = format!("range: bytes={first}-{last}\r\n");
    let (status, part, again, caching, place) = ask(&range).await?;
    must(status == 206, "a range is not answered by 206")?;
    must(part == whole[first..=last], "a range has other bytes")?;
    must(
        place == format!("bytes {first}-{last}/{size}"),
        "a range's place",
    )?;
    must(
        again == tag && caching.contains("immutable"),
        "a range's tag",
    )?;

    let (status, end, ..) = ask("range: bytes=-1000\r\n").await?;
    must(
        status == 206 && end == whole[size - 1000..],
        "the last bytes",
    )?;
    let (status, ..) = ask(&format!("range: bytes={size}-\r\n")).await?;
    must(status == 416, "a range beyond the end is not refused")?;
    let (status, part, ..) = ask(&format!("{range}if-range: {tag}\r\n")).await?;
    must(
        status == 206 && part.len() == last + 1 - first,
        "If-Range with its tag",
    )?;
    let (status, part, ..) = ask(&format!("{range}if-range: \"other\"\r\n")).await?;
    must(
        status == 200 && part.len() == size,
        "If-Range with another tag",
    )?;
    let (status, none, ..) = ask(&format!("if-none-match: {tag}\r\n")).await?;
    must(
        status == 304 && none.is_empty(),
        "what a browser has is sent again",
    )
}
