//! How the recordings of a section come: freely, as often as is allowed, or paced by one track as on the day.

use serde::{Deserialize, Serialize};

use super::rules::{RuleSet, SectionRule, Sourced};

/// How the recordings of an attempt come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// The learner starts each recording, as often as is allowed.
    #[default]
    Free,
    /// One track with every recording and the time for its items, which nobody stops.
    Paced,
}

impl Delivery {
    /// Both, in the order in which a form offers them.
    pub const ALL: [Delivery; 2] = [Delivery::Free, Delivery::Paced];

    /// `free` or `paced`: the word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Delivery::Free => "free",
            Delivery::Paced => "paced",
        }
    }
}

impl std::str::FromStr for Delivery {
    type Err = UnknownDelivery;

    fn from_str(text: &str) -> Result<Self, UnknownDelivery> {
        Delivery::ALL
            .into_iter()
            .find(|delivery| delivery.as_str() == text)
            .ok_or(UnknownDelivery)
    }
}

/// The text names no way of delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected free or paced")]
pub struct UnknownDelivery;

/// What a rule set lets one choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Offered {
    /// Free only.
    #[default]
    Free,
    /// Paced only.
    Paced,
    /// Whoever starts a mock chooses; free unless they say otherwise.
    Either,
}

impl Offered {
    /// `free`, `paced` or `either`: the word in rule files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Offered::Free => "free",
            Offered::Paced => "paced",
            Offered::Either => "either",
        }
    }

    /// Whether a track may be wanted at all.
    pub fn may_be_paced(self) -> bool {
        self != Offered::Free
    }

    /// What comes of a wish.
    ///
    /// # Errors
    /// [`NotOffered`] when the rule set does not let one choose that.
    pub fn choose(self, wish: Option<Delivery>) -> Result<Delivery, NotOffered> {
        match (self, wish) {
            (Offered::Either, wish) => Ok(wish.unwrap_or_default()),
            (Offered::Free, None | Some(Delivery::Free)) => Ok(Delivery::Free),
            (Offered::Paced, None | Some(Delivery::Paced)) => Ok(Delivery::Paced),
            _ => Err(NotOffered),
        }
    }
}

/// The rule set does not offer this way of delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rule set does not offer this delivery")]
pub struct NotOffered;

impl SectionRule {
    /// What may be chosen for this section; free where the rules say nothing.
    pub fn offered(&self) -> Offered {
        let delivery = self.delivery.as_ref();
        delivery.map_or(Offered::Free, |delivery: &Sourced<Offered>| delivery.value)
    }
}

impl RuleSet {
    /// What may be chosen for the section with recordings; free in a rule set that has none.
    pub fn offered(&self) -> Offered {
        let mut sections = self.sections.iter();
        let heard = sections.find(|section| section.plays.is_some());
        heard.map_or(Offered::Free, SectionRule::offered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_holds_where_it_is_offered() {
        use Delivery::{Free, Paced};
        let table = [
            (Offered::Free, None, Ok(Free)),
            (Offered::Free, Some(Free), Ok(Free)),
            (Offered::Free, Some(Paced), Err(NotOffered)),
            (Offered::Paced, None, Ok(Paced)),
            (Offered::Paced, Some(Paced), Ok(Paced)),
            (Offered::Paced, Some(Free), Err(NotOffered)),
            (Offered::Either, None, Ok(Free)),
            (Offered::Either, Some(Free), Ok(Free)),
            (Offered::Either, Some(Paced), Ok(Paced)),
        ];
        for (offered, wish, expected) in table {
            assert_eq!(offered.choose(wish), expected, "{offered:?} {wish:?}");
        }
    }
}
