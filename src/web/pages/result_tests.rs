use super::*;
use crate::domain::{form::Letter, id::ItemId, rules::Localised};

fn item(skill: &str, level: Level, section: Section, correct: bool) -> ItemResult {
    ItemResult {
        id: ItemId::new("one"),
        section,
        position: 1,
        stem: String::new(),
        options: Vec::new(),
        response: Some(Letter::A),
        key: Letter::A,
        keys: vec![Letter::A],
        correct,
        correction: None,
        evidence: String::new(),
        explanation: Localised {
            en: String::new(),
            ru: String::new(),
            kk: None,
        },
        skill: skill.to_owned(),
        level,
        grammar_point: None,
    }
}

#[test]
fn skills_come_weakest_first_with_practice_at_the_lowest_level_that_was_wrong() {
    let items = [
        item("detail", Level::A2, Section::Listening, true),
        item("detail", Level::A2, Section::Listening, true),
        item("grammar", Level::B1, Section::Reading, false),
        item("grammar", Level::A2, Section::Reading, false),
        item("grammar", Level::A1, Section::Reading, true),
    ];
    let rows = skills(items.iter());
    assert_eq!(
        rows,
        [
            SkillRow {
                skill: "grammar".to_owned(),
                right: 1,
                of: 3,
                percent: 33,
                practise: Some("/practice?section=reading&level=A2&skill=grammar".to_owned()),
            },
            SkillRow {
                skill: "detail".to_owned(),
                right: 2,
                of: 2,
                percent: 100,
                practise: None,
            },
        ]
    );
}

#[test]
fn practice_is_offered_in_the_weaker_section() {
    let section = |name, correct, percent| SectionResult {
        name,
        correct,
        of: 10,
        percent,
        level: None,
        needed: 3,
        passed: false,
        took_ms: 0,
        ended_by: EndedBy::Learner,
    };
    let sections = [
        section(Section::Listening, 10, 100),
        section(Section::Reading, 4, 40),
    ];
    let items = [
        item("detail", Level::B1, Section::Reading, false),
        item("detail", Level::A1, Section::Reading, true),
    ];
    assert_eq!(
        practise(&sections, items.iter()),
        "/practice?section=reading&level=B1"
    );
    assert_eq!(practise(&sections[..1], [].iter()), "/practice");
    assert_eq!(missing(&section(Section::Reading, 1, 10)), 2);
    assert_eq!(missing(&section(Section::Reading, 4, 40)), 0);
}
