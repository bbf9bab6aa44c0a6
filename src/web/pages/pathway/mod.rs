//! The way to a residence permit: which procedure, do I need the test, what when, what after a refusal. One form whose
//! fields are the page's query, so that a plan is a link; nothing of it is kept. The same days as an iCalendar file.

mod facts;
mod form;
mod view;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

use super::sourced::{Ledger, Note, Said, Shown};
use super::{Chrome, Room, failed, render};
use crate::domain::pathway::{documents, resubmission::Round};
use crate::service::{Failure, NextMock, PathwayInForce, Plan, Situation, SituationFault};
use crate::web::{App, access::Visitor, ics, urls};
use facts::{DisputeView, FundsView, RetakesView, StageView, Titled, YearView};
use form::{FieldFault, Form};
use view::{DayField, DayView, DocumentView, Maker, OpeningView, VerdictView};

/// How many of the coming days stand in the verdict.
const COMING: usize = 3;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(urls::PATHWAY, get(page))
        .route(urls::PATHWAY_ICS, get(export))
}

/// A box or an option: value, words, chosen.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "pathway/page.html")]
struct PathwayPage<'a> {
    c: Chrome<'a>,
    /// The fields that are wrong: the field, its label, the key of what is wrong.
    errors: Vec<(String, String, String)>,
    title: Shown,
    verdict: VerdictView,
    /// The next days of the plan.
    coming: Vec<(String, Said)>,
    pilot: Vec<Shown>,
    questions: Vec<Choice>,
    regions: Vec<Choice>,
    regions_said: Vec<Shown>,
    procedures: Vec<Titled>,
    visas: Vec<Shown>,
    stages: Vec<StageView>,
    way: Vec<DayField>,
    timeline: Vec<DayView>,
    timeline_reading: Shown,
    documents: Vec<DocumentView>,
    validity_reading: Shown,
    /// Whether a day of submission is known.
    planned: bool,
    rounds: Vec<(String, DayField, DayField)>,
    openings: Vec<OpeningView>,
    /// Whether something was submitted before it was open.
    early: bool,
    retakes: RetakesView,
    tests: Vec<DayField>,
    funds: FundsView,
    disputes: Vec<DisputeView>,
    routes: Vec<Titled>,
    years: Vec<YearView>,
    /// The file of the plan's days, where it has any.
    export: Option<String>,
    notes: Vec<Note>,
}

fn form_of(uri: &Uri) -> Form {
    // What is no query says nothing; what it says that cannot be read is told field by field.
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map(|Query(pairs)| pairs)
        .unwrap_or_default();
    Form::new(pairs)
}

/// The plan for a form as far as it can be read, and the fields that cannot. Whatever cannot be planned is left out.
fn planned<'t>(
    in_force: &'t PathwayInForce,
    form: &Form,
) -> Result<(Plan<'t>, Situation, Vec<FieldFault>), SituationFault> {
    let (situation, faults) = form.read(&in_force.table);
    let plan = in_force.plan(&situation)?;
    Ok((plan, situation, faults))
}

async fn page(State(app): State<App>, visitor: Visitor, uri: Uri) -> Response {
    let own = match &visitor.account {
        None => None,
        Some(account) => match app.exam.next_mock(&account.id, None).await {
            Ok(next) => Some(next),
            Err(failure) => return failed(&app, Some(&visitor), failure),
        },
    };
    let in_force = match app.exam.pathway() {
        Ok(in_force) => in_force,
        Err(failure) => return failed(&app, Some(&visitor), failure),
    };
    let form = form_of(&uri);
    let Ok((plan, _, faults)) = planned(&in_force, &form) else {
        return failed(&app, Some(&visitor), Failure::NoPathway);
    };
    let c = Chrome::new(&app, &visitor, Room::Pathway).keeping(Some(&form.query()));
    let page = PathwayPage::new(c, &in_force, &plan, &form, &faults, own.as_ref());
    match faults.is_empty() {
        true => render(&page),
        false => (StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response(),
    }
}

impl<'a> PathwayPage<'a> {
    fn new(
        c: Chrome<'a>,
        in_force: &PathwayInForce,
        plan: &Plan<'_>,
        form: &Form,
        faults: &[FieldFault],
        own: Option<&NextMock>,
    ) -> Self {
        let mut ledger = Ledger::default();
        let table = &in_force.table;
        let mut maker = Maker {
            c: &c,
            ledger: &mut ledger,
            in_force,
        };
        let title = c.text(&table.title).to_owned();
        let since = table.effective_from.value;
        let title = maker.ledger.show(title, &table.effective_from, since);
        let verdict = maker.verdict(plan);
        let timeline = maker.timeline(plan);
        let openings = maker.openings(plan);
        let documents = maker.documents(plan, form, faults);
        let events = events(&c, plan, &timeline, &openings, &documents);
        let coming = events
            .iter()
            .filter(|event| event.day >= in_force.today)
            .take(COMING)
            .map(|event| (event.summary.clone(), event.said.clone()))
            .collect();
        let field = |name: &str, label: String| DayField::new(name, label, form, faults);
        let labelled = |name: &str| field(name, c.say_of("pathway-field-", name));
        let rounds = (1..=form::ROUNDS)
            .map(|n| {
                let submitted = field(&format!("submitted-{n}"), c.say("pathway-field-submitted"));
                let refused = field(&format!("refused-{n}"), c.say("pathway-field-refused"));
                (c.say(&format!("pathway-round-{n}")), submitted, refused)
            })
            .collect();
        let tests = (1..=form::TESTS)
            .map(|n| {
                let label = c.say(&format!("pathway-taken-{n}"));
                field(&format!("taken-{n}"), label)
            })
            .collect();
        let mut page = Self {
            errors: Vec::new(),
            title,
            verdict,
            coming,
            pilot: maker.texts(&table.pilot),
            questions: table
                .questions
                .iter()
                .map(|question| Choice {
                    value: question.id.clone(),
                    label: c.text(&question.text).to_owned(),
                    chosen: form.has("is", &question.id),
                })
                .collect(),
            regions: table
                .regions
                .value()
                .iter()
                .map(|region| Choice {
                    value: region.id.clone(),
                    label: c.text(&region.title).to_owned(),
                    chosen: form.value("region") == region.id,
                })
                .collect(),
            regions_said: maker.regions(),
            procedures: maker.procedures(plan),
            visas: maker.texts(&table.visas),
            stages: maker.stages(),
            way: ["test", "questionnaire", "notification", "submission"]
                .map(labelled)
                .into(),
            timeline,
            timeline_reading: maker.dated(&table.timeline_reading),
            documents,
            validity_reading: maker.dated(&table.validity_reading),
            planned: plan.submission.is_some(),
            rounds,
            openings,
            early: !plan.early_rounds.is_empty(),
            retakes: maker.retakes(plan, own),
            tests,
            funds: maker.funds(plan),
            disputes: maker.disputes(),
            routes: maker.routes(),
            years: maker.years(),
            export: (!events.is_empty()).then(|| format!("{}?{}", urls::PATHWAY_ICS, form.query())),
            notes: Vec::new(),
            c,
        };
        page.notes = ledger.into_notes();
        page.errors = page.errors();
        page
    }

    /// Every field that is wrong, in the order of the page.
    fn errors(&self) -> Vec<(String, String, String)> {
        let alone = |field| (None, field);
        let rounds = self.rounds.iter().flat_map(|(legend, submitted, refused)| {
            [(Some(legend), submitted), (Some(legend), refused)]
        });
        let documents = self.documents.iter().flat_map(|document| &document.field);
        let before = self.way.iter().chain(documents).map(alone);
        before
            .chain(rounds)
            .chain(self.tests.iter().map(alone))
            .filter_map(|(legend, field)| {
                let fault = field.fault.clone()?;
                let label = match legend {
                    Some(legend) => format!("{legend}, {}", field.label),
                    None => field.label.clone(),
                };
                Some((field.name.clone(), label, fault))
            })
            .collect()
    }
}

/// A day of the plan as a calendar takes it.
struct PlanEvent {
    kind: String,
    day: chrono::NaiveDate,
    summary: String,
    said: Said,
}

/// Every day of the plan, the earliest first.
fn events(
    c: &Chrome<'_>,
    plan: &Plan<'_>,
    timeline: &[DayView],
    openings: &[OpeningView],
    documents: &[DocumentView],
) -> Vec<PlanEvent> {
    let mut events: Vec<PlanEvent> = timeline
        .iter()
        .map(|day| PlanEvent {
            kind: day.kind.clone(),
            day: day.day,
            summary: day.label.clone(),
            said: day.said.clone(),
        })
        .collect();
    for (planned, view) in plan.documents.iter().zip(documents) {
        if let (true, Some(day), Some(shown)) = (planned.required, planned.earliest, &view.earliest)
            && planned.expires.is_none()
            && planned.state == documents::State::TooEarly
        {
            events.push(PlanEvent {
                kind: format!("earliest-{}", planned.document.id),
                day,
                summary: c.say1("pathway-event-earliest", "document", view.title.as_str()),
                said: Said::Rule(shown.clone()),
            });
        }
        // The certificate's last day is the notification's, which the timeline has.
        if let (false, Some(day), Some(shown)) =
            (planned.document.certificate, planned.expires, &view.expires)
        {
            events.push(PlanEvent {
                kind: format!("expires-{}", planned.document.id),
                day,
                summary: c.say1("pathway-event-expires", "document", view.title.as_str()),
                said: Said::Rule(shown.clone()),
            });
        }
    }
    for opening in openings.iter().filter(|opening| !opening.bound) {
        if let Some((day, shown)) = &opening.day {
            events.push(PlanEvent {
                kind: format!("resubmission-{}", opening.number),
                day: *day,
                summary: c.say1("pathway-event-opens", "what", opening.label.as_str()),
                said: Said::Rule(shown.clone()),
            });
        }
    }
    events.sort_by_key(|event| event.day);
    events
}

async fn export(State(app): State<App>, visitor: Visitor, uri: Uri) -> Response {
    let in_force = match app.exam.pathway() {
        Ok(in_force) => in_force,
        Err(failure) => return failed(&app, Some(&visitor), failure),
    };
    let form = form_of(&uri);
    let Ok((plan, situation, faults)) = planned(&in_force, &form) else {
        return failed(&app, Some(&visitor), Failure::NoPathway);
    };
    let c = Chrome::new(&app, &visitor, Room::Pathway);
    let mut ledger = Ledger::default();
    let mut maker = Maker {
        c: &c,
        ledger: &mut ledger,
        in_force: &in_force,
    };
    let timeline = maker.timeline(&plan);
    let openings = maker.openings(&plan);
    let documents = maker.documents(&plan, &form, &faults);
    let events = events(&c, &plan, &timeline, &openings, &documents);
    // The page says what is wrong, or that there is nothing to take along yet.
    if !faults.is_empty() || events.is_empty() || is_empty(&situation) {
        return Redirect::to(&format!("{}?{}", urls::PATHWAY, form.query())).into_response();
    }
    let notes = ledger.into_notes();
    let events: Vec<ics::Event> = events
        .into_iter()
        .map(|event| ics::Event {
            description: description(&c, &event.said, &notes),
            kind: event.kind,
            day: event.day,
            summary: event.summary,
        })
        .collect();
    let text = ics::calendar(&c.say("pathway-title"), app.exam.clock().now(), &events);
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(ics::MEDIA_TYPE),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"pathway.ics\""),
        ),
    ];
    (headers, text).into_response()
}

fn is_empty(situation: &Situation) -> bool {
    let rounds: &[Round] = &situation.rounds;
    situation.entered == Default::default() && rounds.is_empty()
}

/// How sure an event's day is, and who says so.
fn description(c: &Chrome<'_>, said: &Said, notes: &[Note]) -> String {
    let independent = c.say("independent");
    match said {
        Said::Entered(_) => format!("{}\n{independent}", c.say("pathway-event-entered")),
        Said::Computed(_) => independent,
        Said::Rule(shown) => {
            let sources: Vec<&str> = notes
                .iter()
                .filter(|note| shown.notes.contains(&note.number))
                .map(|note| note.source.as_str())
                .collect();
            let basis = c.say_of("basis-", shown.basis);
            let sources = sources.join("; ");
            let source = c.say("table-source");
            format!("{basis}. {source}: {sources}.\n{independent}")
        }
    }
}
