//! Invitations to schools, by address.

use std::collections::HashSet;

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{GroupId, InvitationId, LearnerId, SchoolId},
    invitation::{Invitation, Outcome},
    roster::Known,
    school::SchoolRole,
};

statements! {
    INSERT = "insert into invitations (id, school_id, group_id, email, name, role, made_by, made_at, expires_at) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    ONE = "select id, school_id, group_id, email, name, role, made_by, made_at, expires_at, outcome \
           from invitations where id = $1";
    FOR_EMAIL = "select i.id, i.school_id, i.group_id, i.email, i.name, i.role, i.made_by, i.made_at, i.expires_at, i.outcome, \
                 s.name as school_name, s.zone, g.name as group_name, l.name as by_name \
                 from invitations i join schools s on s.id = i.school_id join learners l on l.id = i.made_by \
                 left join school_groups g on g.id = i.group_id \
                 where i.email = $1 and i.outcome is null and i.expires_at > $2 order by i.id limit 100";
    COUNT_FOR_EMAIL = "select count(*) from invitations where email = $1 and outcome is null and expires_at > $2";
    OF_GROUP = "select id, school_id, group_id, email, name, role, made_by, made_at, expires_at, outcome from invitations \
                where group_id = $1 and outcome is null and expires_at > $2 order by name, email, id";
    OF_TUTORS = "select id, school_id, group_id, email, name, role, made_by, made_at, expires_at, outcome from invitations \
                 where school_id = $1 and group_id is null and outcome is null and expires_at > $2 order by email, id";
    SETTLE = "update invitations set outcome = $2, settled_at = $3 where id = $1 and outcome is null";
    GROUP_EMAILS = "select l.email from group_members m join learners l on l.id = m.learner_id \
                    where m.group_id = $1 and l.email is not null";
    TEACHER_EMAILS = "select l.email from members m join learners l on l.id = m.learner_id \
                      where m.school_id = $1 and m.role <> 'learner' and l.email is not null";
    INVITED_EMAILS = "select email from invitations where group_id = $1 and outcome is null and expires_at > $2";
    FORGET_OVER = "delete from invitations where expires_at <= $1 or settled_at <= $1";
}

/// An invitation with the names of what it invites to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// The school's name.
    pub school_name: String,
    /// The school's zone.
    pub zone: chrono_tz::Tz,
    /// The group's name, where it is to a group.
    pub group_name: Option<String>,
    /// The name of who invited; empty for one who has none.
    pub by: String,
}

#[derive(FromRow)]
struct Row {
    id: String,
    school_id: String,
    group_id: Option<String>,
    email: String,
    name: String,
    role: String,
    made_by: String,
    made_at: i64,
    expires_at: i64,
    outcome: Option<String>,
}

#[derive(FromRow)]
struct NamedRow {
    #[sqlx(flatten)]
    row: Row,
    school_name: String,
    zone: String,
    group_name: Option<String>,
    by_name: Option<String>,
}

impl TryFrom<Row> for Invitation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column, word: &str| StoreError::Corrupt {
            table: "invitations",
            column,
            row: row.id.clone(),
            reason: format!("unknown word {word:?}"),
        };
        let role: SchoolRole = row.role.parse().map_err(|_| corrupt("role", &row.role))?;
        let outcome = match &row.outcome {
            Some(word) => Some(Outcome::from_word(word).ok_or_else(|| corrupt("outcome", word))?),
            None => None,
        };
        Ok(Self {
            id: InvitationId::new(row.id),
            school: SchoolId::new(row.school_id),
            group: row.group_id.map(GroupId::new),
            email: row.email,
            name: row.name,
            role,
            made_by: LearnerId::new(row.made_by),
            made_at: from_ms(row.made_at),
            expires_at: from_ms(row.expires_at),
            outcome,
        })
    }
}

impl TryFrom<NamedRow> for NamedInvitation {
    type Error = StoreError;

    fn try_from(named: NamedRow) -> Result<Self, StoreError> {
        let zone = named.zone.parse();
        let zone = zone.map_err(|error: chrono_tz::ParseError| StoreError::Corrupt {
            table: "schools",
            column: "zone",
            row: named.row.school_id.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            invitation: named.row.try_into()?,
            school_name: named.school_name,
            zone,
            group_name: named.group_name,
            by: named.by_name.unwrap_or_default(),
        })
    }
}

impl Conn {
    /// Adds an invitation.
    pub async fn insert_invitation(&mut self, new: &Invitation) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(INSERT)
            .bind(new.id.as_str()).bind(new.school.as_str())
            .bind(new.group.as_ref().map(GroupId::as_str))
            .bind(&new.email).bind(&new.name).bind(new.role.as_str())
            .bind(new.made_by.as_str())
            .bind(new.made_at.timestamp_millis()).bind(new.expires_at.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// The invitation with this id, whatever became of it.
    pub async fn invitation(
        &mut self,
        id: &InvitationId,
    ) -> Result<Option<Invitation>, StoreError> {
        let row: Option<Row> =
            on!(self, db => sqlx::query_as(ONE).bind(id.as_str()).fetch_optional(db).await)?;
        row.map(Invitation::try_from).transpose()
    }

    /// What waits for the account with this address; at most 100.
    pub async fn invitations_for(
        &mut self,
        email: &str,
        now: Timestamp,
    ) -> Result<Vec<NamedInvitation>, StoreError> {
        let rows: Vec<NamedRow> = on!(self, db => sqlx::query_as(FOR_EMAIL)
            .bind(email).bind(now.timestamp_millis()).fetch_all(db).await)?;
        rows.into_iter().map(NamedInvitation::try_from).collect()
    }

    /// How many invitations wait for the account with this address.
    pub async fn count_invitations_for(
        &mut self,
        email: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let count: i64 = on!(self, db => sqlx::query_scalar(COUNT_FOR_EMAIL)
            .bind(email).bind(now.timestamp_millis()).fetch_one(db).await)?;
        Ok(count.unsigned_abs())
    }

    /// What waits for learners of a group, by name.
    pub async fn invitations_of_group(
        &mut self,
        group: &GroupId,
        now: Timestamp,
    ) -> Result<Vec<Invitation>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(OF_GROUP)
            .bind(group.as_str()).bind(now.timestamp_millis()).fetch_all(db).await)?;
        rows.into_iter().map(Invitation::try_from).collect()
    }

    /// What waits for tutors of a school, by address.
    pub async fn invitations_of_tutors(
        &mut self,
        school: &SchoolId,
        now: Timestamp,
    ) -> Result<Vec<Invitation>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(OF_TUTORS)
            .bind(school.as_str()).bind(now.timestamp_millis()).fetch_all(db).await)?;
        rows.into_iter().map(Invitation::try_from).collect()
    }

    /// Notes what became of an invitation; false if that was noted before.
    pub async fn settle_invitation(
        &mut self,
        id: &InvitationId,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = on!(self, db => sqlx::query(SETTLE)
            .bind(id.as_str()).bind(outcome.as_str()).bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }

    /// Whom a group and its school know already.
    pub async fn known_of_group(
        &mut self,
        school: &SchoolId,
        group: &GroupId,
        now: Timestamp,
    ) -> Result<Known, StoreError> {
        let in_group: Vec<String> = on!(self, db => sqlx::query_scalar(GROUP_EMAILS)
            .bind(group.as_str()).fetch_all(db).await)?;
        let invited: Vec<String> = on!(self, db => sqlx::query_scalar(INVITED_EMAILS)
            .bind(group.as_str()).bind(now.timestamp_millis()).fetch_all(db).await)?;
        Ok(Known {
            in_group: in_group.into_iter().collect(),
            teaching: self.teachers_of(school).await?,
            invited: invited.into_iter().collect(),
        })
    }

    /// The addresses of those who teach in a school.
    pub async fn teachers_of(&mut self, school: &SchoolId) -> Result<HashSet<String>, StoreError> {
        let teaching: Vec<String> = on!(self, db => sqlx::query_scalar(TEACHER_EMAILS)
            .bind(school.as_str()).fetch_all(db).await)?;
        Ok(teaching.into_iter().collect())
    }

    /// Forgets invitations that were over before an instant; how many.
    pub async fn forget_invitations(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let gone = on!(self, db => sqlx::query(FORGET_OVER)
            .bind(before.timestamp_millis()).execute(db).await.map(|done| done.rows_affected()))?;
        Ok(gone)
    }
}
