//! The demonstration: a school with its people and a month of what they did, all of it invented, made by the same use
//! cases that real people use, while a clock of its own walks through the month.
//!
//! It is the same each time for the same seed and moment, but for ids, codes and tokens. What others want to be seen
//! besides belongs into `afterwards`.

mod people;
mod sitting;
mod story;

use chrono::{Days, NaiveDate, TimeDelta};
use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};

use crate::clock::ManualClock;
use crate::domain::{
    Timestamp,
    accommodation::Accommodation,
    assignment::{Assignment, FeedbackPolicy, GivenSet, ResultsPolicy, Work, begin_of_day},
    id::{GroupId, SchoolId},
    practice::Wish,
    rules::Section,
};
use crate::service::{Account, Chance, Demonstration, Exam, Failure, NewAssignment};
use people::{GROUP_SIZE, LEARNERS, OWNER, TUTORS, address, named};
use sitting::{Pupil, Sitting};
use story::{CLASSES, Class, Given, Sat, Task};

/// The seed of the demonstration that `synaq serve --demo` makes.
pub const SEED: u64 = 2026;

/// The zone of its school.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Almaty;

/// The days through which its clock walks.
const DAYS: u64 = 30;

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database holds people who are not invented.
    #[error(
        "this database is in use, and a demonstration would mix invented people with real ones; \
         name another with --database"
    )]
    Real,
    /// Making it was interrupted before.
    #[error(
        "the demonstration in this database was not made to the end; delete the database and start again"
    )]
    Torn,
    /// A task of it ended early.
    #[error("making the demonstration was stopped")]
    Stopped,
    /// A use case refused.
    #[error("making the demonstration: {0}")]
    Failure(#[from] Failure),
}

/// Its people.
struct Cast {
    owner: Account,
    tutors: Vec<Account>,
    school: SchoolId,
    groups: Vec<(GroupId, Vec<Pupil>)>,
}

/// Something that happens on a day.
enum Happening<'a> {
    Give(&'a Given),
    Sit(&'a Given, i64),
}

/// Makes the demonstration in the empty database of this service, whose clock is `clock`; the month ends at `end`. Where
/// it was made before, nothing is done. `progress` is told percents.
///
/// # Errors
/// [`DemoError`].
pub async fn make(
    exam: &Exam,
    clock: &ManualClock,
    end: Timestamp,
    seed: u64,
    progress: impl Fn(u32),
) -> Result<(), DemoError> {
    let today = end.with_timezone(&ZONE).date_naive();
    let first = today.checked_sub_days(Days::new(DAYS)).unwrap_or(today);
    clock.set(begin_of_day(first, ZONE) + TimeDelta::hours(9));
    match exam.begin_demonstration(seed).await? {
        Demonstration::Begun => {}
        Demonstration::Whole => return Ok(()),
        Demonstration::Torn => return Err(DemoError::Torn),
        Demonstration::Real => return Err(DemoError::Real),
    }
    let exam = exam.clone().with_chance(Chance::seeded(seed));
    let mut chance = ChaCha12Rng::seed_from_u64(seed);
    let cast = cast(&exam, &mut chance).await?;
    let mut sitting = Sitting::new(&exam, clock);
    let mut given: Vec<Vec<Option<Assignment>>> = CLASSES
        .iter()
        .map(|class| class.given.iter().map(|_| None).collect())
        .collect();
    for day in 0..=DAYS {
        let days_ago = (DAYS - day) as i64;
        let date = first.checked_add_days(Days::new(day)).unwrap_or(today);
        let morning = (begin_of_day(date, ZONE) + TimeDelta::hours(9)).min(end);
        sitting
            .run(morning.max(exam.clock().now()), &mut chance)
            .await?;
        for (n, class) in CLASSES.iter().enumerate() {
            let (group, pupils) = &cast.groups[n];
            let tutor = &cast.tutors[n % cast.tutors.len()];
            for (k, what) in happenings(class, days_ago) {
                match what {
                    Happening::Give(what) => {
                        let made = give(&exam, tutor, group, what, date).await?;
                        given[n][k] = made;
                    }
                    Happening::Sit(what, hour) => {
                        let Some(made) = &given[n][k] else { continue };
                        let at = match what.sat {
                            Sat::Now => None,
                            _ => Some(begin_of_day(date, ZONE) + TimeDelta::hours(hour)),
                        };
                        sit(&mut sitting, made, pupils, at, end, &mut chance);
                    }
                }
            }
        }
        private(&exam, &mut sitting, &cast, days_ago, &mut chance).await?;
        progress((day * 95 / DAYS) as u32);
    }
    sitting.run(end, &mut chance).await?;
    afterwards(&exam, &cast, &given).await?;
    exam.end_demonstration().await?;
    progress(100);
    Ok(())
}

/// Makes the accounts, the school and its groups; everybody joins by a code.
async fn cast(exam: &Exam, chance: &mut ChaCha12Rng) -> Result<Cast, DemoError> {
    let one = |name: &str, kind: &str, n: usize| (named(name), address(kind, n));
    let mut people = vec![one(OWNER, "owner", 1)];
    people.extend(
        TUTORS
            .iter()
            .zip(1..)
            .map(|(name, n)| one(name, "tutor", n)),
    );
    people.extend(
        LEARNERS
            .iter()
            .zip(1..)
            .map(|(name, n)| one(name, "learner", n)),
    );
    let mut accounts = exam.invent_accounts(&people).await?.into_iter();
    let owner = accounts.next().ok_or(DemoError::Stopped)?;
    let tutors: Vec<Account> = accounts.by_ref().take(TUTORS.len()).collect();
    let school = exam
        .make_school(&owner, &named("Tilashar language school"), ZONE.name())
        .await?
        .id;
    for tutor in &tutors {
        let email = tutor.email.clone().unwrap_or_default();
        let invited = exam.invite_tutor(&owner, &school, &email).await?;
        let code = invited.code.to_string();
        exam.accept_invitation(tutor, &invited.invitation.id, &code)
            .await?;
    }
    let mut groups = Vec::new();
    for (n, class) in CLASSES.iter().enumerate() {
        let tutor = &tutors[n % tutors.len()];
        let group = exam.make_group(tutor, &school, class.name).await?.id;
        let code = exam.make_code(tutor, &group, 90).await?.code;
        let mut pupils = Vec::new();
        for account in accounts.by_ref().take(GROUP_SIZE) {
            exam.join(&account, code.as_str()).await?;
            // The sum of three is near enough to a bell.
            let spread: f64 = (0..3).map(|_| chance.random_range(-0.8..0.8)).sum();
            pupils.push(Pupil {
                account,
                ability: class.ability + spread,
                pace: chance.random_range(0.6..1.2),
            });
        }
        groups.push((group, pupils));
    }
    Ok(Cast {
        owner,
        tutors,
        school,
        groups,
    })
}

/// What happens in a class on a day, by its place among what the class is given.
fn happenings(class: &Class, days_ago: i64) -> Vec<(usize, Happening<'_>)> {
    let mut happenings = Vec::new();
    for (k, what) in class.given.iter().enumerate() {
        if what.days_ago == days_ago {
            happenings.push((k, Happening::Give(what)));
        }
        match what.sat {
            Sat::On { days_ago: on, hour } if on == days_ago => {
                happenings.push((k, Happening::Sit(what, hour)));
            }
            Sat::Now if days_ago == 0 => happenings.push((k, Happening::Sit(what, 0))),
            _ => {}
        }
    }
    happenings
}

/// A level at which the bank has something of a section: the wanted one, or else the first.
fn wish(exam: &Exam, section: Section, level: crate::domain::level::Level, items: u32) -> Wish {
    let bank = &exam.content().bank;
    let mut levels: Vec<_> = bank
        .testlets()
        .filter(|edition| edition.testlet.section == section)
        .map(|edition| edition.testlet.level)
        .collect();
    levels.sort_unstable();
    let there = levels.contains(&level);
    let first = levels.first().copied();
    let level = match there {
        true => level,
        false => first.unwrap_or(level),
    };
    Wish::new(section, level, items)
}

async fn give(
    exam: &Exam,
    tutor: &Account,
    group: &GroupId,
    what: &Given,
    date: NaiveDate,
) -> Result<Option<Assignment>, DemoError> {
    let after = |days: i64| {
        date.checked_add_days(Days::new(days.unsigned_abs()))
            .unwrap_or(date)
    };
    let work = match what.task {
        Task::Mock { counts, feedback } => Work::Mock {
            rule: exam.settings().default_rule.clone(),
            counts,
            feedback,
            results: ResultsPolicy::AtOnce,
            delivery: None,
        },
        Task::Practice {
            section,
            level,
            items,
        } => Work::Practice(GivenSet {
            wish: wish(exam, section, level, items),
            feedback: FeedbackPolicy::AtOnce,
        }),
    };
    let new = NewAssignment {
        title: what.title.to_owned(),
        work,
        opens: (what.opens_after > 0).then(|| after(what.opens_after)),
        due: after(what.due_after),
        attempts: 1,
        learners: None,
    };
    let made = exam.give(tutor, group, new).await?;
    if what.withdrawn {
        exam.withdraw(tutor, &made.id).await?;
    }
    Ok(Some(made))
}

/// Plans who sits it: all but a few, at a moment or, without one, so that it goes on at the end of the month.
fn sit(
    sitting: &mut Sitting<'_>,
    given: &Assignment,
    pupils: &[Pupil],
    at: Option<Timestamp>,
    end: Timestamp,
    chance: &mut ChaCha12Rng,
) {
    for (n, pupil) in pupils.iter().enumerate() {
        if chance.random_bool(0.08) {
            continue; // ill, or forgot
        }
        let minutes = match (at, n % 5) {
            (Some(_), _) => chance.random_range(0..6),
            // Some are in the second section already, most in the first, the last have just begun.
            (None, 0) => -40,
            (None, 4) => -3,
            (None, _) => -12,
        };
        let begins = at.unwrap_or(end) + TimeDelta::minutes(minutes);
        let able = Pupil {
            ability: pupil.ability + growth(given, end),
            ..pupil.clone()
        };
        sitting.begin(begins, &able, &given.id);
    }
}

/// What the group has learnt since the month began: half a logit by its end.
fn growth(given: &Assignment, end: Timestamp) -> f64 {
    let left = (end - given.made_at).num_days().clamp(0, DAYS as i64);
    0.5 * (1.0 - left as f64 / DAYS as f64)
}

/// Some practise by themselves, which the school does not see.
async fn private(
    exam: &Exam,
    sitting: &mut Sitting<'_>,
    cast: &Cast,
    days_ago: i64,
    chance: &mut ChaCha12Rng,
) -> Result<(), DemoError> {
    if days_ago == 0 || days_ago % 6 != 0 {
        return Ok(());
    }
    for (_, pupils) in &cast.groups {
        for pupil in pupils.iter().step_by(7) {
            let wish = wish(exam, Section::Reading, crate::domain::level::Level::A2, 5);
            let paper = exam.create_practice(&pupil.account.id, &wish).await?;
            let at = exam.clock().now() + TimeDelta::minutes(chance.random_range(1..30));
            sitting.alone(at, pupil, &paper, chance);
        }
    }
    Ok(())
}

/// What is done when the month is over: an attempt is declared void, tutors comment, other conditions are granted; what
/// else is to be seen comes here.
async fn afterwards(
    exam: &Exam,
    cast: &Cast,
    given: &[Vec<Option<Assignment>>],
) -> Result<(), DemoError> {
    let made = CLASSES.iter().zip(given).zip(&cast.groups);
    for ((class, given), (_, pupils)) in made {
        for (what, made) in class.given.iter().zip(given) {
            let Some(made) = made.as_ref().filter(|_| what.voids_one) else {
                continue;
            };
            for pupil in pupils {
                let view = exam.assignment(&pupil.account, &made.id).await?;
                if let Some(attempt) = view.mine.iter().find(|one| one.state == "finished") {
                    let why = "the power failed in the building";
                    let tutor = cast.tutors[0].id.as_str();
                    exam.void(&pupil.account.id, &attempt.id, tutor, why)
                        .await?;
                    break;
                }
            }
        }
    }
    for ((n, (_, pupils)), given) in cast.groups.iter().enumerate().zip(given) {
        let tutor = &cast.tutors[n % cast.tutors.len()];
        say(exam, tutor, pupils, given.iter().flatten()).await?;
        if let Some(pupil) = pupils.get(n + 1) {
            let terms = Accommodation {
                extra_percent: 25,
                larger_text: true,
                ..Accommodation::default()
            };
            let who = &pupil.account.id;
            exam.accommodate(tutor, &cast.school, who, terms, "low vision")
                .await?;
        }
    }
    let school = exam.school(&cast.owner, &cast.school).await?;
    tracing::debug!(school = school.school.name, "the demonstration is made");
    Ok(())
}

/// A tutor says something to those of a class who have finished what was given first.
async fn say(
    exam: &Exam,
    tutor: &Account,
    pupils: &[Pupil],
    mut given: impl Iterator<Item = &Assignment>,
) -> Result<(), DemoError> {
    const WORDS: [&str; 3] = [
        "Жақсы! Мәтінді екінші рет асықпай оқыңыз.",
        "Well done. Next time answer every question: a wrong answer costs nothing.",
        "Хороший результат. Повторите, пожалуйста, падежи.",
    ];
    let Some(first) = given.next() else {
        return Ok(());
    };
    let mut words = WORDS.iter();
    for pupil in pupils {
        let view = exam.assignment(&pupil.account, &first.id).await?;
        let finished = view.mine.iter().find(|one| one.state == "finished");
        let Some(attempt) = finished else { continue };
        let Some(text) = words.next() else {
            return Ok(());
        };
        exam.comment(tutor, &first.id, &attempt.id, None, text)
            .await?;
    }
    Ok(())
}
