//! Making a recording of what somebody uploads: checked, cut to the speech, equally loud, measured.

use std::ops::RangeInclusive;

use super::{Exam, Failure};
use crate::audio::{TakeLimits, normalise};
use crate::domain::{
    id::{RecordingId, SchoolId, TestletId},
    level::Level,
    speech,
    voice::{Measures, spoken_ms},
};
use crate::store::Account;

/// The largest file that is taken, in bytes: half an hour of good MP3, five minutes of plain WAV.
pub const UPLOAD_BYTES_MAX: usize = 30_000_000;

impl Exam {
    /// The usual rates of speech at a level, in syllables a minute.
    pub fn speech_norm(&self, level: Level) -> RangeInclusive<u32> {
        speech::rate_norm(level)
    }

    /// Makes a recording of what somebody uploads, and keeps it as a draft in the place of an earlier one of theirs.
    ///
    /// # Errors
    /// As [`Exam::keep_take`]; [`Failure::Take`] with what is wrong with the upload.
    pub async fn record_voice(
        &self,
        who: &Account,
        school: &SchoolId,
        testlet: &TestletId,
        upload: Vec<u8>,
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
            let _held = permit;
            normalise(&upload, &limits)
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
