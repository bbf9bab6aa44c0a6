//! Runs a parser on many inputs and says of the first bad one what it was.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use synaq::clock::Stopwatch;

use super::memory::most_bytes;
use super::mutate::Mutator;
use super::targets::Target;

/// How long one input may take. Most take microseconds; the machine may be busy with other tests.
const MOST_TIME: Duration = Duration::from_secs(20);

/// How much memory one input may take, in bytes.
const MOST_MEMORY: usize = 256 << 20;

/// How long a parser is fuzzed at most, however slow the machine.
const MOST_IN_ALL: Duration = Duration::from_secs(60);

/// The least of the inputs that must have been tried by then.
const LEAST: usize = 20;

/// Inputs that were bad once, and seeds that are nobody's file: `tests/fixtures/fuzz/TARGET`.
pub fn kept(target: &str) -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/fuzz")
        .join(target);
    files(&dir).iter().map(|path| read(path)).collect()
}

/// The files of a directory, in the order of their names; none where there is no directory.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths
}

/// A file's bytes.
pub fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// How many times as many inputs as usual: `SYNAQ_FUZZ_TIMES`, for a longer look.
fn times() -> usize {
    let times = std::env::var("SYNAQ_FUZZ_TIMES").ok();
    times.and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// Tries a parser on every seed as it is, on what was bad once, and on so many inputs made of them.
///
/// # Panics
/// With the input, on the first that makes the parser panic, take longer than [`MOST_TIME`] or more than
/// [`MOST_MEMORY`].
#[track_caller]
pub fn fuzz(name: &str, target: Target, mut seeds: Vec<Vec<u8>>, inputs: usize) {
    let inputs = inputs * times();
    let most_in_all = MOST_IN_ALL * times() as u32;
    seeds.extend(kept(name));
    let trial = Trial::new(target, MOST_TIME);
    for seed in seeds.iter().chain([&Vec::new()]) {
        trial.of(name, seed.clone());
    }
    let mut mutator = Mutator::new(2026, &seeds);
    let watch = Stopwatch::start();
    for done in 0..inputs {
        if watch.passed() > most_in_all {
            assert!(
                done >= LEAST,
                "{name}: only {done} of {inputs} inputs in {most_in_all:?}"
            );
            eprintln!("{name}: {done} of {inputs} inputs, for the machine is slow");
            return;
        }
        trial.of(name, mutator.next());
    }
}

/// A parser in a thread of its own, so that one that never ends is seen.
struct Trial {
    inputs: mpsc::Sender<Vec<u8>>,
    outcomes: mpsc::Receiver<Result<usize, String>>,
    most_time: Duration,
}

impl Trial {
    fn new(target: Target, most_time: Duration) -> Self {
        let (inputs, todo) = mpsc::channel::<Vec<u8>>();
        let (done, outcomes) = mpsc::channel();
        let work = move || {
            for input in todo {
                let mut outcome = Ok(());
                let bytes = most_bytes(|| {
                    outcome = catch_unwind(AssertUnwindSafe(|| target(&input)));
                });
                let outcome = match outcome {
                    Ok(()) => Ok(bytes),
                    Err(panic) => Err(message(&*panic)),
                };
                if done.send(outcome).is_err() {
                    return;
                }
            }
        };
        // As much stack as tokio gives its threads, which is where the server reads.
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work);
        drop(thread.expect("a thread"));
        Self {
            inputs,
            outcomes,
            most_time,
        }
    }

    #[track_caller]
    fn of(&self, name: &str, input: Vec<u8>) {
        self.inputs.send(input.clone()).expect("the thread lives");
        let fault = match self.outcomes.recv_timeout(self.most_time) {
            Ok(Ok(bytes)) if bytes <= MOST_MEMORY => return,
            Ok(Ok(bytes)) => format!("took {bytes} bytes"),
            Ok(Err(panic)) => format!("panicked: {panic}"),
            Err(_) => format!("took longer than {:?}", self.most_time),
        };
        panic!(
            "{name} {fault}\non these {} bytes, to be kept in tests/fixtures/fuzz/{name} once it is mended (base64):\n{}",
            input.len(),
            STANDARD.encode(&input)
        );
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without words").to_owned()
}

#[test]
#[should_panic(expected = "a parser panicked: no Q")]
fn a_parser_that_panics_for_one_byte_is_found() {
    let parser = |bytes: &[u8]| assert!(!bytes.contains(&b'Q'), "no Q");
    fuzz("a parser", parser, vec![b"some text".to_vec()], 20_000);
}

#[test]
#[should_panic(expected = "bytes\non these 3 bytes")]
fn a_parser_that_takes_what_a_head_asks_for_is_found() {
    let parser = |bytes: &[u8]| {
        std::hint::black_box(Vec::<u8>::with_capacity(bytes.len() << 27));
    };
    Trial::new(parser, MOST_TIME).of("a parser", b"abc".to_vec());
}

#[test]
#[should_panic(expected = "a parser took longer than 50ms")]
fn a_parser_that_never_ends_is_found() {
    let parser = |_: &[u8]| loop {
        std::thread::park();
    };
    Trial::new(parser, Duration::from_millis(50)).of("a parser", Vec::new());
}
