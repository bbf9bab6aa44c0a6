//! What tutors write to learners about finished attempts.

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{AttemptId, ItemId, LearnerId},
};

statements! {
    WRITE = "insert into comments (attempt_id, item_id, author, body, written_at) values ($1, $2, $3, $4, $5) \
             on conflict (attempt_id, item_id) do update \
             set author = excluded.author, body = excluded.body, written_at = excluded.written_at";
    ERASE = "delete from comments where attempt_id = $1 and item_id = $2";
    OF_ATTEMPT = "select c.item_id, c.author, l.name, c.body, c.written_at from comments c \
                  join learners l on l.id = c.author where c.attempt_id = $1 order by c.item_id";
    /// Attempts of a learner with comments, and how many of these are about the whole (none or one).
    OF_LEARNER = "select c.attempt_id, sum(case when c.item_id = '' then 1 else 0 end) as on_whole from comments c \
                  join attempts a on a.id = c.attempt_id where a.learner_id = $1 group by c.attempt_id";
}

/// A tutor's comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// On which item; none: on the whole attempt.
    pub item: Option<ItemId>,
    /// Who wrote it, or changed it last.
    pub author: LearnerId,
    /// Their name.
    pub author_name: String,
    /// The words.
    pub body: String,
    /// When.
    pub written_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    item_id: String,
    author: String,
    name: Option<String>,
    body: String,
    written_at: i64,
}

impl From<Row> for Comment {
    fn from(row: Row) -> Self {
        Self {
            item: (!row.item_id.is_empty()).then(|| ItemId::new(row.item_id)),
            author: LearnerId::new(row.author),
            author_name: row.name.unwrap_or_default(),
            body: row.body,
            written_at: from_ms(row.written_at),
        }
    }
}

/// How the store names what a comment is about.
fn place(item: Option<&ItemId>) -> &str {
    item.map_or("", ItemId::as_str)
}

impl Conn {
    /// Writes a comment in the place of the one that was there.
    pub async fn write_comment(
        &mut self,
        attempt: &AttemptId,
        item: Option<&ItemId>,
        author: &LearnerId,
        body: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(WRITE)
            .bind(attempt.as_str()).bind(place(item)).bind(author.as_str()).bind(body)
            .bind(now.timestamp_millis()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Erases a comment; false if there was none.
    pub async fn erase_comment(
        &mut self,
        attempt: &AttemptId,
        item: Option<&ItemId>,
    ) -> Result<bool, StoreError> {
        let erased = on!(self, db => sqlx::query(ERASE)
            .bind(attempt.as_str()).bind(place(item))
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(erased == 1)
    }

    /// The comments on an attempt, the one on the whole first.
    pub async fn comments_on(&mut self, attempt: &AttemptId) -> Result<Vec<Comment>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(OF_ATTEMPT)
            .bind(attempt.as_str()).fetch_all(db).await)?;
        Ok(rows.into_iter().map(Comment::from).collect())
    }

    /// A learner's attempts with comments, and whether one of these is on the whole.
    pub async fn commented_attempts(
        &mut self,
        learner: &LearnerId,
    ) -> Result<Vec<(AttemptId, bool)>, StoreError> {
        let rows: Vec<(String, i64)> = on!(self, db => sqlx::query_as(OF_LEARNER)
            .bind(learner.as_str()).fetch_all(db).await)?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(id, on_whole)| (AttemptId::new(id), on_whole > 0))
            .collect())
    }
}
