//! The README's block: what was asked for, and what was reached.

use serde_json::Value;

use super::{Run, megabytes, ms, number, percent, table};

/// One line for each thing, one column for each site that was measured.
pub fn block(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "Not measured yet: `cargo bench --bench sitting -- --help` tells how.\n".to_owned();
    }
    let mut places: Vec<String> = Vec::new();
    let mut sites: Vec<String> = Vec::new();
    for run in runs {
        for (list, one) in [(&mut places, run.place()), (&mut sites, run.site())] {
            if !list.contains(&one) {
                list.push(one);
            }
        }
    }
    let mut columns = vec!["what"];
    columns.extend(sites.iter().map(String::as_str));
    let rows: Vec<Vec<String>> = LINES
        .iter()
        .map(|(round, what, tell)| {
            let cells = sites.iter().map(|site| {
                // Of several runs the last that has it.
                let mut of_site = runs.iter().rev().filter(|run| run.site() == *site);
                let figures = of_site.find_map(|run| run.round(round).and_then(tell));
                figures.unwrap_or_else(|| "–".to_owned())
            });
            std::iter::once((*what).to_owned()).chain(cells).collect()
        })
        .filter(|row: &Vec<String>| row[1..].iter().any(|cell| cell != "–"))
        .collect();
    format!(
        "Measured {}; learners, server and database on the same machine. [docs/performance.md](docs/performance.md) tells \
         what each figure is; `cargo bench --bench sitting` measures yours.\n\n{}",
        places.join("; "),
        table(&columns, &rows)
    )
}

type Tell = fn(&Value) -> Option<String>;

/// Round, what it is, and how it is told; none where the round did not measure it.
const LINES: [(&str, &str, Tell); 9] = [
    ("saves", "durable saves a second", saves),
    ("saves", "processor time of a save", |of| {
        let (save, echo) = (&of["saves"]["server_cpu_us"], &of["bare"]["server_cpu_us"]);
        Some(format!(
            "{} µs, of a bare handler's echo {} µs",
            number(save, 0),
            number(echo, 0)
        ))
    }),
    ("saves", "a save at half of saturation, 99 of 100", |of| {
        Some(ms(&of["half_p99_ms"]))
    }),
    ("exam", "learners who start at once", |of| {
        of["killed"].is_null().then(|| {
            format!(
                "{}{} within {} s: 99 of 100 within {}, {}",
                number(&of["learners"], 0),
                match of["sign_in"].as_bool() {
                    Some(true) => ", who sign in,",
                    _ => "",
                },
                number(&of["start_within_s"], 0),
                ms(&of["calls"]["start"]["p99_ms"]),
                wrong(of)
            )
        })
    }),
    ("exam", "one node killed in the middle", |of| {
        let killed = Some(&of["killed"]).filter(|killed| !killed.is_null())?;
        Some(format!(
            "{} learners, {} acknowledged responses: {}; {} requests failed, the longest wait {}",
            number(&of["learners"], 0),
            number(&of["responses"], 0),
            wrong(of),
            number(&killed["failed"], 0),
            ms(&killed["longest_wait_ms"])
        ))
    }),
    ("steady", "attempts in progress", |of| {
        Some(format!(
            "{}, a save each in {} s: {} % of the machine, {}{}, 99 of 100 saves within {}",
            number(&of["attempts"], 0),
            of["every_s"],
            number(&of["percent_of_the_machine"], 0),
            megabytes(&of["server_rss_bytes"]),
            at_most(of),
            ms(&of["p99_ms"])
        ))
    }),
    ("page", "processor time of a page", |of| {
        let kinds = &of["kinds"];
        Some(format!(
            "result {}, compressed {}; sitting {}, compressed {}",
            ms(&kinds["result"]["cpu_ms"]),
            ms(&kinds["result, compressed"]["cpu_ms"]),
            ms(&kinds["sitting"]["cpu_ms"]),
            ms(&kinds["sitting, compressed"]["cpu_ms"])
        ))
    }),
    ("audio", "recordings", |of| {
        let whole = &of["kinds"]["whole"];
        let each = number(&whole["cpu_ms_a_megabyte"], 2);
        Some(format!(
            "{} a second, {each} ms of processor time a MB",
            megabytes(&whole["bytes_per_s"])
        ))
    }),
    ("startup", "from start to ready", |of| {
        Some(ms(&of["database_ms"]))
    }),
];

fn saves(of: &Value) -> Option<String> {
    let mut text = format!(
        "{} on {} connections, {} of a bare handler",
        number(&of["saves"]["per_s"], 0),
        number(&of["connections"], 0),
        percent(&of["ratio"])
    );
    if !of["pgbench_ratio"].is_null() {
        text += &format!(", {} of pgbench's upserts", percent(&of["pgbench_ratio"]));
    }
    Some(text)
}

/// The most memory, where it was measured.
fn at_most(of: &Value) -> String {
    match of["server_peak_bytes"].is_null() {
        true => String::new(),
        false => format!(" (at most {})", megabytes(&of["server_peak_bytes"])),
    }
}

/// In words, what must not have happened.
fn wrong(of: &Value) -> String {
    match of["wrong"].as_u64() {
        Some(0) => "nothing lost, no error".to_owned(),
        Some(faults) => format!("**{faults} faults**"),
        None => "not verified".to_owned(),
    }
}
