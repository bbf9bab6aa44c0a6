//! `synaq points`: assesses a profile without a server, an account or a database.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::content;
use crate::domain::id::RuleId;
use crate::domain::language_score::{TrustedKeys, verify};
use crate::domain::points::{
    Potential,
    document::PotentialRequest,
    report::{Assessed, ReachShape},
};

/// Arguments of `synaq points`.
#[derive(Debug, clap::Args)]
pub struct PointsArgs {
    /// The profile: a JSON file as POST /api/v1/potential takes it; - is standard input
    #[arg(long, value_name = "FILE")]
    profile: PathBuf,
    /// The content directory
    #[arg(long, value_name = "DIR", default_value = "content")]
    content: PathBuf,
    /// The day on which it is assessed, such as 2026-11-22 [default: today in Kazakhstan]
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
    /// Public keys (JWKS, as a server publishes them at /.well-known/jwks.json) whose language scores are believed
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Print the assessment as JSON (schema assessment.v1) instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// What is wrong with the profile or the content, in words.
pub fn run(args: &PointsArgs) -> Result<(), String> {
    let name = args.profile.display();
    let text = read(args).map_err(|error| format!("{name}: {error}"))?;
    let request: PotentialRequest =
        serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
    let content = content::load_rules(&args.content).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let dir = args.content.display();
        format!(
            "the content in {dir} cannot be used (--content names another):\n{}",
            lines.join("\n")
        )
    })?;
    let rule = RuleId::new(
        request
            .rule
            .clone()
            .unwrap_or_else(|| Config::default().exam.default_rule),
    );
    let rules = content
        .rules
        .get(&rule)
        .ok_or_else(|| format!("there is no rule set {rule}"))?;
    let now = SystemClock::shared().now();
    let today = args
        .on
        .unwrap_or_else(|| now.with_timezone(&rules.retake.zone.value).date_naive());
    let table = content
        .points_on(today)
        .ok_or_else(|| format!("no table of points is in force on {today}"))?;
    let trusted = match &args.keys {
        None => TrustedKeys::default(),
        Some(file) => {
            let name = file.display();
            let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
            TrustedKeys::from_jwks(&text).map_err(|error| format!("{name}: {error}"))?
        }
    };
    let all = content.rules.values();
    let report = request
        .profile(&|score| verify(score, &trusted, today))
        .and_then(|profile| Potential::of(profile, table.clone(), rules.clone(), all))
        .map(|potential| Assessed::of(&potential))
        .map_err(|fault| format!("{name}: {fault}"))?;
    if args.json {
        let json = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        println!("{json}");
    } else {
        print!("{}", in_words(&report));
    }
    Ok(())
}

fn read(args: &PointsArgs) -> std::io::Result<String> {
    if args.profile.as_os_str() != "-" {
        return std::fs::read_to_string(&args.profile);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// The report for people, in English: the verdict, every step with its source, what would close the gap.
fn in_words(report: &Assessed) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    let verdict = match report.passed {
        true => "passes".to_owned(),
        false => format!("{} are missing", report.missing),
    };
    line(format!(
        "{} of {} points: {verdict}",
        report.total, report.threshold
    ));
    line(format!(
        "with every assumed value at its low and high end: {} to {} ({})",
        report.range.low,
        report.range.high,
        match report.range.certainty.as_deref() {
            Some("passes") => "passes in any case",
            Some("fails") => "does not pass in any case",
            _ => "depends on values that nobody has published",
        }
    ));
    line(String::new());
    let mut sources: Vec<&str> = Vec::new();
    for step in &report.steps {
        let whose = match (step.origin.as_str(), step.basis.as_str()) {
            ("entered", _) => "entered".to_owned(),
            ("not-given", _) => "not given".to_owned(),
            (origin, basis) => format!("{origin}, {basis}"),
        };
        let known = sources.iter().position(|known| *known == step.source);
        let note = known.unwrap_or_else(|| {
            sources.push(&step.source);
            sources.len() - 1
        }) + 1;
        line(format!(
            "{:<22} {:>7} of {:>7}  {whose} [{note}]",
            step.criterion, step.points, step.max
        ));
        if let Some(workings) = &step.workings {
            line(format!("{:<22} = {workings}", ""));
        }
    }
    line(String::new());
    let formula = &report.formula;
    line(format!(
        "{} × {} + {} = {}",
        formula.sum, formula.health, formula.additional, report.total
    ));
    line(report.rounding.clone());
    if let Some(gap) = &report.gap {
        line(String::new());
        line("What one criterion alone can do:".to_owned());
        for alone in &gap.alone {
            let can = match (&alone.to, &alone.by, &alone.at_most) {
                (Some(to), Some(by), _) => {
                    let first = alone.step.as_ref().map(rung);
                    let first =
                        first.map_or_else(String::new, |rung| format!(", first with {rung}"));
                    format!("reaches it with {to} (+{by}){first}")
                }
                (_, _, at_most) => format!(
                    "cannot reach it: at most {} in all",
                    at_most.as_deref().unwrap_or_default()
                ),
            };
            line(format!("{:<22} {can}", alone.criterion));
        }
        line(String::new());
        match gap.combinations.is_empty() {
            true => line(format!(
                "No combination of steps reaches it: at most {} in all",
                gap.at_most
            )),
            false => line("Cheapest combinations, by months of work (assumed):".to_owned()),
        }
        for combination in &gap.combinations {
            let steps: Vec<String> = combination
                .moves
                .iter()
                .map(|step| format!("{} {}", step.criterion, rung(&step.to)))
                .collect();
            line(format!(
                "{:>3} months: {} -> {}",
                combination.months,
                steps.join(" + "),
                combination.total
            ));
        }
    }
    line(String::new());
    for set in &report.rule_sets {
        let mut about = format!(
            "{}: level {} in each section ({} %)",
            set.rule, set.required_level, set.required_percent
        );
        if let Some(passes) = set.passes_test {
            let _ = write!(
                about,
                ", {}",
                if passes { "reached" } else { "not reached" }
            );
        }
        line(about);
    }
    line(String::new());
    for (at, source) in sources.iter().enumerate() {
        line(format!("[{}] {source}", at + 1));
    }
    line(String::new());
    line(format!(
        "{} (table {} of {}, rule set {})",
        report.notice, report.table, report.table_from, report.rule
    ));
    out
}

fn rung(reach: &ReachShape) -> String {
    let what = match (&reach.level, &reach.option, reach.years) {
        (Some(level), _, _) => level.clone(),
        (_, Some(option), _) => option.clone(),
        (_, _, Some(years)) => format!("{years} years"),
        _ => String::new(),
    };
    format!("{what} ({})", reach.points)
}
