//! Who may do what in a school. A decision is pure: where somebody stands and what they want come in, an answer comes
//! out; the service loads the one beside it and never decides by itself. What is not allowed here is refused.

use super::school::SchoolRole;

/// Where somebody stands towards a school, and towards a group of it where one is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether they run the server.
    pub operator: bool,
    /// What they are in the school; none for a stranger.
    pub role: Option<SchoolRole>,
    /// Whether they are a learner of the group that is meant.
    pub in_group: bool,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// See that the school exists, its name, who teaches, and what of it is one's own.
    SeeSchool,
    /// See all groups of the school and all who belong to it.
    SeeMembers,
    /// Give the school another name.
    RenameSchool,
    /// Make somebody a tutor.
    AddTutor,
    /// Make an owner of a tutor or a tutor of an owner, or send a tutor away.
    ChangeRoles,
    /// See what happened in the school: who did what, when and why.
    SeeAudit,
    /// See what one learner of the school did for it, over time.
    SeeLearner,
    /// Grant a learner of the school other conditions: more time, more plays, longer breaks, larger text.
    Accommodate,
    /// Belong to the school no more.
    LeaveSchool,
    /// Make a group.
    MakeGroup,
    /// See the group and what is given to it.
    SeeGroup,
    /// See the group's learners, make and take back its codes.
    ManageGroup,
    /// Be in the group no more.
    LeaveGroup,
    /// Give the group something to do.
    GiveAssignment,
    /// See what was given to the group.
    SeeAssignment,
    /// Make an attempt for it.
    SitAssignment,
    /// Withdraw it, let the keys be seen.
    ManageAssignment,
    /// See how the group's learners did in it.
    SeeResults,
    /// See and make the school's recordings of listening texts.
    RecordVoice,
    /// Let a recording of the school be heard on the whole server, or end that.
    AdoptRecording,
}

impl Act {
    /// Every act.
    pub const ALL: [Act; 20] = [
        Act::SeeSchool,
        Act::SeeMembers,
        Act::RenameSchool,
        Act::AddTutor,
        Act::ChangeRoles,
        Act::SeeAudit,
        Act::SeeLearner,
        Act::Accommodate,
        Act::LeaveSchool,
        Act::MakeGroup,
        Act::SeeGroup,
        Act::ManageGroup,
        Act::LeaveGroup,
        Act::GiveAssignment,
        Act::SeeAssignment,
        Act::SitAssignment,
        Act::ManageAssignment,
        Act::SeeResults,
        Act::RecordVoice,
        Act::AdoptRecording,
    ];

    /// Whether it is about a group or what was given to one.
    fn of_group(self) -> bool {
        !matches!(
            self,
            Act::SeeSchool
                | Act::SeeMembers
                | Act::RenameSchool
                | Act::AddTutor
                | Act::ChangeRoles
                | Act::SeeAudit
                | Act::SeeLearner
                | Act::Accommodate
                | Act::LeaveSchool
                | Act::MakeGroup
                | Act::RecordVoice
                | Act::AdoptRecording
        )
    }
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// They may not even know that it exists.
    #[error("there is nothing here")]
    Hidden,
    /// They know that it exists, and it is not theirs to do.
    #[error("your role in this school does not allow it")]
    NotAllowed,
}

/// Decides.
///
/// An owner may what a tutor may. A tutor may what concerns the groups of their school. A learner sees the groups they
/// are in and no other. Whoever runs the server sees schools and their record, may let a school's recording be heard by
/// everybody, and sees nothing of what a learner did.
///
/// # Errors
/// [`Refused`]: whatever is not named as allowed.
pub fn may(standing: Standing, act: Act) -> Result<(), Refused> {
    use SchoolRole::{Learner, Owner, Tutor};
    let Standing {
        operator,
        role,
        in_group,
    } = standing;
    let allowed = match (role, act) {
        (Some(Owner), Act::RenameSchool | Act::AddTutor | Act::ChangeRoles | Act::SeeAudit) => true,
        (
            Some(Owner | Tutor),
            Act::SeeSchool
            | Act::SeeMembers
            | Act::SeeLearner
            | Act::Accommodate
            | Act::LeaveSchool
            | Act::MakeGroup
            | Act::SeeGroup
            | Act::ManageGroup
            | Act::GiveAssignment
            | Act::SeeAssignment
            | Act::ManageAssignment
            | Act::SeeResults
            | Act::RecordVoice,
        ) => true,
        (Some(Learner), Act::SeeSchool | Act::LeaveSchool) => true,
        (
            Some(Learner),
            Act::SeeGroup | Act::LeaveGroup | Act::SeeAssignment | Act::SitAssignment,
        ) => in_group,
        _ => {
            operator
                && matches!(
                    act,
                    Act::SeeSchool | Act::SeeMembers | Act::SeeAudit | Act::AdoptRecording
                )
        }
    };
    if allowed {
        return Ok(());
    }
    let sees = match role {
        Some(Owner | Tutor) => true,
        Some(Learner) => in_group || !act.of_group(),
        None => operator && !act.of_group(),
    };
    Err(match sees {
        true => Refused::NotAllowed,
        false => Refused::Hidden,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: Standing = Standing {
        operator: false,
        role: None,
        in_group: false,
    };

    fn standing(role: SchoolRole, in_group: bool) -> Standing {
        Standing {
            role: Some(role),
            in_group,
            ..STRANGER
        }
    }

    #[test]
    fn who_may_what() {
        let operator = Standing {
            operator: true,
            ..STRANGER
        };
        let people = [
            standing(SchoolRole::Owner, false),
            standing(SchoolRole::Tutor, false),
            standing(SchoolRole::Learner, true),
            standing(SchoolRole::Learner, false),
            operator,
            STRANGER,
        ];
        // One letter for each of them: may, refused, hidden.
        let table = [
            (Act::SeeSchool, "mmmmmh"),
            (Act::SeeMembers, "mmrrmh"),
            (Act::RenameSchool, "mrrrrh"),
            (Act::AddTutor, "mrrrrh"),
            (Act::ChangeRoles, "mrrrrh"),
            (Act::SeeAudit, "mrrrmh"),
            (Act::SeeLearner, "mmrrrh"),
            (Act::Accommodate, "mmrrrh"),
            (Act::LeaveSchool, "mmmmrh"),
            (Act::MakeGroup, "mmrrrh"),
            (Act::SeeGroup, "mmmhhh"),
            (Act::ManageGroup, "mmrhhh"),
            (Act::LeaveGroup, "rrmhhh"),
            (Act::GiveAssignment, "mmrhhh"),
            (Act::SeeAssignment, "mmmhhh"),
            (Act::SitAssignment, "rrmhhh"),
            (Act::ManageAssignment, "mmrhhh"),
            (Act::SeeResults, "mmrhhh"),
            (Act::RecordVoice, "mmrrrh"),
            (Act::AdoptRecording, "rrrrmh"),
        ];
        assert_eq!(table.map(|(act, _)| act), Act::ALL);
        for (act, expected) in table {
            let answers: String = people
                .iter()
                .map(|person| match may(*person, act) {
                    Ok(()) => 'm',
                    Err(Refused::NotAllowed) => 'r',
                    Err(Refused::Hidden) => 'h',
                })
                .collect();
            assert_eq!(answers, expected, "{act:?}");
        }
    }

    #[test]
    fn an_owner_may_all_that_a_tutor_may() {
        for act in Act::ALL {
            let tutor = may(standing(SchoolRole::Tutor, false), act);
            let owner = may(standing(SchoolRole::Owner, false), act);
            assert!(tutor.is_err() || owner.is_ok(), "{act:?}");
        }
    }

    #[test]
    fn running_the_server_takes_nothing_away() {
        for role in [SchoolRole::Owner, SchoolRole::Tutor, SchoolRole::Learner] {
            for in_group in [true, false] {
                for act in Act::ALL {
                    let plain = standing(role, in_group);
                    let also = Standing {
                        operator: true,
                        ..plain
                    };
                    assert!(
                        may(plain, act).is_err() || may(also, act).is_ok(),
                        "{act:?}"
                    );
                }
            }
        }
    }
}
