//! Who needs what: of an assignment, or of a group over what it was given last.

use std::collections::{HashMap, HashSet};

use super::{Exam, Failure, marked::Marked};
use crate::domain::{
    Timestamp,
    access::Act,
    assemble::Exposure,
    assignment::{Assignment, Work},
    id::{AssignmentId, GroupId, LearnerId},
    needs::{self, Asked, Need, PRACTICE_CUT_PERCENT},
    practice::{self, DEFAULT_ITEMS, Wish},
    school::{Group, School},
};
use crate::store::{Account, Conn, GroupMember};

/// How many of a group's assignments are looked at: those that are due last, of those that learners could begin.
pub const NEEDS_LOOK_BACK: usize = 10;

/// Who needs what.
#[derive(Debug, Clone)]
pub struct NeedsView {
    /// In which school.
    pub school: School,
    /// Whose learners.
    pub group: Group,
    /// What was looked at, what is due last first.
    pub looked_at: Vec<Assignment>,
    /// The names of the group's learners.
    pub names: HashMap<LearnerId, String>,
    /// Every skill that was asked about, the one that most learners miss first.
    pub skills: Vec<SkillNeed>,
    /// Learners for whom it is and who have finished nothing of it, by name. Whose answers were kept long enough and are
    /// deleted is none of them.
    pub silent: Vec<GroupMember>,
}

/// A skill, and what would train it.
#[derive(Debug, Clone)]
pub struct SkillNeed {
    /// Who misses it.
    pub need: Need,
    /// A practice set for them; none where the bank has nothing that fits.
    pub practice: Option<Wish>,
}

impl NeedsView {
    /// A learner's name.
    pub fn name(&self, learner: &LearnerId) -> &str {
        self.names.get(learner).map_or("", String::as_str)
    }
}

/// Whether learners could begin it at some time until now. What was withdrawn before it opened was given by mistake and
/// says nothing about anybody; what was withdrawn later may have been done by some.
fn was_open(given: &Assignment, now: Timestamp) -> bool {
    let opened = given.opens_at <= now;
    opened && given.withdrawn_at.is_none_or(|at| at > given.opens_at)
}

impl Exam {
    /// Who needs what, by an assignment.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn needs_of_assignment(
        &self,
        who: &Account,
        id: &AssignmentId,
    ) -> Result<NeedsView, Failure> {
        let mut conn = self.store.read().await?;
        let (school, group, given, _) = self
            .assignment_for(&mut conn, who, id, Act::SeeResults)
            .await?;
        self.needs(&mut conn, school, group, vec![given]).await
    }

    /// Who needs what, by the last [`NEEDS_LOOK_BACK`] assignments of a group.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn needs_of_group(&self, who: &Account, id: &GroupId) -> Result<NeedsView, Failure> {
        let mut conn = self.store.read().await?;
        let (school, group, _) = self.group_for(&mut conn, who, id, Act::SeeResults).await?;
        let now = self.clock.now();
        let mut given = conn.assignments_of_group(id).await?;
        given.retain(|given| was_open(given, now));
        given.truncate(NEEDS_LOOK_BACK);
        self.needs(&mut conn, school, group, given).await
    }

    async fn needs(
        &self,
        conn: &mut Conn,
        school: School,
        group: Group,
        looked_at: Vec<Assignment>,
    ) -> Result<NeedsView, Failure> {
        let members = conn.learners_of_group(&group.id).await?;
        let in_force = conn.corrections_in_force().await?;
        let mut marked: Vec<(u32, Marked)> = Vec::new();
        let mut finishers: HashSet<LearnerId> = HashSet::new();
        let mut addressed: Vec<LearnerId> = Vec::new();
        let mut for_all = false;
        for given in &looked_at {
            let cut = self.cut(&given.work);
            let finished = self.marked_in(conn, &given.id, &in_force).await?;
            marked.extend(finished.into_iter().map(|marked| (cut, marked)));
            finishers.extend(conn.finishers_of(&given.id).await?);
            let audience = conn.audience(&given.id).await?;
            for_all |= audience.is_empty();
            addressed.extend(audience.into_iter().map(|member| member.learner));
        }
        // What can be given, can be given to the group's learners alone.
        let is_member = |id: &LearnerId| members.iter().any(|member| member.learner == *id);
        marked.retain(|(_, marked)| is_member(&marked.learner));
        let asked = marked.iter().flat_map(|(cut, marked)| {
            let counted = marked.items.iter().filter(|item| item.counts());
            counted.map(|item| Asked {
                learner: &marked.learner,
                skill: &item.item().skill,
                section: item.section,
                level: item.item().level,
                right: item.right(),
                cut: *cut,
            })
        });
        let skills = needs::needs(asked)
            .into_iter()
            .map(|need| SkillNeed {
                practice: self.practice_for(&need),
                need,
            })
            .collect();
        let silent = members
            .iter()
            .filter(|member| for_all || addressed.contains(&member.learner))
            .filter(|member| !finishers.contains(&member.learner))
            .cloned()
            .collect();
        Ok(NeedsView {
            school,
            group,
            looked_at,
            names: members
                .into_iter()
                .map(|member| (member.learner, member.name))
                .collect(),
            skills,
            silent,
        })
    }

    /// The share of right answers that this work calls for, in percent.
    fn cut(&self, work: &Work) -> u32 {
        match work {
            Work::Mock { rule, .. } => self
                .content
                .rules
                .get(rule)
                .map_or(PRACTICE_CUT_PERCENT, |rules| rules.required_percent()),
            Work::Practice(_) => PRACTICE_CUT_PERCENT,
        }
    }

    /// Practice of a skill where most went wrong, as far as the bank has any.
    fn practice_for(&self, need: &Need) -> Option<Wish> {
        let nothing_seen = Exposure::default();
        need.spots
            .iter()
            .map(|spot| Wish {
                skill: Some(need.skill.clone()),
                ..Wish::new(spot.section, spot.level, DEFAULT_ITEMS)
            })
            .find(|wish| practice::set(&self.content.bank, wish, &nothing_seen, 0).is_ok())
    }
}
