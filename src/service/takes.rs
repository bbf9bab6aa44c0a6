//! Making a recording of what somebody uploads: checked, cut to the speech, equally loud, measured.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Exam, Failure};
use crate::audio::{TakeLimits, normalise};
use crate::domain::{
    id::{LearnerId, RecordingId, SchoolId, TestletId},
    level::Level,
    speech,
    voice::{Measures, spoken_ms},
};
use crate::store::Account;

/// The largest file that is taken, in bytes: half an hour of good MP3, five minutes of plain WAV.
pub const UPLOAD_BYTES_MAX: usize = 30_000_000;
/// How many uploads one server holds in memory at once, of one person one: each may come byte by byte for minutes, and as
/// many as wished to would be more than the machine has.
pub const UPLOADS_AT_ONCE: usize = 4;

/// Who has a place for an upload on this server.
#[derive(Debug, Clone, Default)]
pub(super) struct Uploads(Arc<Mutex<HashSet<LearnerId>>>);

impl Uploads {
    fn people(&self) -> MutexGuard<'_, HashSet<LearnerId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place for an upload, given back with the value.
#[derive(Debug)]
pub struct UploadPlace {
    who: LearnerId,
    uploads: Uploads,
}

impl Drop for UploadPlace {
    fn drop(&mut self) {
        self.uploads.people().remove(&self.who);
    }
}

impl Exam {
    /// A place for an upload of somebody, to be taken before anything of it is read.
    ///
    /// # Errors
    /// [`Failure::Busy`] where no place is free, or this person has one already.
    pub fn upload_place(&self, who: &Account) -> Result<UploadPlace, Failure> {
        let mut people = self.uploads.people();
        if people.len() >= UPLOADS_AT_ONCE || !people.insert(who.id.clone()) {
            return Err(Failure::Busy);
        }
        Ok(UploadPlace {
            who: who.id.clone(),
            uploads: self.uploads.clone(),
        })
    }

    /// The usual rates of speech at a level, in syllables a minute.
    pub fn speech_norm(&self, level: Level) -> RangeInclusive<u32> {
        speech::rate_norm(level)
    }

    /// Makes a recording of what somebody uploads, and keeps it as a draft in the place of an earlier one of theirs. The
    /// `place` is theirs from [`Exam::upload_place`], and free again once the upload is dropped.
    ///
    /// # Errors
    /// As [`Exam::keep_take`]; [`Failure::Take`] with what is wrong with the upload.
    pub async fn record_voice(
        &self,
        who: &Account,
        school: &SchoolId,
        testlet: &TestletId,
        place: UploadPlace,
        upload: impl AsRef<[u8]> + Send + 'static,
    ) -> Result<RecordingId, Failure> {
        let (_, desk) = self.voice_desk(who, school, testlet).await?;
        let lengths = desk.lengths();
        let limits = TakeLimits {
            bytes: UPLOAD_BYTES_MAX,
            least_ms: *lengths.start(),
            most_ms: *lengths.end(),
        };
        let permit = self.studio.clone().acquire_owned().await;
        let permit = permit.map_err(|_| Failure::Busy)?;
        let take = tokio::task::spawn_blocking(move || {
            // Also where nobody waits for the take any more: the upload is still in memory.
            let _held = (permit, place);
            normalise(upload.as_ref(), &limits)
        });
        let take = take.await.map_err(|_| Failure::Busy)??;
        let words = desk.edition.testlet.stimulus.words_text();
        let spoken = spoken_ms(&take.waveform, take.duration_ms);
        let measures = Measures {
            syllables_per_minute: speech::speech_rate(&words, spoken),
            sha256: take.sha256,
            bytes: take.mp3.len() as u64,
            duration_ms: take.duration_ms,
            loudness: take.loudness_lufs,
            true_peak: take.true_peak_dbtp,
            waveform: take.waveform,
        };
        self.keep_take(who, school, testlet, &take.mp3, measures)
            .await
    }
}
