//! The points calculator as a library: `cargo run --example potential`.
//!
//! Nothing of the exam is needed: a content directory with rules and a table of points, a profile, and the formula.

use std::error::Error;
use std::path::Path;

use synaq::content;
use synaq::domain::level::Level;
use synaq::domain::points::{Criterion, Facts, LanguageClaim, Profile, shown, shown_missing};

fn main() -> Result<(), Box<dyn Error>> {
    let content = content::load_rules(Path::new("content")).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).ok_or("a day")?;
    let table = content.points_on(day).ok_or("no table is in force")?;
    let rules = content.rules.values().next().ok_or("no rule set")?;

    let profile = Profile {
        criteria: vec![(Criterion::Adaptability, 40.into())],
        facts: Facts {
            age: Some(33),
            degree: Some("bachelor".to_owned()),
            ..Facts::default()
        },
        kazakh: Some(LanguageClaim::Level(Level::A1)),
        ..Profile::default()
    };
    let assessment = profile.assess(table, rules)?;
    for step in &assessment.steps {
        let from = step.workings.as_deref().unwrap_or(step.origin.as_str());
        println!(
            "{:<22} {:>7}  {from}",
            step.criterion.as_str(),
            shown(step.points)
        );
    }
    println!(
        "total {} of {}, missing {}; between {} and {}",
        shown(assessment.total),
        assessment.threshold,
        shown_missing(assessment.missing),
        shown(assessment.range.low),
        shown(assessment.range.high),
    );
    for next in table.next_levels(&assessment, &rules.kazakh_points) {
        println!("Kazakh {} would add {}", next.level, shown(next.adds));
    }
    Ok(())
}
