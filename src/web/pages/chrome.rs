//! What every page needs besides its own values: words, language, display, who is signed in.

use fluent_bundle::FluentValue;

use crate::domain::{Language, Timestamp, rules::Localised};
use crate::web::{
    App,
    access::{Display, Visitor},
    assets,
    locale::Locales,
};

/// The place in the main navigation to which a page belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// The start page and mock exams.
    Mock,
    /// Practice.
    Practice,
    /// History and results.
    History,
    /// The points calculator.
    Points,
    /// The way to a residence permit.
    Pathway,
    /// Schools, groups and assignments.
    Schools,
    /// Anything else.
    Other,
}

/// Given to every template as `c`.
#[derive(Debug, Clone)]
pub struct Chrome<'a> {
    locales: &'a Locales,
    /// The page's language.
    pub language: Language,
    /// Theme, size, font.
    pub display: Display,
    /// The token that the page's forms must carry.
    pub csrf: String,
    /// Who is signed in, by name; none for a guest or a visitor.
    pub name: Option<String>,
    /// Whether there is a session.
    pub known: bool,
    /// Whose page this is, for the script that sees to what the browser keeps: the learner's id, empty for nobody; none
    /// where it could not be found out.
    pub whose: Option<String>,
    /// Whether everybody and everything here is invented, which every page says then.
    pub demo: bool,
    room: Room,
    /// What the page was asked with, which the language switch keeps: empty or `&name=value…`.
    pub kept: String,
}

/// A value that a message can be given from a template, by value or by reference.
pub trait Argument {
    /// As Fluent wants it.
    fn value(&self) -> FluentValue<'_>;
}

macro_rules! arguments {
    ($($number:ty),+) => {$(
        impl Argument for $number {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )+};
}
arguments!(u32, u64, usize, i32, i64);

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

impl<'a> Chrome<'a> {
    /// For a page in a room, shown to a visitor.
    pub fn new(app: &'a App, visitor: &Visitor, room: Room) -> Self {
        Self {
            locales: &app.locales,
            language: visitor.language,
            display: visitor.display,
            csrf: visitor.csrf.clone(),
            name: visitor
                .account
                .as_ref()
                .and_then(|account| account.name.clone()),
            known: visitor.account.is_some(),
            whose: visitor.whose(),
            demo: app.exam.is_demonstration(),
            room,
            kept: String::new(),
        }
        .keeping(Some(&visitor.asked))
    }

    /// The same for a page that is asked for again with another query than it was.
    pub fn keeping(self, query: Option<&str>) -> Self {
        let kept = query.unwrap_or_default().trim_start_matches('&');
        Self {
            kept: match kept {
                "" => String::new(),
                _ => format!("&{kept}"),
            },
            ..self
        }
    }

    /// A message.
    pub fn say(&self, key: &str) -> String {
        self.locales.say(self.language, key, &[])
    }

    /// A message with one value.
    pub fn say1(&self, key: &str, name: &str, value: impl Argument) -> String {
        self.locales
            .say(self.language, key, &[(name, value.value())])
    }

    /// A message with two values.
    pub fn say2(
        &self,
        key: &str,
        name: &str,
        value: impl Argument,
        name2: &str,
        value2: impl Argument,
    ) -> String {
        let args = [(name, value.value()), (name2, value2.value())];
        self.locales.say(self.language, key, &args)
    }

    /// A message with three values.
    pub fn say3(&self, key: &str, values: [(&str, &str); 3]) -> String {
        let args = values.map(|(name, value)| (name, FluentValue::from(value)));
        self.locales.say(self.language, key, &args)
    }

    /// A message without values, if the page's language has it.
    pub fn say_known(&self, key: &str) -> Option<String> {
        let known = self.locales.keys(self.language).contains(key);
        known.then(|| self.locales.say(self.language, key, &[]))
    }

    /// A message whose key ends in a value's name: `skill-` and `detail`.
    pub fn say_of(&self, prefix: &str, name: &str) -> String {
        self.say(&format!("{prefix}{name}"))
    }

    /// A text of the content in the page's language.
    pub fn text<'t>(&self, text: &'t Localised) -> &'t str {
        text.get(self.language)
    }

    /// A day, as `22.11.2026`: the order and the dots are at home in Kazakhstan.
    pub fn day(&self, day: &chrono::NaiveDate) -> String {
        day.format("%d.%m.%Y").to_string()
    }

    /// An instant in Kazakhstan's time, as `22.11.2026 14:03`.
    pub fn moment(&self, at: &Timestamp) -> String {
        at.with_timezone(&chrono_tz::Asia::Almaty)
            .format("%d.%m.%Y %H:%M")
            .to_string()
    }

    /// An instant in a school's zone, as `22.11.2026 14:03`.
    pub fn moment_in(&self, at: &Timestamp, zone: chrono_tz::Tz) -> String {
        at.with_timezone(&zone).format("%d.%m.%Y %H:%M").to_string()
    }

    /// A time of day in Kazakhstan, as `14:03:07`.
    pub fn clock(&self, at: &Timestamp) -> String {
        at.with_timezone(&chrono_tz::Asia::Almaty)
            .format("%H:%M:%S")
            .to_string()
    }

    /// Milliseconds as minutes and seconds: `17:05`.
    pub fn minutes(&self, ms: impl Into<i64>) -> String {
        let seconds = ms.into().max(0) / 1000;
        format!("{:02}:{:02}", seconds / 60, seconds % 60)
    }

    /// The URL of a stylesheet, script or icon.
    pub fn asset(&self, path: &str) -> String {
        assets::url(path)
    }

    /// Whether the page belongs to this room.
    pub fn is_in(&self, room: &str) -> bool {
        matches!(
            (self.room, room),
            (Room::Mock, "mock")
                | (Room::Practice, "practice")
                | (Room::History, "history")
                | (Room::Points, "points")
                | (Room::Pathway, "pathway")
                | (Room::Schools, "schools")
        )
    }

    /// The languages for the switcher: code, own name, whether it is the page's.
    pub fn languages(&self) -> [(&'static str, &'static str, bool); 3] {
        Language::ALL.map(|language| {
            let name = match language {
                Language::Kazakh => "Қазақша",
                Language::Russian => "Русский",
                Language::English => "English",
            };
            (language.code(), name, language == self.language)
        })
    }
}
