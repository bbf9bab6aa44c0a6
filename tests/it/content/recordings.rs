//! The bank's recordings say what its scripts say: `synaq speak` has nothing left to make.

use std::path::Path;
use std::process::Command;

use crate::support::{Scratch, own_content};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match from.is_dir() {
            true => copy(&from, &to),
            false => std::fs::copy(&from, &to).map(drop).expect("copied"),
        }
    }
}

#[test]
fn no_script_has_changed_since_it_was_spoken() {
    // A copy: where a recording is out of date, it would be made anew in its place.
    let scratch = Scratch::new("speak");
    for part in ["bank/listening", "audio"] {
        copy(&own_content().join(part), &scratch.path().join(part));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_synaq"))
        .args(["speak", "--content"])
        .arg(scratch.path())
        .output()
        .expect("synaq runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(said.contains("\n0 made, "), "run synaq speak:\n{said}");
}
