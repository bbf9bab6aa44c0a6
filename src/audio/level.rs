//! Every recording equally loud: a gain, a limiter where it would pass the ceiling, and the MP3 measured as it decodes.

use std::collections::VecDeque;

use super::AudioError;
use super::decode::decode;
use super::encode::{EncodeError, SAMPLE_RATE, encode_mp3};
use super::loudness::{Loudness, factor, measure};
use crate::domain::speech::{MOST_DBTP, TARGET_LUFS};

/// What the samples are held under, in dBTP: an MP3 decodes to a little more than went into it.
const CEILING_DBTP: f64 = -1.3;
/// How near the loudness is brought, in LU.
const NEAR_LU: f64 = 0.1;
/// How near the decoded MP3 must be, in LU, or it is made once more.
const NEAR_ENOUGH_LU: f64 = 0.4;
/// How often gain and limiter are tried before a sound is given up.
const ROUNDS: usize = 12;
/// A decibel of gain is taken to bring this much loudness at least.
const LEAST_BROUGHT: f64 = 0.25;
/// How often the MP3 is made.
const ENCODINGS: usize = 4;
/// The limiter begins this long before a peak and ends this long after it: 4 ms.
const REACH: usize = SAMPLE_RATE as usize * 4 / 1000;

/// A finished recording.
pub(super) struct Finished {
    pub mp3: Vec<u8>,
    /// The MP3 as a player decodes it.
    pub heard: Vec<f32>,
    pub loudness: Loudness,
}

/// Why a sound has no finished recording.
#[derive(Debug, thiserror::Error)]
pub enum LevelError {
    /// Silence, or peaks so far above the rest that no gain brings it to its loudness.
    #[error("it cannot be brought to {TARGET_LUFS} LUFS: it is almost silent but for single peaks")]
    Uneven,
    /// The encoder failed.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The finished MP3 does not decode.
    #[error("the finished MP3 fails its own check: {0}")]
    Finished(#[source] AudioError),
}

/// Brings mono samples at [`SAMPLE_RATE`] to the loudness of every recording and encodes them.
pub(super) fn finish(samples: &[f32]) -> Result<Finished, LevelError> {
    let (mut target, mut ceiling) = (TARGET_LUFS, CEILING_DBTP);
    for _ in 0..ENCODINGS {
        let levelled = level(samples, target, ceiling).ok_or(LevelError::Uneven)?;
        let mp3 = encode_mp3(&levelled)?;
        let mut heard = Vec::with_capacity(levelled.len());
        decode(&mp3, |samples| heard.extend_from_slice(samples)).map_err(LevelError::Finished)?;
        let loudness = measure(&heard, SAMPLE_RATE);
        let off = TARGET_LUFS - loudness.integrated_lufs;
        // Under it also when it is written to one place behind the point.
        let over = loudness.true_peak_dbtp - (MOST_DBTP - 0.06);
        if off.abs() <= NEAR_ENOUGH_LU && over < 0.0 {
            return Ok(Finished {
                mp3,
                heard,
                loudness,
            });
        }
        if !off.is_finite() {
            break;
        }
        target += off;
        if over >= 0.0 {
            ceiling -= over + 0.2;
        }
    }
    Err(LevelError::Uneven)
}

/// The samples at a loudness, no peak above the ceiling; `None` when there is no such gain.
fn level(samples: &[f32], target_lufs: f64, ceiling_dbtp: f64) -> Option<Vec<f32>> {
    let before = measure(samples, SAMPLE_RATE);
    let mut gain = target_lufs - before.integrated_lufs;
    let mut threshold = ceiling_dbtp;
    let mut last: Option<(f64, f64)> = None;
    for _ in 0..ROUNDS {
        if !gain.is_finite() {
            return None;
        }
        let mut levelled: Vec<f32> = samples.iter().map(|s| s * factor(gain)).collect();
        limit(&mut levelled, factor(threshold));
        let found = measure(&levelled, SAMPLE_RATE);
        let off = target_lufs - found.integrated_lufs;
        let over = found.true_peak_dbtp - ceiling_dbtp;
        if off.abs() <= NEAR_LU && over <= 0.05 {
            return Some(levelled);
        }
        // The more is limited, the less a decibel more brings: how much, the last two rounds tell.
        let brings = last.map_or(1.0, |(before, lufs)| {
            (found.integrated_lufs - lufs) / (gain - before)
        });
        last = Some((gain, found.integrated_lufs));
        gain += off / brings.clamp(LEAST_BROUGHT, 1.0);
        if over > 0.0 {
            threshold -= over;
        }
    }
    None
}

/// Turns the sound down around each sample above the ceiling, softly, so that no sample is left above it.
///
/// The gain that each sample needs is first spread to the smallest within reach, then averaged over as much: the average
/// around a peak is of gains that are all small enough for it.
fn limit(samples: &mut [f32], ceiling: f32) {
    let needed: Vec<f32> = samples
        .iter()
        .map(|sample| (ceiling / sample.abs().max(f32::MIN_POSITIVE)).min(1.0))
        .collect();
    if needed.iter().all(|gain| *gain >= 1.0) {
        return;
    }
    let spread = smallest_within(&needed, REACH);
    let width = (2 * REACH + 1) as f64;
    let at = |index: isize| -> f64 {
        let index = index.clamp(0, spread.len() as isize - 1);
        f64::from(spread[index as usize])
    };
    let reach = REACH as isize;
    let mut sum: f64 = (-reach..=reach).map(at).sum();
    for (index, sample) in samples.iter_mut().enumerate() {
        *sample *= (sum / width) as f32;
        let index = index as isize;
        sum += at(index + reach + 1) - at(index - reach);
    }
}

/// For each value the smallest of those up to `reach` before and after it.
fn smallest_within(values: &[f32], reach: usize) -> Vec<f32> {
    let mut smallest = Vec::with_capacity(values.len());
    // Places of values that can still become the smallest, the values rising.
    let mut waiting: VecDeque<usize> = VecDeque::new();
    for index in 0..values.len() + reach {
        if let Some(value) = values.get(index) {
            while waiting.back().is_some_and(|last| values[*last] >= *value) {
                waiting.pop_back();
            }
            waiting.push_back(index);
        }
        if let Some(centre) = index.checked_sub(reach) {
            while waiting.front().is_some_and(|first| first + reach < centre) {
                waiting.pop_front();
            }
            smallest.push(waiting.front().map_or(1.0, |first| values[*first]));
        }
    }
    smallest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::sine;

    /// Two seconds of soft speech with a hard knock in every half second.
    fn knocks() -> Vec<f32> {
        let mut samples = sine(300.0, 0.05, 2 * SAMPLE_RATE as usize);
        for knock in samples.chunks_mut(SAMPLE_RATE as usize / 2) {
            knock[4_000..4_030].fill(0.9);
        }
        samples
    }

    #[test]
    fn soft_loud_and_knocking_sounds_end_equally_loud() {
        for samples in [
            sine(300.0, 0.01, 40_000),
            sine(300.0, 1.0, 40_000),
            knocks(),
        ] {
            let found = finish(&samples).unwrap().loudness;
            assert!(
                (found.integrated_lufs - TARGET_LUFS).abs() <= 0.5,
                "{found:?}"
            );
            assert!(found.true_peak_dbtp < MOST_DBTP, "{found:?}");
        }
    }

    #[test]
    fn the_limiter_leaves_no_peak_and_touches_nothing_far_from_one() {
        let mut samples = sine(300.0, 0.3, 10_000);
        let before = samples.clone();
        samples[5_000..5_004].fill(1.0);
        limit(&mut samples, 0.5);
        assert!(samples.iter().all(|s| s.abs() <= 0.500_01));
        let far = 3 * REACH;
        assert_eq!(samples[..5_000 - far], before[..5_000 - far]);
        assert_eq!(samples[5_004 + far..], before[5_004 + far..]);
    }

    #[test]
    fn silence_cannot_be_made_loud() {
        assert!(matches!(finish(&[0.0; 22_050]), Err(LevelError::Uneven)));
    }

    #[test]
    fn the_smallest_is_found_within_reach() {
        let found = smallest_within(&[5.0, 1.0, 4.0, 6.0, 7.0, 3.0], 1);
        assert_eq!(found, [1.0, 1.0, 1.0, 4.0, 3.0, 3.0]);
        assert_eq!(smallest_within(&[2.0], 9), [2.0]);
        assert!(smallest_within(&[], 3).is_empty());
    }
}
