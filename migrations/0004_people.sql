-- Invitations by address, and what erasing somebody leaves. One text for SQLite and PostgreSQL.

-- No mail is sent: an invitation waits for whoever signs in with its address.
create table invitations (
    id text primary key,
    school_id text not null references schools (id),
    group_id text references school_groups (id), -- of a learner; null for a tutor
    email text not null,            -- folded to lower case by the program
    name text not null,             -- what the roster calls them; may be empty
    role text not null,             -- tutor | learner
    made_by text not null references learners (id),
    made_at bigint not null,
    expires_at bigint not null,     -- from then on nobody can accept it
    outcome text,                   -- accepted | declined | revoked; null while it waits
    settled_at bigint
);
create index invitations_by_email on invitations (email);
create index invitations_by_school on invitations (school_id, email);
create index invitations_by_group on invitations (group_id);

-- Since when somebody is erased: their results are anonymous, their counts stay.
alter table learners add column erased_at bigint;
create index learners_by_creation on learners (created_at);

-- Since when the responses of an attempt are deleted, because they were kept long enough. Its results stay.
alter table attempts add column forgotten_at bigint;
create index attempts_by_end on attempts (ended_at);

-- The record is read by school, and by whom it is about.
create index events_by_learner on events (learner_id, id);
create index events_by_actor on events (actor, id);
