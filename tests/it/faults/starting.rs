//! A server that cannot start says why, in words that help, with the right exit code and without secrets.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::process::{Running, run_with_input, serve_command, synaq};
use crate::support::{Place, Scratch, short_content};

/// Runs a command that must fail with this exit code; what it wrote to standard error.
#[track_caller]
fn fails(command: &mut Command, code: i32) -> String {
    let output = run_with_input(command, "");
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(
        output.stdout.is_empty(),
        "errors go to standard error: {output:?}"
    );
    errors(&output)
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let place = Place::sqlite();
    let mut command = serve_command(&short_content(), &place.address);
    command.args(["--listen", &address]);
    // The option is given twice, which is bad usage; so without the helper's own.
    let mut command_once = synaq();
    command_once
        .args(["serve", "--listen", &address, "--database", &place.address])
        .arg("--content")
        .arg(short_content())
        .env("SYNAQ_EXAM__DEFAULT_RULE", "short");
    assert!(fails(&mut command, 2).contains("--listen"));
    let message = fails(&mut command_once, 1);
    assert!(
        message.contains(&address) && message.contains("in use"),
        "{message}"
    );
}

#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let addresses = [
        format!("postgres://user:hunter22@127.0.0.1:{port}/db"),
        format!("postgres://127.0.0.1:{port}/db?user=user&password=hunter22"),
        format!("postgres://user:p@hunter22@127.0.0.1:{port}/db"),
        format!("postgres://user:p?hunter22@127.0.0.1:{port}/db"),
        "mysql://user:hunter22@127.0.0.1/db".to_owned(),
        "postgres://user:hunter22@[bad/db".to_owned(),
    ];
    // At once, because each tries for some seconds.
    std::thread::scope(|scope| {
        for address in &addresses {
            scope.spawn(move || {
                let message = fails(&mut serve_command(&short_content(), address), 1);
                assert!(!message.contains("hunter22"), "{message}");
                assert!(message.starts_with("synaq: cannot open "), "{message}");
            });
            scope.spawn(move || {
                let mut admin = synaq();
                admin.args([
                    "admin",
                    "create",
                    "--email",
                    "a@example.kz",
                    "--database",
                    address,
                ]);
                let message = fails(&mut admin, 1);
                assert!(!message.contains("hunter22"), "{message}");
            });
        }
    });
    let nowhere = Scratch::new("nowhere");
    let file = nowhere.path().join("no/such/directory/exam.db");
    let address = format!("sqlite://{}", file.display());
    let message = fails(&mut serve_command(&short_content(), &address), 1);
    assert!(message.contains(&address), "{message}");
}

#[test]
fn faulty_content_is_named_by_file_and_line() {
    let place = Place::sqlite();
    let dir = fixture("broken/many-faults");
    let message = fails(&mut serve_command(&dir, &place.address), 1);
    let first = format!(
        "{}:13: glossary.1.en: is missing",
        dir.join("bank/one.toml").display()
    );
    assert!(message.contains(&first), "{message}");
    assert!(message.lines().count() >= 8, "every fault: {message}");

    let missing = fixture("no-such-directory");
    let message = fails(&mut serve_command(&missing, &place.address), 1);
    assert!(message.contains("no-such-directory"), "{message}");
}

#[test]
fn a_default_rule_that_is_not_there_is_named_with_those_that_are() {
    let place = Place::sqlite();
    let mut command = serve_command(&short_content(), &place.address);
    let message = fails(command.env("SYNAQ_EXAM__DEFAULT_RULE", "none"), 1);
    assert!(
        message.contains("none") && message.contains("short, short-b1"),
        "{message}"
    );
}

#[test]
fn bad_usage_is_exit_code_two() {
    for arguments in [
        &[][..],
        &["dance"],
        &["serve", "--loud"],
        &["serve", "--listen", "nowhere"],
        &["admin"],
        &["admin", "create"],
    ] {
        let message = fails(synaq().args(arguments), 2);
        assert!(
            message.to_lowercase().contains("--help"),
            "{arguments:?}: {message}"
        );
    }
    for arguments in [
        &["--help"][..],
        &["serve", "--help"],
        &["admin", "create", "--help"],
    ] {
        let output = run_with_input(synaq().args(arguments), "");
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&output.stdout).contains("Usage"));
    }
}

#[test]
fn a_wrong_setting_is_named() {
    let place = Place::sqlite();
    for (name, value, part) in [
        ("SYNAQ_EXAM__GRACE_MS", "soon", "synaq_exam__grace_ms: "),
        ("SYNAQ_EXAM__GRACE", "1", "synaq_exam__grace: "),
        (
            "SYNAQ_RATE_LIMITS",
            "maybe",
            "synaq_rate_limits: unknown variant: found `maybe`, expected `on` or `off`",
        ),
        ("SYNAQ_LOG__FILTER", "a=b=c", "a=b=c"),
        // What the arithmetic of time could not hold, and what would let nobody in.
        (
            "SYNAQ_EXAM__SESSION_DAYS",
            "4000000000",
            "synaq_exam__session_days",
        ),
        ("SYNAQ_SERVER__REQUEST_SECONDS", "0", "goes from 1 to 3600"),
    ] {
        let mut command = serve_command(&short_content(), &place.address);
        let message = fails(command.env(name, value), 1);
        assert!(
            message.to_lowercase().contains(part),
            "{name}={value}: {message}"
        );
    }
}

#[test]
fn a_configuration_file_is_read_and_the_command_line_outweighs_it() {
    let place = Place::sqlite();
    let scratch = Scratch::new("config");
    let file = scratch.path().join("synaq.toml");
    let text = "[server]\ndatabase = \"mysql://nowhere\"\n[exam]\ndefault_rule = \"short\"\n";
    std::fs::write(&file, text).expect("written");
    let serve = |file: &Path| {
        let mut command = synaq();
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command
            .arg("--content")
            .arg(short_content())
            .arg("--config")
            .arg(file);
        command
    };
    assert!(fails(&mut serve(&file), 1).contains("nowhere"));
    let wrong = file.with_file_name("wrong.toml");
    std::fs::write(&wrong, "[exam]\ngrace_ms = \"soon\"\n").expect("written");
    let message = fails(&mut serve(&wrong), 1);
    assert!(message.contains("exam.grace_ms in "), "{message}");
    assert!(message.contains("wrong.toml: "), "{message}");
    let message = fails(&mut serve(&file.with_file_name("none.toml")), 1);
    assert!(message.contains("none.toml: "), "{message}");
    let running = Running::start(serve(&file).args(["--database", &place.address]));
    assert_eq!(running.terminate(), Some(0));
}

#[tokio::test]
async fn an_operator_is_made_with_the_password_from_standard_input() {
    let place = Place::sqlite();
    let create = |email: &str, input: &str| {
        let mut command = synaq();
        command.args([
            "admin",
            "create",
            "--email",
            email,
            "--database",
            &place.address,
        ]);
        run_with_input(&mut command, input)
    };
    let made = create("boss@example.kz", "a long enough password\nignored\n");
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let told = String::from_utf8_lossy(&made.stdout).into_owned() + &errors(&made);
    assert!(!told.contains("a long enough password"), "{told}");

    let generated = create("second@example.kz", "");
    let told = String::from_utf8_lossy(&generated.stdout).into_owned();
    let password = told
        .lines()
        .find_map(|line| line.strip_prefix("password: "));
    let password = password.expect("a password, once");
    assert!(password.len() >= 20);

    let world = crate::support::World::on(&place).await;
    for (email, password) in [
        ("boss@example.kz", "a long enough password"),
        ("second@example.kz", password),
    ] {
        let signed_in = world
            .exam
            .sign_in(email, password)
            .await
            .expect("signed in");
        assert_eq!(signed_in.account.role, synaq::service::Role::Operator);
    }
    for (email, input, part) in [
        (
            "boss@example.kz",
            "another long password\n",
            "has an account already",
        ),
        ("nobody", "another long password\n", "email"),
        ("third@example.kz", "short\n", "password"),
    ] {
        let refused = create(email, input);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(errors(&refused).contains(part), "{refused:?}");
    }
}

#[tokio::test]
async fn an_account_is_erased_from_the_command_line() {
    let place = Place::sqlite();
    let world = crate::support::World::on(&place).await;
    crate::support::school::account(&world, "anna").await;
    let erase = || {
        let mut command = synaq();
        let database = &place.address;
        command.args([
            "admin",
            "erase",
            "--email",
            "Anna@example.org",
            "--database",
            database,
        ]);
        run_with_input(&mut command, "")
    };
    let done = erase();
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let left = place.rows("select name from learners where email is not null or name is not null");
    assert!(left.await.is_empty());
    let again = erase();
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert!(errors(&again).contains("email"), "{again:?}");
}
