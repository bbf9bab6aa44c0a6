//! Importing a roster: a preview of what will happen to each row, and the import, which is all or nothing.

use serde_json::json;

use super::{Exam, Failure, invitations::fresh, standing::Happening};
use crate::domain::{
    access::Act,
    id::GroupId,
    roster::{self, Fate, Row, RowFault},
    school::{Group, School},
};
use crate::store::Account;

/// The most learners of a group for whom an invitation waits.
const INVITED_MAX: usize = 5000;

/// What will happen to a roster, or what happened.
#[derive(Debug, Clone)]
pub struct RosterPlan {
    /// The school.
    pub school: School,
    /// The group.
    pub group: Group,
    /// Each row in the order of its lines, and what happens to it or what is wrong with it.
    pub rows: Vec<(Row, Result<Fate, RowFault>)>,
    /// Whether it was imported.
    pub imported: bool,
}

impl RosterPlan {
    /// How many invitations it makes.
    pub fn new_ones(&self) -> usize {
        let invited = self.rows.iter();
        invited
            .filter(|(_, fate)| *fate == Ok(Fate::Invite))
            .count()
    }

    /// How many rows are wrong.
    pub fn faults(&self) -> usize {
        self.rows.iter().filter(|(_, fate)| fate.is_err()).count()
    }
}

impl Exam {
    /// The group into which a roster is to be imported.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn roster_group(
        &self,
        who: &Account,
        id: &GroupId,
    ) -> Result<(School, Group), Failure> {
        let mut conn = self.store.read().await?;
        let found = self.group_for(&mut conn, who, id, Act::ManageGroup).await?;
        Ok((found.0, found.1))
    }

    /// Says what a roster would do and, if told to and no row is wrong, does it: everybody whom the group does not know is
    /// invited, in one transaction. The same roster again invites nobody.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::Invalid`] with `roster` (`empty`, `too-many`,
    /// `crowded`).
    pub async fn roster(
        &self,
        who: &Account,
        id: &GroupId,
        rows: Vec<Row>,
        confirm: bool,
    ) -> Result<RosterPlan, Failure> {
        let invalid = |problem| Failure::Invalid {
            field: "roster",
            problem,
        };
        let mut conn = match confirm {
            true => self.store.write().await?,
            false => self.store.read().await?,
        };
        let (school, group, _) = self.group_for(&mut conn, who, id, Act::ManageGroup).await?;
        match rows.len() {
            0 => return Err(invalid("empty")),
            1..=roster::ROWS_MAX => {}
            _ => return Err(invalid("too-many")),
        }
        if confirm {
            // Two imports at once are one after the other, so that nobody is invited twice.
            conn.lock_and_count_owners(&school.id).await?;
        }
        let now = self.clock.now();
        let known = conn.known_of_group(&school.id, id, now).await?;
        let invited = known.invited.len();
        let mut plan = RosterPlan {
            rows: roster::plan(rows, &known),
            school,
            group,
            imported: false,
        };
        if !confirm || plan.faults() > 0 {
            return Ok(plan);
        }
        let new = plan.new_ones();
        if invited + new > INVITED_MAX {
            return Err(invalid("crowded"));
        }
        for (row, fate) in &plan.rows {
            if *fate == Ok(Fate::Invite) {
                let person = (row.name.as_str(), row.email.as_str());
                let invitation = fresh(who, &plan.school.id, Some(id), person, now);
                conn.insert_invitation(&invitation).await?;
            }
        }
        if new > 0 {
            let what = Happening {
                school: &plan.school.id,
                kind: "roster-imported",
                learner: None,
                detail: json!({ "group": id, "rows": plan.rows.len(), "new": new }),
            };
            self.record_in_school(&mut conn, who, what).await?;
        }
        conn.commit().await?;
        plan.imported = true;
        Ok(plan)
    }
}
