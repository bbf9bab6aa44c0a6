//! The parsers under trial are those of the tests: see tests/it/fuzz.

// The tests want more of it than a fuzzer does.
#[allow(unused_imports)]
#[path = "../../tests/it/fuzz/targets/mod.rs"]
mod targets;

/// Runs a parser by its name.
pub fn run(name: &str, bytes: &[u8]) {
    // The fuzzer's hook aborts at every panic; those of the decoders are caught, and the upload refused.
    static CAUGHT: std::sync::Once = std::sync::Once::new();
    CAUGHT.call_once(|| drop(std::panic::take_hook()));
    let (_, target) = targets::TARGETS
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a parser");
    target(bytes);
}
