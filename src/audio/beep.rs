//! The tone between two parts of a track.

use std::f32::consts::{PI, TAU};

use super::encode::{EncodeError, SAMPLE_RATE, encode_mp3};
use super::mix::samples_of;

/// An A that no voice has.
const HERTZ: f32 = 880.0;
/// As long as it takes to notice it.
const LENGTH_MS: u64 = 350;
/// It comes and goes over this, lest it click.
const FADE_MS: u64 = 40;
/// About -22 LUFS: six under the speech around it.
const AMPLITUDE: f32 = 0.112;
/// Silence after it.
const TAIL_MS: u64 = 50;

/// A soft tone of 880 Hz, 350 ms, as an MP3 that can be joined to recordings of ours.
///
/// # Errors
/// [`EncodeError`] when the encoder has no memory.
pub fn beep() -> Result<Vec<u8>, EncodeError> {
    let (length, fade) = (samples_of(LENGTH_MS), samples_of(FADE_MS));
    let mut samples: Vec<f32> = (0..length)
        .map(|n| {
            let edge = n.min(length - 1 - n).min(fade) as f32 / fade as f32;
            let soft = 0.5 - 0.5 * (PI * edge).cos();
            AMPLITUDE * soft * (TAU * HERTZ * n as f32 / SAMPLE_RATE as f32).sin()
        })
        .collect();
    samples.extend(std::iter::repeat_n(0.0, samples_of(TAIL_MS)));
    encode_mp3(&samples)
}
