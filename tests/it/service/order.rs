//! Which response counts, and whose it must be, whether the server has heard of the attempt before or not.

use synaq::domain::attempt::Refused;
use synaq::domain::form::Letter::{self, A, B, C, D};
use synaq::domain::id::{AttemptId, ItemId, LearnerId};
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::{Failure, Receipt, Response, Sender, hash_token};
use synaq::store::{ResponseWriter, Save, SaveError};

use crate::support::world::{Tweak, items, minutes, ms};
use crate::support::{Place, World, on_both};

/// Somebody who sits their listening.
struct Sitter {
    learner: LearnerId,
    token: String,
    id: AttemptId,
    items: Vec<ItemId>,
}

impl Sitter {
    async fn of(world: &World) -> Self {
        let guest = world.exam.guest().await.expect("a guest");
        let learner = guest.account.id;
        let id = world.mock(&learner).await;
        let paper = world.start(&learner, &id, Listening).await;
        Self {
            items: items(&paper).map(|item| item.id.clone()).collect(),
            token: guest.token,
            learner,
            id,
        }
    }

    fn session(&self) -> Sender {
        Sender::Session(hash_token(&self.token))
    }

    async fn send(
        &self,
        world: &World,
        item: usize,
        chosen: Letter,
        order: impl Into<Option<i64>>,
    ) -> Result<Receipt, Failure> {
        let response = Response {
            item: &self.items[item],
            chosen: Some(chosen),
            page: None,
            order: order.into(),
        };
        let sender = self.session();
        let saved = world.exam.save_response(&sender, &self.id, response);
        Ok(saved.await?.receipt)
    }

    async fn shown(&self, world: &World, item: usize) -> Option<Letter> {
        let paper = world
            .exam
            .paper(&self.learner, &self.id)
            .await
            .expect("a paper");
        items(&paper).nth(item).and_then(|item| item.response)
    }
}

async fn rows(place: &Place) -> usize {
    place.rows("select item_id from responses").await.len()
}

#[tokio::test]
async fn the_higher_number_counts_whichever_arrives_first() {
    on_both(async |place| {
        let world = World::on(place).await;
        let one = Sitter::of(&world).await;
        let newer = one.send(&world, 0, B, 5).await.expect("saved");
        world.clock.advance(ms(700));
        let overtaken = one.send(&world, 0, A, 3).await.expect("answered");
        let again = one.send(&world, 0, B, 5).await.expect("answered");
        assert_eq!(
            (newer, newer),
            (overtaken, again),
            "the receipt of what is saved"
        );
        assert_eq!(overtaken.chosen, Some(B));
        assert_eq!(
            (one.shown(&world, 0).await, rows(place).await),
            (Some(B), 1)
        );

        // The numbers rise within the attempt and are compared within an item.
        one.send(&world, 1, C, 4).await.expect("saved");
        assert_eq!(one.shown(&world, 1).await, Some(C));
        let held_up = one.send(&world, 0, D, 4).await.expect("answered");
        assert_eq!(
            (held_up.seq, one.shown(&world, 0).await),
            (newer.seq, Some(B))
        );
        // Who does not number is taken as it comes, and spoils nothing for who does.
        one.send(&world, 0, D, None).await.expect("saved");
        let overtaken = one.send(&world, 0, A, 5).await.expect("answered");
        assert_eq!(overtaken.chosen, Some(D), "what counts, not what was sent");
        assert_eq!(
            (one.shown(&world, 0).await, rows(place).await),
            (Some(D), 3)
        );
        one.send(&world, 0, A, 6).await.expect("saved");
        assert_eq!(
            (one.shown(&world, 0).await, rows(place).await),
            (Some(A), 4)
        );
        let paper = world.exam.paper(&one.learner, &one.id).await;
        assert_eq!(paper.expect("a paper").next_order, 7);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_that_was_lost_on_the_way_is_given_again_even_after_the_end() {
    on_both(async |place| {
        let world = World::on(place).await;
        let one = Sitter::of(&world).await;
        let receipt = one.send(&world, 0, B, 1).await.expect("saved");
        world.finish(&one.learner, &one.id, Listening).await;
        let again = one.send(&world, 0, B, 1).await.expect("answered");
        assert_eq!(again.seq, receipt.seq);
        let refused = one.send(&world, 0, C, 2).await;
        assert!(
            matches!(refused, Err(Failure::Refused(Refused::SectionClosed))),
            "{refused:?}"
        );
        assert_eq!(rows(place).await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_holds_so_many_responses_and_can_be_finished_then() {
    on_both(async |place| {
        let tweak = Tweak {
            responses: 2,
            ..Tweak::default()
        };
        let world = World::tweaked(place, tweak).await;
        let (one, other) = (Sitter::of(&world).await, Sitter::of(&world).await);
        // Together or one by one, with a number or without.
        let sent = tokio::join!(
            one.send(&world, 0, A, 1),
            one.send(&world, 1, B, 2),
            one.send(&world, 2, C, None),
        );
        let sent = [sent.0, sent.1, sent.2];
        assert_eq!(
            sent.iter().filter(|sent| sent.is_ok()).count(),
            2,
            "{sent:?}"
        );
        for refused in [
            one.send(&world, 0, D, 9).await,
            one.send(&world, 0, D, None).await,
        ] {
            assert!(
                matches!(refused, Err(Failure::Refused(Refused::TooManyResponses))),
                "{refused:?}"
            );
        }
        assert_eq!(rows(place).await, 2);
        // Who did not get a receipt still gets it, who sits beside is not touched, and the section ends as any other.
        if let Ok(receipt) = &sent[0] {
            let again = one.send(&world, 0, A, 1).await.expect("answered");
            assert_eq!(again.seq, receipt.seq);
        }
        other.send(&world, 0, A, 1).await.expect("saved");
        world.finish(&one.learner, &one.id, Listening).await;
    })
    .await;
}

/// A telephone loses its network; its learner goes on at another device, and back at the telephone, which sends then what
/// it has kept.
#[tokio::test]
async fn an_older_page_does_not_overtake_what_was_chosen_on_a_later_one() {
    on_both(async |place| {
        let world = World::on(place).await;
        let one = Sitter::of(&world).await;
        let open = async || {
            let opened = world.exam.open_page(&one.learner, &one.id, None).await;
            let (paper, page) = opened.expect("opened");
            (paper.next_order, page)
        };
        let choose = async |item: usize, chosen, page: &str, order| {
            let response = Response {
                item: &one.items[item],
                chosen: Some(chosen),
                page: Some(page),
                order: Some(order),
            };
            let sender = one.session();
            let saved = world.exam.save_response(&sender, &one.id, response).await;
            saved.expect("saved").receipt.chosen
        };
        // Nothing was saved on the telephone, and much was chosen.
        let (kept, _) = open().await;
        let (first, laptop) = open().await;
        assert_eq!(choose(0, B, &laptop, first).await, Some(B));
        let (next, telephone) = open().await;
        assert_eq!(
            choose(0, A, &telephone, kept + 20).await,
            Some(B),
            "the later page's"
        );
        assert_eq!(
            choose(1, C, &telephone, kept + 21).await,
            Some(C),
            "nobody else's"
        );
        assert_eq!(
            choose(0, D, &telephone, next).await,
            Some(D),
            "chosen again"
        );
        let shown = (one.shown(&world, 0).await, one.shown(&world, 1).await);
        assert_eq!(shown, (Some(D), Some(C)));

        // A page that fetches another of its views stays where it is.
        let opened = world
            .exam
            .open_page(&one.learner, &one.id, Some(&telephone));
        let (paper, page) = opened.await.expect("opened");
        assert_eq!((paper.next_order, page), (next + 1, telephone));
    })
    .await;
}

#[tokio::test]
async fn in_one_transaction_the_numbers_hold_as_well() {
    on_both(async |place| {
        let world = World::on(place).await;
        let one = Sitter::of(&world).await;
        let at = world.exam.clock().now();
        let save = |item: usize, chosen, order| Save {
            attempt: one.id.clone(),
            sender: one.session(),
            section_index: 0,
            item: one.items[item].clone(),
            chosen: Some(chosen),
            at,
            deadline_after: at,
            page: None,
            order: Some(order),
            most: i64::MAX,
        };
        // All of them wait before the writer looks.
        let writer = ResponseWriter::start(world.store.clone());
        let (first, second, overtaken, last) = tokio::join!(
            writer.save(save(0, A, 2)),
            writer.save(save(1, B, 1)),
            writer.save(save(0, C, 1)),
            writer.save(save(0, D, 3)),
        );
        let numbers = [first, second, last].map(|receipt| receipt.expect("saved").seq);
        assert_eq!(numbers, [1, 2, 3]);
        assert!(
            matches!(overtaken, Err(SaveError::NotTaken)),
            "{overtaken:?}"
        );
        assert_eq!(
            (one.shown(&world, 0).await, rows(place).await),
            (Some(D), 3)
        );
    })
    .await;
}

#[tokio::test]
async fn only_the_learner_saves_and_only_while_the_session_lasts() {
    on_both(async |place| {
        let world = World::on(place).await;
        let (one, other) = (Sitter::of(&world).await, Sitter::of(&world).await);
        for known in [false, true] {
            let thief = Sitter {
                id: one.id.clone(),
                items: one.items.clone(),
                learner: other.learner.clone(),
                token: other.token.clone(),
            };
            let refused = thief.send(&world, 0, A, None).await;
            assert!(
                matches!(refused, Err(Failure::NotFound)),
                "{known} {refused:?}"
            );
            let nobody = Sitter {
                token: "nobody's".to_owned(),
                ..thief
            };
            let refused = nobody.send(&world, 0, A, None).await;
            assert!(
                matches!(refused, Err(Failure::SessionOver)),
                "{known} {refused:?}"
            );
            assert_eq!(rows(place).await, usize::from(known));
            if !known {
                one.send(&world, 0, B, None).await.expect("saved");
            }
        }
        world.exam.sign_out(&one.token).await.expect("signed out");
        let refused = one.send(&world, 0, C, None).await;
        assert!(matches!(refused, Err(Failure::SessionOver)), "{refused:?}");
        other.send(&world, 0, C, None).await.expect("saved");
        place.execute("update sessions set expires_at = 1").await;
        let refused = other.send(&world, 0, D, None).await;
        assert!(matches!(refused, Err(Failure::SessionOver)), "{refused:?}");
        assert_eq!(rows(place).await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_is_remembered_of_an_attempt_decides_nothing() {
    on_both(async |place| {
        let world = World::on(place).await;
        let one = Sitter::of(&world).await;
        let node = world
            .restarted(place, std::sync::Arc::new(world.exam.content().clone()))
            .await;
        // Both nodes know the attempt; whatever happens at one holds at the other.
        one.send(&world, 0, A, None).await.expect("saved");
        one.send(&node, 0, B, None).await.expect("saved");
        let (_, page) = node
            .exam
            .open_page(&one.learner, &one.id, None)
            .await
            .expect("opened");
        let from_page = |page| Response {
            item: &one.items[0],
            chosen: Some(C),
            page: Some(page),
            order: None,
        };
        let sender = one.session();
        let old = from_page("an old one");
        let saved = world.exam.save_response(&sender, &one.id, old).await;
        assert!(matches!(saved, Err(Failure::PageSuperseded)), "{saved:?}");
        let saved = world.exam.save_response(&sender, &one.id, from_page(&page));
        assert_eq!(saved.await.expect("saved").receipt.seq, 3);

        // The break is over and nobody has looked: the first answer begins the section.
        node.finish(&one.learner, &one.id, Listening).await;
        world.clock.advance(minutes(2));
        let stored = {
            let mut conn = world.store.read().await.expect("a connection");
            conn.attempt(&one.id).await.expect("read").expect("there")
        };
        let reading = &stored.attempt.form.sections[1];
        assert_eq!(reading.name, Reading);
        let item = reading.items().next().expect("an item").id.clone();
        let response = Response {
            item: &item,
            chosen: Some(A),
            page: None,
            order: None,
        };
        let refused = one.send(&world, 0, A, None).await;
        assert!(
            matches!(refused, Err(Failure::Refused(Refused::SectionClosed))),
            "{refused:?}"
        );
        let saved = world
            .exam
            .save_response(&one.session(), &one.id, response)
            .await;
        assert!(saved.is_ok(), "{saved:?}");
    })
    .await;
}
