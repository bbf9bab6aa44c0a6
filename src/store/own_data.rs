//! Everything that is kept about one learner: to be given to them, and to be erased.

use serde::Serialize;
use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::domain::{
    Timestamp,
    id::{LearnerId, SchoolId},
};

statements! {
    SESSIONS = "select created_at, expires_at from sessions where learner_id = $1 order by created_at";
    PROFILES = "select id, name, body, created_at, updated_at from profiles where learner_id = $1 order by id";
    SCHOOLS = "select s.id, s.name, m.role, m.since from members m join schools s on s.id = m.school_id \
               where m.learner_id = $1 order by s.id";
    GROUPS = "select g.id, g.name, m.since from group_members m join school_groups g on g.id = m.group_id \
              where m.learner_id = $1 order by g.id";
    CONDITIONS = "select s.name as school, c.terms, c.reason, c.granted_at from accommodations c \
                  join schools s on s.id = c.school_id where c.learner_id = $1 order by s.id";
    /// What they were granted beyond what their group has.
    EXCEPTIONS = "select s.name as school, t.title as assignment, e.due_at, e.extra_attempts, e.granted_at \
                  from assignment_exceptions e join assignments t on t.id = e.assignment_id \
                  join schools s on s.id = t.school_id where e.learner_id = $1 order by e.assignment_id";
    /// What was given to some of their group, and them among these.
    GIVEN = "select s.name as school, t.title as assignment, t.made_at from assignment_learners x \
             join assignments t on t.id = x.assignment_id join schools s on s.id = t.school_id \
             where x.learner_id = $1 order by t.id";
    INVITATIONS = "select s.name as school, g.name as school_group, i.role, i.name, i.made_at, i.expires_at, i.outcome, i.settled_at \
                   from invitations i join schools s on s.id = i.school_id left join school_groups g on g.id = i.group_id \
                   where i.email = $1 order by i.id";
    /// What they recorded for schools; the sound itself is at the address that the hash makes.
    RECORDINGS = "select s.name as school, r.testlet_id, r.sha256, r.credit, r.state, r.made_at from recordings r \
                  join schools s on s.id = r.school_id where r.made_by = $1 order by r.id";
    ATTEMPTS = "select a.id, a.kind, a.rule_id, a.sections, a.state, a.counts, a.created_at, a.counted_at, a.ended_at, \
                a.void_reason, a.allowance, a.delivery, p.seen_at, x.assignment_id, t.title as assignment, f.form \
                from attempts a join forms f on f.attempt_id = a.id left join presence p on p.attempt_id = a.id \
                left join assignment_attempts x on x.attempt_id = a.id left join assignments t on t.id = x.assignment_id \
                where a.learner_id = $1 order by a.id";
    RESPONSES = "select r.attempt_id, r.seq, r.item_id, r.chosen, r.saved_at, r.late from responses r \
                 join attempts a on a.id = r.attempt_id where a.learner_id = $1 order by r.attempt_id, r.seq";
    FLAGS = "select f.attempt_id, f.item_id from flags f join attempts a on a.id = f.attempt_id \
             where a.learner_id = $1 order by f.attempt_id, f.item_id";
    PLAYS = "select p.attempt_id, p.testlet_id, p.ordinal, p.played_at from plays p join attempts a on a.id = p.attempt_id \
             where a.learner_id = $1 order by p.attempt_id, p.testlet_id, p.ordinal";
    /// What they did to somebody else is about somebody else.
    EVENTS = "select at, actor, kind, attempt_id, school_id, detail from events \
              where learner_id = $1 or (actor = $1 and learner_id is null) order by id";
    END_SESSIONS = "delete from sessions where learner_id = $1";
    DELETE_PROFILES = "delete from profiles where learner_id = $1";
    DELETE_CONDITIONS = "delete from accommodations where learner_id = $1";
    DELETE_EXCEPTIONS = "delete from assignment_exceptions where learner_id = $1";
    /// What tutors wrote to them.
    DELETE_COMMENTS = "delete from comments where attempt_id in (select id from attempts where learner_id = $1)";
    DELETE_DRAFTS = "delete from recordings where made_by = $1 and state = 'draft'";
    /// The name may be theirs; what learners were given stays to be heard.
    FORGET_CREDITS = "update recordings set credit = null where made_by = $1";
    LEAVE_GROUPS = "delete from group_members where learner_id = $1";
    LEAVE_SCHOOLS = "delete from members where learner_id = $1";
    DELETE_INVITATIONS = "delete from invitations where email = $1";
    FORGET_REASONS = "update attempts set void_reason = '', live_page = null where learner_id = $1 and void_reason is not null";
    /// Conditions are about health, in part. Nobody sits any of these attempts any more: a mock that goes on holds erasing
    /// back, and for one that is ready no session is left.
    FORGET_ALLOWANCES = "update attempts set allowance = null where learner_id = $1 and allowance is not null";
    /// Of what happened to them the particulars may hold somebody's words about them. Those of their attempts are numbers,
    /// by which scores can be computed again, but for the reason why one is void and the conditions, or a time that these
    /// made. For which assignment an attempt was made, its own row keeps.
    FORGET_WHY = "update events set detail = '{}' where learner_id = $1 and (attempt_id is null or kind in \
                  ('attempt-assigned', 'attempt-voided', 'time-given', 'conditions-changed', 'track-left-out'))";
    ERASE = "update learners set name = null, email = null, password_hash = null, role = 'learner', erased_at = $2 \
             where id = $1 and erased_at is null";
    COUNT_MEMBERS = "select count(*) from members where school_id = $1";
    /// A school of one may bear its owner's name.
    FORGET_SCHOOL = "update schools set name = '–' where id = $1";
    FORGET_SCHOOL_NAMES = "update events set detail = '{}' where school_id = $1 and kind in ('school-made', 'school-renamed')";
    UNUSED_GUESTS = "select l.id from learners l where l.email is null and l.erased_at is null and l.created_at <= $1 \
                     and not exists (select 1 from attempts a where a.learner_id = l.id \
                                     and (a.created_at > $1 or a.since > $1 or a.ended_at > $1)) \
                     and not exists (select 1 from profiles p where p.learner_id = l.id and p.updated_at > $1) \
                     order by l.id limit $2";
    OLD_ATTEMPTS = "select id from attempts where ended_at <= $1 and forgotten_at is null order by ended_at limit $2";
    FORGET_RESPONSES = "delete from responses where attempt_id = $1";
    FORGET_FLAGS = "delete from flags where attempt_id = $1";
    FORGET_PLAYS = "delete from plays where attempt_id = $1";
    FORGOTTEN = "update attempts set forgotten_at = $2 where id = $1";
}

/// Everything about one learner, as rows; instants are milliseconds since 1970.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)] // the names say it
pub struct OwnRows {
    pub sessions: Vec<OwnSession>,
    pub profiles: Vec<OwnProfile>,
    pub schools: Vec<OwnSchool>,
    pub groups: Vec<OwnGroup>,
    pub conditions: Vec<OwnConditions>,
    pub exceptions: Vec<OwnException>,
    pub given: Vec<OwnGiven>,
    pub invitations: Vec<OwnInvitation>,
    pub recordings: Vec<OwnRecording>,
    pub attempts: Vec<OwnAttempt>,
    pub responses: Vec<OwnResponse>,
    pub flags: Vec<OwnFlag>,
    pub plays: Vec<OwnPlay>,
    pub events: Vec<OwnEvent>,
}

macro_rules! rows {
    ($($name:ident { $($field:ident: $kind:ty),+ $(,)? })+) => {$(
        /// A row of what is kept.
        #[derive(Debug, Clone, FromRow, Serialize)]
        #[allow(missing_docs)] // the names say it
        pub struct $name { $(pub $field: $kind),+ }
    )+};
}

rows! {
    OwnSession { created_at: i64, expires_at: i64 }
    OwnProfile { id: String, name: String, body: String, created_at: i64, updated_at: i64 }
    OwnSchool { id: String, name: String, role: String, since: i64 }
    OwnGroup { id: String, name: String, since: i64 }
    OwnConditions { school: String, terms: String, reason: Option<String>, granted_at: i64 }
    OwnException {
        school: String,
        assignment: String,
        due_at: Option<i64>,
        extra_attempts: i64,
        granted_at: i64,
    }
    OwnGiven { school: String, assignment: String, made_at: i64 }
    OwnInvitation {
        school: String,
        school_group: Option<String>,
        role: String,
        name: String,
        made_at: i64,
        expires_at: i64,
        outcome: Option<String>,
        settled_at: Option<i64>,
    }
    OwnRecording {
        school: String,
        testlet_id: String,
        sha256: String,
        credit: Option<String>,
        state: String,
        made_at: i64,
    }
    OwnAttempt {
        id: String,
        kind: String,
        rule_id: String,
        sections: String,
        state: String,
        counts: bool,
        created_at: i64,
        counted_at: Option<i64>,
        ended_at: Option<i64>,
        void_reason: Option<String>,
        allowance: Option<String>,
        delivery: String,
        seen_at: Option<i64>,
        assignment_id: Option<String>,
        assignment: Option<String>,
        form: String,
    }
    OwnResponse {
        attempt_id: String,
        seq: i64,
        item_id: String,
        chosen: Option<String>,
        saved_at: i64,
        late: bool,
    }
    OwnFlag { attempt_id: String, item_id: String }
    OwnPlay { attempt_id: String, testlet_id: String, ordinal: i64, played_at: i64 }
    OwnEvent {
        at: i64,
        actor: String,
        kind: String,
        attempt_id: Option<String>,
        school_id: Option<String>,
        detail: String,
    }
}

/// All rows of a statement about a learner.
macro_rules! all {
    ($conn:expr, $statement:expr, $key:expr) => {
        on!($conn, db => sqlx::query_as($statement).bind($key).fetch_all(db).await)?
    };
}

impl Conn {
    /// Everything that is kept about a learner.
    pub async fn own_rows(
        &mut self,
        learner: &LearnerId,
        email: Option<&str>,
    ) -> Result<OwnRows, StoreError> {
        let id = learner.as_str();
        Ok(OwnRows {
            sessions: all!(self, SESSIONS, id),
            profiles: all!(self, PROFILES, id),
            schools: all!(self, SCHOOLS, id),
            groups: all!(self, GROUPS, id),
            conditions: all!(self, CONDITIONS, id),
            exceptions: all!(self, EXCEPTIONS, id),
            given: all!(self, GIVEN, id),
            invitations: match email {
                Some(email) => all!(self, INVITATIONS, email),
                None => Vec::new(),
            },
            recordings: all!(self, RECORDINGS, id),
            attempts: all!(self, ATTEMPTS, id),
            responses: all!(self, RESPONSES, id),
            flags: all!(self, FLAGS, id),
            plays: all!(self, PLAYS, id),
            events: all!(self, EVENTS, id),
        })
    }

    /// Makes a learner anonymous: who they are is deleted, what they answered stays. False if they were erased before.
    pub async fn erase_learner(
        &mut self,
        learner: &LearnerId,
        email: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        for statement in [
            END_SESSIONS,
            DELETE_PROFILES,
            DELETE_CONDITIONS,
            DELETE_EXCEPTIONS,
            DELETE_COMMENTS,
            DELETE_DRAFTS,
            FORGET_CREDITS,
            LEAVE_GROUPS,
            LEAVE_SCHOOLS,
            FORGET_REASONS,
            FORGET_ALLOWANCES,
            FORGET_WHY,
        ] {
            on!(self, db => sqlx::query(statement).bind(learner.as_str()).execute(db).await.map(drop))?;
        }
        if let Some(email) = email {
            self.forget_invited(email).await?;
        }
        let changed = on!(self, db => sqlx::query(ERASE)
            .bind(learner.as_str()).bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }

    /// Deletes every invitation of an address; how many there were.
    pub async fn forget_invited(&mut self, email: &str) -> Result<u64, StoreError> {
        let deleted = on!(self, db => sqlx::query(DELETE_INVITATIONS)
            .bind(email).execute(db).await.map(|done| done.rows_affected()))?;
        Ok(deleted)
    }

    /// How many belong to a school.
    pub async fn count_members(&mut self, school: &SchoolId) -> Result<i64, StoreError> {
        let count = on!(self, db => sqlx::query_scalar(COUNT_MEMBERS)
            .bind(school.as_str()).fetch_one(db).await)?;
        Ok(count)
    }

    /// Forgets what a school was called whose only member is erased.
    pub async fn forget_school(&mut self, school: &SchoolId) -> Result<(), StoreError> {
        for statement in [FORGET_SCHOOL, FORGET_SCHOOL_NAMES] {
            on!(self, db => sqlx::query(statement).bind(school.as_str()).execute(db).await.map(drop))?;
        }
        Ok(())
    }

    /// Guests who have made, sat and saved nothing since an instant; at most so many.
    pub async fn unused_guests(
        &mut self,
        since: Timestamp,
        most: i64,
    ) -> Result<Vec<LearnerId>, StoreError> {
        let ids: Vec<String> = on!(self, db => sqlx::query_scalar(UNUSED_GUESTS)
            .bind(since.timestamp_millis()).bind(most).fetch_all(db).await)?;
        Ok(ids.into_iter().map(LearnerId::new).collect())
    }

    /// Deletes the responses, flags and plays of attempts that were over before an instant; of how many attempts, at most
    /// so many at once. Their results stay.
    pub async fn forget_responses(
        &mut self,
        before: Timestamp,
        most: i64,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let ids: Vec<String> = on!(self, db => sqlx::query_scalar(OLD_ATTEMPTS)
            .bind(before.timestamp_millis()).bind(most).fetch_all(db).await)?;
        for id in &ids {
            for statement in [FORGET_RESPONSES, FORGET_FLAGS, FORGET_PLAYS] {
                on!(self, db => sqlx::query(statement).bind(id).execute(db).await.map(drop))?;
            }
            on!(self, db => sqlx::query(FORGOTTEN)
                .bind(id).bind(now.timestamp_millis()).execute(db).await.map(drop))?;
        }
        Ok(ids.len() as u64)
    }
}
