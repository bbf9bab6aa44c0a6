#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| synaq_fuzz::run("small", bytes));
