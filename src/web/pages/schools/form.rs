//! The fields of what is given to a group, for giving it, for changing it and for looking at it before.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    Chrome, Fault,
    audience::{self, AudienceChoice},
};
use crate::domain::{
    assignment::{FeedbackPolicy, GivenSet, ResultsPolicy, Work},
    bank::Bank,
    delivery::Delivery,
    id::{RuleId, TestletId},
};
use crate::service::{BankLine, Failure};
use crate::web::{
    App, api,
    pages::practice::{Offer, Offers, SIZES},
};

/// The name of a testlet's tick box is this with its id.
pub(super) const TICK: &str = "tick-";

/// The word for what each learner chooses.
pub(super) const CHOOSE: &str = "choose";

/// What the form sends, or a link to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    pub(super) group: String,
    /// The assignment that is changed; empty for a new one.
    pub(super) assignment: String,
    /// `mock` or `practice`.
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) opens: String,
    pub(super) due: String,
    pub(super) attempts: String,
    pub(super) rule: String,
    /// `counts` or `training`.
    pub(super) limit: String,
    pub(super) feedback: String,
    pub(super) results: String,
    /// `choose`, `free` or `paced`.
    pub(super) delivery: String,
    pub(super) section: String,
    pub(super) level: String,
    pub(super) topic: String,
    pub(super) skill: String,
    pub(super) stem: String,
    pub(super) items: String,
    pub(super) minutes: String,
    /// The ids of picked testlets, with commas between.
    pub(super) testlets: String,
    /// The ids of testlets whose tick boxes the page showed.
    pub(super) shown: String,
    /// What the list of testlets shows.
    #[serde(rename = "show-level")]
    pub(super) show_level: String,
    #[serde(rename = "show-topic")]
    pub(super) show_topic: String,
    /// Which button was pressed: `preview`, `pick`, or another one.
    pub(super) act: String,
    /// For whom it is.
    #[serde(flatten)]
    pub(super) audience: AudienceChoice,
    /// The rest: the tick boxes that are ticked.
    #[serde(flatten)]
    pub(super) more: HashMap<String, String>,
}

impl Choice {
    pub(super) fn is_practice(&self) -> bool {
        self.kind == "practice"
    }

    /// What the form shows of an assignment.
    pub(super) fn of(given: &crate::domain::assignment::Assignment, zone: chrono_tz::Tz) -> Self {
        use crate::domain::assignment::last_day;
        let opens = given.opens_at.with_timezone(&zone).date_naive();
        let base = Self {
            group: given.group.to_string(),
            assignment: given.id.to_string(),
            kind: given.work.kind().to_owned(),
            title: given.title.clone(),
            opens: opens.to_string(),
            due: last_day(given.due_at, zone).to_string(),
            attempts: given.attempts_allowed.to_string(),
            feedback: given.work.feedback().as_str().to_owned(),
            results: given.work.results().as_str().to_owned(),
            delivery: given
                .work
                .delivery()
                .map_or(CHOOSE, Delivery::as_str)
                .to_owned(),
            ..Self::default()
        };
        match &given.work {
            Work::Mock { rule, counts, .. } => Self {
                rule: rule.to_string(),
                limit: if *counts { "counts" } else { "training" }.to_owned(),
                ..base
            },
            Work::Practice(GivenSet { wish, .. }) => Self {
                section: wish.section.as_str().to_owned(),
                level: wish.level.as_str().to_owned(),
                topic: wish.topic.clone().unwrap_or_default(),
                skill: wish.skill.clone().unwrap_or_default(),
                stem: wish.stem_type.clone().unwrap_or_default(),
                items: wish.items.to_string(),
                minutes: wish.minutes.map(|n| n.to_string()).unwrap_or_default(),
                testlets: joined(&wish.testlets),
                ..base
            },
        }
    }

    /// The picked testlets: those picked before, but for boxes that were shown and are not ticked, then newly ticked ones.
    pub(super) fn picked(&self) -> Vec<TestletId> {
        let listed = |text: &str| -> Vec<TestletId> {
            let ids = text.split(',').filter(|id| !id.is_empty());
            ids.map(TestletId::new).collect()
        };
        let shown = listed(&self.shown);
        let ticked = |id: &TestletId| self.more.contains_key(&format!("{TICK}{id}"));
        let mut picked = listed(&self.testlets);
        picked.retain(|id| !shown.contains(id) || ticked(id));
        for id in shown {
            if ticked(&id) && !picked.contains(&id) {
                picked.push(id);
            }
        }
        picked
    }

    /// The picked testlets that are not of the other section; one that the bank does not know is kept, to be complained of.
    pub(super) fn picked_here(&self, bank: &Bank) -> Vec<TestletId> {
        let mut picked = self.picked();
        picked.retain(|id| {
            bank.get(id)
                .is_none_or(|edition| edition.testlet.section.as_str() == self.section)
        });
        picked
    }

    /// The fields that a page which does not show them carries along, but for the picked testlets.
    pub(super) fn carried(&self) -> Vec<(String, String)> {
        let fields = [
            ("group", &self.group),
            ("assignment", &self.assignment),
            ("kind", &self.kind),
            ("title", &self.title),
            ("opens", &self.opens),
            ("due", &self.due),
            ("attempts", &self.attempts),
            ("feedback", &self.feedback),
            ("level", &self.level),
            ("topic", &self.topic),
            ("skill", &self.skill),
            ("stem", &self.stem),
            ("items", &self.items),
            ("minutes", &self.minutes),
        ];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let fields = fields.map(|(name, value)| (name.to_owned(), value.clone()));
        // Whom it is for, and the ticks of those who are meant.
        let audience = self.more.iter();
        let audience =
            audience.filter(|(name, _)| *name == "audience" || name.starts_with(audience::TICK));
        fields
            .chain(audience.map(|(name, value)| (name.clone(), value.clone())))
            .collect()
    }

    /// When the keys and the result are seen; one that was not asked for is at once.
    pub(super) fn policies(&self) -> Result<(FeedbackPolicy, ResultsPolicy), Fault> {
        let feedback = match self.feedback.as_str() {
            "" => FeedbackPolicy::AtOnce,
            word => word.parse().map_err(|_| fault("feedback", "unknown"))?,
        };
        let results = match self.results.as_str() {
            "" => ResultsPolicy::AtOnce,
            word => word.parse().map_err(|_| fault("results", "unknown"))?,
        };
        Ok((feedback, results))
    }

    /// What the form says of the work itself.
    pub(super) fn work(&self, bank: &Bank) -> Result<Work, Fault> {
        let given = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        let (feedback, results) = self.policies()?;
        if !self.is_practice() {
            return Ok(Work::Mock {
                rule: RuleId::new(self.rule.as_str()),
                counts: self.limit != "training",
                feedback,
                results,
                delivery: match self.delivery.as_str() {
                    "" | CHOOSE => None,
                    word => Some(word.parse().map_err(|_| fault("delivery", "not-offered"))?),
                },
            });
        }
        // A number that is none is as wrong as one that is too small.
        let number = |text: &str| given(text.trim()).map(|n| n.parse().unwrap_or_default());
        let wish = api::wish(api::WishWords {
            section: self.section.clone(),
            level: self.level.clone(),
            topic: given(&self.topic),
            skill: given(&self.skill),
            stem: given(&self.stem),
            items: number(&self.items),
            minutes: number(&self.minutes),
            testlets: self
                .picked_here(bank)
                .iter()
                .map(ToString::to_string)
                .collect(),
        });
        let wish = wish.map_err(|(field, _)| Fault {
            field,
            key: format!("practice-fault-{field}"),
        })?;
        Ok(Work::Practice(GivenSet { wish, feedback }))
    }

    /// The first day, if one is given.
    pub(super) fn opens(&self) -> Result<Option<NaiveDate>, Fault> {
        date("opens", &self.opens)
    }

    /// The last day.
    pub(super) fn due(&self) -> Result<NaiveDate, Fault> {
        date("due", &self.due)?.ok_or_else(|| fault("due", "missing"))
    }

    /// How many attempts; 0, which is refused, for what is no number.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts.trim().parse().unwrap_or_default()
    }

    /// The field that a failure is about.
    pub(super) fn fault_in(&self, failure: Failure) -> Result<Fault, Failure> {
        use crate::domain::practice::NothingFits;
        match failure {
            Failure::UnknownRule(_) => Ok(fault("rule", "unknown")),
            Failure::Unfilled(_) => Ok(fault("rule", "bank")),
            Failure::NothingFits(NothingFits::Testlet(_)) => Ok(fault("testlets", "unfit")),
            Failure::NothingFits(NothingFits::TooMany(_)) => Ok(fault("testlets", "too-many")),
            Failure::NothingFits(NothingFits::Wish) => Ok(Fault {
                // The narrowest of what was chosen is what to change.
                field: match [&self.stem, &self.topic, &self.skill].map(|word| word.is_empty()) {
                    [false, ..] => "stem",
                    [true, false, _] => "topic",
                    [true, true, false] => "skill",
                    [true, true, true] => "level",
                },
                key: "practice-fault-nothing".to_owned(),
            }),
            other => Fault::of(other),
        }
    }
}

/// Ids with commas between.
pub(super) fn joined(ids: &[TestletId]) -> String {
    let ids: Vec<&str> = ids.iter().map(TestletId::as_str).collect();
    ids.join(",")
}

pub(super) fn fault(field: &'static str, problem: &str) -> Fault {
    Fault {
        field,
        key: format!("school-fault-{field}-{problem}"),
    }
}

fn date(field: &'static str, text: &str) -> Result<Option<NaiveDate>, Fault> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| fault(field, "no-date")),
    }
}

/// The fields with what can be chosen, as templates/schools/fields.html shows them.
pub(super) struct Fields {
    pub(super) choice: Choice,
    pub(super) practice: bool,
    pub(super) zone: &'static str,
    pub(super) rules: Vec<Offer>,
    pub(super) limits: Vec<Offer>,
    pub(super) deliveries: Vec<Offer>,
    pub(super) feedback: Vec<Offer>,
    pub(super) results: Vec<Offer>,
    pub(super) sections: Vec<Offer>,
    pub(super) levels: Vec<Offer>,
    pub(super) topics: Vec<Offer>,
    pub(super) skills: Vec<Offer>,
    pub(super) stems: Vec<Offer>,
    pub(super) sizes: Vec<Offer>,
    /// The picked testlets, and what they are sent back as.
    pub(super) picked: Vec<BankLine>,
    pub(super) testlets: String,
    /// Whether what is to be done, and the first day, can be chosen (still).
    pub(super) work_open: bool,
    pub(super) opens_open: bool,
}

fn offer(value: &str, label: String, hint: String, chosen: &str) -> Offer {
    Offer {
        chosen: value == chosen,
        value: value.to_owned(),
        label,
        hint,
    }
}

/// One is chosen where nothing that can be chosen is.
fn at_least_one(mut offers: Vec<Offer>, default: usize) -> Vec<Offer> {
    if !offers.iter().any(|offer| offer.chosen)
        && let Some(offer) = offers.get_mut(default)
    {
        offer.chosen = true;
    }
    offers
}

impl Fields {
    /// The fields as they were chosen.
    pub(super) fn new(app: &App, c: &Chrome<'_>, zone: chrono_tz::Tz, mut choice: Choice) -> Self {
        let content = app.exam.content();
        let offers = Offers::of(&content.bank);
        let plain =
            |value: &str, label: String, chosen: &str| offer(value, label, String::new(), chosen);
        let named = |prefix: &str, names: &[&str], chosen: &str| -> Vec<Offer> {
            let offers = names.iter();
            let offers = offers.map(|name| plain(name, c.say_of(prefix, name), chosen));
            offers.collect()
        };
        let hinted = |prefix: &str, names: &[&str], chosen: &str| -> Vec<Offer> {
            let offers = names.iter().map(|name| {
                let hint = c.say(&format!("{prefix}{name}-hint"));
                offer(name, c.say_of(prefix, name), hint, chosen)
            });
            at_least_one(offers.collect(), 0)
        };
        let default_rule = app.exam.settings().default_rule.as_str();
        let rule = match choice.rule.is_empty() {
            true => default_rule.to_owned(),
            false => choice.rule.clone(),
        };
        for (field, default) in [
            (&mut choice.attempts, "1"),
            (&mut choice.section, "listening"),
        ] {
            if field.is_empty() {
                default.clone_into(field);
            }
        }
        let rules = content.rules.values().map(|rules| {
            let hint = c.say1("percent-each", "n", rules.required_percent());
            let title = c.text(&rules.title).to_owned();
            offer(rules.id.as_str(), title, hint, &rule)
        });
        let policies = FeedbackPolicy::ALL.map(FeedbackPolicy::as_str);
        let delays = ResultsPolicy::ALL.map(ResultsPolicy::as_str);
        let levels = offers.levels.iter();
        let levels = levels.map(|level| plain(level.as_str(), level.to_string(), &choice.level));
        let mut sizes: Vec<u32> = SIZES.to_vec();
        sizes.extend(choice.items.parse::<u32>().ok().filter(|n| *n > 0));
        sizes.sort_unstable();
        sizes.dedup();
        let sizes = sizes.iter().map(|size| {
            let size = size.to_string();
            plain(&size, size.clone(), &choice.items)
        });
        let practice = choice.is_practice();
        let feedback = match practice {
            true => "give-feedback-set-",
            false => "give-feedback-",
        };
        let picked = choice.picked_here(&content.bank);
        Self {
            rules: at_least_one(rules.collect(), 0),
            limits: hinted("give-limit-", &["counts", "training"], &choice.limit),
            deliveries: hinted(
                "give-delivery-",
                &[CHOOSE, Delivery::Free.as_str(), Delivery::Paced.as_str()],
                &choice.delivery,
            ),
            feedback: hinted(feedback, &policies, &choice.feedback),
            results: hinted("give-results-", &delays, &choice.results),
            sections: at_least_one(
                named("section-", &["listening", "reading"], &choice.section),
                0,
            ),
            levels: at_least_one(levels.collect(), 0),
            topics: named("topic-", &offers.topics, &choice.topic),
            skills: named("skill-", &offers.skills, &choice.skill),
            stems: named("stem-", &offers.stems, &choice.stem),
            sizes: at_least_one(sizes.collect(), 1),
            testlets: joined(&choice.picked()),
            picked: picked
                .iter()
                .filter_map(|id| content.bank.get(id))
                .map(|edition| BankLine::of(edition))
                .collect(),
            zone: zone.name(),
            practice,
            work_open: true,
            opens_open: true,
            choice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_kept_in_the_order_in_which_they_were_made() {
        let choice = Choice {
            testlets: "c,a,b".to_owned(),
            shown: "a,d,e".to_owned(),
            more: HashMap::from([(format!("{TICK}e"), "1".to_owned())]),
            ..Choice::default()
        };
        assert_eq!(
            joined(&choice.picked()),
            "c,b,e",
            "a was shown and is not ticked"
        );
        let nothing_shown = Choice {
            shown: String::new(),
            ..choice
        };
        assert_eq!(joined(&nothing_shown.picked()), "c,a,b");
        assert!(Choice::default().picked().is_empty());
    }
}
