//! Recordings that a school made, without a microphone: their bytes are not sound where nobody listens.

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
