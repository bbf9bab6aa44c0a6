//! Schools on both engines: who belongs, how one joins and leaves, and that another school's things do not exist.

use chrono::TimeDelta;
use synaq::domain::access::Act;
use synaq::domain::id::{GroupId, SchoolId};
use synaq::domain::school::{CodeRefused, SchoolRole};
use synaq::service::{Account, Failure};

use crate::support::school::{Class, accept, account};
use crate::support::world::ms;
use crate::support::{Place, World, on_both};

async fn role(world: &World, who: &Account, school: &SchoolId) -> Option<SchoolRole> {
    let schools = world.exam.schools(who).await.expect("a list");
    let known = schools.into_iter().find(|(known, _)| known.id == *school);
    known.and_then(|(_, role)| role)
}

/// What was recorded in a school, in order.
async fn recorded(place: &Place, school: &SchoolId) -> Vec<String> {
    let sql = format!("select kind from events where school_id = '{school}' order by id");
    let rows = place.rows(&sql).await;
    rows.into_iter().flatten().flatten().collect()
}

#[tokio::test]
async fn a_code_lets_a_learner_in_until_it_expires() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let code = exam.make_code(&class.tutor, &class.group, 7).await;
        let code = code.expect("a code");
        let learner = account(&world, "late").await;

        let typed = code.code.to_string().to_lowercase();
        let shown = exam.invitation(&typed).await.expect("an invitation");
        assert_eq!(shown.group.id, class.group);
        assert_eq!(
            role(&world, &learner, &class.school).await,
            None,
            "only looked"
        );

        world.clock.advance(TimeDelta::days(7) - ms(1));
        let joined = exam.join(&learner, &typed).await.expect("joined");
        assert_eq!(joined.id, class.group);
        assert_eq!(
            role(&world, &learner, &class.school).await,
            Some(SchoolRole::Learner)
        );
        exam.join(&learner, &typed)
            .await
            .expect("again is harmless");
        let view = exam
            .group(&class.tutor, &class.group)
            .await
            .expect("a view");
        assert_eq!(view.learners.len(), 2);

        world.clock.advance(ms(1));
        let other = account(&world, "later").await;
        for answer in [
            exam.join(&other, &typed).await.map(drop),
            exam.invitation(&typed).await.map(drop),
        ] {
            assert!(matches!(answer, Err(Failure::Code(CodeRefused::Expired))));
        }
        assert_eq!(role(&world, &other, &class.school).await, None);
        let view = exam
            .group(&class.tutor, &class.group)
            .await
            .expect("a view");
        assert_eq!(view.codes, [], "one that lets nobody in is not offered");
    })
    .await;
}

#[tokio::test]
async fn a_code_that_was_taken_back_lets_nobody_in() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let other = Class::of(&world, "two").await;
        let exam = &world.exam;
        let code = exam.make_code(&class.tutor, &class.group, 7).await;
        let code = code.expect("a code").code;
        let text = code.as_str();

        // Nobody takes back the code of a group that is not theirs.
        let theirs = exam.revoke_code(&other.tutor, &other.group, text).await;
        assert!(matches!(theirs, Err(Failure::NoSuchCode)), "{theirs:?}");
        let hidden = exam.revoke_code(&other.tutor, &class.group, text).await;
        assert!(matches!(hidden, Err(Failure::NothingHere)), "{hidden:?}");
        exam.invitation(text).await.expect("still open");

        exam.revoke_code(&class.owner, &class.group, text)
            .await
            .expect("taken back");
        exam.revoke_code(&class.owner, &class.group, text)
            .await
            .expect("again is harmless");
        let learner = account(&world, "late").await;
        let refused = exam.join(&learner, text).await;
        assert!(
            matches!(refused, Err(Failure::Code(CodeRefused::Revoked))),
            "{refused:?}"
        );
        let guest = exam.guest().await.expect("a guest").account;
        for nonsense in ["", "AAAA", "'; drop", "\0", "ABCD-EFGH", "ABCDEFGHJKLMN"] {
            let none = exam.join(&learner, nonsense).await;
            assert!(matches!(none, Err(Failure::NoSuchCode)), "{nonsense:?}");
            let none = exam.join(&guest, nonsense).await;
            assert!(matches!(none, Err(Failure::NoSuchCode)), "{nonsense:?}");
        }
        assert_eq!(
            recorded(place, &class.school)
                .await
                .last()
                .map(String::as_str),
            Some("code-revoked")
        );
    })
    .await;
}

#[tokio::test]
async fn a_guest_signs_up_first() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let guest = world.exam.guest().await.expect("a guest").account;
        let made = world
            .exam
            .make_school(&guest, "School", "Asia/Almaty")
            .await;
        assert!(matches!(made, Err(Failure::AccountNeeded)), "{made:?}");
        let code = world.exam.make_code(&class.tutor, &class.group, 1).await;
        let code = code.expect("a code").code;
        let joined = world.exam.join(&guest, code.as_str()).await;
        assert!(matches!(joined, Err(Failure::AccountNeeded)), "{joined:?}");
        assert_eq!(world.exam.schools(&guest).await.expect("a list"), []);
    })
    .await;
}

#[tokio::test]
async fn a_tutor_is_invited_by_address() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let add =
            async |who: &Account, email: &str| exam.invite_tutor(who, &class.school, email).await;
        for (email, problem) in [
            ("", "missing"),
            ("nobody", "not-an-address"),
            ("one-owner@example.org", "teaches"),
            (" One-Tutor@example.org", "teaches"),
        ] {
            let refused = add(&class.owner, email).await;
            match refused {
                Err(Failure::Invalid {
                    field: "email",
                    problem: found,
                }) => assert_eq!(found, problem),
                other => panic!("{email}: {other:?}"),
            }
        }
        let learner = class.learner.email.clone().expect("an address");
        let by_tutor = add(&class.tutor, &learner).await;
        assert!(matches!(by_tutor, Err(Failure::NotAllowed)), "{by_tutor:?}");

        // A learner who becomes a tutor is in no group any more.
        let invited = add(&class.owner, &format!(" {} ", learner.to_uppercase()))
            .await
            .expect("an invitation");
        accept(&world, &class.learner, &invited).await;
        assert_eq!(
            role(&world, &class.learner, &class.school).await,
            Some(SchoolRole::Tutor)
        );
        let view = exam
            .group(&class.learner, &class.group)
            .await
            .expect("a view");
        assert!(view.may(Act::ManageGroup) && view.learners.is_empty());
        // Whoever teaches stays that when they use a code.
        class.admit(&world, &class.tutor).await;
        assert_eq!(
            role(&world, &class.tutor, &class.school).await,
            Some(SchoolRole::Tutor)
        );
        let added = recorded(place, &class.school).await;
        let added = added.iter().filter(|kind| *kind == "tutor-added").count();
        assert_eq!(added, 2, "what changed nothing is no event");
    })
    .await;
}

#[tokio::test]
async fn leaving_takes_access_and_nothing_else() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let hidden = |result: Result<_, Failure>| matches!(result, Err(Failure::NothingHere));

        exam.leave_group(&class.learner, &class.group)
            .await
            .expect("left");
        assert!(hidden(
            exam.group(&class.learner, &class.group).await.map(drop)
        ));
        assert!(hidden(
            exam.school(&class.learner, &class.school).await.map(drop)
        ));
        assert!(hidden(exam.leave_group(&class.learner, &class.group).await));

        let last = exam.leave_school(&class.owner, &class.school).await;
        assert!(matches!(last, Err(Failure::LastOwner)), "{last:?}");
        exam.leave_school(&class.tutor, &class.school)
            .await
            .expect("left");
        assert!(hidden(
            exam.group(&class.tutor, &class.group).await.map(drop)
        ));
        let view = exam
            .school(&class.owner, &class.school)
            .await
            .expect("a view");
        assert_eq!(view.members.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_learner_sees_their_own_groups_and_who_teaches() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let second = exam
            .make_group(&class.owner, &class.school, "Evening")
            .await;
        let second = second.expect("a group").id;

        let seen = exam
            .school(&class.learner, &class.school)
            .await
            .expect("a view");
        let groups: Vec<&GroupId> = seen.groups.iter().map(|line| &line.group.id).collect();
        assert_eq!(groups, [&class.group]);
        assert!(seen.groups.iter().all(|line| line.learners.is_none()));
        assert!(seen.members.iter().all(|member| member.role.teaches()));
        let own = exam
            .group(&class.learner, &class.group)
            .await
            .expect("a view");
        assert!(own.learners.is_empty() && own.codes.is_empty());
        let other = exam.group(&class.learner, &second).await;
        assert!(matches!(other, Err(Failure::NothingHere)), "{other:?}");

        let all = exam
            .school(&class.tutor, &class.school)
            .await
            .expect("a view");
        assert_eq!((all.groups.len(), all.members.len()), (2, 3));
    })
    .await;
}

#[tokio::test]
async fn names_and_zones_are_checked() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let long = "б".repeat(101);
        for (name, zone, expected) in [
            ("", "Asia/Almaty", ("name", "missing")),
            ("  ", "Asia/Almaty", ("name", "missing")),
            (long.as_str(), "Asia/Almaty", ("name", "too-long")),
            ("a\nb", "Asia/Almaty", ("name", "too-long")),
            ("School", "Asia/Nowhere", ("zone", "unknown")),
        ] {
            match exam.make_school(&class.owner, name, zone).await {
                Err(Failure::Invalid { field, problem }) => {
                    assert_eq!((field, problem), expected, "{name:?} {zone}");
                }
                other => panic!("{name:?} {zone}: {other:?}"),
            }
        }
        exam.rename_school(&class.owner, &class.school, " Тіл әлемі ")
            .await
            .expect("renamed");
        let view = exam
            .school(&class.tutor, &class.school)
            .await
            .expect("a view");
        assert_eq!(view.school.name, "Тіл әлемі");
        for id in [
            "",
            "none",
            "\0",
            "Ж",
            "01a00000-0000-7000-8000-000000000000",
        ] {
            let none = exam.school(&class.owner, &SchoolId::new(id)).await;
            assert!(matches!(none, Err(Failure::NothingHere)), "{id:?}");
            let none = exam.group(&class.owner, &GroupId::new(id)).await;
            assert!(matches!(none, Err(Failure::NothingHere)), "{id:?}");
        }
    })
    .await;
}
