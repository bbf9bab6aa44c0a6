//! Invitations by address. No mail is sent: an invitation waits for whoever signs in with its address, and nobody is told
//! whether an account with it exists. Nor does anybody prove an address: to teach one needs the invitation's code besides,
//! which the school has and passes on by its own means. To learn one needs none: a learner sees nobody else's data.

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
    invitation::{INVITATION_DAYS, Invitation, InvitationCode, Outcome},
    school::SchoolRole,
};
use crate::store::{Account, Conn, NamedInvitation, fresh_id};

/// The most tutors of a school for whom an invitation waits.
const TUTORS_MAX: usize = 100;

/// An invitation to teach with its code, as those see it who may make and take back such an invitation, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitedTutor {
    /// The invitation.
    pub invitation: Invitation,
    /// What accepting it asks for.
    pub code: InvitationCode,
}

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
    /// An invitation to teach with its code.
    pub(super) fn with_code(&self, invitation: Invitation) -> InvitedTutor {
        InvitedTutor {
            code: self.keys.invitations.code(&invitation.id),
            invitation,
        }
    }

    /// Invites whoever has an account with this address, now or later, to be a tutor: once they have the code. Again is
    /// the same invitation.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `email` (`missing`,
    /// `not-an-address`, `teaches`, `too-many`).
    pub async fn invite_tutor(
        &self,
        who: &Account,
        id: &SchoolId,
        email: &str,
    ) -> Result<InvitedTutor, Failure> {
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
            return Ok(self.with_code(same));
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
        Ok(self.with_code(new))
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

    /// Comes where one is invited; to teach, by the code as it was typed. Who teaches in the school stays what they are.
    /// The web limits how often one may guess.
    ///
    /// # Errors
    /// [`Failure::AccountNeeded`]; [`Failure::NothingHere`] for an invitation to somebody else and for one that is over;
    /// [`Failure::Invalid`] with `code` (`needed`, `mismatch`).
    pub async fn accept_invitation(
        &self,
        who: &Account,
        id: &InvitationId,
        code: &str,
    ) -> Result<Invitation, Failure> {
        let mut conn = self.store.write().await?;
        let invitation = self.own_invitation(&mut conn, who, id).await?;
        if invitation.to_teach() {
            self.check_code(id, code)?;
        }
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

    fn check_code(&self, id: &InvitationId, code: &str) -> Result<(), Failure> {
        let problem = match InvitationCode::parse(code) {
            Some(typed) if self.keys.invitations.fits(id, &typed) => return Ok(()),
            None if code.trim().is_empty() => "needed",
            _ => "mismatch",
        };
        Err(Failure::Invalid {
            field: "code",
            problem,
        })
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
    /// As for [`Exam::accept_invitation`], but for the code: nobody needs one to say no.
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
