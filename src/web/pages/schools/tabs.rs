//! The views of one assignment, for those who teach: a row of links on each of them.

use super::Chrome;
use crate::domain::id::AssignmentId;
use crate::web::urls;

/// A view of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// Learners × sections.
    Results,
    /// Learners × questions.
    Items,
    /// Learners × skills.
    Skills,
    /// Learners by the skill they miss.
    Needs,
    /// The group while it sits.
    Live,
    /// Corrections of keys and questions.
    Rescore,
    /// What can be changed.
    Settings,
}

impl Tab {
    /// Every view, in the order in which the links stand.
    const ALL: [Tab; 7] = [
        Tab::Results,
        Tab::Items,
        Tab::Skills,
        Tab::Needs,
        Tab::Live,
        Tab::Rescore,
        Tab::Settings,
    ];

    /// The key of its word is `assignment-tab-` with this.
    fn as_str(self) -> &'static str {
        match self {
            Tab::Results => "results",
            Tab::Items => "items",
            Tab::Skills => "skills",
            Tab::Needs => "needs",
            Tab::Live => "live",
            Tab::Rescore => "rescore",
            Tab::Settings => "settings",
        }
    }

    fn href(self, id: &AssignmentId) -> String {
        match self {
            Tab::Results => urls::assignment(id),
            Tab::Items => urls::assignment_items(id),
            Tab::Skills => urls::assignment_skills(id),
            Tab::Needs => urls::assignment_needs(id),
            Tab::Live => urls::live(id),
            Tab::Rescore => urls::rescore(id),
            Tab::Settings => urls::assignment_edit(id),
        }
    }
}

/// A link to a view.
#[derive(Debug, Clone)]
pub(super) struct TabLink {
    /// Its word.
    pub(super) label: String,
    /// Where it leads.
    pub(super) href: String,
    /// Whether it is the one that is shown.
    pub(super) current: bool,
}

/// The links to every view of an assignment.
pub(super) fn tabs(c: &Chrome<'_>, id: &AssignmentId, current: Tab) -> Vec<TabLink> {
    Tab::ALL
        .into_iter()
        .map(|tab| TabLink {
            label: c.say_of("assignment-tab-", tab.as_str()),
            href: tab.href(id),
            current: tab == current,
        })
        .collect()
}
