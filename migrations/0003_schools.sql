-- Schools: who teaches whom, how one joins, what was given to do. One text for SQLite and PostgreSQL.

create table schools (
    id text primary key,
    name text not null,
    zone text not null,             -- of the tz database: in it a day begins and ends for this school's dates
    created_at bigint not null
);

-- Who belongs to a school, and as what. A person may belong to several.
create table members (
    school_id text not null references schools (id),
    learner_id text not null references learners (id),
    role text not null,             -- owner | tutor | learner
    since bigint not null,
    primary key (school_id, learner_id)
);
create index members_by_learner on members (learner_id);

create table school_groups (
    id text primary key,
    school_id text not null references schools (id),
    name text not null,
    made_at bigint not null
);
create index school_groups_by_school on school_groups (school_id);

-- The learners of a group; each is a member of its school too. Owners and tutors are in no group: they see all of them.
create table group_members (
    group_id text not null references school_groups (id),
    learner_id text not null references learners (id),
    since bigint not null,
    primary key (group_id, learner_id)
);
create index group_members_by_learner on group_members (learner_id);

-- Codes by which one joins a group: typed, or in a link. Shown to tutors again, so kept as they are; short-lived.
create table join_codes (
    code text primary key,          -- without its hyphen
    group_id text not null references school_groups (id),
    made_by text not null references learners (id),
    made_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
);
create index join_codes_by_group on join_codes (group_id);

-- What was given to a group.
create table assignments (
    id text primary key,
    school_id text not null references schools (id),
    group_id text not null references school_groups (id),
    title text not null,
    kind text not null,             -- mock | practice
    rule_id text,                   -- of a mock
    wish text,                      -- of a practice set: JSON of domain::practice::Wish
    counts boolean not null,        -- of a mock: against the retake limit; false is training
    feedback text not null,         -- at-once | after-due | released: when its learners see the keys
    opens_at bigint not null,
    due_at bigint not null,         -- from this instant on nothing can be started
    attempts_allowed bigint not null,
    released_at bigint,             -- when the tutor let the keys be seen
    withdrawn_at bigint,            -- nothing can be started any more; what was started goes on
    made_by text not null references learners (id),
    made_at bigint not null
);
create index assignments_by_group on assignments (group_id, due_at);

-- The attempts made for an assignment. Any other attempt is its learner's private affair.
create table assignment_attempts (
    attempt_id text primary key references attempts (id),
    assignment_id text not null references assignments (id),
    learner_id text not null references learners (id)
);
create index assignment_attempts_by_assignment on assignment_attempts (assignment_id, learner_id);

-- Whether starting it counts against the retake limit: not for practice, nor for a mock given as training.
alter table attempts add column counts boolean not null default true;
update attempts set counts = false where kind = 'practice';

-- In which school something happened, if in one.
alter table events add column school_id text;
create index events_by_school on events (school_id, id);
