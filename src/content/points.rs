//! Tables of the assessment of immigration potential: `points/*.toml`, one dated table each.

use std::path::Path;
use std::sync::Arc;

use super::document::{self, Fields, Node};
use super::estimates;
use super::fault::Fault;
use super::rules::{Order, by_level};
use super::shared::{any_slug, localised, slug};
use super::sourced::Sources;
use crate::domain::level::Level;
use crate::domain::points::{
    ByLevel, Certificate, Criterion, Effort, Ends, Information, PointsTable, Scale,
};
use crate::domain::rules::Sourced;

/// No criterion can bring more points than this.
pub(super) const MOST_POINTS: u32 = 1000;

/// No step up takes longer than this, in months.
const MOST_MONTHS: u32 = 240;

/// What a list by criterion or level holds.
type By<K, T> = Vec<(K, T)>;

/// Reads one table.
pub(super) fn read(file: &Path, bytes: &[u8]) -> Result<PointsTable, Vec<Fault>> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    document::read(file, bytes, |root| table(root, &stem))
}

fn table(root: &Node<'_>, stem: &str) -> Option<PointsTable> {
    let fields = root.fields(&[
        "id",
        "title",
        "sources",
        "effective_from",
        "threshold",
        "formula",
        "criteria",
        "health",
        "russian_points",
        "english_points",
        "level_ends",
        "certificates",
        "estimates",
        "effort",
        "information",
    ])?;
    let sources = Sources::read(&fields);
    let id = fields
        .required("id")
        .and_then(|node| slug(&node, stem).map(str::to_owned));
    let title = fields.required("title").and_then(|node| localised(&node));
    let effective_from = sources.required(&fields, "effective_from", Node::date);
    let threshold = sources.required(&fields, "threshold", |node| node.small(1..=MOST_POINTS));
    let formula = sources.required(&fields, "formula", |node| node.text().map(str::to_owned));
    let maxima = fields
        .required("criteria")
        .and_then(|node| maxima(&node, &sources));
    let health = sources.required(&fields, "health", |node| node.small(1..=1));
    let levels = |fields: &Fields<'_>, key: &str| {
        fields
            .required(key)
            .and_then(|node| by_level(&node, &sources, 0..=MOST_POINTS, Order::NotFalling))
    };
    let russian = levels(&fields, "russian_points");
    let english = levels(&fields, "english_points");
    let level_ends = optional(&fields, "level_ends", |node| level_ends(node, &sources));
    let certificates = optional(&fields, "certificates", |node| {
        let certificate = |node: &Node<'_>| certificate(node, &sources);
        whole(&node.elements()?, certificate)
    });
    let effort = optional(&fields, "effort", |node| effort(node, &sources));
    let information = optional(&fields, "information", |node| {
        let information = |node: &Node<'_>| information(node, &sources);
        whole(&node.elements()?, information)
    });
    let maxima = maxima?;
    let estimates = optional(&fields, "estimates", |node| {
        estimates::read(node, &sources, &maxima)
    });
    Some(PointsTable {
        id: id?,
        title: title?,
        effective_from: effective_from?,
        threshold: threshold?,
        formula: formula?,
        maxima,
        health: health?,
        russian: russian?,
        english: english?,
        level_ends: level_ends?,
        estimates: estimates?,
        certificates: certificates?,
        effort: effort?,
        information: information?,
    })
}

/// A list that may be absent.
fn optional<T>(
    fields: &Fields<'_>,
    key: &str,
    read: impl FnOnce(&Node<'_>) -> Option<Vec<T>>,
) -> Option<Vec<T>> {
    fields
        .optional(key)
        .map_or_else(|| Some(Vec::new()), |node| read(&node))
}

/// Every node read, or none where one has a fault; all faults are noted.
pub(super) fn whole<T>(
    nodes: &[Node<'_>],
    read: impl Fn(&Node<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = nodes.iter().map(read).collect();
    read.into_iter().collect()
}

fn maxima(node: &Node<'_>, sources: &Sources) -> Option<By<Criterion, Arc<Sourced<u32>>>> {
    let fields = node.fields(&Criterion::ALL.map(Criterion::as_str))?;
    let maxima: Vec<_> = Criterion::ALL
        .into_iter()
        .filter_map(|criterion| {
            let max = sources.required(&fields, criterion.as_str(), |node| {
                node.small(1..=MOST_POINTS)
            })?;
            Some((criterion, Arc::new(max)))
        })
        .collect();
    (maxima.len() == Criterion::ALL.len()).then_some(maxima)
}

/// Two numbers, the first not above the second.
pub(super) fn pair(node: &Node<'_>, most: u32) -> Option<(u32, u32)> {
    let elements = node.elements()?;
    let [low, high] = &elements[..] else {
        node.fault("must be two numbers: the least and the greatest");
        return None;
    };
    let (low, high) = (low.small(0..=most), high.small(0..=most));
    let (low, high) = (low?, high?);
    if low > high {
        node.fault("the first number must not be above the second");
        return None;
    }
    Some((low, high))
}

fn level_ends(node: &Node<'_>, sources: &Sources) -> Option<By<Criterion, ByLevel<Ends>>> {
    let fields = node.fields(&Criterion::LANGUAGES.map(Criterion::as_str))?;
    let languages: Vec<(Criterion, Node<'_>)> = Criterion::LANGUAGES
        .into_iter()
        .filter_map(|criterion| Some((criterion, fields.optional(criterion.as_str())?)))
        .collect();
    let read = languages.iter().map(|(criterion, node)| {
        let fields = node.fields(&Level::ALL.map(Level::as_str))?;
        let levels: Vec<(Level, Node<'_>)> = Level::ALL
            .into_iter()
            .filter_map(|level| Some((level, fields.optional(level.as_str())?)))
            .collect();
        let ends = levels.iter().map(|(level, node)| {
            let ends = sources.sourced(node, |node| {
                let (low, high) = pair(node, MOST_POINTS)?;
                Some(Ends {
                    low: low.into(),
                    high: high.into(),
                })
            })?;
            Some((*level, ends))
        });
        let ends: Vec<Option<_>> = ends.collect();
        Some((*criterion, ends.into_iter().collect::<Option<Vec<_>>>()?))
    });
    let read: Vec<Option<_>> = read.collect();
    read.into_iter().collect()
}

fn certificate(node: &Node<'_>, sources: &Sources) -> Option<Certificate> {
    let fields = node.fields(&["id", "language", "title", "scale"])?;
    let id = fields.required("id").and_then(|node| any_slug(&node));
    let language = fields.required("language").and_then(|node| {
        Some(match node.one_of(&["russian", "english"])? {
            "russian" => Criterion::Russian,
            _ => Criterion::English,
        })
    });
    let title = fields.required("title").and_then(|node| localised(&node));
    let scale = sources.required(&fields, "scale", scale);
    Some(Certificate {
        id: id?,
        language: language?,
        title: title?,
        scale: scale?,
    })
}

fn scale(node: &Node<'_>) -> Option<Scale> {
    let fields = node.fields(&["grades", "min", "max", "from"])?;
    if let Some(grades) = fields.optional("grades") {
        for key in ["min", "max", "from"] {
            if fields.optional(key).is_some() {
                fields.fault(key, "has no meaning beside grades");
            }
        }
        let grade = |node: &Node<'_>| {
            let fields = node.fields(&["name", "level"])?;
            let name = fields.text("name");
            let level = fields.required("level").and_then(|node| node.parse());
            Some((name?.to_owned(), level?))
        };
        return whole(&grades.elements()?, grade).map(Scale::Grades);
    }
    let decimal =
        |fields: &Fields<'_>, key: &str| fields.required(key).and_then(|node| node.parse());
    let (min, max) = (decimal(&fields, "min"), decimal(&fields, "max"));
    let step = |node: &Node<'_>| {
        let fields = node.fields(&["score", "level"])?;
        let score: Option<rust_decimal::Decimal> =
            fields.required("score").and_then(|node| node.parse());
        let level: Option<Level> = fields.required("level").and_then(|node| node.parse());
        Some((score?, level?))
    };
    let list = fields.required("from")?;
    let from = whole(&list.elements()?, step);
    let (min, max, from) = (min?, max?, from?);
    let rising = from
        .windows(2)
        .all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1);
    let inside = from.iter().all(|(score, _)| (min..=max).contains(score));
    if !rising || !inside || min >= max {
        list.fault("scores and levels must rise, within min and max");
        return None;
    }
    Some(Scale::Numbers { min, max, from })
}

fn effort(node: &Node<'_>, sources: &Sources) -> Option<By<Criterion, Sourced<Effort>>> {
    let fields = node.fields(&Criterion::ALL.map(Criterion::as_str))?;
    let given: Vec<(Criterion, Node<'_>)> = Criterion::ALL
        .into_iter()
        .filter_map(|criterion| Some((criterion, fields.optional(criterion.as_str())?)))
        .collect();
    let read = given.iter().map(|(criterion, node)| {
        let effort = sources.sourced(node, |node| match criterion.is_language() {
            true => {
                let fields = node.fields(&Level::ALL.map(Level::as_str))?;
                let months = Level::ALL.into_iter().map(|level| {
                    let months = fields.required(level.as_str())?.small(1..=MOST_MONTHS)?;
                    Some((level, months))
                });
                let months: Vec<Option<_>> = months.collect();
                Some(Effort::Levels(months.into_iter().collect::<Option<_>>()?))
            }
            false => node.small(1..=MOST_MONTHS).map(Effort::Each),
        })?;
        Some((*criterion, effort))
    });
    let read: Vec<Option<_>> = read.collect();
    read.into_iter().collect()
}

fn information(node: &Node<'_>, sources: &Sources) -> Option<Information> {
    let fields = node.fields(&["title", "text"])?;
    let title = fields.required("title").and_then(|node| localised(&node));
    let text = sources.required(&fields, "text", localised);
    Some(Information {
        title: title?,
        text: text?,
    })
}
