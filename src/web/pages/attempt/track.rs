//! The track of a paced section on its pages: before the section to be fetched, while it runs to be heard and followed.

use serde_json::json;

use super::Chrome;
use crate::domain::{
    id::{AttemptId, TestletId},
    track::{Kind, Part, Plan},
};
use crate::service::{PaperTrack, paper::PaperSection};
use crate::web::{
    pages::markup::{Wanted, strings},
    urls,
};

/// What static/js/track.js says.
const WANTED: [Wanted<'static>; 8] = [
    ("nth", &["nth", "of"]),
    ("answer", &[]),
    ("over", &[]),
    ("blocked", &[]),
    ("loading", &[]),
    ("failed", &[]),
    ("stopped", &[]),
    ("late", &[]),
];

/// A track as a page shows it.
pub(super) struct TrackView {
    /// Where it is had.
    pub(super) src: String,
    /// The same from where the clock is, for a page without scripts.
    pub(super) plain: String,
    /// Where it stands, in milliseconds.
    pub(super) position_ms: u64,
    /// What is heard or done now, in words.
    pub(super) now: String,
    /// The testlet whose text or items are on, by its place.
    pub(super) ordinal: usize,
    /// The parts and the words, for the script.
    pub(super) facts: String,
}

impl TrackView {
    /// The track of the section that runs; none where its recordings come freely.
    pub(super) fn of(c: &Chrome<'_>, id: &AttemptId, section: &PaperSection) -> Option<Self> {
        let track = section.track.as_ref()?;
        let position_ms = track.position_ms.unwrap_or_default();
        let src = urls::attempt_track(id, &track.name);
        let of = |id: &TestletId| ordinal(section, id);
        let at = track.plan.testlet_at(position_ms);
        Some(Self {
            plain: format!("{src}#t={}", position_ms / 1000),
            src,
            position_ms,
            now: words(c, section, &track.plan, position_ms),
            ordinal: at.map_or(1, of),
            facts: facts(c, section, track),
        })
    }
}

/// The place of a testlet in its section, from 1.
fn ordinal(section: &PaperSection, id: &TestletId) -> usize {
    let testlets = &section.testlets;
    let place = testlets.iter().position(|testlet| testlet.id == *id);
    place.map_or(1, |place| place + 1)
}

/// What is on at a position: `Recording 2 · listening 1 of 2`. Instructions and silence belong to what comes next.
fn words(c: &Chrome<'_>, section: &PaperSection, plan: &Plan, position_ms: u64) -> String {
    let mut to_come = plan.parts.iter().filter(|part| part.end_ms > position_ms);
    let Some((part, testlet)) = to_come.find_map(|part: &Part| Some((part, part.kind.testlet()?)))
    else {
        return c.say("track-over");
    };
    let what = match part.kind {
        Kind::Text { nth, .. } => c.say2("track-nth", "nth", nth, "of", plan.plays),
        _ => c.say("track-answer"),
    };
    let title = c.say1("sit-stimulus-listening", "n", ordinal(section, testlet));
    format!("{title} · {what}")
}

/// What the script knows: parts that are about a testlet as `[ordinal, nth (0: its items), start, end]`.
fn facts(c: &Chrome<'_>, section: &PaperSection, track: &PaperTrack) -> String {
    let parts = track.plan.parts.iter().filter_map(|part| {
        let nth = match part.kind {
            Kind::Text { nth, .. } => nth,
            _ => 0,
        };
        let ordinal = ordinal(section, part.kind.testlet()?);
        Some(json!([ordinal, nth, part.start_ms, part.end_ms]))
    });
    let titles = (1..=section.testlets.len()).map(|n| c.say1("sit-stimulus-listening", "n", n));
    let words = serde_json::from_str::<serde_json::Value>(&strings(c, "track-", &WANTED));
    let facts = json!({
        "parts": parts.collect::<Vec<_>>(),
        "plays": track.plan.plays,
        "total_ms": track.plan.total_ms,
        "titles": titles.collect::<Vec<_>>(),
        "words": words.unwrap_or_default(),
    });
    facts.to_string().replace('<', "\\u003c")
}
