//! The part of the form that says for whom an assignment is: the whole group, or those who are ticked.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Chrome, Fault, fault_of};
use crate::domain::id::LearnerId;
use crate::service::GroupMember;

/// What a tick's field is called: this and the learner's id, because a form knows a field only once.
const TICK: &str = "for-";

/// What the form sends: `audience` is `all` or `some`; of the rest the ticks count.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AudienceChoice {
    audience: String,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

impl AudienceChoice {
    fn is_for_some(&self) -> bool {
        self.audience == "some"
    }

    fn is_ticked(&self, id: &LearnerId) -> bool {
        self.rest.contains_key(&tick(id))
    }

    /// The learners named; none for the whole group.
    pub(super) fn learners(&self) -> Option<Vec<LearnerId>> {
        self.is_for_some().then(|| self.ticked())
    }

    /// Those who are ticked, whatever else is said.
    pub(super) fn ticked(&self) -> Vec<LearnerId> {
        let names = self.rest.keys();
        let ids = names.filter_map(|name| name.strip_prefix(TICK));
        ids.map(LearnerId::new).collect()
    }
}

/// The field of a learner's tick.
pub(super) fn tick(id: &LearnerId) -> String {
    format!("{TICK}{id}")
}

/// A learner who can be ticked.
pub(super) struct Tick {
    pub(super) field: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

/// The part of the form.
pub(super) struct Audience {
    pub(super) some: bool,
    pub(super) ticks: Vec<Tick>,
    pub(super) fault: Option<String>,
}

impl Audience {
    /// As it was chosen, of these learners.
    pub(super) fn of(
        c: &Chrome<'_>,
        learners: &[GroupMember],
        choice: &AudienceChoice,
        fault: Option<&Fault>,
    ) -> Self {
        Self {
            some: choice.is_for_some(),
            ticks: learners
                .iter()
                .map(|member| Tick {
                    field: tick(&member.learner),
                    name: member.name.clone(),
                    chosen: choice.is_ticked(&member.learner),
                })
                .collect(),
            fault: fault_of(c, fault, "learners"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_count_only_where_some_are_meant() {
        let read = |json: serde_json::Value| -> AudienceChoice {
            serde_json::from_value(json).expect("a choice")
        };
        let id = |text: &str| LearnerId::new(text);
        let some = read(serde_json::json!({
            "audience": "some", "for-b": "on", "for-a": "on", "title": "x", "csrf": "y"
        }));
        assert_eq!(some.learners(), Some(vec![id("a"), id("b")]));
        let all = read(serde_json::json!({ "audience": "all", "for-a": "on" }));
        assert_eq!(all.learners(), None);
        assert_eq!(read(serde_json::json!({})).learners(), None);
        let none = read(serde_json::json!({ "audience": "some" }));
        assert_eq!(none.learners(), Some(Vec::new()));
    }
}
