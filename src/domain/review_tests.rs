use proptest::prelude::*;

use super::*;
use crate::domain::{
    bank::ItemKind,
    form::{FormItem, FormSection},
    rules::Localised,
};

fn item(id: &str, key: u8, skill: &str) -> Item {
    Item {
        id: ItemId::new(id),
        kind: ItemKind::Comprehension,
        stem_type: "detail".to_owned(),
        skill: skill.to_owned(),
        level: Level::A2,
        grammar_point: None,
        stem: String::new(),
        options: ["a", "b", "c", "d"].map(str::to_owned),
        key,
        evidence: String::new(),
        explanation: Localised {
            en: String::new(),
            ru: String::new(),
            kk: None,
        },
    }
}

fn form(items: &[(&str, [u8; OPTIONS])]) -> Form {
    let items = items.iter().map(|(id, order)| FormItem {
        id: ItemId::new(*id),
        order: *order,
    });
    Form {
        seed: 0,
        sections: vec![FormSection {
            name: Section::Reading,
            limit_ms: None,
            break_ms: 0,
            plays: None,
            testlets: vec![FormTestlet {
                id: TestletId::new("t"),
                digest: "now".to_owned(),
                voice: None,
                items: items.collect(),
            }],
        }],
    }
}

/// A matrix of one reading section: `1` right, `0` wrong, `-` nothing chosen, `.` not asked.
fn matrix(rows: &[&str]) -> Matrix {
    let questions = (0..rows.first().map_or(0, |row| row.len())).map(|column| Question {
        item: ItemId::new(format!("i{column}")),
        testlet: TestletId::new("t"),
        digest: "now".to_owned(),
        section: Section::Reading,
        skill: ["detail", "grammar"][column % 2].to_owned(),
        level: Level::A2,
        key: 0,
        also_right: Vec::new(),
        had: rows
            .iter()
            .filter(|row| row.as_bytes()[column] != b'.')
            .count() as u32,
    });
    let cell = |mark| match mark {
        '.' => None,
        '-' => Some((false, None)),
        '0' => Some((true, Some(1))),
        _ => Some((true, Some(0))),
    };
    let answer = |(answered, chosen)| Answer {
        answered,
        chosen,
        correct: chosen == Some(0),
    };
    Matrix {
        questions: questions.collect(),
        rows: rows
            .iter()
            .map(|row| row.chars().map(|mark| cell(mark).map(answer)).collect())
            .collect(),
    }
}

#[test]
fn letters_become_options_of_the_bank_before_learners_are_compared() {
    let bank = [item("one", 2, "detail"), item("two", 0, "grammar")];
    let find = |_: &FormTestlet, id: &ItemId| bank.iter().find(|item| item.id == *id);
    let straight = form(&[("one", [0, 1, 2, 3]), ("two", [0, 1, 2, 3])]);
    let turned = form(&[("two", [3, 2, 1, 0]), ("one", [2, 3, 0, 1])]);
    let chose = |letters: &[(&str, Letter)]| -> HashMap<ItemId, Letter> {
        let letters = letters.iter();
        letters
            .map(|(id, letter)| (ItemId::new(*id), *letter))
            .collect()
    };
    let first = chose(&[("one", Letter::C), ("two", Letter::B)]);
    // The same options under other letters, and one question left out.
    let second = chose(&[("one", Letter::A)]);
    let sheets = [(&straight, &first), (&turned, &second)];
    let sheets = sheets.map(|(form, responses)| Sheet { form, responses });
    let matrix = Matrix::of(&sheets, find, &Corrections::default());
    let items: Vec<&str> = matrix.questions.iter().map(|q| q.item.as_str()).collect();
    assert_eq!(items, ["one", "two"], "in the order of the first form");
    let stats = matrix.stats();
    assert_eq!(stats[0].chosen, [0, 0, 2, 0]);
    assert_eq!(stats[0].tally, Tally { right: 2, of: 2 });
    assert_eq!(stats[1].chosen, [0, 1, 0, 0]);
    assert_eq!(stats[1].tally, Tally { right: 0, of: 2 });
    assert_eq!((stats[1].answered, stats[1].unanswered()), (1, 1));
    assert_eq!(
        stats[1].strongest_distractor(&matrix.questions[1]),
        Some((1, 1))
    );
    assert_eq!(stats[0].strongest_distractor(&matrix.questions[0]), None);
    assert_eq!(stats[0].discrimination, Err(Untold::TooFew));
}

#[test]
fn columns_are_the_union_and_those_come_first_that_most_had() {
    let bank = ["one", "two", "three"].map(|id| item(id, 0, "detail"));
    let find = |_: &FormTestlet, id: &ItemId| bank.iter().find(|item| item.id == *id);
    let order = [0, 1, 2, 3];
    let forms = [
        form(&[("one", order), ("two", order)]),
        form(&[("three", order), ("two", order), ("gone", order)]),
    ];
    let nothing = HashMap::new();
    let sheets = forms.each_ref().map(|form| Sheet {
        form,
        responses: &nothing,
    });
    let matrix = Matrix::of(&sheets, find, &Corrections::default());
    let columns: Vec<(&str, u32)> = matrix
        .questions
        .iter()
        .map(|question| (question.item.as_str(), question.had))
        .collect();
    assert_eq!(columns, [("two", 2), ("one", 1), ("three", 1)]);
    assert!(matrix.rows[0][2].is_none() && matrix.rows[1][1].is_none());
    assert_eq!(matrix.reliability(), Err(Untold::DifferentForms));
    assert_eq!(matrix.column(&ItemId::new("three")), Some(2));
    assert_eq!(matrix.column(&ItemId::new("gone")), None);
}

#[test]
fn an_edited_item_keeps_its_own_key_and_stays_out_of_the_options() {
    let now = item("one", 0, "detail");
    let before = Item {
        options: ["a", "b", "x", "d"].map(str::to_owned),
        key: 2,
        ..now.clone()
    };
    let find = |testlet: &FormTestlet, _: &ItemId| match testlet.digest.as_str() {
        "now" => Some(&now),
        _ => Some(&before),
    };
    let new = form(&[("one", [0, 1, 2, 3])]);
    let mut old = new.clone();
    old.sections[0].testlets[0].digest = "before".to_owned();
    let chose = |letter| HashMap::from([(ItemId::new("one"), letter)]);
    let (a, c) = (chose(Letter::A), chose(Letter::C));
    let sheets = [(&new, &a), (&old, &c), (&old, &a)];
    let sheets = sheets.map(|(form, responses)| Sheet { form, responses });
    let matrix = Matrix::of(&sheets, find, &Corrections::default());
    let stats = &matrix.stats()[0];
    assert_eq!(stats.tally, Tally { right: 2, of: 3 });
    assert_eq!((stats.chosen, stats.otherwise), ([1, 0, 0, 0], 2));
}

/// Worked by hand: five questions, ten learners whose scores are 5 4 4 3 3 2 2 1 1 0, a perfect Guttman scale.
const SCALE: [&str; 10] = [
    "11111", "11110", "11110", "11100", "11100", "11000", "11000", "10000", "10000", "00000",
];

#[test]
fn reliability_is_as_worked_by_hand() {
    // p = .9 .7 .5 .3 .1; Σpq = .09 + .21 + .25 + .21 + .09 = .85; mean 2.5; σ² = 8.5 − 6.25 = 2.25;
    // r = 5/4 · (1 − .85/2.25) = .7778; SEM = 1.5 · √.2222 = .7071.
    let found = matrix(&SCALE).reliability().expect("enough learners");
    assert!((found.mean - 2.5).abs() < 1e-9);
    assert!((found.kr20 - 0.777_777_8).abs() < 1e-6, "{found:?}");
    assert!((found.sem - 0.5_f64.sqrt()).abs() < 1e-6, "{found:?}");
    assert_eq!(matrix(&SCALE[..9]).reliability(), Err(Untold::TooFew));
    assert_eq!(matrix(&["11"; 10]).reliability(), Err(Untold::NoSpread));
    assert_eq!(matrix(&["1"; 10]).reliability(), Err(Untold::NoSpread));
    assert_eq!(matrix(&[]).reliability(), Err(Untold::TooFew));
}

#[test]
fn discrimination_is_as_worked_by_hand() {
    // Of the third question: the five who had it right have 4 3 3 2 2 of four others, the rest 2 2 1 1 0; deviations
    // from the mean 2: Σdxdy = .5 · (4 + 4) = 4; Σdx² = 2.5; Σdy² = 12; r = 4/√30 = .7303.
    let matrix = matrix(&SCALE);
    let found = matrix.stats()[2].discrimination.expect("enough");
    assert!((found - 0.730_296_7).abs() < 1e-6, "{found}");
    assert_eq!(Telling::of(found), Telling::Good);
}

#[test]
fn a_question_that_all_had_right_tells_nobody_apart() {
    let rows: Vec<String> = SCALE.iter().map(|row| format!("1{row}")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(
        matrix(&rows).stats()[0].discrimination,
        Err(Untold::NoSpread)
    );
}

#[test]
fn skills_are_right_of_asked() {
    let tallies = matrix(&["10.1", "0-11"]).tallies(|question| question.skill.clone());
    let tally = |right, of| Tally { right, of };
    assert_eq!(tallies.keys, ["detail", "grammar"]);
    assert_eq!(tallies.rows[0], [tally(1, 1), tally(1, 2)]);
    assert_eq!(tallies.rows[1], [tally(1, 2), tally(1, 2)]);
    assert_eq!(tallies.all, [tally(2, 3), tally(2, 4)]);
    assert_eq!(tallies.all[0].percent(), Some(66));
    assert_eq!(Tally::default().percent(), None);
}

#[test]
fn readings_follow_their_limits() {
    for (percent, expected) in [
        (100, Difficulty::Easy),
        (85, Difficulty::Easy),
        (84, Difficulty::Medium),
        (51, Difficulty::Medium),
        (50, Difficulty::Hard),
        (0, Difficulty::Hard),
    ] {
        assert_eq!(Difficulty::of(percent), expected, "{percent}");
    }
    for (value, expected) in [
        (0.31, Telling::Good),
        (0.3, Telling::Fair),
        (0.1, Telling::Fair),
        (0.09, Telling::Poor),
        (0.0, Telling::Poor),
        (-0.01, Telling::Against),
    ] {
        assert_eq!(Telling::of(value), expected, "{value}");
    }
}

proptest! {
    /// Whatever was answered: the counts add up, and every figure stays within its bounds.
    #[test]
    fn counts_add_up_and_figures_stay_within_bounds(
        rows in (1usize..8).prop_flat_map(|columns| proptest::collection::vec(
            proptest::collection::vec(prop_oneof![Just('1'), Just('0'), Just('-'), Just('.')], columns), 1..30))
    ) {
        let rows: Vec<String> = rows.into_iter().map(String::from_iter).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let matrix = matrix(&rows);
        let stats = matrix.stats();
        for (question, stats) in matrix.questions.iter().zip(&stats) {
            prop_assert_eq!(stats.tally.of, question.had);
            prop_assert_eq!(stats.chosen.iter().sum::<u32>() + stats.otherwise, stats.answered);
            prop_assert!(stats.tally.right <= stats.answered && stats.answered <= stats.tally.of);
            prop_assert_eq!(stats.chosen[0], stats.tally.right);
            if let Ok(found) = stats.discrimination {
                prop_assert!((-1.0..=1.0).contains(&found) && question.had >= LEARNERS_MIN);
            }
        }
        let by_item: u32 = stats.iter().map(|stats| stats.tally.right).sum();
        let by_learner: u32 = matrix.totals().iter().map(|total| total.right).sum();
        let by_skill: u32 = matrix.tallies(|q| q.skill.clone()).all.iter().map(|tally| tally.right).sum();
        prop_assert_eq!(by_item, by_learner);
        prop_assert_eq!(by_item, by_skill);
        if let Ok(found) = matrix.reliability() {
            prop_assert!(found.kr20 <= 1.0 + 1e-9 && found.sem >= 0.0 && found.sem.is_finite());
        }
    }

    /// The order of the learners changes no figure.
    #[test]
    fn the_order_of_learners_does_not_matter(seed in proptest::collection::vec(0u8..16, 12..20)) {
        let rows: Vec<String> = seed.iter().map(|bits| format!("{bits:04b}")).collect();
        let forth: Vec<&str> = rows.iter().map(String::as_str).collect();
        let back: Vec<&str> = rows.iter().rev().map(String::as_str).collect();
        let (forth, back) = (matrix(&forth), matrix(&back));
        for (a, b) in forth.stats().iter().zip(back.stats()) {
            prop_assert_eq!(a.chosen, b.chosen);
            match (a.discrimination, b.discrimination) {
                (Ok(a), Ok(b)) => prop_assert!((a - b).abs() < 1e-9),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }
}
