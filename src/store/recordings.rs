//! Recordings of human voices that schools made, and their files.

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{LearnerId, RecordingId, SchoolId, TestletId},
    voice::{Measures, Voice, VoiceState},
};

statements! {
    KEEP_FILE = "insert into recording_files (sha256, mp3) values ($1, $2) on conflict (sha256) do nothing";
    FILE = "select mp3 from recording_files where sha256 = $1";
    FORGET_FILES = "delete from recording_files where not exists \
                    (select 1 from recordings r where r.sha256 = recording_files.sha256)";
    INSERT = "insert into recordings (id, school_id, testlet_id, script_sha256, sha256, bytes, duration_ms, loudness, true_peak, \
              syllables_per_minute, waveform, credit, made_by, made_at, state, changed_by, changed_at) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    ONE = "select r.id, r.school_id, r.testlet_id, r.script_sha256, r.sha256, r.bytes, r.duration_ms, r.loudness, r.true_peak, \
           r.syllables_per_minute, r.waveform, r.credit, r.made_by, r.made_at, r.state, r.changed_by, r.changed_at, r.adopted_at, \
           m.name as made_name, c.name as changed_name, s.name as school_name from recordings r \
           join learners m on m.id = r.made_by join learners c on c.id = r.changed_by join schools s on s.id = r.school_id \
           where r.id = $1";
    OF_SCHOOL = "select r.id, r.school_id, r.testlet_id, r.script_sha256, r.sha256, r.bytes, r.duration_ms, r.loudness, r.true_peak, \
           r.syllables_per_minute, r.waveform, r.credit, r.made_by, r.made_at, r.state, r.changed_by, r.changed_at, r.adopted_at, \
           m.name as made_name, c.name as changed_name, s.name as school_name from recordings r \
           join learners m on m.id = r.made_by join learners c on c.id = r.changed_by join schools s on s.id = r.school_id \
           where r.school_id = $1 order by r.id desc";
    /// What schools let be heard, and what is heard on the whole server.
    EVERYWHERE = "select r.id, r.school_id, r.testlet_id, r.script_sha256, r.sha256, r.bytes, r.duration_ms, r.loudness, r.true_peak, \
           r.syllables_per_minute, r.waveform, r.credit, r.made_by, r.made_at, r.state, r.changed_by, r.changed_at, r.adopted_at, \
           m.name as made_name, c.name as changed_name, s.name as school_name from recordings r \
           join learners m on m.id = r.made_by join learners c on c.id = r.changed_by join schools s on s.id = r.school_id \
           where r.state = 'current' or r.adopted_at is not null order by r.testlet_id, r.id desc";
    /// The school's own come last and so take the place of the server's.
    HEARD = "select r.id, r.school_id, r.testlet_id, r.script_sha256, r.sha256, r.bytes, r.duration_ms, r.loudness, r.true_peak, \
           r.syllables_per_minute, '' as waveform, r.credit, r.made_by, r.made_at, r.state, r.changed_by, r.changed_at, r.adopted_at, \
           '' as made_name, '' as changed_name, '' as school_name from recordings r \
           where r.adopted_at is not null or (r.school_id = $1 and r.state = 'current') \
           order by case when r.school_id = $1 and r.state = 'current' then 1 else 0 end";
    COUNT = "select count(*) from recordings where school_id = $1 and testlet_id = $2 and state <> 'draft'";
    /// Whoever changes a school's recordings comes after whoever did before.
    TURN = "update schools set name = name where id = $1";
    REPLACE = "update recordings set state = 'replaced', changed_by = $3, changed_at = $4 \
               where school_id = $1 and testlet_id = $2 and state = 'current' returning id";
    CHANGE = "update recordings set state = $2, credit = $3, changed_by = $4, changed_at = $5 where id = $1";
    ADOPT = "update recordings set adopted_by = $2, adopted_at = $3 where id = $1";
    END_ADOPTION = "update recordings set adopted_by = null, adopted_at = null where testlet_id = $1 and adopted_at is not null \
                    returning id";
    DELETE = "delete from recordings where id = $1 and state = 'draft'";
    DELETE_DRAFTS = "delete from recordings where school_id = $1 and testlet_id = $2 and made_by = $3 and state = 'draft'";
    OLD_DRAFTS = "delete from recordings where state = 'draft' and made_at <= $1";
}

/// A recording with the names of those who made and changed it; whoever is erased has none.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptVoice {
    /// The recording.
    pub voice: Voice,
    /// Who made it, by name.
    pub made_by: String,
    /// Who changed it last, by name.
    pub changed_by: String,
    /// Whose it is, by name.
    pub school: String,
}

#[derive(FromRow)]
struct Row {
    id: String,
    school_id: String,
    testlet_id: String,
    script_sha256: String,
    sha256: String,
    bytes: i64,
    duration_ms: i64,
    loudness: f64,
    true_peak: f64,
    syllables_per_minute: i64,
    waveform: String,
    credit: Option<String>,
    made_by: String,
    made_at: i64,
    state: String,
    changed_by: String,
    changed_at: i64,
    adopted_at: Option<i64>,
    made_name: Option<String>,
    changed_name: Option<String>,
    school_name: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())
        .collect()
}

impl TryFrom<Row> for KeptVoice {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column, reason: &str| StoreError::Corrupt {
            table: "recordings",
            column,
            row: row.id.clone(),
            reason: reason.to_owned(),
        };
        let state = VoiceState::from_word(&row.state)
            .ok_or_else(|| corrupt("state", "is not a state of a recording"))?;
        let waveform = from_hex(&row.waveform)
            .ok_or_else(|| corrupt("waveform", "is not hexadecimal digits"))?;
        Ok(Self {
            made_by: row.made_name.unwrap_or_default(),
            changed_by: row.changed_name.unwrap_or_default(),
            school: row.school_name,
            voice: Voice {
                id: RecordingId::new(row.id),
                school: SchoolId::new(row.school_id),
                testlet: TestletId::new(row.testlet_id),
                script: row.script_sha256,
                measures: Measures {
                    sha256: row.sha256,
                    bytes: row.bytes.unsigned_abs(),
                    duration_ms: row.duration_ms.unsigned_abs(),
                    loudness: row.loudness,
                    true_peak: row.true_peak,
                    syllables_per_minute: row.syllables_per_minute.unsigned_abs() as u32,
                    waveform,
                },
                credit: row.credit,
                made_by: LearnerId::new(row.made_by),
                made_at: from_ms(row.made_at),
                state,
                changed_by: LearnerId::new(row.changed_by),
                changed_at: from_ms(row.changed_at),
                adopted_at: row.adopted_at.map(from_ms),
            },
        })
    }
}

fn all(rows: Vec<Row>) -> Result<Vec<KeptVoice>, StoreError> {
    rows.into_iter().map(KeptVoice::try_from).collect()
}

impl Conn {
    /// Adds a recording with its file; one with the same bytes is kept once.
    pub async fn insert_voice(&mut self, voice: &Voice, mp3: &[u8]) -> Result<(), StoreError> {
        let measures = &voice.measures;
        on!(self, db => sqlx::query(KEEP_FILE)
            .bind(&measures.sha256).bind(mp3).execute(db).await.map(drop))?;
        on!(self, db => sqlx::query(INSERT)
            .bind(voice.id.as_str()).bind(voice.school.as_str()).bind(voice.testlet.as_str())
            .bind(&voice.script).bind(&measures.sha256)
            .bind(measures.bytes.cast_signed()).bind(measures.duration_ms.cast_signed())
            .bind(measures.loudness).bind(measures.true_peak)
            .bind(i64::from(measures.syllables_per_minute)).bind(hex(&measures.waveform))
            .bind(voice.credit.as_deref())
            .bind(voice.made_by.as_str()).bind(voice.made_at.timestamp_millis())
            .bind(voice.state.as_str())
            .bind(voice.changed_by.as_str()).bind(voice.changed_at.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// The bytes of a recording's file, by their hash.
    pub async fn recording_file(&mut self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(on!(self, db => sqlx::query_scalar(FILE).bind(sha256).fetch_optional(db).await)?)
    }

    /// A recording.
    pub async fn voice(&mut self, id: &RecordingId) -> Result<Option<KeptVoice>, StoreError> {
        let row: Option<Row> = on!(self, db => sqlx::query_as(ONE)
            .bind(id.as_str()).fetch_optional(db).await)?;
        row.map(KeptVoice::try_from).transpose()
    }

    /// All recordings of a school, the newest first.
    pub async fn voices_of_school(
        &mut self,
        school: &SchoolId,
    ) -> Result<Vec<KeptVoice>, StoreError> {
        all(on!(self, db => sqlx::query_as(OF_SCHOOL).bind(school.as_str()).fetch_all(db).await)?)
    }

    /// What schools let be heard and what is heard on the whole server, by testlet.
    pub async fn voices_everywhere(&mut self) -> Result<Vec<KeptVoice>, StoreError> {
        all(on!(self, db => sqlx::query_as(EVERYWHERE).fetch_all(db).await)?)
    }

    /// What is heard in what a school gives, or in what nobody gave: of each testlet the last one counts.
    pub async fn voices_heard(
        &mut self,
        school: Option<&SchoolId>,
    ) -> Result<Vec<KeptVoice>, StoreError> {
        let school = school.map_or("", SchoolId::as_str);
        all(on!(self, db => sqlx::query_as(HEARD).bind(school).fetch_all(db).await)?)
    }

    /// How many recordings of a testlet a school keeps.
    pub async fn count_voices(
        &mut self,
        school: &SchoolId,
        testlet: &TestletId,
    ) -> Result<u64, StoreError> {
        let count: i64 = on!(self, db => sqlx::query_scalar(COUNT)
            .bind(school.as_str()).bind(testlet.as_str()).fetch_one(db).await)?;
        Ok(count.unsigned_abs())
    }

    /// Holds back whoever else changes recordings of a school.
    pub async fn take_voices_turn(&mut self, school: &SchoolId) -> Result<(), StoreError> {
        Ok(on!(self, db => sqlx::query(TURN).bind(school.as_str()).execute(db).await.map(drop))?)
    }

    /// The recording that is heard makes room for another one; which it was.
    pub async fn replace_voice(
        &mut self,
        school: &SchoolId,
        testlet: &TestletId,
        by: &LearnerId,
        now: Timestamp,
    ) -> Result<Option<RecordingId>, StoreError> {
        let id: Option<String> = on!(self, db => sqlx::query_scalar(REPLACE)
            .bind(school.as_str()).bind(testlet.as_str()).bind(by.as_str())
            .bind(now.timestamp_millis()).fetch_optional(db).await)?;
        Ok(id.map(RecordingId::new))
    }

    /// A recording is in another state from now on.
    pub async fn change_voice(&mut self, voice: &Voice) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(CHANGE)
            .bind(voice.id.as_str()).bind(voice.state.as_str()).bind(voice.credit.as_deref())
            .bind(voice.changed_by.as_str()).bind(voice.changed_at.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// A recording is heard on the whole server from now on.
    pub async fn adopt_voice(
        &mut self,
        id: &RecordingId,
        by: &LearnerId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(ADOPT)
            .bind(id.as_str()).bind(by.as_str()).bind(now.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// No recording of a testlet is heard on the whole server any more; which one was.
    pub async fn end_adoption(
        &mut self,
        testlet: &TestletId,
    ) -> Result<Option<RecordingId>, StoreError> {
        let id: Option<String> = on!(self, db => sqlx::query_scalar(END_ADOPTION)
            .bind(testlet.as_str()).fetch_optional(db).await)?;
        Ok(id.map(RecordingId::new))
    }

    /// Deletes a draft.
    pub async fn delete_draft(&mut self, id: &RecordingId) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(DELETE).bind(id.as_str()).execute(db).await.map(drop))?;
        self.forget_files().await
    }

    /// Deletes somebody's drafts of a testlet: a new one takes their place.
    pub async fn delete_drafts(
        &mut self,
        school: &SchoolId,
        testlet: &TestletId,
        by: &LearnerId,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(DELETE_DRAFTS)
            .bind(school.as_str()).bind(testlet.as_str()).bind(by.as_str())
            .execute(db).await.map(drop))?;
        self.forget_files().await
    }

    /// Deletes drafts that were made before an instant; how many.
    pub async fn delete_old_drafts(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let gone = on!(self, db => sqlx::query(OLD_DRAFTS)
            .bind(before.timestamp_millis()).execute(db).await.map(|done| done.rows_affected()))?;
        self.forget_files().await?;
        Ok(gone)
    }

    /// Files whose last recording is gone go too.
    async fn forget_files(&mut self) -> Result<(), StoreError> {
        Ok(on!(self, db => sqlx::query(FORGET_FILES).execute(db).await.map(drop))?)
    }
}
