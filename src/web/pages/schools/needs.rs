//! Who needs what: a card a skill, with the learners who miss it and one button that gives exactly them a practice set.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use chrono::Days;
use serde::Deserialize;

use super::audience::{AudienceChoice, tick};
use super::{
    Chrome, Room, failed, render,
    tabs::{Tab, TabLink, tabs},
};
use crate::domain::{
    assignment::{FeedbackPolicy, GivenSet, Work},
    bank::SKILLS,
    id::{AssignmentId, GroupId, LearnerId},
    needs::{LEAST_ASKED, PRACTICE_CUT_PERCENT, Share},
    practice::{DEFAULT_ITEMS, Wish},
};
use crate::service::{Failure, NeedsView, NewAssignment, SkillNeed};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    urls,
};

/// Days that a practice set made by one click is open for.
const PRACTICE_DAYS: u64 = 7;

#[derive(Template)]
#[template(path = "schools/needs.html")]
struct NeedsPage<'a> {
    c: Chrome<'a>,
    /// What the way back is called, and where it leads.
    back: (String, String),
    title: String,
    group: GroupId,
    tabs: Vec<TabLink>,
    /// Titles of what was looked at and where it is, for a group.
    looked_at: Vec<(String, String)>,
    /// The pass marks of the mocks among them, in percent.
    cuts: Vec<u32>,
    practice_cut: u32,
    least: u32,
    cards: Vec<Card>,
    /// Skills that nobody misses.
    fine: Vec<String>,
    /// Skills with the learners of whom there is too little to tell.
    unclear: Vec<(String, String)>,
    /// Who has finished nothing.
    silent: Vec<String>,
}

struct Card {
    skill: String,
    learners: Vec<LearnerLine>,
    /// How many were asked enough to tell.
    of: usize,
    practice: Option<Practice>,
}

struct LearnerLine {
    name: String,
    href: String,
    tick: String,
    right: u32,
    asked: u32,
    percent: u32,
}

/// What the button makes.
struct Practice {
    section: &'static str,
    level: &'static str,
    items: u32,
}

fn line(view: &NeedsView, share: &Share) -> LearnerLine {
    LearnerLine {
        name: view.name(&share.learner).to_owned(),
        href: urls::school_learner(&view.school.id, &share.learner),
        tick: tick(&share.learner),
        right: share.right,
        asked: share.asked,
        percent: share.percent(),
    }
}

fn card(view: &NeedsView, skill: &SkillNeed) -> Card {
    let need = &skill.need;
    Card {
        skill: need.skill.clone(),
        learners: need.lacking.iter().map(|share| line(view, share)).collect(),
        of: need.lacking.len() + need.enough,
        practice: skill.practice.as_ref().map(|wish| Practice {
            section: wish.section.as_str(),
            level: wish.level.as_str(),
            items: wish.items,
        }),
    }
}

fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    view: &NeedsView,
    assignment: Option<&AssignmentId>,
) -> NeedsPage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let names = |shares: &[Share]| -> String {
        let names = shares.iter().map(|share| view.name(&share.learner));
        names.collect::<Vec<_>>().join(", ")
    };
    let mut cuts: Vec<u32> = view
        .looked_at
        .iter()
        .filter_map(|given| match &given.work {
            Work::Mock { rule, .. } => Some(app.exam.rules(Some(rule)).ok()?.required_percent()),
            Work::Practice(_) => None,
        })
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let back = match assignment {
        Some(_) => (view.group.name.clone(), urls::group(&view.group.id)),
        None => (c.say("needs-back"), urls::group(&view.group.id)),
    };
    NeedsPage {
        title: match (assignment, view.looked_at.first()) {
            (Some(_), Some(given)) => given.title.clone(),
            _ => view.group.name.clone(),
        },
        back,
        group: view.group.id.clone(),
        tabs: assignment.map_or_else(Vec::new, |id| tabs(&c, id, Tab::Needs)),
        looked_at: match assignment {
            Some(_) => Vec::new(),
            None => view
                .looked_at
                .iter()
                .map(|given| (given.title.clone(), urls::assignment(&given.id)))
                .collect(),
        },
        cuts,
        practice_cut: PRACTICE_CUT_PERCENT,
        least: LEAST_ASKED,
        cards: view
            .skills
            .iter()
            .filter(|skill| !skill.need.lacking.is_empty())
            .map(|skill| card(view, skill))
            .collect(),
        fine: view
            .skills
            .iter()
            .filter(|skill| skill.need.lacking.is_empty() && skill.need.enough > 0)
            .map(|skill| c.say_of("skill-", &skill.need.skill))
            .collect(),
        unclear: view
            .skills
            .iter()
            .filter(|skill| !skill.need.unclear.is_empty())
            .map(|skill| {
                let named = c.say_of("skill-", &skill.need.skill);
                (named, names(&skill.need.unclear))
            })
            .collect(),
        silent: view
            .silent
            .iter()
            .map(|member| member.name.clone())
            .collect(),
        c,
    }
}

pub(super) async fn of_assignment(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
) -> Response {
    let id = AssignmentId::new(id);
    match app.exam.needs_of_assignment(&learner.account, &id).await {
        Ok(view) => render(&page(&app, &learner, &view, Some(&id))),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

pub(super) async fn of_group(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
) -> Response {
    let view = app
        .exam
        .needs_of_group(&learner.account, &GroupId::new(id))
        .await;
    match view {
        Ok(view) => render(&page(&app, &learner, &view, None)),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// What a card's button sends; the learners are ticks.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    section: String,
    level: String,
    skill: String,
    #[serde(flatten)]
    audience: AudienceChoice,
}

impl Wanted {
    /// A practice set for exactly these learners, open for a week from today.
    fn read(&self, app: &App, c: &Chrome<'_>, zone: chrono_tz::Tz) -> Option<NewAssignment> {
        // Only what the page's own buttons send is taken: what else comes was not made by it.
        let skill = SKILLS.iter().find(|known| **known == self.skill)?;
        let wish = Wish {
            skill: Some((*skill).to_owned()),
            ..Wish::new(
                self.section.parse().ok()?,
                self.level.parse().ok()?,
                DEFAULT_ITEMS,
            )
        };
        let learners: Vec<LearnerId> = self.audience.ticked();
        let words = [
            ("skill", c.say_of("skill-", skill)),
            ("section", c.say_of("section-", wish.section.as_str())),
            ("level", wish.level.to_string()),
        ];
        let words = words.each_ref().map(|(name, word)| (*name, word.as_str()));
        let today = app.exam.clock().now().with_timezone(&zone).date_naive();
        Some(NewAssignment {
            title: c.say3("needs-practice-title", words),
            work: Work::Practice(GivenSet {
                wish,
                feedback: FeedbackPolicy::AtOnce,
            }),
            opens: None,
            due: today.checked_add_days(Days::new(PRACTICE_DAYS))?,
            attempts: 1,
            learners: Some(learners),
        })
    }
}

/// Gives the practice set and shows it.
pub(super) async fn give(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(wanted): CheckedForm<Wanted>,
) -> Response {
    let id = GroupId::new(id);
    let c = Chrome::new(&app, &learner.visitor, Room::Schools);
    let given = async {
        let view = app.exam.group(&learner.account, &id).await?;
        let new = wanted.read(&app, &c, view.school.zone);
        let new = new.ok_or(Failure::NothingHere)?;
        app.exam.give(&learner.account, &id, new).await
    };
    match given.await {
        Ok(given) => Redirect::to(&urls::assignment(&given.id)).into_response(),
        // Somebody has left in the meantime, or the bank has changed: the page says what there is now.
        Err(Failure::Invalid { .. } | Failure::NothingFits(_)) => {
            Redirect::to(&urls::group_needs(&id)).into_response()
        }
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
