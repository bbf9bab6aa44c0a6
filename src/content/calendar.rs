//! Calendars: `calendar/*.toml`, the working days of one country each.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;

use super::document::{self, Node};
use super::fault::Fault;
use super::shared::{slug, trilingual};
use super::sourced::Sources;
use crate::domain::calendar::{Calendar, DayOff, Year};

/// Years that a file may cover.
const YEARS: std::ops::RangeInclusive<u32> = 2000..=2199;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

/// Reads one calendar.
pub(super) fn read(file: &Path, bytes: &[u8]) -> Result<Calendar, Vec<Fault>> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    document::read(file, bytes, |root| calendar(root, &stem))
}

fn calendar(root: &Node<'_>, stem: &str) -> Option<Calendar> {
    let fields = root.fields(&[
        "id", "title", "sources", "zone", "weekend", "years", "days_off",
    ])?;
    let sources = Sources::read(&fields);
    let id = fields
        .required("id")
        .and_then(|node| slug(&node, stem).map(str::to_owned));
    let title = fields.required("title").and_then(|node| trilingual(&node));
    let zone = fields
        .required("zone")
        .and_then(|node| sources.dated(&node, None, zone));
    let weekend = fields
        .required("weekend")
        .and_then(|node| sources.dated(&node, None, weekend));
    let years = fields
        .required("years")
        .and_then(|node| years(&node, &sources));
    let entries = fields
        .required("days_off")
        .and_then(|node| days_off(&node, &sources));

    let calendar = Calendar {
        id: id?,
        title: title?,
        zone: zone?,
        weekend: weekend?,
        years: years?,
        days_off: BTreeMap::new(),
    };
    collected(calendar, entries?)
}

fn zone(node: &Node<'_>) -> Option<Tz> {
    let name = node.text()?;
    let zone = Tz::from_str(name).ok();
    if zone.is_none() {
        node.fault(format!(
            "“{name}” is not a time zone of the tz database, such as Asia/Almaty"
        ));
    }
    zone
}

fn weekend(node: &Node<'_>) -> Option<Vec<Weekday>> {
    let nodes = node.elements()?;
    let names = WEEKDAYS.map(|(name, _)| name);
    let days: Vec<Weekday> = nodes
        .iter()
        .filter_map(|node| {
            let name = node.one_of(&names)?;
            let (_, day) = WEEKDAYS.iter().find(|(known, _)| *known == name)?;
            Some(*day)
        })
        .collect();
    if days.len() == WEEKDAYS.len() {
        node.fault("must leave at least one day of the week to work on");
        return None;
    }
    (days.len() == nodes.len()).then_some(days)
}

fn years(node: &Node<'_>, sources: &Sources) -> Option<BTreeMap<i32, Year>> {
    let nodes = node.elements()?;
    let mut years = BTreeMap::new();
    for node in &nodes {
        let fields = node.fields(&["year", "unknown"])?;
        let year = sources.required(&fields, "year", |node| {
            node.small(YEARS).and_then(|year| i32::try_from(year).ok())
        });
        let unknown = match fields.optional("unknown") {
            None => Some(Vec::new()),
            Some(node) => {
                let nodes = node.elements()?;
                let unknown: Vec<_> = nodes
                    .iter()
                    .filter_map(|node| sources.sourced(node, trilingual))
                    .collect();
                (unknown.len() == nodes.len()).then_some(unknown)
            }
        };
        let (Some(year), Some(unknown)) = (year, unknown) else {
            continue;
        };
        let number = year.value;
        if years.insert(number, Year { year, unknown }).is_some() {
            fields.fault("year", format!("{number} is there already"));
        }
    }
    (years.len() == nodes.len()).then_some(years)
}

/// A day off with where it stands in the file.
struct Entry<'a> {
    day: DayOff,
    date: Node<'a>,
    moved_from: Option<Node<'a>>,
}

fn days_off<'a>(node: &Node<'a>, sources: &Sources) -> Option<Vec<Entry<'a>>> {
    let nodes = node.elements()?;
    let entries: Vec<Entry<'a>> = nodes
        .iter()
        .filter_map(|node| {
            let fields = node.fields(&["date", "title", "moved_from"])?;
            let date = sources.required(&fields, "date", Node::date);
            let title = fields.required("title").and_then(|node| trilingual(&node));
            let from = match fields.optional("moved_from") {
                None => Some(None),
                Some(node) => node.date().map(Some),
            };
            Some(Entry {
                day: DayOff {
                    date: date?,
                    title: title?,
                    moved_from: from?,
                },
                date: fields.optional("date")?,
                moved_from: fields.optional("moved_from"),
            })
        })
        .collect();
    (entries.len() == nodes.len()).then_some(entries)
}

/// The calendar with its days off, each checked against the others.
fn collected(mut calendar: Calendar, entries: Vec<Entry<'_>>) -> Option<Calendar> {
    // The holidays first: a moved day is off because of one of them.
    let holidays: BTreeMap<NaiveDate, bool> = entries
        .iter()
        .map(|entry| (entry.day.date.value, entry.day.moved_from.is_none()))
        .collect();
    for entry in entries {
        let date = entry.day.date.value;
        if !calendar.years.contains_key(&date.year()) {
            entry.date.fault(format!(
                "{} is not among the years; add the year, with its source",
                date.year()
            ));
        }
        if let (Some(from), Some(node)) = (entry.day.moved_from, &entry.moved_from) {
            if calendar.is_weekend(date) {
                entry.date.fault(format!(
                    "a moved day must fall on a working day of the week, and {date} is a {}",
                    name(date.weekday())
                ));
            }
            if holidays.get(&from) != Some(&true) {
                node.fault(format!("{from} is not a holiday of this file"));
            } else if !calendar.is_weekend(from) {
                node.fault(format!(
                    "{from} is a {}, not a day off, so nothing moves from it",
                    name(from.weekday())
                ));
            } else if date < from {
                node.fault(format!("{date} is before {from}; a day off moves forward"));
            }
        }
        if calendar.days_off.insert(date, entry.day).is_some() {
            entry.date.fault(format!("{date} is there already"));
        }
    }
    Some(calendar)
}

fn name(day: Weekday) -> &'static str {
    WEEKDAYS
        .iter()
        .find(|(_, known)| *known == day)
        .map_or("", |(name, _)| name)
}
