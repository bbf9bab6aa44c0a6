//! People of a school on both engines: invitations by address, rosters, roles, who is taken out of a group.

use chrono::TimeDelta;
use synaq::domain::id::{InvitationId, LearnerId, SchoolId};
use synaq::domain::invitation::INVITATION_DAYS;
use synaq::domain::roster::{Fate, Row, RowFault, parse};
use synaq::domain::school::SchoolRole;
use synaq::service::{Account, Failure, InvitedTutor};

use crate::support::school::{Class, account};
use crate::support::world::ms;
use crate::support::{Place, World, on_both};

async fn role(world: &World, who: &Account, school: &SchoolId) -> Option<SchoolRole> {
    let schools = world.exam.schools(who).await.expect("a list");
    let known = schools.into_iter().find(|(known, _)| known.id == *school);
    known.and_then(|(_, role)| role)
}

/// What was recorded in a school: kind and detail, in order.
async fn recorded(place: &Place, school: &SchoolId) -> Vec<(String, String)> {
    let sql = format!("select kind, detail from events where school_id = '{school}' order by id");
    let rows = place.rows(&sql).await.into_iter();
    rows.map(|row| {
        let mut cells = row.into_iter().flatten();
        let mut next = || cells.next().expect("text");
        (next(), next())
    })
    .collect()
}

async fn waiting(world: &World, who: &Account) -> Vec<InvitationId> {
    let waiting = world.exam.invitations(who).await.expect("invitations");
    let waiting = waiting.into_iter();
    waiting.map(|named| named.invitation.id).collect()
}

fn hidden<T: std::fmt::Debug>(result: Result<T, Failure>) -> bool {
    match result {
        Err(Failure::NothingHere) => true,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_invitation_says_the_same_whether_there_is_an_account_or_not() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let there = account(&world, "there").await;
        let mut told = Vec::new();
        for email in ["there@example.org", "nowhere@example.org"] {
            let made = exam.invite_tutor(&class.owner, &class.school, email).await;
            let made = made.expect("an invitation");
            told.push(made.code.to_string());
            let again = exam
                .invite_tutor(
                    &class.owner,
                    &class.school,
                    &format!(" {} ", email.to_uppercase()),
                )
                .await;
            assert_eq!(again.expect("the same"), made, "{email}");
        }
        let view = exam.school(&class.owner, &class.school).await;
        let view = view.expect("a view");
        let invited = view.invited.iter();
        let emails: Vec<&str> = invited.map(|one| one.invitation.email.as_str()).collect();
        assert_eq!(emails, ["nowhere@example.org", "there@example.org"]);
        assert_eq!(view.members.len(), 3, "nobody belongs before they accept");
        let view = exam.school(&class.tutor, &class.school).await;
        assert_eq!(view.expect("a view").invited, [], "owners invite tutors");
        assert_eq!(role(&world, &there, &class.school).await, None);
        assert!(hidden(exam.school(&there, &class.school).await.map(drop)));

        // Whoever makes the account afterwards finds it too.
        let late = account(&world, "nowhere").await;
        for (who, code) in [&there, &late].into_iter().zip(&told) {
            let mine = waiting(&world, who).await;
            assert_eq!(mine.len(), 1);
            exam.accept_invitation(who, &mine[0], code)
                .await
                .expect("accepted");
            assert_eq!(
                role(&world, who, &class.school).await,
                Some(SchoolRole::Tutor)
            );
            assert_eq!(waiting(&world, who).await, []);
            assert!(hidden(exam.accept_invitation(who, &mine[0], code).await));
        }
        for (kind, detail) in recorded(place, &class.school).await {
            assert!(!detail.contains('@'), "{kind} holds an address: {detail}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_for_its_address_until_it_is_over() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let other = Class::of(&world, "two").await;
        let exam = &world.exam;
        let guest = exam.guest().await.expect("a guest").account;
        let invited = account(&world, "invited").await;
        let invite = async || {
            exam.invite_tutor(&class.owner, &class.school, "invited@example.org")
                .await
                .expect("an invitation")
        };
        // With the right code each time: what is refused is refused whatever is typed.
        let accept = async |who: &Account, one: &InvitedTutor| {
            let code = one.code.to_string();
            let accepted = exam.accept_invitation(who, &one.invitation.id, &code);
            accepted.await
        };
        let invitation = invite().await;
        let first = &invitation.invitation.id;
        for stranger in [&other.owner, &class.learner, &class.owner] {
            assert!(hidden(accept(stranger, &invitation).await));
            assert!(hidden(exam.decline_invitation(stranger, first).await));
        }
        let refused = accept(&guest, &invitation).await;
        assert!(matches!(refused, Err(Failure::AccountNeeded)));
        assert!(hidden(exam.revoke_invitation(&other.owner, first).await));
        let refused = exam.revoke_invitation(&class.tutor, first).await;
        assert!(matches!(refused, Err(Failure::NotAllowed)), "{refused:?}");
        for none in ["", "\0", "Ж", "none"] {
            let none = InvitationId::new(none);
            assert!(hidden(exam.accept_invitation(&invited, &none, "").await));
            assert!(hidden(exam.revoke_invitation(&class.owner, &none).await));
        }

        exam.decline_invitation(&invited, first)
            .await
            .expect("declined");
        assert!(hidden(accept(&invited, &invitation).await));
        let second = invite().await;
        assert_ne!(second.invitation.id, *first, "declined is not for ever");
        assert_ne!(second.code, invitation.code);
        for _ in 0..2 {
            exam.revoke_invitation(&class.owner, &second.invitation.id)
                .await
                .expect("taken back; again is harmless");
        }
        assert!(hidden(accept(&invited, &second).await));
        let third = invite().await;
        world
            .clock
            .advance(TimeDelta::days(INVITATION_DAYS) - ms(1));
        assert_eq!(
            waiting(&world, &invited).await,
            std::slice::from_ref(&third.invitation.id)
        );
        world.clock.advance(ms(1));
        assert_eq!(waiting(&world, &invited).await, []);
        assert!(hidden(accept(&invited, &third).await));
        assert_eq!(role(&world, &invited, &class.school).await, None);

        let events = recorded(place, &class.school).await;
        let count = |kind: &str| events.iter().filter(|(one, _)| one == kind).count();
        assert_eq!(
            [
                "invitation-made",
                "invitation-declined",
                "invitation-revoked"
            ]
            .map(count),
            // One more was made for the tutor of the class.
            [4, 1, 1]
        );
        // Whoever declines stays unknown to the school.
        let sql = format!(
            "select actor from events where kind = 'invitation-declined' \
             and actor <> '{}'",
            invited.id
        );
        assert_eq!(place.rows(&sql).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn to_teach_one_needs_the_code_that_the_school_has() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let invite = async |email: &str| {
            let made = exam.invite_tutor(&class.owner, &class.school, email).await;
            made.expect("an invitation")
        };
        let (invited, another) = (
            invite("colleague@example.org").await,
            invite("another@example.org").await,
        );
        let id = &invited.invitation.id;
        // Nobody proves an address: the account may be anybody's who guessed it.
        let somebody = account(&world, "colleague").await;
        let before = recorded(place, &class.school).await;
        let anothers = another.code.to_string();
        for (code, expected) in [
            ("", "needed"),
            (" ", "needed"),
            ("ABCD-EFGH", "mismatch"),
            ("ABCD-EFGH-JKMN", "mismatch"),
            (anothers.as_str(), "mismatch"),
        ] {
            match exam.accept_invitation(&somebody, id, code).await {
                Err(Failure::Invalid {
                    field: "code",
                    problem,
                }) => assert_eq!(problem, expected, "{code:?}"),
                other => panic!("{code:?}: {other:?}"),
            }
        }
        assert_eq!(role(&world, &somebody, &class.school).await, None);
        assert_eq!(recorded(place, &class.school).await, before);
        assert_eq!(
            waiting(&world, &somebody).await,
            std::slice::from_ref(id),
            "it waits on"
        );

        let typed = invited.code.to_string().to_lowercase().replace('-', " ");
        exam.accept_invitation(&somebody, id, &format!(" {typed} "))
            .await
            .expect("accepted");
        assert_eq!(
            role(&world, &somebody, &class.school).await,
            Some(SchoolRole::Tutor)
        );
        // To say no, no code is needed.
        let other = account(&world, "another").await;
        exam.decline_invitation(&other, &another.invitation.id)
            .await
            .expect("declined");
        let told = [&invited, &another].map(|one| one.code.to_string());
        for (kind, detail) in recorded(place, &class.school).await {
            let told = told.iter().any(|code| detail.contains(code.as_str()));
            assert!(!told, "{kind} holds a code: {detail}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_roster_is_imported_whole_or_not_at_all() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let import = async |who: &Account, text: &str, confirm: bool| {
            let rows = parse(text).expect("rows");
            exam.roster(who, &class.group, rows, confirm).await
        };
        let text = "name;email\nAnna;anna@example.org\nLearner;One-Learner@example.org\n\
                    Tutor;one-tutor@example.org\nAnna K;ANNA@example.org\nNew;new@example.org";
        let wrong = format!("{text}\nNobody;nobody");
        let plan = import(&class.tutor, &wrong, true).await.expect("a plan");
        assert!(!plan.imported);
        assert_eq!((plan.faults(), plan.new_ones()), (1, 2));
        let last = plan.rows.last().expect("rows");
        assert_eq!((last.0.line, last.1), (7, Err(RowFault::NotAnAddress)));
        let invited = async || {
            let view = exam.group(&class.tutor, &class.group).await;
            let invited = view.expect("a view").invited.into_iter();
            let invited = invited.map(|one| (one.name, one.email));
            invited.collect::<Vec<_>>()
        };
        assert_eq!(invited().await, [], "nothing half-imported");

        let plan = import(&class.tutor, text, false).await.expect("a plan");
        let fates: Vec<_> = plan.rows.iter().map(|(_, fate)| *fate).collect();
        let expected = [
            Fate::Invite,
            Fate::InGroup,
            Fate::Teaches,
            Fate::Twice(2),
            Fate::Invite,
        ];
        assert_eq!(fates, expected.map(Ok));
        assert!(!plan.imported && invited().await.is_empty(), "a preview");

        for new in [2, 0] {
            let done = import(&class.tutor, text, true).await.expect("imported");
            assert!(done.imported && done.new_ones() == new, "again is harmless");
        }
        let pair = |name: &str, email: &str| (name.to_owned(), email.to_owned());
        let expected = [
            pair("Anna", "anna@example.org"),
            pair("New", "new@example.org"),
        ];
        assert_eq!(invited().await, expected);
        let rosters: Vec<_> = recorded(place, &class.school)
            .await
            .into_iter()
            .filter(|(kind, _)| kind == "roster-imported")
            .collect();
        assert_eq!(rosters.len(), 1, "what changed nothing is no event");
        assert!(rosters[0].1.contains("\"new\":2") && rosters[0].1.contains("\"rows\":5"));

        // Whoever signs in with the address joins the group.
        let anna = account(&world, "anna").await;
        let mine = exam.invitations(&anna).await.expect("invitations");
        assert_eq!(mine[0].group_name.as_deref(), Some("one-group"));
        // A learner's place shows nobody else's data, and asks for no code.
        exam.accept_invitation(&anna, &mine[0].invitation.id, "")
            .await
            .expect("accepted");
        let view = exam.group(&class.tutor, &class.group).await;
        assert_eq!(view.expect("a view").learners.len(), 2);
        let plan = import(&class.tutor, text, true).await.expect("imported");
        assert_eq!(plan.rows[0].1, Ok(Fate::InGroup));
    })
    .await;
}

#[tokio::test]
async fn two_imports_at_once_invite_nobody_twice() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let rows = |n: u64| -> Vec<Row> {
            (1..=n)
                .map(|line| Row::new(line, "", &format!("learner-{line}@example.org")))
                .collect()
        };
        let import = |who: &Account| {
            let (exam, who, group) = (world.exam.clone(), who.clone(), class.group.clone());
            let rows = rows(40);
            tokio::spawn(async move { exam.roster(&who, &group, rows, true).await })
        };
        let both = [import(&class.tutor), import(&class.owner)];
        let mut new = 0;
        for one in both {
            let done = one.await.expect("no panic").expect("imported");
            new += done.new_ones();
        }
        assert_eq!(new, 40);
        let sql = "select email from invitations where group_id is not null";
        assert_eq!(place.rows(sql).await.len(), 40);
    })
    .await;
}

#[tokio::test]
async fn owners_change_roles_and_one_stays() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let change = async |who: &Account, whom: &LearnerId, to: Option<SchoolRole>| {
            exam.change_role(who, &class.school, whom, to).await
        };
        let (owner, tutor) = (&class.owner, &class.tutor);
        for to in [Some(SchoolRole::Tutor), None] {
            let last = change(owner, &owner.id, to).await;
            assert!(matches!(last, Err(Failure::LastOwner)), "{last:?}");
        }
        let refused = change(tutor, &tutor.id, Some(SchoolRole::Owner)).await;
        assert!(matches!(refused, Err(Failure::NotAllowed)), "{refused:?}");
        assert!(hidden(
            change(owner, &class.learner.id, Some(SchoolRole::Owner)).await
        ));
        assert!(hidden(change(owner, &LearnerId::new("\0"), None).await));
        let learner = change(owner, &tutor.id, Some(SchoolRole::Learner)).await;
        assert!(matches!(
            learner,
            Err(Failure::Invalid { field: "role", .. })
        ));

        change(owner, &tutor.id, Some(SchoolRole::Owner))
            .await
            .expect("an owner");
        change(tutor, &owner.id, Some(SchoolRole::Tutor))
            .await
            .expect("a tutor");
        assert_eq!(
            role(&world, owner, &class.school).await,
            Some(SchoolRole::Tutor)
        );
        change(tutor, &owner.id, None).await.expect("sent away");
        assert_eq!(role(&world, owner, &class.school).await, None);
        assert!(hidden(exam.group(owner, &class.group).await.map(drop)));
        let last = change(tutor, &tutor.id, None).await;
        assert!(matches!(last, Err(Failure::LastOwner)), "{last:?}");
        let kinds: Vec<String> = recorded(place, &class.school)
            .await
            .into_iter()
            .map(|(kind, _)| kind)
            .filter(|kind| kind.starts_with("role-") || kind == "tutor-removed")
            .collect();
        assert_eq!(kinds, ["role-changed", "role-changed", "tutor-removed"]);
    })
    .await;
}

#[tokio::test]
async fn a_learner_is_taken_out_of_a_group() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let (school, learner) = (&class.school, &class.learner);
        let second = exam.make_group(&class.tutor, school, "Second").await;
        let second = second.expect("a group").id;
        let row = Row::new(1, "", "one-learner@example.org");
        exam.roster(&class.tutor, &second, vec![row], true)
            .await
            .expect("invited");
        let mine = waiting(&world, learner).await;
        exam.accept_invitation(learner, &mine[0], "")
            .await
            .expect("accepted");

        let remove = async |group| exam.remove_learner(&class.tutor, group, &learner.id).await;
        remove(&class.group).await.expect("out");
        assert!(hidden(exam.group(learner, &class.group).await.map(drop)));
        assert_eq!(
            role(&world, learner, school).await,
            Some(SchoolRole::Learner)
        );
        remove(&class.group).await.expect("again is harmless");
        remove(&second).await.expect("out");
        assert_eq!(role(&world, learner, school).await, None);

        exam.rename_group(&class.tutor, &second, " Evening ")
            .await
            .expect("renamed");
        let view = exam.group(&class.tutor, &second).await.expect("a view");
        assert_eq!(view.group.name, "Evening");
        let empty = exam.rename_group(&class.tutor, &second, " ").await;
        assert!(matches!(
            empty,
            Err(Failure::Invalid { field: "group", .. })
        ));
        let events = recorded(place, school).await;
        let of = |kind: &str| events.iter().filter(|(one, _)| one == kind).count();
        assert_eq!((of("learner-removed"), of("group-renamed")), (2, 1));
    })
    .await;
}
