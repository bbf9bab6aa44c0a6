//! Human voices: a school records a listening text or uploads a recording, looks at what became of it, and lets it be
//! heard in what it gives. Whoever runs the server may let everybody hear it.

use std::{ops::RangeInclusive, sync::Arc};

use serde_json::json;

use super::{
    Exam, Failure,
    standing::{Happening, line, operator},
};
use crate::audio::sha256_hex;
use crate::domain::{
    access::Act,
    bank::{Edition, Recording},
    form::Form,
    id::{RecordingId, SchoolId, TestletId, is_slug},
    school::School,
    voice::{
        CREDIT_MAX, Measures, TAKES_MAX, Voice, VoiceState, VoiceStep, WrongStep, lengths,
        script_digest,
    },
};
use crate::store::{Account, Conn, KeptVoice, fresh_id};

/// A listening text of the bank and what a school made of it.
#[derive(Debug, Clone)]
pub struct VoiceDesk {
    /// The testlet.
    pub edition: Arc<Edition>,
    /// The school's recordings of it, the newest first.
    pub takes: Vec<KeptVoice>,
    /// The one that is heard on the whole server, whosever it is.
    pub adopted: Option<KeptVoice>,
}

impl VoiceDesk {
    /// The bank's recording with the script.
    pub fn script(&self) -> Option<&Recording> {
        self.edition.testlet.stimulus.recording()
    }

    /// How long a recording of it may be, in milliseconds.
    pub fn lengths(&self) -> RangeInclusive<u64> {
        lengths(self.script().map_or(0, |script| script.duration_ms))
    }

    /// The school's recording that is in use, whether or not it still speaks the script.
    pub fn current(&self) -> Option<&KeptVoice> {
        let mut takes = self.takes.iter();
        takes.find(|kept| kept.voice.state == VoiceState::Current)
    }

    /// Whether a recording speaks the script as it is now.
    pub fn is_spoken_by(&self, voice: &Voice) -> bool {
        self.script()
            .is_some_and(|recording| voice.speaks(&recording.turns))
    }

    /// What the school's learners hear: its own recording, else the server's, else the bank's.
    pub fn heard(&self) -> Option<&KeptVoice> {
        let mut candidates = self.current().into_iter().chain(&self.adopted);
        candidates.find(|kept| self.is_spoken_by(&kept.voice))
    }
}

/// A recording that could be heard on the whole server.
#[derive(Debug, Clone)]
pub struct AdoptableVoice {
    /// The recording.
    pub kept: KeptVoice,
    /// Its testlet; none where the bank has no such listening text any more.
    pub edition: Option<Arc<Edition>>,
}

impl AdoptableVoice {
    /// Whether it speaks the script as it is now.
    pub fn speaks(&self) -> bool {
        let recording = self
            .edition
            .as_ref()
            .and_then(|edition| edition.testlet.stimulus.recording());
        recording.is_some_and(|recording| self.kept.voice.speaks(&recording.turns))
    }
}

fn invalid(field: &'static str, problem: &'static str) -> Failure {
    Failure::Invalid { field, problem }
}

impl Exam {
    /// The bank's listening texts with what a school made of them.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn voices(
        &self,
        who: &Account,
        school: &SchoolId,
    ) -> Result<(School, Vec<VoiceDesk>), Failure> {
        let mut conn = self.store.read().await?;
        let (school, _) = self
            .school_for(&mut conn, who, school, Act::RecordVoice)
            .await?;
        let takes = conn.voices_of_school(&school.id).await?;
        let everywhere = conn.voices_heard(None).await?;
        let bank = self.content.bank.testlets();
        let desks = bank
            .filter(|edition| edition.testlet.stimulus.recording().is_some())
            .map(|edition| desk(edition, &takes, &everywhere));
        Ok((school, desks.collect()))
    }

    /// A listening text and a school's recordings of it.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for a testlet that is none; [`Failure::NotAllowed`]; [`Failure::AttemptInProgress`],
    /// [`Failure::KeptBack`] for whoever has it in a mock of their own.
    pub async fn voice_desk(
        &self,
        who: &Account,
        school: &SchoolId,
        testlet: &TestletId,
    ) -> Result<(School, VoiceDesk), Failure> {
        let (school, mut desks) = self.voices(who, school).await?;
        let place = desks
            .iter()
            .position(|desk| desk.edition.testlet.id == *testlet);
        let place = place.ok_or(Failure::NothingHere)?;
        let mut conn = self.store.read().await?;
        self.tells_no_key_to(&mut conn, &who.id, [testlet]).await?;
        Ok((school, desks.swap_remove(place)))
    }

    /// Keeps a finished recording of a testlet as a draft, in the place of an earlier draft of the same person.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `file` (`too-many`).
    pub async fn keep_take(
        &self,
        who: &Account,
        school: &SchoolId,
        testlet: &TestletId,
        mp3: &[u8],
        measures: Measures,
    ) -> Result<RecordingId, Failure> {
        let edition = self.content.bank.get(testlet);
        let script = edition.and_then(|edition| edition.testlet.stimulus.recording());
        let script = script.ok_or(Failure::NothingHere)?;
        let now = self.clock.now();
        let mut conn = self.store.write().await?;
        self.school_for(&mut conn, who, school, Act::RecordVoice)
            .await?;
        conn.take_voices_turn(school).await?;
        if conn.count_voices(school, testlet).await? >= TAKES_MAX as u64 {
            return Err(invalid("file", "too-many"));
        }
        conn.delete_drafts(school, testlet, &who.id).await?;
        let voice = Voice {
            id: RecordingId::new(fresh_id(now)),
            school: school.clone(),
            testlet: testlet.clone(),
            script: script_digest(&script.turns),
            measures: Measures {
                sha256: sha256_hex(mp3),
                bytes: mp3.len() as u64,
                ..measures
            },
            credit: None,
            made_by: who.id.clone(),
            made_at: now,
            state: VoiceState::Draft,
            changed_by: who.id.clone(),
            changed_at: now,
            adopted_at: None,
        };
        conn.insert_voice(&voice, mp3).await?;
        let detail = json!({ "duration_ms": voice.measures.duration_ms });
        self.record_voice_event(&mut conn, who, &voice, "voice-recorded", detail)
            .await?;
        conn.commit().await?;
        Ok(voice.id)
    }

    /// Lets a recording be heard in what the school gives from now on, in the place of the one that was. Whose voice it is
    /// has to have agreed; their name is shown where one is given.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Voice`], [`Failure::Invalid`] with `credit`
    /// (`too-long`), `consent` (`missing`) or `recording` (`other-script`).
    pub async fn use_voice(
        &self,
        who: &Account,
        school: &SchoolId,
        id: &RecordingId,
        credit: &str,
        consent: bool,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let mut voice = self.voice_for(&mut conn, who, school, id).await?;
        let next = voice.state.after(VoiceStep::Use)?;
        let credit = match credit.trim() {
            "" => None,
            name => Some(line("credit", name, CREDIT_MAX)?),
        };
        if !consent {
            return Err(invalid("consent", "missing"));
        }
        let edition = self.content.bank.get(&voice.testlet);
        let script = edition.and_then(|edition| edition.testlet.stimulus.recording());
        if !script.is_some_and(|script| voice.speaks(&script.turns)) {
            return Err(invalid("recording", "other-script"));
        }
        let now = self.clock.now();
        let replaced = conn
            .replace_voice(school, &voice.testlet, &who.id, now)
            .await?;
        voice.state = next.unwrap_or(VoiceState::Current);
        voice.credit = credit;
        voice.changed_by = who.id.clone();
        voice.changed_at = now;
        conn.change_voice(&voice).await?;
        // A name stays out of the record: it is the recording's, and goes with it.
        let detail =
            json!({ "named": voice.credit.is_some(), "consent": true, "instead_of": replaced });
        self.record_voice_event(&mut conn, who, &voice, "voice-used", detail)
            .await?;
        conn.commit().await?;
        Ok(())
    }

    /// Throws a draft away; lets a recording that is or was used be heard no more, on the whole server neither. Attempts
    /// that were given it keep it.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Voice`].
    pub async fn end_voice(
        &self,
        who: &Account,
        school: &SchoolId,
        id: &RecordingId,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let mut voice = self.voice_for(&mut conn, who, school, id).await?;
        if voice.state == VoiceState::Draft {
            voice.state.after(VoiceStep::Discard)?;
            conn.delete_draft(id).await?;
            self.record_voice_event(&mut conn, who, &voice, "voice-discarded", json!({}))
                .await?;
            conn.commit().await?;
            return Ok(());
        }
        let next = voice.state.after(VoiceStep::Withdraw)?;
        voice.state = next.unwrap_or(VoiceState::Withdrawn);
        voice.changed_by = who.id.clone();
        voice.changed_at = self.clock.now();
        conn.change_voice(&voice).await?;
        let adopted = voice.adopted_at.is_some();
        if adopted {
            conn.end_adoption(&voice.testlet).await?;
        }
        let detail = json!({ "adopted": adopted });
        self.record_voice_event(&mut conn, who, &voice, "voice-withdrawn", detail)
            .await?;
        conn.commit().await?;
        Ok(())
    }

    /// What schools let be heard and what is heard on the whole server, for whoever runs it.
    ///
    /// # Errors
    /// [`Failure::NothingHere`] for everybody else.
    pub async fn voices_everywhere(&self, who: &Account) -> Result<Vec<AdoptableVoice>, Failure> {
        operator(who)?;
        let mut conn = self.store.read().await?;
        let kept = conn.voices_everywhere().await?.into_iter();
        let voices = kept.map(|kept| AdoptableVoice {
            edition: self.content.bank.get(&kept.voice.testlet).cloned(),
            kept,
        });
        Ok(voices.collect())
    }

    /// Lets a school's recording be heard on the whole server from now on, in the place of another one.
    ///
    /// # Errors
    /// [`Failure::NothingHere`] for everybody but whoever runs the server; [`Failure::Voice`] for one that its school does
    /// not use; [`Failure::Invalid`] with `recording` (`other-script`).
    pub async fn adopt_voice(&self, who: &Account, id: &RecordingId) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let voice = self.adoptable(&mut conn, who, id).await?;
        if voice.adopted_at.is_some() {
            return Ok(()); // again is harmless
        }
        if voice.state != VoiceState::Current {
            return Err(WrongStep(voice.state).into());
        }
        let adoptable = AdoptableVoice {
            edition: self.content.bank.get(&voice.testlet).cloned(),
            kept: conn.voice(id).await?.ok_or(Failure::NothingHere)?,
        };
        if !adoptable.speaks() {
            return Err(invalid("recording", "other-script"));
        }
        let replaced = conn.end_adoption(&voice.testlet).await?;
        conn.adopt_voice(id, &who.id, self.clock.now()).await?;
        let detail = json!({ "instead_of": replaced });
        self.record_voice_event(&mut conn, who, &voice, "voice-adopted", detail)
            .await?;
        conn.commit().await?;
        Ok(())
    }

    /// A recording is heard in its school alone again.
    ///
    /// # Errors
    /// [`Failure::NothingHere`] for everybody but whoever runs the server.
    pub async fn end_adoption(&self, who: &Account, id: &RecordingId) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let voice = self.adoptable(&mut conn, who, id).await?;
        if voice.adopted_at.is_none() {
            return Ok(()); // again is harmless
        }
        conn.end_adoption(&voice.testlet).await?;
        self.record_voice_event(&mut conn, who, &voice, "voice-adoption-ended", json!({}))
            .await?;
        conn.commit().await?;
        Ok(())
    }

    /// The bytes of a recording that a school made, by the hash that is its name.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn voice_file(&self, sha256: &str) -> Result<Option<Vec<u8>>, Failure> {
        // A name comes from an address and may hold anything.
        if !is_slug(sha256) {
            return Ok(None);
        }
        let mut conn = self.store.read().await?;
        Ok(conn.recording_file(sha256).await?)
    }

    /// Names in a form that is new the voices in which its recordings are heard: a school's own in what the school gives,
    /// else what is heard on the whole server. One that spoke another script is left aside.
    pub(super) async fn lend_voices(
        &self,
        conn: &mut Conn,
        school: Option<&SchoolId>,
        form: &mut Form,
    ) -> Result<(), Failure> {
        let heard = conn.voices_heard(school).await?;
        if heard.is_empty() {
            return Ok(());
        }
        let testlets = form.sections.iter_mut();
        for given in testlets.flat_map(|section| &mut section.testlets) {
            let edition = self.content.bank.get(&given.id);
            let recording = edition.and_then(|edition| edition.testlet.stimulus.recording());
            let voice = heard.iter().rev().find(|kept| {
                kept.voice.testlet == given.id
                    && recording.is_some_and(|recording| kept.voice.speaks(&recording.turns))
            });
            given.voice = voice.map(|kept| kept.voice.id.clone());
        }
        Ok(())
    }

    /// A recording of a school, held for a change, for somebody who may make them there.
    async fn voice_for(
        &self,
        conn: &mut Conn,
        who: &Account,
        school: &SchoolId,
        id: &RecordingId,
    ) -> Result<Voice, Failure> {
        self.school_for(conn, who, school, Act::RecordVoice).await?;
        conn.take_voices_turn(school).await?;
        let kept = match is_slug(id.as_str()) {
            true => conn.voice(id).await?,
            false => None,
        };
        let voice = kept.map(|kept| kept.voice);
        voice
            .filter(|voice| voice.school == *school)
            .ok_or(Failure::NothingHere)
    }

    /// A recording of any school, held for a change, for whoever runs the server.
    async fn adoptable(
        &self,
        conn: &mut Conn,
        who: &Account,
        id: &RecordingId,
    ) -> Result<Voice, Failure> {
        operator(who)?;
        let kept = match is_slug(id.as_str()) {
            true => conn.voice(id).await?,
            false => None,
        };
        let school = kept.ok_or(Failure::NothingHere)?.voice.school;
        self.school_for(conn, who, &school, Act::AdoptRecording)
            .await?;
        conn.take_voices_turn(&school).await?;
        let kept = conn.voice(id).await?;
        let voice = kept.map(|kept| kept.voice);
        voice
            .filter(|voice| voice.state != VoiceState::Draft)
            .ok_or(Failure::NothingHere)
    }

    async fn record_voice_event(
        &self,
        conn: &mut Conn,
        who: &Account,
        voice: &Voice,
        kind: &str,
        mut detail: serde_json::Value,
    ) -> Result<(), Failure> {
        detail["recording"] = json!(voice.id);
        detail["testlet"] = json!(voice.testlet);
        let what = Happening {
            school: &voice.school,
            kind,
            learner: None,
            detail,
        };
        self.record_in_school(conn, who, what).await
    }
}

fn desk(edition: &Arc<Edition>, takes: &[KeptVoice], everywhere: &[KeptVoice]) -> VoiceDesk {
    let testlet = &edition.testlet.id;
    let of_it = |kept: &&KeptVoice| kept.voice.testlet == *testlet;
    VoiceDesk {
        edition: edition.clone(),
        takes: takes.iter().filter(of_it).cloned().collect(),
        adopted: everywhere.iter().find(of_it).cloned(),
    }
}
