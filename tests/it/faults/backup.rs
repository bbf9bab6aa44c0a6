//! Backups: taken while learners answer, they hold every answer acknowledged before; a file that is not the one that
//! was made, or is damaged, is never put in a database's place.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::support::process::{Connection, Running, run_with_input, serve_command, synaq};
use crate::support::{Place, Scratch, short_content};

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

async fn call(connection: &mut Connection, method: &str, path: &str, body: &Value) -> Value {
    let body = Some(body).filter(|body| !body.is_null());
    let (status, answer) = connection
        .call(method, path, body)
        .await
        .expect("an answer");
    assert!(status < 300, "{method} {path}: {status} {answer}");
    answer
}

/// An attempt's responses by item.
fn responses(attempt: &Value) -> Vec<(String, Value)> {
    let testlets = attempt["sections"][0]["testlets"]
        .as_array()
        .expect("testlets");
    let items = testlets
        .iter()
        .flat_map(|testlet| testlet["items"].as_array().expect("items"));
    items
        .map(|item| (item["id"].to_string(), item["response"].clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_server_holds_what_was_acknowledged() {
    let place = Place::sqlite();
    let scratch = Scratch::new("backup");
    let running = Running::start(&mut serve_command(&short_content(), &place.address));
    let mut learner = Connection::open(running.address).await.expect("connected");
    learner.become_guest().await;
    let mock = json!({ "kind": "mock", "rule": "short" });
    let made = call(&mut learner, "POST", "/api/v1/attempts", &mock).await;
    let path = format!("/api/v1/attempts/{}", made["id"].as_str().expect("an id"));
    let start = format!("{path}/sections/listening/start");
    let section = call(&mut learner, "POST", &start, &Value::Null).await;
    for item in section["testlets"][0]["items"].as_array().expect("items") {
        let save = format!("{path}/responses/{}", item["id"].as_str().expect("an id"));
        call(&mut learner, "PUT", &save, &json!({ "option": "C" })).await;
    }
    let before = responses(&call(&mut learner, "GET", &path, &Value::Null).await);
    assert!(
        before.iter().all(|(_, response)| response == "C"),
        "{before:?}"
    );

    let file = scratch.path().join("exam.bak");
    let output = backup(&place.address, &file);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 attempts"), "{said}");
    // The server has gone on: the copy took nothing from it.
    call(&mut learner, "GET", &path, &Value::Null).await;
    drop(running);

    let copy = address(&scratch.path().join("restored.db"));
    let output = restore(&file, &copy);
    assert!(output.status.success(), "{output:?}");
    let again = Running::start(&mut serve_command(&short_content(), &copy));
    let token = learner.token().to_owned();
    let mut learner = Connection::with_token(again.address, &token)
        .await
        .expect("connected");
    let after = responses(&call(&mut learner, "GET", &path, &Value::Null).await);
    assert_eq!(after, before);
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
