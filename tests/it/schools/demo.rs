//! The demonstration: who is in it, that every page of it is alive and says that all is invented, and that it is the
//! same each time.

use synaq::demo::{self, DemoError, SEED};
use synaq::domain::id::{AssignmentId, GroupId, SchoolId};
use synaq::domain::school::SchoolRole;
use synaq::service::{Account, DEMONSTRATION_PASSWORD, Failure};

use super::Visitor;
use crate::support::school::account;
use crate::support::world::at;
use crate::support::{Place, World, on_both};

const BANNER: &str = "Demonstration: everybody and everything here is invented";

async fn made(place: &Place) -> World {
    let world = World::on(place).await;
    let end = at("2026-11-22T12:00:00+05:00");
    let making = demo::make(&world.exam, &world.clock, end, SEED, |_| {});
    making.await.expect("the demonstration");
    world
}

async fn person(world: &World, address: &str) -> (Account, Visitor) {
    let email = format!("{address}@demo.example.org");
    let signed_in = world.exam.sign_in(&email, DEMONSTRATION_PASSWORD).await;
    let signed_in = signed_in.expect("the common password");
    let visitor = Visitor::with_session(world, &signed_in.token).await;
    (signed_in.account, visitor)
}

/// The school, its groups and what each was given.
async fn school(world: &World, who: &Account) -> (SchoolId, Vec<(GroupId, Vec<AssignmentId>)>) {
    let schools = world.exam.schools(who).await.expect("schools");
    assert_eq!(schools.len(), 1);
    let school = schools[0].0.id.clone();
    let view = world.exam.school(who, &school).await.expect("the school");
    let mut groups = Vec::new();
    for line in view.groups {
        let view = world
            .exam
            .group(who, &line.group.id)
            .await
            .expect("a group");
        let given = view.assignments.iter().map(|given| given.id.clone());
        groups.push((line.group.id, given.collect()));
    }
    (school, groups)
}

/// What there is to be seen, without ids.
async fn content(world: &World) -> Vec<String> {
    let (owner, _) = person(world, "owner01").await;
    let (_, groups) = school(world, &owner).await;
    let mut seen = Vec::new();
    for (_, given) in groups {
        for id in given {
            let book = world.exam.gradebook(&owner, &id).await.expect("a table");
            let title = &book.assignment.title;
            for row in book.rows {
                let last = row.last.map(|last| {
                    let cells = last.sections.iter();
                    let cells: Vec<_> = cells.map(|cell| (cell.score, cell.took_ms)).collect();
                    (last.state, cells, last.level, last.passed)
                });
                seen.push(format!("{title}: {} {} {last:?}", row.name, row.attempts));
            }
        }
    }
    seen.sort();
    seen
}

#[tokio::test]
async fn it_has_a_school_and_is_the_same_each_time() {
    let contents = std::cell::RefCell::new(Vec::new());
    on_both(async |place| {
        let world = made(place).await;
        let (owner, _) = person(&world, "owner01").await;
        let (school, groups) = school(&world, &owner).await;
        let view = world
            .exam
            .school(&owner, &school)
            .await
            .expect("the school");
        let count = |role: SchoolRole| {
            let members = view.members.iter();
            members.filter(|member| member.role == role).count()
        };
        assert_eq!(count(SchoolRole::Owner), 1);
        assert_eq!(count(SchoolRole::Tutor), 2);
        assert_eq!(count(SchoolRole::Learner), 60);
        assert_eq!(groups.len(), 3);
        for state in ["finished", "running", "voided"] {
            let rows = format!(
                "select cast(count(*) as text) from attempts a \
                 join assignment_attempts x on x.attempt_id = a.id where a.state = '{state}'"
            );
            let found = place.rows(&rows).await;
            assert_ne!(found[0][0].as_deref(), Some("0"), "{state}");
        }
        let private = "select cast(count(*) as text) from attempts a where not exists \
                       (select 1 from assignment_attempts x where x.attempt_id = a.id)";
        assert_ne!(place.rows(private).await[0][0].as_deref(), Some("0"));
        let seen = content(&world).await;
        contents.borrow_mut().push(seen);

        // Once it is there it stays as it is.
        let end = world.exam.clock().now();
        let again = demo::make(&world.exam, &world.clock, end, SEED, |_| {}).await;
        again.expect("nothing to do");
        let seen = content(&world).await;
        assert_eq!(Some(&seen), contents.borrow().last());
    })
    .await;
    let contents = contents.into_inner();
    assert_eq!(contents[0], contents[1]);
    assert!(contents[0].len() > 200, "{}", contents[0].len());
}

#[tokio::test]
async fn every_page_is_alive_and_says_that_all_is_invented() {
    let place = Place::sqlite();
    let world = made(&place).await;
    let (owner, _) = person(&world, "owner01").await;
    let (school, groups) = school(&world, &owner).await;
    let mut everybody: Vec<String> = [
        "/",
        "/about",
        "/settings",
        "/practice",
        "/history",
        "/points",
        "/pathway",
        "/schools",
        "/join",
    ]
    .map(str::to_owned)
    .to_vec();
    everybody.push(format!("/schools/{school}"));
    let mut teaching = Vec::new();
    for (group, given) in &groups {
        teaching.push(format!("/groups/{group}"));
        teaching.push(format!("/assignments/new?group={group}&kind=mock"));
        for id in given {
            teaching.push(format!("/assignments/{id}"));
            teaching.push(format!("/assignments/{id}/rescore"));
            let book = world.exam.gradebook(&owner, id).await.expect("a table");
            let mut finished = book.rows.into_iter().filter_map(|row| row.last);
            if let Some(last) = finished.find(|last| last.state == "finished") {
                teaching.push(format!("/assignments/{id}/attempts/{}", last.attempt));
            }
        }
    }
    for who in ["owner01", "tutor01", "tutor02"] {
        let (_, visitor) = person(&world, who).await;
        for path in everybody.iter().chain(&teaching) {
            let page = visitor.page(path).await;
            assert!(page.contains(BANNER), "{path}");
        }
    }
    for who in ["learner01", "learner22", "learner44"] {
        let (account, visitor) = person(&world, who).await;
        let mut paths = everybody.clone();
        for entry in world.exam.history(&account.id).await.expect("a history") {
            let id = &entry.overview.id;
            paths.push(match entry.overview.state.as_str() {
                "finished" => format!("/attempts/{id}/result"),
                _ => format!("/attempts/{id}"),
            });
        }
        assert!(paths.len() > everybody.len(), "{who} did something");
        for path in &paths {
            let page = visitor.page(path).await;
            assert!(page.contains(BANNER), "{path}");
        }
    }
    let page = Visitor::new(&world).await.page("/sign-in").await;
    assert!(page.contains(DEMONSTRATION_PASSWORD) && page.contains("learner60@demo.example.org"));
}

#[tokio::test]
async fn where_people_are_real_nothing_is_invented() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    account(&world, "somebody").await;
    let end = world.exam.clock().now();
    let refused = demo::make(&world.exam, &world.clock, end, SEED, |_| {}).await;
    assert!(matches!(refused, Err(DemoError::Real)), "{refused:?}");
    let people = [("Nobody".to_owned(), "nobody@demo.example.org".to_owned())];
    let refused = world.exam.invent_accounts(&people).await;
    assert!(matches!(refused, Err(Failure::NotAllowed)));
    let page = Visitor::new(&world).await.page("/sign-in").await;
    assert!(!page.contains(BANNER) && !page.contains(DEMONSTRATION_PASSWORD));
}
