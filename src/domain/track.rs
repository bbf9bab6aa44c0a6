//! The track of a listening section, as on the day: instructions, each text the set number of times, time for its items
//! after it. A plan says what comes when; making sound of it is somebody else's work.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Timestamp, attempt::Attempt, id::TestletId};

/// The shortest time for the items of a text that a track is worth: enough to mark what one has decided while
/// listening. A rule set that gives less from the start is taken at its word. Ours.
pub const FLOOR_MS: u64 = 20_000;
/// The silence after each sound. Ours; it also takes up what a recording is longer or shorter by than its frames.
pub const BREATH_MS: u64 = 1_000;

/// The beep is not longer than this.
pub const BEEP_MS: u64 = 500;

/// A piece of sound by the hash of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clip {
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Its length.
    pub duration_ms: u64,
}

/// The spoken instructions and the beep, by name: `intro`, `text-1` … , `again`, `answer`, `end`, `beep`. What is
/// missing is left out of a track.
pub type Cues = BTreeMap<String, Clip>;

/// The name of the beep among the [`Cues`].
pub const BEEP: &str = "beep";

/// A text of the section with its recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Which testlet.
    pub testlet: TestletId,
    /// Its recording.
    pub clip: Clip,
}

/// Under which terms a track is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The section's time.
    pub limit_ms: u64,
    /// How often everybody hears each text, at least 1.
    pub plays: u32,
    /// How many times more somebody may hear it, as far as there is time.
    pub extra_plays: u32,
    /// The time for the items of a text that the rules name.
    pub answering_ms: u64,
}

impl Terms {
    /// The shortest time for the items of a text.
    fn floor_ms(self) -> u64 {
        FLOOR_MS.min(self.answering_ms)
    }
}

/// What is heard in a part of a track, or done in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Kind {
    /// A spoken instruction.
    Instruction {
        /// Its name among the [`Cues`].
        id: String,
    },
    /// The sound before a text.
    Beep,
    /// A moment of silence.
    Pause,
    /// A text.
    Text {
        /// Whose.
        testlet: TestletId,
        /// For which time, from 1.
        nth: u32,
    },
    /// Time for the items of the text that was heard.
    Answering {
        /// Whose.
        testlet: TestletId,
    },
}

impl Kind {
    /// `instruction`, `beep`, `pause`, `text` or `answering`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Kind::Instruction { .. } => "instruction",
            Kind::Beep => "beep",
            Kind::Pause => "pause",
            Kind::Text { .. } => "text",
            Kind::Answering { .. } => "answering",
        }
    }

    /// The testlet whose text or items it is about.
    pub fn testlet(&self) -> Option<&TestletId> {
        match self {
            Kind::Text { testlet, .. } | Kind::Answering { testlet } => Some(testlet),
            _ => None,
        }
    }
}

/// A part of a track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is.
    #[serde(flatten)]
    pub kind: Kind,
    /// Where it begins, in milliseconds from the start of the track.
    pub start_ms: u64,
    /// Where it ends.
    pub end_ms: u64,
    /// The file that sounds in it, by hash; none is silence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<String>,
}

/// What a track holds, in order and without gaps. It is stored with the attempt that is sat by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The parts; the first begins at 0.
    pub parts: Vec<Part>,
    /// How often each text is heard.
    pub plays: u32,
    /// How long it is altogether, never longer than the section.
    pub total_ms: u64,
}

/// The texts do not fit into the section's time, not even with the shortest time for their items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a track needs at least {needed_ms} ms, and the section has {limit_ms} ms")]
pub struct TooLong {
    /// What it would take.
    pub needed_ms: u64,
    /// What there is.
    pub limit_ms: u64,
}

impl Plan {
    /// The track of these texts in this order.
    ///
    /// What is left of the section's time goes to the items of the texts, to each the same; where there is less than the
    /// rules name, that is cut, but not below the floor. Extra plays are given as far as they fit.
    ///
    /// # Errors
    /// [`TooLong`] when even the plays that everybody gets do not fit.
    pub fn new(texts: &[Text], cues: &Cues, terms: Terms) -> Result<Self, TooLong> {
        let mut refused = None;
        for plays in (terms.plays..=terms.plays + terms.extra_plays).rev() {
            match Self::with_plays(texts, cues, terms, plays) {
                Ok(plan) => return Ok(plan),
                Err(too_long) => refused = Some(too_long),
            }
        }
        Err(refused.unwrap_or(TooLong {
            needed_ms: 0,
            limit_ms: terms.limit_ms,
        }))
    }

    fn with_plays(texts: &[Text], cues: &Cues, terms: Terms, plays: u32) -> Result<Self, TooLong> {
        let count = texts.len() as u64;
        let sounds = Self::laid(texts, cues, plays, &[]).total_ms;
        let needed_ms = sounds + terms.floor_ms() * count;
        if needed_ms > terms.limit_ms {
            return Err(TooLong {
                needed_ms,
                limit_ms: terms.limit_ms,
            });
        }
        let left = terms.limit_ms - sounds;
        let each = left.checked_div(count).unwrap_or_default();
        let over = left.checked_rem(count).unwrap_or_default();
        // The last one has what cannot be divided: the track ends with the section.
        let answering: Vec<u64> = (1..=count)
            .map(|n| if n == count { each + over } else { each })
            .collect();
        Ok(Self::laid(texts, cues, plays, &answering))
    }

    /// The parts one after the other, with so much time for the items of each text.
    fn laid(texts: &[Text], cues: &Cues, plays: u32, answering: &[u64]) -> Self {
        let mut line = Line::default();
        line.cue(cues, "intro");
        for (place, text) in texts.iter().enumerate() {
            line.cue(cues, &format!("text-{}", place + 1));
            for nth in 1..=plays {
                if nth > 1 {
                    line.cue(cues, "again");
                }
                if let Some(beep) = cues.get(BEEP) {
                    line.sound(Kind::Beep, beep);
                }
                let testlet = text.testlet.clone();
                line.sound(Kind::Text { testlet, nth }, &text.clip);
            }
            line.cue(cues, "answer");
            let testlet = text.testlet.clone();
            let ms = answering.get(place).copied().unwrap_or_default();
            line.put(Kind::Answering { testlet }, ms, None);
        }
        line.cue(cues, "end");
        Plan {
            total_ms: line.at,
            parts: line.parts,
            plays,
        }
    }

    /// The part that is on at a position; none before the start and after the end.
    pub fn at(&self, position_ms: u64) -> Option<&Part> {
        self.parts
            .iter()
            .find(|part| (part.start_ms..part.end_ms).contains(&position_ms))
    }

    /// The testlet whose text or items are on at a position, or come next; after the end the last one.
    pub fn testlet_at(&self, position_ms: u64) -> Option<&TestletId> {
        let mut to_come = self.parts.iter().filter(|part| part.end_ms > position_ms);
        to_come
            .find_map(|part| part.kind.testlet())
            .or_else(|| self.parts.iter().rev().find_map(|part| part.kind.testlet()))
    }
}

impl Attempt {
    /// Where the track of the section at `index` stands, while the section runs: as far into it as its clock has come, but
    /// for what outages took since it began and was given back, so that what was lost is heard. More time in which to
    /// answer, given or granted, moves the end of the section and not the track: nothing is heard more often by it.
    pub fn position_ms(&self, index: usize, now: Timestamp, given_back: TimeDelta) -> Option<u64> {
        let (_, running) = self
            .running()
            .filter(|(_, running)| running.index == index && running.deadline.is_some())?;
        let position = now - running.started_at - given_back;
        Some(u64::try_from(position.num_milliseconds()).unwrap_or_default())
    }
}

/// Parts that are laid one after the other.
#[derive(Default)]
struct Line {
    parts: Vec<Part>,
    at: u64,
}

impl Line {
    fn put(&mut self, kind: Kind, ms: u64, sound: Option<String>) {
        let start_ms = self.at;
        self.at += ms;
        self.parts.push(Part {
            kind,
            start_ms,
            end_ms: self.at,
            sound,
        });
    }

    fn sound(&mut self, kind: Kind, clip: &Clip) {
        self.put(kind, clip.duration_ms, Some(clip.sha256.clone()));
        self.put(Kind::Pause, BREATH_MS, None);
    }

    fn cue(&mut self, cues: &Cues, id: &str) {
        if let Some(clip) = cues.get(id) {
            self.sound(Kind::Instruction { id: id.to_owned() }, clip);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clip(name: &str, duration_ms: u64) -> Clip {
        Clip {
            sha256: name.to_owned(),
            duration_ms,
        }
    }

    fn text(n: usize, duration_ms: u64) -> Text {
        let name = format!("lst-{n}");
        Text {
            clip: clip(&name, duration_ms),
            testlet: TestletId::new(name),
        }
    }

    fn cues(ids: &[&str]) -> Cues {
        let cue = |id: &&str| ((*id).to_owned(), clip(id, 3_000));
        ids.iter().map(cue).collect()
    }

    fn terms(limit_ms: u64, plays: u32, extra_plays: u32) -> Terms {
        Terms {
            limit_ms,
            plays,
            extra_plays,
            answering_ms: 75_000,
        }
    }

    #[test]
    fn what_comes_is_in_the_order_of_the_day() {
        let all = cues(&["intro", "text-1", "again", "answer", "end", "beep"]);
        let plan = Plan::new(&[text(1, 60_000)], &all, terms(300_000, 2, 0)).expect("fits");
        let heard: Vec<String> = plan
            .parts
            .iter()
            .filter(|part| part.kind != Kind::Pause)
            .map(|part| match &part.kind {
                Kind::Instruction { id } => id.clone(),
                kind => kind.as_str().to_owned(),
            })
            .collect();
        let expected = "intro text-1 beep text again beep text answer answering end";
        assert_eq!(heard.join(" "), expected);
        assert_eq!(plan.total_ms, 300_000, "what is left is for the items");
    }

    #[test]
    fn answering_is_cut_but_not_below_the_floor() {
        let texts = [text(1, 50_000), text(2, 50_000)];
        let sounds = 4 * (50_000 + BREATH_MS);
        let fits = Plan::new(&texts, &Cues::new(), terms(sounds + 2 * FLOOR_MS, 2, 0));
        assert_eq!(fits.map(|plan| plan.total_ms), Ok(sounds + 2 * FLOOR_MS));
        let limit_ms = sounds + 2 * FLOOR_MS - 1;
        let refused = Plan::new(&texts, &Cues::new(), terms(limit_ms, 2, 0));
        let needed_ms = sounds + 2 * FLOOR_MS;
        assert_eq!(
            refused,
            Err(TooLong {
                needed_ms,
                limit_ms
            })
        );
        // A rule set that gives five seconds means it.
        let short = Terms {
            answering_ms: 5_000,
            ..terms(sounds + 2 * 5_000, 2, 0)
        };
        assert!(Plan::new(&texts, &Cues::new(), short).is_ok());
    }

    #[test]
    fn extra_plays_are_given_as_far_as_they_fit() {
        let texts = [text(1, 60_000)];
        for (limit_ms, plays) in [(200_000, 2), (270_000, 4), (1_000_000, 5)] {
            let plan = Plan::new(&texts, &Cues::new(), terms(limit_ms, 2, 3)).expect("fits");
            assert_eq!(plan.plays, plays, "{limit_ms}");
        }
    }

    #[test]
    fn a_position_tells_what_is_on_and_whose_items_are_in_view() {
        let texts = [text(1, 10_000), text(2, 10_000)];
        let plan = Plan::new(&texts, &cues(&["text-2"]), terms(120_000, 1, 0)).expect("fits");
        let on = |ms| plan.at(ms).map(|part| part.kind.as_str());
        assert_eq!(on(0), Some("text"));
        assert_eq!(on(10_000), Some("pause"));
        assert_eq!(on(11_000), Some("answering"));
        assert_eq!(on(120_000), None);
        let whose = |ms| plan.testlet_at(ms).map(TestletId::as_str);
        assert_eq!(whose(0), Some("lst-1"));
        let instruction = plan
            .parts
            .iter()
            .find(|part| part.kind.as_str() == "instruction");
        let before_the_second = instruction.expect("one").start_ms;
        assert_eq!(whose(before_the_second - 1), Some("lst-1"));
        assert_eq!(whose(before_the_second), Some("lst-2"));
        assert_eq!(whose(500_000), Some("lst-2"));
    }

    proptest! {
        /// Whatever is to be fitted in: parts without gaps, within the limit, each text as often as the plan says and
        /// in order, its items after it, and nobody's time shorter than the floor or than somebody else's.
        #[test]
        fn a_plan_keeps_the_rules(
            durations in prop::collection::vec(1_000u64..150_000, 1..8),
            plays in 1u32..4, extra in 0u32..4, minutes in 1u64..60, answering in 0u64..120_000, with_cues: bool,
        ) {
            let texts: Vec<Text> = durations.iter().enumerate().map(|(n, ms)| text(n, *ms)).collect();
            let cues = match with_cues {
                true => cues(&["intro", "text-1", "text-2", "again", "answer", "end", "beep"]),
                false => Cues::new(),
            };
            let terms = Terms { limit_ms: minutes * 60_000, plays, extra_plays: extra, answering_ms: answering };
            let Ok(plan) = Plan::new(&texts, &cues, terms) else {
                let least: u64 = durations.iter().map(|ms| (ms + BREATH_MS) * u64::from(plays) + FLOOR_MS).sum();
                // Cues take some of it: 20 of them at most 4 s each.
                prop_assert!(least + 4_000 * 8 * 10 > terms.limit_ms);
                return Ok(());
            };
            let mut at = 0;
            for part in &plan.parts {
                prop_assert_eq!(part.start_ms, at);
                prop_assert!(part.end_ms >= part.start_ms);
                at = part.end_ms;
            }
            prop_assert_eq!(at, plan.total_ms);
            prop_assert!(plan.total_ms <= terms.limit_ms);
            prop_assert!((plays..=plays + extra).contains(&plan.plays));
            let about: Vec<(&str, &str)> = plan.parts.iter()
                .filter_map(|part| Some((part.kind.testlet()?.as_str(), part.kind.as_str()))).collect();
            let expected: Vec<(&str, &str)> = texts.iter().flat_map(|text| {
                let heard = (0..plan.plays).map(|_| (text.testlet.as_str(), "text"));
                heard.chain([(text.testlet.as_str(), "answering")])
            }).collect();
            prop_assert_eq!(about, expected);
            let lengths: Vec<u64> = plan.parts.iter().filter(|part| part.kind.as_str() == "answering")
                .map(|part| part.end_ms - part.start_ms).collect();
            prop_assert!(lengths.iter().all(|ms| *ms >= FLOOR_MS.min(answering)));
            prop_assert!(lengths.iter().max().unwrap() - lengths.iter().min().unwrap() <= texts.len() as u64);
            // It is stored and read again.
            let text = serde_json::to_string(&plan).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Plan>(&text).expect("a plan"), plan);
        }
    }
}
