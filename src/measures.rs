//! What is measured for whoever runs the server: every name with its labels, and a function for each thing that
//! happens. `/metrics` shows them, docs/operations.md says how to read them, and a test holds the two together.
//!
//! A label has a value out of a list that the program knows: no id, no address, no path as it was asked for. How many
//! series there are is therefore bounded by the routes, whatever is asked.

use metrics::{
    Counter, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

use crate::clock::Stopwatch;

/// How a measure is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Only rises.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Counts by these upper bounds.
    Histogram(&'static [f64]),
}

/// Something that is measured.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Its name at `/metrics`.
    pub name: &'static str,
    /// How it is kept.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it tells, in a line.
    pub help: &'static str,
}

const SAVED: &str = "synaq_responses_saved_total";
const LATE: &str = "synaq_responses_late_total";
const REFUSED: &str = "synaq_responses_refused_total";
const WAITING: &str = "synaq_responses_waiting";
const BATCH: &str = "synaq_response_batch_size";
const WRITE: &str = "synaq_response_write_seconds";
const COMMIT: &str = "synaq_response_commit_seconds";
const TIMED: &str = "synaq_attempts_timed";
const LAG: &str = "synaq_section_end_lag_seconds";
const REQUEST: &str = "synaq_request_seconds";
const SHED: &str = "synaq_requests_shed_total";
const OPEN: &str = "synaq_connections_open";
const POOL_USED: &str = "synaq_database_connections_in_use";
const POOL_MOST: &str = "synaq_database_connections_most";

const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
const DISK_SECONDS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0];
const LAG_SECONDS: &[f64] = &[0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0];
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// Everything that is measured.
pub const MEASURES: [Measure; 14] = [
    Measure {
        name: SAVED,
        kind: Kind::Counter,
        labels: &[],
        help: "Responses on the disk and acknowledged.",
    },
    Measure {
        name: LATE,
        kind: Kind::Counter,
        labels: &[],
        help: "Of those, responses that came after the deadline, within the grace.",
    },
    Measure {
        name: REFUSED,
        kind: Kind::Counter,
        labels: &["reason"],
        help: "Responses that were not saved, by reason.",
    },
    Measure {
        name: WAITING,
        kind: Kind::Gauge,
        labels: &[],
        help: "Responses that wait for the writer of this node.",
    },
    Measure {
        name: BATCH,
        kind: Kind::Histogram(SIZES),
        labels: &[],
        help: "Responses in one transaction.",
    },
    Measure {
        name: WRITE,
        kind: Kind::Histogram(DISK_SECONDS),
        labels: &[],
        help: "A transaction of responses, from asking for a connection to the end of its commit.",
    },
    Measure {
        name: COMMIT,
        kind: Kind::Histogram(DISK_SECONDS),
        labels: &[],
        help: "The commit alone of a transaction of responses: what the disk takes.",
    },
    Measure {
        name: TIMED,
        kind: Kind::Gauge,
        labels: &[],
        help: "Attempts being timed, of all nodes on this database.",
    },
    Measure {
        name: LAG,
        kind: Kind::Histogram(LAG_SECONDS),
        labels: &[],
        help: "How long after its deadline and the grace a section was ended by the server.",
    },
    Measure {
        name: REQUEST,
        kind: Kind::Histogram(SECONDS),
        labels: &["method", "route", "status"],
        help: "A request from its head to the head of its answer, by method, route and class of status.",
    },
    Measure {
        name: SHED,
        kind: Kind::Counter,
        labels: &[],
        help: "Requests answered with 503: too much to do, or the database cannot be reached.",
    },
    Measure {
        name: OPEN,
        kind: Kind::Gauge,
        labels: &[],
        help: "Connections of clients to this node.",
    },
    Measure {
        name: POOL_USED,
        kind: Kind::Gauge,
        labels: &["pool"],
        help: "Connections to the database in use by this node.",
    },
    Measure {
        name: POOL_MOST,
        kind: Kind::Gauge,
        labels: &["pool"],
        help: "Connections to the database that this node may have.",
    },
];

/// Why a response was not saved: the values of the label `reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody has such an attempt, or somebody else does.
    NoAttempt,
    /// The attempt has no such item.
    NoItem,
    /// The section does not run, or not any more.
    SectionClosed,
    /// The attempt holds as many as it may.
    AttemptFull,
    /// The exam was opened on another page.
    PageSuperseded,
    /// Practice with what the learner's running mock holds.
    MockInProgress,
    /// Too many waited, or it waited too long.
    Busy,
    /// The database failed.
    Store,
    /// Anything else.
    Other,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Refusal; 9] = [
        Refusal::NoAttempt,
        Refusal::NoItem,
        Refusal::SectionClosed,
        Refusal::AttemptFull,
        Refusal::PageSuperseded,
        Refusal::MockInProgress,
        Refusal::Busy,
        Refusal::Store,
        Refusal::Other,
    ];

    /// As the label says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Refusal::NoAttempt => "no-attempt",
            Refusal::NoItem => "no-item",
            Refusal::SectionClosed => "section-closed",
            Refusal::AttemptFull => "attempt-full",
            Refusal::PageSuperseded => "page-superseded",
            Refusal::MockInProgress => "mock-in-progress",
            Refusal::Busy => "busy",
            Refusal::Store => "store",
            Refusal::Other => "other",
        }
    }
}

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Timer(Stopwatch);

impl Timer {
    /// Begins now.
    pub fn start() -> Self {
        Self(Stopwatch::start())
    }

    fn seconds(self) -> f64 {
        self.0.passed().as_secs_f64()
    }
}

/// Keeps everything that is measured, and shows all of it from the start: a counter that is missing and one that is 0
/// look alike to nobody who watches them.
pub fn recorder() -> PrometheusRecorder {
    let builder = MEASURES.iter().fold(PrometheusBuilder::new(), with_buckets);
    let recorder = builder.build_recorder();
    metrics::with_local_recorder(&recorder, begin);
    recorder
}

fn with_buckets(builder: PrometheusBuilder, measure: &Measure) -> PrometheusBuilder {
    match measure.kind {
        Kind::Histogram(bounds) => builder
            .set_buckets_for_metric(Matcher::Full(measure.name.to_owned()), bounds)
            .unwrap_or_else(|_| unreachable!("{} has bounds", measure.name)),
        Kind::Counter | Kind::Gauge => builder,
    }
}

fn begin() {
    for Measure {
        name,
        kind,
        labels,
        help,
    } in MEASURES
    {
        match kind {
            Kind::Counter => describe_counter!(name, help),
            Kind::Gauge => describe_gauge!(name, help),
            Kind::Histogram(_) => describe_histogram!(name, help),
        }
        match (kind, labels) {
            (Kind::Counter, []) => counter!(name).absolute(0),
            (Kind::Gauge, []) => gauge!(name).set(0.0),
            _ => {}
        }
    }
    for refusal in Refusal::ALL {
        counter!(REFUSED, "reason" => refusal.as_str()).absolute(0);
    }
}

/// What the writer of responses measures. It has a thread of its own, so it is given what to count with.
#[derive(Debug, Clone)]
pub struct Writing {
    saved: Counter,
    batch: Histogram,
    write: Histogram,
    commit: Histogram,
}

impl Writing {
    /// Counted by the recorder of this thread, or the program's: it must have been set before.
    pub fn here() -> Self {
        Self {
            saved: counter!(SAVED),
            batch: histogram!(BATCH),
            write: histogram!(WRITE),
            commit: histogram!(COMMIT),
        }
    }

    /// So many responses go into one transaction.
    pub fn batch(&self, count: usize) {
        self.batch.record(count as f64);
    }

    /// So many responses are on the disk.
    pub fn saved(&self, count: usize) {
        self.saved.increment(count as u64);
    }

    /// A transaction of responses has ended well: the whole of it, and its commit.
    pub fn written(&self, whole: Timer, commit: Timer) {
        self.write.record(whole.seconds());
        self.commit.record(commit.seconds());
    }
}

/// A response was saved within the grace.
pub fn response_late() {
    counter!(LATE).increment(1);
}

/// A response was not saved.
pub fn response_refused(why: Refusal) {
    counter!(REFUSED, "reason" => why.as_str()).increment(1);
}

/// So many responses wait for the writer.
pub fn responses_waiting(count: usize) {
    gauge!(WAITING).set(count as f64);
}

/// So many attempts are being timed.
pub fn attempts_timed(count: u64) {
    gauge!(TIMED).set(count as f64);
}

/// The server ended a section so long after it was due.
pub fn section_ended(lag_ms: i64) {
    histogram!(LAG).record(lag_ms.max(0) as f64 / 1000.0);
}

/// A request was answered. The route is its pattern; of the method, whatever HTTP does not know is `other`.
pub fn request(method: &str, route: &str, status: u16, took: Timer) {
    const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    let method = METHODS.into_iter().find(|known| *known == method);
    let class = match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    let route = route.to_owned();
    histogram!(REQUEST, "method" => method.unwrap_or("other"), "route" => route, "status" => class)
        .record(took.seconds());
}

/// A request was answered with 503.
pub fn request_shed() {
    counter!(SHED).increment(1);
}

/// Counts a client's connection for as long as it lives.
#[derive(Debug)]
pub struct OpenConnection(());

impl OpenConnection {
    /// It was accepted.
    pub fn begin() -> Self {
        gauge!(OPEN).increment(1);
        Self(())
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        gauge!(OPEN).decrement(1);
    }
}

/// So many connections of a pool are in use, of so many.
pub fn database_connections(pool: &'static str, in_use: u32, most: u32) {
    gauge!(POOL_USED, "pool" => pool).set(in_use);
    gauge!(POOL_MOST, "pool" => pool).set(most);
}
