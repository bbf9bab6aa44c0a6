-- The key by which a server signs when its configuration names none, and the profiles of the points calculator.

create table signing_keys (
    purpose text primary key,       -- what it signs: language-score. One key each, whichever server comes first
    seed text not null,             -- the private key: 32 bytes, base64url
    created_at bigint not null
);

create table profiles (
    id text primary key,
    learner_id text not null references learners (id),
    name text not null,
    body text not null,             -- JSON of a profile as it was sent
    created_at bigint not null,
    updated_at bigint not null
);
create index profiles_by_learner on profiles (learner_id, id);
