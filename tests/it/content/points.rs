//! Faults of a table of points: the repository's own, with one slip each.

use std::path::Path;

use synaq::content;

use crate::support::{Scratch, own_content};

const FILE: &str = "points/potential-2026-02.toml";

/// What is written instead of what, the field at fault, part of the reason.
#[rustfmt::skip]
const SLIPS: [(&str, &str, &str, &str); 19] = [
    ("education = { value = 150", "education = { value = 1500", "criteria.education.value", "must be between 1 and 1000"),
    ("demographic = { value = 110, basis = \"published\", source = \"overview\" }", "", "criteria.demographic", "is missing"),
    ("[health]\nvalue = 1", "[health]\nvalue = 2", "health.value", "must be between 1 and 1"),
    ("[formula]", "[formulas]", "formula", "is missing"),
    ("A1 = { value = [20, 36]", "A1 = { value = [36, 20]", "level_ends.kazakh.A1.value", "must not be above"),
    ("A1 = { value = [20, 36]", "A1 = { value = [20]", "level_ends.kazakh.A1.value", "must be two numbers"),
    ("language = \"russian\"", "language = \"french\"", "certificates.1.language", "not one of russian, english"),
    ("{ name = \"TEU\", level = \"A1\" }", "{ name = \"TEU\", level = \"A0\" }", "certificates.1.scale.value.grades.1.level", "not a level"),
    ("{ score = \"5.5\", level = \"B2\" }", "{ score = \"3.5\", level = \"B2\" }", "certificates.2.scale.value.from", "must rise"),
    ("max = \"9\"", "max = \"6\"", "certificates.2.scale.value.from", "within min and max"),
    ("from = [18, 110], to = [63, 0]", "from = [63, 110], to = [18, 0]", "estimates.demographic.value.to", "must lie above from"),
    ("from = [18, 110]", "from = [18, 111]", "estimates.demographic.value.from.2", "must be between 0 and 110"),
    ("spread = 30 }\nbasis = \"assumed\"", "spread = 30 }\nbasis = \"published\"", "estimates.demographic", "never published"),
    ("points = 30\nends = [0, 60]", "points = 130\nends = [0, 150]", "estimates.education.value.options", "must not fall"),
    ("points = 30\nends = [0, 60]", "points = 30\nends = [40, 60]", "estimates.education.value.options.2.ends", "must lie around"),
    ("groups = [[\"education\"]", "groups = [[\"adaptability\"]", "estimates.adaptability.value.groups.1.1", "another criterion"),
    ("groups = [[\"education\"]", "groups = [[]", "estimates.adaptability.value.groups.1", "at least one criterion"),
    ("value = { A1 = 3, A2 = 4, B1 = 6, B2 = 9, C1 = 12 }, basis = \"assumed\", source = [", "value = { A1 = 3 }, basis = \"assumed\", source = [", "effort.kazakh.value.A2", "is missing"),
    ("[[information]]\ntitle = { en = \"Criminal record\", ", "[[information]]\ntitle = { ", "information.1.title.en", "is missing"),
];

fn with(table: &str) -> Scratch {
    let scratch = Scratch::new("points");
    for directory in ["rules", "points"] {
        std::fs::create_dir(scratch.path().join(directory)).expect("a directory");
    }
    let rules = "rules/a1-2026-02.toml";
    std::fs::copy(own_content().join(rules), scratch.path().join(rules)).expect("copied");
    std::fs::write(scratch.path().join(FILE), table).expect("written");
    scratch
}

#[test]
fn each_slip_in_a_table_is_told_with_its_field() {
    let table = std::fs::read_to_string(own_content().join(FILE)).expect("the table");
    content::load_rules(with(&table).path()).expect("without a slip it is sound");
    for (right, wrong, field, reason) in SLIPS {
        assert!(
            table.contains(right),
            "{right:?} does not stand in the table"
        );
        let scratch = with(&table.replacen(right, wrong, 1));
        let faults = content::load_rules(scratch.path()).expect_err(wrong);
        let fault = faults
            .iter()
            .find(|fault| fault.field == field)
            .unwrap_or_else(|| panic!("{wrong}: {faults:#?}"));
        assert!(fault.reason.contains(reason), "{wrong}: {fault}");
        assert_eq!(fault.file, Path::new(FILE));
        assert!(fault.line.is_some(), "{fault}");
    }
}

#[test]
fn a_table_without_estimates_is_a_table() {
    let table = std::fs::read_to_string(own_content().join(FILE)).expect("the table");
    let cut = table.find("# ---- Languages").expect("the languages");
    let levels = table
        .find("[russian_points]")
        .expect("the points of levels");
    let ends = table.find("# Three readings").expect("the ends");
    let plain = format!("{}{}", &table[..cut], &table[levels..ends]);
    let content = content::load_rules(with(&plain).path()).expect("sound");
    let table = content.points.values().next().expect("the table");
    assert!(table.estimates.is_empty() && table.effort.is_empty());
}
