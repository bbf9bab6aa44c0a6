//! Before the exam: what will happen, under which rules, the sound check, and the recordings fetched ahead.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::{Chrome, render, room};
use crate::domain::{
    assignment::{FeedbackPolicy, ResultsPolicy},
    retake::Allowance,
    rules::{Feedback, RuleSet, Section},
    score::SectionScore,
};
use crate::service::paper::{Paper, PaperAudio};
use crate::web::{
    App,
    access::PageLearner,
    pages::{
        conditions::conditions_line,
        failed,
        markup::{Wanted, strings},
    },
    urls,
};

/// What static/js/prepare.js says.
const WANTED: [Wanted<'static>; 10] = [
    ("waiting", &[]),
    ("loading", &["percent"]),
    ("in", &[]),
    ("failed", &[]),
    ("broken", &[]),
    ("all-in", &[]),
    ("some-failed", &[]),
    ("loading-all", &["done", "of"]),
    ("sound-failed", &[]),
    ("sound-playing", &[]),
];

#[derive(Template)]
#[template(path = "attempt/prepare.html")]
struct PreparePage<'a> {
    c: Chrome<'a>,
    rules: Arc<RuleSet>,
    steps: Vec<Step>,
    /// Right answers needed in each section, in words.
    needed: String,
    /// Mocks that may still be started, this one among them, where it counts.
    left: Option<u32>,
    /// What the school granted the learner.
    conditions: Option<String>,
    /// Whether it counts; otherwise it is training.
    counts: bool,
    recordings: Vec<&'a PaperAudio>,
    /// The tracks of paced sections: where each is had, and about how many bytes it has.
    tracks: Vec<(String, u64)>,
    /// The section that the button starts.
    first: &'static str,
    start: String,
    /// The key of what is told of the result.
    result: &'static str,
    strings: String,
}

/// A section to come.
struct Step {
    name: &'static str,
    /// The longest break before it.
    break_minutes: u32,
    items: u32,
    minutes: Option<u32>,
    plays: Option<u32>,
    /// How often a track plays each recording, where one does.
    paced: Option<u32>,
    /// Texts or recordings.
    testlets: usize,
}

impl PreparePage<'_> {
    /// A size that a learner on a metered network understands.
    fn kilobytes(&self, bytes: &u64) -> String {
        self.c.say1("prep-kilobytes", "n", bytes.div_ceil(1000))
    }
}

pub(super) async fn page(app: &App, learner: &PageLearner, paper: &Paper) -> Response {
    let visitor = &learner.visitor;
    let rules = match app.exam.rules(Some(&paper.rule)) {
        Ok(rules) => rules,
        Err(failure) => return failed(app, Some(visitor), failure),
    };
    let next = app
        .exam
        .next_mock(&learner.account.id, Some(&paper.rule))
        .await;
    let left = match next {
        Ok(next) => next
            .decision
            .ok()
            .filter(|_| paper.counts)
            .map(|Allowance { left, .. }| left),
        Err(failure) => return failed(app, Some(visitor), failure),
    };
    let c = Chrome::new(app, visitor, room(paper.kind)).under(paper.allowance);
    let slots = |name: Section| {
        rules
            .section(name)
            .map_or(0, |section| section.blueprint.value.len())
    };
    let steps = paper
        .sections
        .iter()
        .map(|section| Step {
            name: section.name.as_str(),
            break_minutes: section.break_minutes,
            items: section.items,
            minutes: section.minutes,
            plays: section.plays,
            paced: section.track.as_ref().map(|track| track.plan.plays),
            testlets: match section.recordings.len() {
                0 => slots(section.name),
                recordings => recordings,
            },
        })
        .collect();
    let needed: Vec<String> = paper
        .sections
        .iter()
        .map(|section| {
            let score = SectionScore {
                name: section.name,
                correct: 0,
                of: section.items,
            };
            format!(
                "{} {}",
                c.say_of("section-", section.name.as_str()).to_lowercase(),
                c.say2("sit-n-of", "n", score.needed(&rules), "of", section.items)
            )
        })
        .collect();
    render(&PreparePage {
        steps,
        needed: format!("{}: {}", rules.required_level.value, needed.join(", ")),
        left,
        conditions: conditions_line(&c, paper.allowance),
        counts: paper.counts,
        recordings: paper
            .sections
            .iter()
            .flat_map(|section| &section.recordings)
            .collect(),
        tracks: paper
            .sections
            .iter()
            .filter_map(|section| section.track.as_ref())
            .map(|track| (urls::attempt_track(&paper.id, &track.name), track.bytes()))
            .collect(),
        first: paper
            .sections
            .first()
            .map_or("", |section| section.name.as_str()),
        start: urls::attempt_start(&paper.id),
        result: result_words(paper, rules.feedback.value),
        strings: strings(&c, "load-", &WANTED),
        rules,
        c,
    })
}

/// The key of the words that say when the result and the answers come.
fn result_words(paper: &Paper, feedback: Feedback) -> &'static str {
    match (paper.policies, feedback) {
        (Some((_, ResultsPolicy::WorkingDays3)), _) => "prep-given-delayed",
        (_, Feedback::Never) => "prep-result-score",
        (Some((FeedbackPolicy::AfterDue | FeedbackPolicy::Released, _)), _) => "prep-given-later",
        (_, Feedback::AfterFinish) => "prep-result-answers",
    }
}
