//! Every URL has its name here.

use crate::domain::{
    correction::Worded,
    id::{
        AssignmentId, AttemptId, GroupId, ItemId, LearnerId, ProfileId, RecordingId, RuleId,
        SchoolId, TestletId,
    },
    level::Level,
    rules::Section,
    school::Code,
};

#[allow(missing_docs)] // the names say it
mod names {
    pub const START: &str = "/";
    pub const ABOUT: &str = "/about";
    pub const SIGN_IN: &str = "/sign-in";
    pub const SIGN_UP: &str = "/sign-up";
    pub const SIGN_OUT: &str = "/sign-out";
    pub const GUEST: &str = "/guest";
    pub const SETTINGS: &str = "/settings";
    pub const MOCKS: &str = "/mock";
    pub const PRACTICE: &str = "/practice";
    pub const PRACTICE_ANSWERS: &str = "/practice/{id}/answers";
    pub const HISTORY: &str = "/history";
    pub const POINTS: &str = "/points";
    pub const POINTS_DELETE: &str = "/points/profiles/{id}/delete";
    pub const PATHWAY: &str = "/pathway";
    pub const PATHWAY_ICS: &str = "/pathway.ics";
    pub const ATTEMPT: &str = "/attempts/{id}";
    pub const ATTEMPT_START: &str = "/attempts/{id}/start";
    pub const ATTEMPT_ANSWERS: &str = "/attempts/{id}/answers";
    pub const ATTEMPT_PLAY: &str = "/attempts/{id}/play";
    pub const ATTEMPT_REVIEW: &str = "/attempts/{id}/review";
    pub const ATTEMPT_FINISH: &str = "/attempts/{id}/finish";
    pub const ATTEMPT_TRACK: &str = "/attempts/{id}/track/{file}";
    pub const ATTEMPT_RESULT: &str = "/attempts/{id}/result";
    pub const SCHOOLS: &str = "/schools";
    pub const SCHOOL: &str = "/schools/{id}";
    pub const SCHOOL_RENAME: &str = "/schools/{id}/rename";
    pub const SCHOOL_TUTORS: &str = "/schools/{id}/tutors";
    pub const SCHOOL_GROUPS: &str = "/schools/{id}/groups";
    pub const SCHOOL_LEAVE: &str = "/schools/{id}/leave";
    pub const ACCOMMODATION: &str = "/schools/{id}/learners/{learner}/accommodation";
    pub const ACCOMMODATION_END: &str = "/schools/{id}/learners/{learner}/accommodation/end";
    pub const GROUP: &str = "/groups/{id}";
    pub const GROUP_CODES: &str = "/groups/{id}/codes";
    pub const GROUP_REVOKE: &str = "/groups/{id}/revoke";
    pub const GROUP_LEAVE: &str = "/groups/{id}/leave";
    pub const GROUP_RENAME: &str = "/groups/{id}/rename";
    pub const GROUP_REMOVE: &str = "/groups/{id}/remove";
    pub const GROUP_ROSTER: &str = "/groups/{id}/roster";
    pub const SCHOOL_AUDIT: &str = "/schools/{id}/audit";
    pub const OPERATOR: &str = "/operator";
    pub const OPERATOR_AUDIT: &str = "/operator/audit";
    pub const OPERATOR_ERASE: &str = "/operator/erase";
    pub const OWN_DATA: &str = "/settings/data.json";
    pub const ERASE: &str = "/settings/erase";
    pub const SCHOOL_ROLES: &str = "/schools/{id}/roles";
    pub const INVITATION_ACCEPT: &str = "/invitations/{id}/accept";
    pub const INVITATION_DECLINE: &str = "/invitations/{id}/decline";
    pub const INVITATION_REVOKE: &str = "/invitations/{id}/revoke";
    pub const JOIN: &str = "/join";
    pub const JOIN_CODE: &str = "/join/{code}";
    pub const ASSIGNMENT_NEW: &str = "/assignments/new";
    pub const ASSIGNMENT_PICK: &str = "/assignments/pick";
    pub const ASSIGNMENT: &str = "/assignments/{id}";
    pub const ASSIGNMENT_EDIT: &str = "/assignments/{id}/edit";
    pub const ASSIGNMENT_EXCEPTIONS: &str = "/assignments/{id}/exceptions";
    pub const ASSIGNMENT_ITEMS: &str = "/assignments/{id}/items";
    pub const ASSIGNMENT_ITEM: &str = "/assignments/{id}/items/{item}";
    pub const ASSIGNMENT_SKILLS: &str = "/assignments/{id}/skills";
    pub const ASSIGNMENT_START: &str = "/assignments/{id}/start";
    pub const ASSIGNMENT_ATTEMPT: &str = "/assignments/{id}/attempts/{attempt}";
    pub const ASSIGNMENT_COMMENTS: &str = "/assignments/{id}/attempts/{attempt}/comments";
    pub const ASSIGNMENT_WITHDRAW: &str = "/assignments/{id}/withdraw";
    pub const ASSIGNMENT_RELEASE: &str = "/assignments/{id}/release";
    pub const LIVE: &str = "/assignments/{id}/live";
    pub const LIVE_EVENTS: &str = "/assignments/{id}/live/events";
    pub const LIVE_TIME: &str = "/assignments/{id}/live/time";
    pub const LIVE_VOID: &str = "/assignments/{id}/live/void";
    pub const ASSIGNMENT_RESCORE: &str = "/assignments/{id}/rescore";
    pub const ASSIGNMENT_RESCORE_UNDO: &str = "/assignments/{id}/rescore/undo";
    pub const ASSIGNMENT_CSV: &str = "/assignments/{id}/export.csv";
    pub const ASSIGNMENT_XLSX: &str = "/assignments/{id}/export.xlsx";
    pub const GROUP_CSV: &str = "/groups/{id}/export.csv";
    pub const GROUP_XLSX: &str = "/groups/{id}/export.xlsx";
    pub const ASSIGNMENT_NEEDS: &str = "/assignments/{id}/needs";
    pub const GROUP_NEEDS: &str = "/groups/{id}/needs";
    pub const SCHOOL_LEARNER: &str = "/schools/{id}/learners/{learner}";
    pub const ASSIGNMENT_LETTER: &str = "/assignments/{id}/attempts/{attempt}/letter";
    pub const RECORDINGS: &str = "/schools/{id}/recordings";
    pub const RECORDING: &str = "/schools/{id}/recordings/{testlet}";
    pub const TAKE: &str = "/schools/{id}/recordings/{testlet}/{take}";
    pub const OPERATOR_RECORDINGS: &str = "/operator/recordings";
    pub const AUDIO: &str = "/audio/{file}";
    pub const STATIC: &str = "/static/{*path}";
    pub const FAVICON: &str = "/favicon.ico";
    pub const WORKER: &str = "/attempts/worker.js";
    pub const API: &str = "/api/v1";
    pub const API_RESPONSE: &str = "/api/v1/attempts/{id}/responses/{item}";
    pub const OPENAPI: &str = "/api/v1/openapi.json";
    pub const LANGUAGE_SCORE_SCHEMA: &str = "/schemas/language-score.v1.json";
    pub const ASSESSMENT_SCHEMA: &str = "/schemas/assessment.v1.json";
    pub const JWKS: &str = "/.well-known/jwks.json";
    pub const HEALTH: &str = "/healthz";
    pub const READY: &str = "/readyz";
    pub const METRICS: &str = "/metrics";
}
pub use names::*;

fn of(pattern: &str, id: &AttemptId) -> String {
    pattern.replace("{id}", id.as_str())
}

/// The attempt's page, which shows whatever comes next in it.
pub fn attempt(id: &AttemptId) -> String {
    of(ATTEMPT, id)
}

/// The attempt's page, for the path of one of its forms: the id is taken as it stands there, encoded.
pub fn attempt_of_form(path: &str) -> String {
    let id = path.split('/').nth(2).unwrap_or_default();
    ATTEMPT.replace("{id}", id)
}

/// The track of an attempt's section, by the name of its plan.
pub fn attempt_track(id: &AttemptId, name: &str) -> String {
    of(ATTEMPT_TRACK, id).replace("{file}", &format!("{name}.mp3"))
}

/// The form that starts a section.
pub fn attempt_start(id: &AttemptId) -> String {
    of(ATTEMPT_START, id)
}

/// The form that saves a testlet's answers.
pub fn attempt_answers(id: &AttemptId) -> String {
    of(ATTEMPT_ANSWERS, id)
}

/// The form that plays a recording without scripts.
pub fn attempt_play(id: &AttemptId) -> String {
    of(ATTEMPT_PLAY, id)
}

/// The list of answers before finishing.
pub fn attempt_review(id: &AttemptId) -> String {
    of(ATTEMPT_REVIEW, id)
}

/// The form that finishes a section.
pub fn attempt_finish(id: &AttemptId) -> String {
    of(ATTEMPT_FINISH, id)
}

/// The result's page.
pub fn attempt_result(id: &AttemptId) -> String {
    of(ATTEMPT_RESULT, id)
}

/// The form that answers items of a practice set.
pub fn practice_answers(id: &AttemptId) -> String {
    of(PRACTICE_ANSWERS, id)
}

/// The practice page with a choice made.
pub fn practice_for(section: Section, level: Level, skill: Option<&str>) -> String {
    let skill = skill.map_or_else(String::new, |skill| format!("&skill={skill}"));
    format!("{PRACTICE}?section={section}&level={level}{skill}")
}

/// The sources of a rule set.
pub fn about_rule(rule: &RuleId) -> String {
    format!("{ABOUT}#{rule}")
}

/// The points page with a saved profile.
pub fn points_profile(id: &ProfileId) -> String {
    format!("{POINTS}?profile={id}")
}

/// The points page with one of the learner's mocks.
pub fn points_for(id: &AttemptId) -> String {
    format!("{POINTS}?attempt={id}")
}

/// The form that deletes a saved profile.
pub fn points_delete(id: &ProfileId) -> String {
    POINTS_DELETE.replace("{id}", id.as_str())
}

/// A recording.
pub fn audio(sha256: &str) -> String {
    format!("/audio/{sha256}.mp3")
}

/// One testlet of the sitting.
pub fn testlet(id: &AttemptId, ordinal: usize) -> String {
    format!("{}?t={ordinal}", attempt(id))
}

/// The API's URL of a section.
pub fn api_section(id: &AttemptId, section: Section) -> String {
    format!("{API}/attempts/{id}/sections/{section}")
}

/// A school's page.
pub fn school(id: &SchoolId) -> String {
    SCHOOL.replace("{id}", id.as_str())
}

/// A school's record.
pub fn school_audit(id: &SchoolId) -> String {
    SCHOOL_AUDIT.replace("{id}", id.as_str())
}

/// The page of a learner's conditions in a school.
pub fn accommodation(school: &SchoolId, learner: &LearnerId) -> String {
    ACCOMMODATION
        .replace("{id}", school.as_str())
        .replace("{learner}", learner.as_str())
}

/// A group's page.
pub fn group(id: &GroupId) -> String {
    GROUP.replace("{id}", id.as_str())
}

/// The page of a code, which is the link by which one joins.
pub fn join(code: &Code) -> String {
    JOIN_CODE.replace("{code}", code.as_str())
}

/// An assignment's page.
pub fn assignment(id: &AssignmentId) -> String {
    ASSIGNMENT.replace("{id}", id.as_str())
}

/// The page that changes an assignment.
pub fn assignment_edit(id: &AssignmentId) -> String {
    ASSIGNMENT_EDIT.replace("{id}", id.as_str())
}

/// How the group answered, question by question.
pub fn assignment_items(id: &AssignmentId) -> String {
    ASSIGNMENT_ITEMS.replace("{id}", id.as_str())
}

/// How the group answered one question.
pub fn assignment_item(id: &AssignmentId, item: &ItemId) -> String {
    ASSIGNMENT_ITEM
        .replace("{id}", id.as_str())
        .replace("{item}", item.as_str())
}

/// How the group did by skill and level.
pub fn assignment_skills(id: &AssignmentId) -> String {
    ASSIGNMENT_SKILLS.replace("{id}", id.as_str())
}

/// The group while it sits.
pub fn live(id: &AssignmentId) -> String {
    LIVE.replace("{id}", id.as_str())
}

/// The form that declares an attempt void.
pub fn live_void(id: &AssignmentId) -> String {
    LIVE_VOID.replace("{id}", id.as_str())
}

/// The page of a learner's attempt for an assignment, for those who teach.
pub fn assignment_attempt(id: &AssignmentId, attempt: &AttemptId) -> String {
    ASSIGNMENT_ATTEMPT
        .replace("{id}", id.as_str())
        .replace("{attempt}", attempt.as_str())
}

/// Who needs what, by an assignment.
pub fn assignment_needs(id: &AssignmentId) -> String {
    ASSIGNMENT_NEEDS.replace("{id}", id.as_str())
}

/// Who needs what in a group, and the form that gives them practice.
pub fn group_needs(id: &GroupId) -> String {
    GROUP_NEEDS.replace("{id}", id.as_str())
}

/// A learner's progress in a school.
pub fn school_learner(school: &SchoolId, learner: &LearnerId) -> String {
    SCHOOL_LEARNER
        .replace("{id}", school.as_str())
        .replace("{learner}", learner.as_str())
}

/// The letter about a learner's attempt.
pub fn assignment_letter(id: &AssignmentId, attempt: &AttemptId) -> String {
    ASSIGNMENT_LETTER
        .replace("{id}", id.as_str())
        .replace("{attempt}", attempt.as_str())
}

/// A school's listening texts and what it recorded of them.
pub fn recordings(school: &SchoolId) -> String {
    RECORDINGS.replace("{id}", school.as_str())
}

/// A listening text on which a school records.
pub fn recording(school: &SchoolId, testlet: &TestletId) -> String {
    RECORDING
        .replace("{id}", school.as_str())
        .replace("{testlet}", testlet.as_str())
}

/// One recording of a school.
pub fn take(school: &SchoolId, testlet: &TestletId, take: &RecordingId) -> String {
    format!("{}/{take}", recording(school, testlet))
}

/// A text as a query holds it.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The forms of a tutor's comments on a learner's attempt.
pub fn assignment_comments(id: &AssignmentId, attempt: &AttemptId) -> String {
    format!("{}/comments", assignment_attempt(id, attempt))
}

/// The page of an assignment's corrections.
pub fn rescore(id: &AssignmentId) -> String {
    ASSIGNMENT_RESCORE.replace("{id}", id.as_str())
}

/// The page on which one item of an assignment is corrected.
pub fn rescore_item(id: &AssignmentId, about: &Worded) -> String {
    let Worded { digest, item } = about;
    format!("{}?item={item}&wording={digest}", rescore(id))
}

/// The form that gives a group a mock or a practice set.
pub fn assignment_new(group: &GroupId, kind: &str) -> String {
    format!("{ASSIGNMENT_NEW}?group={group}&kind={kind}")
}

/// The page to which a form's address belongs, for the path of the form: its first two parts as they stand there, encoded.
pub fn page_of_form(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').skip(1).take(2).collect();
    format!("/{}", parts.join("/"))
}
