//! A school with its people, so that a test can begin where it matters.

use chrono::NaiveDate;
use synaq::domain::assignment::{Assignment, FeedbackPolicy, GivenSet, ResultsPolicy, Work};
use synaq::domain::id::{AttemptId, GroupId, RuleId, SchoolId};
use synaq::domain::level::Level;
use synaq::domain::practice::Wish;
use synaq::domain::rules::Section::{self, Listening, Reading};
use synaq::service::{Account, Failure, Gradebook, InvitedTutor, NewAccount, NewAssignment};

use super::World;

/// A password that is long enough.
pub const PASSWORD: &str = "ақ бота көк тау";

/// An owner, a tutor, and a group with one learner.
#[derive(Debug)]
pub struct Class {
    /// Owns the school.
    pub owner: Account,
    /// Teaches in it.
    pub tutor: Account,
    /// Is in the group.
    pub learner: Account,
    /// The school.
    pub school: SchoolId,
    /// The group.
    pub group: GroupId,
}

/// Somebody with an account: `name@example.org`.
pub async fn account(world: &World, name: &str) -> Account {
    let new = NewAccount {
        email: format!("{}@example.org", name.to_lowercase()),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
    };
    world.exam.sign_up(new, None).await.expect(name).account
}

/// Whoever is invited to teach accepts, with the code that the school told them.
pub async fn accept(world: &World, who: &Account, invited: &InvitedTutor) {
    let code = invited.code.to_string();
    let accepted = world
        .exam
        .accept_invitation(who, &invited.invitation.id, &code);
    accepted.await.expect("a tutor");
}

/// The last day of November 2026 and so on: a day.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

/// A mock that counts, with the keys at once.
pub fn mock() -> Work {
    Work::Mock {
        rule: RuleId::new("short"),
        counts: true,
        feedback: FeedbackPolicy::AtOnce,
        results: ResultsPolicy::AtOnce,
        delivery: None,
    }
}

/// A mock as training, with this policy.
pub fn training(feedback: FeedbackPolicy) -> Work {
    Work::Mock {
        rule: RuleId::new("short"),
        counts: false,
        feedback,
        results: ResultsPolicy::AtOnce,
        delivery: None,
    }
}

/// A practice set in reading.
pub fn reading() -> Work {
    set(
        Wish::new(Section::Reading, Level::A2, 4),
        FeedbackPolicy::AtOnce,
    )
}

/// A practice set with this policy.
pub fn set(wish: Wish, feedback: FeedbackPolicy) -> Work {
    Work::Practice(GivenSet { wish, feedback })
}

/// Open at once, due on Friday, so many attempts.
pub fn new(work: Work, attempts: u32) -> NewAssignment {
    NewAssignment {
        title: "Week 1".to_owned(),
        work,
        opens: None,
        due: day("2026-11-27"),
        attempts,
        learners: None,
    }
}

impl Class {
    /// A new school whose people's names begin like this.
    pub async fn of(world: &World, prefix: &str) -> Self {
        let exam = &world.exam;
        let named = |role: &str| format!("{prefix}-{role}");
        let owner = account(world, &named("owner")).await;
        let tutor = account(world, &named("tutor")).await;
        let made = exam
            .make_school(&owner, &named("school"), "Asia/Almaty")
            .await;
        let school = made.expect("a school").id;
        let email = tutor.email.as_deref().expect("an address");
        let invited = exam.invite_tutor(&owner, &school, email).await;
        accept(world, &tutor, &invited.expect("an invitation")).await;
        let group = exam.make_group(&tutor, &school, &named("group")).await;
        let group = group.expect("a group").id;
        let learner = account(world, &named("learner")).await;
        let class = Self {
            owner,
            tutor,
            learner,
            school,
            group,
        };
        class.admit(world, &class.learner).await;
        class
    }

    /// Somebody joins the group by a new code.
    pub async fn admit(&self, world: &World, who: &Account) {
        let code = world.exam.make_code(&self.tutor, &self.group, 1).await;
        let code = code.expect("a code").code;
        world.exam.join(who, code.as_str()).await.expect("joined");
        let revoked = world
            .exam
            .revoke_code(&self.tutor, &self.group, code.as_str());
        revoked.await.expect("taken back");
    }

    /// The tutor gives the group this.
    pub async fn give(&self, world: &World, new: NewAssignment) -> Assignment {
        let given = world.exam.give(&self.tutor, &self.group, new).await;
        given.expect("an assignment")
    }
}

/// An attempt for an assignment.
pub async fn start(world: &World, who: &Account, given: &Assignment) -> Result<AttemptId, Failure> {
    world.exam.start_assignment(who, &given.id, None).await
}

/// A whole mock that was given, with so many right answers.
pub async fn sit(world: &World, who: &Account, id: &AttemptId, listening: usize, reading: usize) {
    world.sit(&who.id, id, Listening, listening).await;
    world.sit(&who.id, id, Reading, reading).await;
}

/// The tutor's table.
pub async fn table(world: &World, class: &Class, given: &Assignment) -> Gradebook {
    let table = world.exam.gradebook(&class.tutor, &given.id).await;
    table.expect("a table")
}
