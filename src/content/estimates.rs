//! The estimates of a table of points: what kind a criterion's estimate is follows from the criterion.

use std::sync::Arc;

use super::document::Node;
use super::points::{MOST_POINTS, pair, whole};
use super::shared::{any_slug, localised};
use super::sourced::Sources;
use crate::domain::points::{
    Choice, ChoiceFact, ChoiceOption, Criterion, Estimate, Line, MOST_YEARS, NumberFact, OLDEST,
    Shares,
};
use crate::domain::rules::{Basis, Sourced};

/// The criteria that have an estimate, and what it is made from.
const ESTIMATED: [(Criterion, Kind); 6] = [
    (Criterion::Demographic, Kind::Line(NumberFact::Age, OLDEST)),
    (Criterion::Education, Kind::Choice(ChoiceFact::Degree)),
    (
        Criterion::KazakhstanExperience,
        Kind::Line(NumberFact::YearsInKazakhstan, MOST_YEARS),
    ),
    (
        Criterion::ForeignExperience,
        Kind::Line(NumberFact::YearsElsewhere, MOST_YEARS),
    ),
    (Criterion::Adaptability, Kind::Shares),
    (Criterion::Additional, Kind::Choice(ChoiceFact::Relatives)),
];

#[derive(Clone, Copy)]
enum Kind {
    /// Of a number up to a greatest one.
    Line(NumberFact, u32),
    Choice(ChoiceFact),
    Shares,
}

/// Reads `[estimates]`; `maxima` bound their points.
pub(super) fn read(
    node: &Node<'_>,
    sources: &Sources,
    maxima: &[(Criterion, Arc<Sourced<u32>>)],
) -> Option<Vec<(Criterion, Sourced<Estimate>)>> {
    let fields = node.fields(&ESTIMATED.map(|(criterion, _)| criterion.as_str()))?;
    let mut estimates = Vec::new();
    let mut sound = true;
    for (criterion, kind) in ESTIMATED {
        let Some(node) = fields.optional(criterion.as_str()) else {
            continue;
        };
        let max = maxima
            .iter()
            .find(|(of, _)| *of == criterion)
            .map_or(MOST_POINTS, |(_, max)| max.value);
        let estimate = sources.sourced(&node, |node| match kind {
            Kind::Line(fact, most) => line(node, fact, most, max).map(Estimate::Line),
            Kind::Choice(fact) => choice(node, fact, max).map(Estimate::Choice),
            Kind::Shares => shares(node, max).map(Estimate::Shares),
        });
        match estimate {
            Some(estimate) => {
                if estimate.basis == Basis::Published {
                    node.fault("an estimate is never published: basis must be \"assumed\"");
                }
                estimates.push((criterion, estimate));
            }
            None => sound = false,
        }
    }
    sound.then_some(estimates)
}

fn line(node: &Node<'_>, fact: NumberFact, most: u32, max: u32) -> Option<Line> {
    let fields = node.fields(&["from", "to", "spread"])?;
    let end = |key: &str| {
        let node = fields.required(key)?;
        let elements = node.elements()?;
        let [number, points] = &elements[..] else {
            node.fault("must be two numbers: where the line is, and its points there");
            return None;
        };
        let (number, points) = (number.small(0..=most), points.small(0..=max));
        Some((number?, points?))
    };
    let (from, to) = (end("from"), end("to"));
    let spread = fields
        .required("spread")
        .and_then(|node| node.small(0..=max));
    let (from, to) = (from?, to?);
    if from.0 >= to.0 {
        fields.fault("to", "must lie above from");
        return None;
    }
    Some(Line {
        fact,
        from,
        to,
        spread: spread?,
    })
}

fn choice(node: &Node<'_>, fact: ChoiceFact, max: u32) -> Option<Choice> {
    let fields = node.fields(&["from_age", "options"])?;
    let from_age = match fields.optional("from_age") {
        None => None,
        Some(node) => Some(node.small(0..=OLDEST)?),
    };
    let list = fields.required("options")?;
    let options = whole(&list.elements()?, |node| option(node, max))?;
    if options.is_empty() {
        list.fault("must have at least one option");
    }
    if !options.is_sorted_by_key(|option| option.points) {
        list.fault("points must not fall from one option to the next");
    }
    Some(Choice {
        fact,
        from_age,
        options,
    })
}

fn option(node: &Node<'_>, max: u32) -> Option<ChoiceOption> {
    let fields = node.fields(&["id", "title", "points", "ends"])?;
    let id = fields.required("id").and_then(|node| any_slug(&node));
    let title = fields.required("title").and_then(|node| localised(&node));
    let points = fields
        .required("points")
        .and_then(|node| node.small(0..=max));
    let ends = fields.required("ends").and_then(|node| pair(&node, max));
    let (points, ends) = (points?, ends?);
    if !(ends.0..=ends.1).contains(&points) {
        fields.fault("ends", "must lie around the points");
    }
    Some(ChoiceOption {
        id: id?,
        title: title?,
        points,
        ends,
    })
}

fn shares(node: &Node<'_>, max: u32) -> Option<Shares> {
    let fields = node.fields(&["groups", "spread"])?;
    let criterion = |node: &Node<'_>| {
        let criterion: Criterion = node.parse()?;
        if criterion == Criterion::Adaptability {
            node.fault("must be another criterion");
            return None;
        }
        Some(criterion)
    };
    let groups = fields.required("groups").and_then(|node| {
        let groups = whole(&node.elements()?, |node| {
            let group = whole(&node.elements()?, criterion)?;
            if group.is_empty() {
                node.fault("must name at least one criterion");
            }
            Some(group)
        })?;
        if groups.is_empty() {
            node.fault("must have at least one group");
        }
        Some(groups)
    });
    let spread = fields
        .required("spread")
        .and_then(|node| node.small(0..=max));
    Some(Shares {
        groups: groups?,
        spread: spread?,
    })
}
