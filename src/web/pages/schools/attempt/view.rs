//! The questions of an attempt with the steps by which they were answered.

use super::{Chrome, Commenting, Typed};
use crate::domain::bank::Stimulus;
use crate::service::{AssignedResult, ItemResult, Plays, Step, TestletResult};
use crate::web::pages::items::{ItemView, StimulusView, heard_at, name_key, show_key};

/// A testlet with its items.
pub struct Part {
    pub section: &'static str,
    /// Whether it is the first of its section.
    pub first: bool,
    pub ordinal: usize,
    pub title: String,
    /// The key of the stimulus's name with a number.
    pub name_key: &'static str,
    /// The key of the words that show it.
    pub show_key: &'static str,
    pub stimulus: StimulusView,
    /// How often its recording was played, in words; none for a text.
    pub plays: Option<String>,
    pub items: Vec<Question>,
}

/// An item as it was answered.
pub struct Question {
    pub view: ItemView,
    /// Every response; none where there is at most one, that counts anyway.
    pub steps: Vec<StepView>,
    /// Where in the recording the evidence is heard, and the minute.
    pub heard: Option<(String, String)>,
    pub comment: Commenting,
}

impl Question {
    /// Whether it stands open: something in it is to be mended.
    pub fn open(&self) -> bool {
        self.comment.fault.is_some()
    }
}

/// A response.
pub struct StepView {
    /// None: cleared.
    pub letter: Option<&'static str>,
    /// From the start of the section.
    pub after: String,
    pub late: bool,
}

fn steps(c: &Chrome<'_>, steps: Option<&Vec<Step>>) -> Vec<StepView> {
    let steps = steps.into_iter().flatten();
    steps
        .map(|step| StepView {
            letter: step.chosen.map(|letter| letter.as_str()),
            after: c.minutes(step.after_ms),
            late: step.late,
        })
        .collect()
}

/// How often a recording was played, and when.
fn plays(c: &Chrome<'_>, plays: &Plays) -> String {
    let used = plays.after_ms.len();
    let mut words = match plays.allowed {
        Some(_) if plays.by_track => c.say1("track-played", "n", used),
        Some(allowed) => c.say2("attempt-plays-of", "n", used, "of", allowed),
        None => c.say1("attempt-plays", "n", used),
    };
    if used > 0 {
        let times: Vec<String> = plays.after_ms.iter().map(|ms| c.minutes(*ms)).collect();
        words.push_str(": ");
        words.push_str(&times.join(", "));
    }
    words
}

fn question(
    c: &Chrome<'_>,
    seen: &AssignedResult,
    typed: Option<&Typed>,
    stimulus: &Stimulus,
    item: &ItemResult,
) -> Question {
    let heard = heard_at(stimulus, &item.evidence);
    Question {
        view: ItemView::of(c, item),
        steps: steps(c, seen.trail.steps.get(&item.id)),
        heard: heard.map(|(href, from_ms)| (href, c.minutes(from_ms as i64))),
        comment: Commenting::of(c, seen, Some(&item.id), typed),
    }
}

fn part(
    c: &Chrome<'_>,
    seen: &AssignedResult,
    typed: Option<&Typed>,
    testlet: &TestletResult,
    ordinal: usize,
) -> Part {
    let recording = testlet.stimulus.recording();
    Part {
        section: testlet.section.as_str(),
        first: ordinal == 1,
        ordinal,
        title: testlet.title.clone(),
        name_key: name_key(&testlet.stimulus),
        show_key: show_key(&testlet.stimulus),
        stimulus: StimulusView::of(testlet),
        plays: recording
            .and_then(|_| seen.trail.plays.get(&testlet.id))
            .map(|found| plays(c, found)),
        items: testlet
            .items
            .iter()
            .map(|item| question(c, seen, typed, &testlet.stimulus, item))
            .collect(),
    }
}

/// The testlets of the attempt, numbered within their sections.
pub fn parts(c: &Chrome<'_>, seen: &AssignedResult, typed: Option<&Typed>) -> Vec<Part> {
    let sections = seen
        .result
        .testlets
        .chunk_by(|before, after| before.section == after.section);
    sections
        .flat_map(|section| section.iter().zip(1..))
        .map(|(testlet, ordinal)| part(c, seen, typed, testlet, ordinal))
        .collect()
}
