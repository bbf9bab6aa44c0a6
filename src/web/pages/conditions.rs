//! Other conditions that a school granted a learner, in words, and what they change in how a page looks.

use super::Chrome;
use crate::domain::accommodation::Accommodation;

/// What is different, one piece each; nothing where the same holds as for everybody.
pub(super) fn conditions(c: &Chrome<'_>, terms: Accommodation) -> Vec<String> {
    let numbers = [
        ("conditions-percent", terms.extra_percent),
        ("conditions-minutes", terms.extra_minutes),
        ("conditions-plays", terms.extra_plays),
        ("conditions-break", terms.break_minutes),
    ];
    let mut words: Vec<String> = numbers
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(key, n)| c.say1(key, "n", n))
        .collect();
    if terms.larger_text {
        words.push(c.say("conditions-larger"));
    }
    words
}

/// The same on one line; none where nothing is different.
pub(super) fn conditions_line(c: &Chrome<'_>, terms: Accommodation) -> Option<String> {
    (!terms.is_none()).then(|| conditions(c, terms).join(", "))
}

impl Chrome<'_> {
    /// For a page of a sitting under these conditions: larger text, unless the reader has chosen larger already.
    pub(super) fn under(mut self, terms: Accommodation) -> Self {
        if terms.larger_text && self.display.size == "normal" {
            self.display.size = "larger";
        }
        self
    }
}
