//! Samples to MP3: the one format that every browser in use plays.

use std::num::NonZeroU32;

use mp3lame_encoder::{Bitrate, Builder, FlushGap, Mode, MonoPcm, Quality, ffi};

/// Sample rate of every recording we make, in hertz: speech has nothing above 11 kHz that a listener needs.
pub(super) const SAMPLE_RATE: u32 = 22_050;

/// Silence that LAME (576 samples) and every decoder (529) put before the sound, in samples at [`SAMPLE_RATE`].
///
/// A frame of 48 kbit/s at this rate is too small for the Info frame that would tell players to skip it.
pub(super) const CODEC_DELAY: usize = 576 + 529;

/// LAME refused the recording; the text is its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the MP3 encoder failed: {0}")]
pub struct EncodeError(String);

/// Encodes mono samples at [`SAMPLE_RATE`] as MP3, 48 kbit/s at a constant rate (360 kB a minute).
///
/// No tag of any kind is written: a learner can open the file, and its name and tags must tell nothing. No frame borrows
/// room from those before it (LAME's bit reservoir is off), so that whole frames of different recordings can be joined.
pub(super) fn encode_mp3(samples: &[f32]) -> Result<Vec<u8>, EncodeError> {
    let fault = |error: &dyn std::fmt::Display| EncodeError(error.to_string());
    let mut builder = Builder::new()
        .ok_or_else(|| EncodeError("no memory for it".to_owned()))?
        .with_num_channels(1)
        .and_then(|lame| lame.with_mode(Mode::Mono))
        .and_then(|lame| lame.with_sample_rate(SAMPLE_RATE))
        // Left to itself LAME picks an output rate by the bit rate.
        .and_then(|lame| lame.with_output_sample_rate(NonZeroU32::new(SAMPLE_RATE)))
        .and_then(|lame| lame.with_brate(Bitrate::Kbps48))
        .and_then(|lame| lame.with_quality(Quality::SecondBest))
        .and_then(|lame| lame.with_to_write_vbr_tag(false))
        .map_err(|error| fault(&error))?;
    // SAFETY: the pointer is the live builder's own, is not kept, and the call writes one number behind it.
    if unsafe { ffi::lame_set_disable_reservoir(builder.as_ptr(), 1) } != 0 {
        return Err(EncodeError(
            "its bit reservoir cannot be turned off".to_owned(),
        ));
    }
    let mut encoder = builder.build().map_err(|error| fault(&error))?;
    // Sixteen bits, so that the rounding is ours and the same everywhere.
    let pcm: Vec<i16> = samples
        .iter()
        .map(|sample| (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16)
        .collect();
    let mut mp3 = Vec::with_capacity(mp3lame_encoder::max_required_buffer_size(pcm.len()));
    encoder
        .encode_to_vec(MonoPcm(&pcm), &mut mp3)
        .map_err(|error| fault(&error))?;
    // The flush wants 7,200 bytes of room.
    mp3.reserve(mp3lame_encoder::max_required_buffer_size(0));
    encoder
        .flush_to_vec::<FlushGap>(&mut mp3)
        .map_err(|error| fault(&error))?;
    Ok(mp3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::sine;

    #[test]
    fn the_stream_is_bare_frames_at_the_rate_we_set() {
        let mp3 = encode_mp3(&sine(440.0, 0.5, 10 * SAMPLE_RATE as usize)).unwrap();
        assert_eq!(mp3[0], 0xff, "a frame stands first, no tag");
        assert!(!mp3.windows(3).any(|w| w == b"ID3" || w == b"TAG"));
        // 48 kbit/s is 6,000 bytes a second; the delay and padding add less than 150 ms.
        assert!((60_000..60_900).contains(&mp3.len()), "{}", mp3.len());
    }

    #[test]
    fn the_same_samples_give_the_same_bytes() {
        let samples = sine(300.0, 0.7, 30_000);
        assert_eq!(encode_mp3(&samples), encode_mp3(&samples));
    }
}
