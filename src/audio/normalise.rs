//! A recording that somebody brings, as a recording of ours: decoded, cut to the speech, equally loud, encoded.
//!
//! The bytes are untrusted: whatever they hold, the answer is a [`Take`] or a [`Refusal`], in bounded time and memory.
//! Decoding ends as soon as there is more sound than a take may have, and no header is believed about lengths.

use std::ops::ControlFlow;

use super::AudioError;
use super::container::Accept;
use super::decode::{Form, decode_while};
use super::encode::SAMPLE_RATE;
use super::level::{self, LevelError};
use super::loudness::{loudness_of_speech, measure};
use super::manifest::sha256_hex;
use super::mix::{centre, ms_of, samples_of};
use super::resample::Resampler;

/// Kept of what is before the first sound and after the last, in milliseconds; what is missing of it is added as silence.
const KEPT_MS: u64 = 350;
/// The cut ends grow from silence and fade to it over this, in milliseconds.
const FADE_MS: u64 = 15;
/// Sound is looked for in pieces of this length, in milliseconds.
const PIECE_MS: u64 = 10;
/// So many pieces one after another are speech; fewer are the click of a button.
const PIECES_OF_SPEECH: usize = 4;
/// A voice that is softer than this, in LUFS, drowns in the noise of its own recording when it is turned up.
const LEAST_LUFS: f64 = -50.0;
/// Nothing is heard under this peak, a share of full scale: -66 dBFS.
const SILENT_PEAK: f32 = 0.000_5;
/// A sample from here on is at full scale.
const FULL_SCALE: f32 = 0.998;
/// So many samples at full scale one after another are a peak that was cut off.
const CLIPPED_RUN: usize = 3;
/// The largest share of such samples that goes unheard.
const MOST_CLIPPED: f64 = 0.01;
/// Decoding goes on for this long past the longest take, in milliseconds: its ends may be silence.
const SPARE_MS: u64 = 60_000;
/// Peaks in [`Take::waveform`].
const WAVEFORM: usize = 200;

/// What a take may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakeLimits {
    /// The largest upload, in bytes.
    pub bytes: usize,
    /// The shortest take without the silence around it, in milliseconds.
    pub least_ms: u64,
    /// The longest, in milliseconds.
    pub most_ms: u64,
}

/// A recording of ours, made from an upload.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// MP3, mono, 22,050 Hz, 48 kbit/s, without tags; it can be joined to others of ours.
    pub mp3: Vec<u8>,
    /// SHA-256 of the MP3, in lower-case hexadecimal.
    pub sha256: String,
    /// Length of the MP3 as a player sees it, in milliseconds.
    pub duration_ms: u64,
    /// Integrated loudness of the MP3 in LUFS, within half a LU of -16.
    pub loudness_lufs: f64,
    /// True peak of the MP3 in dBTP, under -1.
    pub true_peak_dbtp: f64,
    /// Loudness range of the MP3 in LU; 0 for less than three seconds.
    pub loudness_range: f64,
    /// The share of the upload's samples that were cut off at full scale, 0 to 1.
    pub clipped_share: f64,
    /// What the upload was.
    pub input: TakeInput,
    /// Two hundred peaks of the MP3 from its start to its end, 255 being the highest.
    pub waveform: Vec<u8>,
}

/// What an upload was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TakeInput {
    /// The format as people know it, such as `M4A` or `Ogg Opus`.
    pub format: &'static str,
    /// Its length in milliseconds, silence included.
    pub duration_ms: u64,
    /// Channels.
    pub channels: usize,
    /// Samples a second.
    pub sample_rate: u32,
    /// Integrated loudness in LUFS as it came.
    pub loudness_lufs: f64,
}

/// Why an upload is no take: a variant for everything that somebody can do about it. The words are for a log; a page
/// has its own for each variant.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// No bytes, or no sound in them.
    #[error("the upload is empty")]
    Empty,
    /// Nothing that a recording begins with.
    #[error("the upload is not a recording")]
    NotAudio,
    /// A recording in a format that we cannot decode.
    #[error("{name} cannot be decoded")]
    UnsupportedCodec {
        /// The format, such as `WebM` or `AMR`.
        name: String,
    },
    /// A damaged or truncated recording.
    #[error("the recording is damaged: {reason}")]
    Broken {
        /// Where or how, for a log.
        reason: String,
    },
    /// More bytes than allowed.
    #[error("{bytes} bytes are more than {most}")]
    TooLarge {
        /// The upload's size.
        bytes: usize,
        /// [`TakeLimits::bytes`].
        most: usize,
    },
    /// So much sound that the rest was not even decoded.
    #[error("there are more than {most} seconds of sound")]
    TooMuchSound {
        /// Where decoding ended.
        most: u64,
    },
    /// Not a sound in it: a muted microphone.
    #[error("nothing is heard")]
    Silent,
    /// A voice far from the microphone.
    #[error("{lufs:.1} LUFS are too soft")]
    TooQuiet {
        /// Its integrated loudness.
        lufs: f64,
    },
    /// A voice too near, or a microphone set too high.
    #[error("{percent} % of it is cut off at full scale")]
    Clipped {
        /// Rounded up.
        percent: u32,
    },
    /// Loud knocks over almost nothing.
    #[error("single peaks stand over almost nothing")]
    Uneven,
    /// Less speech than allowed.
    #[error("{seconds} s are less than {least} s")]
    TooShort {
        /// What is left without the silence around it, rounded down.
        seconds: u64,
        /// Rounded up.
        least: u64,
        /// Rounded down.
        most: u64,
    },
    /// More speech than allowed.
    #[error("{seconds} s are more than {most} s")]
    TooLong {
        /// What is left without the silence around it, rounded up.
        seconds: u64,
        /// Rounded up.
        least: u64,
        /// Rounded down.
        most: u64,
    },
    /// The encoder failed, which is nobody's fault but ours.
    #[error("it could not be encoded: {reason}")]
    NotEncoded {
        /// The encoder's words.
        reason: String,
    },
}

impl From<AudioError> for Refusal {
    fn from(error: AudioError) -> Self {
        match error {
            AudioError::Empty => Self::Empty,
            AudioError::NotAudio => Self::NotAudio,
            AudioError::Unsupported(name) => Self::UnsupportedCodec { name },
            AudioError::Corrupt(reason) => Self::Broken { reason },
        }
    }
}

/// Makes a recording of ours from an upload: WAV, MP3, M4A (AAC or Apple Lossless), FLAC, Ogg Vorbis or Ogg Opus.
///
/// The channels are mixed to one, silence at the ends is cut to about a third of a second, the loudness becomes -16 LUFS.
/// A minute of sound keeps one core busy for seconds, one of Opus for longest: call it where that holds up nobody.
/// The same bytes give the same take.
///
/// # Errors
/// [`Refusal`].
pub fn normalise(bytes: &[u8], limits: &TakeLimits) -> Result<Take, Refusal> {
    if bytes.len() > limits.bytes {
        return Err(Refusal::TooLarge {
            bytes: bytes.len(),
            most: limits.bytes,
        });
    }
    let upload = listen(bytes, limits.most_ms.saturating_add(SPARE_MS))?;
    let Listened { input, samples, .. } = &upload;
    if samples.iter().any(|sample| !sample.is_finite()) {
        return Err(Refusal::Broken {
            reason: "it holds samples that are not numbers".to_owned(),
        });
    }
    let speech = speech(samples).ok_or(Refusal::Silent)?;
    check_length(speech.len(), limits)?;
    let clipped_share = upload.clipping.share();
    if clipped_share > MOST_CLIPPED {
        return Err(Refusal::Clipped {
            percent: (clipped_share * 100.0).ceil() as u32,
        });
    }
    let lufs = loudness_of_speech(&samples[speech.clone()], SAMPLE_RATE);
    if lufs < LEAST_LUFS {
        return Err(Refusal::TooQuiet { lufs });
    }
    let finished = level::finish(&cut(samples, speech)).map_err(|error| match error {
        LevelError::Uneven => Refusal::Uneven,
        other => Refusal::NotEncoded {
            reason: other.to_string(),
        },
    })?;
    Ok(Take {
        sha256: sha256_hex(&finished.mp3),
        duration_ms: ms_of(finished.heard.len()),
        loudness_lufs: finished.loudness.integrated_lufs,
        true_peak_dbtp: finished.loudness.true_peak_dbtp,
        loudness_range: finished.loudness.range_lu,
        clipped_share,
        input: TakeInput {
            loudness_lufs: measure(samples, SAMPLE_RATE).integrated_lufs,
            ..*input
        },
        waveform: waveform(&finished.heard),
        mp3: finished.mp3,
    })
}

/// What an upload sounds like.
struct Listened {
    input: TakeInput,
    /// Mono, at [`SAMPLE_RATE`].
    samples: Vec<f32>,
    clipping: Clipping,
}

/// Decodes an upload, mixing and resampling on the way, and gives up when there is too much.
fn listen(bytes: &[u8], most_ms: u64) -> Result<Listened, Refusal> {
    let mut resampler: Option<(Form, Result<Resampler, AudioError>)> = None;
    let mut samples = Vec::new();
    let mut clipping = Clipping::default();
    let mut mono = Vec::new();
    let most = samples_of(most_ms);
    let found = decode_while(bytes, Accept::Decodable, |form, interleaved| {
        let (_, resampler) =
            resampler.get_or_insert_with(|| (form, Resampler::new(form.sample_rate, SAMPLE_RATE)));
        let Ok(resampler) = resampler else {
            return ControlFlow::Break(());
        };
        mono.clear();
        for frame in interleaved.chunks_exact(form.channels.max(1)) {
            clipping.hear(frame);
            mono.push(frame.iter().sum::<f32>() / frame.len() as f32);
        }
        resampler.feed(&mono, &mut samples);
        match samples.len() <= most {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    })?;
    let (form, resampler) = resampler.ok_or(Refusal::Empty)?;
    let resampler = resampler?;
    let (container, Some(sound)) = found else {
        return Err(Refusal::TooMuchSound {
            most: most_ms / 1000,
        });
    };
    resampler.finish(&mut samples);
    centre(&mut samples);
    Ok(Listened {
        input: TakeInput {
            format: container.name(),
            duration_ms: sound.frames.saturating_mul(1000) / u64::from(sound.sample_rate),
            channels: form.channels,
            sample_rate: form.sample_rate,
            loudness_lufs: f64::NEG_INFINITY,
        },
        samples,
        clipping,
    })
}

/// Counts what was cut off at full scale, in whichever channel is worst off at the time.
#[derive(Default)]
struct Clipping {
    frames: u64,
    run: usize,
    clipped: u64,
}

impl Clipping {
    fn hear(&mut self, frame: &[f32]) {
        self.frames += 1;
        if frame.iter().any(|sample| sample.abs() >= FULL_SCALE) {
            self.run += 1;
            self.clipped += match self.run.cmp(&CLIPPED_RUN) {
                std::cmp::Ordering::Less => 0,
                std::cmp::Ordering::Equal => CLIPPED_RUN as u64,
                std::cmp::Ordering::Greater => 1,
            };
        } else {
            self.run = 0;
        }
    }

    fn share(&self) -> f64 {
        self.clipped as f64 / self.frames.max(1) as f64
    }
}

/// From the first sound of speech to the last; `None` when there is none.
///
/// What counts as sound depends on the recording: more than its noise, and not much softer than its loudest passages.
fn speech(samples: &[f32]) -> Option<std::ops::Range<usize>> {
    /// Above the noise, in decibels.
    const ABOVE_NOISE: f32 = 8.0;
    /// Under the loud passages, in decibels: softer is the room.
    const UNDER_LOUD: f32 = 40.0;
    /// At least so much under the loud passages, in decibels, lest a centre voice count as its own noise.
    const NEVER_ABOVE: f32 = 10.0;
    /// The loud passages are what is louder than all but so many pieces: a knock is shorter.
    const LOUDEST: usize = 30;
    if samples.iter().all(|sample| sample.abs() < SILENT_PEAK) {
        return None;
    }
    let piece = samples_of(PIECE_MS);
    let levels: Vec<f32> = samples
        .chunks(piece)
        .map(|piece| {
            let power = piece.iter().map(|s| s * s).sum::<f32>() / piece.len() as f32;
            10.0 * power.max(1e-12).log10()
        })
        .collect();
    let mut sorted = levels.clone();
    sorted.sort_by(f32::total_cmp);
    let noise = sorted[sorted.len() / 10];
    let loud = sorted[sorted.len() - 1 - LOUDEST.min(sorted.len() / 2)];
    let threshold = (noise + ABOVE_NOISE)
        .max(loud - UNDER_LOUD)
        .min(loud - NEVER_ABOVE);
    let of_speech: Vec<usize> = levels
        .windows(PIECES_OF_SPEECH)
        .enumerate()
        .filter(|(_, window)| window.iter().all(|level| *level > threshold))
        .map(|(index, _)| index)
        .collect();
    let (first, last) = (of_speech.first()?, of_speech.last()?);
    let end = (last + PIECES_OF_SPEECH) * piece;
    Some(first * piece..end.min(samples.len()))
}

fn check_length(samples: usize, limits: &TakeLimits) -> Result<(), Refusal> {
    let ms = ms_of(samples);
    let (least, most) = (limits.least_ms.div_ceil(1000), limits.most_ms / 1000);
    if ms < limits.least_ms {
        return Err(Refusal::TooShort {
            seconds: ms / 1000,
            least,
            most,
        });
    }
    if ms > limits.most_ms {
        return Err(Refusal::TooLong {
            seconds: ms.div_ceil(1000),
            least,
            most,
        });
    }
    Ok(())
}

/// The speech with a little of the room around it, and silence where there is not enough of that.
fn cut(samples: &[f32], speech: std::ops::Range<usize>) -> Vec<f32> {
    let kept = samples_of(KEPT_MS);
    let from = speech.start.saturating_sub(kept);
    let to = (speech.end + kept).min(samples.len());
    let mut room = samples[from..to].to_vec();
    let fade = samples_of(FADE_MS).min(room.len() / 2);
    for step in 0..fade {
        let share = step as f32 / fade as f32;
        room[step] *= share;
        let last = room.len() - 1 - step;
        room[last] *= share;
    }
    let before = kept - (speech.start - from);
    let after = kept - (to - speech.end);
    let mut cut = vec![0.0; before];
    cut.append(&mut room);
    cut.extend(std::iter::repeat_n(0.0, after));
    cut
}

/// The peaks of equally long pieces, the highest being 255.
fn waveform(samples: &[f32]) -> Vec<u8> {
    let peak = |samples: &[f32]| samples.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
    let highest = peak(samples).max(f32::MIN_POSITIVE);
    (0..WAVEFORM)
        .map(|n| {
            let place = |n: usize| samples.len() * n / WAVEFORM;
            (peak(&samples[place(n)..place(n + 1)]) / highest * 255.0).round() as u8
        })
        .collect()
}

#[cfg(test)]
#[path = "normalise_tests.rs"]
mod tests;
