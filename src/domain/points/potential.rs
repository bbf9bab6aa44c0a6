//! A profile under a table and every rule set: all that a page, the API and the command line show of it.

use std::sync::Arc;

use super::{
    assess::Assessment,
    profile::{Comparison, Profile, ProfileFault},
    table::PointsTable,
};
use crate::domain::rules::RuleSet;

/// An assessment with the table and the rule set that it rests on.
#[derive(Debug, Clone)]
pub struct Potential {
    /// What was brought.
    pub profile: Profile,
    /// The assessment.
    pub assessment: Assessment,
    /// The table of points.
    pub table: Arc<PointsTable>,
    /// The rule set of the language test.
    pub rules: Arc<RuleSet>,
    /// The same profile under every rule set, the one above among them.
    pub comparisons: Vec<(Arc<RuleSet>, Comparison)>,
}

impl Potential {
    /// Of a profile under a table, with the points that `rules` give for Kazakh, and compared under `all` rule sets.
    ///
    /// # Errors
    /// [`ProfileFault`] for the first value that cannot be used.
    pub fn of<'r>(
        profile: Profile,
        table: Arc<PointsTable>,
        rules: Arc<RuleSet>,
        all: impl IntoIterator<Item = &'r Arc<RuleSet>>,
    ) -> Result<Self, ProfileFault> {
        let assessment = profile.assess(&table, &rules)?;
        let comparisons = all
            .into_iter()
            .map(|other| Ok((other.clone(), profile.under(&table, other)?)))
            .collect::<Result<_, ProfileFault>>()?;
        Ok(Self {
            profile,
            assessment,
            table,
            rules,
            comparisons,
        })
    }
}
