//! Rule files: `rules/*.toml`, one dated rule set each.
//!
//! Every value is a table `{ value, basis, source, note }`; `source` names one or several entries of the file's own
//! `[sources]`, which become words that a page can show. Names and bounds of the fields are here and nowhere else.

use std::path::Path;
use std::str::FromStr;

use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use super::document::{self, Fields, Node};
use super::fault::Fault;
use super::shared::{localised, slug};
use super::sourced::Sources;
use crate::domain::delivery::Offered;
use crate::domain::id::RuleId;
use crate::domain::level::Level;
use crate::domain::rules::{
    Band, Feedback, RetakePolicy, RuleSet, Section, SectionRule, Slot, Sourced,
};

/// A rule set with where in its file things stand, for faults that only the whole content shows.
pub(super) struct RuleFile {
    /// The rule set.
    pub(super) rules: RuleSet,
    /// Where each section's blueprint stands: the section, the line, the field.
    pub(super) blueprints: Vec<(Section, usize, String)>,
}

/// Reads one rule file.
pub(super) fn read(file: &Path, bytes: &[u8]) -> Result<RuleFile, Vec<Fault>> {
    let digest = format!("{:x}", Sha256::digest(bytes));
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    document::read(file, bytes, |root| rule_file(root, &stem, digest))
}

fn rule_file(root: &Node<'_>, stem: &str, digest: String) -> Option<RuleFile> {
    let fields = root.fields(&[
        "id",
        "title",
        "summary",
        "sources",
        "effective_from",
        "effective_until",
        "required_level",
        "each_section",
        "sections",
        "break_minutes",
        "bands",
        "retake",
        "result_days",
        "feedback",
        "certificate_months",
        "kazakh_points",
    ])?;
    let sources = Sources::read(&fields);

    // Everything is read before anything is given up, so that all faults are found.
    let id = id(&fields, stem);
    let title = fields.required("title").and_then(|node| localised(&node));
    let summary = fields.required("summary").and_then(|node| localised(&node));
    let effective_from = sources.required(&fields, "effective_from", Node::date);
    let effective_until = sources.optional(&fields, "effective_until", Node::date);
    let required_level = sources.required(&fields, "required_level", Node::parse);
    let each_section = sources.required(&fields, "each_section", each_section);
    let sections = fields
        .required("sections")
        .and_then(|node| sections(&node, &sources));
    let break_minutes = sources.required(&fields, "break_minutes", |node| node.small(0..=240));
    let bands = fields
        .required("bands")
        .and_then(|node| by_level(&node, &sources, 1..=100, Order::Rising));
    let retake = fields
        .required("retake")
        .and_then(|node| retake(&node, &sources));
    let result_days = sources.required(&fields, "result_days", |node| node.small(0..=60));
    let feedback = sources.required(&fields, "feedback", feedback);
    let certificate_months =
        sources.required(&fields, "certificate_months", |node| node.small(1..=240));
    let kazakh_points = fields
        .required("kazakh_points")
        .and_then(|node| by_level(&node, &sources, 0..=120, Order::NotFalling));

    if let (Some(from), Some(Some(until))) = (&effective_from, &effective_until)
        && until.value < from.value
    {
        fields.fault(
            "effective_until",
            "the last day must not be before effective_from",
        );
    }
    let (required_level, bands) = (required_level?, bands?);
    if !bands
        .iter()
        .any(|(level, _)| *level == required_level.value)
    {
        let level = required_level.value;
        fields.fault("bands", format!("has no {level}, the required level"));
    }
    let (sections, blueprints) = sections?;
    Some(RuleFile {
        rules: RuleSet {
            id: id?,
            title: title?,
            summary: summary?,
            effective_from: effective_from?,
            effective_until: effective_until?,
            required_level,
            each_section: each_section?,
            sections,
            break_minutes: break_minutes?,
            bands: bands
                .into_iter()
                .map(|(level, from_percent)| Band {
                    level,
                    from_percent,
                })
                .collect(),
            retake: retake?,
            result_days: result_days?,
            feedback: feedback?,
            certificate_months: certificate_months?,
            kazakh_points: kazakh_points?,
            digest,
        },
        blueprints,
    })
}

fn id(fields: &Fields<'_>, stem: &str) -> Option<RuleId> {
    let node = fields.required("id")?;
    let id = slug(&node, stem)?;
    Some(RuleId::new(id))
}

type Blueprints = Vec<(Section, usize, String)>;

fn sections(node: &Node<'_>, sources: &Sources) -> Option<(Vec<SectionRule>, Blueprints)> {
    let nodes = node.elements()?;
    if nodes.is_empty() {
        node.fault("must have at least one section");
    }
    let mut sections: Vec<SectionRule> = Vec::new();
    let mut blueprints = Blueprints::new();
    for node in &nodes {
        let Some((section, blueprint)) = section(node, sources) else {
            continue;
        };
        if sections.iter().any(|earlier| earlier.name == section.name) {
            node.fault(format!("a second {} section", section.name));
        }
        blueprints.push((section.name, blueprint.line(), blueprint.path().to_owned()));
        sections.push(section);
    }
    (sections.len() == nodes.len()).then_some((sections, blueprints))
}

fn section<'a>(node: &Node<'a>, sources: &Sources) -> Option<(SectionRule, Node<'a>)> {
    let fields = node.fields(&[
        "name",
        "items",
        "minutes",
        "plays",
        "answering_seconds",
        "delivery",
        "blueprint",
    ])?;
    let name: Option<Section> = fields.required("name").and_then(|node| node.parse());
    let items = sources.required(&fields, "items", |node| node.small(1..=200));
    let minutes = sources.required(&fields, "minutes", |node| node.small(1..=600));
    let plays = sources.optional(&fields, "plays", |node| node.small(1..=10));
    let answering = sources.optional(&fields, "answering_seconds", |node| node.small(0..=600));
    let delivery = sources.optional(&fields, "delivery", delivery);
    let blueprint = sources.required(&fields, "blueprint", |node| slots(node, name));

    match (name?, &plays, &answering) {
        (Section::Listening, Some(None), _) => {
            fields.fault(
                "plays",
                "is missing: a listening section says how often one may play",
            );
        }
        (Section::Reading, Some(Some(_)), _) => {
            fields.fault(
                "plays",
                "does not belong to reading, which has no recordings",
            );
        }
        (Section::Reading, _, Some(Some(_))) => {
            let reason = "does not belong to reading, which has no recordings";
            fields.fault("answering_seconds", reason);
        }
        (Section::Reading, ..) if matches!(delivery, Some(Some(_))) => {
            fields.fault(
                "delivery",
                "does not belong to reading, which has no recordings",
            );
        }
        (Section::Listening, _, Some(None)) if wants_answering(&delivery) => {
            let reason = "is missing: a paced track gives this time after each recording";
            fields.fault("answering_seconds", reason);
        }
        _ => {}
    }
    let (items, blueprint) = (items?, blueprint?);
    let sum: u32 = blueprint.value.iter().map(Slot::items).sum();
    if sum != items.value {
        fields.fault(
            "items",
            format!(
                "the section has {} items, but the slots of its blueprint have {sum} together",
                items.value
            ),
        );
    }
    let section = SectionRule {
        name: name?,
        items,
        minutes: minutes?,
        plays: plays?,
        answering_seconds: answering?,
        delivery: delivery?,
        blueprint,
    };
    Some((section, fields.optional("blueprint")?))
}

fn delivery(node: &Node<'_>) -> Option<Offered> {
    Some(match node.one_of(&["free", "paced", "either"])? {
        "paced" => Offered::Paced,
        "either" => Offered::Either,
        _ => Offered::Free,
    })
}

/// Whether a track may be wanted, which gives time after each recording.
fn wants_answering(delivery: &Option<Option<Sourced<Offered>>>) -> bool {
    let delivery = delivery.as_ref().and_then(Option::as_ref);
    delivery.is_some_and(|delivery| delivery.value.may_be_paced())
}

fn slots(node: &Node<'_>, section: Option<Section>) -> Option<Vec<Slot>> {
    let nodes = node.elements()?;
    if nodes.is_empty() {
        node.fault("must have at least one slot");
        return None;
    }
    let slots: Vec<Slot> = nodes
        .iter()
        .filter_map(|node| slot(node, section))
        .collect();
    (slots.len() == nodes.len()).then_some(slots)
}

fn slot(node: &Node<'_>, section: Option<Section>) -> Option<Slot> {
    let fields = node.fields(&["levels", "comprehension", "lexical_grammar"])?;
    let levels = fields.required("levels").and_then(|node| {
        let nodes = node.elements()?;
        let levels: Vec<Level> = nodes.iter().filter_map(Node::parse).collect();
        let doubled = levels
            .iter()
            .enumerate()
            .any(|(n, level)| levels[..n].contains(level));
        if nodes.is_empty() || doubled {
            node.fault("must name one level or several, each once");
        }
        (levels.len() == nodes.len()).then_some(levels)
    });
    let count = |key| fields.required(key).and_then(|node| node.small(0..=100));
    let slot = Slot {
        comprehension: count("comprehension")?,
        lexical_grammar: count("lexical_grammar")?,
        levels: levels?,
    };
    if slot.items() == 0 {
        node.fault("must have at least one item");
    }
    if section == Some(Section::Listening) && slot.lexical_grammar > 0 {
        fields.fault(
            "lexical_grammar",
            "must be 0: items of a recording are comprehension items",
        );
    }
    Some(slot)
}

/// How the values of rising levels must follow each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Rising,
    NotFalling,
}

pub(super) fn by_level(
    node: &Node<'_>,
    sources: &Sources,
    bounds: std::ops::RangeInclusive<u32>,
    order: Order,
) -> Option<Vec<(Level, Sourced<u32>)>> {
    let fields = node.fields(&Level::ALL.map(Level::as_str))?;
    let mut levels: Vec<(Level, Sourced<u32>)> = Vec::new();
    let mut whole = true;
    for (name, node) in fields.all() {
        let Ok(level) = Level::from_str(name) else {
            continue; // reported as an unknown field
        };
        let Some(number) = sources.sourced(&node, |node| node.small(bounds.clone())) else {
            whole = false;
            continue;
        };
        if let Some((below, lower)) = levels.last() {
            let wrong = match order {
                Order::Rising => number.value <= lower.value,
                Order::NotFalling => number.value < lower.value,
            };
            if wrong {
                let (of, at) = (below, lower.value);
                let wanted = match order {
                    Order::Rising => "above",
                    Order::NotFalling => "not below",
                };
                node.fault(format!(
                    "{} must be {wanted} the {at} of {of}",
                    number.value
                ));
            }
        }
        levels.push((level, number));
    }
    if levels.is_empty() && whole {
        node.fault("must have at least one level");
        return None;
    }
    whole.then_some(levels)
}

fn retake(node: &Node<'_>, sources: &Sources) -> Option<RetakePolicy> {
    let fields = node.fields(&["retakes", "days", "zone"])?;
    let retakes = sources.required(&fields, "retakes", |node| node.small(0..=100));
    let days = sources.required(&fields, "days", |node| node.small(1..=365));
    let zone = sources.required(&fields, "zone", |node| {
        let name = node.text()?;
        let zone = Tz::from_str(name).ok();
        if zone.is_none() {
            node.fault(format!(
                "“{name}” is not a time zone of the tz database, such as Asia/Almaty"
            ));
        }
        zone
    });
    Some(RetakePolicy {
        retakes: retakes?,
        days: days?,
        zone: zone?,
    })
}

/// `each_section` can only be true so far: the engine knows no other way to pass, so a rule that says otherwise
/// would be shown but not applied.
fn each_section(node: &Node<'_>) -> Option<bool> {
    let each = node.boolean()?;
    if !each {
        node.fault("must be true: the engine knows only the requirement in each section");
    }
    Some(each)
}

fn feedback(node: &Node<'_>) -> Option<Feedback> {
    Some(match node.one_of(&["after-finish", "never"])? {
        "after-finish" => Feedback::AfterFinish,
        _ => Feedback::Never,
    })
}
