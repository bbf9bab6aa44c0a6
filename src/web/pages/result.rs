//! The result: the verdict, the two sections against their cut score, then the evidence item by item.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::get,
};
use serde::Deserialize;

use super::{
    Chrome, Room, Stimuli,
    bar::Bar,
    comments::{CommentView, commented, on_whole},
    conditions::conditions_line,
    failed,
    items::{ItemView, name_key, show_key},
    render, result_not_yet,
};
use crate::domain::{
    attempt::{EndedBy, Kind},
    delivery::Delivery,
    id::AttemptId,
    level::Level,
    rules::{RuleSet, Section},
};
use crate::service::{AttemptResult, Failure, ItemResult, SectionResult, TestletResult};
use crate::web::{App, access::PageLearner, urls};

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::ATTEMPT_RESULT, get(show))
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage<'a> {
    c: Chrome<'a>,
    /// `passed`, `failed` or, for practice, `practice`.
    outcome: &'static str,
    title: String,
    /// What the verdict means, sentence by sentence.
    text: Vec<String>,
    finished_at: String,
    /// Of a mock only.
    mock: Option<MockView>,
    /// Where to train what was wrong.
    practise: String,
    skills: Vec<SkillRow>,
    feedback: bool,
    /// Whether the keys will be shown later, when the school says so.
    later: bool,
    /// Whether the answers were deleted after their time.
    forgotten: bool,
    /// Testlets left out while a mock that is not over has them too.
    held_back: usize,
    /// Testlets left out while a school withholds their keys in something else that it gave.
    withheld: usize,
    filter: Filter,
    groups: Vec<Group>,
    /// What a tutor said of the whole.
    comment: Option<CommentView>,
}

/// What only a mock's result has.
struct MockView {
    rule: String,
    rule_url: String,
    required: &'static str,
    required_percent: u32,
    basis: &'static str,
    source: String,
    sections: Vec<SectionView>,
    /// Whether it counts; training brings no points.
    counts: bool,
    points: Option<Points>,
    /// The points calculator with this mock.
    points_url: Option<String>,
}

/// A section against its cut score.
struct SectionView {
    name: &'static str,
    correct: u32,
    of: u32,
    percent: u32,
    level: String,
    needed: u32,
    passed: bool,
    /// How far above or below.
    standing: String,
    took: String,
    time_ran_out: bool,
    bar: Bar,
}

/// What the level brings in the assessment of immigration potential.
struct Points {
    level: &'static str,
    points: u32,
    most: u32,
    basis: &'static str,
    source: String,
    valid_until: String,
}

/// How a skill went.
#[derive(Debug, PartialEq, Eq)]
struct SkillRow {
    skill: String,
    right: u32,
    of: u32,
    percent: u32,
    /// Practice at the lowest level that was wrong; none where all was right.
    practise: Option<String>,
}

/// Which items are shown.
struct Filter {
    only_wrong: bool,
    all: usize,
    wrong: usize,
    all_url: String,
    wrong_url: String,
}

/// A section's items.
pub(super) struct Group {
    pub(super) section: &'static str,
    pub(super) testlets: Vec<TestletView>,
}

pub(super) struct TestletView {
    pub(super) ordinal: usize,
    pub(super) title: String,
    /// The key of its name with a number: `Text 2`.
    pub(super) name_key: &'static str,
    /// The key of the words that show it.
    pub(super) show_key: &'static str,
    /// A text or a recording with its script, as HTML.
    pub(super) stimulus: Arc<str>,
    pub(super) items: Vec<ItemView>,
}

#[derive(Deserialize)]
struct Only {
    only: Option<String>,
}

async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(Only { only }): Query<Only>,
) -> Response {
    let only_wrong = only.as_deref() == Some("wrong");
    match page(&app, &learner, &AttemptId::new(id), only_wrong).await {
        Ok(response) => response,
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

async fn page(
    app: &App,
    learner: &PageLearner,
    id: &AttemptId,
    only_wrong: bool,
) -> Result<Response, Failure> {
    let result = match app.exam.result(&learner.account.id, id).await {
        Err(Failure::ResultNotYet(from)) => return Ok(result_not_yet::page(app, learner, from)),
        result => result?,
    };
    let rules = app.exam.rules(Some(&result.rule))?;
    let c = Chrome::new(app, &learner.visitor, Room::History);
    let mock = (result.kind == Kind::Mock).then(|| mock_view(&c, &result, &rules));
    let (outcome, title, mut text) = verdict(&c, &result);
    let sat = conditions_line(&c, result.allowance);
    text.extend(sat.map(|what| c.say1("conditions-sat", "what", what)));
    let paced = result.delivery == Delivery::Paced;
    text.extend(paced.then(|| c.say("track-sat")));
    let items = || {
        let items = result.testlets.iter().flat_map(|testlet| &testlet.items);
        items.filter(|item| item.counts())
    };
    Ok(render(&ResultPage {
        outcome,
        title,
        text,
        finished_at: c.moment(&result.finished_at),
        mock,
        practise: practise(&result.sections, items()),
        skills: skills(items()),
        feedback: result.feedback,
        later: result.later,
        forgotten: result.forgotten,
        held_back: result.held_back,
        withheld: result.withheld,
        filter: Filter {
            only_wrong,
            all: items().count(),
            wrong: items().filter(|item| !item.correct).count(),
            all_url: format!("{}#items", urls::attempt_result(id)),
            wrong_url: format!("{}?only=wrong#items", urls::attempt_result(id)),
        },
        groups: commented(
            &c,
            groups(&c, &app.stimuli, &result.testlets, only_wrong),
            &result.comments,
        ),
        comment: on_whole(&c, &result.comments),
        c,
    }))
}

/// The outcome's name, the headline and what it means.
fn verdict(c: &Chrome<'_>, result: &AttemptResult) -> (&'static str, String, Vec<String>) {
    let required = result.required_level.as_str();
    if result.kind == Kind::Practice {
        let sum = |number: fn(&SectionResult) -> u32| result.sections.iter().map(number).sum();
        let (correct, of): (u32, u32) = (sum(|section| section.correct), sum(|section| section.of));
        let title = c.say2("result-practice", "n", correct, "of", of);
        let mut text = vec![c.say("result-practice-text")];
        let out_of_time = |section: &SectionResult| section.ended_by == EndedBy::Deadline;
        if result.sections.iter().any(out_of_time) {
            text.push(c.say("result-time-up"));
        }
        return ("practice", title, text);
    }
    match (result.passed, result.level) {
        (true, level) => {
            let level = level.unwrap_or(result.required_level).as_str();
            (
                "passed",
                c.say1("result-passed", "level", level),
                vec![c.say1("result-passed-text", "level", required)],
            )
        }
        (false, level) => {
            let title = match level {
                Some(level) => c.say1("result-failed", "level", level.as_str()),
                None => c.say1("result-failed-below", "level", Level::ALL[0].as_str()),
            };
            let mut text = vec![c.say1("result-failed-text", "level", required)];
            text.extend(
                result
                    .sections
                    .iter()
                    .filter(|section| !section.passed)
                    .map(|section| {
                        let key = format!("result-missing-{}", section.name);
                        c.say1(&key, "n", missing(section))
                    }),
            );
            ("failed", title, text)
        }
    }
}

/// Right answers that were missing for the required level.
fn missing(section: &SectionResult) -> u32 {
    section.needed.saturating_sub(section.correct)
}

fn mock_view(c: &Chrome<'_>, result: &AttemptResult, rules: &RuleSet) -> MockView {
    let required = &rules.required_level;
    let score = result.statement.as_ref();
    MockView {
        rule: c.text(&rules.title).to_owned(),
        rule_url: urls::about_rule(&rules.id),
        required: required.value.as_str(),
        required_percent: rules.required_percent(),
        basis: required.basis.as_str(),
        source: required.source.clone(),
        sections: result
            .sections
            .iter()
            .map(|section| section_view(c, section, rules))
            .collect(),
        counts: score.is_some(),
        points: score.and_then(|score| {
            Some(Points {
                level: score.level?.as_str(),
                points: score.kazakh_points,
                most: rules
                    .kazakh_points
                    .iter()
                    .map(|(_, points)| points.value)
                    .max()
                    .unwrap_or_default(),
                basis: score.kazakh_points_basis.as_str(),
                source: score.kazakh_points_source.clone(),
                valid_until: c.day(&score.valid_until),
            })
        }),
        points_url: score.map(|score| urls::points_for(&score.attempt)),
    }
}

fn section_view(c: &Chrome<'_>, section: &SectionResult, rules: &RuleSet) -> SectionView {
    let cuts: Vec<(Level, u32)> = rules
        .bands
        .iter()
        .map(|band| (band.level, band.from_percent.value))
        .collect();
    SectionView {
        name: section.name.as_str(),
        correct: section.correct,
        of: section.of,
        percent: section.percent,
        level: match section.level {
            Some(level) => c.say1("result-level", "level", level.as_str()),
            None => c.say1("result-below", "level", Level::ALL[0].as_str()),
        },
        needed: section.needed,
        passed: section.passed,
        standing: match section.correct.checked_sub(section.needed) {
            Some(0) => c.say("result-exactly"),
            Some(more) => c.say1("result-more", "n", more),
            None => c.say1("result-short", "n", missing(section)),
        },
        took: c.minutes(section.took_ms),
        time_ran_out: section.ended_by == EndedBy::Deadline,
        bar: Bar::new(section.percent, rules.required_level.value, &cuts),
    }
}

/// Practice in the weaker section, at the lowest level at which something was wrong.
fn practise<'i>(sections: &[SectionResult], items: impl Iterator<Item = &'i ItemResult>) -> String {
    let weaker = sections
        .iter()
        .filter(|section| section.correct < section.of)
        .min_by_key(|section| section.percent)
        .map(|section| section.name);
    items
        .filter(|item| !item.correct && Some(item.section) == weaker)
        .map(|item| item.level)
        .min()
        .zip(weaker)
        .map_or_else(
            || urls::PRACTICE.to_owned(),
            |(level, section)| urls::practice_for(section, level, None),
        )
}

/// Skills, the weakest first.
fn skills<'i>(items: impl Iterator<Item = &'i ItemResult>) -> Vec<SkillRow> {
    #[derive(Default)]
    struct Count {
        right: u32,
        of: u32,
        lowest_wrong: Option<(Level, Section)>,
    }
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for item in items {
        let count = counts.entry(&item.skill).or_default();
        count.of += 1;
        if item.correct {
            count.right += 1;
            continue;
        }
        let here = (item.level, item.section);
        count.lowest_wrong = Some(count.lowest_wrong.map_or(here, |lowest| lowest.min(here)));
    }
    let mut rows: Vec<SkillRow> = counts
        .into_iter()
        .map(|(skill, count)| SkillRow {
            skill: skill.to_owned(),
            right: count.right,
            of: count.of,
            percent: count.right * 100 / count.of,
            practise: count
                .lowest_wrong
                .map(|(level, section)| urls::practice_for(section, level, Some(skill))),
        })
        .collect();
    rows.sort_by_key(|row| (row.percent, std::cmp::Reverse(row.of)));
    rows
}

/// The items by section and testlet; with `only_wrong` those that were not right.
fn groups(
    c: &Chrome<'_>,
    stimuli: &Stimuli,
    testlets: &[TestletResult],
    only_wrong: bool,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut section = None;
    let mut ordinal = 0;
    for testlet in testlets {
        if section != Some(testlet.section) {
            section = Some(testlet.section);
            ordinal = 0;
            groups.push(Group {
                section: testlet.section.as_str(),
                testlets: Vec::new(),
            });
        }
        ordinal += 1;
        let items: Vec<ItemView> = testlet
            .items
            .iter()
            .filter(|item| !only_wrong || (item.counts() && !item.correct))
            .map(|item| ItemView::of(c, item))
            .collect();
        if let (false, Some(group)) = (items.is_empty(), groups.last_mut()) {
            group.testlets.push(TestletView {
                ordinal,
                title: testlet.title.clone(),
                name_key: name_key(&testlet.stimulus),
                show_key: show_key(&testlet.stimulus),
                stimulus: stimuli.html(c, testlet),
                items,
            });
        }
    }
    groups.retain(|group| !group.testlets.is_empty());
    groups
}

#[cfg(test)]
#[path = "result_tests.rs"]
mod tests;
