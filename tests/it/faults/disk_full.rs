//! A full disk: saves are refused with a problem that says so, reading goes on, nothing acknowledged is lost though the
//! server is killed then, and when there is room again it saves again by itself.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use super::load::{Learner, Told, all_answer, sit_down, the_database_agrees};
use crate::support::process::{Running, prepared, run_with_input, serve_command};
use crate::support::server::PostgresServer;
use crate::support::{Place, Scratch, short_content};

const LEARNERS: usize = 20;

fn full(told: &Told) -> bool {
    *told == Told::Wait("storage-full".to_owned())
}

/// Each learner answers until told that there is no room.
async fn all_answer_until_full(learners: &mut [Learner]) {
    let answering = learners.iter_mut().map(|learner| async {
        let before = learner.answer_until(full).await;
        let saved = before.iter().all(|told| *told == Told::Saved);
        assert!(saved, "{before:?}");
    });
    futures_util::future::join_all(answering).await;
}

/// What holds when the disk fills up: `fill` leaves no room for this server, `free` makes room again.
async fn it_fills_up(
    place: &Place,
    start: impl Fn() -> Running,
    fill: impl Fn(&Running),
    free: impl Fn(&Running),
) {
    let mut server = start();
    let mut learners = sit_down(server.address, LEARNERS).await;
    for _ in 0..2 {
        let told = all_answer(&mut learners).await;
        assert_eq!(told, vec![Told::Saved; LEARNERS]);
    }
    for _ in 0..2 {
        fill(&server);
        all_answer_until_full(&mut learners).await;
        for learner in &mut learners {
            // Reading needs no room, and shows what was acknowledged.
            let attempt = learner.look().await;
            let mut acknowledged = learner.sent.iter().rev();
            let last = acknowledged.find(|sent| sent.seq.is_some());
            let last = last.expect("an acknowledged one");
            let items = attempt["sections"][0]["testlets"][0]["items"].as_array();
            let mut items = items.expect("items").iter();
            let shown = items.find(|item| item["id"] == last.item.as_str());
            assert_eq!(shown.expect("the item")["response"], last.letter);
        }
        free(&server);
        // By itself, and at once: what was refused is sent again and saved.
        let told = all_answer(&mut learners).await;
        assert_eq!(told, vec![Told::Saved; LEARNERS]);
    }
    the_database_agrees(place, &learners).await;

    fill(&server);
    all_answer_until_full(&mut learners).await;
    server.kill();
    free(&server);
    let server = start();
    the_database_agrees(place, &learners).await;
    for learner in &mut learners {
        learner.go_on_at(server.address);
    }
    let told = all_answer(&mut learners).await;
    assert_eq!(told, vec![Told::Saved; LEARNERS]);
    the_database_agrees(place, &learners).await;
}

/// A limit on the size of files stands in for a full disk: every write to a file fails, as it does with a quota.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_refuses_clearly_and_recovers_when_files_may_not_grow() {
    let place = Place::sqlite();
    let limit = |server: &Running, bytes: &str| {
        let set = Command::new("prlimit")
            .args(["--pid", &server.pid().to_string()])
            .arg(format!("--fsize={bytes}:unlimited"))
            .status();
        assert!(set.expect("prlimit runs").success());
    };
    it_fills_up(
        &place,
        // Without its signal, which would end the program: a full disk sends none.
        || {
            let serve = serve_command(&short_content(), &place.address);
            Running::start(&mut prepared("trap '' XFSZ", &serve))
        },
        |server| limit(server, "0"),
        // The limit goes with the process that had it.
        |server| {
            if server.is_alive() {
                limit(server, "unlimited");
            }
        },
    )
    .await;
}

/// A file system of its own that is soon full. Mounting needs root with CAP_SYS_ADMIN: `tests/run` leaves out what uses
/// it where that is not to be had, and says so.
#[derive(Debug)]
struct SmallDisk(Scratch);

impl SmallDisk {
    const SIZE: &str = "size=48m,mode=0777";

    fn mount() -> Self {
        let disk = Self(Scratch::new("small-disk"));
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", Self::SIZE, "tmpfs"])
            .arg(disk.0.path())
            .status();
        assert!(
            mounted.expect("mount runs").success(),
            "this test mounts a small disk and may not: run tests/run"
        );
        disk
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }

    fn fill(&self) {
        let mut file = std::fs::File::create(self.filler()).expect("a file");
        let piece = [0x5a; 64 * 1024];
        let full = loop {
            if let Err(error) = file.write(&piece) {
                break error;
            }
        };
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).expect("removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_small_disk_sqlite_refuses_clearly_and_recovers() {
    let disk = SmallDisk::mount();
    let place = Place::sqlite_in(disk.0.path());
    it_fills_up(
        &place,
        || Running::start(&mut serve_command(&short_content(), &place.address)),
        |_| disk.fill(),
        |_| disk.free(),
    )
    .await;

    // A start on the full disk says what is the matter, in words and not by the number of an error. The database was
    // closed well: else there would be a log with room in it, and the start would go on as far as that.
    let mut command = serve_command(&short_content(), &place.address);
    assert_eq!(Running::start(&mut command).terminate(), Some(0));
    disk.fill();
    let refused = run_with_input(&mut command, "");
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.contains("no room to write"), "{told}");
    disk.free();
    drop(Running::start(&mut command));
}

/// The tables' disk is full, and the log's is not: then PostgreSQL refuses one statement after the other. (Without room
/// for its log it stops, which is what `restarted` is about.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_small_disk_postgres_refuses_clearly_and_recovers() {
    let disk = SmallDisk::mount();
    let server = PostgresServer::start();
    let place = Place::postgres_on(&server.address).await;
    let dir = disk.0.path().join("tables");
    std::fs::create_dir(&dir).expect("made");
    let owned = Command::new("chown").arg("postgres:").arg(&dir).status();
    assert!(owned.expect("chown runs").success());
    let sql = format!("create tablespace small location '{}'", dir.display());
    place.execute(&sql).await;
    // No table is made before the server's first start.
    let sql = "do $$ begin execute format('alter database %I set default_tablespace = small', \
               current_database()); end $$";
    place.execute(sql).await;
    it_fills_up(
        &place,
        || Running::start(&mut serve_command(&short_content(), &place.address)),
        |_| disk.fill(),
        |_| disk.free(),
    )
    .await;
}
