//! The conditions of what a school gave, in a few words: whether it counts, how long it takes, when what is shown.

use super::Chrome;
use crate::domain::assignment::{Assignment, ResultsPolicy, Work};

/// The conditions as a line of words.
pub(super) fn terms(c: &Chrome<'_>, given: &Assignment, left: u32) -> Vec<String> {
    let mut words = Vec::new();
    match &given.work {
        Work::Mock { counts, .. } => words.push(c.say(match counts {
            true => "terms-counts",
            false => "terms-training",
        })),
        Work::Practice(set) => {
            words.extend(set.wish.minutes.map(|n| c.say1("preview-minutes", "n", n)));
        }
    }
    words.push(c.say1("assignment-left", "n", left));
    if given.work.results() != ResultsPolicy::AtOnce && given.released_at.is_none() {
        words.push(c.say_of("terms-result-", given.work.results().as_str()));
    }
    if given.released_at.is_none() {
        words.push(c.say_of("terms-answers-", given.work.feedback().as_str()));
    }
    words
}
