//! What is measured when it is asked for: how much waits and how much is in use right now.

use super::Exam;
use crate::measures;

impl Exam {
    /// Notes what waits for the writer and how much of the database's connections is in use.
    pub fn measure(&self) {
        measures::responses_waiting(self.writer.waiting());
        for used in self.store.pools() {
            measures::database_connections(used.pool, used.in_use, used.most);
        }
    }
}
