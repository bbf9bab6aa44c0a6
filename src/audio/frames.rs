//! Finished recordings joined frame by frame, with silence between them, without decoding.
//!
//! A recording of ours is bare MP3 frames, each whole in itself: no tag, and no bits borrowed from the frame before. So
//! a recording follows another by standing after it, and an hour of them costs no more than a walk over their headers.

use std::ops::Range;
use std::sync::LazyLock;

use super::encode::{EncodeError, SAMPLE_RATE, encode_mp3};

/// Samples of a frame of MPEG-2 Layer III.
const FRAME: u64 = 576;
/// After so many frames the constant rate has come out even: 49 × 156.73… bytes are 7,680.
const CYCLE: usize = 49;
/// Frames left out before the silence is taken: the encoder's first ones settle.
const SETTLING: usize = 4;

/// One after another, these make a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// An MP3 of ours: of [`super::speak`], [`super::normalise`] or [`super::beep`].
    Sound(&'a [u8]),
    /// Nothing to hear.
    Silence {
        /// How long; it is rounded to whole frames of 26 ms.
        ms: u64,
    },
}

/// Why recordings cannot be joined. Segments are counted from zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StitchError {
    /// Another format, a tag, or a file cut short.
    #[error("segment {segment}, byte {byte}: this is not a whole frame of a recording of ours")]
    NotOurs {
        /// Which segment.
        segment: usize,
        /// Where in it.
        byte: usize,
    },
    /// A frame needs bits of the one before it: an MP3 with a bit reservoir, made by another encoder.
    #[error("segment {segment}, byte {byte}: the frame depends on those before it")]
    Dependent {
        /// Which segment.
        segment: usize,
        /// Where in it.
        byte: usize,
    },
    /// The silence could not be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// Joined recordings; their bytes are not copied until they are asked for.
#[derive(Debug)]
pub struct Stitched<'a> {
    pieces: Vec<Piece<'a>>,
    bytes: u64,
    frames: u64,
}

#[derive(Debug)]
struct Piece<'a> {
    sound: Sound<'a>,
    first_byte: u64,
    first_frame: u64,
}

#[derive(Debug)]
enum Sound<'a> {
    Recording(&'a [u8]),
    Silence,
}

impl Stitched<'_> {
    /// Length of the whole in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Length of the whole in milliseconds, rounded down.
    #[must_use]
    pub fn duration_ms(&self) -> u64 {
        frames_ms(self.frames)
    }

    /// When each segment begins, in milliseconds, rounded down; in the order of the segments.
    pub fn starts_ms(&self) -> impl Iterator<Item = u64> + '_ {
        self.pieces.iter().map(|piece| frames_ms(piece.first_frame))
    }

    /// The bytes of a range; what lies past the end is not there.
    #[must_use]
    pub fn read(&self, range: Range<u64>) -> Vec<u8> {
        let to = range.end.min(self.bytes);
        let mut at = range.start;
        let mut read = Vec::with_capacity(to.saturating_sub(at) as usize);
        let first = self.pieces.partition_point(|piece| piece.first_byte <= at);
        for index in first.saturating_sub(1)..self.pieces.len() {
            if at >= to {
                break;
            }
            let piece = &self.pieces[index];
            let end = self
                .pieces
                .get(index + 1)
                .map_or(self.bytes, |next| next.first_byte);
            let (from, until) = (at - piece.first_byte, to.min(end) - piece.first_byte);
            match piece.sound {
                Sound::Recording(bytes) => {
                    read.extend_from_slice(&bytes[from as usize..until as usize]);
                }
                Sound::Silence => SILENCE
                    .iter()
                    .for_each(|cycle| cycle.read(from, until, &mut read)),
            }
            at = to.min(end);
        }
        read
    }

    /// All bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.read(0..self.bytes)
    }
}

/// Joins recordings of ours in order. Nothing is rewritten: each is heard as it is by itself.
///
/// # Errors
/// [`StitchError`] for bytes that are no recording of ours.
pub fn stitch<'a>(parts: &[Segment<'a>]) -> Result<Stitched<'a>, StitchError> {
    let mut stitched = Stitched {
        pieces: Vec::with_capacity(parts.len()),
        bytes: 0,
        frames: 0,
    };
    for (segment, part) in parts.iter().enumerate() {
        let (sound, frames, bytes) = match *part {
            Segment::Sound(bytes) => {
                let frames = count_frames(bytes, segment)?;
                (Sound::Recording(bytes), frames, bytes.len() as u64)
            }
            Segment::Silence { ms } => {
                let frames = frames_of(ms);
                let cycle = SILENCE.as_ref().map_err(Clone::clone)?;
                (Sound::Silence, frames, cycle.bytes_of(frames))
            }
        };
        stitched.pieces.push(Piece {
            sound,
            first_byte: stitched.bytes,
            first_frame: stitched.frames,
        });
        stitched.bytes += bytes;
        stitched.frames += frames;
    }
    Ok(stitched)
}

/// How long a recording of ours is as a segment, in milliseconds: its whole frames.
///
/// # Errors
/// [`StitchError`] when it is none; the segment is then 0.
pub fn segment_ms(recording: &[u8]) -> Result<u64, StitchError> {
    Ok(frames_ms(count_frames(recording, 0)?))
}

/// How long a silence of `ms` is as a segment, in milliseconds: to the nearest frame.
#[must_use]
pub fn silence_ms(ms: u64) -> u64 {
    frames_ms(frames_of(ms))
}

fn frames_ms(frames: u64) -> u64 {
    frames * FRAME * 1000 / u64::from(SAMPLE_RATE)
}

fn frames_of(ms: u64) -> u64 {
    let samples = ms * u64::from(SAMPLE_RATE) / 1000;
    (samples + FRAME / 2) / FRAME
}

fn count_frames(bytes: &[u8], segment: usize) -> Result<u64, StitchError> {
    let mut at = 0;
    let mut frames = 0;
    while at < bytes.len() {
        at += frame(bytes, at).map_err(|fault| match fault {
            FrameFault::NotOurs => StitchError::NotOurs { segment, byte: at },
            FrameFault::Dependent => StitchError::Dependent { segment, byte: at },
        })?;
        frames += 1;
    }
    Ok(frames)
}

enum FrameFault {
    NotOurs,
    Dependent,
}

/// The length of the frame at `at`.
fn frame(bytes: &[u8], at: usize) -> Result<usize, FrameFault> {
    // MPEG-2, Layer III, no checksum; 48 kbit/s, 22,050 Hz, padding in the second bit; one channel.
    const START: [u8; 2] = [0xff, 0xf3];
    const RATES: u8 = 0x60;
    const PADDING: u8 = 0x02;
    const MONO: u8 = 0xc0;
    const LENGTH: usize = 156;
    let head = bytes.get(at..at + 5).ok_or(FrameFault::NotOurs)?;
    if !head.starts_with(&START) || head[2] & !PADDING & !1 != RATES || head[3] & 0xc0 != MONO {
        return Err(FrameFault::NotOurs);
    }
    let length = LENGTH + usize::from(head[2] & PADDING != 0);
    if at + length > bytes.len() {
        return Err(FrameFault::NotOurs);
    }
    // How many bytes before this frame its sound begins.
    match head[4] {
        0 => Ok(length),
        _ => Err(FrameFault::Dependent),
    }
}

/// Frames of silence that follow themselves for ever.
#[derive(Debug)]
struct Cycle {
    bytes: Vec<u8>,
    /// Where each frame begins, and where the last ends.
    places: Vec<usize>,
}

static SILENCE: LazyLock<Result<Cycle, EncodeError>> = LazyLock::new(|| {
    let mp3 = encode_mp3(&vec![0.0; (CYCLE + 2 * SETTLING) * FRAME as usize])?;
    let mut places = vec![0];
    let mut at = 0;
    while let Ok(length) = frame(&mp3, at) {
        at += length;
        places.push(at);
    }
    let from = places.get(SETTLING).copied().unwrap_or_default();
    let places: Vec<usize> = places
        .iter()
        .skip(SETTLING)
        .take(CYCLE + 1)
        .map(|place| place - from)
        .collect();
    let length = places.last().copied().unwrap_or_default();
    Ok(Cycle {
        bytes: mp3[from..from + length].to_vec(),
        places,
    })
});

impl Cycle {
    fn bytes_of(&self, frames: u64) -> u64 {
        let (whole, rest) = (frames / CYCLE as u64, frames % CYCLE as u64);
        let rest = self.places.get(rest as usize).copied().unwrap_or_default();
        whole * self.bytes.len() as u64 + rest as u64
    }

    fn read(&self, from: u64, until: u64, out: &mut Vec<u8>) {
        let length = self.bytes.len() as u64;
        let mut at = from;
        while at < until {
            let start = at % length;
            let end = length.min(start + (until - at));
            out.extend_from_slice(&self.bytes[start as usize..end as usize]);
            at += end - start;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::decode::decode;
    use crate::audio::testing::sine;
    use crate::audio::{beep, probe};

    fn heard(mp3: &[u8]) -> Vec<f32> {
        let mut heard = Vec::new();
        decode(mp3, |samples| heard.extend_from_slice(samples)).unwrap();
        heard
    }

    fn recording(hertz: f32, ms: usize) -> Vec<u8> {
        let mut samples = vec![0.0; 4_410];
        samples.extend(sine(hertz, 0.3, ms * 22));
        samples.extend([0.0; 4_410]);
        encode_mp3(&samples).unwrap()
    }

    #[test]
    fn joined_recordings_sound_like_each_by_itself() {
        let (first, second) = (recording(300.0, 900), recording(700.0, 400));
        let parts = [
            Segment::Sound(&first),
            Segment::Silence { ms: 2_000 },
            Segment::Sound(&second),
            Segment::Sound(&first),
        ];
        let stitched = stitch(&parts).unwrap();
        let all = heard(&stitched.to_vec());
        assert_eq!(all.len() as u64, stitched.frames * FRAME);
        let starts: Vec<u64> = stitched.starts_ms().collect();
        for (nth, alone) in [(0, &first), (2, &second), (3, &first)] {
            let alone = heard(alone);
            let at = (stitched.pieces[nth].first_frame * FRAME) as usize;
            assert!((at as u64 * 1000 / 22_050).abs_diff(starts[nth]) <= 1);
            let off = alone
                .iter()
                .zip(&all[at..])
                .fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
            assert!(off < 0.001, "segment {nth}: {off}");
        }
        let silence = &all[(stitched.pieces[1].first_frame * FRAME) as usize + 1_200..];
        assert!(silence[..30_000].iter().all(|sample| sample.abs() < 1e-4));
        // Players work out lengths and places from the rate, so it must hold to the end.
        let rate = stitched.bytes() as f64 * 8_000.0 / stitched.duration_ms() as f64;
        assert!((rate - 48_000.0).abs() < 60.0, "{rate}");
    }

    #[test]
    fn every_range_is_a_range_of_the_whole() {
        let sound = recording(300.0, 100);
        let parts = [
            Segment::Silence { ms: 1_500 },
            Segment::Sound(&sound),
            Segment::Silence { ms: 0 },
            Segment::Silence { ms: 40 },
            Segment::Sound(&sound),
        ];
        let stitched = stitch(&parts).unwrap();
        let whole = stitched.to_vec();
        assert_eq!(whole.len() as u64, stitched.bytes());
        for from in (0..stitched.bytes() + 300).step_by(97) {
            for length in [0, 1, 156, 157, 4_000, 90_000] {
                let (a, b) = (from as usize, (from + length) as usize);
                let slice = &whole[a.min(whole.len())..b.min(whole.len())];
                assert_eq!(stitched.read(from..from + length), slice, "{from}+{length}");
            }
        }
        assert!(stitch(&[]).unwrap().to_vec().is_empty());
    }

    #[test]
    fn long_silence_costs_nothing_and_is_as_long_as_it_says() {
        let parts = [Segment::Silence { ms: 3_600_000 }];
        let stitched = stitch(&parts).unwrap();
        assert!(stitched.duration_ms().abs_diff(3_600_000) < 27);
        assert_eq!(stitched.duration_ms(), silence_ms(3_600_000));
        assert!(stitched.bytes().abs_diff(21_600_000) < 400);
        let minute = heard(&stitched.read(0..stitched.bytes() / 60 / 7_680 * 7_680));
        assert!(minute.iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        let good = recording(300.0, 300);
        let foreign = include_bytes!("../../tests/fixtures/audio/greeting.mp3");
        assert_eq!(
            stitch(&[Segment::Sound(&good), Segment::Sound(foreign)]).unwrap_err(),
            StitchError::NotOurs {
                segment: 1,
                byte: 0
            }
        );
        let cut = &good[..good.len() - 1];
        assert!(matches!(
            stitch(&[Segment::Sound(cut)]),
            Err(StitchError::NotOurs { segment: 0, byte }) if byte > good.len() - 160
        ));
        let mut borrowing = good.clone();
        borrowing[4] = 1;
        assert_eq!(
            stitch(&[Segment::Sound(&borrowing)]).unwrap_err(),
            StitchError::Dependent {
                segment: 0,
                byte: 0
            }
        );
        assert!(stitch(&[Segment::Sound(b"ID3")]).is_err());
    }

    #[test]
    fn no_frame_of_ours_depends_on_another() {
        // Loud noise after a pause: the kind of frame for which an encoder saves bits.
        let mut samples = vec![0.0; 22_050];
        let mut seed = 7u32;
        samples.extend((0..22_050).map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as f32 / 65_536.0 - 0.5
        }));
        let mp3 = encode_mp3(&samples).unwrap();
        assert!(count_frames(&mp3, 0).unwrap() >= 2 * 22_050 / FRAME);
        assert_eq!(segment_ms(&mp3).unwrap(), probe(&mp3).unwrap().duration_ms);
    }

    #[test]
    fn the_beep_is_soft_and_ours() {
        let beep = beep().unwrap();
        let ms = segment_ms(&beep).unwrap();
        assert!((350..600).contains(&ms), "{ms}");
        let peak = probe(&beep).unwrap().peak;
        assert!((0.08..0.16).contains(&peak), "{peak}");
        assert_eq!(beep, super::super::beep().unwrap());
    }
}
