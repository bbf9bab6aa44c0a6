//! Who belongs to a school and as what: owners and tutors, learners taken out of a group; another name for a group.

use serde_json::json;

use super::{
    Exam, Failure,
    schools::NAME_MAX,
    standing::{Happening, line},
};
use crate::domain::{
    access::Act,
    id::{GroupId, LearnerId, SchoolId, is_slug},
    school::SchoolRole,
};
use crate::store::Account;

impl Exam {
    /// Makes an owner of a tutor or a tutor of an owner, or sends one of them away (no role).
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also when they do not teach in the school; [`Failure::NotAllowed`];
    /// [`Failure::LastOwner`]; [`Failure::Invalid`] with `role` (`unknown`) for a learner's.
    pub async fn change_role(
        &self,
        who: &Account,
        id: &SchoolId,
        learner: &LearnerId,
        role: Option<SchoolRole>,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        self.school_for(&mut conn, who, id, Act::ChangeRoles)
            .await?;
        if role == Some(SchoolRole::Learner) {
            return Err(Failure::Invalid {
                field: "role",
                problem: "unknown",
            });
        }
        let owners = conn.lock_and_count_owners(id).await?;
        let before = match is_slug(learner.as_str()) {
            true => conn.role_in(id, learner).await?,
            false => None,
        };
        let before = before.filter(|before| before.teaches());
        let before = before.ok_or(Failure::NothingHere)?;
        if Some(before) == role {
            return Ok(());
        }
        if before == SchoolRole::Owner && owners <= 1 {
            return Err(Failure::LastOwner);
        }
        let kind = match role {
            Some(role) => {
                conn.set_role(id, learner, role).await?;
                "role-changed"
            }
            None => {
                conn.remove_member(id, learner).await?;
                "tutor-removed"
            }
        };
        let what = Happening {
            school: id,
            kind,
            learner: Some(learner),
            detail: json!({ "role": role, "before": before }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(())
    }

    /// Takes a learner out of a group, and out of the school with the last of their groups. Their results stay. Again is
    /// harmless.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn remove_learner(
        &self,
        who: &Account,
        id: &GroupId,
        learner: &LearnerId,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let (school, ..) = self.group_for(&mut conn, who, id, Act::ManageGroup).await?;
        conn.lock_and_count_owners(&school.id).await?;
        if !is_slug(learner.as_str()) || !conn.is_in_group(id, learner).await? {
            return Ok(());
        }
        conn.remove_from_group(id, learner).await?;
        let left = conn.groups_of_learner(&school.id, learner).await?;
        let last = left.is_empty()
            && conn.role_in(&school.id, learner).await? == Some(SchoolRole::Learner);
        if last {
            conn.remove_member(&school.id, learner).await?;
        }
        let what = Happening {
            school: &school.id,
            kind: "learner-removed",
            learner: Some(learner),
            detail: json!({ "group": id, "school_too": last }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(())
    }

    /// Gives a group another name.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `group` (`missing`, `too-long`).
    pub async fn rename_group(
        &self,
        who: &Account,
        id: &GroupId,
        name: &str,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let (school, group, _) = self.group_for(&mut conn, who, id, Act::ManageGroup).await?;
        let name = line("group", name, NAME_MAX)?;
        conn.rename_group(id, &name).await?;
        let what = Happening {
            school: &school.id,
            kind: "group-renamed",
            learner: None,
            detail: json!({ "group": id, "from": group.name, "to": name }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(())
    }
}
