-- Recordings of human voices that schools make of listening texts. One text for SQLite and PostgreSQL.

-- The files, by the hash of their bytes, which is their name in addresses.
create table recording_files (
    sha256 text primary key,
    mp3 bytea not null              -- SQLite keeps a blob under any type that is not a text's
);

-- A row a recording; those of one testlet are its history. What was given to a learner once is never deleted.
create table recordings (
    id text primary key,
    school_id text not null references schools (id),
    testlet_id text not null,
    script_sha256 text not null,    -- of the script that it speaks: of another one it is heard no more
    sha256 text not null references recording_files (sha256),
    bytes bigint not null,
    duration_ms bigint not null,
    loudness double precision not null,         -- LUFS
    true_peak double precision not null,        -- dBTP
    syllables_per_minute bigint not null,
    waveform text not null,         -- peaks, two hexadecimal digits each
    credit text,                    -- whose voice it is, as it is shown; null: nobody is named
    made_by text not null references learners (id),
    made_at bigint not null,
    state text not null,            -- draft | current | replaced | withdrawn
    changed_by text not null references learners (id),
    changed_at bigint not null,     -- since when it is in this state
    adopted_by text references learners (id),
    adopted_at bigint               -- since then it is heard on the whole server
);
create index recordings_by_school on recordings (school_id, testlet_id);
create index recordings_by_file on recordings (sha256);

-- In one school a testlet has at most one voice, and on the whole server at most one.
create unique index recordings_current on recordings (school_id, testlet_id) where state = 'current';
create unique index recordings_adopted on recordings (testlet_id) where adopted_at is not null;
