//! One test on both engines: SQLite in a file of its own, PostgreSQL in a database of its own.

use std::str::FromStr;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use synaq::store::Store;

use super::Scratch;

/// Names the PostgreSQL server in which tests may make databases.
pub const POSTGRES_VARIABLE: &str = "SYNAQ_TEST_POSTGRES";

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// An empty database that goes away with the value.
#[derive(Debug)]
pub struct Place {
    /// On which engine.
    pub engine: Engine,
    /// Its address, as `--database` takes it.
    pub address: String,
    _keep: Keep,
}

#[derive(Debug)]
#[allow(dead_code)] // held for what happens when it is dropped
enum Keep {
    File(Scratch),
    Elsewhere,
    Database { server: String, name: String },
}

/// Runs a test on SQLite and on PostgreSQL.
///
/// # Panics
/// When the test does, and when there is no PostgreSQL: a test that could not run has not passed.
pub async fn on_both(test: impl AsyncFn(&Place)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        eprintln!("on {engine:?}"); // shown only when the test fails
        let place = Place::on(engine).await;
        test(&place).await;
    }
}

impl Place {
    /// Makes an empty database.
    pub async fn on(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::sqlite(),
            Engine::Postgres => Self::postgres().await,
        }
    }

    /// A file that does not exist yet.
    pub fn sqlite() -> Self {
        let scratch = Scratch::new("sqlite");
        Self {
            engine: Engine::Sqlite,
            address: format!("sqlite://{}", scratch.path().join("exam.db").display()),
            _keep: Keep::File(scratch),
        }
    }

    /// A file that does not exist yet, in a directory that somebody else keeps.
    pub fn sqlite_in(dir: &std::path::Path) -> Self {
        Self {
            engine: Engine::Sqlite,
            address: format!("sqlite://{}", dir.join("exam.db").display()),
            _keep: Keep::Elsewhere,
        }
    }

    /// A new database on the server that the environment names.
    pub async fn postgres() -> Self {
        let server = std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| {
            panic!("this test needs PostgreSQL and {POSTGRES_VARIABLE} is not set: run tests/run")
        });
        Self::postgres_on(&server).await
    }

    /// A new database on this server.
    pub async fn postgres_on(server: &str) -> Self {
        let name = format!("synaq_test_{}", uuid::Uuid::now_v7().simple());
        let sql = format!("create database {name}");
        on_server(server, &sql)
            .await
            .unwrap_or_else(|error| panic!("PostgreSQL at {server}: {error}: run tests/run"));
        let (base, _) = server.rsplit_once('/').expect("an address with a database");
        Self {
            engine: Engine::Postgres,
            address: format!("{base}/{name}"),
            _keep: Keep::Database {
                server: server.to_owned(),
                name,
            },
        }
    }

    /// Opens it.
    pub async fn store(&self) -> Store {
        Store::open(&self.address).await.expect("the store opens")
    }

    /// Makes the tables as they were after a migration, and not as they are after all of them.
    pub async fn migrate_to(&self, version: i64) {
        let mut migrator = sqlx::migrate::Migrator::new(std::path::Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/migrations"
        )))
        .await
        .expect("the migrations");
        migrator
            .migrations
            .to_mut()
            .retain(|migration| migration.version <= version);
        match self.engine {
            Engine::Sqlite => {
                let new = SqliteConnectOptions::from_str(&self.address)
                    .expect("an address")
                    .create_if_missing(true);
                let mut db = SqliteConnection::connect_with(&new).await.expect("opened");
                migrator.run(&mut db).await.expect("migrated");
                db.close().await.expect("closed");
            }
            Engine::Postgres => {
                let mut db = PgConnection::connect(&self.address).await.expect("opened");
                migrator.run(&mut db).await.expect("migrated");
                db.close().await.expect("closed");
            }
        }
    }

    /// Does something to the database behind the program's back.
    pub async fn execute(&self, sql: &str) {
        self.rows(sql).await;
    }

    /// Looks into the database behind the program's back: the columns, which must be text, of each row.
    pub async fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let query = AssertSqlSafe(sql.to_owned());
        match self.engine {
            Engine::Sqlite => {
                let mut db = SqliteConnection::connect(&self.address).await.expect(sql);
                let rows = sqlx::query(query).fetch_all(&mut db).await.expect(sql);
                db.close().await.expect("closed");
                rows.iter()
                    .map(|row| (0..row.len()).map(|column| row.get(column)).collect())
                    .collect()
            }
            Engine::Postgres => {
                let mut db = PgConnection::connect(&self.address).await.expect(sql);
                let rows = sqlx::query(query).fetch_all(&mut db).await.expect(sql);
                db.close().await.expect("closed");
                rows.iter()
                    .map(|row| (0..row.len()).map(|column| row.get(column)).collect())
                    .collect()
            }
        }
    }
}

async fn on_server(server: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut db = PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut db)
        .await?;
    db.close().await
}

impl Drop for Keep {
    fn drop(&mut self) {
        let Keep::Database { server, name } = self else {
            return;
        };
        let (server, sql) = (
            server.clone(),
            format!("drop database if exists {name} with (force)"),
        );
        // On a thread of its own: this may run inside a runtime that is unwinding.
        let _ = std::thread::spawn(move || {
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
            {
                let _ = runtime.block_on(on_server(&server, &sql));
            }
        })
        .join();
    }
}
