//! Working days and calendar months, over a table of days off that is data (`content/calendar`).
//!
//! Two readings are fixed here, because the rules do not spell them out. "Within n working days": the first working day
//! after the event is day 1, and the n-th is the last. "After n months": the day with the same number n months later,
//! or the last day of that month where it has no such number (31 January and one month is 28 or 29 February).

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use chrono_tz::Tz;

use super::{
    Timestamp,
    rules::{Dated, Localised, Sourced},
};

/// A country's working days for some years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its name in files and in the API.
    pub id: String,
    /// Whose calendar it is.
    pub title: Localised,
    /// The time zone that says which day it is.
    pub zone: Dated<Tz>,
    /// The days of the week on which nobody works.
    pub weekend: Dated<Vec<Weekday>>,
    /// Years whose days off are known, by year.
    pub years: BTreeMap<i32, Year>,
    /// Days off besides the weekends.
    pub days_off: BTreeMap<NaiveDate, DayOff>,
}

/// A year that the table covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// The year, with the source of its days.
    pub year: Sourced<i32>,
    /// Days off of that year whose date is not known yet.
    pub unknown: Vec<Sourced<Localised>>,
}

/// A day off besides the weekends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayOff {
    /// The day.
    pub date: Sourced<NaiveDate>,
    /// The holiday's name.
    pub title: Localised,
    /// Where this is a working day that is off because the holiday fell on a day off: the holiday itself.
    pub moved_from: Option<NaiveDate>,
}

impl Year {
    /// The first day on which the year's days off are what they are: 1 January.
    pub fn first_day(&self) -> NaiveDate {
        first_day(self.year.value)
    }
}

impl DayOff {
    /// The first day of its year.
    pub fn since(&self) -> NaiveDate {
        first_day(self.date.value.year())
    }
}

fn first_day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN)
}

/// The outcome of counting working days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The day that was reached.
    pub day: NaiveDate,
    /// Why the true day may be another; empty where the count is certain.
    pub doubts: Vec<Doubt>,
}

/// Why a count is not certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The table does not cover this year: weekends alone were left out.
    Uncovered(i32),
    /// The table covers this year except for a day off whose date is not known.
    Unknown {
        /// The year.
        year: i32,
        /// The day off.
        what: Localised,
    },
}

impl Calendar {
    /// The day that an instant is, in the calendar's zone.
    pub fn day_of(&self, instant: Timestamp) -> NaiveDate {
        instant.with_timezone(self.zone.value()).date_naive()
    }

    /// Whether a day is one of the week's days off.
    pub fn is_weekend(&self, day: NaiveDate) -> bool {
        self.weekend.value().contains(&day.weekday())
    }

    /// Whether people work on a day, as far as the table knows.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !self.is_weekend(day) && !self.days_off.contains_key(&day)
    }

    /// The n-th working day after a day: the first working day after it is day 1. With n = 0 the day itself.
    pub fn add_working_days(&self, from: NaiveDate, n: u32) -> Counted {
        let mut day = from;
        let mut left = n;
        while left > 0 {
            let Some(next) = day.succ_opt() else { break };
            day = next;
            left -= u32::from(self.is_working_day(day));
        }
        Counted {
            day,
            doubts: match n {
                0 => Vec::new(),
                _ => self.doubts(from, day),
            },
        }
    }

    /// What the table does not know of the days after `from` up to `to`.
    pub fn doubts(&self, from: NaiveDate, to: NaiveDate) -> Vec<Doubt> {
        let first = from.succ_opt().unwrap_or(from);
        let mut doubts = Vec::new();
        for year in first.year()..=to.year() {
            match self.years.get(&year) {
                None => doubts.push(Doubt::Uncovered(year)),
                Some(known) => doubts.extend(known.unknown.iter().map(|what| Doubt::Unknown {
                    year,
                    what: what.value.clone(),
                })),
            }
        }
        doubts
    }
}

/// The day with the same number so many months later, or that month's last day where it has no such number.
pub fn add_months(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months))
        .unwrap_or(NaiveDate::MAX)
}

/// The day so many calendar days later.
pub fn add_days(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(u64::from(days)))
        .unwrap_or(NaiveDate::MAX)
}

/// The day so many calendar days earlier.
pub fn sub_days(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(days)))
        .unwrap_or(NaiveDate::MIN)
}

/// The earliest day from which so many months reach a day: the first `d` with `add_months(d, months) >= day`.
pub fn months_before(day: NaiveDate, months: u32) -> NaiveDate {
    let mut first = day
        .checked_sub_months(Months::new(months))
        .unwrap_or(NaiveDate::MIN);
    // Where a month is too short, the same number is not enough: 28 February and three months is 28 May, not 31 May.
    while add_months(first, months) < day {
        first = add_days(first, 1);
    }
    // And where the day itself is the last of a short month, later days reach it too; the first of them is wanted.
    while let Some(before) = first.pred_opt()
        && add_months(before, months) >= day
    {
        first = before;
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rules::Basis;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    fn text(en: &str) -> Localised {
        Localised {
            en: en.to_owned(),
            ru: en.to_owned(),
            kk: None,
        }
    }

    fn sourced<T>(value: T) -> Sourced<T> {
        Sourced {
            value,
            basis: Basis::Published,
            source: "a source".to_owned(),
            note: None,
        }
    }

    fn dated<T>(value: T) -> Dated<T> {
        Dated {
            sourced: sourced(value),
            since: day("2026-01-01"),
            until: None,
        }
    }

    /// 2026 without holidays except Wednesday 13 May, and 2027 with a day off of unknown date.
    fn calendar() -> Calendar {
        let year = |n: i32, unknown: &[&str]| {
            let unknown = unknown.iter().map(|what| sourced(text(what))).collect();
            let year = sourced(n);
            (n, Year { year, unknown })
        };
        let off = DayOff {
            date: sourced(day("2026-05-13")),
            title: text("a holiday"),
            moved_from: None,
        };
        Calendar {
            id: "one".to_owned(),
            title: text("One"),
            zone: dated(chrono_tz::Asia::Almaty),
            weekend: dated(vec![Weekday::Sat, Weekday::Sun]),
            years: BTreeMap::from([year(2026, &[]), year(2027, &["the feast"])]),
            days_off: BTreeMap::from([(off.date.value, off)]),
        }
    }

    #[test]
    fn the_first_working_day_after_is_day_one() {
        let calendar = calendar();
        for (from, n, reached) in [
            ("2026-05-11", 0, "2026-05-11"),
            ("2026-05-11", 1, "2026-05-12"),
            ("2026-05-12", 1, "2026-05-14"), // over the holiday
            ("2026-05-15", 1, "2026-05-18"), // over the weekend
            ("2026-05-16", 1, "2026-05-18"), // from a Saturday
            ("2026-05-11", 3, "2026-05-15"),
        ] {
            let counted = calendar.add_working_days(day(from), n);
            assert_eq!(counted.day, day(reached), "{from} + {n}");
            assert_eq!(counted.doubts, [], "{from} + {n}");
        }
    }

    #[test]
    fn a_count_says_what_it_does_not_know() {
        let calendar = calendar();
        let doubts = |from: &str, n| calendar.add_working_days(day(from), n).doubts;
        let feast = Doubt::Unknown {
            year: 2027,
            what: text("the feast"),
        };
        assert_eq!(doubts("2026-12-30", 1), []);
        assert_eq!(doubts("2026-12-31", 1), std::slice::from_ref(&feast));
        assert_eq!(doubts("2027-12-30", 5), [feast, Doubt::Uncovered(2028)]);
        // Nothing is counted, so nothing is in doubt.
        assert_eq!(doubts("2030-01-01", 0), []);
        assert_eq!(doubts("2027-12-31", 1), [Doubt::Uncovered(2028)]);
    }

    #[test]
    fn months_end_where_the_month_ends() {
        for (from, months, reached) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2026-03-31", 3, "2026-06-30"),
            ("2026-08-31", 6, "2027-02-28"),
            ("2026-11-15", 3, "2027-02-15"),
        ] {
            assert_eq!(
                add_months(day(from), months),
                day(reached),
                "{from} + {months}"
            );
        }
    }

    #[test]
    fn the_earliest_day_is_the_first_that_reaches() {
        for (to, months, earliest) in [
            ("2026-05-31", 3, "2026-03-01"), // 28 February reaches only 28 May
            ("2026-05-28", 3, "2026-02-28"),
            ("2026-06-30", 3, "2026-03-30"), // 30 and 31 March both reach it
            ("2026-02-28", 1, "2026-01-28"), // so do 28 to 31 January
            ("2028-02-29", 1, "2028-01-29"),
        ] {
            let first = months_before(day(to), months);
            assert_eq!(first, day(earliest), "{to} - {months}");
            assert!(add_months(first, months) >= day(to));
            assert!(add_months(sub_days(first, 1), months) < day(to));
        }
    }

    proptest::proptest! {
        #[test]
        fn laws_of_counting(offset in 0u32..20_000, months in 0u32..40, n in 0u32..60) {
            let from = add_days(day("2000-01-01"), offset);
            let calendar = calendar();
            // The earliest day reaches, and the day before it does not.
            let first = months_before(from, months);
            assert!(add_months(first, months) >= from);
            assert!(add_months(sub_days(first, 1), months) < from);
            // Each working day is later than the one before, and is one.
            let (this, next) = (
                calendar.add_working_days(from, n).day,
                calendar.add_working_days(from, n + 1).day,
            );
            assert!(next > this && calendar.is_working_day(next));
            assert_eq!(calendar.add_working_days(this, 1).day, next);
        }
    }

    #[test]
    fn a_day_is_told_in_the_calendars_zone() {
        let calendar = calendar();
        let instant = |text: &str| text.parse::<Timestamp>().expect(text);
        assert_eq!(
            calendar.day_of(instant("2026-11-22T18:59:59Z")),
            day("2026-11-22")
        );
        assert_eq!(
            calendar.day_of(instant("2026-11-22T19:00:00Z")),
            day("2026-11-23")
        );
    }
}
