//! Groups: making one, its learners, the codes by which one joins it.

use chrono::TimeDelta;
use rand::RngExt;
use serde_json::json;

use super::{
    Exam, Failure,
    schools::NAME_MAX,
    standing::{Happening, line},
};
use crate::domain::{
    access::{self, Act, Standing},
    assignment::Assignment,
    id::{GroupId, SchoolId},
    school::{Code, Group, JoinCode, School, SchoolRole},
};
use crate::store::{Account, Conn, GroupMember, fresh_id};

/// Days for which a code lets in, where no number is named.
pub const CODE_DAYS: u32 = 14;
/// The most days for which a code may let in.
pub const CODE_DAYS_MAX: u32 = 90;
/// The most groups of a school.
const GROUPS_MAX: i64 = 500;
/// The most codes of a group that let in at once.
const CODES_MAX: usize = 10;

/// A group as somebody may see it.
#[derive(Debug, Clone)]
pub struct GroupView {
    /// Whose it is.
    pub school: School,
    /// The group.
    pub group: Group,
    /// Where they stand.
    pub standing: Standing,
    /// Its learners, for those who teach.
    pub learners: Vec<GroupMember>,
    /// Codes that let in now, for those who teach.
    pub codes: Vec<JoinCode>,
    /// What was given to it. Who learns sees nothing that was withdrawn, and nothing that is for others.
    pub assignments: Vec<Assignment>,
}

impl GroupView {
    /// Whether they may do this.
    pub fn may(&self, act: Act) -> bool {
        access::may(self.standing, act).is_ok()
    }
}

impl Exam {
    /// Makes a group.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `group` (`missing`, `too-long`,
    /// `too-many`).
    pub async fn make_group(
        &self,
        who: &Account,
        school: &SchoolId,
        name: &str,
    ) -> Result<Group, Failure> {
        let mut conn = self.store.write().await?;
        self.school_for(&mut conn, who, school, Act::MakeGroup)
            .await?;
        let name = line("group", name, NAME_MAX)?;
        if conn.count_groups(school).await? >= GROUPS_MAX {
            return Err(Failure::Invalid {
                field: "group",
                problem: "too-many",
            });
        }
        let now = self.clock.now();
        let group = Group {
            id: GroupId::new(fresh_id(now)),
            school: school.clone(),
            name,
            made_at: now,
        };
        conn.insert_group(&group).await?;
        let what = Happening {
            school,
            kind: "group-made",
            learner: None,
            detail: json!({ "group": group.id, "name": group.name }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(group)
    }

    /// A group.
    ///
    /// # Errors
    /// [`Failure::NothingHere`].
    pub async fn group(&self, who: &Account, id: &GroupId) -> Result<GroupView, Failure> {
        let mut conn = self.store.read().await?;
        let (school, group, standing) = self.group_for(&mut conn, who, id, Act::SeeGroup).await?;
        let manages = access::may(standing, Act::ManageGroup).is_ok();
        let (learners, codes) = match manages {
            true => (
                conn.learners_of_group(id).await?,
                conn.open_codes(id, self.clock.now()).await?,
            ),
            false => (Vec::new(), Vec::new()),
        };
        let mut assignments = conn.assignments_of_group(id).await?;
        if !manages {
            let others = conn.not_for(id, &who.id).await?;
            assignments.retain(|given| given.withdrawn_at.is_none() && !others.contains(&given.id));
        }
        Ok(GroupView {
            school,
            group,
            standing,
            learners,
            codes,
            assignments,
        })
    }

    /// Makes a code by which one joins the group for so many days.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `days` (`out-of-range`, `too-many`).
    pub async fn make_code(
        &self,
        who: &Account,
        id: &GroupId,
        days: u32,
    ) -> Result<JoinCode, Failure> {
        let invalid = |problem| Failure::Invalid {
            field: "days",
            problem,
        };
        let mut conn = self.store.write().await?;
        let (school, ..) = self.group_for(&mut conn, who, id, Act::ManageGroup).await?;
        if !(1..=CODE_DAYS_MAX).contains(&days) {
            return Err(invalid("out-of-range"));
        }
        let now = self.clock.now();
        if conn.open_codes(id, now).await?.len() >= CODES_MAX {
            return Err(invalid("too-many"));
        }
        let code = JoinCode {
            code: unused_code(&mut conn).await?,
            group: id.clone(),
            made_by: who.id.clone(),
            made_at: now,
            expires_at: now + TimeDelta::days(i64::from(days)),
            revoked_at: None,
        };
        conn.insert_code(&code).await?;
        let what = Happening {
            school: &school.id,
            kind: "code-made",
            learner: None,
            detail: json!({ "group": id, "code": code.code.as_str(), "expires_at": code.expires_at }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(code)
    }

    /// Takes a code back: it lets nobody in any more. Again is harmless.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::NoSuchCode`].
    pub async fn revoke_code(
        &self,
        who: &Account,
        id: &GroupId,
        code: &str,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let (school, ..) = self.group_for(&mut conn, who, id, Act::ManageGroup).await?;
        let code = Code::parse(code).ok_or(Failure::NoSuchCode)?;
        let known = conn.join_code(&code).await?;
        known
            .filter(|known| known.group == *id)
            .ok_or(Failure::NoSuchCode)?;
        if conn.revoke_code(id, &code, self.clock.now()).await? {
            let what = Happening {
                school: &school.id,
                kind: "code-revoked",
                learner: None,
                detail: json!({ "group": id, "code": code.as_str() }),
            };
            self.record_in_school(&mut conn, who, what).await?;
        }
        conn.commit().await?;
        Ok(())
    }

    /// Leaves a group, and its school with the last of its groups. What was done in it stays in the school's results and
    /// in one's own history.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`] for those who teach.
    pub async fn leave_group(&self, who: &Account, id: &GroupId) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let (school, _, standing) = self.group_for(&mut conn, who, id, Act::LeaveGroup).await?;
        conn.remove_from_group(id, &who.id).await?;
        let left = conn.groups_of_learner(&school.id, &who.id).await?;
        let last = left.is_empty() && standing.role == Some(SchoolRole::Learner);
        if last {
            conn.remove_member(&school.id, &who.id).await?;
        }
        let what = Happening {
            school: &school.id,
            kind: "group-left",
            learner: Some(&who.id),
            detail: json!({ "group": id, "school_too": last }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(())
    }
}

/// A code that no group has had: of 8 × 10¹¹, so hardly ever the second try is needed.
async fn unused_code(conn: &mut Conn) -> Result<Code, Failure> {
    loop {
        let code = Code::of_number(rand::rng().random());
        if conn.join_code(&code).await?.is_none() {
            return Ok(code);
        }
    }
}
