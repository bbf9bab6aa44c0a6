//! Days as an iCalendar file (RFC 5545): all-day events that calendars of phones and desks can take in.

use chrono::NaiveDate;

use crate::domain::Timestamp;

/// The media type.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";
/// The longest line in octets, its end not counted (RFC 5545, section 3.1).
const MOST_OCTETS: usize = 75;

/// An all-day event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What the day is, by name: with the day it makes the event's identity, so that a plan taken in twice stands there
    /// once.
    pub kind: String,
    /// The day.
    pub day: NaiveDate,
    /// What happens.
    pub summary: String,
    /// What else to know.
    pub description: String,
}

/// A calendar of these events. `now` is when it was made; the clock is the caller's.
pub fn calendar(name: &str, now: Timestamp, events: &[Event]) -> String {
    let mut out = String::new();
    let mut line = |text: &str| fold(text, &mut out);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Synaq//Pathway//EN");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line(&format!("X-WR-CALNAME:{}", escaped(name)));
    for event in events {
        line("BEGIN:VEVENT");
        line(&format!(
            "UID:{}-{}@pathway.synaq",
            event.kind,
            event.day.format("%Y%m%d")
        ));
        line(&format!("DTSTAMP:{}", now.format("%Y%m%dT%H%M%SZ")));
        line(&format!(
            "DTSTART;VALUE=DATE:{}",
            event.day.format("%Y%m%d")
        ));
        // The end is the day after: it does not belong to the event.
        if let Some(end) = event.day.succ_opt() {
            line(&format!("DTEND;VALUE=DATE:{}", end.format("%Y%m%d")));
        }
        line(&format!("SUMMARY:{}", escaped(&event.summary)));
        line(&format!("DESCRIPTION:{}", escaped(&event.description)));
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

/// A text as a value: backslash, semicolon and comma escaped, a line end as `\n`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

/// Adds a line, folded between characters where it is too long: what follows begins with a space.
fn fold(text: &str, out: &mut String) {
    let mut octets = 0;
    for character in text.chars() {
        let length = character.len_utf8();
        if octets + length > MOST_OCTETS {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(character);
        octets += length;
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_as_the_standard_wants_it() {
        let event = Event {
            kind: "result-by".to_owned(),
            day: NaiveDate::from_ymd_opt(2026, 12, 31).expect("a day"),
            summary: "Result; by now, \\ surely".to_owned(),
            description: "Қ".repeat(60) + "\nsecond line",
        };
        let now = "2026-11-22T04:00:00Z".parse().expect("an instant");
        let text = calendar("Plan", now, &[event]);
        assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
        assert!(text.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
        assert!(text.contains("\r\nDTSTAMP:20261122T040000Z\r\n"));
        assert!(text.contains("\r\nUID:result-by-20261231@pathway.synaq\r\n"));
        assert!(text.contains("\r\nDTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"));
        assert!(text.contains("\r\nSUMMARY:Result\\; by now\\, \\\\ surely\r\n"));
        for line in text.split("\r\n") {
            assert!(line.len() <= MOST_OCTETS, "{line}");
            assert!(!line.contains('\n'), "{line}");
        }
        let unfolded = text.replace("\r\n ", "");
        let description = format!("DESCRIPTION:{}\\nsecond line\r\n", "Қ".repeat(60));
        assert!(unfolded.contains(&description));
    }
}
