//! Tables of the assessment of immigration potential: `points/*.toml`, one dated table each.

use std::path::Path;

use super::document::{self, Fields, Node};
use super::fault::Fault;
use super::rules::{Order, by_level};
use super::shared::{localised, slug};
use super::sourced::Sources;
use crate::domain::points::{Criterion, PointsTable};
use crate::domain::rules::Sourced;

/// No criterion can bring more points than this.
const MOST_POINTS: u32 = 1000;

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
        "criteria",
        "health",
        "russian_points",
        "english_points",
    ])?;
    let sources = Sources::read(&fields);
    let id = fields
        .required("id")
        .and_then(|node| slug(&node, stem).map(str::to_owned));
    let title = fields.required("title").and_then(|node| localised(&node));
    let effective_from = sources.required(&fields, "effective_from", Node::date);
    let threshold = sources.required(&fields, "threshold", |node| node.small(1..=MOST_POINTS));
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
    Some(PointsTable {
        id: id?,
        title: title?,
        effective_from: effective_from?,
        threshold: threshold?,
        maxima: maxima?,
        health: health?,
        russian: russian?,
        english: english?,
    })
}

fn maxima(node: &Node<'_>, sources: &Sources) -> Option<Vec<(Criterion, Sourced<u32>)>> {
    let fields = node.fields(&Criterion::ALL.map(Criterion::as_str))?;
    let maxima: Vec<_> = Criterion::ALL
        .into_iter()
        .filter_map(|criterion| {
            let max = sources.required(&fields, criterion.as_str(), |node| {
                node.small(1..=MOST_POINTS)
            })?;
            Some((criterion, max))
        })
        .collect();
    (maxima.len() == Criterion::ALL.len()).then_some(maxima)
}
