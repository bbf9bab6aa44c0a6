//! Recordings: what a sound file is worth, and how a script becomes one.
//!
//! Two readers come here. The bank's check asks [`probe`] whether a recording is whole and how long it is, and
//! compares its [`Manifest`] with the script it was made from. `synaq speak` hands a [`Script`] and a [`Voice`] to
//! [`speak`] and gets an MP3 with the time of every sentence.
//!
//! Nothing here plays sound, reads the clock or knows about learners. The bytes of a recording are untrusted input:
//! they give an error, never a panic. The same script and voice give the same bytes.

mod container;
mod decode;
mod encode;
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

pub use encode::EncodeError;
pub use manifest::{
    Manifest, ManifestError, SYNTHETIC, SentenceTime, expected_script_hash, sha256_hex,
};
pub use normalise::{Refusal, Take, TakeLimits, normalise};
pub use probe::{AudioError, Probe, probe};
pub use sentence::split_sentences;
pub use speak::{Script, Sentence, SpeakError, Spoken, Turn, rate_for_level, speak};
pub use voice::{CommandVoice, EspeakVoice, Voice, VoiceError};
