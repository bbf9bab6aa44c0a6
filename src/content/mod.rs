//! stub
use crate::domain::{bank::Bank, id::RuleId, rules::RuleSet};
use std::{collections::BTreeMap, sync::Arc};
/// Everything read from the content directory.
#[derive(Debug)]
pub struct Content {
    /// rules
    pub rules: BTreeMap<RuleId, Arc<RuleSet>>,
    /// bank
    pub bank: Bank,
}
