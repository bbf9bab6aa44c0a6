//! Importing a roster into a group: the list is checked and shown first, and imported whole or not at all.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{Chrome, Fault, Room, again, failed, fault_of, render};
use crate::domain::{
    id::GroupId,
    roster::{self, Fate, Row, Unreadable},
};
use crate::service::{Failure, RosterPlan};
use crate::web::{App, access::PageLearner, upload::CheckedUpload, urls};

/// The most bytes of the form: a little more than a roster may have, so that one that is too large is told so.
pub(super) const FORM_BYTES: usize = 4 * roster::BYTES_MAX;
/// The most wrong rows that the summary of errors lists; the table has them all.
const LISTED: usize = 10;

#[derive(Template)]
#[template(path = "schools/roster.html")]
struct RosterPage<'a> {
    c: Chrome<'a>,
    id: GroupId,
    group: String,
    /// What was typed, or stood in the file.
    text: String,
    preview: Option<Preview>,
    fault: Option<Fault>,
}

struct Preview {
    rows: Vec<RosterRow>,
    /// The first wrong rows: line and the key of what is wrong.
    listed: Vec<(u64, String)>,
    faults: usize,
    new: usize,
}

struct RosterRow {
    line: u64,
    name: String,
    email: String,
    /// The key of what happens or of what is wrong.
    key: String,
    /// The earlier line, where the address stands twice.
    first: u64,
    wrong: bool,
    new: bool,
}

impl RosterPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

impl Preview {
    fn of(plan: &RosterPlan) -> Self {
        let rows: Vec<RosterRow> = plan
            .rows
            .iter()
            .map(|(row, fate)| RosterRow {
                line: row.line,
                name: row.name.clone(),
                email: row.email.clone(),
                key: match fate {
                    Ok(fate) => format!("roster-fate-{}", fate.as_str()),
                    Err(fault) => format!("roster-row-{}", fault.as_str()),
                },
                first: match fate {
                    Ok(Fate::Twice(first)) => *first,
                    _ => 0,
                },
                wrong: fate.is_err(),
                new: *fate == Ok(Fate::Invite),
            })
            .collect();
        let wrong = rows.iter().filter(|row| row.wrong).take(LISTED);
        Self {
            listed: wrong.map(|row| (row.line, row.key.clone())).collect(),
            rows,
            faults: plan.faults(),
            new: plan.new_ones(),
        }
    }
}

fn unreadable(why: Unreadable) -> Fault {
    Fault {
        field: "roster",
        key: format!("school-fault-roster-{}", why.as_str()),
    }
}

async fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    id: GroupId,
    text: String,
) -> Result<RosterPage<'a>, Failure> {
    let (_, group) = app.exam.roster_group(&learner.account, &id).await?;
    Ok(RosterPage {
        c: Chrome::new(app, &learner.visitor, Room::Schools),
        id,
        group: group.name,
        text,
        preview: None,
        fault: None,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
) -> Response {
    match page(&app, &learner, GroupId::new(id), String::new()).await {
        Ok(page) => render(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// The text of the file, if one was chosen, else what stands in the field.
fn given(form: &CheckedUpload) -> (String, Result<Vec<Row>, Unreadable>) {
    let typed = form.text("roster").to_owned();
    let file = form.bytes("file");
    if file.is_empty() {
        let rows = roster::parse(&typed);
        return (typed, rows);
    }
    match roster::decode(file) {
        Ok(text) => {
            let rows = roster::parse(&text);
            (text, rows)
        }
        Err(why) => (typed, Err(why)),
    }
}

pub(super) async fn import(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    form: CheckedUpload,
) -> Response {
    let id = GroupId::new(id);
    let confirm = form.text("step") == "import";
    let (text, rows) = given(&form);
    let mut page = match page(&app, &learner, id.clone(), text).await {
        Ok(page) => page,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let rows = match rows {
        Ok(rows) => rows,
        Err(why) => {
            page.fault = Some(unreadable(why));
            return again(&page);
        }
    };
    let done = app.exam.roster(&learner.account, &id, rows, confirm).await;
    match done.map_err(Fault::of) {
        Ok(plan) if plan.imported => {
            Redirect::to(&format!("{}#invited", urls::group(&id))).into_response()
        }
        Ok(plan) => {
            let wrong = plan.faults() > 0;
            page.preview = Some(Preview::of(&plan));
            match wrong {
                true => again(&page),
                false => render(&page),
            }
        }
        Err(Ok(fault)) => {
            page.fault = Some(fault);
            again(&page)
        }
        Err(Err(failure)) => failed(&app, Some(&learner.visitor), failure),
    }
}
