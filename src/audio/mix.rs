//! Clips of speech joined into one line of sound.

use std::num::NonZero;

use rodio::buffer::SamplesBuffer;
use rodio::source::{Zero, from_iter};
use rodio::{ChannelCount, SampleRate, Source};

use super::AudioError;
use super::container::close_streamed_wav;
use super::decode::decode;
use super::encode::SAMPLE_RATE;
use super::resample::resample;

const MONO: ChannelCount = NonZero::<u16>::MIN;
const RATE: SampleRate = NonZero::new(SAMPLE_RATE).unwrap();

/// What an engine leaves before and after the words is quieter than this: -50 dBFS.
const SILENCE: f32 = 0.003_162_278;
/// Kept of it on both sides, so that no soft consonant loses its breath: 10 ms.
const MARGIN: usize = SAMPLE_RATE as usize / 100;
/// The loudest sample of a recording: -3 dBFS, which leaves room for what MP3 adds.
const PEAK: f32 = 0.707_945_8;

/// A piece of a recording, in samples at [`SAMPLE_RATE`].
pub(super) enum Part {
    Speech(Vec<f32>),
    Pause(usize),
}

/// The samples of `ms` milliseconds.
pub(super) const fn samples_of(ms: u64) -> usize {
    (ms * SAMPLE_RATE as u64 / 1000) as usize
}

/// The milliseconds of `samples`, rounded down.
pub(super) const fn ms_of(samples: usize) -> u64 {
    samples as u64 * 1000 / SAMPLE_RATE as u64
}

/// An engine's WAV as mono samples at [`SAMPLE_RATE`], without the silence around the words.
///
/// Empty when the engine produced nothing but silence.
pub(super) fn clip(wav: Vec<u8>) -> Result<Vec<f32>, AudioError> {
    let wav = close_streamed_wav(wav);
    let mut interleaved = Vec::new();
    let sound = decode(&wav, |samples| interleaved.extend_from_slice(samples))?;
    let channels = usize::from(sound.channels);
    let mono: Vec<f32> = interleaved
        .chunks_exact(channels)
        .map(|frame| frame.iter().sum::<f32>() / channels as f32)
        .collect();
    Ok(trim(&resample(mono, sound.sample_rate, SAMPLE_RATE)?).to_vec())
}

fn trim(samples: &[f32]) -> &[f32] {
    let loud = |sample: &f32| sample.abs() >= SILENCE;
    let Some(first) = samples.iter().position(loud) else {
        return &[];
    };
    let last = samples.iter().rposition(loud).unwrap_or(first);
    &samples[first.saturating_sub(MARGIN)..(last + 1 + MARGIN).min(samples.len())]
}

/// Joins the parts in order and brings the loudest sample to -3 dBFS. Silence stays silence.
pub(super) fn join(parts: Vec<Part>) -> Vec<f32> {
    let sources = parts.into_iter().map(|part| -> Box<dyn Source + Send> {
        match part {
            Part::Speech(samples) => Box::new(SamplesBuffer::new(MONO, RATE, samples)),
            Part::Pause(samples) => Box::new(Zero::new_samples(MONO, RATE, samples)),
        }
    });
    let mut joined: Vec<f32> = from_iter(sources).collect();
    let peak = joined
        .iter()
        .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    if peak > 0.0 {
        let gain = PEAK / peak;
        for sample in &mut joined {
            *sample *= gain;
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{sine, sine_at, wav};

    fn peak(samples: &[f32]) -> f32 {
        samples.iter().fold(0.0, |peak, s| s.abs().max(peak))
    }

    #[test]
    fn parts_are_joined_to_the_sample_and_normalised() {
        let joined = join(vec![
            Part::Pause(100),
            Part::Speech(sine(300.0, 0.2, 1_000)),
            Part::Pause(0),
            Part::Speech(sine(300.0, 0.1, 500)),
            Part::Pause(50),
        ]);
        assert_eq!(joined.len(), 1_650);
        assert!((peak(&joined) - PEAK).abs() < 1e-4);
        assert!(joined[..100].iter().all(|s| *s == 0.0));
        assert_eq!(join(vec![Part::Pause(3)]), [0.0; 3]);
        assert!(join(Vec::new()).is_empty());
    }

    #[test]
    fn silence_around_speech_is_trimmed() {
        let mut samples = vec![0.001; 5_000];
        samples.extend(sine(300.0, 0.3, 2_000));
        samples.extend([0.0; 5_000]);
        let clip = clip(wav(SAMPLE_RATE, 1, &samples)).unwrap();
        assert!(
            (2_000..=2_000 + 2 * MARGIN).contains(&clip.len()),
            "{}",
            clip.len()
        );
        assert!(
            super::clip(wav(SAMPLE_RATE, 1, &[0.001; 500]))
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn other_rates_and_channels_become_ours() {
        for rate in [16_000, 24_000, 44_100, 48_000] {
            let mono = sine_at(rate, 440.0, 0.5, rate as usize);
            let stereo: Vec<f32> = mono.iter().flat_map(|s| [*s, *s]).collect();
            let clip = clip(wav(rate, 2, &stereo)).unwrap();
            assert!(
                clip.len().abs_diff(SAMPLE_RATE as usize) < 100,
                "{rate}: {}",
                clip.len()
            );
            assert!((peak(&clip) - 0.5).abs() < 0.05, "{rate}: {}", peak(&clip));
        }
    }
}
