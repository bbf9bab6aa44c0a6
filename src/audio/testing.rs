//! Sounds and a voice for the tests of this room.

use std::f32::consts::TAU;

use super::{Voice, VoiceError};

/// A 16-bit WAV of interleaved samples.
pub(super) fn wav(sample_rate: u32, channels: u16, samples: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes())
        .collect();
    let mut wav = b"RIFF".to_vec();
    wav.extend_from_slice(&(36 + data.len() as u32).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0");
    wav.extend_from_slice(&channels.to_le_bytes());
    wav.extend_from_slice(&sample_rate.to_le_bytes());
    wav.extend_from_slice(&(sample_rate * u32::from(channels) * 2).to_le_bytes());
    wav.extend_from_slice(&(channels * 2).to_le_bytes());
    wav.extend_from_slice(b"\x10\0data");
    wav.extend_from_slice(&(data.len() as u32).to_le_bytes());
    wav.extend_from_slice(&data);
    wav
}

/// A sine at 22,050 Hz.
pub(super) fn sine(hertz: f32, amplitude: f32, samples: usize) -> Vec<f32> {
    sine_at(22_050, hertz, amplitude, samples)
}

/// A sine at any sample rate.
pub(super) fn sine_at(sample_rate: u32, hertz: f32, amplitude: f32, samples: usize) -> Vec<f32> {
    (0..samples)
        .map(|n| amplitude * (TAU * hertz * n as f32 / sample_rate as f32).sin())
        .collect()
}

/// Speaks every text as 50 ms of a tone a letter, men softly, with 200 ms of silence around it, in a streamed 16 kHz WAV.
pub(super) struct SineVoice;

impl Voice for SineVoice {
    fn family(&self) -> String {
        "sine".to_owned()
    }

    fn engine(&self) -> Result<String, VoiceError> {
        Ok("sine 1".to_owned())
    }

    fn speak(&self, voice: &str, text: &str, _rate_wpm: u32) -> Result<Vec<u8>, VoiceError> {
        let (hertz, amplitude) = match voice.contains('f') {
            true => (600.0, 0.4),
            false => (300.0, 0.05),
        };
        let mut samples = vec![0.0; 3_200];
        samples.extend(sine_at(
            16_000,
            hertz,
            amplitude,
            text.chars().count() * 800,
        ));
        samples.extend([0.0; 3_200]);
        let mut wav = wav(16_000, 1, &samples);
        wav[40..44].copy_from_slice(&0x7fff_f000_u32.to_le_bytes());
        Ok(wav)
    }
}
