//! Every packet of a recording, as samples.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use symphonia::core::audio::SampleBuffer;
use symphonia::core::codecs::{
    CODEC_TYPE_ALAC, CodecParameters, CodecRegistry, Decoder, DecoderOptions,
};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::codecs::{
    AacDecoder, AlacDecoder, FlacDecoder, MpaDecoder, PcmDecoder, VorbisDecoder,
};
use symphonia::default::formats::{FlacReader, IsoMp4Reader, MpaReader, OggReader, WavReader};

use super::AudioError;
use super::container::{self, Accept, Container};
use super::opus::OpusDecoder;

/// The form of a decoded stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sound {
    pub channels: u16,
    pub sample_rate: u32,
    /// Samples a channel, without the silence that an encoder declares as its own.
    pub frames: u64,
}

/// What a decoder says of the samples it hands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub channels: usize,
    pub sample_rate: u32,
}

/// Decodes every packet of a recording of the bank and hands its interleaved samples to `sink`.
pub(super) fn decode(bytes: &[u8], mut sink: impl FnMut(&[f32])) -> Result<Sound, AudioError> {
    let (_, sound) = decode_while(bytes, Accept::Playable, |_, samples| {
        sink(samples);
        ControlFlow::Continue(())
    })?;
    sound.ok_or(AudioError::Empty)
}

/// As [`decode`], of whatever is accepted, for as long as `sink` wants more. `None` when it broke off.
pub(super) fn decode_while(
    bytes: &[u8],
    accept: Accept,
    sink: impl FnMut(Form, &[f32]) -> ControlFlow<()>,
) -> Result<(Container, Option<Sound>), AudioError> {
    let (container, bytes) = container::open(bytes, accept)?;
    // The decoders are written not to panic, and no one can promise it for every input. A recording is untrusted, and
    // one bad file must not end the check of a bank. What the sink has heard until then is thrown away with the error.
    catch_unwind(AssertUnwindSafe(|| {
        decode_open(container, bytes, accept, sink)
    }))
    .unwrap_or_else(|_| Err(AudioError::Corrupt("the decoder gave up on it".to_owned())))
    .map(|sound| (container, sound))
}

/// The codecs that every browser plays in the containers we take. ADPCM and the like are left out: browsers do not
/// agree on them.
static PLAYABLE: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    register_playable(&mut codecs);
    codecs
});

/// The codecs of an upload, which is encoded anew and need not play anywhere.
static DECODABLE: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    register_playable(&mut codecs);
    codecs.register_all::<AlacDecoder>();
    codecs.register_all::<VorbisDecoder>();
    codecs.register_all::<OpusDecoder>();
    codecs
});

fn register_playable(codecs: &mut CodecRegistry) {
    codecs.register_all::<MpaDecoder>();
    codecs.register_all::<AacDecoder>();
    codecs.register_all::<PcmDecoder>();
    codecs.register_all::<FlacDecoder>();
}

fn decoder(
    params: &CodecParameters,
    container: Container,
    accept: Accept,
) -> Result<Box<dyn Decoder>, AudioError> {
    // The length of a frame of ALAC is a number in the file, and its decoder takes memory by it.
    const LONGEST_FRAME: u32 = 65_536;
    if params.codec == CODEC_TYPE_ALAC {
        let cookie = params.extra_data.as_deref().and_then(|data| data.get(..4));
        let length = cookie.and_then(|length| Some(u32::from_be_bytes(length.try_into().ok()?)));
        if length.is_none_or(|length| length > LONGEST_FRAME) {
            return Err(AudioError::Corrupt(
                "its frames have no possible length".to_owned(),
            ));
        }
    }
    let codecs = match accept {
        Accept::Playable => &PLAYABLE,
        Accept::Decodable => &DECODABLE,
    };
    let options = DecoderOptions { verify: true };
    codecs.make(params, &options).map_err(|error| match error {
        // The library's own words do not name the codec.
        Error::Unsupported(_) => {
            let known = symphonia::default::get_codecs().get_codec(params.codec);
            let name = known.map_or(container.name(), |codec| codec.short_name);
            AudioError::Unsupported(name.to_owned())
        }
        other => fault(other),
    })
}

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
        Container::Ogg(_) => Box::new(OggReader::try_new(source, &options)?),
        Container::Wav => Box::new(WavReader::try_new(source, &options)?),
        Container::Flac => Box::new(FlacReader::try_new(source, &options)?),
    })
}

fn decode_open(
    container: Container,
    bytes: Vec<u8>,
    accept: Accept,
    mut sink: impl FnMut(Form, &[f32]) -> ControlFlow<()>,
) -> Result<Option<Sound>, AudioError> {
    // A video has a picture beside its sound; that many packets are half an hour of one.
    const MOST_PACKETS_ASIDE: u32 = 50_000;
    let mut aside = 0;
    let mut reader = reader(container, bytes).map_err(fault)?;
    let (track, params) = reader
        .default_track()
        .map(|track| (track.id, track.codec_params.clone()))
        .ok_or(AudioError::Empty)?;
    let mut decoder = decoder(&params, container, accept)?;

    let mut form = None;
    let mut frames = 0u64;
    loop {
        let packet = match reader.next_packet() {
            Ok(packet) if packet.track_id() == track => packet,
            Ok(_) if aside < MOST_PACKETS_ASIDE => {
                aside += 1;
                continue;
            }
            Ok(_) => {
                return Err(AudioError::Corrupt(
                    "it holds much besides its sound".to_owned(),
                ));
            }
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
            let form = Form {
                channels: spec.channels.count(),
                sample_rate: spec.rate,
            };
            if sink(form, samples.samples()).is_break() {
                return Ok(None);
            }
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
        // Whole pages were counted already, and the last one may cut what its packets hold.
        Container::Ogg(_) => (None, 0),
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
    Ok(Some(Sound {
        channels,
        sample_rate: spec.rate,
        frames: frames.saturating_sub(own_silence),
    }))
}

fn fault(error: Error) -> AudioError {
    match error {
        Error::Unsupported(what) => AudioError::Unsupported(what.to_owned()),
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            AudioError::Corrupt("truncated: it ends inside its header".to_owned())
        }
        other => AudioError::Corrupt(other.to_string()),
    }
}
