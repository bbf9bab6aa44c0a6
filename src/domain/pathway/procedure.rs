//! Which procedure somebody's circumstances lead to, and whether the test and the certificate are needed.

use super::{Pathway, Procedure, Question};
use crate::domain::rules::Dated;

/// What circumstances lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs<'t> {
    /// Whether the Kazakh test is needed, and who says so.
    pub test: &'t Dated<bool>,
    /// Whether the certificate of the assessment is needed, and who says so.
    pub certificate: &'t Dated<bool>,
}

/// The verdict on somebody's circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict<'t> {
    /// The procedure.
    pub procedure: &'t Procedure,
    /// Others that are open as well.
    pub others: Vec<&'t Procedure>,
    /// What it needs.
    pub needs: Needs<'t>,
    /// The circumstances that decided, weightiest first; none where the standard procedure applies to anybody.
    pub because: Vec<&'t Question>,
}

/// Decides by the circumstances that somebody has named; unknown names count for nothing. None for a table without a
/// standard procedure, which the loader does not let pass.
pub fn decide<'t>(table: &'t Pathway, circumstances: &[String]) -> Option<Verdict<'t>> {
    let because: Vec<&Question> = table
        .questions
        .iter()
        .filter(|question| circumstances.contains(&question.id))
        .collect();
    let mut open = because.iter().filter_map(|question| {
        let id = question.procedure.as_ref()?;
        table.procedures.iter().find(|one| one.id == *id)
    });
    let procedure = match open.next() {
        Some(procedure) => procedure,
        None => table.standard()?,
    };
    let others = open.filter(|other| other.id != procedure.id).collect();
    let first = |of: fn(&Question) -> Option<&Dated<bool>>| {
        because.iter().find_map(|question| of(question))
    };
    Some(Verdict {
        procedure,
        others,
        needs: Needs {
            test: first(|question| question.test.as_ref()).unwrap_or(&procedure.test),
            certificate: first(|question| question.certificate.as_ref())
                .unwrap_or(&procedure.certificate),
        },
        because,
    })
}
