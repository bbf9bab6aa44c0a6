//! The way to a residence permit: `pathway/*.toml`, one dated table each.
//!
//! This file reads the table and what decides about the procedure; `parts` reads stages, documents and the rest.

mod parts;

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;

use super::document::{self, Fields, Node};
use super::fault::Fault;
use super::shared::{slug, trilingual};
use super::sourced::Sources;
use crate::domain::id::is_slug;
use crate::domain::pathway::{Pathway, Procedure, Question, Region};
use crate::domain::rules::{Dated, Localised};

/// Reads one table.
pub(super) fn read(file: &Path, bytes: &[u8]) -> Result<Pathway, Vec<Fault>> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    document::read(file, bytes, |root| pathway(root, &stem))
}

/// What reading a part of the table needs: its sources, and the first day of what names none of its own.
struct Reader {
    sources: Sources,
    since: Option<NaiveDate>,
}

impl Reader {
    /// A dated value that must be there.
    fn required<'a, T>(
        &self,
        fields: &Fields<'a>,
        key: &str,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<Dated<T>> {
        self.dated(&fields.required(key)?, read)
    }

    /// A dated value that may be absent. The outer option is a fault, the inner one an absent field.
    fn optional<'a, T>(
        &self,
        fields: &Fields<'a>,
        key: &str,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<Option<Dated<T>>> {
        match fields.optional(key) {
            None => Some(None),
            Some(node) => self.dated(&node, read).map(Some),
        }
    }

    fn dated<'a, T>(
        &self,
        node: &Node<'a>,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<Dated<T>> {
        self.sources.dated(node, self.since, read)
    }

    /// A list of dated texts that must be there.
    fn texts(&self, fields: &Fields<'_>, key: &str) -> Option<Vec<Dated<Localised>>> {
        list(fields, key, |node| self.dated(node, trilingual))
    }
}

/// A list with at least one element, each read by `read`; nothing if any has a fault.
fn list<'a, T>(
    fields: &Fields<'a>,
    key: &str,
    read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let node = fields.required(key)?;
    elements(&node, read)
}

fn elements<'a, T>(node: &Node<'a>, read: impl FnMut(&Node<'a>) -> Option<T>) -> Option<Vec<T>> {
    let nodes = node.elements()?;
    if nodes.is_empty() {
        node.fault("must have at least one entry");
        return None;
    }
    let values: Vec<T> = nodes.iter().filter_map(read).collect();
    (values.len() == nodes.len()).then_some(values)
}

/// An id among others of its kind: a slug that is not there yet.
fn id_among(fields: &Fields<'_>, seen: &mut BTreeSet<String>) -> Option<String> {
    let node = fields.required("id")?;
    let id = node.text()?;
    if !is_slug(id) {
        node.fault("must be 1 to 64 lower-case ASCII letters, digits and hyphens");
        return None;
    }
    if !seen.insert(id.to_owned()) {
        node.fault(format!("“{id}” is there already"));
        return None;
    }
    Some(id.to_owned())
}

fn title(fields: &Fields<'_>) -> Option<Localised> {
    fields.required("title").and_then(|node| trilingual(&node))
}

/// `true` or `false`, which may be absent for false.
fn flag(fields: &Fields<'_>, key: &str) -> Option<bool> {
    match fields.optional(key) {
        None => Some(false),
        Some(node) => node.boolean(),
    }
}

fn pathway(root: &Node<'_>, stem: &str) -> Option<Pathway> {
    let fields = root.fields(&[
        "id",
        "title",
        "sources",
        "effective_from",
        "pilot_until",
        "pilot",
        "regions",
        "procedures",
        "questions",
        "stages",
        "spans",
        "visas",
        "documents",
        "documents_source",
        "validity_reading",
        "timeline_reading",
        "resubmission",
        "funds",
        "disputes",
        "routes",
    ])?;
    let sources = Sources::read(&fields);
    let id = fields
        .required("id")
        .and_then(|node| slug(&node, stem).map(str::to_owned));
    let title = title(&fields);
    let effective_from = sources.required(&fields, "effective_from", Node::date);
    let reader = Reader {
        sources,
        // A table without a first day is at fault already; its entries are then not at fault too.
        since: Some(
            effective_from
                .as_ref()
                .map_or(NaiveDate::MIN, |from| from.value),
        ),
    };
    let pilot_until = reader.required(&fields, "pilot_until", Node::date);
    let pilot = reader.texts(&fields, "pilot");
    let regions = reader.required(&fields, "regions", regions);
    let procedures = procedures(&fields, &reader);
    let known: Vec<&str> = procedures
        .iter()
        .flatten()
        .map(|procedure| procedure.id.as_str())
        .collect();
    let questions = questions(&fields, &reader, &known);
    let stages = list(&fields, "stages", |node| parts::stage(node, &reader));
    let spans = parts::spans(&fields, &reader);
    let visas = reader.texts(&fields, "visas");
    let documents = parts::documents(&fields, &reader, &known);
    let documents_source = reader.required(&fields, "documents_source", trilingual);
    let validity_reading = reader.required(&fields, "validity_reading", trilingual);
    let timeline_reading = reader.required(&fields, "timeline_reading", trilingual);
    let resubmission = list(&fields, "resubmission", |node| parts::step(node, &reader));
    let funds = parts::funds(&fields, &reader);
    let disputes = list(&fields, "disputes", |node| parts::dispute(node, &reader));
    let routes = parts::routes(&fields, &reader);
    if let (Some(from), Some(until)) = (&effective_from, &pilot_until)
        && *until.value() < from.value
    {
        fields.fault(
            "pilot_until",
            "the last day must not be before effective_from",
        );
    }
    Some(Pathway {
        id: id?,
        title: title?,
        effective_from: effective_from?,
        pilot_until: pilot_until?,
        pilot: pilot?,
        regions: regions?,
        procedures: procedures?,
        questions: questions?,
        stages: stages?,
        spans: spans?,
        visas: visas?,
        documents: documents?,
        documents_source: documents_source?,
        validity_reading: validity_reading?,
        timeline_reading: timeline_reading?,
        resubmission: resubmission?,
        funds: funds?,
        disputes: disputes?,
        routes: routes?,
    })
}

fn regions(node: &Node<'_>) -> Option<Vec<Region>> {
    let mut seen = BTreeSet::new();
    elements(node, |node| {
        let fields = node.fields(&["id", "title", "accepts"])?;
        let id = id_among(&fields, &mut seen);
        let title = title(&fields);
        let accepts = fields.required("accepts").and_then(|node| node.boolean());
        Some(Region {
            id: id?,
            title: title?,
            accepts: accepts?,
        })
    })
}

fn procedures(fields: &Fields<'_>, reader: &Reader) -> Option<Vec<Procedure>> {
    let mut seen = BTreeSet::new();
    let procedures = list(fields, "procedures", |node| {
        let fields = node.fields(&["id", "title", "standard", "test", "certificate", "points"])?;
        let id = id_among(&fields, &mut seen);
        let title = title(&fields);
        let standard = flag(&fields, "standard");
        let test = reader.required(&fields, "test", Node::boolean);
        let certificate = reader.required(&fields, "certificate", Node::boolean);
        let points = reader.texts(&fields, "points");
        Some(Procedure {
            id: id?,
            title: title?,
            standard: standard?,
            test: test?,
            certificate: certificate?,
            points: points?,
        })
    })?;
    let standard = procedures.iter().filter(|one| one.standard).count();
    if standard != 1 {
        fields.fault(
            "procedures",
            format!("exactly one must be marked `standard = true`, not {standard}"),
        );
        return None;
    }
    Some(procedures)
}

fn questions(fields: &Fields<'_>, reader: &Reader, known: &[&str]) -> Option<Vec<Question>> {
    let mut seen = BTreeSet::new();
    list(fields, "questions", |node| {
        let fields = node.fields(&["id", "text", "reason", "procedure", "test", "certificate"])?;
        let id = id_among(&fields, &mut seen);
        let text = fields.required("text").and_then(|node| trilingual(&node));
        let reason = reader.required(&fields, "reason", trilingual);
        let procedure = match fields.optional("procedure") {
            None => Some(None),
            Some(node) => known_procedure(&node, known).map(Some),
        };
        let test = reader.optional(&fields, "test", Node::boolean);
        let certificate = reader.optional(&fields, "certificate", Node::boolean);
        Some(Question {
            id: id?,
            text: text?,
            reason: reason?,
            procedure: procedure?,
            test: test?,
            certificate: certificate?,
        })
    })
}

/// The id of one of the table's procedures. Where those are at fault themselves, any id will do.
fn known_procedure(node: &Node<'_>, known: &[&str]) -> Option<String> {
    match known {
        [] => node.text().map(str::to_owned),
        _ => node.one_of(known).map(str::to_owned),
    }
}
