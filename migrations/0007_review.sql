-- What tutors write to a learner about a finished attempt that was made for an assignment: one comment on the whole of
-- it and one on each item, which another tutor may change. One text for SQLite and PostgreSQL.

create table comments (
    attempt_id text not null references attempts (id),
    item_id text not null,          -- empty: about the whole attempt
    author text not null references learners (id),
    body text not null,
    written_at bigint not null,     -- when it became what it is
    primary key (attempt_id, item_id)
);
