-- Corrections of wrong keys and bad items; and whether everything here is invented. One text for SQLite and PostgreSQL.

create table corrections (
    id text primary key,
    assignment_id text references assignments (id), -- null: every attempt on the server
    testlet_id text not null,
    digest text not null,           -- of the testlet's wording
    item_id text not null,
    kind text not null,             -- rekey | accept | credit-all | leave-out
    options text not null,          -- the bank's indexes that it names, with commas between
    reason text not null,
    made_by text not null references learners (id),
    made_at bigint not null,        -- and applied
    undone_at bigint,
    undone_by text references learners (id)
);
create index corrections_by_assignment on corrections (assignment_id);

-- An item in one wording has at most one correction in force in each scope.
create unique index corrections_in_force on corrections (coalesce(assignment_id, ''), digest, item_id)
    where undone_at is null;

-- One row: whoever applies or undoes a correction writes to it and thereby comes after whoever did before.
create table correction_turn (
    id text primary key,
    at bigint not null
);

-- The attempts of a testlet, for corrections that hold for the whole server.
create index attempt_testlets_by_testlet on attempt_testlets (testlet_id);

-- One row in a database in which everybody and everything is invented; none in any other.
create table demonstration (
    id text primary key,
    seed bigint not null,
    made_at bigint not null,
    whole boolean not null          -- whether it was made to the end
);
