//! When a learner sees what a mock came to, where a school lets it come as late as on the real test.

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;

use super::{Timestamp, assignment::end_of_day, calendar::Calendar};

/// Within how many working days the real test's result comes: content/rules says where this is published.
pub const RESULT_DAYS: u32 = 3;

/// The instant from which a result is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenFrom {
    /// The instant.
    pub at: Timestamp,
    /// Whether days off are not known for all of the time, so that weekends alone may have been left out.
    pub doubtful: bool,
}

/// When the [`RESULT_DAYS`]-th working day after a mock is over, in the school's zone. Without a calendar, Monday to
/// Friday are taken for working days.
pub fn seen_from(finished: Timestamp, zone: Tz, calendar: Option<&Calendar>) -> SeenFrom {
    let finished = finished.with_timezone(&zone).date_naive();
    let (day, doubtful) = match calendar {
        Some(calendar) => {
            let counted = calendar.add_working_days(finished, RESULT_DAYS);
            (counted.day, !counted.doubts.is_empty())
        }
        None => (weekdays_after(finished, RESULT_DAYS), true),
    };
    SeenFrom {
        at: end_of_day(day, zone),
        doubtful,
    }
}

/// The n-th day from Monday to Friday after a day.
fn weekdays_after(from: NaiveDate, n: u32) -> NaiveDate {
    from.iter_days()
        .skip(1)
        .filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
        .nth(n.saturating_sub(1) as usize)
        .unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        calendar::{DayOff, Year},
        rules::{Basis, Dated, Localised, Sourced},
    };
    use chrono::DateTime;
    use std::collections::BTreeMap;

    fn at(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).expect(text).to_utc()
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
            since: NaiveDate::MIN,
            until: None,
        }
    }

    /// 2026 with Wednesday 16 December off.
    fn calendar() -> Calendar {
        let title = Localised {
            en: "One".to_owned(),
            ru: "One".to_owned(),
            kk: None,
        };
        let off: NaiveDate = "2026-12-16".parse().expect("a day");
        let day_off = DayOff {
            date: sourced(off),
            title: title.clone(),
            moved_from: None,
        };
        let year = Year {
            year: sourced(2026),
            unknown: Vec::new(),
        };
        Calendar {
            id: "one".to_owned(),
            title,
            zone: dated(chrono_tz::Asia::Almaty),
            weekend: dated(vec![Weekday::Sat, Weekday::Sun]),
            years: BTreeMap::from([(2026, year)]),
            days_off: BTreeMap::from([(off, day_off)]),
        }
    }

    #[test]
    fn it_is_seen_when_the_third_working_day_is_over() {
        let table = [
            // Sunday: Monday, Tuesday, Wednesday.
            (
                "2026-11-22T10:00:00+05:00",
                "2026-11-26T00:00:00+05:00",
                false,
            ),
            // Monday to Thursday, however late on Monday.
            (
                "2026-11-23T23:59:59+05:00",
                "2026-11-27T00:00:00+05:00",
                false,
            ),
            // Friday: the weekend is none.
            (
                "2026-11-27T09:00:00+05:00",
                "2026-12-03T00:00:00+05:00",
                false,
            ),
            // Over a day off: Tuesday, Thursday, Friday.
            (
                "2026-12-14T09:00:00+05:00",
                "2026-12-19T00:00:00+05:00",
                false,
            ),
            // Into a year of which nothing is known.
            (
                "2026-12-30T09:00:00+05:00",
                "2027-01-05T00:00:00+05:00",
                true,
            ),
        ];
        let (almaty, calendar) = (chrono_tz::Asia::Almaty, calendar());
        for (finished, expected, doubtful) in table {
            let found = seen_from(at(finished), almaty, Some(&calendar));
            let expected = SeenFrom {
                at: at(expected),
                doubtful,
            };
            assert_eq!(found, expected, "{finished}");
        }
    }

    #[test]
    fn the_schools_zone_says_which_day_it_was() {
        // Half past one on Tuesday in Almaty is Monday evening in Berlin.
        let finished = at("2026-11-24T01:30:00+05:00");
        let calendar = calendar();
        let there = seen_from(finished, chrono_tz::Europe::Berlin, Some(&calendar));
        assert_eq!(there.at, at("2026-11-27T00:00:00+01:00"));
        let here = seen_from(finished, chrono_tz::Asia::Almaty, Some(&calendar));
        assert_eq!(here.at, at("2026-11-28T00:00:00+05:00"));
    }

    #[test]
    fn without_a_calendar_weekends_alone_are_left_out_and_it_says_so() {
        let finished = at("2026-12-14T09:00:00+05:00");
        let found = seen_from(finished, chrono_tz::Asia::Almaty, None);
        assert_eq!(found.at, at("2026-12-18T00:00:00+05:00"));
        assert!(found.doubtful);
    }
}
