//! Recordings: what a sound file is worth, and how a script becomes one.
//!
//! The bank's check asks [`probe`] whether a recording is whole, how long and how loud it is. `synaq speak` hands a
//! [`Script`] and a [`Voice`] to [`speak`] and gets an MP3 with the time of every sentence. [`normalise`] makes a
//! recording of ours from an upload of somebody's voice. All of ours are alike: mono, 22,050 Hz, 48 kbit/s, -16 LUFS,
//! true peak under -1 dBTP, and [`stitch`] joins them frame by frame.
//!
//! Nothing here plays sound, reads the clock or knows about learners. The bytes of a recording are untrusted input:
//! they give an error, never a panic. The same script and voice give the same bytes.

mod beep;
mod container;
mod decode;
mod encode;
mod frames;
mod level;
mod loudness;
mod manifest;
mod mix;
mod normalise;
mod ogg;
mod opus;
mod probe;
mod resample;
mod sentence;
mod speak;
mod voice;

#[cfg(test)]
mod testing;

pub use beep::beep;
pub use encode::EncodeError;
pub use frames::{Segment, StitchError, Stitched, segment_ms, silence_ms, stitch};
pub use level::LevelError;
pub use loudness::Loudness;
pub use manifest::{
    Manifest, ManifestError, SYNTHETIC, SentenceTime, expected_script_hash, sha256_hex,
};
pub use normalise::{Refusal, Take, TakeLimits, normalise};
pub use probe::{AudioError, Probe, probe};
pub use sentence::split_sentences;
pub use speak::{Script, Sentence, SpeakError, Spoken, Turn, rate_for_level, speak};
pub use voice::{CommandVoice, EspeakVoice, Voice, VoiceError};
