//! `language-score.v1`: the statement of a finished mock that the points calculator reads, signed by the server that
//! held the mock, so that another tool can trust it.

mod canonical;
mod keys;
mod pem;
mod signature;

pub use canonical::{NotCanonical, canonical};
pub use keys::{Jwk, Jwks, KeyFault, KeySet, PublicKey, SigningKey, TrustedKeys};
pub use signature::{ScoreFault, sign, verify};

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    accommodation::Accommodation,
    id::{AttemptId, RuleId},
    level::Level,
    rules::{Basis, RuleSet, Section},
    score::{self, SectionScore},
};

/// The name of the schema, with its version.
pub const SCHEMA: &str = "language-score.v1";

/// What a finished mock says about its learner's Kazakh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LanguageScore {
    /// Always `language-score.v1`.
    #[schema(pattern = "^language-score\\.v1$")]
    pub schema: String,
    /// Always `kazakh`.
    #[schema(pattern = "^kazakh$")]
    pub language: String,
    /// The attempt it rests on.
    #[schema(value_type = String)]
    pub attempt: AttemptId,
    /// The rule set under which it was sat.
    #[schema(value_type = String)]
    pub rule: RuleId,
    /// The overall level: the lower of the sections' levels; null when a section is below the lowest band.
    #[schema(required = true)]
    pub level: Option<Level>,
    /// The level that passes under the rule set.
    pub required_level: Level,
    /// Whether every section reaches it.
    pub passed: bool,
    /// Each section's share.
    pub sections: Vec<SectionStatement>,
    /// The day of the test in the rule's time zone.
    pub date: NaiveDate,
    /// The last day on which it counts.
    pub valid_until: NaiveDate,
    /// Points for Kazakh in the assessment of immigration potential; 0 without a level.
    pub kazakh_points: u32,
    /// Where the points come from.
    pub kazakh_points_source: String,
    /// Whether the points are published or assumed.
    pub kazakh_points_basis: Basis,
    /// Says that this is a practice result and not the state's certificate.
    pub notice: String,
    /// What a school granted of time and plays for it; absent where both were everybody's.
    // So that a statement without them is byte for byte what it was before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ScoreConditions)]
    pub conditions: Option<ScoreConditions>,
    /// A detached JWS (RFC 7515, appendix F) by Ed25519 of the canonical JSON (RFC 8785) of all other members.
    // None until it is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = true, pattern = r"^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$")]
    pub signature: Option<String>,
}

/// Other conditions under which a mock was sat, as far as they change what its score says: the conditions at its end. That
/// a break was longer or the text larger is nobody else's affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ScoreConditions {
    /// Extra time in percent of each section's own.
    pub extra_percent: u32,
    /// Extra minutes in each section, on top of the percent.
    pub extra_minutes: u32,
    /// Extra plays of each recording.
    pub extra_plays: u32,
}

impl ScoreConditions {
    /// What a statement tells of the conditions that a school granted; none where time and plays were everybody's.
    pub fn of(granted: Accommodation) -> Option<Self> {
        let told = Self {
            extra_percent: granted.extra_percent,
            extra_minutes: granted.extra_minutes,
            extra_plays: granted.extra_plays,
        };
        (told != Self::default()).then_some(told)
    }
}

impl LanguageScore {
    /// The statement of a mock that was sat under these conditions. A signature that it had is none of this one.
    pub fn under(self, granted: Accommodation) -> Self {
        Self {
            conditions: ScoreConditions::of(granted),
            signature: None,
            ..self
        }
    }
}

/// One section of a language score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SectionStatement {
    /// Which section.
    pub name: Section,
    /// Right answers.
    pub correct: u32,
    /// Items.
    pub of: u32,
    /// Percent, rounded down.
    #[schema(maximum = 100)]
    pub percent: u32,
    /// The level by band.
    #[schema(required = true)]
    pub level: Option<Level>,
}

/// The statement for a finished mock, not signed yet. That it is one, the caller has checked.
pub fn statement(
    attempt: AttemptId,
    rules: &RuleSet,
    sections: &[SectionScore],
    finished_at: Timestamp,
) -> LanguageScore {
    let level = score::overall_level(sections, rules);
    let points = level.and_then(|level| rules.points_for(level));
    let date = finished_at
        .with_timezone(&rules.retake.zone.value)
        .date_naive();
    let valid_until = date
        .checked_add_months(Months::new(rules.certificate_months.value))
        .unwrap_or(date);
    LanguageScore {
        schema: SCHEMA.to_owned(),
        language: "kazakh".to_owned(),
        attempt,
        rule: rules.id.clone(),
        level,
        required_level: rules.required_level.value,
        passed: score::passed(sections, rules),
        sections: sections
            .iter()
            .map(|section| SectionStatement {
                name: section.name,
                correct: section.correct,
                of: section.of,
                percent: section.percent(),
                level: section.level(rules),
            })
            .collect(),
        date,
        valid_until,
        kazakh_points: points.map_or(0, |points| points.value),
        kazakh_points_source: points.map_or_else(String::new, |points| points.source.clone()),
        kazakh_points_basis: points.map_or(Basis::Assumed, |points| points.basis),
        notice: "Practice result by Synaq, which is independent of the National Testing Center. Not a certificate."
            .to_owned(),
        conditions: None,
        signature: None,
    }
}
