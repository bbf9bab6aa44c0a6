//! Stages, spans, documents, re-submission, funds, disputes and routes.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::{
    Fields, Node, Reader, elements, flag, id_among, known_procedure, list, title, trilingual,
};
use crate::domain::pathway::{
    CountedFrom, Dispute, Document, Funds, ResubmissionStep, Route, Span, Spans, Stage, Validity,
};

/// No span of the rules is longer than this, in days or months.
const MOST_DAYS: u32 = 3660;
const MOST_MONTHS: u32 = 120;

pub(super) fn stage(node: &Node<'_>, reader: &Reader) -> Option<Stage> {
    let fields = node.fields(&["title", "text", "span"])?;
    let title = title(&fields);
    let text = reader.required(&fields, "text", trilingual);
    let span = match fields.optional("span") {
        None => Some(None),
        Some(node) => {
            let name = node.one_of(&Span::NAMES.map(|(name, _)| name));
            name.and_then(|name| Span::NAMES.iter().find(|(known, _)| *known == name))
                .map(|(_, span)| Some(*span))
        }
    };
    Some(Stage {
        title: title?,
        text: text?,
        span: span?,
    })
}

pub(super) fn spans(fields: &Fields<'_>, reader: &Reader) -> Option<Spans> {
    let fields = fields.required("spans")?.fields(&[
        "review_working_days",
        "notification_months",
        "decision_days",
    ])?;
    let review = reader.required(&fields, "review_working_days", |node| {
        node.small(1..=MOST_DAYS)
    });
    let notification = reader.required(&fields, "notification_months", |node| {
        node.small(1..=MOST_MONTHS)
    });
    let decision = reader.required(&fields, "decision_days", |node| node.small(1..=MOST_DAYS));
    Some(Spans {
        review_working_days: review?,
        notification_months: notification?,
        decision_days: decision?,
    })
}

pub(super) fn documents(
    fields: &Fields<'_>,
    reader: &Reader,
    procedures: &[&str],
) -> Option<Vec<Document>> {
    let mut seen = BTreeSet::new();
    list(fields, "documents", |node| {
        let fields = node.fields(&[
            "id",
            "title",
            "detail",
            "validity",
            "not_for",
            "certificate",
        ])?;
        let id = id_among(&fields, &mut seen);
        let title = title(&fields);
        let detail = reader.optional(&fields, "detail", trilingual);
        let validity = reader.optional(&fields, "validity", validity);
        let not_for = reader.optional(&fields, "not_for", |node| {
            elements(node, |node| known_procedure(node, procedures))
        });
        let certificate = flag(&fields, "certificate")?;
        if certificate && fields.optional("validity").is_some() {
            fields.fault(
                "validity",
                "is that of the notification: change spans.notification_months",
            );
        }
        Some(Document {
            id: id?,
            title: title?,
            detail: detail?,
            validity: validity?,
            not_for: not_for?,
            certificate,
        })
    })
}

fn validity(node: &Node<'_>) -> Option<Validity> {
    let fields = node.fields(&["days", "months", "runs_months"])?;
    let mut found = Vec::new();
    for (key, node) in fields.all() {
        found.push(match key {
            "days" => Validity::Days(node.small(1..=MOST_DAYS)?),
            "months" => Validity::Months(node.small(1..=MOST_MONTHS)?),
            "runs_months" => Validity::RunsMonths(node.small(1..=MOST_MONTHS)?),
            _ => return None, // reported as an unknown field
        });
    }
    let [validity] = found[..] else {
        node.fault("must have one of days, months and runs_months");
        return None;
    };
    Some(validity)
}

pub(super) fn step(node: &Node<'_>, reader: &Reader) -> Option<ResubmissionStep> {
    let fields = node.fields(&["after_months", "from"])?;
    let after = reader.required(&fields, "after_months", |node| node.small(1..=MOST_MONTHS));
    let from = reader.required(&fields, "from", |node| {
        Some(match node.one_of(&["refusal", "submission"])? {
            "refusal" => CountedFrom::Refusal,
            _ => CountedFrom::Submission,
        })
    });
    Some(ResubmissionStep {
        after_months: after?,
        from: from?,
    })
}

pub(super) fn funds(fields: &Fields<'_>, reader: &Reader) -> Option<Funds> {
    let fields = fields
        .required("funds")?
        .fields(&["mci", "years", "reading", "rounded"])?;
    let mci = reader.required(&fields, "mci", |node| node.small(1..=1_000_000));
    let reading = reader.required(&fields, "reading", trilingual);
    let rounded = reader.required(&fields, "rounded", trilingual);
    // Each from the first day of its year, rising.
    let mut before = NaiveDate::MIN;
    let years = list(&fields, "years", |node| {
        let year = reader
            .sources
            .dated(node, None, |node| node.small(1..=1_000_000))?;
        if year.since.ordinal() != 1 || year.since <= before {
            node.fault("since must be 1 January of a year after the one before");
            return None;
        }
        before = year.since;
        Some(year)
    });
    Some(Funds {
        mci: mci?,
        years: years?,
        reading: reading?,
        rounded: rounded?,
    })
}

pub(super) fn dispute(node: &Node<'_>, reader: &Reader) -> Option<Dispute> {
    let fields = node.fields(&["title", "readings", "ours"])?;
    let title = title(&fields);
    let readings = reader.texts(&fields, "readings");
    let ours = reader.required(&fields, "ours", trilingual);
    let readings = readings?;
    if readings.len() < 2 {
        fields.fault("readings", "must be two or more: one alone is no dispute");
        return None;
    }
    Some(Dispute {
        title: title?,
        readings,
        ours: ours?,
    })
}

pub(super) fn routes(fields: &Fields<'_>, reader: &Reader) -> Option<Vec<Route>> {
    let mut seen = BTreeSet::new();
    list(fields, "routes", |node| {
        let fields = node.fields(&["id", "title", "superseded", "points"])?;
        let id = id_among(&fields, &mut seen);
        let title = title(&fields);
        let superseded = flag(&fields, "superseded");
        let points = reader.texts(&fields, "points");
        Some(Route {
            id: id?,
            title: title?,
            superseded: superseded?,
            points: points?,
        })
    })
}
