//! Clips of speech joined into one line of sound.

use std::num::NonZero;

use rodio::buffer::SamplesBuffer;
use rodio::source::{Zero, from_iter};
use rodio::{ChannelCount, SampleRate, Source};

use super::AudioError;
use super::container::close_streamed_wav;
use super::decode::decode;
use super::encode::SAMPLE_RATE;
use super::loudness::{factor, loudness_of_speech};
use super::resample::resample;
use crate::domain::speech::TARGET_LUFS;

const MONO: ChannelCount = NonZero::<u16>::MIN;
const RATE: SampleRate = NonZero::new(SAMPLE_RATE).unwrap();

/// What an engine leaves before and after the words is quieter than this: -50 dBFS.
const SILENCE: f32 = 0.003_162_278;
/// Kept of it on both sides, so that no soft consonant loses its breath: 10 ms.
const MARGIN: usize = SAMPLE_RATE as usize / 100;

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
    let mut ours = resample(mono, sound.sample_rate, SAMPLE_RATE)?;
    centre(&mut ours);
    Ok(trim(&ours).to_vec())
}

/// Takes away a constant offset, which nobody hears and every meter of peaks counts.
pub(super) fn centre(samples: &mut [f32]) {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample)).sum();
    let mean = (sum / samples.len().max(1) as f64) as f32;
    for sample in samples {
        *sample -= mean;
    }
}

fn trim(samples: &[f32]) -> &[f32] {
    let loud = |sample: &f32| sample.abs() >= SILENCE;
    let Some(first) = samples.iter().position(loud) else {
        return &[];
    };
    let last = samples.iter().rposition(loud).unwrap_or(first);
    &samples[first.saturating_sub(MARGIN)..(last + 1 + MARGIN).min(samples.len())]
}

/// Brings all that one voice says to the loudness of every recording, so that no speaker is softer than another.
pub(super) fn equalise(clips: &mut [&mut Vec<f32>]) {
    let all: Vec<f32> = clips.iter().flat_map(|clip| clip.iter().copied()).collect();
    let gain = TARGET_LUFS - loudness_of_speech(&all, SAMPLE_RATE);
    // Silence has no loudness that a gain could bring anywhere.
    if gain.is_finite() {
        let gain = factor(gain);
        for sample in clips.iter_mut().flat_map(|clip| clip.iter_mut()) {
            *sample *= gain;
        }
    }
}

/// Joins the parts in order.
pub(super) fn join(parts: Vec<Part>) -> Vec<f32> {
    let sources = parts.into_iter().map(|part| -> Box<dyn Source + Send> {
        match part {
            Part::Speech(samples) => Box::new(SamplesBuffer::new(MONO, RATE, samples)),
            Part::Pause(samples) => Box::new(Zero::new_samples(MONO, RATE, samples)),
        }
    });
    from_iter(sources).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{sine, sine_at, wav};

    fn peak(samples: &[f32]) -> f32 {
        samples.iter().fold(0.0, |peak, s| s.abs().max(peak))
    }

    #[test]
    fn parts_are_joined_to_the_sample() {
        let joined = join(vec![
            Part::Pause(100),
            Part::Speech(sine(300.0, 0.2, 1_000)),
            Part::Pause(0),
            Part::Speech(sine(300.0, 0.1, 500)),
            Part::Pause(50),
        ]);
        assert_eq!(joined.len(), 1_650);
        assert!((peak(&joined) - 0.2).abs() < 1e-4);
        assert!(joined[..100].iter().all(|s| *s == 0.0));
        assert_eq!(join(vec![Part::Pause(3)]), [0.0; 3]);
        assert!(join(Vec::new()).is_empty());
    }

    #[test]
    fn an_offset_goes_and_a_voice_stays() {
        let mut samples: Vec<f32> = sine(300.0, 0.2, 22_050).iter().map(|s| s + 0.4).collect();
        centre(&mut samples);
        assert!((peak(&samples) - 0.2).abs() < 0.001, "{}", peak(&samples));
        centre(&mut []);
    }

    #[test]
    fn a_soft_voice_becomes_as_loud_as_a_loud_one() {
        let loudness = |clip: &[f32]| loudness_of_speech(clip, SAMPLE_RATE);
        let (mut soft, mut short) = (sine(300.0, 0.01, 30_000), sine(300.0, 0.01, 2_000));
        let mut loud = sine(500.0, 0.6, 30_000);
        equalise(&mut [&mut soft, &mut short]);
        equalise(&mut [&mut loud]);
        for clip in [&soft, &short, &loud] {
            let found = loudness(clip);
            assert!((found - TARGET_LUFS).abs() < 0.3, "{found}");
        }
        let mut silence = vec![0.0; 9_000];
        equalise(&mut [&mut silence]);
        assert!(silence.iter().all(|sample| *sample == 0.0));
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
