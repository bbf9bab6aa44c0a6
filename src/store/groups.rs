//! Groups, their learners, and the codes by which one joins them.

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{GroupId, LearnerId, SchoolId},
    school::{Code, Group, JoinCode},
};

statements! {
    INSERT = "insert into school_groups (id, school_id, name, made_at) values ($1, $2, $3, $4)";
    ONE = "select id, school_id, name, made_at from school_groups where id = $1";
    OF_SCHOOL = "select g.id, g.school_id, g.name, g.made_at, \
                 (select count(*) from group_members m where m.group_id = g.id) as learners \
                 from school_groups g where g.school_id = $1 order by g.name, g.id";
    RENAME = "update school_groups set name = $2 where id = $1";
    COUNT_OF_SCHOOL = "select count(*) from school_groups where school_id = $1";
    OF_LEARNER = "select g.id, g.school_id, g.name, g.made_at from school_groups g \
                  join group_members m on m.group_id = g.id \
                  where g.school_id = $1 and m.learner_id = $2 order by g.name, g.id";
    IS_IN = "select count(*) from group_members where group_id = $1 and learner_id = $2";
    ADD = "insert into group_members (group_id, learner_id, since) values ($1, $2, $3) \
           on conflict (group_id, learner_id) do nothing";
    REMOVE = "delete from group_members where group_id = $1 and learner_id = $2";
    LEARNERS = "select l.id, l.name, m.since from group_members m join learners l on l.id = m.learner_id \
                where m.group_id = $1 order by l.name, l.id";
    INSERT_CODE = "insert into join_codes (code, group_id, made_by, made_at, expires_at) values ($1, $2, $3, $4, $5)";
    CODE = "select code, group_id, made_by, made_at, expires_at, revoked_at from join_codes where code = $1";
    OPEN_CODES = "select code, group_id, made_by, made_at, expires_at, revoked_at from join_codes \
                  where group_id = $1 and revoked_at is null and expires_at > $2 order by expires_at, code";
    REVOKE = "update join_codes set revoked_at = $3 where group_id = $1 and code = $2 and revoked_at is null";
}

/// A group in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOverview {
    /// The group.
    pub group: Group,
    /// How many learners are in it.
    pub learners: u32,
}

/// A learner of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMember {
    /// Who.
    pub learner: LearnerId,
    /// Their name; empty for one who has none.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: String,
    school_id: String,
    name: String,
    made_at: i64,
}

#[derive(FromRow)]
struct OverviewRow {
    #[sqlx(flatten)]
    group: Row,
    learners: i64,
}

#[derive(FromRow)]
struct CodeRow {
    code: String,
    group_id: String,
    made_by: String,
    made_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
}

impl From<Row> for Group {
    fn from(row: Row) -> Self {
        Self {
            id: GroupId::new(row.id),
            school: SchoolId::new(row.school_id),
            name: row.name,
            made_at: from_ms(row.made_at),
        }
    }
}

impl TryFrom<CodeRow> for JoinCode {
    type Error = StoreError;

    fn try_from(row: CodeRow) -> Result<Self, StoreError> {
        let code = Code::parse(&row.code).ok_or_else(|| StoreError::Corrupt {
            table: "join_codes",
            column: "code",
            row: row.code.clone(),
            reason: "no code".to_owned(),
        })?;
        Ok(Self {
            code,
            group: GroupId::new(row.group_id),
            made_by: LearnerId::new(row.made_by),
            made_at: from_ms(row.made_at),
            expires_at: from_ms(row.expires_at),
            revoked_at: row.revoked_at.map(from_ms),
        })
    }
}

impl Conn {
    /// Adds a group.
    pub async fn insert_group(&mut self, group: &Group) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(INSERT)
            .bind(group.id.as_str()).bind(group.school.as_str()).bind(&group.name)
            .bind(group.made_at.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// The group with this id.
    pub async fn group(&mut self, id: &GroupId) -> Result<Option<Group>, StoreError> {
        let row: Option<Row> =
            on!(self, db => sqlx::query_as(ONE).bind(id.as_str()).fetch_optional(db).await)?;
        Ok(row.map(Group::from))
    }

    /// A school's groups, by name.
    pub async fn groups_of_school(
        &mut self,
        school: &SchoolId,
    ) -> Result<Vec<GroupOverview>, StoreError> {
        let rows: Vec<OverviewRow> =
            on!(self, db => sqlx::query_as(OF_SCHOOL).bind(school.as_str()).fetch_all(db).await)?;
        Ok(rows
            .into_iter()
            .map(|row| GroupOverview {
                group: row.group.into(),
                learners: u32::try_from(row.learners).unwrap_or(u32::MAX),
            })
            .collect())
    }

    /// Gives a group another name.
    pub async fn rename_group(&mut self, id: &GroupId, name: &str) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(RENAME)
            .bind(id.as_str()).bind(name).execute(db).await.map(drop))?;
        Ok(())
    }

    /// How many groups a school has.
    pub async fn count_groups(&mut self, school: &SchoolId) -> Result<i64, StoreError> {
        let count = on!(self, db => sqlx::query_scalar(COUNT_OF_SCHOOL)
            .bind(school.as_str()).fetch_one(db).await)?;
        Ok(count)
    }

    /// The groups of a school that a learner is in, by name.
    pub async fn groups_of_learner(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<Vec<Group>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(OF_LEARNER)
            .bind(school.as_str()).bind(learner.as_str()).fetch_all(db).await)?;
        Ok(rows.into_iter().map(Group::from).collect())
    }

    /// Whether a learner is in a group.
    pub async fn is_in_group(
        &mut self,
        group: &GroupId,
        learner: &LearnerId,
    ) -> Result<bool, StoreError> {
        let count: i64 = on!(self, db => sqlx::query_scalar(IS_IN)
            .bind(group.as_str()).bind(learner.as_str()).fetch_one(db).await)?;
        Ok(count > 0)
    }

    /// Puts a learner into a group; false if they were in it.
    pub async fn add_to_group(
        &mut self,
        group: &GroupId,
        learner: &LearnerId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let added = on!(self, db => sqlx::query(ADD)
            .bind(group.as_str()).bind(learner.as_str()).bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(added == 1)
    }

    /// Takes a learner out of a group.
    pub async fn remove_from_group(
        &mut self,
        group: &GroupId,
        learner: &LearnerId,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(REMOVE)
            .bind(group.as_str()).bind(learner.as_str()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// A group's learners, by name.
    pub async fn learners_of_group(
        &mut self,
        group: &GroupId,
    ) -> Result<Vec<GroupMember>, StoreError> {
        let rows: Vec<(String, Option<String>, i64)> =
            on!(self, db => sqlx::query_as(LEARNERS).bind(group.as_str()).fetch_all(db).await)?;
        Ok(rows
            .into_iter()
            .map(|(id, name, since)| GroupMember {
                learner: LearnerId::new(id),
                name: name.unwrap_or_default(),
                since: from_ms(since),
            })
            .collect())
    }

    /// Adds a code.
    ///
    /// # Errors
    /// [`StoreError::is_duplicate`] when there is such a code.
    pub async fn insert_code(&mut self, code: &JoinCode) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(INSERT_CODE)
            .bind(code.code.as_str()).bind(code.group.as_str()).bind(code.made_by.as_str())
            .bind(code.made_at.timestamp_millis()).bind(code.expires_at.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// The code, open or not.
    pub async fn join_code(&mut self, code: &Code) -> Result<Option<JoinCode>, StoreError> {
        let row: Option<CodeRow> =
            on!(self, db => sqlx::query_as(CODE).bind(code.as_str()).fetch_optional(db).await)?;
        row.map(JoinCode::try_from).transpose()
    }

    /// The codes of a group that let somebody in now.
    pub async fn open_codes(
        &mut self,
        group: &GroupId,
        now: Timestamp,
    ) -> Result<Vec<JoinCode>, StoreError> {
        let rows: Vec<CodeRow> = on!(self, db => sqlx::query_as(OPEN_CODES)
            .bind(group.as_str()).bind(now.timestamp_millis()).fetch_all(db).await)?;
        rows.into_iter().map(JoinCode::try_from).collect()
    }

    /// Takes a group's code back; false if it has no such code, or it was taken back before.
    pub async fn revoke_code(
        &mut self,
        group: &GroupId,
        code: &Code,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = on!(self, db => sqlx::query(REVOKE)
            .bind(group.as_str()).bind(code.as_str()).bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }
}
