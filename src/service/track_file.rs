//! The sound of a track: its recordings, instructions and silences one after the other, joined when they are asked for.
//!
//! Nothing of it is kept: a part of a track costs a walk over the headers of its recordings, so any node gives any part
//! of any track, and somebody on a slow network holds no more memory than the recordings themselves, which those who
//! hear the same share.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use super::{Exam, Failure, track::name};
use crate::audio::{Segment, Stitched, beep, segment_ms, sha256_hex, silence_ms, stitch};
use crate::domain::{
    id::{AttemptId, LearnerId},
    track::{self, Clip, Cues, Kind, Plan},
};

/// The sound before each text: its bytes, and what a plan is told of it. None where no encoder can be had.
static BEEP: LazyLock<Option<(Vec<u8>, Clip)>> = LazyLock::new(|| {
    let bytes = beep().ok()?;
    let clip = Clip {
        sha256: sha256_hex(&bytes),
        duration_ms: segment_ms(&bytes).ok()?,
    };
    Some((bytes, clip))
});

/// The bytes of recordings at hand, by hash: the bank's that were asked for once, for good (a few dozen megabytes, read by
/// everybody), and human voices for as long as somebody is being given them.
#[derive(Debug, Default, Clone)]
pub(super) struct Sounds(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    bank: HashMap<String, Arc<[u8]>>,
    voices: HashMap<String, Weak<[u8]>>,
}

/// A track as a file.
#[derive(Debug, Clone)]
pub struct TrackFile {
    pieces: Vec<Sound>,
    bytes: u64,
}

/// A piece of a track.
#[derive(Debug, Clone)]
enum Sound {
    Recording(Arc<[u8]>),
    Silence(u64),
}

impl TrackFile {
    /// A plan with its recordings. Each silence takes up what the recordings before it are longer or shorter than
    /// planned, by whole frames: the track never runs away from its plan.
    fn new(plan: &Plan, mut recording: impl FnMut(&str) -> Option<Arc<[u8]>>) -> Option<Self> {
        let mut pieces = Vec::with_capacity(plan.parts.len());
        let mut at = 0;
        for part in &plan.parts {
            let sound = match &part.sound {
                // A text must be heard; an instruction that is gone is silence.
                Some(sha256) => match recording(sha256) {
                    None if matches!(part.kind, Kind::Text { .. }) => return None,
                    found => found,
                },
                None => None,
            };
            pieces.push(match sound {
                Some(bytes) => {
                    at += segment_ms(&bytes).ok()?;
                    Sound::Recording(bytes)
                }
                None => {
                    let ms = part.end_ms.saturating_sub(at);
                    at += silence_ms(ms);
                    Sound::Silence(ms)
                }
            });
        }
        let mut file = Self { pieces, bytes: 0 };
        file.bytes = file.stitched().map(|stitched| stitched.bytes())?;
        Some(file)
    }

    fn stitched(&self) -> Option<Stitched<'_>> {
        let pieces = self.pieces.iter();
        let segments: Vec<Segment<'_>> = pieces
            .map(|piece| match piece {
                Sound::Recording(bytes) => Segment::Sound(bytes),
                Sound::Silence(ms) => Segment::Silence { ms: *ms },
            })
            .collect();
        stitch(&segments).ok()
    }

    /// Its length in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Some of its bytes.
    pub fn read(&self, range: Range<u64>) -> Vec<u8> {
        self.stitched()
            .map(|stitched| stitched.read(range))
            .unwrap_or_default()
    }
}

impl Exam {
    /// The track of a section that is to come or goes on in an attempt, by the name that its learner was told.
    ///
    /// # Errors
    /// [`Failure::NotFound`]; [`Failure::NoSuchRecording`] where the attempt has no such track (any more);
    /// [`Failure::NoTrack`] when one of its recordings is gone.
    pub async fn track_file(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        wanted: &str,
    ) -> Result<TrackFile, Failure> {
        let paper = self.paper(learner, id).await?;
        let mut tracks = paper.sections.iter().filter_map(|one| one.track.as_ref());
        let track = tracks.find(|track| name(&track.plan) == wanted);
        let track = track.ok_or_else(|| Failure::NoSuchRecording(wanted.to_owned()))?;
        self.join_track(&track.plan).await
    }

    /// The sound of a plan.
    pub(super) async fn join_track(&self, plan: &Plan) -> Result<TrackFile, Failure> {
        let mut recordings: HashMap<&str, Arc<[u8]>> = HashMap::new();
        for sha256 in plan.parts.iter().filter_map(|part| part.sound.as_deref()) {
            if !recordings.contains_key(sha256)
                && let Some(bytes) = self.sound(sha256).await?
            {
                recordings.insert(sha256, bytes);
            }
        }
        TrackFile::new(plan, |sha256| recordings.get(sha256).cloned()).ok_or(Failure::NoTrack)
    }

    /// What is heard in a track besides the texts: the spoken instructions, and the beep.
    pub(super) fn cues(&self) -> Cues {
        let beep = BEEP.iter();
        let beep = beep.map(|(_, clip)| (track::BEEP.to_owned(), clip.clone()));
        self.content.cues().into_iter().chain(beep).collect()
    }

    /// Whether the bank's recordings in a plan can be joined. Human voices were made by us to be joined, and are not looked
    /// up: whoever asks may hold a transaction.
    pub(super) async fn can_join(&self, plan: &Plan) -> Result<(), Failure> {
        let mut seen = HashSet::new();
        for sha256 in plan.parts.iter().filter_map(|part| part.sound.as_deref()) {
            if let Some(path) = self
                .content
                .recording(sha256)
                .filter(|_| seen.insert(sha256))
            {
                let bytes = tokio::fs::read(path).await;
                let whole = bytes.is_ok_and(|bytes| segment_ms(&bytes).is_ok());
                whole.then_some(()).ok_or(Failure::NoTrack)?;
            }
        }
        Ok(())
    }

    /// A recording by the hash of its bytes: the beep, of the bank, an instruction, or in a human voice.
    async fn sound(&self, sha256: &str) -> Result<Option<Arc<[u8]>>, Failure> {
        if let Some(bytes) = self.sounds.shared(sha256) {
            return Ok(Some(bytes));
        }
        if let Some((bytes, _)) = BEEP.as_ref().filter(|(_, clip)| clip.sha256 == sha256) {
            return Ok(Some(bytes.as_slice().into()));
        }
        match self.content.recording(sha256) {
            Some(path) => match tokio::fs::read(path).await {
                Ok(bytes) => Ok(Some(self.sounds.keep(sha256, bytes))),
                Err(error) => {
                    tracing::error!(%error, sha256, "a recording cannot be read");
                    Ok(None)
                }
            },
            None => {
                let bytes = self.voice_file(sha256).await?;
                Ok(bytes.map(|bytes| self.sounds.share(sha256, bytes)))
            }
        }
    }

    /// A recording of the bank or in a human voice, by the hash of its bytes, which is its name.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn recording(&self, sha256: &str) -> Result<Option<Arc<[u8]>>, Failure> {
        match self.content.bank.recording(sha256) {
            Some(_) => self.sound(sha256).await,
            None if self.content.recording(sha256).is_some() => Ok(None),
            None => self.sound(sha256).await,
        }
    }
}

impl Sounds {
    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is at hand.
    fn shared(&self, sha256: &str) -> Option<Arc<[u8]>> {
        let shelf = self.shelf();
        let voice = || shelf.voices.get(sha256).and_then(Weak::upgrade);
        shelf.bank.get(sha256).cloned().or_else(voice)
    }

    fn keep(&self, sha256: &str, bytes: Vec<u8>) -> Arc<[u8]> {
        let bytes: Arc<[u8]> = bytes.into();
        let mut shelf = self.shelf();
        shelf.bank.insert(sha256.to_owned(), bytes.clone());
        bytes
    }

    fn share(&self, sha256: &str, bytes: Vec<u8>) -> Arc<[u8]> {
        let bytes: Arc<[u8]> = bytes.into();
        let mut shelf = self.shelf();
        shelf.voices.retain(|_, one| one.strong_count() > 0);
        shelf
            .voices
            .insert(sha256.to_owned(), Arc::downgrade(&bytes));
        bytes
    }
}
