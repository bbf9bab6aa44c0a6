//! Other conditions for a learner who needs them: more time, more plays, longer breaks, larger text. A school grants them
//! once, and each attempt made for it is sat under them; the form stays what everybody gets.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    attempt::{Attempt, Refused, State},
};

const MINUTE_MS: i64 = 60_000;
/// The most extra time, in percent of a section's own.
pub const PERCENT_MAX: u32 = 300;
/// The most extra minutes in each section.
pub const MINUTES_MAX: u32 = 120;
/// The most extra plays of each recording.
pub const PLAYS_MAX: u32 = 5;
/// The most minutes by which each break is longer.
pub const BREAK_MAX: u32 = 60;
/// The most minutes that may be given at once while somebody sits.
pub const GIVEN_MAX: u32 = 60;

/// What is different for a learner; the default is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accommodation {
    /// Extra time in percent of each section's own, 0 to [`PERCENT_MAX`].
    pub extra_percent: u32,
    /// Extra minutes in each section, 0 to [`MINUTES_MAX`]; they come on top of the percent.
    pub extra_minutes: u32,
    /// Extra plays of each recording, 0 to [`PLAYS_MAX`].
    pub extra_plays: u32,
    /// Minutes by which the break before each next section is longer, 0 to [`BREAK_MAX`].
    pub break_minutes: u32,
    /// Whether the pages of the sitting have larger text.
    pub larger_text: bool,
}

/// A number is larger than is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: expected 0 to {most}")]
pub struct OutOfRange {
    /// The field: `extra_percent`, `extra_minutes`, `extra_plays` or `break_minutes`.
    pub field: &'static str,
    /// The most that it may be.
    pub most: u32,
}

/// An end that was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Where it was.
    pub from: Timestamp,
    /// Where it is now.
    pub to: Timestamp,
}

impl Accommodation {
    /// Whether it is the same as for everybody.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    /// Whether every number is in its range.
    ///
    /// # Errors
    /// [`OutOfRange`] with the first that is not.
    pub fn check(self) -> Result<Self, OutOfRange> {
        let numbers = [
            ("extra_percent", self.extra_percent, PERCENT_MAX),
            ("extra_minutes", self.extra_minutes, MINUTES_MAX),
            ("extra_plays", self.extra_plays, PLAYS_MAX),
            ("break_minutes", self.break_minutes, BREAK_MAX),
        ];
        match numbers.into_iter().find(|(_, value, most)| value > most) {
            Some((field, _, most)) => Err(OutOfRange { field, most }),
            None => Ok(self),
        }
    }

    /// A section's time in milliseconds, of its own time.
    pub fn section_limit_ms(self, limit_ms: i64) -> i64 {
        limit_ms
            + limit_ms * i64::from(self.extra_percent) / 100
            + i64::from(self.extra_minutes) * MINUTE_MS
    }

    /// How often each recording may be played, of how often everybody may.
    pub fn plays(self, plays: u32) -> u32 {
        plays + self.extra_plays
    }

    /// The longest break before a next section in milliseconds, of everybody's.
    pub fn break_ms(self, break_ms: i64) -> i64 {
        break_ms + i64::from(self.break_minutes) * MINUTE_MS
    }
}

impl Attempt {
    /// The time of the section at `index`; none without a clock.
    pub fn limit_ms(&self, index: usize) -> Option<i64> {
        let limit = self.form.sections[index].limit_ms;
        limit.map(|limit| self.allowance.section_limit_ms(limit))
    }

    /// How often each recording of the section at `index` may be played; none is without limit.
    pub fn plays(&self, index: usize) -> Option<u32> {
        let plays = self.form.sections[index].plays;
        plays.map(|plays| self.allowance.plays(plays))
    }

    /// The longest break before the section at `index`. The first has none before it.
    pub fn break_ms(&self, index: usize) -> i64 {
        match index {
            0 => 0,
            _ => self.allowance.break_ms(self.form.sections[index].break_ms),
        }
    }

    /// Sets the conditions of an attempt that is not over. The end of the section or break that goes on moves by what
    /// they add or take, never to before now; time given otherwise is kept. Returns what was moved.
    pub fn accommodate(&mut self, to: Accommodation, now: Timestamp) -> Option<Moved> {
        let old = |attempt: &Self| match &attempt.state {
            State::Running(running) => attempt.limit_ms(running.index),
            State::Break(pause) => Some(attempt.break_ms(pause.next)),
            _ => None,
        };
        let before = old(self);
        self.allowance = to;
        let by = TimeDelta::milliseconds(old(self)? - before?);
        let end = self.end_mut()?;
        let from = *end;
        *end = (from + by).max(from.min(now));
        let to = *end;
        (to != from).then_some(Moved { from, to })
    }

    /// Gives more time: to the section that runs, or to the break.
    ///
    /// # Errors
    /// [`Refused::WrongState`] when neither goes on, [`Refused::NotTimed`] when the section has no clock.
    pub fn give(&mut self, minutes: u32) -> Result<Moved, Refused> {
        let state = self.state.name();
        if !self.in_progress() {
            return Err(Refused::WrongState { state });
        }
        let end = self.end_mut().ok_or(Refused::NotTimed)?;
        let from = *end;
        *end += TimeDelta::minutes(i64::from(minutes));
        Ok(Moved { from, to: *end })
    }

    /// The end of the section or break that goes on.
    pub fn end(&self) -> Option<Timestamp> {
        match &self.state {
            State::Running(running) => running.deadline,
            State::Break(pause) => Some(pause.until),
            _ => None,
        }
    }

    fn end_mut(&mut self) -> Option<&mut Timestamp> {
        match &mut self.state {
            State::Running(running) => running.deadline.as_mut(),
            State::Break(pause) => Some(&mut pause.until),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        attempt::{Break, Kind, Running},
        form::{Form, FormSection},
        id::{AttemptId, LearnerId, RuleId},
        rules::Section,
    };

    fn at(ms: i64) -> Timestamp {
        DateTime::from_timestamp_millis(ms).expect("an instant")
    }

    fn attempt(state: State) -> Attempt {
        let section = |name, break_ms| FormSection {
            name,
            limit_ms: Some(40 * MINUTE_MS),
            break_ms,
            plays: Some(2),
            testlets: Vec::new(),
        };
        Attempt {
            id: AttemptId::new("attempt"),
            learner: LearnerId::new("learner"),
            kind: Kind::Mock,
            rule: RuleId::new("rule"),
            form: Arc::new(Form {
                seed: 0,
                sections: vec![
                    section(Section::Listening, 0),
                    section(Section::Reading, 10 * MINUTE_MS),
                ],
            }),
            created_at: at(0),
            counts: true,
            counted_at: None,
            allowance: Accommodation::default(),
            delivery: Default::default(),
            track: None,
            done: Vec::new(),
            state,
        }
    }

    fn running(deadline: i64) -> Attempt {
        attempt(State::Running(Running {
            index: 0,
            started_at: at(0),
            deadline: Some(at(deadline)),
        }))
    }

    fn pausing(until: i64) -> Attempt {
        attempt(State::Break(Break {
            next: 1,
            since: at(0),
            until: at(until),
        }))
    }

    fn terms() -> impl Strategy<Value = Accommodation> {
        let numbers = (
            0..=PERCENT_MAX,
            0..=MINUTES_MAX,
            0..=PLAYS_MAX,
            0..=BREAK_MAX,
        );
        (numbers, any::<bool>()).prop_map(|((percent, minutes, plays, pause), larger_text)| {
            Accommodation {
                extra_percent: percent,
                extra_minutes: minutes,
                extra_plays: plays,
                break_minutes: pause,
                larger_text,
            }
        })
    }

    #[test]
    fn what_is_granted_comes_to() {
        let granted = |percent, minutes| Accommodation {
            extra_percent: percent,
            extra_minutes: minutes,
            ..Accommodation::default()
        };
        for (terms, minutes) in [
            (granted(0, 0), 40),
            (granted(50, 0), 60),
            (granted(0, 15), 55),
            (granted(25, 5), 55),
            (granted(300, 120), 280),
        ] {
            let limit = terms.section_limit_ms(40 * MINUTE_MS);
            assert_eq!(limit, minutes * MINUTE_MS, "{terms:?}");
        }
        let mut attempt = running(40 * MINUTE_MS);
        attempt.allowance = Accommodation {
            extra_plays: 1,
            break_minutes: 5,
            ..Accommodation::default()
        };
        assert_eq!(attempt.plays(0), Some(3));
        assert_eq!(
            (attempt.break_ms(0), attempt.break_ms(1)),
            (0, 15 * MINUTE_MS)
        );
    }

    #[test]
    fn a_number_out_of_range_is_named() {
        let fault = |terms: Accommodation| terms.check().map_err(|fault| fault.field);
        let most = Accommodation {
            extra_percent: PERCENT_MAX,
            extra_minutes: MINUTES_MAX,
            extra_plays: PLAYS_MAX,
            break_minutes: BREAK_MAX,
            larger_text: true,
        };
        assert_eq!(fault(most), Ok(most));
        for (field, terms) in [
            (
                "extra_percent",
                Accommodation {
                    extra_percent: 301,
                    ..most
                },
            ),
            (
                "extra_minutes",
                Accommodation {
                    extra_minutes: 121,
                    ..most
                },
            ),
            (
                "extra_plays",
                Accommodation {
                    extra_plays: 6,
                    ..most
                },
            ),
            (
                "break_minutes",
                Accommodation {
                    break_minutes: 61,
                    ..most
                },
            ),
        ] {
            assert_eq!(fault(terms), Err(field));
        }
    }

    #[test]
    fn taking_back_never_ends_a_section_in_the_past() {
        let now = at(50 * MINUTE_MS);
        let mut attempt = running(60 * MINUTE_MS);
        attempt.allowance.extra_percent = 50;
        let moved = attempt.accommodate(Accommodation::default(), now);
        assert_eq!(moved.map(|moved| moved.to), Some(now));
        // What is over already is not made later by taking something away.
        let mut late = running(60 * MINUTE_MS);
        late.allowance.extra_percent = 50;
        assert_eq!(
            late.accommodate(Accommodation::default(), at(61 * MINUTE_MS)),
            None
        );
        assert_eq!(late.end(), Some(at(60 * MINUTE_MS)));
    }

    #[test]
    fn time_is_given_to_what_is_timed() {
        for mut attempt in [running(MINUTE_MS), pausing(MINUTE_MS)] {
            let moved = attempt.give(5).expect("given");
            assert_eq!((moved.from, moved.to), (at(MINUTE_MS), at(6 * MINUTE_MS)));
            assert_eq!(attempt.end(), Some(moved.to));
        }
        let refused = attempt(State::Ready).give(5);
        assert_eq!(refused, Err(Refused::WrongState { state: "ready" }));
        let mut untimed = attempt(State::Running(Running {
            index: 0,
            started_at: at(0),
            deadline: None,
        }));
        assert_eq!(untimed.give(5), Err(Refused::NotTimed));
    }

    #[test]
    fn more_time_leaves_a_track_where_it_is() {
        let none = TimeDelta::zero();
        let now = at(2 * MINUTE_MS);
        let stands = |attempt: &Attempt, now| attempt.position_ms(0, now, none);
        let there = u64::try_from(2 * MINUTE_MS).ok();
        let mut attempt = running(40 * MINUTE_MS);
        assert_eq!(stands(&attempt, now), there);
        attempt.give(20).expect("given");
        assert_eq!(stands(&attempt, now), there);
        let more = Accommodation {
            extra_minutes: 15,
            ..Accommodation::default()
        };
        attempt.accommodate(more, now);
        assert_eq!(stands(&attempt, now), there);
        // Taken back when it ends what goes on, which is then given more.
        let late = at(65 * MINUTE_MS);
        attempt.accommodate(Accommodation::default(), late);
        attempt.give(1).expect("given");
        assert_eq!(stands(&attempt, late), u64::try_from(65 * MINUTE_MS).ok());
        assert_eq!(attempt.position_ms(1, late, none), None, "it does not run");
        assert_eq!(stands(&pausing(MINUTE_MS), now), None);
    }

    #[test]
    fn what_an_outage_took_of_a_track_is_heard() {
        let mut attempt = running(40 * MINUTE_MS);
        attempt.give(20).expect("given");
        let back = at(9 * MINUTE_MS);
        let lost = attempt.give_back(at(5 * MINUTE_MS), back);
        let lost = lost.expect("given back");
        let stands = |now| attempt.position_ms(0, now, lost);
        assert_eq!(stands(back), u64::try_from(5 * MINUTE_MS).ok());
        let on = at(11 * MINUTE_MS);
        assert_eq!(stands(on), u64::try_from(7 * MINUTE_MS).ok());
    }

    proptest! {
        /// Granted and taken back in time, nothing has changed: not the end, nor what was given besides.
        #[test]
        fn there_and_back_is_nowhere(
            terms in terms(), other in terms(), given in 0..=GIVEN_MAX, now in 0..40 * MINUTE_MS, in_break: bool,
        ) {
            let now = at(now);
            let mut attempt = if in_break { pausing(40 * MINUTE_MS) } else { running(40 * MINUTE_MS) };
            attempt.give(given).expect("given");
            let before = attempt.clone();
            attempt.accommodate(terms, now);
            let once = attempt.clone();
            attempt.accommodate(other, now);
            attempt.accommodate(terms, now);
            prop_assert_eq!(&attempt, &once, "by whatever way");
            attempt.accommodate(Accommodation::default(), now);
            prop_assert_eq!(attempt, before);
        }

        /// Whatever changes when, what goes on ends neither before now nor before it would have.
        #[test]
        fn no_change_ends_anything_in_the_past(
            steps in prop::collection::vec((terms(), 0..600 * MINUTE_MS), 1..6), in_break: bool,
        ) {
            let mut attempt = if in_break { pausing(40 * MINUTE_MS) } else { running(40 * MINUTE_MS) };
            let mut clock = 0;
            for (terms, ms) in steps {
                clock += ms / 6;
                let before = attempt.end().expect("timed");
                attempt.accommodate(terms, at(clock));
                let after = attempt.end().expect("timed");
                prop_assert!(after >= before.min(at(clock)));
            }
        }
    }
}
