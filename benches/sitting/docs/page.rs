//! docs/performance.md: every figure, and what it is.

use serde_json::Value;

use super::{Run, megabytes, ms, number, percent, table};

const HEAD: &str = "# Performance

Made by `cargo bench --bench sitting -- --write-docs` of the figures in [performance/](performance); do not edit it. The load comes \
over real HTTP from the machine that is measured and takes its share of the processors. Every acknowledged response was looked \
for in the database and every score counted again; what did not hold is told as a fault. Times are the learner's, from sending a \
request to having read the answer. *Processor time* is the server's process alone (user and system); of PostgreSQL's own \
processes nothing is in it.
";

/// The whole page.
pub fn text(runs: &[Run]) -> String {
    let mut text = HEAD.to_owned();
    if runs.is_empty() {
        return text + "\nNothing was measured yet.\n";
    }
    let rows: Vec<Vec<String>> = runs
        .iter()
        .map(|run| {
            let faults = number(&run.figures["wrong"], 0);
            vec![run.file.clone(), run.site(), run.place(), faults]
        })
        .collect();
    text += "\n## Runs\n\n";
    text += &table(&["file", "database", "measured", "#faults"], &rows);
    for (round, title, about, columns, tell) in ROUNDS {
        let rows: Vec<Vec<String>> = runs
            .iter()
            .filter_map(|run| Some((run, run.round(round)?)))
            .flat_map(|(run, figures)| {
                tell(figures).into_iter().map(|mut cells| {
                    cells.insert(0, run.site());
                    cells
                })
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        let mut heads = vec!["database"];
        heads.extend(columns);
        text += &format!("\n## {title}\n\n{about}\n\n{}", table(&heads, &rows));
        if round == "curve" {
            text += "\n![Processor time of a learner, from few learners to many](performance/curve.svg)\n";
        }
    }
    text
}

type Tell = fn(&Value) -> Vec<Vec<String>>;

/// Round, title, what the columns are, their names, and the rows of a run.
const ROUNDS: [(&str, &str, &str, &[&str], Tell); 10] = [
    (
        "saves",
        "Durable saves at saturation",
        "So many connections save without a pause, in turns with the same bytes to a bare axum handler in a process of its own that \
         only gives the JSON back (no session, no check, no disk), and on PostgreSQL with `pgbench` on as many clients that \
         upserts one row in a transaction; medians of the turns. *Half*: as many saves at even times as are half of saturation, \
         each timed from when it was due. *Load* is what the sender of the requests takes of the same processors.",
        &[
            "#connections",
            "#saves/s",
            "#bare/s",
            "#saves to bare",
            "#pgbench/s",
            "#saves to pgbench",
            "#p99",
            "#p50 at half",
            "#p99 at half",
        ],
        |of| {
            vec![vec![
                number(&of["connections"], 0),
                number(&of["saves"]["per_s"], 0),
                number(&of["bare"]["per_s"], 0),
                percent(&of["ratio"]),
                number(&of["pgbench_per_s"], 0),
                percent(&of["pgbench_ratio"]),
                ms(&of["p99_ms"]),
                ms(&of["half_p50_ms"]),
                ms(&of["half_p99_ms"]),
            ]]
        },
    ),
    (
        "saves",
        "Processor time of a save",
        "Of the same turns: what one save takes of the server's processors and one echo of the bare handler's, and what the load takes \
         for each. It does not depend on how busy the machine is otherwise.",
        &[
            "#a save µs",
            "#an echo µs",
            "#save to echo",
            "#load of a save µs",
            "#load of an echo µs",
        ],
        |of| {
            vec![vec![
                number(&of["saves"]["server_cpu_us"], 0),
                number(&of["bare"]["server_cpu_us"], 0),
                number(&of["cpu_ratio"], 1),
                number(&of["saves"]["load_cpu_us"], 0),
                number(&of["bare"]["load_cpu_us"], 0),
            ]]
        },
    ),
    (
        "exam",
        "Whole exams",
        "Learners fetch their recordings, start within the time given, answer 60 items with human pauses scaled by *pauses* (1 is an \
         exam of 70 minutes), lose the connection now and then, finish, and read the result. \
         *Accounts* sign in with their password before they start. *Memory* is the server's at the end, \
         *at most* the most that it had in the round.",
        &[
            "#learners",
            "come as",
            "#start within",
            "#pauses",
            "#responses",
            "#saves/s",
            "#processor time a learner",
            "#memory",
            "#at most",
            "#faults",
        ],
        |of| {
            let each = of["server_cpu_s"].as_f64().unwrap_or_default() * 1e3
                / of["learners"].as_f64().unwrap_or(1.0).max(1.0);
            vec![vec![
                number(&of["learners"], 0),
                // Figures that do not tell it are older than signing in.
                match of["sign_in"].as_bool() {
                    Some(true) => "accounts".to_owned(),
                    _ => "guests".to_owned(),
                },
                number(&of["start_within_s"], 0) + " s",
                of["pause_scale"].to_string(),
                number(&of["responses"], 0),
                number(&of["saves_per_s"], 0),
                ms(&each.into()),
                megabytes(&of["server_rss_bytes"]),
                megabytes(&of["server_peak_bytes"]),
                number(&of["wrong"], 0),
            ]]
        },
    ),
    (
        "exam",
        "Calls of whole exams",
        "Each call of those exams: count, times and bytes (on average, with the head) of the answers with success. *Errors*: other \
         answers, and calls that got none. *Page*: the section's, compressed; *time*: what a page asks every 30 seconds of the \
         pauses; figures without them are older than these.",
        &[
            "call", "#count", "#errors", "#p50", "#p95", "#p99", "#max", "#bytes",
        ],
        |of| {
            let calls = of["calls"].as_object();
            let calls = calls.into_iter().flatten().map(|(name, times)| {
                let mut row = vec![name.clone()];
                row.extend(["count", "errors"].map(|what| number(&times[what], 0)));
                row.extend(["p50_ms", "p95_ms", "p99_ms", "max_ms"].map(|share| ms(&times[share])));
                row.push(number(&times["bytes"], 0));
                row
            });
            calls.collect()
        },
    ),
    (
        "exam",
        "A node killed in the middle",
        "Nodes behind one address on one database; one is killed (SIGKILL) while learners sit. Whoever was connected to it connects \
         again and sends again what was not acknowledged. *Longest wait*: from the first try of a call to its answer.",
        &[
            "#learners",
            "#killed after",
            "#back after",
            "#requests failed",
            "#calls sent again",
            "#learners touched",
            "#longest wait",
            "#faults",
        ],
        |of| {
            let killed = &of["killed"];
            let row = vec![
                number(&of["learners"], 0),
                number(&killed["after_s"], 0) + " s",
                match killed["back_after_s"].as_f64() {
                    Some(seconds) => format!("{seconds:.1} s"),
                    None => "–".to_owned(),
                },
                number(&killed["failed"], 0),
                number(&killed["repeated"], 0),
                number(&killed["learners_touched"], 0),
                ms(&killed["longest_wait_ms"]),
                number(&of["wrong"], 0),
            ];
            match killed.is_null() {
                true => Vec::new(),
                false => vec![row],
            }
        },
    ),
    (
        "steady",
        "Attempts in progress",
        "All have started; each saves every 15 seconds, evenly spread. *Machine*: the server's share of all processors; *a \
         save*: the same for each, with all that goes on beside it. At this pace nearly every save is a transaction, and \
         a flush of the disk, of its own, while at saturation some thirty share one. *Shared counted once*: memory that \
         other processes use too, counted by its share (PSS). *At most*: the most of the round, its beginning too.",
        &[
            "#attempts",
            "#measured",
            "#saves/s",
            "#machine",
            "#a save µs",
            "#memory",
            "#shared counted once",
            "#at most",
            "#p50",
            "#p99",
        ],
        |of| {
            vec![vec![
                number(&of["attempts"], 0),
                number(&of["seconds"], 0) + " s",
                number(&of["saves_per_s"], 0),
                number(&of["percent_of_the_machine"], 0) + " %",
                number(&of["server_cpu_us"], 0),
                megabytes(&of["server_rss_bytes"]),
                megabytes(&of["server_pss_bytes"]),
                megabytes(&of["server_peak_bytes"]),
                ms(&of["p50_ms"]),
                ms(&of["p99_ms"]),
            ]]
        },
    ),
    (
        "curve",
        "From few learners to many",
        "Whole exams, paused so that the most learners do not saturate the server. *To come*: processor time a learner for a guest's \
         session, an attempt and its recordings; *to sit*: from the start to the result. *Idle*: what of it the server would have \
         used without learners, which few learners bear as many do.",
        &[
            "#learners",
            "#to come",
            "#to sit",
            "#idle",
            "#saves/s",
            "#memory",
            "#at most",
            "#p99 of a save",
            "#p99 of a start",
            "#faults",
        ],
        |of| {
            let points = of["points"].as_array().into_iter().flatten();
            let rows = points.map(|point| {
                vec![
                    number(&point["learners"], 0),
                    ms(&point["come_cpu_ms"]),
                    ms(&point["sit_cpu_ms"]),
                    ms(&point["idle_cpu_ms"]),
                    number(&point["saves_per_s"], 0),
                    megabytes(&point["server_rss_bytes"]),
                    megabytes(&point["server_peak_bytes"]),
                    ms(&point["save_p99_ms"]),
                    ms(&point["start_p99_ms"]),
                    number(&point["wrong"], 0),
                ]
            });
            rows.collect()
        },
    ),
    (
        "page",
        "Pages",
        "So many warm pages of each kind, one after the other: the server's processor time for one, without what it uses \
         when idle. Reading the attempt, and on the sitting page writing down which page is live, is in it.",
        &[
            "page",
            "#pages",
            "#processor time",
            "#p50",
            "#p99",
            "#bytes",
        ],
        |of| {
            kinds(of, |figures| {
                vec![
                    number(&of["pages"], 0),
                    ms(&figures["cpu_ms"]),
                    ms(&figures["p50_ms"]),
                    ms(&figures["p99_ms"]),
                    number(&figures["bytes"], 0),
                ]
            })
        },
    ),
    (
        "audio",
        "Recordings",
        "Eight browsers fetch recordings of the bank, whole or in stretches of 64 KB; before, each recording is asked for in every way \
         that browsers have (ranges, If-Range, If-None-Match), and a wrong answer is a fault.",
        &[
            "how",
            "#bytes a second",
            "#answers a second",
            "#processor time a MB",
        ],
        |of| {
            kinds(of, |figures| {
                vec![
                    megabytes(&figures["bytes_per_s"]),
                    number(&figures["answers_per_s"], 0),
                    ms(&figures["cpu_ms_a_megabyte"]),
                ]
            })
        },
    ),
    (
        "startup",
        "Start",
        "From the start of the program to `/readyz` saying yes, with the whole bank; median of nine.",
        &["#a new database", "#one that is there"],
        |of| vec![vec![ms(&of["new_database_ms"]), ms(&of["database_ms"])]],
    ),
];

fn kinds(of: &Value, tell: impl Fn(&Value) -> Vec<String>) -> Vec<Vec<String>> {
    let kinds = of["kinds"].as_object().into_iter().flatten();
    let rows = kinds.map(|(name, figures)| {
        let mut row = vec![name.clone()];
        row.extend(tell(figures));
        row
    });
    rows.collect()
}
