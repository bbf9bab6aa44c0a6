-- Giving: results that come as late as on the real test, conditions of single learners, changes of what was given.

alter table assignments add column results text not null default 'at-once'; -- at-once | working-days-3: when learners see what a mock came to
alter table assignments add column version bigint not null default 0;       -- writing to it holds the row: a change and a start wait for each other

-- From when its learner sees what an attempt came to: set when it ends, null is at once. A release comes before it.
alter table assignment_attempts add column result_at bigint;
-- Whether days off were not known for all of that time.
alter table assignment_attempts add column result_doubtful boolean not null default false;

-- What one learner was granted beyond what their group has. A row that grants nothing is taken away.
create table assignment_exceptions (
    assignment_id text not null references assignments (id),
    learner_id text not null references learners (id),
    due_at bigint,                   -- null: as for the group
    extra_attempts bigint not null,
    granted_by text not null references learners (id),
    granted_at bigint not null,
    primary key (assignment_id, learner_id)
);
create index assignment_exceptions_by_learner on assignment_exceptions (learner_id);
