//! What follows from a test day, or from any later day that somebody knows: the days by which the next things are due.

use chrono::NaiveDate;

use super::Pathway;
use crate::domain::calendar::{Calendar, Doubt, add_days, add_months};
use crate::domain::rules::{Basis, RuleSet};

/// Days that somebody has entered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entered {
    /// The day of the test.
    pub test: Option<NaiveDate>,
    /// The day on which the questionnaire is sent.
    pub questionnaire: Option<NaiveDate>,
    /// The day of the notification (the positive decision).
    pub notification: Option<NaiveDate>,
    /// The day on which the documents are handed in.
    pub submission: Option<NaiveDate>,
}

/// A day of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happens.
    pub kind: StepKind,
    /// When.
    pub day: NaiveDate,
    /// Where the day comes from.
    pub origin: Origin,
    /// Whether a day before it was taken to be the earliest possible.
    pub rests_on_earliest: bool,
    /// Why the true day may be another.
    pub doubts: Vec<Doubt>,
    /// What to beware of.
    pub flags: Vec<Flag>,
}

/// What happens on a day of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// The test.
    Test,
    /// Its result is there by now.
    ResultBy,
    /// The questionnaire is sent.
    Questionnaire,
    /// The review is over by now.
    ReviewBy,
    /// The notification.
    Notification,
    /// The documents are handed in.
    Submission,
    /// The decision is there by now.
    DecisionBy,
    /// The last day of the notification.
    NotificationEnds,
    /// The last day of the test's certificate.
    TestEnds,
}

impl StepKind {
    /// The word of the step in JSON, in calendars and in the keys of the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            StepKind::Test => "test",
            StepKind::ResultBy => "result-by",
            StepKind::Questionnaire => "questionnaire",
            StepKind::ReviewBy => "review-by",
            StepKind::Notification => "notification",
            StepKind::Submission => "submission",
            StepKind::DecisionBy => "decision-by",
            StepKind::NotificationEnds => "notification-ends",
            StepKind::TestEnds => "test-ends",
        }
    }
}

/// Where a day comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody entered it.
    Entered,
    /// Counted from the day before it by a rule that a source states.
    Counted,
    /// Taken to be the earliest possible, because nobody entered it and no rule says when.
    Earliest,
}

impl Origin {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Entered => "entered",
            Origin::Counted => "counted",
            Origin::Earliest => "earliest",
        }
    }
}

/// What to beware of on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// It is after the last day of the pilot: what applies then is not known.
    AfterPilot,
    /// The test's certificate is no longer valid.
    AfterTest,
    /// The notification is no longer valid.
    AfterNotification,
    /// It is before something that must come first.
    TooSoon,
    /// It is before the day by which what comes first must be done, so that may not be done yet.
    Tight,
    /// Nobody works on this day.
    DayOff,
}

impl Flag {
    /// The word in JSON and in the keys of the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Flag::AfterPilot => "after-pilot",
            Flag::AfterTest => "after-test",
            Flag::AfterNotification => "after-notification",
            Flag::TooSoon => "too-soon",
            Flag::Tight => "tight",
            Flag::DayOff => "day-off",
        }
    }
}

impl Step {
    /// How sure the day is, where a source states its rule as this: what was entered needs no source, and what rests on a
    /// day that nobody entered is assumed.
    pub fn basis(&self, stated: Basis) -> Option<Basis> {
        match self.origin {
            Origin::Entered => None,
            Origin::Counted if !self.rests_on_earliest => Some(stated),
            Origin::Counted | Origin::Earliest => Some(Basis::Assumed),
        }
    }
}

/// The timeline from what was entered, in the order of the way; nothing where nothing was entered.
pub fn plan(table: &Pathway, calendar: &Calendar, rules: &RuleSet, entered: &Entered) -> Vec<Step> {
    let mut line = Line {
        calendar,
        steps: Vec::new(),
    };
    if let Some(day) = entered.test {
        line.entered(StepKind::Test, day);
        line.working_days(StepKind::ResultBy, rules.result_days.value);
    }
    if line.or_earliest(StepKind::Questionnaire, entered.questionnaire) {
        line.working_days(StepKind::ReviewBy, *table.spans.review_working_days.value());
    }
    let mut ends = Vec::new();
    if line.or_earliest(StepKind::Notification, entered.notification) {
        let months = *table.spans.notification_months.value();
        ends.extend(line.end(StepKind::NotificationEnds, months));
    }
    if line.or_earliest(StepKind::Submission, entered.submission) {
        line.days(StepKind::DecisionBy, *table.spans.decision_days.value());
    }
    if let Some(day) = entered.test {
        ends.push(Step {
            day: add_months(day, rules.certificate_months.value),
            ..Step::new(StepKind::TestEnds, day, Origin::Counted)
        });
    }
    let mut steps = line.steps;
    flag(&mut steps, &ends, *table.pilot_until.value(), calendar);
    steps.extend(ends);
    steps
}

/// Marks what is past the pilot, past what it needs, or on a day off.
fn flag(steps: &mut [Step], ends: &[Step], pilot_until: NaiveDate, calendar: &Calendar) {
    let end_of = |kind: StepKind| ends.iter().find(|end| end.kind == kind).map(|end| end.day);
    let (test, notification) = (
        end_of(StepKind::TestEnds),
        end_of(StepKind::NotificationEnds),
    );
    for step in steps {
        let after = |end: Option<NaiveDate>| end.is_some_and(|end| step.day > end);
        let handed_in = step.kind == StepKind::Submission;
        let needs_test = handed_in || step.kind == StepKind::Questionnaire;
        // Appointments need somebody at work; a deadline does not.
        let day_off = step.origin != Origin::Counted && !calendar.is_working_day(step.day);
        let flags = [
            (after(Some(pilot_until)), Flag::AfterPilot),
            (needs_test && after(test), Flag::AfterTest),
            (handed_in && after(notification), Flag::AfterNotification),
            (day_off, Flag::DayOff),
        ];
        let raised = flags.iter().filter(|(raised, _)| *raised);
        step.flags.extend(raised.map(|(_, flag)| *flag));
    }
}

impl Step {
    fn new(kind: StepKind, day: NaiveDate, origin: Origin) -> Self {
        Self {
            kind,
            day,
            origin,
            rests_on_earliest: false,
            doubts: Vec::new(),
            flags: Vec::new(),
        }
    }
}

/// The line while it grows. What comes next is counted from its last step.
struct Line<'c> {
    calendar: &'c Calendar,
    steps: Vec<Step>,
}

impl Line<'_> {
    fn entered(&mut self, kind: StepKind, day: NaiveDate) {
        let mut step = Step::new(kind, day, Origin::Entered);
        let later = |other: &Step| other.day > day;
        // A deadline is the latest day; who is told sooner may go on sooner. Only what was entered is a bound.
        let entered = |other: &Step| other.origin == Origin::Entered;
        if self
            .steps
            .iter()
            .any(|other| entered(other) && later(other))
        {
            step.flags.push(Flag::TooSoon);
        } else if self.steps.last().is_some_and(later) {
            step.flags.push(Flag::Tight);
        }
        self.steps.push(step);
    }

    /// The day entered, or else the first working day on which the way can go on. False where it has not begun.
    fn or_earliest(&mut self, kind: StepKind, entered: Option<NaiveDate>) -> bool {
        if let Some(day) = entered {
            self.entered(kind, day);
            return true;
        }
        let Some(last) = self.steps.last() else {
            return false;
        };
        let wait = u32::from(!self.calendar.is_working_day(last.day));
        let counted = self.calendar.add_working_days(last.day, wait);
        let step = Step {
            rests_on_earliest: true,
            doubts: joined(&last.doubts, counted.doubts),
            ..Step::new(kind, counted.day, Origin::Earliest)
        };
        self.steps.push(step);
        true
    }

    fn working_days(&mut self, kind: StepKind, n: u32) {
        let Some(last) = self.steps.last() else {
            return;
        };
        let counted = self.calendar.add_working_days(last.day, n);
        let step = Step {
            day: counted.day,
            doubts: joined(&last.doubts, counted.doubts),
            ..last.then(kind)
        };
        self.steps.push(step);
    }

    fn days(&mut self, kind: StepKind, n: u32) {
        let Some(last) = self.steps.last() else {
            return;
        };
        let step = Step {
            day: add_days(last.day, n),
            ..last.then(kind)
        };
        self.steps.push(step);
    }

    /// The last day of what the last step brought: no part of the way, nothing goes on from it.
    fn end(&self, kind: StepKind, months: u32) -> Option<Step> {
        let last = self.steps.last()?;
        Some(Step {
            day: add_months(last.day, months),
            ..last.then(kind)
        })
    }
}

impl Step {
    /// What is counted from this step: as sure as it.
    fn then(&self, kind: StepKind) -> Step {
        Step {
            rests_on_earliest: self.rests_on_earliest,
            doubts: self.doubts.clone(),
            ..Step::new(kind, self.day, Origin::Counted)
        }
    }
}

/// Doubts of the day before and of the count, each once.
fn joined(before: &[Doubt], more: Vec<Doubt>) -> Vec<Doubt> {
    let mut all = before.to_vec();
    all.extend(more.into_iter().filter(|doubt| !before.contains(doubt)));
    all
}
