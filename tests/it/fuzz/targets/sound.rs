//! Recordings that somebody sends.

use synaq::audio::{self, TakeLimits};

/// As much as is heard of an upload here: what counts is the parsers and not the length.
const LIMITS: TakeLimits = TakeLimits {
    bytes: 256 * 1024,
    least_ms: 200,
    most_ms: 5_000,
};

/// What `synaq check` does with a recording of the bank.
pub fn probe(bytes: &[u8]) {
    let _ = audio::segment_ms(bytes);
    if let Ok(probe) = audio::probe(bytes) {
        assert!(probe.peak.is_finite() && probe.channels > 0 && probe.sample_rate > 0);
    }
}

/// What an upload goes through: of whatever is accepted, a recording of ours is made.
pub fn normalise(bytes: &[u8]) {
    match audio::normalise(bytes, &LIMITS) {
        Ok(take) => {
            let probe = audio::probe(&take.mp3).expect("ours");
            assert_eq!((probe.channels, probe.sample_rate), (1, 22_050));
            let ms = audio::segment_ms(&take.mp3).expect("it can be joined");
            assert!(ms <= LIMITS.most_ms + 2_000, "{ms} ms");
        }
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
}
