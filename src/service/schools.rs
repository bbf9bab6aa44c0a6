//! Schools: making one, who teaches in it, leaving it.

use serde_json::json;

use super::{
    Exam, Failure, InvitedTutor,
    standing::{Happening, line, with_account},
};
use crate::domain::{
    access::{self, Act, Standing},
    id::SchoolId,
    school::{Group, School, SchoolRole},
};
use crate::store::{Account, Member, Role, fresh_id};

/// The longest name of a school or a group, in characters.
pub(super) const NAME_MAX: usize = 100;
/// The most schools that one account may own.
const SCHOOLS_MAX: i64 = 20;

/// A school as somebody may see it.
#[derive(Debug, Clone)]
pub struct SchoolView {
    /// The school.
    pub school: School,
    /// Where they stand.
    pub standing: Standing,
    /// All groups, or those they are in.
    pub groups: Vec<GroupLine>,
    /// Everybody who belongs to it, or those who teach.
    pub members: Vec<Member>,
    /// Tutors who are invited and have not answered, for those who may invite them.
    pub invited: Vec<InvitedTutor>,
}

/// A group in a school's list.
#[derive(Debug, Clone)]
pub struct GroupLine {
    /// The group.
    pub group: Group,
    /// How many learners are in it, for those who may know.
    pub learners: Option<u32>,
}

impl SchoolView {
    /// Whether they may do this.
    pub fn may(&self, act: Act) -> bool {
        access::may(self.standing, act).is_ok()
    }
}

impl Exam {
    /// The schools that somebody belongs to and what they are there; for whoever runs the server, every school.
    pub async fn schools(
        &self,
        who: &Account,
    ) -> Result<Vec<(School, Option<SchoolRole>)>, Failure> {
        let mut conn = self.store.read().await?;
        let mut schools = conn.schools_of(&who.id).await?;
        if who.role == Role::Operator {
            let others = conn.all_schools().await?;
            for other in others {
                if !schools.iter().any(|(own, _)| own.id == other.id) {
                    schools.push((other, None));
                }
            }
        }
        Ok(schools)
    }

    /// Makes a school; whoever makes it owns it.
    ///
    /// # Errors
    /// [`Failure::AccountNeeded`], [`Failure::Invalid`] with `name` (`missing`, `too-long`, `too-many`) or `zone`
    /// (`unknown`).
    pub async fn make_school(
        &self,
        who: &Account,
        name: &str,
        zone: &str,
    ) -> Result<School, Failure> {
        with_account(who)?;
        let name = line("name", name, NAME_MAX)?;
        let zone = zone.trim().parse().map_err(|_| Failure::Invalid {
            field: "zone",
            problem: "unknown",
        })?;
        let now = self.clock.now();
        let school = School {
            id: SchoolId::new(fresh_id(now)),
            name,
            zone,
            created_at: now,
        };
        let mut conn = self.store.write().await?;
        if conn.count_owned(&who.id).await? >= SCHOOLS_MAX {
            return Err(Failure::Invalid {
                field: "name",
                problem: "too-many",
            });
        }
        conn.insert_school(&school).await?;
        conn.add_member(&school.id, &who.id, SchoolRole::Owner, now)
            .await?;
        let what = Happening {
            school: &school.id,
            kind: "school-made",
            learner: Some(&who.id),
            detail: json!({ "name": school.name, "zone": school.zone.name(), "role": SchoolRole::Owner }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(school)
    }

    /// A school.
    ///
    /// # Errors
    /// [`Failure::NothingHere`].
    pub async fn school(&self, who: &Account, id: &SchoolId) -> Result<SchoolView, Failure> {
        let mut conn = self.store.read().await?;
        let (school, standing) = self.school_for(&mut conn, who, id, Act::SeeSchool).await?;
        let all = access::may(standing, Act::SeeMembers).is_ok();
        let groups = match all {
            true => {
                let groups = conn.groups_of_school(id).await?;
                let line = groups.into_iter().map(|overview| GroupLine {
                    group: overview.group,
                    learners: Some(overview.learners),
                });
                line.collect()
            }
            false => {
                let groups = conn.groups_of_learner(id, &who.id).await?;
                let line = groups.into_iter().map(|group| GroupLine {
                    group,
                    learners: None,
                });
                line.collect()
            }
        };
        let mut members = conn.members_of(id).await?;
        members.retain(|member| all || member.role.teaches());
        let invited = match access::may(standing, Act::AddTutor) {
            Ok(()) => {
                let waiting = conn.invitations_of_tutors(id, self.clock.now()).await?;
                let waiting = waiting.into_iter();
                waiting.map(|one| self.with_code(one)).collect()
            }
            Err(_) => Vec::new(),
        };
        Ok(SchoolView {
            invited,
            school,
            standing,
            groups,
            members,
        })
    }

    /// Gives a school another name.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `name`.
    pub async fn rename_school(
        &self,
        who: &Account,
        id: &SchoolId,
        name: &str,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let (school, _) = self
            .school_for(&mut conn, who, id, Act::RenameSchool)
            .await?;
        let name = line("name", name, NAME_MAX)?;
        conn.rename_school(id, &name).await?;
        let what = Happening {
            school: id,
            kind: "school-renamed",
            learner: None,
            detail: json!({ "from": school.name, "to": name }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(())
    }

    /// Leaves a school and all its groups. What was done in it stays in the school's results and in one's own history.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::LastOwner`].
    pub async fn leave_school(&self, who: &Account, id: &SchoolId) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let (_, standing) = self
            .school_for(&mut conn, who, id, Act::LeaveSchool)
            .await?;
        let owners = conn.lock_and_count_owners(id).await?;
        if standing.role == Some(SchoolRole::Owner) && owners <= 1 {
            return Err(Failure::LastOwner);
        }
        conn.remove_member(id, &who.id).await?;
        let what = Happening {
            school: id,
            kind: "school-left",
            learner: Some(&who.id),
            detail: json!({ "role": standing.role }),
        };
        self.record_in_school(&mut conn, who, what).await?;
        conn.commit().await?;
        Ok(())
    }
}
