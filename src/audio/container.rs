//! What a file claims to be, and whether all of it is there.
//!
//! Decoders are built to play on: at a missing end or a damaged frame they skip in silence. A recording in an exam
//! must be whole, so the container is walked here first, byte by byte, and only what it accounts for is decoded. The
//! walk also bounds every length that a demuxer would reserve memory for.

use super::AudioError;
use super::ogg::{self, OggCodec};

/// What a recording may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accept {
    /// What every browser in use plays. Ogg and WebM are not among it (Safari plays neither on older iOS versions), and
    /// so are refused with the advice to convert.
    Playable,
    /// What we can decode: an upload, which is encoded anew.
    Decodable,
}

/// The containers that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// `declared` tells that a Xing or Info frame states the length; without one the reader only estimates it.
    Mp3 {
        declared: bool,
    },
    Mp4,
    Wav,
    Flac,
    /// With Vorbis or Opus in it; of an upload alone.
    Ogg(OggCodec),
}

impl Container {
    /// The name that people know it by.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Mp3 { .. } => "MP3",
            Self::Mp4 => "M4A",
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Ogg(OggCodec::Vorbis) => "Ogg Vorbis",
            Self::Ogg(OggCodec::Opus) => "Ogg Opus",
        }
    }
}

/// Names the container, checks that it is whole, and returns the bytes that are to be decoded: the MPEG frames
/// without tags, a WAV with nothing but its format and its samples.
pub(super) fn open(bytes: &[u8], accept: Accept) -> Result<(Container, Vec<u8>), AudioError> {
    if bytes.is_empty() {
        return Err(AudioError::Empty);
    }
    let sound = skip_id3v2(bytes)?;
    let magic = |at: usize, mark: &[u8]| sound.get(at..at + mark.len()) == Some(mark);
    let unsupported = |name: &str| Err(AudioError::Unsupported(name.to_owned()));
    if magic(0, b"RIFF") && magic(8, b"WAVE") {
        return Ok((
            Container::Wav,
            match accept {
                Accept::Playable => essential_wav(sound)?,
                // What records into a pipe has not gone back to write how long it was.
                Accept::Decodable => essential_wav(&close_streamed_wav(sound.to_vec()))?,
            },
        ));
    }
    if magic(0, b"fLaC") {
        return Ok((Container::Flac, essential_flac(sound)?));
    }
    if magic(4, b"ftyp") {
        let mut sound = sound.to_vec();
        walk_mp4(&mut sound, 0)?;
        return Ok((Container::Mp4, sound));
    }
    if magic(0, b"OggS") {
        return match accept {
            Accept::Playable => unsupported("Ogg (Vorbis or Opus)"),
            Accept::Decodable => Ok((Container::Ogg(ogg::walk(sound)?), sound.to_vec())),
        };
    }
    if magic(0, &[0x1a, 0x45, 0xdf, 0xa3]) {
        return unsupported("WebM or Matroska");
    }
    if magic(0, b"FORM") && (magic(8, b"AIFF") || magic(8, b"AIFC")) {
        return unsupported("AIFF");
    }
    if magic(0, b"caff") {
        return unsupported("CAF");
    }
    if magic(0, &[0xff, 0xf1]) || magic(0, &[0xff, 0xf9]) {
        return unsupported("AAC without a container (ADTS)");
    }
    if magic(0, b"#!AMR") {
        return unsupported("AMR");
    }
    if magic(0, &[0x30, 0x26, 0xb2, 0x75]) {
        return unsupported("WMA");
    }
    match MpegFrame::read(sound) {
        Some(first) => walk_mp3(sound, first),
        None => Err(AudioError::NotAudio),
    }
}

/// A WAV written to a pipe cannot know its length: engines leave a huge or a zero one in the header. This puts the
/// true one in; any other length stays, so that a file cut short is still found.
pub(super) fn close_streamed_wav(mut wav: Vec<u8>) -> Vec<u8> {
    // espeak-ng writes 0x7ffff000, others 0xffffffff or zero.
    const PLACEHOLDER: u32 = 0x7fff_0000;
    let mut at = 12;
    while let (Some(id), Some(size)) = (wav.get(at..at + 4), u32_le(&wav, at + 4)) {
        if id == b"data" {
            let rest = u32::try_from(wav.len() - at - 8).unwrap_or(u32::MAX);
            if size >= PLACEHOLDER || (size == 0 && rest > 0) {
                wav[at + 4..at + 8].copy_from_slice(&rest.to_le_bytes());
            }
            break;
        }
        at += 8 + size as usize + (size as usize & 1);
    }
    wav
}

fn corrupt(reason: impl Into<String>) -> AudioError {
    AudioError::Corrupt(reason.into())
}

fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(word.try_into().ok()?))
}

fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    u32_le(bytes, at).map(u32::swap_bytes)
}

/// ID3v2 tags stand before the sound and state their own length in four bytes of seven bits.
fn skip_id3v2(mut bytes: &[u8]) -> Result<&[u8], AudioError> {
    while let Some(header) = bytes.get(..10).filter(|h| h.starts_with(b"ID3")) {
        let size = header[6..10]
            .iter()
            .fold(0usize, |size, byte| (size << 7) | usize::from(byte & 0x7f));
        let footer = if header[5] & 0x10 != 0 { 10 } else { 0 };
        bytes = bytes
            .get(10 + size + footer..)
            .ok_or_else(|| corrupt("it ends inside its ID3 tag"))?;
    }
    Ok(bytes)
}

/// Copies the format and data chunks alone: other chunks carry nothing to hear, and their lengths are not trusted.
fn essential_wav(bytes: &[u8]) -> Result<Vec<u8>, AudioError> {
    let (mut format, mut data) = (None, None);
    let mut at = 12;
    while let (Some(id), Some(size)) = (bytes.get(at..at + 4), u32_le(bytes, at + 4)) {
        let body = bytes.get(at + 8..at + 8 + size as usize).ok_or_else(|| {
            let there = bytes.len() - at - 8;
            let name = String::from_utf8_lossy(id);
            corrupt(format!(
                "truncated: its {name:?} chunk should hold {size} bytes and holds {there}"
            ))
        })?;
        match id {
            b"fmt " if format.is_none() => format = Some(body),
            b"data" if data.is_none() => data = Some(body),
            _ => {}
        }
        at += 8 + body.len() + (body.len() & 1);
    }
    let format = format.ok_or_else(|| corrupt("a WAV without a format chunk"))?;
    let data = data.ok_or_else(|| corrupt("a WAV without a data chunk"))?;
    if data.is_empty() {
        return Err(AudioError::Empty);
    }
    let mut wav = Vec::with_capacity(28 + format.len() + data.len());
    let total = 20 + format.len() + (format.len() & 1) + data.len();
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&u32::try_from(total).unwrap_or(u32::MAX).to_le_bytes());
    wav.extend_from_slice(b"WAVE");
    for (id, body) in [(b"fmt ", format), (b"data", data)] {
        wav.extend_from_slice(id);
        // The length came out of a 32-bit field, so it fits into one.
        wav.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        wav.extend_from_slice(body);
        if body.len() % 2 == 1 {
            wav.push(0);
        }
    }
    Ok(wav)
}

/// Keeps what tells how to decode and the frames: pictures, tags and tables of places carry nothing to hear, and their
/// lengths are not trusted.
fn essential_flac(bytes: &[u8]) -> Result<Vec<u8>, AudioError> {
    const STREAM_INFO: u8 = 0;
    const LAST: u8 = 0x80;
    const TRUNCATED: &str = "truncated: a FLAC block reaches past the end";
    let mut flac = bytes[..4].to_vec();
    let mut at = 4;
    loop {
        let header = u32_be(bytes, at).ok_or_else(|| corrupt(TRUNCATED))?;
        let kind = (header >> 24) as u8;
        let end = at + 4 + (header & 0x00ff_ffff) as usize;
        let block = bytes.get(at + 4..end).ok_or_else(|| corrupt(TRUNCATED))?;
        if kind & !LAST == STREAM_INFO && flac.len() == 4 {
            flac.push(LAST | STREAM_INFO);
            flac.extend_from_slice(&bytes[at + 1..at + 4]);
            flac.extend_from_slice(block);
        }
        at = end;
        if kind & LAST != 0 {
            break;
        }
    }
    if flac.len() == 4 {
        return Err(corrupt("a FLAC that does not tell its form"));
    }
    flac.extend_from_slice(&bytes[at..]);
    Ok(flac)
}

/// Walks the atoms: each must lie inside its parent, and a sample table may not count more entries than it has bytes,
/// nor more than an exam's recording can have. Tags are made into free space.
fn walk_mp4(mut atoms: &mut [u8], depth: u8) -> Result<(), AudioError> {
    const TRUNCATED: &str = "truncated: an MP4 atom reaches past the end";
    // moov / trak / mdia / minf / stbl is as deep as the tables lie.
    const DEEPEST: u8 = 5;
    // A sample of AAC lasts 20 ms or more: this is over an hour. The reader adds up a table anew for each sample.
    const MOST_ENTRIES: usize = 250_000;
    while !atoms.is_empty() {
        let size32 = u32_be(atoms, 0).ok_or_else(|| corrupt(TRUNCATED))?;
        let kind: [u8; 4] = atoms
            .get(4..8)
            .and_then(|kind| kind.try_into().ok())
            .ok_or_else(|| corrupt(TRUNCATED))?;
        let (head, size) = match size32 {
            0 => (8, atoms.len() as u64),
            1 => {
                let high = u32_be(atoms, 8).ok_or_else(|| corrupt(TRUNCATED))?;
                let low = u32_be(atoms, 12).ok_or_else(|| corrupt(TRUNCATED))?;
                (16, (u64::from(high) << 32) | u64::from(low))
            }
            size => (8, u64::from(size)),
        };
        let size = usize::try_from(size).map_err(|_| corrupt(TRUNCATED))?;
        let body = atoms
            .get_mut(head..size)
            .ok_or_else(|| corrupt(TRUNCATED))?;
        match &kind {
            b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" | b"moof" | b"traf"
                if depth < DEEPEST =>
            {
                walk_mp4(body, depth + 1)?;
            }
            b"udta" | b"meta" | b"uuid" => atoms[4..8].copy_from_slice(b"free"),
            b"stts" | b"stsc" | b"stco" | b"co64" | b"stsz" | b"trun" => {
                let sizes = &kind == b"stsz";
                // A table of one common size lists no entries, whatever it counts, and a run may leave all to defaults.
                let listed = match &kind {
                    b"stsz" => u32_be(body, 4) == Some(0),
                    b"trun" => false,
                    _ => true,
                };
                let count = u32_be(body, if sizes { 8 } else { 4 }).map(|count| count as usize);
                if count
                    .is_none_or(|count| count > MOST_ENTRIES || (listed && count > body.len() / 4))
                {
                    return Err(corrupt("an MP4 table counts entries that it does not hold"));
                }
            }
            _ => {}
        }
        atoms = &mut std::mem::take(&mut atoms)[size..];
    }
    Ok(())
}

/// The header of one MPEG audio frame of Layer III.
#[derive(Clone, Copy)]
struct MpegFrame {
    /// Bytes of the whole frame, header included.
    len: usize,
    /// Where a Xing or Info mark stands when the frame is one: after the header and the side information.
    mark_at: usize,
}

impl MpegFrame {
    fn read(bytes: &[u8]) -> Option<Self> {
        // kbit/s by index, from ISO/IEC 11172-3 and 13818-3; index 0 is the free format, which browsers refuse.
        const MPEG1: [usize; 14] = [
            32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
        ];
        const MPEG2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        const HERTZ: [usize; 3] = [44_100, 48_000, 32_000];
        let header = u32_be(bytes, 0)?;
        let sync = header >> 21 == 0x7ff;
        let layer3 = (header >> 17) & 3 == 1;
        // 3 is MPEG-1, 2 is MPEG-2 at half its sample rates, 0 the unofficial 2.5 at a quarter, 1 is reserved.
        let (mpeg1, divisor) = match (header >> 19) & 3 {
            3 => (true, 1),
            2 => (false, 2),
            0 => (false, 4),
            _ => return None,
        };
        if !sync || !layer3 {
            return None;
        }
        let rates = if mpeg1 { MPEG1 } else { MPEG2 };
        let kbit = *rates.get((((header >> 12) & 15) as usize).checked_sub(1)?)?;
        let hertz = HERTZ.get(((header >> 10) & 3) as usize)? / divisor;
        let padding = ((header >> 9) & 1) as usize;
        let mono = (header >> 6) & 3 == 3;
        let per_kbit = if mpeg1 { 144_000 } else { 72_000 };
        Some(Self {
            len: per_kbit * kbit / hertz + padding,
            mark_at: 4 + match (mpeg1, mono) {
                (true, false) => 32,
                (true, true) | (false, false) => 17,
                (false, true) => 9,
            },
        })
    }
}

/// Every byte must belong to a frame, or to a known tag after the last one.
fn walk_mp3(bytes: &[u8], first: MpegFrame) -> Result<(Container, Vec<u8>), AudioError> {
    const TAGS: [&[u8]; 5] = [b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3", b"3DI"];
    let mark = bytes.get(first.mark_at..first.mark_at + 4);
    let declared = matches!(mark, Some(b"Xing" | b"Info"));
    let mut at = 0;
    while let Some(frame) = bytes.get(at..).and_then(MpegFrame::read) {
        if at + frame.len > bytes.len() {
            return Err(if at == 0 {
                // Two lucky bytes are no recording.
                AudioError::NotAudio
            } else {
                corrupt(format!("truncated: the frame at byte {at} is cut short"))
            });
        }
        at += frame.len;
    }
    let (frames, rest) = bytes.split_at(at);
    if rest.iter().any(|byte| *byte != 0) && !TAGS.iter().any(|tag| rest.starts_with(tag)) {
        return Err(corrupt(format!(
            "the bytes from {at} on are not an MP3 frame"
        )));
    }
    Ok((Container::Mp3 { declared }, frames.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::wav;

    #[test]
    fn a_streamed_wav_gets_its_true_length_and_another_keeps_its_own() {
        let whole = wav(22_050, 1, &[0.5; 100]);
        for placeholder in [0x7fff_f000_u32, u32::MAX, 0] {
            let mut streamed = whole.clone();
            streamed[40..44].copy_from_slice(&placeholder.to_le_bytes());
            assert_eq!(close_streamed_wav(streamed), whole);
        }
        let cut = whole[..whole.len() - 20].to_vec();
        assert_eq!(close_streamed_wav(cut.clone()), cut);
        assert!(matches!(
            open(&cut, Accept::Playable),
            Err(AudioError::Corrupt(_))
        ));
    }

    #[test]
    fn foreign_containers_are_named() {
        for (bytes, name) in [
            (&b"OggS\0\0\0\0\0\0\0\0"[..], "Ogg"),
            (&b"\x1a\x45\xdf\xa3\0\0\0\0\0\0\0\0"[..], "WebM"),
            (&b"FORM\0\0\0\0AIFF"[..], "AIFF"),
        ] {
            match open(bytes, Accept::Playable) {
                Err(AudioError::Unsupported(found)) => assert!(found.starts_with(name)),
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_mp4_table_cannot_promise_more_than_it_holds() {
        let table = |count: u32| {
            let mut atom = vec![0, 0, 0, 20];
            atom.extend_from_slice(b"stco\0\0\0\0");
            atom.extend_from_slice(&count.to_be_bytes());
            atom.extend_from_slice(&[0; 4]);
            atom
        };
        assert_eq!(walk_mp4(&mut table(1), 0), Ok(()));
        assert!(walk_mp4(&mut table(u32::MAX), 0).is_err());
        assert!(walk_mp4(&mut table(1)[..18], 0).is_err());
    }
}
