-- What tutors do while a group sits: other conditions for a learner, who is there, more time. One text for both engines.

-- Other conditions that a school grants to one of its learners. No row: the same as for everybody.
create table accommodations (
    school_id text not null references schools (id),
    learner_id text not null references learners (id),
    terms text not null,            -- JSON of domain::accommodation::Accommodation
    reason text,                    -- in the words of whoever granted it
    granted_by text not null references learners (id),
    granted_at bigint not null,
    primary key (school_id, learner_id)
);

-- The conditions under which an attempt is sat, null for the same as everybody; and how many items its sections have,
-- in order, with commas between, so that looking on needs no form.
alter table attempts add column allowance text;
alter table attempts add column item_counts text not null default '';

-- When the page of an attempt that a school gave was last there. Apart from attempts, and written in batches: to lose
-- some seconds of it is harmless.
create table presence (
    attempt_id text primary key references attempts (id),
    seen_at bigint not null
);
