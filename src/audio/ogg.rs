//! Ogg: whether all pages are whole, and whether the headers promise no more than a recording needs.
//!
//! The decoder of Vorbis takes memory for each codebook by two numbers of its header, sixteen million times sixty-five
//! thousand at most. A few bytes can ask for more memory than any machine has, so they are read here first.

use super::AudioError;

/// What is in the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OggCodec {
    Vorbis,
    Opus,
}

/// Numbers of one codebook at most; the largest of the common encoder has 52,488.
const MOST_IN_BOOK: u64 = 1 << 20;
/// Numbers of all codebooks of a stream at most: 16 MB.
const MOST_IN_BOOKS: u64 = 1 << 22;

fn corrupt(reason: &str) -> AudioError {
    AudioError::Corrupt(reason.to_owned())
}

/// Walks the pages and reads the headers.
pub(super) fn walk(bytes: &[u8]) -> Result<OggCodec, AudioError> {
    let headers = headers(bytes)?;
    let [first, rest @ ..] = &headers[..] else {
        return Err(AudioError::Empty);
    };
    if first.starts_with(b"\x01vorbis") {
        let [comments, setup] = rest else {
            return Err(corrupt("truncated: it ends inside its headers"));
        };
        check_comments(comments, b"\x03vorbis")?;
        check_codebooks(setup).ok_or_else(|| corrupt("its codebooks cannot be those of speech"))?;
        return Ok(OggCodec::Vorbis);
    }
    if first.starts_with(b"OpusHead") {
        let comments = rest.first().map_or(&[][..], Vec::as_slice);
        check_comments(comments, b"OpusTags")?;
        return Ok(OggCodec::Opus);
    }
    let name = match first {
        first if first.starts_with(b"\x7fFLAC") => "FLAC in Ogg",
        first if first.starts_with(b"Speex") => "Speex",
        _ => "Ogg with neither Vorbis nor Opus",
    };
    Err(AudioError::Unsupported(name.to_owned()))
}

/// The first three packets, when every page to the end is whole and of one stream.
fn headers(bytes: &[u8]) -> Result<Vec<Vec<u8>>, AudioError> {
    const HEADERS: usize = 3;
    const PAGE: usize = 27;
    let cut = || corrupt("truncated: an Ogg page reaches past the end");
    let mut packets: Vec<Vec<u8>> = Vec::new();
    let mut open = Vec::new();
    let mut serial = None;
    let mut at = 0;
    while at < bytes.len() {
        let head = bytes.get(at..at + PAGE).ok_or_else(cut)?;
        if !head.starts_with(b"OggS\0") {
            return Err(corrupt("between its pages stands something else"));
        }
        let lengths_end = at + PAGE + usize::from(head[26]);
        let lengths = bytes.get(at + PAGE..lengths_end).ok_or_else(cut)?;
        let end = lengths_end
            + lengths
                .iter()
                .map(|length| usize::from(*length))
                .sum::<usize>();
        let page = bytes.get(at..end).ok_or_else(cut)?;
        if checksum(page) != head[22..26] {
            return Err(corrupt("a page of it differs from its own checksum"));
        }
        if *serial.get_or_insert(&head[14..18]) != &head[14..18] {
            return Err(corrupt("it holds more than one stream"));
        }
        let mut from = lengths_end;
        for length in lengths {
            if packets.len() == HEADERS {
                break;
            }
            let to = from + usize::from(*length);
            open.extend_from_slice(&bytes[from..to]);
            from = to;
            // A packet ends with the first piece that is not full.
            if *length < 255 {
                packets.push(std::mem::take(&mut open));
            }
        }
        at = end;
    }
    Ok(packets)
}

/// The checksum of a page, its own place taken as zero.
pub(super) fn checksum(page: &[u8]) -> [u8; 4] {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut rest = (byte as u32) << 24;
            let mut bit = 0;
            while bit < 8 {
                let carry = rest >> 31;
                rest = (rest << 1) ^ (carry * 0x04c1_1db7);
                bit += 1;
            }
            table[byte] = rest;
            byte += 1;
        }
        table
    };
    let mut sum = 0u32;
    for (at, byte) in page.iter().enumerate() {
        let byte = if (22..26).contains(&at) { 0 } else { *byte };
        sum = (sum << 8) ^ TABLE[usize::from((sum >> 24) as u8 ^ byte)];
    }
    sum.to_le_bytes()
}

/// A comment's length must lie inside its packet.
fn check_comments(packet: &[u8], mark: &[u8]) -> Result<(), AudioError> {
    fn text(rest: &[u8]) -> Option<&[u8]> {
        let length = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
        rest.get(4..)?.get(length as usize..)
    }
    let whole = packet.strip_prefix(mark).and_then(|rest| {
        let rest = text(rest)?;
        let count = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
        // Each takes four bytes at least, so a false count ends with the packet.
        (0..count).try_fold(&rest[4..], |rest, _| text(rest))
    });
    whole
        .map(|_| ())
        .ok_or_else(|| corrupt("its comments reach past their end"))
}

/// Reads the codebooks of a Vorbis set-up packet (Vorbis I, 3.2.1) as far as to know what each unpacks to.
fn check_codebooks(packet: &[u8]) -> Option<()> {
    let mut bits = Bits {
        bytes: packet.strip_prefix(b"\x05vorbis")?,
        at: 0,
    };
    let mut all = 0;
    for _ in 0..=bits.take(8)? {
        let book = check_codebook(&mut bits).filter(|book| *book <= MOST_IN_BOOK)?;
        all += book;
    }
    (all <= MOST_IN_BOOKS).then_some(())
}

fn check_codebook(bits: &mut Bits<'_>) -> Option<u64> {
    const SYNC: u32 = 0x56_4342;
    if bits.take(24)? != SYNC {
        return None;
    }
    let dimensions = bits.take(16)?;
    let entries = bits.take(24)?;
    let unpacked = u64::from(entries.max(1)) * u64::from(dimensions.max(1));
    if unpacked > MOST_IN_BOOK {
        return None;
    }
    let ordered = bits.take(1)? == 1;
    if ordered {
        bits.take(5)?;
        let mut told = 0;
        while told < entries {
            let left = entries - told;
            let more = bits.take(u32::BITS - left.leading_zeros())?;
            // Each length has its number, so a zero is no fault; thirty-two lengths are all there are.
            told += more;
            if told > entries {
                return None;
            }
        }
    } else {
        let sparse = bits.take(1)? == 1;
        for _ in 0..entries {
            if !sparse || bits.take(1)? == 1 {
                bits.take(5)?;
            }
        }
    }
    let values = match bits.take(4)? {
        0 => return Some(unpacked),
        // The largest whole number whose power by the dimensions is not above the entries.
        1 => (1..=entries)
            .take_while(|root| {
                root.checked_pow(dimensions)
                    .is_some_and(|power| power <= entries)
            })
            .count() as u64,
        2 => unpacked,
        _ => return None,
    };
    bits.take(32)?;
    bits.take(32)?;
    let width = u64::from(bits.take(4)? + 1);
    bits.take(1)?;
    bits.skip(values * width)?;
    Some(unpacked)
}

/// Bits from the lowest of each byte upwards.
struct Bits<'b> {
    bytes: &'b [u8],
    at: u64,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for bit in 0..count {
            let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
            value |= u32::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= self.bytes.len() as u64 * 8).then_some(())
    }
}
