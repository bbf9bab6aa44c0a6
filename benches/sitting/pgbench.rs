//! PostgreSQL's own measure beside ours: `pgbench` upserts a row in a transaction, in a table of its own on the same
//! cluster.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};

use super::server::Scratch;

/// Many enough that clients seldom meet at one row.
const SCRIPT: &str = "\\set id random(1, 1000000)\n\
    insert into synaq_bench_upsert (id, chosen, saved_at) values (:id, 'B', 1) \
    on conflict (id) do update set chosen = excluded.chosen, saved_at = synaq_bench_upsert.saved_at + 1;\n";
const MAKE: &str = "drop table if exists synaq_bench_upsert; create table synaq_bench_upsert \
    (id bigint primary key, chosen text not null, saved_at bigint not null)";
const DROP: &str = "drop table if exists synaq_bench_upsert";

/// A table to upsert into, and the program that does.
pub struct Pgbench {
    program: PathBuf,
    database: String,
    clients: usize,
    scratch: Scratch,
}

impl Pgbench {
    /// Makes the table; none, and a word of it, where there is no pgbench.
    pub async fn open(database: &str, clients: usize) -> Option<Self> {
        let Some(program) = find() else {
            println!("  pgbench is not installed: no ratio to it");
            return None;
        };
        execute(database, MAKE).await;
        let scratch = Scratch::new("pgbench");
        std::fs::write(scratch.file("upsert.sql"), SCRIPT).expect("the script is written");
        Some(Self {
            program,
            database: database.to_owned(),
            clients,
            scratch,
        })
    }

    /// Transactions a second, for so long.
    ///
    /// # Errors
    /// What pgbench says if it does not run to its end.
    pub async fn run(&self, time: Duration) -> Result<f64, String> {
        let mut command = Command::new(&self.program);
        command
            .args(["--no-vacuum", "--protocol", "prepared", "--jobs", "2"])
            .args(["--client", &self.clients.to_string()])
            .args(["--time", &time.as_secs().max(1).to_string(), "--file"])
            .arg(self.scratch.file("upsert.sql"))
            .arg(&self.database);
        let output = tokio::task::spawn_blocking(move || command.output()).await;
        let output = output
            .expect("no panic")
            .map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout);
        let rate = said.lines().find_map(|line| {
            let rate = line.strip_prefix("tps = ")?;
            rate.split(' ').next()?.parse().ok()
        });
        rate.filter(|_| output.status.success()).ok_or_else(|| {
            let error = String::from_utf8_lossy(&output.stderr);
            error.lines().last().unwrap_or("nothing said").to_owned()
        })
    }

    /// Drops the table.
    pub async fn close(self) {
        execute(&self.database, DROP).await;
    }
}

async fn execute(database: &str, sql: &'static str) {
    let mut conn = PgConnection::connect(database).await.expect("the database");
    conn.execute(sql).await.expect("the table of pgbench");
}

/// On the path, or where Debian has the programs of the newest PostgreSQL.
fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|dir| dir.join("pgbench"));
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin/pgbench")))
        })
        .collect();
    versions.sort();
    on_path
        .chain(versions.into_iter().rev().map(|(_, program)| program))
        .find(|program| program.is_file())
}
