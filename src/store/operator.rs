//! What whoever runs the server looks at: schools by number, the database's size, servers that are alive.

use super::{Conn, Engine, Store, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{Timestamp, id::SchoolId};

statements! {
    SCHOOLS = "select s.id, s.name, s.created_at, \
               (select count(*) from members m where m.school_id = s.id) as members, \
               (select count(*) from school_groups g where g.school_id = s.id) as groups_count, \
               (select count(*) from assignments a where a.school_id = s.id) as assignments, \
               (select count(*) from assignment_attempts x join assignments a on a.id = x.assignment_id \
                where a.school_id = s.id) as attempts \
               from schools s order by s.name, s.id limit 500";
    COUNT_LEARNERS = "select count(*) from learners";
    COUNT_ACCOUNTS = "select count(*) from learners where email is not null";
    COUNT_SESSIONS = "select count(*) from sessions";
    COUNT_ATTEMPTS = "select count(*) from attempts";
    COUNT_RESPONSES = "select count(*) from responses";
    COUNT_PLAYS = "select count(*) from plays";
    COUNT_EVENTS = "select count(*) from events";
    COUNT_EDITIONS = "select count(*) from testlet_editions";
    COUNT_PROFILES = "select count(*) from profiles";
    COUNT_INVITATIONS = "select count(*) from invitations";
    MIGRATIONS = "select version, description from _sqlx_migrations where success order by version";
    BEATS = "select node, at from heartbeats order by at desc, node limit 50";
}

/// The engines' own words for how large they are: each has another.
const SQLITE_BYTES: &str =
    "select page_count * page_size from pragma_page_count(), pragma_page_size()";
const POSTGRES_BYTES: &str = "select pg_database_size(current_database())";

/// The tables that grow, and how many rows each has, in the order in which they are shown.
const TABLES: [(&str, &str); 10] = [
    ("learners", COUNT_LEARNERS),
    ("accounts", COUNT_ACCOUNTS),
    ("sessions", COUNT_SESSIONS),
    ("attempts", COUNT_ATTEMPTS),
    ("responses", COUNT_RESPONSES),
    ("plays", COUNT_PLAYS),
    ("events", COUNT_EVENTS),
    ("editions", COUNT_EDITIONS),
    ("profiles", COUNT_PROFILES),
    ("invitations", COUNT_INVITATIONS),
];

/// A school by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolCounts {
    /// Which.
    pub id: SchoolId,
    /// Its name.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Who belongs to it.
    pub members: u64,
    /// Its groups.
    pub groups: u64,
    /// What was given.
    pub assignments: u64,
    /// Attempts made for it.
    pub attempts: u64,
}

/// The database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// `SQLite` or `PostgreSQL`.
    pub engine: &'static str,
    /// Its size.
    pub bytes: u64,
    /// Rows of the tables that grow, by name.
    pub rows: Vec<(&'static str, u64)>,
    /// The migrations applied: number and name.
    pub migrations: Vec<(i64, String)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    created_at: i64,
    members: i64,
    groups_count: i64,
    assignments: i64,
    attempts: i64,
}

impl Store {
    /// How large the database is and what it holds.
    pub async fn storage(&self) -> Result<Storage, StoreError> {
        let mut conn = self.read().await?;
        let (engine, bytes): (_, i64) = match conn.engine() {
            Engine::Sqlite(db) => {
                let bytes = sqlx::query_scalar(SQLITE_BYTES).fetch_one(db).await?;
                ("SQLite", bytes)
            }
            Engine::Postgres(db) => {
                let bytes = sqlx::query_scalar(POSTGRES_BYTES).fetch_one(db).await?;
                ("PostgreSQL", bytes)
            }
        };
        let mut rows = Vec::with_capacity(TABLES.len());
        for (name, statement) in TABLES {
            let count: i64 = on!(conn, db => sqlx::query_scalar(statement).fetch_one(db).await)?;
            rows.push((name, count.unsigned_abs()));
        }
        let migrations = on!(conn, db => sqlx::query_as(MIGRATIONS).fetch_all(db).await)?;
        Ok(Storage {
            engine,
            bytes: bytes.unsigned_abs(),
            rows,
            migrations,
        })
    }
}

impl Conn {
    /// Every school by number, by name; at most 500.
    pub async fn school_counts(&mut self) -> Result<Vec<SchoolCounts>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(SCHOOLS).fetch_all(db).await)?;
        let rows = rows.into_iter();
        let rows = rows.map(|row| SchoolCounts {
            id: SchoolId::new(row.id),
            name: row.name,
            created_at: from_ms(row.created_at),
            members: row.members.unsigned_abs(),
            groups: row.groups_count.unsigned_abs(),
            assignments: row.assignments.unsigned_abs(),
            attempts: row.attempts.unsigned_abs(),
        });
        Ok(rows.collect())
    }

    /// The servers' last signs of life, the latest first.
    pub async fn beats(&mut self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let rows: Vec<(String, i64)> = on!(self, db => sqlx::query_as(BEATS).fetch_all(db).await)?;
        let rows = rows.into_iter();
        Ok(rows.map(|(node, at)| (node, from_ms(at))).collect())
    }
}
