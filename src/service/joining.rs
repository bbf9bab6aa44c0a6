//! Joining a group by a code or a link that holds one.

use serde_json::json;

use super::{
    Exam, Failure,
    standing::{Happening, with_account},
};
use crate::domain::{
    Timestamp,
    school::{Code, Group, School, SchoolRole},
};
use crate::store::{Account, Conn};

/// What a code invites to.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The code.
    pub code: Code,
    /// The school.
    pub school: School,
    /// The group.
    pub group: Group,
    /// Until when the code lets in.
    pub expires_at: Timestamp,
}

impl Exam {
    /// What a code invites to. Whoever has the code may know; the web limits how often one may guess.
    ///
    /// # Errors
    /// [`Failure::NoSuchCode`], [`Failure::Code`] when it lets nobody in any more.
    pub async fn invitation(&self, code: &str) -> Result<Invitation, Failure> {
        let mut conn = self.store.read().await?;
        self.open_invitation(&mut conn, code).await
    }

    /// Joins the group of a code. Again is harmless; who teaches in the school stays what they are.
    ///
    /// # Errors
    /// [`Failure::AccountNeeded`], [`Failure::NoSuchCode`], [`Failure::Code`].
    pub async fn join(&self, who: &Account, code: &str) -> Result<Group, Failure> {
        let mut conn = self.store.write().await?;
        let Invitation {
            code,
            school,
            group,
            ..
        } = self.open_invitation(&mut conn, code).await?;
        with_account(who)?;
        let role = conn.role_in(&school.id, &who.id).await?;
        if role.is_some_and(SchoolRole::teaches) {
            return Ok(group);
        }
        let now = self.clock.now();
        conn.add_member(&school.id, &who.id, SchoolRole::Learner, now)
            .await?;
        if conn.add_to_group(&group.id, &who.id, now).await? {
            let what = Happening {
                school: &school.id,
                kind: "group-joined",
                learner: Some(&who.id),
                detail: json!({ "group": group.id, "code": code.as_str() }),
            };
            self.record_in_school(&mut conn, who, what).await?;
        }
        conn.commit().await?;
        Ok(group)
    }

    async fn open_invitation(&self, conn: &mut Conn, code: &str) -> Result<Invitation, Failure> {
        let code = Code::parse(code).ok_or(Failure::NoSuchCode)?;
        let known = conn.join_code(&code).await?;
        let known = known.ok_or(Failure::NoSuchCode)?;
        known.open(self.clock.now())?;
        let group = conn.group(&known.group).await?;
        let group = group.ok_or(Failure::NoSuchCode)?;
        let school = conn.school(&group.school).await?;
        Ok(Invitation {
            code,
            school: school.ok_or(Failure::NoSuchCode)?,
            group,
            expires_at: known.expires_at,
        })
    }
}
