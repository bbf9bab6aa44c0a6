//! The anchored clock: a jump of the wall clock moves no deadline.

use synaq::clock::{AnchoredClock, Clock, Discipline};

use crate::support::clocks::Fake;
use crate::support::world::{at, ms};

const HOUR_MS: i64 = 3_600_000;

#[test]
fn it_shows_the_wall_clocks_time_and_counts_on() {
    let sources = Fake::new();
    let clock = AnchoredClock::new(sources.clone());
    assert_eq!(clock.now(), at("2026-11-22T09:00:00+05:00"));
    sources.pass(1234);
    assert_eq!(clock.now(), at("2026-11-22T09:00:01.234+05:00"));
}

#[test]
fn a_jump_of_an_hour_changes_no_time_left() {
    for jump in [HOUR_MS, -HOUR_MS] {
        let sources = Fake::new();
        let clock = AnchoredClock::new(sources.clone());
        let deadline = clock.now() + ms(120_000);
        sources.pass(30_000);
        sources.jump(jump);
        assert_eq!(deadline - clock.now(), ms(90_000), "at once");
        assert_eq!(clock.discipline(false), Discipline::Held(jump));
        assert_eq!(deadline - clock.now(), ms(90_000), "after the comparison");
        sources.pass(90_000);
        assert_eq!(clock.discipline(false), Discipline::Held(jump));
        assert_eq!(clock.now(), deadline, "to the end");
    }
}

#[test]
fn a_jump_is_followed_when_nobody_is_timed() {
    for jump in [HOUR_MS, -HOUR_MS] {
        let sources = Fake::new();
        let clock = AnchoredClock::new(sources.clone());
        let before = clock.now();
        sources.jump(jump);
        assert_eq!(clock.discipline(true), Discipline::Followed(jump));
        assert_eq!(clock.now() - before, ms(jump));
        assert_eq!(clock.discipline(false), Discipline::Followed(0));
    }
}

#[test]
fn small_corrections_are_followed_up_to_half_a_second() {
    for (correction, followed) in [(500, true), (-500, true), (501, false), (-501, false)] {
        let sources = Fake::new();
        let clock = AnchoredClock::new(sources.clone());
        let before = clock.now();
        sources.jump(correction);
        let (found, moved) = match followed {
            true => (Discipline::Followed(correction), correction),
            false => (Discipline::Held(correction), 0),
        };
        assert_eq!(clock.discipline(false), found);
        assert_eq!(clock.now() - before, ms(moved));
    }
}
