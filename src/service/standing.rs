//! Loading where somebody stands, beside the decision of `domain::access`. A use case about a school gets its school, group
//! or assignment from here and from nowhere else, so that none can forget to ask whether it may.

use super::{Exam, Failure};
use crate::domain::{
    access::{self, Act, Standing},
    assignment::Assignment,
    id::{AssignmentId, GroupId, LearnerId, SchoolId, is_slug},
    school::{Group, School},
};
use crate::store::{Account, Conn, Event, Role};

impl From<access::Refused> for Failure {
    fn from(refused: access::Refused) -> Self {
        match refused {
            access::Refused::Hidden => Failure::NothingHere,
            access::Refused::NotAllowed => Failure::NotAllowed,
        }
    }
}

/// The longest reason or remark, in characters.
pub(super) const REMARK_MAX: usize = 200;

/// Something that happened in a school.
pub(super) struct Happening<'a> {
    /// In which.
    pub(super) school: &'a SchoolId,
    /// What, such as `group-made`.
    pub(super) kind: &'a str,
    /// To whom, if to somebody.
    pub(super) learner: Option<&'a LearnerId>,
    /// The particulars.
    pub(super) detail: serde_json::Value,
}

impl Exam {
    /// The school, for somebody who may do this in it.
    pub(super) async fn school_for(
        &self,
        conn: &mut Conn,
        who: &Account,
        id: &SchoolId,
        act: Act,
    ) -> Result<(School, Standing), Failure> {
        // An id comes from an address and may hold anything, also what PostgreSQL takes in no text.
        let school = match is_slug(id.as_str()) {
            true => conn.school(id).await?,
            false => None,
        };
        let school = school.ok_or(Failure::NothingHere)?;
        let standing = Standing {
            operator: who.role == Role::Operator,
            role: conn.role_in(id, &who.id).await?,
            in_group: false,
        };
        access::may(standing, act)?;
        Ok((school, standing))
    }

    /// The group and its school, for somebody who may do this in it.
    pub(super) async fn group_for(
        &self,
        conn: &mut Conn,
        who: &Account,
        id: &GroupId,
        act: Act,
    ) -> Result<(School, Group, Standing), Failure> {
        let (school, group, standing) = self.group_standing(conn, who, id).await?;
        access::may(standing, act)?;
        Ok((school, group, standing))
    }

    /// A group, and where somebody stands towards it. Nobody has asked yet whether they may know.
    async fn group_standing(
        &self,
        conn: &mut Conn,
        who: &Account,
        id: &GroupId,
    ) -> Result<(School, Group, Standing), Failure> {
        let group = match is_slug(id.as_str()) {
            true => conn.group(id).await?,
            false => None,
        };
        let group = group.ok_or(Failure::NothingHere)?;
        let school = conn.school(&group.school).await?;
        let school = school.ok_or(Failure::NothingHere)?;
        let standing = Standing {
            operator: who.role == Role::Operator,
            role: conn.role_in(&school.id, &who.id).await?,
            in_group: conn.is_in_group(id, &who.id).await?,
        };
        Ok((school, group, standing))
    }

    /// The assignment, its group and school, for somebody who may do this with it. For a learner whom it is not for it is
    /// as if they were in another group.
    pub(super) async fn assignment_for(
        &self,
        conn: &mut Conn,
        who: &Account,
        id: &AssignmentId,
        act: Act,
    ) -> Result<(School, Group, Assignment, Standing), Failure> {
        let assignment = match is_slug(id.as_str()) {
            true => conn.assignment(id).await?,
            false => None,
        };
        let assignment = assignment.ok_or(Failure::NothingHere)?;
        let (school, group, mut standing) =
            self.group_standing(conn, who, &assignment.group).await?;
        standing.in_group = standing.in_group && conn.is_addressed(id, &who.id).await?;
        access::may(standing, act)?;
        Ok((school, group, assignment, standing))
    }

    /// Records what somebody did in a school.
    pub(super) async fn record_in_school(
        &self,
        conn: &mut Conn,
        who: &Account,
        what: Happening<'_>,
    ) -> Result<(), Failure> {
        conn.record(&Event {
            at: self.clock.now(),
            actor: who.id.to_string(),
            kind: what.kind.to_owned(),
            attempt: None,
            learner: what.learner.cloned(),
            school: Some(what.school.clone()),
            detail: what.detail,
        })
        .await?;
        Ok(())
    }
}

/// Somebody with an account: what a guest did could not be told from what another did.
pub(super) fn with_account(who: &Account) -> Result<(), Failure> {
    match who.is_guest() {
        true => Err(Failure::AccountNeeded),
        false => Ok(()),
    }
}

/// A name or title of one line, trimmed.
pub(super) fn line(field: &'static str, text: &str, most: usize) -> Result<String, Failure> {
    let invalid = |problem| Failure::Invalid { field, problem };
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid("missing"));
    }
    if text.chars().count() > most || text.contains(char::is_control) {
        return Err(invalid("too-long"));
    }
    Ok(text.to_owned())
}

/// A reason or a remark of one line, trimmed; none where nothing was written.
pub(super) fn remark(field: &'static str, text: &str) -> Result<Option<String>, Failure> {
    match text.trim() {
        "" => Ok(None),
        text => line(field, text, REMARK_MAX).map(Some),
    }
}
