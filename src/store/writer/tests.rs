//! Turns that share a commit: nobody is told too early, nobody is undone with somebody else, and nothing stays open.

use std::str::FromStr;
use std::sync::atomic::Ordering;

use sqlx::{
    Connection,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode},
};
use tokio::task::JoinHandle;

use super::{Phase, Sharing, Turn, Writer};
use crate::store::StoreError;

struct File {
    path: std::path::PathBuf,
    options: SqliteConnectOptions,
    writer: Writer,
}

impl File {
    async fn new() -> Self {
        let path = std::env::temp_dir().join(format!("synaq-writer-{}.db", rand::random::<u64>()));
        let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", path.display()));
        let options = options
            .expect("an address")
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::ZERO);
        let mut conn = SqliteConnection::connect_with(&options)
            .await
            .expect("it opens");
        let tables = "create table names (name text primary key); create table loose \
                      (name text references names (name) deferrable initially deferred)";
        sqlx::raw_sql(tables)
            .execute(&mut conn)
            .await
            .expect("tables");
        Self {
            path,
            writer: Writer::new(options.clone(), conn),
            options,
        }
    }

    async fn turn(&self) -> Turn {
        self.writer.turn(Sharing::Open).await.expect("a turn")
    }

    /// Somebody who waits for a turn by now, and writes this name.
    async fn next(&self, name: &'static str) -> JoinHandle<Turn> {
        let waiting = self.writer.queue.load(Ordering::Relaxed);
        let writer = self.writer.clone();
        let next = tokio::spawn(async move {
            let mut turn = writer.turn(Sharing::Open).await.expect("a turn");
            write(&mut turn, name).await;
            turn
        });
        while self.writer.queue.load(Ordering::Relaxed) == waiting {
            tokio::task::yield_now().await;
        }
        next
    }

    /// What is there for others, and that others may write.
    async fn names(&self) -> Vec<String> {
        let mut conn = SqliteConnection::connect_with(&self.options)
            .await
            .expect("it opens");
        let names = sqlx::query_scalar("select name from names order by name");
        names.fetch_all(&mut conn).await.expect("names")
    }

    async fn is_free(&self) -> bool {
        let mut conn = SqliteConnection::connect_with(&self.options)
            .await
            .expect("it opens");
        sqlx::query("begin immediate")
            .execute(&mut conn)
            .await
            .is_ok()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
        }
    }
}

async fn write(turn: &mut Turn, name: &str) {
    let insert = sqlx::query("insert into names values ($1)").bind(name.to_owned());
    insert.execute(&mut **turn).await.expect("written");
}

/// Begins to commit, and is done but for the commit itself, since somebody waits for a turn.
async fn share(file: &File, turn: Turn) -> JoinHandle<Result<(), StoreError>> {
    let waiting = file.writer.queue.load(Ordering::Relaxed);
    assert!(waiting > 0, "somebody must wait");
    let ending = tokio::spawn(turn.commit());
    while file.writer.queue.load(Ordering::Relaxed) == waiting {
        tokio::task::yield_now().await;
    }
    ending
}

/// The first is done and waits for the commit; the second has the turn.
async fn two(file: &File) -> (JoinHandle<Result<(), StoreError>>, Turn) {
    let mut first = file.turn().await;
    write(&mut first, "first").await;
    let second = file.next("second").await;
    let first = share(file, first).await;
    (first, second.await.expect("a turn"))
}

#[tokio::test]
async fn whoever_is_done_learns_it_when_it_is_on_the_disk() {
    let file = File::new().await;
    let (first, second) = two(&file).await;
    assert!(!first.is_finished(), "nothing is committed yet");
    assert!(file.names().await.is_empty());
    second.commit().await.expect("committed");
    first.await.expect("it ends").expect("committed");
    assert_eq!(file.names().await, ["first", "second"]);
    assert!(file.is_free().await);
}

#[tokio::test]
async fn what_one_does_not_commit_is_undone_alone() {
    let file = File::new().await;
    let mut first = file.turn().await;
    write(&mut first, "first").await;
    let second = file.next("second").await;
    let third = file.next("third").await;
    let first = share(&file, first).await;
    let second = second.await.expect("a turn");
    drop(second);
    let third = third.await.expect("a turn");
    assert!(!first.is_finished());
    third.commit().await.expect("committed");
    first.await.expect("it ends").expect("committed");
    assert_eq!(file.names().await, ["first", "third"]);
}

#[tokio::test]
async fn where_the_rest_is_undone_whoever_is_done_commits() {
    let file = File::new().await;
    let (first, second) = two(&file).await;
    drop(second);
    first.await.expect("it ends").expect("committed");
    assert_eq!(file.names().await, ["first"]);
    assert!(file.is_free().await);
}

#[tokio::test]
async fn whoever_goes_before_the_commit_leaves_nothing_open() {
    let file = File::new().await;
    let (first, second) = two(&file).await;
    first.abort();
    assert!(first.await.expect_err("it is gone").is_cancelled());
    drop(second);
    // Behind what is left to do.
    while !matches!(file.writer.place.lock().await.phase, Phase::None) {
        tokio::task::yield_now().await;
    }
    assert!(file.is_free().await);
    assert_eq!(file.names().await, ["first"]);
}

#[tokio::test]
async fn a_gathering_commits_for_all_before_it() {
    let file = File::new().await;
    let mut first = file.turn().await;
    write(&mut first, "first").await;
    let writer = file.writer.clone();
    let gathering = tokio::spawn(async move {
        let mut turn = writer.turn(Sharing::Last).await.expect("a turn");
        write(&mut turn, "many").await;
        turn
    });
    while file.writer.queue.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    let first = share(&file, first).await;
    let gathering = gathering.await.expect("a turn");
    let waiting = file.next("later").await;
    gathering
        .commit()
        .await
        .expect("committed, though somebody waits");
    first.await.expect("it ends").expect("committed");
    assert!(
        file.names()
            .await
            .starts_with(&["first".to_owned(), "many".to_owned()])
    );
    waiting
        .await
        .expect("a turn")
        .commit()
        .await
        .expect("committed");
}

#[tokio::test]
async fn a_commit_that_fails_fails_for_all() {
    let file = File::new().await;
    let (first, mut second) = two(&file).await;
    // Refused at the end of the whole, and not before.
    let loose = sqlx::query("insert into loose values ('nobody')");
    loose.execute(&mut *second).await.expect("written");
    assert!(second.commit().await.is_err());
    assert!(first.await.expect("it ends").is_err());
    assert!(file.names().await.is_empty());
    let mut third = file.turn().await;
    write(&mut third, "third").await;
    third.commit().await.expect("committed");
    assert_eq!(file.names().await, ["third"]);
}

#[tokio::test]
async fn what_sqlite_undoes_itself_is_told_to_all() {
    // As SQLite does on a full disk: in the turn of the second, who commits, or is gone …
    for commits in [true, false] {
        let file = File::new().await;
        let (first, mut second) = two(&file).await;
        sqlx::query("rollback")
            .execute(&mut *second)
            .await
            .expect("undone");
        match commits {
            true => assert!(second.commit().await.is_err()),
            false => drop(second),
        }
        assert!(first.await.expect("it ends").is_err(), "{commits}");
        assert!(file.names().await.is_empty());
    }
    // … or in that of the first, after whom the second begins anew.
    let file = File::new().await;
    let mut first = file.turn().await;
    sqlx::query("rollback")
        .execute(&mut *first)
        .await
        .expect("undone");
    let second = file.next("second").await;
    let first = share(&file, first).await;
    assert!(first.await.expect("it ends").is_err());
    second
        .await
        .expect("a turn")
        .commit()
        .await
        .expect("committed");
    assert_eq!(file.names().await, ["second"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_hundreds_at_once_each_is_written_that_was_told() {
    let file = File::new().await;
    let all = (0..500).map(|n| {
        let writer = file.writer.clone();
        tokio::spawn(async move {
            let mut turn = writer.turn(Sharing::Open).await.expect("a turn");
            let name = format!("{n:03}");
            write(&mut turn, &name).await;
            match n % 5 {
                0 => None, // undone
                _ => turn.commit().await.ok().map(|()| name),
            }
        })
    });
    let all: Vec<_> = all.collect();
    for (n, one) in all.iter().enumerate() {
        // Some go wherever they are.
        if n % 7 == 0 {
            one.abort();
        }
    }
    let mut told = Vec::new();
    for one in all {
        told.extend(one.await.ok().flatten());
    }
    file.writer.close().await;
    let names = file.names().await;
    assert!(told.len() > 300, "{}", told.len());
    assert!(told.iter().all(|name| names.contains(name)));
    let undone = |name: &&String| name.parse::<u32>().is_ok_and(|n| n % 5 == 0);
    assert_eq!(names.iter().filter(undone).count(), 0);
    assert!(file.is_free().await);
}
