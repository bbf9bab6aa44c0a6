//! What a recording holds, found by decoding all of it.
//!
//! A header can promise anything; an exam needs to know that the sound is there to its last packet.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use symphonia::core::audio::SampleBuffer;
use symphonia::core::codecs::{CodecRegistry, DecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::codecs::{AacDecoder, FlacDecoder, MpaDecoder, PcmDecoder};
use symphonia::default::formats::{FlacReader, IsoMp4Reader, MpaReader, WavReader};

use super::container::{self, Container};

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
    let sound = decode(bytes, |samples| {
        for sample in samples {
            peak = peak.max(sample.abs());
            finite &= sample.is_finite();
        }
    })?;
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
    })
}

/// The form of a decoded stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sound {
    pub channels: u16,
    pub sample_rate: u32,
    /// Samples a channel, without the silence that an encoder declares as its own.
    pub frames: u64,
}

/// Decodes every packet and hands its interleaved samples to `sink`.
pub(super) fn decode(bytes: &[u8], sink: impl FnMut(&[f32])) -> Result<Sound, AudioError> {
    let (container, bytes) = container::open(bytes)?;
    // The decoders are written not to panic, and no one can promise it for every input. A recording is untrusted, and
    // one bad file must not end the check of a bank. What the sink has heard until then is thrown away with the error.
    catch_unwind(AssertUnwindSafe(|| decode_open(container, bytes, sink)))
        .unwrap_or_else(|_| Err(AudioError::Corrupt("the decoder gave up on it".to_owned())))
}

/// The codecs of the containers we take. ADPCM, ALAC and the like are left out: browsers do not agree on them.
static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    codecs.register_all::<MpaDecoder>();
    codecs.register_all::<AacDecoder>();
    codecs.register_all::<PcmDecoder>();
    codecs.register_all::<FlacDecoder>();
    codecs
});

fn reader(container: Container, bytes: Vec<u8>) -> Result<Box<dyn FormatReader>, Error> {
    let source = MediaSourceStream::new(
        Box::new(Cursor::new(bytes)),
        MediaSourceStreamOptions::default(),
    );
    let mut options = FormatOptions::default();
    Ok(match container {
        Container::Mp3 { .. } => {
            // With gapless reading an MP3 that states no length would be cut at the reader's estimate of one.
            options.enable_gapless = false;
            Box::new(MpaReader::try_new(source, &options)?)
        }
        Container::Mp4 => Box::new(IsoMp4Reader::try_new(source, &options)?),
        Container::Wav => Box::new(WavReader::try_new(source, &options)?),
        Container::Flac => Box::new(FlacReader::try_new(source, &options)?),
    })
}

fn decode_open(
    container: Container,
    bytes: Vec<u8>,
    mut sink: impl FnMut(&[f32]),
) -> Result<Sound, AudioError> {
    let mut reader = reader(container, bytes).map_err(fault)?;
    let (track, params) = reader
        .default_track()
        .map(|track| (track.id, track.codec_params.clone()))
        .ok_or(AudioError::Empty)?;
    let mut decoder = CODECS
        .make(&params, &DecoderOptions { verify: true })
        .map_err(|error| match error {
            // The library's own words do not name the codec.
            Error::Unsupported(_) => AudioError::Unsupported("its codec".to_owned()),
            other => fault(other),
        })?;

    let mut form = None;
    let mut frames = 0u64;
    loop {
        let packet = match reader.next_packet() {
            Ok(packet) if packet.track_id() == track => packet,
            Ok(_) => continue,
            // The reader says this at the proper end as well; what is missing shows in the count below.
            Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                break;
            }
            Err(error) => return Err(fault(error)),
        };
        let decoded = decoder.decode(&packet).map_err(fault)?;
        let spec = *decoded.spec();
        if *form.get_or_insert(spec) != spec {
            return Err(AudioError::Corrupt(
                "its channels or sample rate change on the way".to_owned(),
            ));
        }
        if decoded.frames() > 0 {
            let mut samples = SampleBuffer::<f32>::new(decoded.capacity() as u64, spec);
            frames += decoded.frames() as u64;
            samples.copy_interleaved_ref(decoded);
            sink(samples.samples());
        }
    }
    if decoder.finalize().verify_ok == Some(false) {
        return Err(AudioError::Corrupt(
            "its sound differs from its own checksum".to_owned(),
        ));
    }
    let spec = form.filter(|_| frames > 0).ok_or(AudioError::Empty)?;
    let channels = u16::try_from(spec.channels.count()).unwrap_or(u16::MAX);
    if spec.rate == 0 || channels == 0 {
        return Err(AudioError::Corrupt(
            "it declares no channels or no sample rate".to_owned(),
        ));
    }

    let (declared, slack) = match container {
        // Some encoders count the Xing frame itself: one frame of 1,152 samples may seem to miss.
        Container::Mp3 { declared: true } => (params.n_frames, 1_152),
        Container::Mp3 { declared: false } => (None, 0),
        // An MP4 counts in a time scale that may be another than the decoder's rate.
        Container::Mp4 if params.time_base.is_some_and(|base| base.denom != spec.rate) => (None, 0),
        _ => (params.n_frames, 0),
    };
    if let Some(declared) = declared.filter(|declared| frames.saturating_add(slack) < *declared) {
        return Err(AudioError::Corrupt(format!(
            "truncated: {frames} of {declared} samples are there"
        )));
    }
    let own_silence = match container {
        Container::Mp3 { .. } => {
            u64::from(params.delay.unwrap_or(0)) + u64::from(params.padding.unwrap_or(0))
        }
        _ => 0,
    };
    Ok(Sound {
        channels,
        sample_rate: spec.rate,
        frames: frames.saturating_sub(own_silence),
    })
}

fn fault(error: Error) -> AudioError {
    match error {
        Error::Unsupported(what) => {
            AudioError::Unsupported(format!("this kind of recording ({what})"))
        }
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            AudioError::Corrupt("truncated: it ends inside its header".to_owned())
        }
        other => AudioError::Corrupt(other.to_string()),
    }
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
