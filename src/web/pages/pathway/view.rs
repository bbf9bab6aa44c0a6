//! The plan as the page shows it: the verdict, the timeline, the checklist, what comes after a refusal.

use chrono::{Datelike, NaiveDate};

use super::form::{FieldFault, Form, document_field};
use crate::domain::calendar::Doubt;
use crate::domain::pathway::{
    Validity,
    documents::DocumentPlan,
    resubmission::{Opening, Opens},
    timeline::{Flag, Origin, Step, StepKind},
};
use crate::domain::rules::{Dated, Localised};
use crate::service::{PathwayInForce, Plan};
use crate::web::pages::Chrome;
use crate::web::pages::sourced::{Ledger, Said, Shown, texts};

/// What building the page needs at hand.
pub(super) struct Maker<'m> {
    pub(super) c: &'m Chrome<'m>,
    pub(super) ledger: &'m mut Ledger,
    pub(super) in_force: &'m PathwayInForce,
}

/// A field for a day.
pub(super) struct DayField {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) value: String,
    /// The key of what is wrong with it.
    pub(super) fault: Option<String>,
}

impl DayField {
    pub(super) fn new(name: &str, label: String, form: &Form, faults: &[FieldFault]) -> Self {
        let fault = faults.iter().find(|fault| fault.field == name);
        Self {
            name: name.to_owned(),
            label,
            value: form.value(name).to_owned(),
            fault: fault.map(|fault| format!("pathway-fault-{}", fault.reason)),
        }
    }
}

/// The answer to: which procedure, and do I need the test?
pub(super) struct VerdictView {
    pub(super) procedure: String,
    pub(super) others: Vec<String>,
    pub(super) needs_test: bool,
    pub(super) test: Shown,
    pub(super) certificate: Shown,
    pub(super) reasons: Vec<Shown>,
    /// Whether the region accepts applications, and who says so.
    pub(super) region: Option<(bool, Shown)>,
    /// Where the pilot is over: what that means.
    pub(super) pilot_over: Option<Shown>,
}

/// A day of the plan.
pub(super) struct DayView {
    /// Its name: for calendars.
    pub(super) kind: String,
    pub(super) day: NaiveDate,
    pub(super) label: String,
    pub(super) said: Said,
    /// Keys of what to beware of.
    pub(super) flags: Vec<String>,
    pub(super) doubts: Vec<Shown>,
    /// Whether it was taken to be the earliest possible.
    pub(super) earliest: bool,
}

/// A document of the checklist.
pub(super) struct DocumentView {
    pub(super) title: String,
    pub(super) detail: Option<Shown>,
    pub(super) validity: Shown,
    /// Why this procedure does not ask for it.
    pub(super) excused: Option<Shown>,
    pub(super) earliest: Option<Shown>,
    pub(super) latest: Option<Said>,
    pub(super) runs_until: Option<Shown>,
    pub(super) expires: Option<Shown>,
    /// The key of its state, and whether it is a warning.
    pub(super) state: Option<(String, bool)>,
    /// Where its day says something: what has no validity and what the timeline counts has no field.
    pub(super) field: Option<DayField>,
}

/// A re-submission.
pub(super) struct OpeningView {
    pub(super) number: usize,
    pub(super) label: String,
    pub(super) rule: Shown,
    /// The day it opens.
    pub(super) day: Option<(NaiveDate, Shown)>,
    /// Whether the day is only a bound.
    pub(super) bound: bool,
    pub(super) needs_submission: bool,
    pub(super) other_reading: Option<Shown>,
}

impl Maker<'_> {
    pub(super) fn dated(&mut self, text: &Dated<Localised>) -> Shown {
        self.ledger.show_dated(self.c.text(text.value()), text)
    }

    pub(super) fn verdict(&mut self, plan: &Plan<'_>) -> VerdictView {
        let c = self.c;
        let table = &*self.in_force.table;
        let verdict = &plan.verdict;
        let need = |ledger: &mut Ledger, keys: [&str; 2], need: &Dated<bool>| {
            let [needed, not_needed] = keys;
            let text = match need.value() {
                true => c.say(needed),
                false => c.say(not_needed),
            };
            ledger.show_dated(text, need)
        };
        let keys = ["pathway-test-needed", "pathway-test-not-needed"];
        let test = need(self.ledger, keys, verdict.needs.test);
        let keys = [
            "pathway-certificate-needed",
            "pathway-certificate-not-needed",
        ];
        let certificate = need(self.ledger, keys, verdict.needs.certificate);
        let reasons = verdict
            .because
            .iter()
            .map(|question| self.dated(&question.reason))
            .collect();
        let region = plan.region.map(|region| {
            let key = match region.accepts {
                true => "pathway-region-accepts",
                false => "pathway-region-refuses",
            };
            let text = c.say1(key, "region", c.text(&region.title));
            (region.accepts, self.ledger.show_dated(text, &table.regions))
        });
        let until = &table.pilot_until;
        let over = self.in_force.today > *until.value();
        let text = c.say1("pathway-pilot-over", "date", c.day(until.value()));
        VerdictView {
            procedure: c.text(&verdict.procedure.title).to_owned(),
            others: verdict
                .others
                .iter()
                .map(|other| c.text(&other.title).to_owned())
                .collect(),
            needs_test: *verdict.needs.test.value(),
            test,
            certificate,
            reasons,
            region,
            pilot_over: over.then(|| self.ledger.show_dated(text, until)),
        }
    }

    pub(super) fn timeline(&mut self, plan: &Plan<'_>) -> Vec<DayView> {
        let mut before: Option<&Step> = None;
        let mut views = Vec::with_capacity(plan.timeline.len());
        for step in &plan.timeline {
            // What holds of the step before holds from there on, and is said once.
            let said = |doubt: &&Doubt| !before.is_some_and(|one| one.doubts.contains(doubt));
            let doubts: Vec<Doubt> = step.doubts.iter().filter(said).cloned().collect();
            let pilot_said = before.is_some_and(|one| one.flags.contains(&Flag::AfterPilot));
            let flags = step.flags.iter().copied();
            let flags: Vec<Flag> = flags
                .filter(|flag| !pilot_said || *flag != Flag::AfterPilot)
                .collect();
            views.push(DayView {
                flags: flags
                    .iter()
                    .map(|flag| format!("pathway-flag-{}", flag.as_str()))
                    .collect(),
                doubts: self.doubts(&doubts),
                ..self.step(step, before.map_or(step.day, |one| one.day))
            });
            before = Some(step);
        }
        views
    }

    fn step(&mut self, step: &Step, before: NaiveDate) -> DayView {
        let c = self.c;
        let text = c.day(&step.day);
        let said = match step.origin {
            Origin::Entered => Said::Entered(text),
            Origin::Counted | Origin::Earliest => {
                let notes = self.step_notes(step, before);
                Said::Rule(self.ledger.computed(text, &notes))
            }
        };
        DayView {
            kind: step.kind.as_str().to_owned(),
            day: step.day,
            label: c.say_of("pathway-step-", step.kind.as_str()),
            said,
            flags: Vec::new(),
            doubts: Vec::new(),
            earliest: step.origin == Origin::Earliest,
        }
    }

    /// The rules that a step's day rests on.
    fn step_notes(&mut self, step: &Step, before: NaiveDate) -> Vec<usize> {
        let in_force = self.in_force;
        let (table, rules, calendar) = (&in_force.table, &in_force.rules, &in_force.calendar);
        let since = rules.effective_from.value;
        let mut notes = Vec::new();
        let ledger = &mut *self.ledger;
        match step.kind {
            StepKind::ResultBy => notes.push(ledger.cite(&rules.result_days, since)),
            StepKind::ReviewBy => {
                notes.push(ledger.cite_dated(&table.spans.review_working_days));
            }
            StepKind::DecisionBy => notes.push(ledger.cite_dated(&table.spans.decision_days)),
            StepKind::NotificationEnds => {
                notes.push(ledger.cite_dated(&table.spans.notification_months));
            }
            StepKind::TestEnds => notes.push(ledger.cite(&rules.certificate_months, since)),
            StepKind::Test
            | StepKind::Questionnaire
            | StepKind::Notification
            | StepKind::Submission => {}
        }
        if step.origin == Origin::Earliest || step.rests_on_earliest {
            notes.push(ledger.cite_dated(&table.timeline_reading));
        }
        if matches!(step.kind, StepKind::ResultBy | StepKind::ReviewBy) {
            let first = before.min(step.day).year();
            for (_, year) in calendar.years.range(first..=step.day.year()) {
                notes.push(ledger.cite(&year.year, year.first_day()));
            }
        }
        notes
    }

    /// What the calendar does not know, each with its source.
    fn doubts(&mut self, doubts: &[Doubt]) -> Vec<Shown> {
        let c = self.c;
        let calendar = &self.in_force.calendar;
        doubts
            .iter()
            .map(|doubt| match doubt {
                Doubt::Uncovered(year) => {
                    let note = self.ledger.cite_dated(&calendar.weekend);
                    let text = c.say1("pathway-doubt-year", "year", year.to_string());
                    self.ledger.computed(text, &[note])
                }
                Doubt::Unknown { year, what } => {
                    let year_text = year.to_string();
                    let text = c.say2(
                        "pathway-doubt-day",
                        "day",
                        c.text(what),
                        "year",
                        year_text.as_str(),
                    );
                    let mut notes = Vec::new();
                    if let Some(known) = calendar.years.get(year) {
                        let unknown = known.unknown.iter().filter(|one| one.value == *what);
                        notes.extend(
                            unknown.map(|unknown| self.ledger.cite(unknown, known.first_day())),
                        );
                    }
                    self.ledger.stated(text, &notes)
                }
            })
            .collect()
    }

    pub(super) fn documents(
        &mut self,
        plan: &Plan<'_>,
        form: &Form,
        faults: &[FieldFault],
    ) -> Vec<DocumentView> {
        let table = self.in_force.table.clone();
        table
            .documents
            .iter()
            .map(|document| {
                let planned = plan
                    .documents
                    .iter()
                    .find(|planned| planned.document.id == document.id);
                let validity = table.validity(document);
                let field = document_field(&document.id);
                let is_term = matches!(
                    validity.as_ref().map(Dated::value),
                    Some(Validity::RunsMonths(_))
                );
                let label = match is_term {
                    true => "pathway-document-ends",
                    false => "pathway-document-issued",
                };
                let title = self.c.text(&document.title).to_owned();
                let label = self.c.say1(label, "document", title.as_str());
                DocumentView {
                    detail: document.detail.as_ref().map(|text| self.dated(text)),
                    validity: self.validity(validity.as_ref()),
                    excused: self.excused(plan, document),
                    field: (validity.is_some() && !document.certificate)
                        .then(|| DayField::new(&field, label, form, faults)),
                    ..self.planned(plan, planned, validity.as_ref(), title)
                }
            })
            .collect()
    }

    fn validity(&mut self, validity: Option<&Dated<Validity>>) -> Shown {
        let c = self.c;
        match validity {
            Some(validity) => {
                let text = match validity.value() {
                    Validity::Days(n) => c.say1("pathway-valid-days", "n", *n),
                    Validity::Months(n) => c.say1("pathway-valid-months", "n", *n),
                    Validity::RunsMonths(n) => c.say1("pathway-valid-runs", "n", *n),
                };
                self.ledger.show_dated(text, validity)
            }
            None => {
                let source = &self.in_force.table.documents_source;
                self.ledger.show_dated(c.say("pathway-valid-none"), source)
            }
        }
    }

    fn excused(
        &mut self,
        plan: &Plan<'_>,
        document: &crate::domain::pathway::Document,
    ) -> Option<Shown> {
        let c = self.c;
        let verdict = &plan.verdict;
        let text = c.say("pathway-document-excused");
        if document.certificate && !verdict.needs.certificate.value() {
            return Some(self.ledger.show_dated(text, verdict.needs.certificate));
        }
        let not_for = document.not_for.as_ref()?;
        let excused = not_for.value().contains(&verdict.procedure.id);
        excused.then(|| self.ledger.show_dated(text, not_for))
    }

    /// The days of a document, where a day of submission is known.
    fn planned(
        &mut self,
        plan: &Plan<'_>,
        planned: Option<&DocumentPlan<'_>>,
        validity: Option<&Dated<Validity>>,
        title: String,
    ) -> DocumentView {
        let c = self.c;
        let table = &self.in_force.table;
        let submitted = plan
            .timeline
            .iter()
            .find(|step| step.kind == StepKind::Submission);
        let assumed = submitted.is_some_and(|step| step.origin == Origin::Earliest);
        let mut notes = Vec::new();
        if planned.is_some() {
            notes.extend(validity.map(|validity| self.ledger.cite_dated(validity)));
            notes.push(self.ledger.cite_dated(&table.validity_reading));
        }
        if assumed {
            notes.push(self.ledger.cite_dated(&table.timeline_reading));
        }
        let day = |ledger: &Ledger, day: Option<NaiveDate>| {
            day.map(|day| ledger.computed(c.day(&day), &notes))
        };
        // Where no validity is stated the state says it all: any day up to the submission.
        let dated = planned.filter(|_| validity.is_some());
        let latest = dated.map(|planned| match assumed {
            false => Said::Entered(c.day(&planned.latest)),
            true => Said::Rule(self.ledger.computed(c.day(&planned.latest), &notes)),
        });
        let state = planned.filter(|planned| planned.required).map(|planned| {
            let state = planned.state;
            (
                format!("pathway-state-{}", state.as_str()),
                state.is_warning(),
            )
        });
        DocumentView {
            title,
            detail: None,
            validity: Shown {
                text: String::new(),
                basis: "",
                notes: Vec::new(),
                computed: false,
            },
            excused: None,
            earliest: day(self.ledger, planned.and_then(|planned| planned.earliest)),
            latest,
            runs_until: day(self.ledger, planned.and_then(|planned| planned.runs_until)),
            expires: day(self.ledger, planned.and_then(|planned| planned.expires)),
            state,
            field: None,
        }
    }

    /// The re-submissions that the plan opens, or where nothing was refused the steps of the table.
    pub(super) fn openings(&mut self, plan: &Plan<'_>) -> Vec<OpeningView> {
        if !plan.openings.is_empty() {
            return plan
                .openings
                .iter()
                .map(|opening| self.opening(opening))
                .collect();
        }
        let table = self.in_force.table.clone();
        let steps = table.resubmission.iter().enumerate();
        steps
            .map(|(n, step)| {
                self.opening(&Opening {
                    number: n + 1,
                    step,
                    opens: Opens::NeedsSubmission,
                    other_reading: None,
                })
            })
            .map(|view| OpeningView {
                needs_submission: false,
                ..view
            })
            .collect()
    }

    fn opening(&mut self, opening: &Opening<'_>) -> OpeningView {
        let c = self.c;
        let step = opening.step;
        let months = *step.after_months.value();
        let mut notes = vec![
            self.ledger.cite_dated(&step.after_months),
            self.ledger.cite_dated(&step.from),
        ];
        notes.dedup();
        let key = format!("pathway-after-{}", step.from.value().as_str());
        let rule = self.ledger.stated(c.say1(&key, "n", months), &notes);
        let label = match opening.number {
            n @ 1..=3 => c.say(&format!("pathway-resubmission-{n}")),
            _ => c.say("pathway-resubmission-later"),
        };
        let (day, bound) = match opening.opens {
            Opens::On(day) => (Some(day), false),
            Opens::NotBefore(day) => (Some(day), true),
            Opens::NeedsSubmission => (None, false),
        };
        OpeningView {
            number: opening.number,
            label,
            rule,
            day: day.map(|day| (day, self.ledger.computed(c.day(&day), &notes))),
            bound,
            needs_submission: opening.opens == Opens::NeedsSubmission,
            other_reading: opening
                .other_reading
                .map(|day| self.ledger.computed(c.day(&day), &notes)),
        }
    }

    pub(super) fn texts(&mut self, list: &[Dated<Localised>]) -> Vec<Shown> {
        texts(self.c, self.ledger, list)
    }
}
