//! An assessment as JSON, `assessment.v1`: what `POST /api/v1/potential` answers and `synaq points --json` prints.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    assess::{Step, shown, shown_missing},
    gap::{Alone, Combination, Gap, Reach, Rung},
    potential::Potential,
    profile::Comparison,
};
use crate::domain::rules::{Localised, RuleSet};

/// The name of the schema, with its version.
pub const SCHEMA: &str = "assessment.v1";

/// How decimals are rounded.
pub const ROUNDING: &str = "exact decimals; what is shown is rounded down to two digits, what is missing up; estimates are rounded \
     down to two digits before they count";

/// What every answer about points says.
pub const NOTICE: &str =
    "Synaq is independent of the state. Points inside the published ranges are estimates.";

/// An assessment. Decimals are texts with two digits.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Assessed {
    /// Always `assessment.v1`.
    pub schema: String,
    /// The total.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub total: String,
    /// The points that pass.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub threshold: String,
    /// Whether the exact total reaches them.
    pub passed: bool,
    /// What is missing; 0.00 when passed.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub missing: String,
    /// The total with every assumed value at its low and at its high end.
    pub range: Range,
    /// Each criterion, in the order of the formula.
    pub steps: Vec<StepShape>,
    /// The formula with its numbers.
    pub formula: Formula,
    /// What would close the gap; absent when passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<GapShape>,
    /// What each next level of Kazakh would bring.
    pub next_levels: Vec<NextLevelShape>,
    /// The same profile under every rule set of the language test.
    pub rule_sets: Vec<RuleSetShape>,
    /// The table of points.
    pub table: String,
    /// The first day on which the table applies.
    #[schema(value_type = String)]
    pub table_from: chrono::NaiveDate,
    /// The rule set of the language test.
    pub rule: String,
    /// How decimals are rounded.
    pub rounding: String,
    /// What this is not.
    pub notice: String,
}

/// A criterion's part.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StepShape {
    /// The criterion.
    pub criterion: String,
    /// Its points.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub points: String,
    /// The least that is possible.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub min: String,
    /// The most that is possible.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub max: String,
    /// `published` or `assumed`: of the rule that gave the points; of the range where the user entered them (see `origin`).
    pub basis: String,
    /// Where the points and their range come from.
    pub source: String,
    /// Whose value the points are: `not-given`, `entered`, `level`, `certificate`, `language-score` or `estimate`.
    pub origin: String,
    /// `published` or `assumed`, of the range from `min` to `max`.
    pub range_basis: String,
    /// Between what the points may lie, where they are assumed.
    pub range: Range,
    /// The level behind the points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The estimate's formula with its numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workings: Option<String>,
    /// What to know besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The least and the greatest that a value may turn out to be.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Range {
    /// The least.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub low: String,
    /// The greatest.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub high: String,
    /// Of a total: `passes` (even the least does), `depends`, or `fails` (not even the greatest passes).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<String>,
}

/// The formula with its numbers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Formula {
    /// In the names of the criteria.
    pub text: String,
    /// Sum of all criteria but the additional conditions.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub sum: String,
    /// The health coefficient.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub health: String,
    /// `sum` × `health`.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub after_health: String,
    /// The additional conditions.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub additional: String,
}

/// What would close the gap.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GapShape {
    /// Each criterion alone.
    pub alone: Vec<AloneShape>,
    /// The least health coefficient that would reach the threshold with everything else as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub health: Option<String>,
    /// The cheapest combinations of steps, by months of work; minimal.
    pub combinations: Vec<CombinationShape>,
    /// The total with every criterion that has steps at its highest one.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub at_most: String,
}

/// What one criterion alone can do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AloneShape {
    /// The criterion.
    pub criterion: String,
    /// Whether it can reach the threshold alone.
    pub reaches: bool,
    /// The fewest points that do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub to: Option<String>,
    /// So many more than now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub by: Option<String>,
    /// The first step that has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<ReachShape>,
    /// The total with the criterion at its maximum, where that does not reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub at_most: Option<String>,
}

/// A step up in a criterion.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReachShape {
    /// A level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// An option such as a degree, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// Years altogether.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<u32>,
    /// Its points.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub points: String,
    /// Months of work from now, assumed.
    pub months: u32,
}

/// Steps that together reach the threshold; without any one of them they do not.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CombinationShape {
    /// The steps.
    pub moves: Vec<MoveShape>,
    /// Months of work one after the other, assumed.
    pub months: u32,
    /// The total they make.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub total: String,
}

/// One criterion's part in a combination.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MoveShape {
    /// The criterion.
    pub criterion: String,
    /// Its points now.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub from: String,
    /// Where it has to get.
    pub to: ReachShape,
}

/// What a level of Kazakh would bring.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NextLevelShape {
    /// The level.
    pub level: String,
    /// Its points.
    pub points: u32,
    /// `published` or `assumed`.
    pub basis: String,
    /// Where they come from.
    pub source: String,
    /// What it adds to the total.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub adds: String,
    /// The total with it.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub total: String,
    /// Whether that passes.
    pub passed: bool,
}

/// The profile under a rule set of the language test.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RuleSetShape {
    /// The rule set.
    pub rule: String,
    /// The level that passes its test, in each section.
    pub required_level: String,
    /// Its share of right answers in each section, in percent.
    pub required_percent: u32,
    /// `published` or `assumed`.
    pub basis: String,
    /// Where the requirement comes from.
    pub source: String,
    /// What to know besides: a dispute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The level that the profile states under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Whether that level passes the language test; absent where no level is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passes_test: Option<bool>,
    /// The total under it.
    #[schema(pattern = r"^\d+\.\d{2}$")]
    pub total: String,
    /// Whether the total passes.
    pub passed: bool,
}

/// Where a step's points and their range come from, in words.
pub fn source_of(step: &Step) -> String {
    let range = &step.max.source;
    match (&step.citation, step.origin.as_str()) {
        (Some(citation), _) => match step.origin.level() {
            Some(level) => format!("level {level}: {}; range: {range}", citation.source),
            None => format!("{}; range: {range}", citation.source),
        },
        (None, "entered") => format!("entered by the user; range: {range}"),
        (None, "not-given") => format!("not given; range: {range}"),
        (None, _) => format!("no level that brings points; range: {range}"),
    }
}

impl Assessed {
    /// The report of a potential.
    pub fn of(potential: &Potential) -> Self {
        let Potential {
            table,
            rules,
            assessment,
            comparisons,
            ..
        } = potential;
        let gap = table.gap(assessment, &rules.kazakh_points);
        Self {
            schema: SCHEMA.to_owned(),
            total: shown(assessment.total),
            threshold: shown(Decimal::from(assessment.threshold)),
            passed: assessment.passed,
            missing: shown_missing(assessment.missing),
            range: Range {
                low: shown(assessment.range.low),
                high: shown(assessment.range.high),
                certainty: Some(assessment.certainty().as_str().to_owned()),
            },
            steps: assessment.steps.iter().map(step).collect(),
            formula: Formula {
                text: table.formula.value.clone(),
                sum: shown(assessment.sum),
                health: shown(assessment.health),
                after_health: shown(assessment.after_health),
                additional: shown(assessment.additional),
            },
            gap: gap.as_ref().map(gap_shape),
            next_levels: table
                .next_levels(assessment, &rules.kazakh_points)
                .into_iter()
                .map(|next| NextLevelShape {
                    level: next.level.to_string(),
                    points: next.points.value,
                    basis: next.points.basis.as_str().to_owned(),
                    source: next.points.source,
                    adds: shown(next.adds),
                    total: shown(next.total),
                    passed: next.passed,
                })
                .collect(),
            rule_sets: comparisons.iter().map(rule_set).collect(),
            table: table.id.clone(),
            table_from: table.effective_from.value,
            rule: rules.id.to_string(),
            rounding: ROUNDING.to_owned(),
            notice: NOTICE.to_owned(),
        }
    }
}

fn step(step: &Step) -> StepShape {
    let basis = step.citation.as_ref().map_or(step.max.basis, |of| of.basis);
    let note = step.citation.as_ref().and_then(|of| of.note.clone());
    StepShape {
        criterion: step.criterion.as_str().to_owned(),
        points: shown(step.points),
        min: shown(Decimal::ZERO),
        max: shown(Decimal::from(step.max.value)),
        basis: basis.as_str().to_owned(),
        source: source_of(step),
        origin: step.origin.as_str().to_owned(),
        range_basis: step.max.basis.as_str().to_owned(),
        range: Range {
            low: shown(step.ends.low),
            high: shown(step.ends.high),
            certainty: None,
        },
        level: step.origin.level().map(|level| level.to_string()),
        workings: step.workings.clone(),
        note: note.or_else(|| step.max.note.clone()),
    }
}

fn gap_shape(gap: &Gap) -> GapShape {
    let alone = gap.alone.iter().map(|(criterion, alone)| {
        let criterion = criterion.as_str().to_owned();
        match alone {
            Alone::Reaches { to, by, rung } => AloneShape {
                criterion,
                reaches: true,
                to: Some(shown(*to)),
                by: Some(shown_missing(*by)),
                step: rung.as_ref().map(reach),
                at_most: None,
            },
            Alone::Cannot { at_most } => AloneShape {
                criterion,
                reaches: false,
                to: None,
                by: None,
                step: None,
                at_most: Some(shown(*at_most)),
            },
        }
    });
    GapShape {
        alone: alone.collect(),
        health: gap.health.map(shown),
        combinations: gap.combinations.iter().map(combination).collect(),
        at_most: shown(gap.at_most),
    }
}

fn reach(reach: &Reach) -> ReachShape {
    let english = |title: &Localised| title.en.clone();
    let (level, option, years) = match &reach.rung {
        Rung::Level(level) => (Some(level.to_string()), None, None),
        Rung::Option(title) => (None, Some(english(title)), None),
        Rung::Years(years) => (None, None, Some(*years)),
    };
    ReachShape {
        level,
        option,
        years,
        points: shown(reach.points),
        months: reach.months,
    }
}

fn combination(combination: &Combination) -> CombinationShape {
    CombinationShape {
        moves: combination
            .moves
            .iter()
            .map(|step| MoveShape {
                criterion: step.criterion.as_str().to_owned(),
                from: shown(step.from),
                to: reach(&step.to),
            })
            .collect(),
        months: combination.months,
        total: shown(combination.total),
    }
}

fn rule_set((rules, comparison): &(Arc<RuleSet>, Comparison)) -> RuleSetShape {
    let required = &comparison.required_level;
    RuleSetShape {
        rule: rules.id.to_string(),
        required_level: required.value.to_string(),
        required_percent: comparison.required_percent,
        basis: required.basis.as_str().to_owned(),
        source: required.source.clone(),
        note: required.note.clone(),
        level: comparison.level.map(|level| level.to_string()),
        passes_test: comparison.passes_test,
        total: shown(comparison.assessment.total),
        passed: comparison.assessment.passed,
    }
}
