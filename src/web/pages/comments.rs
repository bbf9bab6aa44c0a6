//! What tutors say to learners, as pages show it.

use super::{Chrome, result::Group};
use crate::service::Comment;

/// A comment.
pub(super) struct CommentView {
    pub(super) body: String,
    pub(super) author: String,
    pub(super) date: String,
}

impl CommentView {
    /// The view, with when it was written in words.
    pub(super) fn of(comment: &Comment, date: String) -> Self {
        Self {
            body: comment.body.clone(),
            author: comment.author_name.clone(),
            date,
        }
    }

    fn for_learner(c: &Chrome<'_>, comment: &Comment) -> Self {
        Self::of(comment, c.moment(&comment.written_at))
    }
}

/// What was said of the whole.
pub(super) fn on_whole(c: &Chrome<'_>, comments: &[Comment]) -> Option<CommentView> {
    let mut comments = comments.iter();
    let comment = comments.find(|comment| comment.item.is_none())?;
    Some(CommentView::for_learner(c, comment))
}

/// Puts what was said of an item to it.
pub(super) fn commented(
    c: &Chrome<'_>,
    mut groups: Vec<Group>,
    comments: &[Comment],
) -> Vec<Group> {
    let testlets = groups.iter_mut().flat_map(|group| &mut group.testlets);
    for item in testlets.flat_map(|testlet| &mut testlet.items) {
        let of_item = |comment: &&Comment| {
            let id = comment.item.as_ref();
            id.is_some_and(|id| id.as_str() == item.id)
        };
        let comment = comments.iter().find(of_item);
        item.comment = comment.map(|comment| CommentView::for_learner(c, comment));
    }
    groups
}
