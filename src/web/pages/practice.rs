//! Practice: choosing what to train. The set itself is in `practice_set`.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;

use super::{Chrome, Room, accounts::as_somebody, errors::too_many, failed, render};
use crate::domain::{
    assemble::Exposure,
    bank::{Bank, SKILLS, STEM_TYPES, TOPICS},
    level::Level,
    practice::{self, DEFAULT_ITEMS},
};
use crate::web::{
    App,
    access::{CheckedForm, ClientAddress, Visitor},
    api, urls,
};

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::PRACTICE, get(choose).post(make))
}

/// How many items can be chosen.
pub(super) const SIZES: [u32; 3] = [5, DEFAULT_ITEMS, 20];

/// What the bank has to offer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Offers {
    pub(super) levels: Vec<Level>,
    /// In the order of [`TOPICS`] and [`SKILLS`].
    pub(super) topics: Vec<&'static str>,
    pub(super) skills: Vec<&'static str>,
    /// In the order of [`STEM_TYPES`].
    pub(super) stems: Vec<&'static str>,
}

impl Offers {
    pub(super) fn of(bank: &Bank) -> Self {
        let mut levels = BTreeSet::new();
        let mut topics = BTreeSet::new();
        let mut skills = BTreeSet::new();
        let mut stems = BTreeSet::new();
        for edition in bank.testlets() {
            let testlet = &edition.testlet;
            levels.insert(testlet.level);
            topics.insert(testlet.topic.as_str());
            levels.extend(testlet.items.iter().map(|item| item.level));
            skills.extend(testlet.items.iter().map(|item| item.skill.as_str()));
            stems.extend(testlet.items.iter().map(|item| item.stem_type.as_str()));
        }
        let known = |list: &[&'static str], found: &BTreeSet<&str>| {
            let kept = list.iter().copied().filter(|name| found.contains(name));
            kept.collect()
        };
        Self {
            levels: levels.into_iter().collect(),
            topics: known(&TOPICS, &topics),
            skills: known(&SKILLS, &skills),
            stems: known(&STEM_TYPES, &stems),
        }
    }
}

/// The choice as the form sends it, or a link to the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    section: String,
    level: String,
    topic: String,
    skill: String,
    stem: String,
    items: String,
}

/// One of the values of a field.
pub(super) struct Offer {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) chosen: bool,
}

#[derive(Template)]
#[template(path = "practice.html")]
struct ChoosePage<'a> {
    c: Chrome<'a>,
    sections: Vec<Offer>,
    levels: Vec<Offer>,
    topics: Vec<Offer>,
    skills: Vec<Offer>,
    stems: Vec<Offer>,
    sizes: Vec<Offer>,
    /// The field that is wrong, and the key of what is wrong with it.
    fault: Option<(&'static str, String)>,
}

impl<'a> ChoosePage<'a> {
    fn new(
        c: Chrome<'a>,
        offers: &Offers,
        choice: &Choice,
        fault: Option<(&'static str, String)>,
    ) -> Self {
        let offer = |value: &str, label: String, hint: String, chosen: &str| Offer {
            chosen: value == chosen,
            value: value.to_owned(),
            label,
            hint,
        };
        // The first is chosen where nothing that can be chosen is.
        let at_least_one = |mut offers: Vec<Offer>, default: usize| {
            if !offers.iter().any(|offer| offer.chosen)
                && let Some(offer) = offers.get_mut(default)
            {
                offer.chosen = true;
            }
            offers
        };
        let named = |prefix: &str, names: &[&str], chosen: &str| {
            names
                .iter()
                .map(|name| offer(name, c.say_of(prefix, name), String::new(), chosen))
                .collect()
        };
        let sections = named("section-", &["listening", "reading"], &choice.section);
        let levels = offers
            .levels
            .iter()
            .map(|level| {
                let hint = c.say_of("practice-level-", level.as_str());
                offer(level.as_str(), level.to_string(), hint, &choice.level)
            })
            .collect();
        let sizes = SIZES
            .iter()
            .map(|size| {
                let value = size.to_string();
                offer(&value, value.clone(), String::new(), &choice.items)
            })
            .collect();
        Self {
            sections: at_least_one(sections, 0),
            levels: at_least_one(levels, 0),
            topics: named("topic-", &offers.topics, &choice.topic),
            skills: named("skill-", &offers.skills, &choice.skill),
            stems: named("stem-", &offers.stems, &choice.stem),
            sizes: at_least_one(sizes, 1),
            fault,
            c,
        }
    }
}

async fn choose(
    State(app): State<App>,
    visitor: Visitor,
    Query(choice): Query<Choice>,
) -> Response {
    let c = Chrome::new(&app, &visitor, Room::Practice);
    let offers = Offers::of(&app.exam.content().bank);
    render(&ChoosePage::new(c, &offers, &choice, None))
}

async fn make(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    visitor: Visitor,
    CheckedForm(choice): CheckedForm<Choice>,
) -> Response {
    let again = |field: &'static str, fault: String| {
        let c = Chrome::new(&app, &visitor, Room::Practice);
        let offers = Offers::of(&app.exam.content().bank);
        let page = ChoosePage::new(c, &offers, &choice, Some((field, fault)));
        (StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response()
    };
    let given = |value: &'_ str| (!value.is_empty()).then(|| value.to_owned());
    // A number that is none is as wrong as one that is too small.
    let items = given(&choice.items).map(|items| items.parse().unwrap_or_default());
    let words = api::WishWords {
        section: choice.section.clone(),
        level: choice.level.clone(),
        topic: given(&choice.topic),
        skill: given(&choice.skill),
        stem: given(&choice.stem),
        items,
        ..api::WishWords::default()
    };
    let wish = match api::wish(words) {
        Ok(wish) => wish,
        Err((field, _)) => return again(field, format!("practice-fault-{field}")),
    };
    // Looked at before a visitor becomes a guest: the page that says so must not come with a new session, whose forms
    // carry another token.
    let bank = &app.exam.content().bank;
    if practice::set(bank, &wish, &Exposure::default(), 0).is_err() {
        // The narrowest of what was chosen is what to change.
        let field = match (&wish.stem_type, &wish.topic, &wish.skill) {
            (Some(_), ..) => "stem",
            (None, None, Some(_)) => "skill",
            (None, None, None) => "level",
            (None, Some(_), _) => "topic",
        };
        return again(field, "practice-fault-nothing".to_owned());
    }
    let (account, jar) = match as_somebody(&app, &visitor, address).await {
        Ok(somebody) => somebody,
        Err(refused) => return refused,
    };
    if !app.rate.allows_attempt(&account.id) {
        return too_many(&app, &visitor);
    }
    match app.exam.create_practice(&account.id, &wish).await {
        Ok(paper) => (jar, Redirect::to(&urls::attempt(&paper.id))).into_response(),
        Err(failure) => failed(&app, Some(&visitor), failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_bank_offers_nothing() {
        let offers = Offers::of(&Bank::default());
        assert!(offers.levels.is_empty() && offers.topics.is_empty() && offers.skills.is_empty());
    }
}
