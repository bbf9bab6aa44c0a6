use proptest::prelude::{ProptestConfig, any, proptest};

use super::*;
use crate::audio::probe;
use crate::audio::testing::{sine_at, wav};

const LIMITS: TakeLimits = TakeLimits {
    bytes: 2_000_000,
    least_ms: 500,
    most_ms: 10_000,
};

/// «Сәлеметсіз бе!» in every format that people send.
const UPLOADS: [(&str, &[u8]); 7] = [
    (
        "MP3",
        include_bytes!("../../tests/fixtures/audio/greeting.mp3"),
    ),
    (
        "M4A",
        include_bytes!("../../tests/fixtures/audio/greeting.m4a"),
    ),
    (
        "M4A",
        include_bytes!("../../tests/fixtures/audio/greeting-fragmented.m4a"),
    ),
    (
        "M4A",
        include_bytes!("../../tests/fixtures/audio/greeting-lossless.m4a"),
    ),
    (
        "FLAC",
        include_bytes!("../../tests/fixtures/audio/greeting.flac"),
    ),
    (
        "Ogg Vorbis",
        include_bytes!("../../tests/fixtures/audio/greeting.ogg"),
    ),
    (
        "Ogg Opus",
        include_bytes!("../../tests/fixtures/audio/greeting.opus"),
    ),
];

/// A WAV of any sample format: 1 is whole numbers, 3 is floating point.
fn wav_of(format: u16, bits: u16, rate: u32, samples: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|sample| match (format, bits) {
            (1, 8) => vec![(sample * 127.0 + 128.0) as u8],
            (1, 24) => ((sample * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec(),
            (1, 32) => ((f64::from(*sample) * 2_147_483_647.0) as i32)
                .to_le_bytes()
                .to_vec(),
            (3, 32) => sample.to_le_bytes().to_vec(),
            _ => ((sample * 32_767.0) as i16).to_le_bytes().to_vec(),
        })
        .collect();
    let align = bits / 8;
    let mut wav = b"RIFF".to_vec();
    wav.extend_from_slice(&(36 + data.len() as u32).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0");
    wav.extend_from_slice(&format.to_le_bytes());
    wav.extend_from_slice(&1u16.to_le_bytes());
    wav.extend_from_slice(&rate.to_le_bytes());
    wav.extend_from_slice(&(rate * u32::from(align)).to_le_bytes());
    wav.extend_from_slice(&align.to_le_bytes());
    wav.extend_from_slice(&bits.to_le_bytes());
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&(data.len() as u32).to_le_bytes());
    wav.extend_from_slice(&data);
    wav
}

/// A voice of a kind: two seconds in syllables, silence around it.
fn voice(rate: u32, amplitude: f32) -> Vec<f32> {
    let mut samples = vec![0.0; rate as usize];
    for _ in 0..8 {
        samples.extend(sine_at(rate, 220.0, amplitude, rate as usize / 5));
        samples.extend(vec![0.0; rate as usize / 20]);
    }
    samples.extend(vec![0.0; rate as usize]);
    samples
}

fn is_ours(take: &Take) {
    assert!((take.loudness_lufs + 16.0).abs() <= 0.5, "{take:?}");
    assert!(take.true_peak_dbtp < -1.0, "{take:?}");
    let found = probe(&take.mp3).unwrap();
    assert_eq!((found.channels, found.sample_rate), (1, SAMPLE_RATE));
    assert_eq!(found.duration_ms, take.duration_ms);
    assert_eq!(take.sha256, sha256_hex(&take.mp3));
    assert_eq!(take.waveform.len(), 200);
    assert!(take.waveform.contains(&255));
}

#[test]
fn every_format_becomes_the_same_recording() {
    for (format, bytes) in UPLOADS {
        let take =
            normalise(bytes, &LIMITS).unwrap_or_else(|refusal| panic!("{format}: {refusal}"));
        is_ours(&take);
        assert_eq!(take.input.format, format);
        // The greeting takes 1.15 s; both ends keep 350 ms, and the encoder adds up to 100.
        assert!(
            (1_650..2_150).contains(&take.duration_ms),
            "{format}: {} ms",
            take.duration_ms
        );
    }
}

#[test]
fn every_kind_of_wav_is_understood() {
    for (format, bits, rate) in [
        (1, 8, 8_000),
        (1, 16, 44_100),
        (1, 24, 48_000),
        (1, 32, 22_050),
        (3, 32, 48_000),
    ] {
        let take = normalise(&wav_of(format, bits, rate, &voice(rate, 0.3)), &LIMITS).unwrap();
        is_ours(&take);
        assert_eq!(take.input.format, "WAV");
        assert!(
            (3_998..=4_000).contains(&take.input.duration_ms),
            "{bits} bits"
        );
    }
    // What a browser or a pipe writes before it knows the length.
    let mut streamed = wav(22_050, 1, &voice(22_050, 0.3));
    streamed[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    is_ours(&normalise(&streamed, &LIMITS).unwrap());
}

#[test]
fn silence_at_the_ends_is_cut_and_added() {
    let middle = 44_100..voice(44_100, 0.3).len() - 44_100;
    let bare = voice(44_100, 0.3)[middle].to_vec();
    for samples in [voice(44_100, 0.3), bare] {
        let take = normalise(&wav(44_100, 1, &samples), &LIMITS).unwrap();
        let mut heard = Vec::new();
        crate::audio::decode::decode(&take.mp3, |s| heard.extend_from_slice(s)).unwrap();
        let loud = |s: &f32| s.abs() > 0.05;
        let before = ms_of(heard.iter().position(loud).unwrap());
        let after = ms_of(heard.len() - heard.iter().rposition(loud).unwrap());
        // The codec's own delay of 50 ms comes first, a padded frame or two last.
        assert!((330..=430).contains(&before), "{before}");
        assert!((330..=480).contains(&after), "{after}");
    }
}

#[test]
fn noise_and_a_click_are_not_speech() {
    // A soft hiss all along, and the button's click half a second before the end.
    let mut samples = voice(22_050, 0.3);
    let mut seed = 1u32;
    for sample in &mut samples {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample += (seed >> 16) as f32 / 65_536.0 * 0.004 - 0.002;
    }
    let click = samples.len() - 11_000;
    samples[click..click + 200].fill(0.4);
    let take = normalise(&wav(22_050, 1, &samples), &LIMITS).unwrap();
    assert!(
        (2_650..2_900).contains(&take.duration_ms),
        "{}",
        take.duration_ms
    );
}

#[test]
fn stereo_is_mixed() {
    let stereo: Vec<f32> = voice(44_100, 0.3).iter().flat_map(|s| [*s, 0.0]).collect();
    let take = normalise(&wav(44_100, 2, &stereo), &LIMITS).unwrap();
    is_ours(&take);
    assert_eq!(take.input.channels, 2);
}

#[test]
fn each_refusal_has_its_reason() {
    let refusal = |bytes: &[u8]| normalise(bytes, &LIMITS).unwrap_err();
    let of = |samples: &[f32]| refusal(&wav(22_050, 1, samples));
    assert_eq!(refusal(b""), Refusal::Empty);
    assert_eq!(of(&[]), Refusal::Empty);
    assert_eq!(refusal(b"<html>not found</html>"), Refusal::NotAudio);
    assert_eq!(of(&[0.000_1; 44_100]), Refusal::Silent);
    assert!(matches!(of(&voice(22_050, 0.001)), Refusal::TooQuiet { lufs } if lufs < -55.0));
    let cut_off: Vec<f32> = voice(22_050, 2.0)
        .iter()
        .map(|s| s.clamp(-1.0, 1.0))
        .collect();
    assert!(
        matches!(of(&cut_off), Refusal::Clipped { percent: 20..=60 }),
        "{:?}",
        of(&cut_off)
    );
    assert_eq!(
        of(&sine_at(22_050, 220.0, 0.3, 8_000)),
        Refusal::TooShort {
            seconds: 0,
            least: 1,
            most: 10
        }
    );
    let long = sine_at(22_050, 220.0, 0.3, 12 * 22_050);
    assert_eq!(
        of(&long),
        Refusal::TooLong {
            seconds: 12,
            least: 1,
            most: 10
        }
    );
    let few = TakeLimits {
        bytes: 99,
        ..LIMITS
    };
    assert_eq!(
        normalise(&[0; 100], &few),
        Err(Refusal::TooLarge {
            bytes: 100,
            most: 99
        })
    );
    for (bytes, codec) in [
        (&b"\x1a\x45\xdf\xa3\0\0\0\0\0\0\0\0"[..], "WebM or Matroska"),
        (&b"#!AMR\n\0\0\0\0\0\0"[..], "AMR"),
        (&b"FORM\0\0\0\0AIFF"[..], "AIFF"),
    ] {
        let name = codec.to_owned();
        assert_eq!(refusal(bytes), Refusal::UnsupportedCodec { name });
    }
    let mut knock = vec![0.0; 44_100];
    for at in [0, 43_000] {
        knock[at..at + 1_000].fill(0.5);
    }
    assert!(
        matches!(of(&knock), Refusal::Uneven | Refusal::TooQuiet { .. }),
        "{:?}",
        of(&knock)
    );
}

#[test]
fn decoding_ends_when_there_is_too_much() {
    // An hour of a constant in 6 kB: a FLAC block of 65,535 samples takes 13 bytes.
    let flac = include_bytes!("../../tests/fixtures/audio/hour.flac");
    assert!(flac.len() < 10_000);
    assert_eq!(
        normalise(flac, &LIMITS),
        Err(Refusal::TooMuchSound { most: 70 })
    );
}

#[test]
fn a_vorbis_header_cannot_ask_for_all_memory() {
    let (_, ogg) = UPLOADS[5];
    let at = ogg
        .windows(9)
        .position(|w| w == b"\x05vorbis\x2b\x42")
        .or_else(|| ogg.windows(7).position(|w| w == b"\x05vorbis"));
    let book = at.unwrap() + 8;
    assert_eq!(&ogg[book..book + 3], b"BCV");
    let mut greedy = ogg.to_vec();
    // Sixteen million entries of sixty-five thousand numbers.
    greedy[book + 3..book + 8].fill(0xff);
    let page = (0..book)
        .rev()
        .find(|at| greedy[*at..].starts_with(b"OggS"))
        .unwrap();
    let segments = usize::from(greedy[page + 26]);
    let length: usize = greedy[page + 27..page + 27 + segments]
        .iter()
        .map(|l| usize::from(*l))
        .sum();
    let end = page + 27 + segments + length;
    let sum = crate::audio::ogg::checksum(&greedy[page..end]);
    greedy[page + 22..page + 26].copy_from_slice(&sum);
    assert!(matches!(
        normalise(&greedy, &LIMITS),
        Err(Refusal::Broken { .. })
    ));
}

#[test]
fn a_cut_upload_is_damaged() {
    for (format, bytes) in UPLOADS {
        for cut in [1, 9, 60] {
            let found = normalise(&bytes[..bytes.len() - cut], &LIMITS);
            assert!(
                matches!(found, Err(Refusal::Broken { .. })),
                "{format} - {cut}: {found:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn damaged_bytes_give_an_answer(
        which in 0..UPLOADS.len(),
        cut in 0usize..20_000,
        flips in proptest::collection::vec((0usize..20_000, any::<u8>()), 0..4),
    ) {
        let mut bytes = UPLOADS[which].1.to_vec();
        bytes.truncate(bytes.len().saturating_sub(cut % (2 * bytes.len())).max(1));
        for (at, byte) in flips {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if let Ok(take) = normalise(&bytes, &LIMITS) {
            is_ours(&take);
        }
    }

    #[test]
    fn a_flipped_header_gives_an_answer(which in 0..UPLOADS.len(), at in 0usize..600, byte in any::<u8>()) {
        let mut bytes = UPLOADS[which].1.to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = normalise(&bytes, &LIMITS);
    }
}
