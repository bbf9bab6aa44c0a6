//! Makes bytes that a parser may not expect, out of bytes that it does: turns bits, cuts, repeats, nests, swaps and mixes
//! parts, and puts in what breaks things. The same seed gives the same bytes.

use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};

/// The most bytes of an input: a few times the largest seed.
const MOST: usize = 256 * 1024;

/// What breaks things, in text of any kind.
const TOKENS: [&str; 52] = [
    "",
    "\0",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "\u{202e}",
    "\u{301}",
    "🐎",
    "Ә",
    "ß",
    "İ",
    "\"",
    "'",
    "\\",
    "\\u0000",
    "\\ud800",
    "<",
    "&",
    ";",
    ",",
    "=",
    ":",
    "#",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "null",
    "true",
    "0",
    "-0",
    "-1",
    "1e999",
    "0.1",
    "NaN",
    "inf",
    "00",
    "9007199254740993",
    "2147483648",
    "4294967296",
    "9223372036854775808",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "1e-400",
    "2026-02-30",
    "0000-01-01",
    "9999-12-31",
    "-262143-01-01",
    "99999999999999999999999999999999999999999.5",
    "%00",
];

/// Numbers at the edges of what a length or an offset may be, in the bytes of a file's head.
const EDGES: [u32; 8] = [
    0,
    1,
    0x7f,
    0xff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fffe,
    0xffff_ffff,
];

/// A maker of inputs out of seeds.
pub struct Mutator<'a> {
    rng: ChaCha12Rng,
    seeds: &'a [Vec<u8>],
}

impl<'a> Mutator<'a> {
    /// Out of these seeds; there must be one.
    pub fn new(seed: u64, seeds: &'a [Vec<u8>]) -> Self {
        assert!(!seeds.is_empty(), "no seeds");
        Self {
            rng: ChaCha12Rng::seed_from_u64(seed),
            seeds,
        }
    }

    /// The next input.
    pub fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.seeds[self.below(self.seeds.len())].clone();
        // Mostly one change, so that much of the rest is still read.
        let changes = 1 + self.below(3) * self.below(3);
        for _ in 0..changes {
            self.change(&mut bytes);
            bytes.truncate(MOST);
        }
        // Mostly, or nothing behind the checksums would ever be reached.
        if bytes.starts_with(b"OggS") && self.below(4) > 0 {
            sum_ogg(&mut bytes);
        }
        bytes
    }

    /// A number below this; 0 where there is none.
    fn below(&mut self, end: usize) -> usize {
        match end {
            0 => 0,
            _ => self.rng.random_range(0..end),
        }
    }

    /// A place, more often near the beginning: heads matter.
    fn place(&mut self, bytes: &[u8]) -> usize {
        match self.below(3) {
            0 => self.below(bytes.len().min(200) + 1),
            _ => self.below(bytes.len() + 1),
        }
    }

    /// A part of the bytes: a line, a value, or any stretch.
    fn part(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let from = self.place(bytes);
        let ends: &[u8] = match self.below(4) {
            0 => b"\n",
            1 => b" ,;=:\"[]{}\n",
            2 => b"\"",
            _ => {
                let most = 1 << self.below(12);
                let length = self.below(most);
                return from..(from + length).min(bytes.len());
            }
        };
        let is_end = |byte: &u8| ends.contains(byte);
        let start = bytes[..from]
            .iter()
            .rposition(is_end)
            .map_or(0, |at| at + 1);
        let length = bytes[from..].iter().position(is_end);
        start..length.map_or(bytes.len(), |length| from + length)
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        match self.below(12) {
            0 => {
                let at = self.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.rng.random_range(0..8);
                }
            }
            1 => {
                let at = self.place(bytes);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = self.rng.random();
                }
            }
            2 => bytes.truncate(self.below(bytes.len() + 1)),
            3 => {
                let part = self.part(bytes);
                bytes.drain(part);
            }
            // A part once more, or very often.
            4 => {
                let part = self.part(bytes);
                let often = [1, 1, 2, 50, 1000][self.below(5)];
                let again = bytes[part.clone()].repeat(often.min(MOST / part.len().max(1)));
                bytes.splice(part.end..part.end, again);
            }
            5 | 6 => {
                let part = self.part(bytes);
                let token = TOKENS[self.below(TOKENS.len())];
                bytes.splice(part, token.bytes());
            }
            7 => {
                let at = self.place(bytes);
                let token = TOKENS[self.below(TOKENS.len())];
                let often = [1, 1, 1, 3, 500][self.below(5)];
                bytes.splice(at..at, token.repeat(often).into_bytes());
            }
            // A part of another seed in the place of one of this.
            8 => {
                let seeds = self.seeds;
                let other = &seeds[self.below(seeds.len())];
                let (from, to) = (self.part(other), self.part(bytes));
                bytes.splice(to, other[from].iter().copied());
            }
            // Two parts change places.
            9 => {
                let (one, two) = (self.part(bytes), self.part(bytes));
                if one.end <= two.start {
                    let later = bytes[two.clone()].to_vec();
                    let earlier: Vec<u8> = bytes.splice(one, later.iter().copied()).collect();
                    let moved = two.start + later.len() - earlier.len().min(two.start);
                    let moved = moved.min(bytes.len());
                    let end = (moved + later.len()).min(bytes.len());
                    bytes.splice(moved..end, earlier);
                }
            }
            // Nested, deeply.
            10 => {
                let at = self.place(bytes);
                let (open, close) =
                    [("[", "]"), ("{\"a\":", "}"), ("[[", "]]"), ("a.", "")][self.below(4)];
                let deep = [2, 20, 200, 20_000][self.below(4)];
                let mut nested = open.repeat(deep);
                if self.below(2) == 0 {
                    nested.push('1');
                    nested.push_str(&close.repeat(deep));
                }
                bytes.splice(at..at, nested.into_bytes());
            }
            // A number of four bytes, as lengths and offsets are written.
            _ => {
                let at = self.place(bytes);
                let edge = EDGES[self.below(EDGES.len())];
                let number = match self.below(2) {
                    0 => edge.to_be_bytes(),
                    _ => edge.to_le_bytes(),
                };
                for (place, byte) in bytes.iter_mut().skip(at).zip(number) {
                    *place = byte;
                }
            }
        }
    }
}

/// Makes the checksums of Ogg pages right (RFC 3533), as far as there are pages.
fn sum_ogg(bytes: &mut [u8]) {
    const HEAD: usize = 27;
    let mut at = 0;
    while bytes[at..].starts_with(b"OggS") && bytes.len() - at > HEAD {
        let segments = usize::from(bytes[at + HEAD - 1]);
        let Some(lengths) = bytes.get(at + HEAD..at + HEAD + segments) else {
            return;
        };
        let length = HEAD + segments + lengths.iter().map(|n| usize::from(*n)).sum::<usize>();
        let Some(page) = bytes.get_mut(at..at + length) else {
            return;
        };
        page[22..26].fill(0);
        let sum = page.iter().fold(0u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
                (sum << 1) ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
            })
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        at += length;
    }
}

#[test]
fn sums_of_ogg_are_as_others_make_them() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/audio/greeting.opus"
    );
    let good = std::fs::read(path).expect("a file");
    let mut summed = good.clone();
    sum_ogg(&mut summed);
    assert_eq!(summed, good);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let seeds = [b"id = \"a\"\n[x]\n".to_vec(), b"a,b\n1,2\n".to_vec()];
    let made = |seed| {
        let mut mutator = Mutator::new(seed, &seeds);
        (0..200).map(|_| mutator.next()).collect::<Vec<_>>()
    };
    let once = made(1);
    assert_eq!(once, made(1));
    assert_ne!(once, made(2));
    let distinct: std::collections::BTreeSet<_> = once.iter().collect();
    assert!(distinct.len() > 150, "{} different ones", distinct.len());
    assert!(once.iter().all(|bytes| bytes.len() <= MOST));
}
