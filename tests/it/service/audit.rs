//! The record and the operator's view on both engines: who may read it, what it shows and what it never does.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use synaq::domain::accommodation::Accommodation;
use synaq::domain::rules::Section::Listening;
use synaq::domain::school::SchoolRole;
use synaq::service::{AUDIT_PAGE, Account, AuditAsk, BankVersion, Failure, NewAccount};

use super::rescore::{sat, some, wish};
use crate::support::school::{Class, PASSWORD, day, new, reading};
use crate::support::{World, on_both};

async fn operator(world: &World) -> Account {
    let new = NewAccount {
        email: "operator@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        name: "Operator".to_owned(),
    };
    world.exam.create_operator(new).await.expect("an operator")
}

#[tokio::test]
async fn the_record_of_a_school_is_read_by_kind_person_and_day() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        Class::of(&world, "two").await;
        let exam = &world.exam;
        let who = &class.owner;
        world.clock.advance(TimeDelta::days(1));
        exam.change_role(who, &class.school, &class.tutor.id, Some(SchoolRole::Owner))
            .await
            .expect("an owner");
        class.give(&world, new(reading(), 1)).await;

        let ask = async |ask: AuditAsk| {
            let view = exam
                .audit(who, &class.school, &ask)
                .await
                .expect("a record");
            let kinds = view.events.iter().map(|line| line.recorded.kind.clone());
            kinds.collect::<Vec<_>>()
        };
        let all = ask(AuditAsk::default()).await;
        assert_eq!(all.first().map(String::as_str), Some("assignment-made"));
        assert_eq!(all.last().map(String::as_str), Some("school-made"));
        let kind = AuditAsk {
            kind: "code-made".to_owned(),
            ..AuditAsk::default()
        };
        assert_eq!(ask(kind).await, ["code-made"]);
        // By or about somebody: the tutor was made an owner by another.
        let person = AuditAsk {
            person: class.tutor.id.to_string(),
            kind: "role-changed".to_owned(),
            ..AuditAsk::default()
        };
        assert_eq!(ask(person).await, ["role-changed"]);
        let second = AuditAsk {
            from: Some(day("2026-11-23")),
            until: Some(day("2026-11-23")),
            ..AuditAsk::default()
        };
        assert_eq!(ask(second).await, ["assignment-made", "role-changed"]);
        let later = AuditAsk {
            from: Some(day("2026-11-24")),
            ..AuditAsk::default()
        };
        assert_eq!(ask(later).await, [""; 0]);
        for nonsense in ["\0", "Ж", "' or 1=1"] {
            let none = AuditAsk {
                person: nonsense.to_owned(),
                ..AuditAsk::default()
            };
            assert_eq!(ask(none).await, [""; 0], "{nonsense:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_record_is_paged_and_misses_nothing() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        for n in 0..AUDIT_PAGE + 20 {
            exam.rename_group(&class.tutor, &class.group, &format!("Group {n}"))
                .await
                .expect("renamed");
        }
        let (mut before, mut seen, mut pages) = (String::new(), BTreeSet::new(), Vec::new());
        loop {
            let ask = AuditAsk {
                before: before.clone(),
                ..AuditAsk::default()
            };
            let view = exam.audit(&class.owner, &class.school, &ask).await;
            let view = view.expect("a record");
            pages.push(view.events.len());
            seen.extend(view.events.into_iter().map(|line| line.recorded.id));
            match view.next {
                Some(next) => before = next,
                None => break,
            }
        }
        let sql = format!("select id from events where school_id = '{}'", class.school);
        let all = place.rows(&sql).await.len();
        assert_eq!(seen.len(), all, "each once");
        assert_eq!(pages, [AUDIT_PAGE, all - AUDIT_PAGE]);
    })
    .await;
}

#[tokio::test]
async fn the_record_tells_no_code_and_nothing_of_private_attempts() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let operator = operator(&world).await;
        let code = exam.make_code(&class.tutor, &class.group, 7).await;
        let code = code.expect("a code").code;
        world.whole_mock(&class.learner.id, 1, 1).await;
        for who in [&class.owner, &operator] {
            let view = exam.audit(who, &class.school, &AuditAsk::default()).await;
            let view = format!(
                "{:?}",
                view.expect("a record")
                    .events
                    .iter()
                    .map(|line| &line.particulars)
                    .collect::<Vec<_>>()
            );
            assert!(
                view.contains("one-group") && !view.contains(code.as_str()),
                "{view}"
            );
        }
        let view = exam.server_audit(&operator, &AuditAsk::default()).await;
        let view = view.expect("a record");
        assert!(
            view.events
                .iter()
                .any(|line| line.recorded.kind == "account-made")
        );
        let attempts: Vec<_> = view
            .events
            .iter()
            .map(|line| line.recorded.kind.as_str())
            .filter(|kind| kind.starts_with("section-") || *kind == "attempt-made")
            .collect();
        assert_eq!(attempts, [""; 0]);
        for stranger in [&class.owner, &class.tutor, &class.learner] {
            let hidden = exam.server_audit(stranger, &AuditAsk::default()).await;
            assert!(matches!(hidden, Err(Failure::NothingHere)));
            let hidden = exam.server(stranger).await;
            assert!(matches!(hidden, Err(Failure::NothingHere)));
        }
        let refused = exam
            .audit(&class.tutor, &class.school, &AuditAsk::default())
            .await;
        assert!(matches!(refused, Err(Failure::NotAllowed)));
    })
    .await;
}

#[tokio::test]
async fn whoever_runs_the_server_reads_no_score() {
    on_both(async |place| {
        let sat = sat(World::on(place).await).await;
        let (world, class) = (&sat.world, &sat.class);
        let exam = &world.exam;
        let operator = operator(world).await;
        let private = world.learner().await;
        world.whole_mock(&private, 3, 4).await;
        // By the operator for everybody, undone, and by the tutor for the assignment.
        let questions = sat.questions().await;
        let (question, _) = some(&questions, Listening, 2);
        let out = wish(&question.about.item, "leave-out", &[]);
        let everywhere = exam.correct_everywhere(&operator, &out, true).await;
        let everywhere = everywhere.expect("applied").correction.id;
        exam.undo_everywhere(&operator, &everywhere)
            .await
            .expect("undone");
        sat.apply(&out).await.expect("applied");
        let recorded = "select id from events where kind = 'rescored'";
        assert!(place.rows(recorded).await.len() >= 6);

        let kinds = async |who: &Account, school: bool, kind: &str| {
            let ask = AuditAsk {
                kind: kind.to_owned(),
                ..AuditAsk::default()
            };
            let view = match school {
                true => exam.audit(who, &class.school, &ask).await,
                false => exam.server_audit(who, &ask).await,
            };
            let view = view.expect("a record");
            let told = format!("{:?}", view.events);
            let shown = view.events.into_iter().map(|line| line.recorded.kind);
            let shown: BTreeSet<String> = shown.collect();
            (shown, view.kinds, told)
        };
        let rescored = "rescored".to_owned();
        for school in [true, false] {
            let (shown, offered, told) = kinds(&operator, school, "").await;
            assert!(shown.contains("item-corrected"), "{shown:?}");
            assert!(!shown.contains(&rescored) && !offered.contains(&rescored));
            assert!(!told.contains("\"correct\""), "{told}");
            let (shown, _, told) = kinds(&operator, school, "rescored").await;
            assert!(shown.is_empty(), "{told}");
        }
        // The school's owner does, and so does an operator who teaches there.
        let (shown, offered, told) = kinds(&class.owner, true, "").await;
        assert!(shown.contains(&rescored) && offered.contains(&rescored));
        assert!(told.contains("Chen") && told.contains("\"correct\""));
        let email = operator.email.as_deref().expect("an address");
        place
            .execute(&format!(
                "insert into members (school_id, learner_id, role, since) \
                 select '{}', id, 'tutor', 0 from learners where email = '{email}'",
                class.school
            ))
            .await;
        let (shown, ..) = kinds(&operator, true, "rescored").await;
        assert!(shown.contains(&rescored));
        let (shown, ..) = kinds(&operator, false, "rescored").await;
        assert!(shown.is_empty(), "in their own school's record alone");
    })
    .await;
}

#[tokio::test]
async fn the_operator_sees_numbers() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let operator = operator(&world).await;
        let given = class.give(&world, new(reading(), 1)).await;
        exam.start_assignment(&class.learner, &given.id, None)
            .await
            .expect("an attempt");
        exam.beat("node-a").await.expect("a sign of life");
        let view = exam.server(&operator).await.expect("a view");
        let school = &view.schools[0];
        assert_eq!(
            (
                school.members,
                school.groups,
                school.assignments,
                school.attempts
            ),
            (3, 1, 1, 1)
        );
        let rows = |name: &str| {
            let mut rows = view.storage.rows.iter();
            rows.find(|(known, _)| *known == name)
                .map(|(_, count)| *count)
        };
        assert_eq!((rows("accounts"), rows("attempts")), (Some(4), Some(1)));
        assert!(view.storage.bytes > 10_000, "{}", view.storage.bytes);
        assert!(view.storage.migrations.len() >= 4);
        assert_eq!(view.nodes, [("node-a".to_owned(), exam.clock().now())]);
        let bank = BankVersion::of(&exam.content().bank);
        assert_eq!(view.bank, bank);
        assert!(bank.testlets > bank.recordings && bank.items > bank.testlets);
        assert_eq!(bank.digest.len(), 64);
    })
    .await;
}

/// The reason for special conditions is often an illness: it is for the school that grants them.
#[tokio::test]
async fn whoever_runs_the_server_reads_nobodys_conditions() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let terms = Accommodation {
            extra_percent: 50,
            ..Accommodation::default()
        };
        let (school, learner) = (&class.school, &class.learner.id);
        let granted = world
            .exam
            .accommodate(&class.tutor, school, learner, terms, "an illness");
        granted.await.expect("granted");
        let operator = operator(&world).await;
        let asked = AuditAsk {
            kind: "accommodation-granted".to_owned(),
            ..AuditAsk::default()
        };
        let told = async |who: &Account| {
            let view = world.exam.audit(who, school, &asked).await;
            view.expect("a record").events.remove(0)
        };
        let owner = told(&class.owner).await;
        assert!(format!("{owner:?}").contains("an illness"), "{owner:?}");
        let of_server = world.exam.server_audit(&operator, &asked).await;
        let of_server = of_server.expect("a record").events.remove(0);
        for line in [told(&operator).await, of_server] {
            assert_eq!(line.recorded.kind, "accommodation-granted");
            assert!(line.particulars.is_empty(), "{line:?}");
            assert!(line.recorded.detail.is_object(), "as the API says");
            let all = format!("{line:?}");
            assert!(
                !all.contains("illness") && !all.contains("extra_percent"),
                "{all}"
            );
        }
    })
    .await;
}
