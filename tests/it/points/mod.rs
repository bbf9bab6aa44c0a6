//! The points calculator as a library and as a command: worked cases, laws, and the command line.

mod command;
mod golden;
mod laws;
mod page;
mod shelf;
mod visit;

use std::sync::{Arc, OnceLock};

use synaq::content::{self, Content};
use synaq::domain::points::PointsTable;
use synaq::domain::rules::RuleSet;

/// The repository's rules and tables of points.
fn content() -> &'static Content {
    static CONTENT: OnceLock<Content> = OnceLock::new();
    CONTENT
        .get_or_init(|| content::load_rules(&crate::support::own_content()).expect("the content"))
}

/// The repository's newest table of points.
fn table() -> &'static PointsTable {
    content().points.values().next_back().expect("a table")
}

/// A rule set of the repository.
fn rules(id: &str) -> Arc<RuleSet> {
    let rules = content().rules.get(&synaq::domain::id::RuleId::new(id));
    rules.expect("the rule set").clone()
}
