//! What learners talk to: one server, or several nodes on one database behind one address.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::Args;
use super::balancer::Balancer;
use super::learner::{Learner, Wrong};
use super::server::{Scratch, Server};
use super::usage::{self, Usage};

/// The servers that are measured, and their database.
pub struct Site {
    /// Where learners connect.
    pub address: SocketAddr,
    /// The database's address.
    pub database: String,
    nodes: Mutex<Vec<Option<Server>>>,
    /// What the killed ones had used.
    gone: Mutex<Usage>,
    balancer: Option<Balancer>,
    _scratch: Option<Scratch>,
}

impl Site {
    /// As the arguments want it.
    ///
    /// # Errors
    /// What the arguments or the machine do not allow.
    pub async fn open(args: &Args) -> Result<Self, String> {
        // A connection is one open file here, and two more where a balancer stands between.
        let most = args.learners.max(args.connections);
        let needed = 200 + most * if args.nodes > 1 { 3 } else { 1 };
        if let Some(may) = usage::open_files().filter(|may| *may < needed) {
            return Err(format!(
                "{needed} connections and files are needed and {may} allowed: ulimit -n {needed}"
            ));
        }
        let scratch = args.database.is_none().then(|| Scratch::new("sitting"));
        let database = match (&args.database, &scratch) {
            (Some(database), _) => database.clone(),
            (None, scratch) => scratch.as_ref().map(Scratch::database).unwrap_or_default(),
        };
        if args.kill_after.is_some() && args.nodes < 2 && args.revive_after.is_none() {
            return Err("the only node would be killed: --nodes 2, or --revive-after".to_owned());
        }
        if args.nodes > 1 && database.starts_with("sqlite") {
            return Err("several nodes need PostgreSQL: --database postgres://…".to_owned());
        }
        if let (Some(address), Some(_)) = (args.at, &args.database) {
            return Ok(Self {
                address,
                database,
                nodes: Mutex::default(),
                gone: Mutex::default(),
                balancer: None,
                _scratch: None,
            });
        }
        if args.at.is_some() {
            return Err("--at needs the --database of that server".to_owned());
        }
        let nodes: Vec<Server> = (0..args.nodes.max(1))
            .map(|_| Server::synaq(&database, 0))
            .collect();
        let addresses: Vec<SocketAddr> = nodes.iter().map(|node| node.address).collect();
        let balancer = match addresses.len() {
            1 => None,
            _ => Some(Balancer::start(addresses.clone()).await),
        };
        Ok(Self {
            address: balancer.as_ref().map_or(addresses[0], |b| b.address),
            database,
            nodes: Mutex::new(nodes.into_iter().map(Some).collect()),
            gone: Mutex::default(),
            balancer,
            _scratch: scratch,
        })
    }

    /// What all nodes have used until now, memory of those that live; nothing for a server that runs elsewhere.
    pub fn usage(&self) -> Usage {
        let gone = *self.gone.lock().expect("no panic");
        let nodes = self.nodes.lock().expect("no panic");
        let living = nodes.iter().flatten();
        living.fold(gone, |sum, node| sum.and(node.usage()))
    }

    /// From now on the most memory of each node is counted anew.
    pub fn forget_peak(&self) {
        let nodes = self.nodes.lock().expect("no panic");
        nodes.iter().flatten().for_each(Server::forget_peak);
    }

    /// The processor time, in seconds a second, of a server that has settled and does nothing for anybody.
    pub async fn idle(&self) -> f64 {
        const SETTLE: Duration = Duration::from_secs(3);
        const LOOK: Duration = Duration::from_secs(10);
        tokio::time::sleep(SETTLE).await;
        let (before, from) = (self.usage(), Instant::now());
        tokio::time::sleep(LOOK).await;
        self.usage().cpu_since(before) / from.elapsed().as_secs_f64()
    }

    /// Kills the first node by SIGKILL.
    pub fn kill_one(&self) -> Option<SocketAddr> {
        let node = self.nodes.lock().expect("no panic").first_mut()?.take()?;
        let mut gone = self.gone.lock().expect("no panic");
        gone.cpu += node.usage().cpu;
        Some(node.address)
    }

    /// Starts a node again at the address of the one that was killed, and gives it connections once it answers.
    pub async fn revive(&self, address: SocketAddr) {
        let database = self.database.clone();
        let node =
            tokio::task::spawn_blocking(move || Server::synaq(&database, address.port())).await;
        if let Some(place) = self.nodes.lock().expect("no panic").first_mut() {
            *place = Some(node.expect("it starts"));
        }
        if let Some(balancer) = &self.balancer {
            balancer.take_back(0);
        }
    }

    /// Name and version of the database.
    pub async fn engine(&self) -> String {
        let name = match self.on_sqlite() {
            true => "SQLite",
            false => "PostgreSQL",
        };
        let version: String = match self.on_sqlite() {
            true => {
                let sql = "select sqlite_version()";
                let mut conn = SqliteConnection::connect(&self.database).await;
                let conn = conn.as_mut().expect("the database");
                sqlx::query_scalar(sql).fetch_one(conn).await
            }
            false => {
                let sql = "select split_part(current_setting('server_version'), ' ', 1)";
                let mut conn = PgConnection::connect(&self.database).await;
                let conn = conn.as_mut().expect("the database");
                sqlx::query_scalar(sql).fetch_one(conn).await
            }
        }
        .expect("its version");
        format!("{name} {version}")
    }

    /// Whether the database is SQLite.
    pub fn on_sqlite(&self) -> bool {
        self.database.starts_with("sqlite")
    }

    /// Looks for every acknowledged response in the database; how many, and which are lost.
    pub async fn verify(&self, learners: &[Learner]) -> (usize, Vec<Wrong>) {
        // Ids rise with time, so what earlier rounds left need not be read again.
        let sql = "select attempt_id, seq, item_id, chosen from responses where attempt_id >= $1";
        let Some(first) = learners.iter().map(|learner| &learner.attempt).min() else {
            return (0, Vec::new());
        };
        let rows: Vec<(String, i64, String, Option<String>)> = match self.on_sqlite() {
            true => {
                let mut conn = SqliteConnection::connect(&self.database).await;
                let conn = conn.as_mut().expect("the database");
                sqlx::query_as(sql).bind(first).fetch_all(conn).await
            }
            false => {
                let mut conn = PgConnection::connect(&self.database).await;
                let conn = conn.as_mut().expect("the database");
                sqlx::query_as(sql).bind(first).fetch_all(conn).await
            }
        }
        .expect("the responses");
        let kept: std::collections::HashMap<(&str, i64), (&str, Option<&str>)> = rows
            .iter()
            .map(|(attempt, seq, item, chosen)| {
                ((attempt.as_str(), *seq), (item.as_str(), chosen.as_deref()))
            })
            .collect();
        let (mut looked, mut faults) = (0, Vec::new());
        for learner in learners {
            for (seq, item, letter) in &learner.receipts {
                looked += 1;
                let there = kept.get(&(learner.attempt.as_str(), *seq));
                if there != Some(&(&**item, Some(*letter))) {
                    faults.push(format!(
                        "the acknowledged response {seq} of {} is lost",
                        learner.attempt
                    ));
                }
            }
        }
        (looked, faults)
    }

    /// How it is told in the figures.
    pub async fn json(&self) -> Value {
        let nodes = self.nodes.lock().expect("no panic").len().max(1);
        json!({ "engine": self.engine().await, "nodes": nodes })
    }
}
