//! A stimulus after the answer, as the HTML that everybody gets who had it. A result's page holds a dozen of them, which
//! are half of its work: each is made once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;

use super::{Chrome, items::StimulusView};
use crate::domain::Language;
use crate::service::TestletResult;

/// What it depends on: the language of what stands around it, the testlet's wording, whose voice is heard.
type Key = (Language, String, Option<(String, Option<String>)>);

/// The stimuli that were shown.
#[derive(Debug, Default)]
pub(in crate::web) struct Stimuli(Mutex<HashMap<Key, Arc<str>>>);

#[derive(Template)]
#[template(path = "components/stimulus.html")]
struct Fragment<'a> {
    c: &'a Chrome<'a>,
    stimulus: StimulusView,
}

impl Stimuli {
    /// Several banks in every language, of some kilobytes each; with more, all are made anew.
    const MOST: usize = 2_000;

    /// The stimulus of a testlet with all its items; what proves their keys is marked.
    pub(super) fn html(&self, c: &Chrome<'_>, testlet: &TestletResult) -> Arc<str> {
        let recording = testlet.stimulus.recording();
        let voice = recording.map(|one| (one.sha256.clone(), one.credit.clone()));
        let key = (c.language, testlet.digest.clone(), voice);
        if let Some(html) = self.lock().get(&key) {
            return html.clone();
        }
        let stimulus = StimulusView::of(testlet);
        let html = match (Fragment { c, stimulus }).render() {
            Ok(html) => Arc::from(html),
            Err(error) => {
                tracing::error!(%error, "a stimulus could not be rendered");
                return Arc::default();
            }
        };
        let mut made = self.lock();
        if made.len() >= Self::MOST {
            made.clear();
        }
        made.insert(key, Arc::clone(&html));
        html
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<str>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
