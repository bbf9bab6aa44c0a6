//! An assignment: a mock exam or a practice set that is given to a group, with dates.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::{
    Timestamp,
    delivery::Delivery,
    id::{AssignmentId, GroupId, LearnerId, RuleId, SchoolId},
    practice::Wish,
};

/// The most attempts that an assignment may allow.
pub const ATTEMPTS_MAX: u32 = 10;
/// The most days from the first to the last on which it can be started.
pub const DAYS_MAX: i64 = 366;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A mock exam under a rule set.
    Mock {
        /// Which rule set.
        rule: RuleId,
        /// Whether it counts against the retake limit; otherwise it is training.
        counts: bool,
        /// When its learners see the keys, where the rule set lets them see any.
        feedback: FeedbackPolicy,
        /// When its learners see what they reached.
        results: ResultsPolicy,
        /// How the recordings come; none is as each learner chooses.
        delivery: Option<Delivery>,
    },
    /// A practice set.
    Practice(GivenSet),
}

/// A practice set as a school gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenSet {
    /// What is in it, and how long it may take.
    pub wish: Wish,
    /// When its learners see the keys: at once is item by item, as practice does.
    pub feedback: FeedbackPolicy,
}

impl Work {
    /// `mock` or `practice`.
    pub fn kind(&self) -> &'static str {
        match self {
            Work::Mock { .. } => "mock",
            Work::Practice(_) => "practice",
        }
    }

    /// Whether starting it counts against the retake limit.
    pub fn counts(&self) -> bool {
        matches!(self, Work::Mock { counts: true, .. })
    }

    /// When its learners see the keys.
    pub fn feedback(&self) -> FeedbackPolicy {
        match self {
            Work::Mock { feedback, .. } => *feedback,
            Work::Practice(set) => set.feedback,
        }
    }

    /// When its learners see what they reached.
    pub fn results(&self) -> ResultsPolicy {
        match self {
            Work::Mock { results, .. } => *results,
            Work::Practice(_) => ResultsPolicy::AtOnce,
        }
    }

    /// How its recordings come; none is as each learner chooses, or of a set, freely.
    pub fn delivery(&self) -> Option<Delivery> {
        match self {
            Work::Mock { delivery, .. } => *delivery,
            Work::Practice(_) => None,
        }
    }

    /// The same with other policies; the result of a practice set comes at once.
    pub fn with_policies(self, feedback: FeedbackPolicy, results: ResultsPolicy) -> Self {
        match self {
            Work::Mock {
                rule,
                counts,
                delivery,
                ..
            } => Work::Mock {
                rule,
                counts,
                feedback,
                results,
                delivery,
            },
            Work::Practice(set) => Work::Practice(GivenSet { feedback, ..set }),
        }
    }
}

/// When learners see the keys of a finished attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedbackPolicy {
    /// As soon as it is finished.
    AtOnce,
    /// When the assignment is due: nobody can start it any more.
    AfterDue,
    /// When a tutor says so.
    Released,
}

impl FeedbackPolicy {
    /// Every policy, in the order in which a form offers them.
    pub const ALL: [FeedbackPolicy; 3] = [
        FeedbackPolicy::AtOnce,
        FeedbackPolicy::AfterDue,
        FeedbackPolicy::Released,
    ];

    /// `at-once`, `after-due` or `released`: the word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            FeedbackPolicy::AtOnce => "at-once",
            FeedbackPolicy::AfterDue => "after-due",
            FeedbackPolicy::Released => "released",
        }
    }
}

impl std::str::FromStr for FeedbackPolicy {
    type Err = UnknownPolicy;

    fn from_str(text: &str) -> Result<Self, UnknownPolicy> {
        FeedbackPolicy::ALL
            .into_iter()
            .find(|policy| policy.as_str() == text)
            .ok_or(UnknownPolicy)
    }
}

/// The text names no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a policy: expected at-once, after-due or released")]
pub struct UnknownPolicy;

/// When learners see what a finished mock came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultsPolicy {
    /// As soon as it is finished.
    AtOnce,
    /// As on the real test: when three working days are over (see `delay`).
    WorkingDays3,
}

impl ResultsPolicy {
    /// Every policy, in the order in which a form offers them.
    pub const ALL: [ResultsPolicy; 2] = [ResultsPolicy::AtOnce, ResultsPolicy::WorkingDays3];

    /// `at-once` or `working-days-3`: the word in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            ResultsPolicy::AtOnce => "at-once",
            ResultsPolicy::WorkingDays3 => "working-days-3",
        }
    }
}

impl std::str::FromStr for ResultsPolicy {
    type Err = UnknownResults;

    fn from_str(text: &str) -> Result<Self, UnknownResults> {
        ResultsPolicy::ALL
            .into_iter()
            .find(|policy| policy.as_str() == text)
            .ok_or(UnknownResults)
    }
}

/// The text names no such policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a policy: expected at-once or working-days-3")]
pub struct UnknownResults;

/// What one learner was granted beyond what their group has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// From this instant they cannot start it any more; none is when the group cannot.
    pub due_at: Option<Timestamp>,
    /// Attempts more than the group's.
    pub extra_attempts: u32,
}

/// What was given to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// In which school.
    pub school: SchoolId,
    /// To which group.
    pub group: GroupId,
    /// What its tutor calls it.
    pub title: String,
    /// What is to be done.
    pub work: Work,
    /// From this instant it can be started.
    pub opens_at: Timestamp,
    /// From this instant it cannot be started any more; what was started before goes on.
    pub due_at: Timestamp,
    /// Attempts that a learner may make, 1 to [`ATTEMPTS_MAX`].
    pub attempts_allowed: u32,
    /// When a tutor let the keys be seen.
    pub released_at: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// Who gave it.
    pub made_by: LearnerId,
    /// When.
    pub made_at: Timestamp,
}

/// Where an assignment stands by itself, whoever looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// It cannot be started yet.
    Ahead,
    /// It can be started.
    Open,
    /// It cannot be started any more.
    Over,
    /// It was withdrawn.
    Withdrawn,
}

impl Window {
    /// `ahead`, `open`, `over` or `withdrawn`: the word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Window::Ahead => "ahead",
            Window::Open => "open",
            Window::Over => "over",
            Window::Withdrawn => "withdrawn",
        }
    }
}

/// Why an assignment cannot be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// It is not open yet.
    #[error("it cannot be started before {0}")]
    Ahead(Timestamp),
    /// It is due.
    #[error("it could be started until {0}")]
    Over(Timestamp),
    /// It was withdrawn.
    #[error("it was withdrawn")]
    Withdrawn,
    /// The learner has made as many attempts as are allowed.
    #[error("as many attempts as are allowed were made")]
    NoAttemptsLeft,
}

impl Assignment {
    /// The same as it holds for a learner who was granted an exception. All that is asked of it then holds for them:
    /// until when they may start, how often, and, where the keys come after the last day, after which. Nobody is ever
    /// worse off than the group.
    pub fn for_learner(self, granted: Option<&Exception>) -> Self {
        let Some(granted) = granted else { return self };
        Self {
            due_at: granted
                .due_at
                .map_or(self.due_at, |due| due.max(self.due_at)),
            attempts_allowed: self.attempts_allowed + granted.extra_attempts,
            ..self
        }
    }

    /// Where it stands now.
    pub fn window(&self, now: Timestamp) -> Window {
        if self.withdrawn_at.is_some() {
            Window::Withdrawn
        } else if now < self.opens_at {
            Window::Ahead
        } else if now < self.due_at {
            Window::Open
        } else {
            Window::Over
        }
    }

    /// Whether an attempt may be begun now.
    ///
    /// # Errors
    /// [`Closed`] with the reason, but for the number of attempts.
    pub fn open(&self, now: Timestamp) -> Result<(), Closed> {
        match self.window(now) {
            Window::Open => Ok(()),
            Window::Ahead => Err(Closed::Ahead(self.opens_at)),
            Window::Over => Err(Closed::Over(self.due_at)),
            Window::Withdrawn => Err(Closed::Withdrawn),
        }
    }

    /// Attempts left to a learner who has made so many. One that lapsed or was declared void is none.
    pub fn attempts_left(&self, made: u32) -> u32 {
        self.attempts_allowed.saturating_sub(made)
    }

    /// Whether a learner who has made so many attempts may begin another now.
    ///
    /// # Errors
    /// [`Closed`] with the reason.
    pub fn may_begin(&self, made: u32, now: Timestamp) -> Result<(), Closed> {
        self.open(now)?;
        match self.attempts_left(made) {
            0 => Err(Closed::NoAttemptsLeft),
            _ => Ok(()),
        }
    }

    /// Whether its learners may see the keys of their finished attempts now. A tutor may let them earlier than the
    /// policy would.
    pub fn shows_keys(&self, now: Timestamp) -> bool {
        self.released_at.is_some()
            || match self.work.feedback() {
                FeedbackPolicy::AtOnce => true,
                FeedbackPolicy::AfterDue => now >= self.due_at,
                FeedbackPolicy::Released => false,
            }
    }
}

/// The instant at which a day begins in a zone: midnight, or what comes after it where midnight is left out.
pub fn begin_of_day(day: NaiveDate, zone: Tz) -> Timestamp {
    const HOURS_LOOKED_AT: i64 = 4;
    (0..HOURS_LOOKED_AT)
        .map(|hour| day.and_time(NaiveTime::MIN) + TimeDelta::hours(hour))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map_or_else(
            || day.and_time(NaiveTime::MIN).and_utc(),
            |begin| begin.to_utc(),
        )
}

/// The instant at which a day is over in a zone: when the next one begins.
pub fn end_of_day(day: NaiveDate, zone: Tz) -> Timestamp {
    begin_of_day(day + Days::new(1), zone)
}

/// The last day on which something can be started that is due at this instant, in a zone.
pub fn last_day(due_at: Timestamp, zone: Tz) -> NaiveDate {
    (due_at - TimeDelta::milliseconds(1))
        .with_timezone(&zone)
        .date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).expect(text).to_utc()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    fn mock(feedback: FeedbackPolicy) -> Assignment {
        let made_at = at("2026-11-20T10:00:00+05:00");
        Assignment {
            id: AssignmentId::new("assignment"),
            school: SchoolId::new("school"),
            group: GroupId::new("group"),
            title: "Mock".to_owned(),
            work: Work::Mock {
                rule: RuleId::new("short"),
                counts: true,
                feedback,
                results: ResultsPolicy::AtOnce,
                delivery: None,
            },
            opens_at: at("2026-11-23T00:00:00+05:00"),
            due_at: at("2026-11-28T00:00:00+05:00"),
            attempts_allowed: 2,
            released_at: None,
            withdrawn_at: None,
            made_by: LearnerId::new("tutor"),
            made_at,
        }
    }

    #[test]
    fn it_can_be_started_from_its_opening_until_it_is_due() {
        let mut given = mock(FeedbackPolicy::AtOnce);
        let just_before = |at: Timestamp| at - TimeDelta::milliseconds(1);
        let table = [
            (given.made_at, Window::Ahead),
            (just_before(given.opens_at), Window::Ahead),
            (given.opens_at, Window::Open),
            (just_before(given.due_at), Window::Open),
            (given.due_at, Window::Over),
        ];
        for (now, window) in table {
            assert_eq!(given.window(now), window, "{now}");
            assert_eq!(given.open(now).is_ok(), window == Window::Open, "{now}");
        }
        given.withdrawn_at = Some(given.opens_at);
        assert_eq!(given.open(given.opens_at), Err(Closed::Withdrawn));
    }

    #[test]
    fn as_many_attempts_as_are_allowed() {
        let given = mock(FeedbackPolicy::AtOnce);
        let now = given.opens_at;
        let left: Vec<u32> = (0..4).map(|made| given.attempts_left(made)).collect();
        assert_eq!(left, [2, 1, 0, 0]);
        assert_eq!(given.may_begin(1, now), Ok(()));
        assert_eq!(given.may_begin(2, now), Err(Closed::NoAttemptsLeft));
        let over = given.due_at;
        assert_eq!(given.may_begin(2, over), Err(Closed::Over(over)));
    }

    #[test]
    fn keys_are_shown_when_the_policy_or_a_tutor_says_so() {
        let (open, due) = (
            at("2026-11-24T10:00:00+05:00"),
            mock(FeedbackPolicy::AtOnce).due_at,
        );
        let table = [
            (FeedbackPolicy::AtOnce, [true, true]),
            (FeedbackPolicy::AfterDue, [false, true]),
            (FeedbackPolicy::Released, [false, false]),
        ];
        for (policy, expected) in table {
            let mut given = mock(policy);
            assert_eq!([open, due].map(|now| given.shows_keys(now)), expected);
            given.released_at = Some(open);
            assert!(given.shows_keys(open), "{policy:?}");
        }
        let wish = Wish::new(
            crate::domain::rules::Section::Reading,
            crate::domain::level::Level::A2,
            5,
        );
        let feedback = FeedbackPolicy::Released;
        let practice = Work::Practice(GivenSet { wish, feedback });
        assert_eq!(practice.feedback(), feedback);
        assert!(!practice.counts());
    }

    #[test]
    fn an_exception_holds_for_its_learner_and_never_against_them() {
        let given = mock(FeedbackPolicy::AfterDue);
        let later = given.due_at + TimeDelta::days(2);
        let granted = |due_at, extra_attempts| Exception {
            due_at,
            extra_attempts,
        };
        let theirs = given.clone().for_learner(Some(&granted(Some(later), 1)));
        assert_eq!(theirs.may_begin(2, given.due_at), Ok(()));
        assert_eq!(
            theirs.may_begin(3, given.due_at),
            Err(Closed::NoAttemptsLeft)
        );
        assert_eq!(theirs.open(later), Err(Closed::Over(later)));
        // Their keys wait for their own last day too; those of the others do not.
        assert!(given.shows_keys(given.due_at) && !theirs.shows_keys(given.due_at));
        assert!(theirs.shows_keys(later));
        let earlier = Some(given.opens_at);
        let same = given.clone().for_learner(Some(&granted(earlier, 0)));
        assert_eq!(same, given);
        assert_eq!(given.clone().for_learner(None), given);
    }

    #[test]
    fn days_begin_and_end_where_the_school_is() {
        let almaty = chrono_tz::Asia::Almaty;
        let begin = begin_of_day(day("2026-11-23"), almaty);
        assert_eq!(begin, at("2026-11-22T19:00:00Z"));
        let end = end_of_day(day("2026-11-27"), almaty);
        assert_eq!(end, at("2026-11-27T19:00:00Z"));
        assert_eq!(last_day(end, almaty), day("2026-11-27"));
        // The day on which the clocks go forward in Berlin has 23 hours.
        let berlin = chrono_tz::Europe::Berlin;
        let short = day("2026-03-29");
        let length = end_of_day(short, berlin) - begin_of_day(short, berlin);
        assert_eq!(length, TimeDelta::hours(23));
        // In Beirut midnight itself was left out.
        let beirut = chrono_tz::Asia::Beirut;
        let begin = begin_of_day(day("2022-03-27"), beirut);
        assert_eq!(begin, at("2022-03-26T22:00:00Z"));
    }
}
