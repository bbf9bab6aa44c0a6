//! What a learner would get, as the form shows it to those who teach before they give it.

use super::Chrome;
use crate::service::{Preview, PreviewTestlet};
use crate::web::pages::items::{ItemView, StimulusView};

/// What templates/schools/preview.html shows.
pub(super) struct PreviewView {
    pub(super) items: u32,
    pub(super) minutes: u32,
    pub(super) estimated: bool,
    pub(super) sample: bool,
    pub(super) sections: Vec<SectionPart>,
}

/// A section's testlets.
pub(super) struct SectionPart {
    pub(super) name: &'static str,
    pub(super) testlets: Vec<TestletPart>,
}

/// A testlet, folded.
pub(super) struct TestletPart {
    pub(super) title: String,
    pub(super) level: &'static str,
    pub(super) topic: String,
    pub(super) stimulus: StimulusView,
    pub(super) items: Vec<ItemView>,
}

fn testlet_part(c: &Chrome<'_>, testlet: &PreviewTestlet) -> TestletPart {
    TestletPart {
        title: testlet.content.title.clone(),
        level: testlet.level.as_str(),
        topic: c.say_of("topic-", &testlet.topic),
        stimulus: StimulusView::of(&testlet.content),
        items: testlet
            .content
            .items
            .iter()
            .map(|item| ItemView::of(c, item))
            .collect(),
    }
}

pub(super) fn preview_view(c: &Chrome<'_>, preview: &Preview) -> PreviewView {
    PreviewView {
        items: preview.items,
        minutes: preview.minutes,
        estimated: preview.estimated,
        sample: preview.sample,
        sections: preview
            .sections
            .iter()
            .map(|section| SectionPart {
                name: section.name.as_str(),
                testlets: section
                    .testlets
                    .iter()
                    .map(|testlet| testlet_part(c, testlet))
                    .collect(),
            })
            .collect(),
    }
}
