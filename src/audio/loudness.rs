//! How loud a recording is to an ear, by EBU R 128 (ITU-R BS.1770).

use ebur128::{EbuR128, Mode};

/// Full scale in decibels when nothing is heard.
const NOTHING: f64 = f64::NEG_INFINITY;

/// What a meter shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loudness {
    /// Integrated loudness in LUFS; minus infinity for silence and for less than 400 ms.
    pub integrated_lufs: f64,
    /// The highest peak between the samples too, in dBTP; minus infinity for silence.
    pub true_peak_dbtp: f64,
    /// Loudness range in LU: how far loud passages are from soft ones; 0 for less than three seconds.
    pub range_lu: f64,
}

impl Loudness {
    /// That of nothing.
    pub(super) const NONE: Self = Self {
        integrated_lufs: NOTHING,
        true_peak_dbtp: NOTHING,
        range_lu: 0.0,
    };
}

/// A meter that is fed piece by piece.
pub(super) struct Meter {
    /// None for a form that cannot be measured: no channel, or a rate that no meter knows.
    inner: Option<EbuR128>,
    channels: usize,
}

impl Meter {
    pub(super) fn new(channels: usize, sample_rate: u32) -> Self {
        let inner = u32::try_from(channels).ok().and_then(|channels| {
            EbuR128::new(channels, sample_rate, Mode::I | Mode::LRA | Mode::TRUE_PEAK).ok()
        });
        Self { inner, channels }
    }

    /// Takes interleaved samples.
    pub(super) fn add(&mut self, samples: &[f32]) {
        if let Some(inner) = &mut self.inner
            && inner.add_frames_f32(samples).is_err()
        {
            self.inner = None;
        }
    }

    pub(super) fn read(&self) -> Loudness {
        let Some(inner) = &self.inner else {
            return Loudness::NONE;
        };
        let peak = (0..self.channels as u32)
            .filter_map(|channel| inner.true_peak(channel).ok())
            .fold(0.0, f64::max);
        Loudness {
            integrated_lufs: inner.loudness_global().unwrap_or(NOTHING),
            true_peak_dbtp: decibels(peak),
            range_lu: inner.loudness_range().unwrap_or(0.0),
        }
    }
}

/// Mono samples at our own rate.
pub(super) fn measure(samples: &[f32], sample_rate: u32) -> Loudness {
    let mut meter = Meter::new(1, sample_rate);
    meter.add(samples);
    meter.read()
}

/// The loudness of speech of any length: what is shorter than a meter needs is heard over and over.
pub(super) fn loudness_of_speech(samples: &[f32], sample_rate: u32) -> f64 {
    let mut meter = Meter::new(1, sample_rate);
    let enough = sample_rate as usize * 2;
    let mut fed = 0;
    while fed < enough && !samples.is_empty() {
        meter.add(samples);
        fed += samples.len();
    }
    meter.read().integrated_lufs
}

/// A share of full scale in decibels.
pub(super) fn decibels(share: f64) -> f64 {
    20.0 * share.log10()
}

/// Decibels as a factor.
pub(super) fn factor(decibels: f64) -> f32 {
    10f64.powf(decibels / 20.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{sine, sine_at};

    #[test]
    fn the_tone_of_the_standard_is_as_loud_as_it_says() {
        // BS.1770: a 997 Hz sine at 0 dBFS in one channel is -3.01 LKFS.
        let found = measure(&sine_at(48_000, 997.0, 1.0, 96_000), 48_000);
        assert!((found.integrated_lufs + 3.01).abs() < 0.1, "{found:?}");
        assert!(found.true_peak_dbtp.abs() < 0.1, "{found:?}");
        let ours = measure(&sine(997.0, 0.1, 66_150), 22_050);
        assert!((ours.integrated_lufs + 23.01).abs() < 0.1, "{ours:?}");
    }

    #[test]
    fn silence_and_little_have_no_loudness() {
        assert_eq!(measure(&[0.0; 44_100], 22_050).integrated_lufs, NOTHING);
        assert_eq!(
            measure(&sine(997.0, 0.5, 4_000), 22_050).integrated_lufs,
            NOTHING
        );
        assert_eq!(loudness_of_speech(&[], 22_050), NOTHING);
        let short = loudness_of_speech(&sine(997.0, 0.1, 4_000), 22_050);
        assert!((short + 23.01).abs() < 0.3, "{short}");
    }
}
