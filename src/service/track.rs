//! The track of a paced section: planned before the section begins, kept with the attempt once it does.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    Exam, Failure,
    load::{Wording, attempt_event},
    paper::{PaperSection, Status},
};
use crate::domain::{
    Timestamp,
    attempt::{Attempt, State},
    delivery::{Delivery, NotOffered},
    form::Form,
    rules::{RuleSet, Section},
    track::{Clip, FLOOR_MS, Plan, Terms, Text, TooLong},
};
use crate::store::Conn;

/// The track of a section, as its learner may see it.
#[derive(Debug, Clone)]
pub struct PaperTrack {
    /// What it is called in its URL: it tells nothing, and another plan has another name.
    pub name: String,
    /// What comes when.
    pub plan: Arc<Plan>,
    /// Where it stands now, while the section runs.
    pub position_ms: Option<u64>,
}

impl PaperTrack {
    /// About how large it is: our recordings and the silence between them have one rate throughout.
    pub fn bytes(&self) -> u64 {
        const BYTES_A_SECOND: u64 = 6_000;
        self.plan.total_ms * BYTES_A_SECOND / 1_000
    }
}

/// Everything that decides about a track besides the texts.
fn terms(attempt: &Attempt, index: usize, rules: Option<&RuleSet>) -> Option<Terms> {
    let section = &attempt.form.sections[index];
    let answering = rules
        .and_then(|rules| rules.section(section.name))
        .and_then(|rule| rule.answering_seconds.as_ref());
    Some(Terms {
        limit_ms: u64::try_from(attempt.limit_ms(index)?).ok()?,
        plays: section.plays?,
        extra_plays: attempt.allowance.extra_plays,
        answering_ms: answering.map_or(FLOOR_MS, |seconds| u64::from(seconds.value) * 1000),
    })
}

/// The recordings of a section in order.
fn texts(form: &Form, index: usize, wording: &Wording) -> Vec<Text> {
    let testlets = form.sections[index].testlets.iter();
    testlets
        .filter_map(|testlet| {
            let recording = wording.recording(testlet)?;
            Some(Text {
                testlet: testlet.id.clone(),
                clip: Clip {
                    sha256: recording.sha256.clone(),
                    duration_ms: recording.duration_ms,
                },
            })
        })
        .collect()
}

impl Exam {
    /// How the recordings of a mock come, of what was wished for.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with `delivery` (`not-offered`).
    pub(super) fn delivery(
        &self,
        rules: &RuleSet,
        wish: Option<Delivery>,
    ) -> Result<Delivery, Failure> {
        let chosen = rules.offered().choose(wish);
        chosen.map_err(|NotOffered| Failure::Invalid {
            field: "delivery",
            problem: "not-offered",
        })
    }

    /// The track of the section at `index` under the conditions of now; none where it has none.
    fn plan(
        &self,
        attempt: &Attempt,
        index: usize,
        wording: &Wording,
    ) -> Result<Option<Plan>, TooLong> {
        let rules = self.rules(Some(&attempt.rule)).ok();
        let paced = attempt.delivery == Delivery::Paced;
        let Some(terms) = terms(attempt, index, rules.as_deref()).filter(|_| paced) else {
            return Ok(None);
        };
        Plan::new(&texts(&attempt.form, index, wording), &self.cues(), terms).map(Some)
    }

    /// Whether the tracks of an attempt that is to be made fit into their sections, and can be heard.
    ///
    /// # Errors
    /// [`Failure::TrackTooLong`], [`Failure::NoTrack`].
    pub(super) async fn has_tracks(
        &self,
        conn: &mut Conn,
        attempt: &Attempt,
    ) -> Result<(), Failure> {
        if attempt.delivery == Delivery::Paced {
            let wording = self.wording(conn, &attempt.form).await?;
            for index in 0..attempt.form.sections.len() {
                if let Some(plan) = self.plan(attempt, index, &wording)? {
                    self.can_join(&plan).await?;
                }
            }
        }
        Ok(())
    }

    /// Starts a section of an attempt that is held. A track is kept from now on, so that the learner hears what was
    /// planned whatever becomes of the content; if none fits any more, the recordings come freely.
    pub(super) async fn begin(
        &self,
        conn: &mut Conn,
        attempt: &mut Attempt,
        section: Section,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let index = attempt.start(section, at)?.index;
        // The section's own first page is yet to be opened.
        conn.take_over(&attempt.id, None).await?;
        if attempt.delivery == Delivery::Free {
            return Ok(());
        }
        let wording = self.wording(conn, &attempt.form).await?;
        match self.plan(attempt, index, &wording) {
            Ok(None) => {}
            Ok(Some(plan)) => {
                conn.keep_track(&attempt.id, &plan).await?;
                attempt.track = Some(Arc::new(plan));
            }
            Err(too_long) => {
                attempt.delivery = Delivery::Free;
                conn.keep_delivery(&attempt.id, attempt.delivery).await?;
                let detail = json!({ "section": section, "why": too_long.to_string() });
                let event = attempt_event(attempt, at, "server", "track-left-out", detail);
                conn.record(&event).await?;
            }
        }
        Ok(())
    }

    /// What outages took of the section that runs by a track, and was given back to it.
    pub(super) async fn given_back(
        &self,
        conn: &mut Conn,
        attempt: &Attempt,
    ) -> Result<TimeDelta, Failure> {
        let by_track = attempt
            .running()
            .filter(|(section, _)| attempt.track.is_some() && section.plays.is_some());
        match by_track {
            // Later than the start: what was given back to the break before it, or before its first page was there, is
            // no time of the track.
            Some((_, running)) => Ok(conn.given_back(&attempt.id, running.started_at).await?),
            None => Ok(TimeDelta::zero()),
        }
    }

    /// Puts the tracks into a paper's sections, in the place of their single recordings.
    pub(super) fn pace(
        &self,
        attempt: &Attempt,
        wording: &Wording,
        sections: &mut [PaperSection],
        as_of: Timestamp,
        given_back: TimeDelta,
    ) {
        for (index, section) in sections.iter_mut().enumerate() {
            let plan = match (section.status, &attempt.state) {
                (Status::Running, _) => attempt.track.clone().filter(|_| section.plays.is_some()),
                (Status::Waiting, State::Ready | State::Running(_) | State::Break(_)) => {
                    let plan = self.plan(attempt, index, wording);
                    plan.ok().flatten().map(Arc::new)
                }
                _ => None,
            };
            let Some(plan) = plan else { continue };
            section.recordings.clear();
            for testlet in &mut section.testlets {
                testlet.audio = None;
            }
            section.track = Some(PaperTrack {
                name: name(&plan),
                position_ms: attempt.position_ms(index, as_of, given_back),
                plan,
            });
        }
    }
}

/// What a plan is called: a hash of all that it holds.
pub(super) fn name(plan: &Plan) -> String {
    const HEX_DIGITS: usize = 32;
    let text = serde_json::to_vec(plan).unwrap_or_default();
    let mut name = format!("{:x}", Sha256::digest(text));
    name.truncate(HEX_DIGITS);
    name
}
