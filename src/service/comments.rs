//! What tutors write to a learner about a finished attempt, on the whole of it and on its items.
//!
//! What a tutor says of an item may give its key away, so its learner sees it when they may see the keys, and what is said
//! of the whole at once.

use std::collections::HashSet;

use serde_json::json;

use super::{AttemptResult, Exam, Failure, load::attempt_event};
use crate::domain::{
    access::Act,
    attempt::{Attempt, Kind},
    id::{AssignmentId, AttemptId, ItemId, LearnerId},
    rules::Feedback,
    school::School,
};
use crate::store::{Account, AttemptOverview, Comment, Conn};

/// The longest comment, in characters.
pub const COMMENT_MAX: usize = 2000;

/// A comment as it is kept: trimmed, with line ends of one kind and no other control character.
fn body_of(text: &str) -> Result<String, Failure> {
    let invalid = |problem| Failure::Invalid {
        field: "comment",
        problem,
    };
    let text = text.replace("\r\n", "\n");
    let kept = |one: &char| !one.is_control() || matches!(one, '\n' | '\t');
    let text: String = text.chars().filter(kept).collect();
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid("missing"));
    }
    if text.chars().count() > COMMENT_MAX {
        return Err(invalid("too-long"));
    }
    Ok(text.to_owned())
}

/// Something that happened to a comment.
struct Done<'a> {
    kind: &'static str,
    item: Option<&'a ItemId>,
    characters: usize,
}

impl Exam {
    /// Writes a comment on a finished attempt or on one of its items, in the place of the one that was there.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::NotFinished`], [`Failure::Invalid`] with `comment`
    /// (`missing`, `too-long`).
    pub async fn comment(
        &self,
        who: &Account,
        id: &AssignmentId,
        attempt: &AttemptId,
        item: Option<&ItemId>,
        text: &str,
    ) -> Result<(), Failure> {
        let (school, attempt) = self.commentable(who, id, attempt, item).await?;
        let body = body_of(text)?;
        let mut conn = self.store.write().await?;
        let now = self.clock.now();
        conn.write_comment(&attempt.id, item, &who.id, &body, now)
            .await?;
        let done = Done {
            kind: "comment-written",
            item,
            characters: body.chars().count(),
        };
        self.record_comment(&mut conn, who, &school, id, &attempt, done)
            .await?;
        conn.commit().await?;
        Ok(())
    }

    /// Erases a comment. Again is harmless.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::NotFinished`].
    pub async fn erase_comment(
        &self,
        who: &Account,
        id: &AssignmentId,
        attempt: &AttemptId,
        item: Option<&ItemId>,
    ) -> Result<(), Failure> {
        let (school, attempt) = self.commentable(who, id, attempt, item).await?;
        let mut conn = self.store.write().await?;
        if conn.erase_comment(&attempt.id, item).await? {
            let done = Done {
                kind: "comment-erased",
                item,
                characters: 0,
            };
            self.record_comment(&mut conn, who, &school, id, &attempt, done)
                .await?;
        }
        conn.commit().await?;
        Ok(())
    }

    /// The comments on a finished attempt, for those who teach.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::NotFinished`].
    pub async fn comments(
        &self,
        who: &Account,
        id: &AssignmentId,
        attempt: &AttemptId,
    ) -> Result<Vec<Comment>, Failure> {
        let found = self
            .assigned_attempt(who, id, attempt, Act::SeeResults)
            .await?;
        let mut conn = self.store.read().await?;
        Ok(conn.comments_on(&found.attempt.id).await?)
    }

    /// The attempt, for somebody who may comment on it; an item must be one of its own.
    async fn commentable(
        &self,
        who: &Account,
        id: &AssignmentId,
        attempt: &AttemptId,
        item: Option<&ItemId>,
    ) -> Result<(School, Attempt), Failure> {
        let found = self
            .assigned_attempt(who, id, attempt, Act::ManageAssignment)
            .await?;
        match item {
            Some(item) if found.attempt.form.section_of(item).is_none() => {
                Err(Failure::NothingHere)
            }
            _ => Ok((found.school, found.attempt)),
        }
    }

    /// Records who commented and when, and not what was said.
    async fn record_comment(
        &self,
        conn: &mut Conn,
        who: &Account,
        school: &School,
        id: &AssignmentId,
        attempt: &Attempt,
        done: Done<'_>,
    ) -> Result<(), Failure> {
        let detail = json!({
            "assignment": id,
            "item": done.item,
            "characters": done.characters,
            "why": "a tutor's word to the learner",
        });
        let now = self.clock.now();
        let mut event = attempt_event(attempt, now, who.id.as_str(), done.kind, detail);
        event.school = Some(school.id.clone());
        conn.record(&event).await?;
        Ok(())
    }

    /// The comments that the learner of an attempt may see: those on items where their keys are in the result.
    pub(super) async fn comments_in(
        &self,
        result: &AttemptResult,
    ) -> Result<Vec<Comment>, Failure> {
        let mut conn = self.store.read().await?;
        let mut comments = conn.comments_on(&result.attempt).await?;
        let items = result.testlets.iter().flat_map(|testlet| &testlet.items);
        let shown: HashSet<&ItemId> = items.map(|item| &item.id).collect();
        comments.retain(|comment| {
            comment
                .item
                .as_ref()
                .is_none_or(|item| shown.contains(item))
        });
        Ok(comments)
    }

    /// Those of a learner's attempts that have a comment which they may see.
    pub(super) async fn commented(
        &self,
        conn: &mut Conn,
        learner: &LearnerId,
        attempts: &[AttemptOverview],
    ) -> Result<HashSet<AttemptId>, Failure> {
        let mut commented = HashSet::new();
        for (id, on_whole) in conn.commented_attempts(learner).await? {
            let Some(overview) = attempts.iter().find(|overview| overview.id == id) else {
                continue;
            };
            if overview.state != "finished" {
                continue;
            }
            if on_whole || self.shows_items(conn, overview).await? {
                commented.insert(id);
            }
        }
        Ok(commented)
    }

    /// Whether the learner of a finished attempt may see its items with their keys now.
    async fn shows_items(
        &self,
        conn: &mut Conn,
        overview: &AttemptOverview,
    ) -> Result<bool, Failure> {
        let by_rule = match overview.kind {
            Kind::Practice => true,
            Kind::Mock => {
                let rules = self.rules(Some(&overview.rule));
                rules.is_ok_and(|rules| rules.feedback.value == Feedback::AfterFinish)
            }
        };
        if !by_rule {
            return Ok(false);
        }
        let given = conn.assignment_of(&overview.id).await?;
        Ok(given.is_none_or(|given| given.shows_keys(self.clock.now())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_trimmed_and_keeps_its_lines() {
        let body = |text: &str| body_of(text).map_err(|failure| failure.to_string());
        assert_eq!(
            body("  Жақсы!\r\nТағы да оқы.\u{0}\u{7} \n").as_deref(),
            Ok("Жақсы!\nТағы да оқы.")
        );
        assert_eq!(body(" \r\n\t").unwrap_err(), "comment: missing");
        assert_eq!(
            body(&"қ".repeat(COMMENT_MAX)).map(|text| text.chars().count()),
            Ok(COMMENT_MAX)
        );
        let long = body(&"қ".repeat(COMMENT_MAX + 1));
        assert_eq!(long.unwrap_err(), "comment: too-long");
    }
}
