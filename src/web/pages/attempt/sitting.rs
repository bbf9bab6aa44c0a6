//! The sitting: a text or a player beside its items, the time left, the navigator.

use std::collections::HashMap;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Chrome, TimeLeft, every_ms, render, room, track::TrackView, with_status};
use crate::domain::{
    Timestamp,
    form::Letter,
    id::{AttemptId, ItemId},
};
use crate::service::{
    Failure,
    paper::{Paper, PaperItem, PaperSection, PaperTestlet},
};
use crate::web::{
    App,
    access::PageLearner,
    pages::markup::{Wanted, strings, underlined},
    problem::Problem,
    urls,
};

/// What static/js/sitting.js and player.js say.
pub(super) const WANTED: [Wanted<'static>; 32] = [
    ("ready", &[]),
    ("saving", &[]),
    ("saved", &["time"]),
    ("waiting", &["n"]),
    ("waiting-one", &[]),
    ("away", &[]),
    ("signed-out", &[]),
    ("refused", &["n"]),
    ("time-10", &[]),
    ("time-5", &[]),
    ("time-1", &[]),
    ("time-up", &[]),
    ("time-up-waiting", &["n"]),
    ("time-changed", &["time"]),
    ("item", &["n"]),
    ("answered", &[]),
    ("unanswered", &[]),
    ("flagged", &[]),
    ("not-saved", &[]),
    ("overtaken", &["n"]),
    ("turn-slow", &[]),
    ("turn-waiting", &[]),
    ("plays-left", &["n", "of"]),
    ("play", &[]),
    ("playing", &[]),
    ("loading", &[]),
    ("no-plays", &[]),
    ("sound-failed", &[]),
    ("continue", &[]),
    ("interrupted", &[]),
    ("play-failed", &[]),
    ("broken", &[]),
];

/// How the sitting is to be shown, besides what the paper says.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// Which testlet; brought into range. 0 is the one that a track has come to, or the first.
    pub(super) t: usize,
    /// When answers have just been saved by a plain form.
    pub(super) saved_at: Option<Timestamp>,
    /// The testlet whose recording has just been given a play that no script plays.
    pub(super) playing: Option<String>,
    /// What a plain form brought and was not saved.
    pub(super) unsaved: Option<Unsaved>,
}

/// Answers that were refused: shown as they were chosen, with the reason, so that nothing is lost.
#[derive(Debug)]
pub(super) struct Unsaved {
    pub(super) why: Failure,
    pub(super) chosen: HashMap<ItemId, Letter>,
    pub(super) flagged: HashMap<ItemId, bool>,
}

#[derive(Template)]
#[template(path = "attempt/sitting.html")]
struct SittingPage<'a> {
    c: Chrome<'a>,
    /// How often the page asks for the time left.
    every_ms: u32,
    attempt: &'a AttemptId,
    section: &'a PaperSection,
    testlet: &'a PaperTestlet,
    /// How many testlets there are.
    last: usize,
    page: String,
    /// The number with which it begins to number its responses.
    order: i64,
    place: String,
    receipt: String,
    time: Option<TimeLeft>,
    /// The track, where the section is paced.
    track: Option<TrackView>,
    playing: bool,
    trouble: Option<Trouble>,
    chosen: HashMap<ItemId, Letter>,
    flags: HashMap<ItemId, bool>,
    answers: String,
    review: String,
    here: String,
    sign_in: String,
    strings: String,
}

/// Why answers were refused, and which.
struct Trouble {
    title: String,
    text: String,
    items: Vec<(usize, ItemId)>,
}

impl SittingPage<'_> {
    fn stem<'i>(&self, item: &'i PaperItem) -> Vec<(&'i str, bool)> {
        underlined(&item.stem)
    }

    fn is_chosen(&self, item: &PaperItem, letter: &Letter) -> bool {
        self.chosen(item) == Some(*letter)
    }

    fn chosen(&self, item: &PaperItem) -> Option<Letter> {
        self.chosen.get(&item.id).copied().or(item.response)
    }

    fn flagged(&self, item: &PaperItem) -> bool {
        self.flags.get(&item.id).copied().unwrap_or(item.flagged)
    }

    /// Whether what the page shows is not what is saved.
    fn differs(&self, item: &PaperItem) -> bool {
        self.chosen(item) != item.response
    }

    /// `Text 2`.
    fn title(&self, testlet: &PaperTestlet) -> String {
        let key = format!("sit-stimulus-{}", self.section.name);
        self.c.say1(&key, "n", testlet.ordinal)
    }

    /// A button's words, which name the section's stimulus: `sit-next-` + `reading`.
    fn word(&self, key: &str) -> String {
        self.c.say_of(key, self.section.name.as_str())
    }

    /// The words for a screen reader behind a number of the navigator.
    fn state(&self, item: &PaperItem) -> String {
        let answered = match self.chosen(item) {
            Some(_) => "sit-answered",
            None => "sit-unanswered",
        };
        let mut words = self.c.say(answered);
        if self.flagged(item) {
            words = format!("{words}, {}", self.c.say("sit-flagged"));
        }
        words
    }
}

/// The sitting of the section that runs.
pub(super) fn page(
    app: &App,
    learner: &PageLearner,
    paper: &Paper,
    page: String,
    desk: Desk,
) -> Response {
    let to_attempt = || Redirect::to(&urls::attempt(&paper.id)).into_response();
    let Some(section) = paper.running() else {
        return to_attempt();
    };
    let last = section.testlets.len();
    let c = Chrome::new(app, &learner.visitor, room(paper.kind)).under(paper.allowance);
    let track = TrackView::of(&c, &paper.id, section);
    let heard = track.as_ref().map_or(1, |track| track.ordinal);
    let t = if desk.t == 0 { heard } else { desk.t };
    let t = t.clamp(1, last.max(1));
    let Some(testlet) = section.testlets.get(t - 1) else {
        return to_attempt();
    };
    let place = format!(
        "{} · {}",
        c.say_of("section-", section.name.as_str()),
        c.say2("sit-n-of", "n", t, "of", last)
    );
    let (why, chosen, flags) = match desk.unsaved {
        Some(unsaved) => (Some(unsaved.why), unsaved.chosen, unsaved.flagged),
        None => (None, HashMap::new(), HashMap::new()),
    };
    let problem = why.map(Problem::from);
    let status = problem.as_ref().map(Problem::status);
    let trouble = problem.map(|problem| Trouble {
        title: c.say_of("problem-", problem.slug()),
        text: c.say(&format!("unsaved-{}", problem.slug())),
        items: testlet
            .items
            .iter()
            .filter(|item| {
                chosen
                    .get(&item.id)
                    .is_some_and(|letter| Some(*letter) != item.response)
            })
            .map(|item| (item.position, item.id.clone()))
            .collect(),
    });
    let shown = render(&SittingPage {
        every_ms: every_ms(paper),
        attempt: &paper.id,
        section,
        testlet,
        last,
        page,
        order: paper.next_order,
        place,
        receipt: desk
            .saved_at
            .map(|at| c.say1("sit-saved", "time", c.clock(&at)))
            .unwrap_or_default(),
        time: TimeLeft::of(&c, section),
        track,
        playing: desk.playing.as_deref() == Some(testlet.id.as_str()),
        trouble,
        chosen,
        flags,
        answers: urls::attempt_answers(&paper.id),
        review: urls::attempt_review(&paper.id),
        here: format!("{}&here=1", urls::testlet(&paper.id, t)),
        sign_in: format!("{}?next={}", urls::SIGN_IN, urls::attempt(&paper.id)),
        strings: strings(&c, "sit-", &WANTED),
        c,
    });
    match status {
        Some(status) => with_status(status, shown),
        None => shown,
    }
}
