//! Configuration: defaults, then a file, then `SYNAQ_*` environment variables, then the command line.
//!
//! A variable names a section and a value with two underscores between: `SYNAQ_EXAM__GRACE_MS=5000`. The file has the
//! same names in TOML: `[exam]` and `grace_ms = 5000`.

mod ranges;
mod signing;
mod values;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use serde::{Deserialize, Serialize};

pub use ranges::OutOfRange;
pub use signing::{KeyFileError, Signing};
pub use values::WrongValue;

use crate::domain::attempt::Limits;

/// Everything that can be set.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens and what it serves.
    pub server: Server,
    /// How exams are delivered.
    pub exam: Exam,
    /// How often one address may do what costs the server much or lets somebody guess.
    pub limits: RateLimits,
    /// `on`, or `off` for load tests; off is said in the log.
    pub rate_limits: Switch,
    /// What is kept for how long.
    pub retention: Retention,
    /// The keys by which language scores are signed and believed.
    pub signing: Signing,
    /// How the log is written.
    pub log: Log,
}

/// Where the server listens and what it serves.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// `sqlite://FILE` or `postgres://…`.
    pub database: String,
    /// The content directory.
    pub content: PathBuf,
    /// Whether browsers reach the server by https (through a proxy): cookies are then marked `Secure`.
    pub behind_tls: bool,
    /// Whether a proxy in front sets `X-Forwarded-For`; otherwise the header is ignored.
    pub behind_proxy: bool,
    /// Largest request body in bytes.
    pub body_bytes: usize,
    /// Seconds after which a request is given up, and the longest that a server which is told to stop waits for those
    /// that run.
    pub request_seconds: u64,
    /// Seconds in which the head of a request must have come, and for which a connection may be idle.
    pub head_seconds: u64,
    /// Seconds for which a client may take nothing of an answer before its connection is given up.
    pub send_seconds: u64,
    /// Connections at once; whoever comes then waits.
    pub connections: usize,
}

/// How exams are delivered.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Exam {
    /// The rule set of a mock for which none was chosen.
    pub default_rule: String,
    /// Milliseconds after a deadline in which answers in flight are still taken.
    pub grace_ms: u32,
    /// Hours for which an attempt may wait to be begun.
    pub ready_hours: u32,
    /// Milliseconds between two looks for sections whose time is up.
    pub sweep_ms: u32,
    /// Milliseconds between two signs of life; an outage is measured to within this.
    pub heartbeat_ms: u32,
    /// Milliseconds between two looks at a group that somebody watches.
    pub look_ms: u32,
    /// Days that a session lasts.
    pub session_days: u32,
}

/// What one address, one learner or one attempt may ask for; 0 is without a limit.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    /// Attempts to sign in, per address: a whole school may sit behind one.
    pub sign_in_per_minute: u32,
    /// Attempts to sign in to one account, per address: what a guesser has.
    pub sign_in_to_account_per_minute: u32,
    /// Accounts made, per address.
    pub sign_up_per_minute: u32,
    /// Guests made, per address: a whole class may sit behind one.
    pub guests_per_minute: u32,
    /// Attempts made, per learner: each is a form in the database.
    pub attempts_per_minute: u32,
    /// Answers that one attempt holds, each choice being one: many times what anybody chooses in an exam.
    pub responses_per_attempt: u32,
    /// Codes of groups looked at or used, per address: a whole class may sit behind one.
    pub codes_per_minute: u32,
    /// Addresses tried to make somebody a tutor, per account: whoever has an account should not be told by thousands.
    pub tutors_per_minute: u32,
}

/// What is kept for how long, in days; 0 is for ever. A pass at start and once a day deletes what is older.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Guests who have made, sat and saved nothing for so long: their sessions and points profiles are deleted, their
    /// results stay without anything that leads to them.
    pub guests_days: u32,
    /// Answers, flags and plays of attempts that have been over for so long. The results stay; what was answered to which
    /// question is then gone, for tutors and statistics too.
    pub responses_days: u32,
    /// Invitations that have been over for so long: they hold addresses.
    pub invitations_days: u32,
}

/// On or off.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Switch {
    On,
    Off,
}

/// How the log is written.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `text` for people, `json` for machines.
    pub format: LogFormat,
    /// What is logged, in the syntax of tracing's `EnvFilter`.
    pub filter: String,
}

/// The log's format.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum LogFormat {
    Text,
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: Server::default(),
            exam: Exam::default(),
            limits: RateLimits::default(),
            rate_limits: Switch::On,
            retention: Retention::default(),
            signing: Signing::default(),
            log: Log::default(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database: "sqlite://synaq.db".to_owned(),
            content: PathBuf::from("content"),
            behind_tls: false,
            behind_proxy: false,
            body_bytes: 64 * 1024,
            request_seconds: 30,
            head_seconds: 75,
            send_seconds: 60,
            connections: 20_000,
        }
    }
}

impl Default for Exam {
    fn default() -> Self {
        Self {
            default_rule: "a1-2026-02".to_owned(),
            grace_ms: 3000,
            ready_hours: 24,
            sweep_ms: 500,
            heartbeat_ms: 2000,
            look_ms: 2000,
            session_days: 30,
        }
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            sign_in_per_minute: 300,
            sign_in_to_account_per_minute: 10,
            sign_up_per_minute: 60,
            guests_per_minute: 600,
            attempts_per_minute: 30,
            responses_per_attempt: 5000,
            codes_per_minute: 120,
            tutors_per_minute: 10,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            guests_days: 0,
            responses_days: 0,
            invitations_days: 90,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info,sqlx=warn".to_owned(),
        }
    }
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that is missing, unknown or of another kind.
    #[error("configuration: {0}")]
    Value(#[from] WrongValue),
    /// A number that cannot be meant.
    #[error("configuration: {0}")]
    Range(#[from] OutOfRange),
    /// A file of keys that cannot be used.
    #[error("configuration: {0}")]
    KeyFile(#[from] KeyFileError),
}

impl Config {
    /// Reads the file, if one is named, and the environment over the defaults.
    ///
    /// # Errors
    /// [`ConfigError`] that names the value and where it comes from.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment =
            Figment::from(figment::providers::Serialized::defaults(Config::default()));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        let environment = Env::prefixed("SYNAQ_").split("__");
        let config = figment
            .merge(environment)
            .extract()
            .map_err(WrongValue::from)?;
        ranges::check(&config)?;
        Ok(config)
    }

    /// For tests: a system-chosen port, this database and content, no rate limits.
    pub fn for_testing(database: &str, content: &Path, default_rule: &str) -> Self {
        let mut config = Config::default();
        config.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.server.database = database.to_owned();
        config.server.content = content.to_owned();
        config.exam.default_rule = default_rule.to_owned();
        config.rate_limits = Switch::Off;
        config
    }

    /// The limits of attempts as the domain wants them.
    pub fn attempt_limits(&self) -> Limits {
        let responses = match (self.rate_limits, self.limits.responses_per_attempt) {
            (Switch::Off, _) | (_, 0) => i64::MAX,
            (Switch::On, most) => i64::from(most),
        };
        Limits {
            grace: TimeDelta::milliseconds(i64::from(self.exam.grace_ms)),
            ready_for: TimeDelta::hours(i64::from(self.exam.ready_hours)),
            responses,
        }
    }
}
