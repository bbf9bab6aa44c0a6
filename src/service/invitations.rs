//! Invitations by address. No mail is sent: an invitation waits for whoever signs in with its address, and nobody is told
//! whether an account with it exists.

use chrono::TimeDelta;
use serde_json::json;

use super::{
    Exam, Failure,
    accounts::fold_email,
    standing::{Happening, with_account},
};
use crate::domain::{
    Timestamp,
    access::Act,
    id::{GroupId, InvitationId, SchoolId, is_slug},
    invitation::{INVITATION_DAYS, Invitation, Outcome},
    school::SchoolRole,
};
use crate::store::{Account, Conn, NamedInvitation, fresh_id};

/// The most tutors of a school for whom an invitation waits.
const TUTORS_MAX: usize = 100;

/// An invitation that waits from now on.
pub(super) fn fresh(
    who: &Account,
    school: &SchoolId,
    group: Option<&GroupId>,
    (name, email): (&str, &str),
    now: Timestamp,
) -> Invitation {
    Invitation {
        id: InvitationId::new(fresh_id(now)),
        school: school.clone(),
        group: group.cloned(),
        email: email.to_owned(),
        name: name.to_owned(),
        role: match group {
            Some(_) => SchoolRole::Learner,
            None => SchoolRole::Tutor,
        },
        made_by: who.id.clone(),
        made_at: now,
        expires_at: now + TimeDelta::days(INVITATION_DAYS),
        outcome: None,
    }
}

impl Exam {
    /// Invites whoever has an account with this address, now or later, to be a tutor. Again is the same invitation.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `email` (`missing`,
    /// `not-an-address`, `teaches`, `too-many`).
    pub async fn invite_tutor(
        &self,
        who: &Account,
        id: &SchoolId,
        email: &str,
    ) -> Result<Invitation, Failure> {
        let invalid = |problem| Failure::Invalid {
            field: "email",
            problem,
        };
        let mut conn = self.store.write().await?;
        self.school_for(&mut conn, who, id, Act::AddTutor).await?;
        let email = fold_email(email)?;
        conn.lock_and_count_owners(id).await?;
        if conn.teachers_of(id).await?.contains(&email) {
            return Err(invalid("teaches"));
        }
        let now = self.clock.now();
        let waiting = conn.invitations_of_tutors(id, now).await?;
        let count = waiting.len();
        if let Some(same) = waiting.into_iter().find(|known| known.email == email) {
            return Ok(same);
        }
        if count >= TUTORS_MAX {
            return Err(invalid("too-many"));
        }
        let new = fresh(who, id, None, ("", &email), now);
        conn.insert_invitation(&new).await?;
        let what = Happening {
            school: id,
            kind: "invitation-made",
            learner: None,
            detail: json!({ "invitation": new.id, "role": new.role, "expires_at": new.expires_at }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(new)
    }

    /// The invitations that wait for somebody; none for a guest.
    pub async fn invitations(&self, who: &Account) -> Result<Vec<NamedInvitation>, Failure> {
        let Some(email) = &who.email else {
            return Ok(Vec::new());
        };
        let mut conn = self.store.read().await?;
        Ok(conn.invitations_for(email, self.clock.now()).await?)
    }

    /// How many invitations wait for somebody.
    pub async fn count_invitations(&self, who: &Account) -> Result<u64, Failure> {
        let Some(email) = &who.email else {
            return Ok(0);
        };
        let mut conn = self.store.read().await?;
        Ok(conn.count_invitations_for(email, self.clock.now()).await?)
    }

    /// Comes where one is invited. Who teaches in the school stays what they are.
    ///
    /// # Errors
    /// [`Failure::AccountNeeded`]; [`Failure::NothingHere`] for an invitation to somebody else and for one that is over.
    pub async fn accept_invitation(
        &self,
        who: &Account,
        id: &InvitationId,
    ) -> Result<Invitation, Failure> {
        let mut conn = self.store.write().await?;
        let invitation = self.own_invitation(&mut conn, who, id).await?;
        let now = self.clock.now();
        conn.lock_and_count_owners(&invitation.school).await?;
        if !conn.settle_invitation(id, Outcome::Accepted, now).await? {
            return Err(Failure::NothingHere);
        }
        match invitation.group.clone() {
            Some(group) => {
                self.come_to_learn(&mut conn, who, &invitation, &group)
                    .await?;
            }
            None => self.come_to_teach(&mut conn, who, &invitation).await?,
        }
        conn.commit().await?;
        Ok(invitation)
    }

    async fn come_to_teach(
        &self,
        conn: &mut Conn,
        who: &Account,
        invitation: &Invitation,
    ) -> Result<(), Failure> {
        let school = &invitation.school;
        let before = conn.role_in(school, &who.id).await?;
        if before.is_some_and(SchoolRole::teaches) {
            return Ok(());
        }
        let now = self.clock.now();
        conn.add_member(school, &who.id, SchoolRole::Tutor, now)
            .await?;
        conn.set_role(school, &who.id, SchoolRole::Tutor).await?;
        // Who teaches every group is a learner of none.
        conn.remove_from_groups(school, &who.id).await?;
        let what = Happening {
            school,
            kind: "tutor-added",
            learner: Some(&who.id),
            detail: json!({ "role": SchoolRole::Tutor, "before": before, "invitation": invitation.id }),
        };
        self.record_in_school(conn, who, what).await
    }

    async fn come_to_learn(
        &self,
        conn: &mut Conn,
        who: &Account,
        invitation: &Invitation,
        group: &GroupId,
    ) -> Result<(), Failure> {
        let school = &invitation.school;
        let before = conn.role_in(school, &who.id).await?;
        if before.is_some_and(SchoolRole::teaches) {
            return Ok(());
        }
        let now = self.clock.now();
        conn.add_member(school, &who.id, SchoolRole::Learner, now)
            .await?;
        if conn.add_to_group(group, &who.id, now).await? {
            let what = Happening {
                school,
                kind: "group-joined",
                learner: Some(&who.id),
                detail: json!({ "group": group, "invitation": invitation.id }),
            };
            self.record_in_school(conn, who, what).await?;
        }
        Ok(())
    }

    /// Does not come where one is invited.
    ///
    /// # Errors
    /// As for [`Exam::accept_invitation`].
    pub async fn decline_invitation(
        &self,
        who: &Account,
        id: &InvitationId,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let invitation = self.own_invitation(&mut conn, who, id).await?;
        let now = self.clock.now();
        if conn.settle_invitation(id, Outcome::Declined, now).await? {
            // Not as who: whoever never came to the school keeps their name from it.
            let what = Happening {
                school: &invitation.school,
                kind: "invitation-declined",
                learner: None,
                detail: json!({ "invitation": id, "group": invitation.group, "role": invitation.role }),
            };
            self.record_by_invited(&mut conn, what).await?;
        }
        conn.commit().await?;
        Ok(())
    }

    /// Takes an invitation back. Again is harmless.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn revoke_invitation(
        &self,
        who: &Account,
        id: &InvitationId,
    ) -> Result<Invitation, Failure> {
        let mut conn = self.store.write().await?;
        let invitation = match is_slug(id.as_str()) {
            true => conn.invitation(id).await?,
            false => None,
        };
        let invitation = invitation.ok_or(Failure::NothingHere)?;
        match &invitation.group {
            Some(group) => self
                .group_for(&mut conn, who, group, Act::ManageGroup)
                .await
                .map(drop)?,
            None => self
                .school_for(&mut conn, who, &invitation.school, Act::AddTutor)
                .await
                .map(drop)?,
        }
        let now = self.clock.now();
        if conn.settle_invitation(id, Outcome::Revoked, now).await? {
            let what = Happening {
                school: &invitation.school,
                kind: "invitation-revoked",
                learner: None,
                detail: json!({ "invitation": id, "group": invitation.group, "role": invitation.role }),
            };
            self.record_in_school(&mut conn, who, what).await?;
        }
        conn.commit().await?;
        Ok(invitation)
    }

    /// An invitation that waits for somebody.
    async fn own_invitation(
        &self,
        conn: &mut Conn,
        who: &Account,
        id: &InvitationId,
    ) -> Result<Invitation, Failure> {
        let invitation = match is_slug(id.as_str()) {
            true => conn.invitation(id).await?,
            false => None,
        };
        with_account(who)?;
        invitation
            .filter(|one| one.is_for(who.email.as_deref()) && one.waits(self.clock.now()))
            .ok_or(Failure::NothingHere)
    }
}
