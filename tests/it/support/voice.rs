//! Recordings that a school made, without a microphone: their bytes are not sound where nobody listens, and a humming
//! voice where somebody does.

use synaq::domain::id::{RecordingId, TestletId};
use synaq::domain::voice::Measures;

use super::World;
use super::school::Class;

/// A listening text of the short content.
pub const TEXT: &str = "lst-short-nan";
/// All listening texts of the short content.
pub const TEXTS: [&str; 2] = [TEXT, "lst-short-auyl"];

/// What was measured of a recording; its hash and size are found when it is kept.
pub fn measures() -> Measures {
    Measures {
        sha256: String::new(),
        bytes: 0,
        duration_ms: 12_345,
        loudness: -16.04,
        true_peak: -1.5,
        syllables_per_minute: 180,
        waveform: vec![0, 128, 255, 7],
    }
}

/// The id of a testlet.
pub fn text(id: &str) -> TestletId {
    TestletId::new(id)
}

/// A draft of the class's tutor with these bytes.
pub async fn draft(world: &World, class: &Class, testlet: &str, sound: &[u8]) -> RecordingId {
    let testlet = text(testlet);
    let (exam, measures) = (&world.exam, measures());
    let kept = exam.keep_take(&class.tutor, &class.school, &testlet, sound, measures);
    kept.await.expect("a draft")
}

/// A recording of the class's tutor that is in use.
pub async fn voice(world: &World, class: &Class, testlet: &str, sound: &[u8]) -> RecordingId {
    let id = draft(world, class, testlet, sound).await;
    let used = world
        .exam
        .use_voice(&class.tutor, &class.school, &id, "Айгүл", true);
    used.await.expect("in use");
    id
}

/// The tutor's recordings of every listening text, in use, all with these bytes: whatever a mock picks is heard so.
pub async fn voices(world: &World, class: &Class, sound: &[u8]) -> Vec<RecordingId> {
    let mut made = Vec::new();
    for testlet in TEXTS {
        made.push(voice(world, class, testlet, sound).await);
    }
    made
}

/// Samples a second of [`wav`].
pub const RATE: u32 = 8_000;

/// A WAV of these samples, 16 bits, one channel.
pub fn wav(samples: impl Iterator<Item = f64>) -> Vec<u8> {
    let samples = samples.map(|sample| (sample.clamp(-1.0, 1.0) * 32_767.0) as i16);
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let mut wav = b"RIFF".to_vec();
    let number = |wav: &mut Vec<u8>, n: u32| wav.extend_from_slice(&n.to_le_bytes());
    number(&mut wav, 36 + data.len() as u32);
    wav.extend_from_slice(b"WAVEfmt ");
    number(&mut wav, 16);
    wav.extend_from_slice(&[1, 0, 1, 0]);
    number(&mut wav, RATE);
    number(&mut wav, RATE * 2);
    wav.extend_from_slice(&[2, 0, 16, 0]);
    wav.extend_from_slice(b"data");
    number(&mut wav, data.len() as u32);
    wav.extend_from_slice(&data);
    wav
}

/// So many seconds of somebody who hums syllables, this loud (1 is full scale).
pub fn humming(seconds: u32, loud: f64) -> Vec<u8> {
    use std::f64::consts::TAU;
    wav((0..seconds * RATE).map(|n| {
        let at = f64::from(n) / f64::from(RATE);
        let syllable = 0.55 - 0.45 * (TAU * 4.0 * at).cos();
        loud * syllable * (0.7 * (TAU * 180.0 * at).sin() + 0.3 * (TAU * 540.0 * at).sin())
    }))
}
