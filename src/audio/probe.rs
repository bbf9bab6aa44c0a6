//! What a recording holds, found by decoding all of it.
//!
//! A header can promise anything; an exam needs to know that the sound is there to its last packet.

use std::ops::ControlFlow;

use super::container::Accept;
use super::decode::decode_while;
use super::loudness::{Loudness, Meter};

/// Why bytes are not a usable recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AudioError {
    /// No bytes, or a container without a single sample.
    #[error("the recording is empty")]
    Empty,
    /// Nothing that any known container begins with.
    #[error("this is not a recording: MP3, M4A (AAC), WAV and FLAC are understood")]
    NotAudio,
    /// A recording in a container or codec that not every browser plays; the text names it.
    #[error("{0} is not supported: convert the recording to MP3")]
    Unsupported(String),
    /// A damaged or truncated stream; the text says where or how.
    #[error("the recording is damaged: {0}")]
    Corrupt(String),
}

/// What was heard when every packet of a recording was decoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probe {
    /// Length of the sound in milliseconds, rounded down.
    pub duration_ms: u64,
    /// 1 is mono, 2 is stereo.
    pub channels: u16,
    /// Frames a second, in hertz.
    pub sample_rate: u32,
    /// The largest absolute sample; 1.0 is full scale, 0.0 is silence. A lossy codec may pass 1.0 a little.
    pub peak: f32,
    /// How loud it is.
    pub loudness: Loudness,
}

/// Decodes the whole recording and measures it.
///
/// Silence is not an error: [`Probe::peak`] tells it.
///
/// # Errors
/// [`AudioError::Empty`], [`AudioError::NotAudio`], [`AudioError::Unsupported`], or [`AudioError::Corrupt`] when a
/// packet fails to decode or the end is missing. An MP3 that states no length (no Xing or Info frame) and is cut
/// exactly between two frames cannot be told from a shorter recording; its manifest's hash can.
pub fn probe(bytes: &[u8]) -> Result<Probe, AudioError> {
    let mut peak = 0.0f32;
    let mut finite = true;
    let mut meter: Option<Meter> = None;
    let (_, sound) = decode_while(bytes, Accept::Playable, |form, samples| {
        for sample in samples {
            peak = peak.max(sample.abs());
            finite &= sample.is_finite();
        }
        meter
            .get_or_insert_with(|| Meter::new(form.channels, form.sample_rate))
            .add(samples);
        ControlFlow::Continue(())
    })?;
    let sound = sound.ok_or(AudioError::Empty)?;
    if !finite {
        return Err(AudioError::Corrupt(
            "it holds samples that are not numbers".to_owned(),
        ));
    }
    Ok(Probe {
        duration_ms: sound.frames.saturating_mul(1000) / u64::from(sound.sample_rate),
        channels: sound.channels,
        sample_rate: sound.sample_rate,
        peak,
        loudness: meter.map_or(Loudness::NONE, |meter| meter.read()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::encode::encode_mp3;
    use crate::audio::testing::{sine, wav};
    use proptest::prelude::{ProptestConfig, any, proptest};

    #[test]
    fn a_wav_is_measured() {
        let found = probe(&wav(8_000, 2, &[0.0, 0.5, -0.25, 0.0].repeat(2_000))).unwrap();
        assert_eq!(
            (found.duration_ms, found.channels, found.sample_rate),
            (500, 2, 8_000)
        );
        assert!((found.peak - 0.5).abs() < 0.001);
    }

    #[test]
    fn an_mp3_is_measured_and_silence_is_no_error() {
        let found = probe(&encode_mp3(&sine(440.0, 0.5, 22_050)).unwrap()).unwrap();
        assert_eq!((found.channels, found.sample_rate), (1, 22_050));
        // A second and the encoder's delay and padding: this MP3 states no length.
        assert!((1_000..1_130).contains(&found.duration_ms), "{found:?}");
        assert!((found.peak - 0.5).abs() < 0.05, "{found:?}");
        let silent = probe(&encode_mp3(&[0.0; 22_050]).unwrap()).unwrap();
        assert!(silent.peak < 0.001);
    }

    #[test]
    fn tags_around_an_mp3_are_skipped() {
        let mp3 = encode_mp3(&sine(440.0, 0.5, 22_050)).unwrap();
        let plain = probe(&mp3).unwrap();
        let mut tagged = b"ID3\x04\0\0\0\0\0\x05hello".to_vec();
        tagged.extend_from_slice(&mp3);
        tagged.extend_from_slice(b"TAG");
        tagged.extend_from_slice(&[b' '; 125]);
        assert_eq!(probe(&tagged), Ok(plain));
    }

    #[test]
    fn a_truncated_recording_is_damaged() {
        let mp3 = encode_mp3(&sine(440.0, 0.5, 22_050)).unwrap();
        let wav = wav(22_050, 1, &sine(440.0, 0.5, 2_205));
        for whole in [mp3, wav] {
            for cut in [1, 7, 50, 100] {
                let found = probe(&whole[..whole.len() - cut]);
                assert!(
                    matches!(found, Err(AudioError::Corrupt(_))),
                    "{cut}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn a_damaged_middle_is_found() {
        let mut mp3 = encode_mp3(&sine(440.0, 0.5, 22_050)).unwrap();
        let middle = mp3.len() / 2;
        mp3[middle..middle + 400].fill(0x55);
        assert!(matches!(probe(&mp3), Err(AudioError::Corrupt(_))));
    }

    #[test]
    fn other_files_are_not_audio() {
        assert_eq!(probe(b""), Err(AudioError::Empty));
        assert_eq!(probe(b"<html>not found</html>"), Err(AudioError::NotAudio));
        assert_eq!(probe(&wav(22_050, 1, &[])), Err(AudioError::Empty));
        assert!(probe(b"RIFF\0\0\0\0WAVE").is_err());
        assert!(probe(b"fLaC").is_err());
        assert!(probe(b"\0\0\0\x08ftyp").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn random_bytes_are_an_error(start in 0usize..6, noise in proptest::collection::vec(any::<u8>(), 1..4096)) {
            const STARTS: [&[u8]; 6] =
                [b"", b"\xff\xfb\x90\x00", b"RIFF\0\0\0\0WAVEfmt ", b"fLaC\0\0\0\x22", b"\0\0\0\x08ftyp", b"ID3\x03\0\0"];
            let mut bytes = STARTS[start].to_vec();
            bytes.extend_from_slice(&noise);
            assert!(probe(&bytes).is_err());
        }

        #[test]
        fn a_changed_byte_never_panics(at in 0usize..4000, byte in any::<u8>(), mp3 in any::<bool>()) {
            let samples = sine(440.0, 0.5, 8_000);
            let mut bytes = if mp3 { encode_mp3(&samples).unwrap() } else { wav(22_050, 1, &samples) };
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = probe(&bytes);
        }
    }
}
