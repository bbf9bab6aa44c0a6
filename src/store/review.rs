//! What the learners of an assignment answered: one query, one row a learner, however many responses there are.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    form::{Form, Letter},
    id::{AssignmentId, AttemptId, GroupId, ItemId, LearnerId, TestletId},
};

statements! {
    /// Each learner's last finished attempt, with its form and with every response in order as `item=letter`. Joined here,
    /// because some ten thousand rows take longer to fetch than to read out of one text. Not one whose responses were kept
    /// long enough and are deleted: it would look as if all had been left out.
    SHEETS = "select l.id as learner_id, l.name, f.attempt_id, f.form, \
              (select count(*) from group_members m where m.group_id = $2 and m.learner_id = l.id) as in_group, \
              (select string_agg(r.item_id || '=' || coalesce(r.chosen, ''), ' ' order by r.seq) from responses r \
               where r.attempt_id = f.attempt_id) as answers \
              from (select x.learner_id, max(x.attempt_id) as attempt_id from assignment_attempts x \
                    join attempts t on t.id = x.attempt_id \
                    where x.assignment_id = $1 and t.state = 'finished' and t.forgotten_at is null \
                    group by x.learner_id) p \
              join forms f on f.attempt_id = p.attempt_id join learners l on l.id = p.learner_id \
              order by l.name, l.id";
    CHANGES = "select item_id, chosen, saved_at, late from responses where attempt_id = $1 order by seq";
    PLAYED = "select testlet_id, played_at from plays where attempt_id = $1 order by played_at, ordinal";
}

/// A learner's last finished attempt for an assignment whose responses are still kept.
#[derive(Debug, Clone)]
pub struct AnsweredSheet {
    /// Who.
    pub learner: LearnerId,
    /// Their name; empty for one who has none.
    pub name: String,
    /// Whether they are in the group (still).
    pub in_group: bool,
    /// Which attempt.
    pub attempt: AttemptId,
    /// What they were given.
    pub form: Form,
    /// The responses that count.
    pub responses: HashMap<ItemId, Letter>,
}

/// A response as it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// To which item.
    pub item: ItemId,
    /// The option chosen, by the learner's own letters; none: cleared.
    pub chosen: Option<Letter>,
    /// When it arrived.
    pub at: Timestamp,
    /// Whether that was after the deadline, within the grace.
    pub late: bool,
}

#[derive(FromRow)]
struct Row {
    learner_id: String,
    name: Option<String>,
    attempt_id: String,
    form: String,
    in_group: i64,
    answers: Option<String>,
}

fn letter(text: &str, row: &str) -> Result<Option<Letter>, StoreError> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| StoreError::Corrupt {
            table: "responses",
            column: "chosen",
            row: row.to_owned(),
            reason: format!("unknown option {text:?}"),
        }),
    }
}

/// The responses that count, of all in order: the last one of each item.
fn last_of_each(answers: &str, row: &str) -> Result<HashMap<ItemId, Letter>, StoreError> {
    let mut last: HashMap<&str, &str> = HashMap::new();
    // An item's id holds neither a space nor an equals sign.
    last.extend(answers.split(' ').filter_map(|one| one.split_once('=')));
    let mut responses = HashMap::with_capacity(last.len());
    for (item, chosen) in last {
        if let Some(chosen) = letter(chosen, row)? {
            responses.insert(ItemId::new(item), chosen);
        }
    }
    Ok(responses)
}

impl TryFrom<Row> for AnsweredSheet {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let form = serde_json::from_str(&row.form);
        let form = form.map_err(|error| StoreError::Corrupt {
            table: "forms",
            column: "form",
            row: row.attempt_id.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            form,
            responses: last_of_each(row.answers.as_deref().unwrap_or_default(), &row.attempt_id)?,
            learner: LearnerId::new(row.learner_id),
            name: row.name.unwrap_or_default(),
            in_group: row.in_group > 0,
            attempt: AttemptId::new(row.attempt_id),
        })
    }
}

impl Conn {
    /// What the learners answered in their last finished attempts for an assignment, by name.
    pub async fn answered_sheets(
        &mut self,
        assignment: &AssignmentId,
        group: &GroupId,
    ) -> Result<Vec<AnsweredSheet>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(SHEETS)
            .bind(assignment.as_str()).bind(group.as_str()).fetch_all(db).await)?;
        rows.into_iter().map(AnsweredSheet::try_from).collect()
    }

    /// Every response of an attempt, in the order in which they arrived.
    pub async fn changes_of(&mut self, attempt: &AttemptId) -> Result<Vec<Change>, StoreError> {
        let rows: Vec<(String, Option<String>, i64, bool)> = on!(self, db =>
            sqlx::query_as(CHANGES).bind(attempt.as_str()).fetch_all(db).await)?;
        rows.into_iter()
            .map(|(item, chosen, at, late)| {
                Ok(Change {
                    chosen: letter(chosen.as_deref().unwrap_or_default(), attempt.as_str())?,
                    item: ItemId::new(item),
                    at: from_ms(at),
                    late,
                })
            })
            .collect()
    }

    /// When each recording of an attempt was played.
    pub async fn played(
        &mut self,
        attempt: &AttemptId,
    ) -> Result<HashMap<TestletId, Vec<Timestamp>>, StoreError> {
        let rows: Vec<(String, i64)> = on!(self, db => sqlx::query_as(PLAYED)
            .bind(attempt.as_str()).fetch_all(db).await)?;
        let mut played: HashMap<TestletId, Vec<Timestamp>> = HashMap::new();
        for (testlet, at) in rows {
            let times = played.entry(TestletId::new(testlet)).or_default();
            times.push(from_ms(at));
        }
        Ok(played)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_response_of_each_item_counts() {
        let found = last_of_each("one=A two=B one=C two= three=", "row").expect("letters");
        assert_eq!(found, HashMap::from([(ItemId::new("one"), Letter::C)]));
        assert!(last_of_each("", "row").expect("nothing").is_empty());
        assert!(last_of_each("one=E", "row").is_err());
    }
}
