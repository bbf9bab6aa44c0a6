//! What the groups were given in the month, and how each of it was sat. Days are counted back from the last one, which
//! is the day on which the demonstration is made.

use crate::domain::{
    assignment::FeedbackPolicy,
    level::Level,
    rules::Section::{self, Listening, Reading},
};

/// A group.
pub(super) struct Class {
    /// What it is called.
    pub(super) name: &'static str,
    /// What its learners are able to when the month begins, in logits: 0 is even odds in an item of B1.
    pub(super) ability: f64,
    /// What it is given, the first first.
    pub(super) given: &'static [Given],
}

/// What is to be done.
pub(super) enum Task {
    /// A mock exam under the default rule set.
    Mock {
        counts: bool,
        feedback: FeedbackPolicy,
    },
    /// A practice set.
    Practice {
        section: Section,
        level: Level,
        items: u32,
    },
}

/// How it is sat.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sat {
    /// By all but a few, on this day at this hour.
    On { days_ago: i64, hour: i64 },
    /// It goes on at this moment.
    Now,
    /// By nobody (yet).
    Nobody,
}

/// Something given.
pub(super) struct Given {
    pub(super) title: &'static str,
    pub(super) task: Task,
    /// The day on which it was given.
    pub(super) days_ago: i64,
    /// The first day on which it can be started, in days from the day on which it was given.
    pub(super) opens_after: i64,
    /// The last day, in days from the day on which it was given.
    pub(super) due_after: i64,
    pub(super) sat: Sat,
    /// Whether it was withdrawn on the day on which it was given.
    pub(super) withdrawn: bool,
    /// Whether one of its attempts was declared void.
    pub(super) voids_one: bool,
}

const fn given(title: &'static str, task: Task, days_ago: i64, due_after: i64, sat: Sat) -> Given {
    Given {
        title,
        task,
        days_ago,
        opens_after: 0,
        due_after,
        sat,
        withdrawn: false,
        voids_one: false,
    }
}

const fn on(days_ago: i64, hour: i64) -> Sat {
    Sat::On { days_ago, hour }
}

const fn practice(section: Section, level: Level) -> Task {
    Task::Practice {
        section,
        level,
        items: 10,
    }
}

const fn training(feedback: FeedbackPolicy) -> Task {
    Task::Mock {
        counts: false,
        feedback,
    }
}

const EXAM: Task = Task::Mock {
    counts: true,
    feedback: FeedbackPolicy::AfterDue,
};

/// The groups.
pub(super) const CLASSES: [Class; 3] = [
    Class {
        name: "Morning A2",
        ability: -1.1,
        given: &[
            given(
                "Reading, week 1",
                practice(Reading, Level::A2),
                29,
                5,
                on(27, 10),
            ),
            given(
                "Listening, week 2",
                practice(Listening, Level::A2),
                21,
                5,
                on(20, 10),
            ),
            Given {
                voids_one: true,
                ..given("Trial exam in October", EXAM, 16, 4, on(14, 10))
            },
            Given {
                withdrawn: true,
                ..given(
                    "Reading, by mistake",
                    practice(Reading, Level::C1),
                    9,
                    3,
                    Sat::Nobody,
                )
            },
            given(
                "Training before the exam",
                training(FeedbackPolicy::AtOnce),
                6,
                9,
                on(3, 10),
            ),
            Given {
                opens_after: 7,
                ..given("Trial exam at the end", EXAM, 1, 12, Sat::Nobody)
            },
        ],
    },
    Class {
        name: "Evening B1",
        ability: 0.2,
        given: &[
            given(
                "Where we stand",
                training(FeedbackPolicy::Released),
                28,
                3,
                on(26, 18),
            ),
            given(
                "Reading, week 3",
                practice(Reading, Level::B1),
                15,
                6,
                on(12, 18),
            ),
            given("Trial exam", EXAM, 8, 5, on(5, 18)),
            given(
                "Listening, this week",
                practice(Listening, Level::B1),
                2,
                6,
                on(1, 18),
            ),
        ],
    },
    Class {
        name: "Weekend",
        ability: -0.3,
        given: &[
            given(
                "First reading",
                practice(Reading, Level::A2),
                24,
                6,
                on(22, 11),
            ),
            given(
                "First listening",
                practice(Listening, Level::B1),
                17,
                6,
                on(15, 11),
            ),
            given(
                "Exam of today",
                training(FeedbackPolicy::AtOnce),
                0,
                1,
                Sat::Now,
            ),
        ],
    },
];
