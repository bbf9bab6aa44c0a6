//! Backups: taken while learners answer, they hold every answer acknowledged before; a file that is not the one that
//! was made, or is damaged, is never put in a database's place.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::load::{Learner, MOST, Told, sit_down};
use crate::support::process::{Running, run_with_input, serve_command, synaq};
use crate::support::{Place, Scratch, short_content};

const LEARNERS: usize = 8;
/// Answers of each learner that are acknowledged before the backup begins.
const SOME: usize = 10;

fn run(arguments: &[&str], file: &Path, database: &str) -> Output {
    let mut command = synaq();
    command
        .args(arguments)
        .arg(file)
        .args(["--database", database]);
    run_with_input(&mut command, "")
}

fn backup(database: &str, out: &Path) -> Output {
    run(&["backup", "--out"], out, database)
}

fn restore(from: &Path, database: &str) -> Output {
    run(&["restore", "--from"], from, database)
}

#[track_caller]
fn refused(output: &Output, says: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(errors.contains(says), "{errors}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

fn address(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// The file of a place's SQLite database.
fn file_of(place: &Place) -> PathBuf {
    place
        .address
        .strip_prefix("sqlite://")
        .expect("a file")
        .into()
}

/// What those who answer and whoever waits for them tell each other.
#[derive(Default)]
struct Answering {
    /// How many answers of each learner are acknowledged.
    acknowledged: [AtomicUsize; LEARNERS],
    /// Every learner has some.
    all_have_some: Notify,
    over: AtomicBool,
}

impl Answering {
    fn acknowledged(&self) -> [usize; LEARNERS] {
        self.acknowledged
            .each_ref()
            .map(|count| count.load(Ordering::SeqCst))
    }

    /// Sends one answer after the other until it is over; every one is to be saved.
    async fn go_on(self: Arc<Self>, mut learner: Learner, number: usize) -> Learner {
        while !self.over.load(Ordering::SeqCst) {
            assert_eq!(learner.answer().await, Told::Saved);
            self.acknowledged[number].fetch_add(1, Ordering::SeqCst);
            if self.acknowledged().iter().all(|count| *count >= SOME) {
                self.all_have_some.notify_one();
            }
        }
        learner
    }
}

/// The responses that a database holds, by attempt, in the order of their numbers.
async fn kept_in(place: &Place) -> HashMap<String, Vec<(i64, String, String)>> {
    let sql = "select attempt_id, cast(seq as text), item_id, chosen from responses order by attempt_id, seq";
    let mut kept: HashMap<_, Vec<_>> = HashMap::new();
    for row in place.rows(sql).await {
        let [of, seq, item, letter] = <[_; 4]>::try_from(row).expect("four columns");
        let text = |column: Option<String>| column.expect("a value");
        let seq = text(seq).parse().expect("a number");
        let of = kept.entry(text(of)).or_default();
        of.push((seq, text(item), text(letter)));
    }
    kept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_learners_answer_holds_what_was_acknowledged_before() {
    let place = Place::sqlite();
    let scratch = Scratch::new("backup");
    let running = Running::start(&mut serve_command(&short_content(), &place.address));
    let answering = Arc::new(Answering::default());
    let sitting = sit_down(running.address, LEARNERS).await;
    let tasks = sitting.into_iter().enumerate();
    let tasks: Vec<_> = tasks
        .map(|(number, learner)| tokio::spawn(answering.clone().go_on(learner, number)))
        .collect();
    let some = tokio::time::timeout(MOST, answering.all_have_some.notified()).await;
    some.expect("every learner's answers are saved");

    let file = scratch.path().join("exam.bak");
    let before = answering.acknowledged();
    let output = {
        let (address, file) = (place.address.clone(), file.clone());
        tokio::task::spawn_blocking(move || backup(&address, &file)).await
    };
    let meanwhile = answering.acknowledged();
    answering.over.store(true, Ordering::SeqCst);
    let output = output.expect("no panic");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(&format!("{LEARNERS} attempts")), "{said}");
    assert_ne!(
        meanwhile, before,
        "nobody's answer was saved meanwhile: nothing was tested"
    );
    let mut learners = Vec::new();
    for task in tasks {
        learners.push(task.await.expect("no panic"));
    }
    drop(running);

    let copy = Place::sqlite_in(scratch.path());
    let output = restore(&file, &copy.address);
    assert!(output.status.success(), "{output:?}");
    let mut kept = kept_in(&copy).await;
    let again = Running::start(&mut serve_command(&short_content(), &copy.address));
    for (learner, before) in learners.iter_mut().zip(before) {
        let kept = kept.remove(&learner.attempt).unwrap_or_default();
        let count = kept.len();
        assert!(count >= before, "{count} of {before} acknowledged before");
        // One learner's answers go one after the other: an instant parts them into those that are in and those that are
        // not, and there is nothing that nobody sent.
        let sent = learner.sent.iter().map(|sent| {
            let seq = sent.seq.expect("acknowledged");
            (seq, sent.item.clone(), sent.letter.to_owned())
        });
        assert_eq!(kept, sent.take(count).collect::<Vec<_>>());
        learner.go_on_at(again.address);
        let attempt = learner.look().await;
        let testlets = attempt["sections"][0]["testlets"].as_array();
        for item in testlets.expect("testlets")[0]["items"]
            .as_array()
            .expect("items")
        {
            let mut answers = kept.iter().rev();
            let last = answers.find(|(_, of, _)| item["id"] == of.as_str());
            let last = last.map(|(_, _, letter)| letter.as_str());
            assert_eq!(item["response"].as_str(), last, "{item}");
        }
    }
    assert!(kept.is_empty(), "attempts of nobody: {kept:?}");
}

#[test]
fn nothing_is_overwritten_and_nothing_else_is_restored() {
    let place = Place::sqlite();
    let scratch = Scratch::new("backup-refused");
    drop(Running::start(&mut serve_command(
        &short_content(),
        &place.address,
    )));
    let file = scratch.path().join("exam.bak");
    assert!(backup(&place.address, &file).status.success());

    refused(&backup(&place.address, &file), "there already");
    refused(&restore(&file, &place.address), "there already");
    refused(
        &backup("postgres://localhost/x", &scratch.path().join("p")),
        "pg_dump",
    );
    let nowhere = address(&scratch.path().join("nowhere.db"));
    refused(
        &backup(&nowhere, &scratch.path().join("n")),
        "there is no database",
    );

    let target = scratch.path().join("target.db");
    let mut bytes = std::fs::read(&file).expect("the backup");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&file, &bytes).expect("written");
    refused(&restore(&file, &address(&target)), "checksum differs");
    std::fs::remove_file(scratch.path().join("exam.bak.sha256")).expect("removed");
    refused(&restore(&file, &address(&target)), "exam.bak.sha256");
    let left: Vec<_> = std::fs::read_dir(scratch.path())
        .expect("the directory")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["exam.bak"], "a refusal leaves nothing behind");
}

#[test]
fn a_damaged_database_is_found_at_the_start() {
    let place = Place::sqlite();
    let running = Running::start(&mut serve_command(&short_content(), &place.address));
    assert_eq!(running.terminate(), Some(0));
    let file = file_of(&place);
    let whole = std::fs::read(&file).expect("the database");

    // A page in the middle overwritten, as a bad disk does it; then not even a database.
    const PAGE: usize = 4096;
    let mut bytes = whole.clone();
    let from = bytes.len() / 2 / PAGE * PAGE;
    bytes[from..from + PAGE].fill(0xa5);
    std::fs::write(&file, &bytes).expect("written");
    let output = run_with_input(&mut serve_command(&short_content(), &place.address), "");
    refused(&output, "damaged");
    refused(&output, "synaq restore");

    std::fs::write(
        &file,
        b"not a database at all, and longer than a header of sixteen bytes",
    )
    .expect("written");
    let output = run_with_input(&mut serve_command(&short_content(), &place.address), "");
    refused(&output, "not a database");

    std::fs::write(&file, &whole).expect("written");
    drop(Running::start(&mut serve_command(
        &short_content(),
        &place.address,
    )));
}
