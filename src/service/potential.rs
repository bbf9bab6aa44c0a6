//! The points calculator: a profile in, an assessment out.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{Exam, Failure};
use crate::domain::{
    id::RuleId,
    language_score::verify,
    points::{LanguageClaim, PointsTable, Potential, Profile, document::PotentialRequest},
    rules::RuleSet,
};

impl Exam {
    /// Today in the zone of a rule set.
    pub fn today(&self, rules: &RuleSet) -> NaiveDate {
        self.clock
            .now()
            .with_timezone(&rules.retake.zone.value)
            .date_naive()
    }

    /// The newest table of points in force on a day.
    ///
    /// # Errors
    /// [`Failure::NoPointsTable`].
    pub fn points_table(&self, on: NaiveDate) -> Result<Arc<PointsTable>, Failure> {
        self.content
            .points_on(on)
            .cloned()
            .ok_or(Failure::NoPointsTable)
    }

    /// Assesses a profile under the newest table in force, with Kazakh points by the rule set that it names.
    ///
    /// # Errors
    /// [`Failure::UnknownRule`], [`Failure::NoPointsTable`], [`Failure::Profile`].
    pub fn potential(&self, request: &PotentialRequest) -> Result<Potential, Failure> {
        let (profile, rules) = self.profile_of(request)?;
        self.potential_of(profile, rules)
    }

    /// The same with Kazakh stated by what the server itself knows: a statement of the learner's own mock needs no
    /// signature.
    ///
    /// # Errors
    /// As [`Exam::potential`].
    pub fn potential_with(
        &self,
        request: &PotentialRequest,
        kazakh: LanguageClaim,
    ) -> Result<Potential, Failure> {
        let (profile, rules) = self.profile_of(request)?;
        let profile = Profile {
            kazakh: Some(kazakh),
            ..profile
        };
        self.potential_of(profile, rules)
    }

    fn profile_of(&self, request: &PotentialRequest) -> Result<(Profile, Arc<RuleSet>), Failure> {
        let rule = request.rule.clone().map(RuleId::new);
        let rules = self.rules(rule.as_ref())?;
        let today = self.today(&rules);
        let profile = request.profile(&|score| verify(score, &self.keys.trusted, today))?;
        Ok((profile, rules))
    }

    /// Assesses a profile under the newest table in force and a rule set.
    ///
    /// # Errors
    /// [`Failure::NoPointsTable`], [`Failure::Profile`].
    pub fn potential_of(
        &self,
        profile: Profile,
        rules: Arc<RuleSet>,
    ) -> Result<Potential, Failure> {
        let table = self.points_table(self.today(&rules))?;
        let all = self.content.rules.values();
        Ok(Potential::of(profile, table, rules, all)?)
    }
}
