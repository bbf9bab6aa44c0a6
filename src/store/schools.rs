//! Schools and who belongs to them.

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{LearnerId, SchoolId},
    school::{School, SchoolRole},
};

statements! {
    INSERT = "insert into schools (id, name, zone, created_at) values ($1, $2, $3, $4)";
    ONE = "select id, name, zone, created_at, cast(null as text) as role from schools where id = $1";
    OF_LEARNER = "select s.id, s.name, s.zone, s.created_at, m.role from schools s \
                  join members m on m.school_id = s.id where m.learner_id = $1 order by s.name, s.id";
    ALL = "select id, name, zone, created_at, cast(null as text) as role from schools order by name, id limit 500";
    RENAME = "update schools set name = $2 where id = $1";
    ROLE = "select role from members where school_id = $1 and learner_id = $2";
    /// A member keeps the higher role: whoever joins again loses nothing.
    ADD = "insert into members (school_id, learner_id, role, since) values ($1, $2, $3, $4) \
           on conflict (school_id, learner_id) do nothing";
    SET_ROLE = "update members set role = $3 where school_id = $1 and learner_id = $2";
    REMOVE = "delete from members where school_id = $1 and learner_id = $2";
    REMOVE_FROM_GROUPS = "delete from group_members where learner_id = $2 \
                          and group_id in (select id from school_groups where school_id = $1)";
    MEMBERS = "select l.id, l.name, m.role, m.since from members m join learners l on l.id = m.learner_id \
               where m.school_id = $1 order by l.name, l.id";
    COUNT_OWNERS = "select count(*) from members where school_id = $1 and role = 'owner'";
    COUNT_OF_LEARNER = "select count(*) from members where learner_id = $1 and role = 'owner'";
    /// Changes nothing, but locks the row, so that who belongs to a school changes one after the other.
    LOCK = "update schools set name = name where id = $1";
}

/// Somebody who belongs to a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub learner: LearnerId,
    /// Their name; empty for one who has none.
    pub name: String,
    /// What they are there.
    pub role: SchoolRole,
    /// Since when.
    pub since: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    zone: String,
    created_at: i64,
    role: Option<String>,
}

#[derive(FromRow)]
struct MemberRow {
    id: String,
    name: Option<String>,
    role: String,
    since: i64,
}

fn role_of(text: &str, row: &str) -> Result<SchoolRole, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt {
        table: "members",
        column: "role",
        row: row.to_owned(),
        reason: format!("unknown role {text:?}"),
    })
}

impl Row {
    fn into_school(self) -> Result<(School, Option<SchoolRole>), StoreError> {
        let role = self.role.as_deref().map(|role| role_of(role, &self.id));
        let zone =
            self.zone
                .parse()
                .map_err(|error: chrono_tz::ParseError| StoreError::Corrupt {
                    table: "schools",
                    column: "zone",
                    row: self.id.clone(),
                    reason: error.to_string(),
                })?;
        let school = School {
            id: SchoolId::new(self.id),
            name: self.name,
            zone,
            created_at: from_ms(self.created_at),
        };
        Ok((school, role.transpose()?))
    }
}

impl Conn {
    /// Adds a school.
    pub async fn insert_school(&mut self, school: &School) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(INSERT)
            .bind(school.id.as_str()).bind(&school.name).bind(school.zone.name())
            .bind(school.created_at.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// The school with this id.
    pub async fn school(&mut self, id: &SchoolId) -> Result<Option<School>, StoreError> {
        let row: Option<Row> =
            on!(self, db => sqlx::query_as(ONE).bind(id.as_str()).fetch_optional(db).await)?;
        row.map(|row| row.into_school().map(|(school, _)| school))
            .transpose()
    }

    /// The schools that somebody belongs to, by name, and what they are there.
    pub async fn schools_of(
        &mut self,
        learner: &LearnerId,
    ) -> Result<Vec<(School, Option<SchoolRole>)>, StoreError> {
        let rows: Vec<Row> =
            on!(self, db => sqlx::query_as(OF_LEARNER).bind(learner.as_str()).fetch_all(db).await)?;
        rows.into_iter().map(Row::into_school).collect()
    }

    /// Every school, by name; at most 500.
    pub async fn all_schools(&mut self) -> Result<Vec<School>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(ALL).fetch_all(db).await)?;
        rows.into_iter()
            .map(|row| row.into_school().map(|(school, _)| school))
            .collect()
    }

    /// Gives a school another name.
    pub async fn rename_school(&mut self, id: &SchoolId, name: &str) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(RENAME)
            .bind(id.as_str()).bind(name).execute(db).await.map(drop))?;
        Ok(())
    }

    /// What somebody is in a school; none for a stranger.
    pub async fn role_in(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<Option<SchoolRole>, StoreError> {
        let role: Option<String> = on!(self, db => sqlx::query_scalar(ROLE)
            .bind(school.as_str()).bind(learner.as_str()).fetch_optional(db).await)?;
        role.map(|role| role_of(&role, school.as_str())).transpose()
    }

    /// Makes somebody a member, unless they are one already.
    pub async fn add_member(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
        role: SchoolRole,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(ADD)
            .bind(school.as_str()).bind(learner.as_str()).bind(role.as_str())
            .bind(now.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Changes what a member is.
    pub async fn set_role(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
        role: SchoolRole,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(SET_ROLE)
            .bind(school.as_str()).bind(learner.as_str()).bind(role.as_str())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Takes somebody out of a school and all its groups.
    pub async fn remove_member(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<(), StoreError> {
        for statement in [REMOVE_FROM_GROUPS, REMOVE] {
            on!(self, db => sqlx::query(statement)
                .bind(school.as_str()).bind(learner.as_str()).execute(db).await.map(drop))?;
        }
        Ok(())
    }

    /// Takes somebody out of a school's groups; they stay a member.
    pub async fn remove_from_groups(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(REMOVE_FROM_GROUPS)
            .bind(school.as_str()).bind(learner.as_str()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Who belongs to a school, by name.
    pub async fn members_of(&mut self, school: &SchoolId) -> Result<Vec<Member>, StoreError> {
        let rows: Vec<MemberRow> =
            on!(self, db => sqlx::query_as(MEMBERS).bind(school.as_str()).fetch_all(db).await)?;
        rows.into_iter()
            .map(|row| {
                Ok(Member {
                    role: role_of(&row.role, &row.id)?,
                    learner: LearnerId::new(row.id),
                    name: row.name.unwrap_or_default(),
                    since: from_ms(row.since),
                })
            })
            .collect()
    }

    /// How many owners a school has. Who belongs to it does not change before the transaction is over.
    pub async fn lock_and_count_owners(&mut self, school: &SchoolId) -> Result<i64, StoreError> {
        on!(self, db => sqlx::query(LOCK).bind(school.as_str()).execute(db).await.map(drop))?;
        let count = on!(self, db => sqlx::query_scalar(COUNT_OWNERS)
            .bind(school.as_str()).fetch_one(db).await)?;
        Ok(count)
    }

    /// How many schools somebody owns.
    pub async fn count_owned(&mut self, learner: &LearnerId) -> Result<i64, StoreError> {
        let count = on!(self, db => sqlx::query_scalar(COUNT_OF_LEARNER)
            .bind(learner.as_str()).fetch_one(db).await)?;
        Ok(count)
    }
}
