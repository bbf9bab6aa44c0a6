//! How a group did, for those who teach: learners × sections, × questions, × skills, and one question.

mod histogram;
mod item;
mod items;
mod results;
mod skills;
mod sort;

pub(super) use item::show as show_item;
pub(super) use items::show as show_items;
pub(super) use results::Results;
pub(super) use skills::show as show_skills;
pub(super) use sort::Asked;

use super::{Chrome, tabs::Tab, tabs::TabLink, tabs::tabs};
use crate::domain::review::Tally;
use crate::service::Review;
use crate::web::urls;

/// What the views of an assignment have in common at their head.
struct Top {
    title: String,
    group_href: String,
    group_name: String,
    tabs: Vec<TabLink>,
}

impl Top {
    fn of(c: &Chrome<'_>, review: &Review, tab: Tab) -> Self {
        Self {
            title: review.assignment.title.clone(),
            group_href: urls::group(&review.group.id),
            group_name: review.group.name.clone(),
            tabs: tabs(c, &review.assignment.id, tab),
        }
    }
}

/// The class of a cell's colour, from `h0` (few right) to `h4` (most right); the number stands in it besides.
fn heat(tally: Tally) -> &'static str {
    match tally.percent() {
        None => "x",
        Some(80..) => "h4",
        Some(60..80) => "h3",
        Some(40..60) => "h2",
        Some(20..40) => "h1",
        Some(_) => "h0",
    }
}

/// Percent, or a dash where nothing was asked.
fn percent(tally: Tally) -> String {
    tally
        .percent()
        .map_or_else(|| "–".to_owned(), |percent| percent.to_string())
}
