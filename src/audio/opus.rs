//! Opus for the decoder's registry, which has none of its own: what messengers send as a voice message.

use opus_decoder::OpusDecoder as Inner;
use symphonia::core::audio::{
    AsAudioBufferRef, AudioBuffer, AudioBufferRef, Channels, Signal, SignalSpec,
};
use symphonia::core::codecs::{
    CODEC_TYPE_OPUS, CodecDescriptor, CodecParameters, Decoder, DecoderOptions, FinalizeResult,
};
use symphonia::core::errors::{Result, decode_error, unsupported_error};
use symphonia::core::formats::Packet;
use symphonia::core::support_codec;

/// Opus decodes to any of five rates; this one needs no resampling in the decoder, which is exact in it alone.
const RATE: u32 = 48_000;
/// The longest packet, 120 ms, in samples a channel.
const LONGEST: usize = 5_760;

/// One or two channels of Opus, RFC 6716.
pub(super) struct OpusDecoder {
    params: CodecParameters,
    inner: Inner,
    interleaved: Vec<f32>,
    channels: usize,
    decoded: AudioBuffer<f32>,
}

impl Decoder for OpusDecoder {
    fn try_new(params: &CodecParameters, _: &DecoderOptions) -> Result<Self> {
        // "OpusHead", a version, the channels, … , the mapping family at 18 (RFC 7845, 5.1).
        let head = params.extra_data.as_deref().unwrap_or_default();
        let (channels, layout) = match (head.get(9), head.get(18)) {
            (Some(1), Some(0)) => (1, Channels::FRONT_LEFT),
            (Some(2), Some(0)) => (2, Channels::FRONT_LEFT | Channels::FRONT_RIGHT),
            _ => return unsupported_error("Opus of more than two channels"),
        };
        let Ok(inner) = Inner::new(RATE, channels) else {
            return unsupported_error("Opus");
        };
        Ok(Self {
            params: params.clone(),
            inner,
            interleaved: vec![0.0; LONGEST * channels],
            channels,
            decoded: AudioBuffer::new(LONGEST as u64, SignalSpec::new(RATE, layout)),
        })
    }

    fn supported_codecs() -> &'static [CodecDescriptor] {
        &[support_codec!(CODEC_TYPE_OPUS, "Opus", "Opus")]
    }

    fn reset(&mut self) {
        self.inner.reset();
    }

    fn codec_params(&self) -> &CodecParameters {
        &self.params
    }

    fn decode(&mut self, packet: &Packet) -> Result<AudioBufferRef<'_>> {
        self.decoded.clear();
        let found = self
            .inner
            .decode_float(&packet.data, &mut self.interleaved, false);
        let Ok(frames @ ..=LONGEST) = found else {
            return decode_error("opus: a packet that is none");
        };
        self.decoded.render_reserved(Some(frames));
        for channel in 0..self.channels {
            let samples = self.interleaved.iter().skip(channel);
            let samples = samples.step_by(self.channels);
            for (to, from) in self.decoded.chan_mut(channel).iter_mut().zip(samples) {
                *to = *from;
            }
        }
        Ok(self.decoded.as_audio_buffer_ref())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> AudioBufferRef<'_> {
        self.decoded.as_audio_buffer_ref()
    }
}
