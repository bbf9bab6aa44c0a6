//! When the next submission opens after refusals.
//!
//! Source: "after 1 month – first re-submission; after 3 months – second re-submission; each subsequent submission is
//! allowed no earlier than 6 months from the date of the previous submission" (FACTS, section 2). From what the first two
//! are counted is not said: the table does, and marks it as assumed.

use chrono::NaiveDate;

use super::{CountedFrom, Pathway, ResubmissionStep};
use crate::domain::calendar::add_months;

/// A submission that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// The day of submission, if it is known.
    pub submitted: Option<NaiveDate>,
    /// The day of the refusal.
    pub refused: NaiveDate,
}

/// The opening of a re-submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening<'t> {
    /// Which one: 1 is the first re-submission.
    pub number: usize,
    /// The step of the table that says so.
    pub step: &'t ResubmissionStep,
    /// The first day on which it may be submitted.
    pub opens: Opens,
    /// Where the step is counted from the refusal and an earlier one was not the same: the day by the other reading, from
    /// the first refusal.
    pub other_reading: Option<NaiveDate>,
}

/// When it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// On this day, from days that were entered.
    On(NaiveDate),
    /// Not before this day: if each earlier one is submitted on the day it opens and refused on the same day.
    NotBefore(NaiveDate),
    /// The day of the previous submission is needed to say.
    NeedsSubmission,
}

/// Something wrong with the rounds as entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoundFault {
    /// Refused before it was submitted.
    #[error("the refusal is before the submission")]
    RefusedBeforeSubmitted {
        /// Which round, from 0.
        round: usize,
    },
    /// Submitted before the round before it was refused.
    #[error("it is not after the previous refusal")]
    OutOfOrder {
        /// Which round, from 0.
        round: usize,
    },
}

/// Checks that rounds follow each other.
///
/// # Errors
/// The first [`RoundFault`].
pub fn check(rounds: &[Round]) -> Result<(), RoundFault> {
    let mut before: Option<NaiveDate> = None;
    for (n, round) in rounds.iter().enumerate() {
        if round.submitted.is_some_and(|day| day > round.refused) {
            return Err(RoundFault::RefusedBeforeSubmitted { round: n });
        }
        let first = round.submitted.unwrap_or(round.refused);
        if before.is_some_and(|before| first < before) {
            return Err(RoundFault::OutOfOrder { round: n });
        }
        before = Some(round.refused);
    }
    Ok(())
}

/// The opening of the next re-submission after these rounds, and of those after it as far as the table has steps of its
/// own and one more. Nothing without a refusal.
pub fn plan<'t>(table: &'t Pathway, rounds: &[Round]) -> Vec<Opening<'t>> {
    let (Some(first), Some(last)) = (rounds.first(), rounds.last()) else {
        return Vec::new();
    };
    let Some(next) = opening(table, rounds.len(), *last, first.refused) else {
        return Vec::new();
    };
    let mut openings = vec![next];
    // Later ones can only be bounded: from the day the one before opens.
    let mut bound = match next.opens {
        Opens::On(day) | Opens::NotBefore(day) => day,
        Opens::NeedsSubmission => return openings,
    };
    for number in rounds.len() + 1..=table.resubmission.len().max(rounds.len() + 1) {
        let at_once = Round {
            submitted: Some(bound),
            refused: bound,
        };
        let Some(later) = opening(table, number, at_once, first.refused) else {
            break;
        };
        let Opens::On(day) = later.opens else { break };
        openings.push(Opening {
            opens: Opens::NotBefore(day),
            ..later
        });
        bound = day;
    }
    openings
}

/// The rounds, by their number from 0, that were submitted before they were open.
pub fn too_early(table: &Pathway, rounds: &[Round]) -> Vec<usize> {
    let first = rounds.first().map(|round| round.refused);
    (1..rounds.len())
        .filter(|n| {
            let opens = first
                .and_then(|first| opening(table, *n, rounds[n - 1], first))
                .map(|opening| opening.opens);
            match (opens, rounds[*n].submitted) {
                (Some(Opens::On(day)), Some(submitted)) => submitted < day,
                _ => false,
            }
        })
        .collect()
}

fn opening(
    table: &Pathway,
    number: usize,
    last: Round,
    first_refused: NaiveDate,
) -> Option<Opening<'_>> {
    let steps = &table.resubmission;
    let step = steps
        .get(number.saturating_sub(1))
        .or_else(|| steps.last())?;
    let months = *step.after_months.value();
    let (opens, other_reading) = match step.from.value() {
        CountedFrom::Refusal => (
            Opens::On(add_months(last.refused, months)),
            (last.refused != first_refused).then(|| add_months(first_refused, months)),
        ),
        CountedFrom::Submission => (
            last.submitted.map_or(Opens::NeedsSubmission, |day| {
                Opens::On(add_months(day, months))
            }),
            None,
        ),
    };
    Some(Opening {
        number,
        step,
        opens,
        other_reading,
    })
}
