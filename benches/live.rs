//! `cargo bench --bench live`: 300 learners of a group sit a mock, and somebody watches. How long one look at the store
//! takes, how long the whole page, median of several rounds, on SQLite and, where `SYNAQ_TEST_POSTGRES` names a server,
//! on PostgreSQL. The clock stands still.

fn main() {}
