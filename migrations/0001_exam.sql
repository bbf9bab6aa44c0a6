-- The exam: learners, attempts and what they leave behind. One text for SQLite and PostgreSQL.
-- Instants are milliseconds since 1970, UTC. Ids are made by the program.

create table learners (
    id text primary key,
    name text,                      -- null for a guest
    email text unique,              -- folded to lower case by the program; null for a guest
    password_hash text,             -- argon2id; null for a guest
    role text not null,             -- learner | operator
    created_at bigint not null,
    mock_starts bigint not null     -- bumped by each start of a mock: the row that serialises a learner's starts
);

create table sessions (
    token_hash text primary key,    -- SHA-256 of the token: the table alone lets nobody in
    learner_id text not null references learners (id),
    created_at bigint not null,
    expires_at bigint not null
);
create index sessions_by_learner on sessions (learner_id);
create index sessions_by_expiry on sessions (expires_at);

-- Each wording of a testlet that was ever given to somebody.
create table testlet_editions (
    digest text primary key,
    testlet_id text not null,
    content text not null,          -- JSON of domain::bank::Testlet
    first_seen_at bigint not null
);

create table exposures (
    testlet_id text primary key,
    uses bigint not null
);

create table attempts (
    id text primary key,
    learner_id text not null references learners (id),
    kind text not null,             -- mock | practice
    rule_id text not null,
    rule_digest text not null,
    sections text not null,         -- their names in order, with commas between
    created_at bigint not null,
    counted_at bigint,              -- since when it counts against the retake limit
    state text not null,            -- ready | running | break | finished | expired | voided
    section_index bigint,           -- running: the section; break: the next one
    since bigint,                   -- running: start of the section; break: its start
    until bigint,                   -- running: the deadline, null without; break: its end
    ended_at bigint,                -- finished | expired | voided
    void_reason text,
    due_at bigint,                  -- when the sweeper has something to do with it
    live_page text,                 -- the one page that may save
    last_seq bigint not null,       -- of its last response
    version bigint not null
);
create index attempts_by_learner on attempts (learner_id, created_at);
create index attempts_by_due on attempts (due_at);

-- Apart from attempts, because it is large and never changes, and an attempt's row changes with every response.
create table forms (
    attempt_id text primary key references attempts (id),
    form text not null              -- JSON of domain::form::Form
);

create table attempt_testlets (
    attempt_id text not null references attempts (id),
    testlet_id text not null,
    learner_id text not null,
    primary key (attempt_id, testlet_id)
);
create index attempt_testlets_by_learner on attempt_testlets (learner_id);

create table section_results (
    attempt_id text not null references attempts (id),
    section_index bigint not null,
    section text not null,
    started_at bigint not null,
    ended_at bigint not null,
    ended_by text not null,         -- learner | deadline
    correct bigint not null,
    of_items bigint not null,
    primary key (attempt_id, section_index)
);

-- Every response ever acknowledged, in order. The last one of an item counts.
create table responses (
    attempt_id text not null references attempts (id),
    seq bigint not null,
    item_id text not null,
    chosen text,                    -- A | B | C | D; null: cleared
    saved_at bigint not null,
    late boolean not null,          -- within the grace after the deadline
    primary key (attempt_id, seq)
);

create table flags (
    attempt_id text not null references attempts (id),
    item_id text not null,
    primary key (attempt_id, item_id)
);

create table plays (
    attempt_id text not null references attempts (id),
    testlet_id text not null,
    ordinal bigint not null,        -- 1 for the first play
    played_at bigint not null,
    request_key text,               -- a repeated request is the same play
    primary key (attempt_id, testlet_id, ordinal)
);

create table events (
    id text primary key,
    at bigint not null,
    actor text not null,            -- a learner's id, or 'server'
    kind text not null,
    attempt_id text,
    learner_id text,
    detail text not null            -- JSON
);
create index events_by_attempt on events (attempt_id, id);

create table heartbeats (
    node text primary key,
    at bigint not null
);
