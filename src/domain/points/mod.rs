//! The criteria-based assessment of immigration potential.
//!
//! total = (demographic + education + languages + experience in Kazakhstan + experience elsewhere + adaptability) ×
//! health + additional; 400 or more passes. Formula and ranges: `content/points`, from the overview of the rules of
//! 13 February 2026. Exact decimal arithmetic; what is shown is rounded so that it never claims a pass that was missed.
//!
//! A [`Profile`] says what somebody brings; [`Profile::assess`] gives each step of the formula under a [`PointsTable`]
//! and a rule set, [`PointsTable::gap`] what would reach the points that pass. [`document`] reads a profile from JSON
//! and [`report`] writes an assessment as JSON: the same for the API, the command line and other programs
//! (`examples/potential.rs`).

mod assess;
pub mod document;
mod estimate;
mod gap;
mod potential;
mod profile;
pub mod report;
mod table;

pub use assess::{
    Assessment, Certainty, Citation, Claim, MOST_DIGITS, Origin, OutOfRange, Step, shown,
    shown_missing,
};
pub use estimate::{
    Choice, ChoiceFact, ChoiceOption, Estimate, Estimated, Facts, Line, MOST_YEARS, NumberFact,
    OLDEST, Shares,
};
pub use gap::{Alone, Combination, Gap, MOST_COMBINATIONS, Move, NextLevel, Reach, Rung};
pub use potential::Potential;
pub use profile::{
    Comparison, LanguageClaim, Profile, ProfileFault, Reason, field_of, level_under,
};
pub use table::{
    ByLevel, Certificate, Criterion, Effort, Ends, Information, NotAScore, PointsTable, Scale,
    UnknownCriterion,
};
