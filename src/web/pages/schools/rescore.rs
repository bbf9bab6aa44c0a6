//! Correcting a question of an assignment: the list of its questions, what is to be right, who changes, and undoing.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Chrome, Fault, Room, again, failed, fault_of, render,
    tabs::{Tab, TabLink, tabs},
    then,
};
use crate::domain::{
    correction::Correction,
    id::{AssignmentId, CorrectionId, ItemId},
};
use crate::service::{Change, CorrectionWish, Effect, Failure, Outcome, Question, Rescoring};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    pages::{items, practice::Offer},
    urls,
};

/// What the form sends, to be looked at or to be applied.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    item: String,
    wording: String,
    /// `right` (those that are ticked), `credit-all` or `leave-out`.
    kind: String,
    #[serde(rename = "option-0")]
    option_0: String,
    #[serde(rename = "option-1")]
    option_1: String,
    #[serde(rename = "option-2")]
    option_2: String,
    #[serde(rename = "option-3")]
    option_3: String,
    reason: String,
    /// Whether it is to be seen who changes.
    see: String,
}

impl Choice {
    fn ticked(&self) -> [bool; 4] {
        [
            &self.option_0,
            &self.option_1,
            &self.option_2,
            &self.option_3,
        ]
        .map(|option| !option.is_empty())
    }

    /// What it means.
    fn wish(&self) -> CorrectionWish {
        let options = (0..4u8).zip(self.ticked());
        let options = options.filter(|(_, ticked)| *ticked);
        let ticked: std::collections::BTreeSet<u8> = options.map(|(option, _)| option).collect();
        let right = self.kind == "right";
        CorrectionWish {
            item: ItemId::new(self.item.as_str()),
            wording: Some(self.wording.clone()).filter(|wording| !wording.is_empty()),
            kind: match (right, ticked.len()) {
                (true, 0 | 1) => "rekey".to_owned(),
                (true, _) => "accept".to_owned(),
                (false, _) => self.kind.clone(),
            },
            options: match right {
                true => ticked,
                false => Default::default(),
            },
            reason: self.reason.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "schools/rescore.html")]
struct ListPage<'a> {
    c: Chrome<'a>,
    id: AssignmentId,
    title: String,
    tabs: Vec<TabLink>,
    questions: Vec<QuestionRow>,
    corrections: Vec<CorrectionRow>,
}

struct QuestionRow {
    section: &'static str,
    stem: Vec<items::Piece>,
    key: String,
    given: u32,
    facility: u32,
    corrected: bool,
    href: String,
}

struct CorrectionRow {
    id: CorrectionId,
    stem: Vec<items::Piece>,
    ruling: String,
    date: String,
    reason: String,
    undone: Option<String>,
}

#[derive(Template)]
#[template(path = "schools/rescore_item.html")]
struct ItemPage<'a> {
    c: Chrome<'a>,
    id: AssignmentId,
    assignment: String,
    back: String,
    item: String,
    wording: String,
    section: &'static str,
    text: String,
    stem: Vec<items::Piece>,
    options: Vec<OptionRow>,
    kinds: Vec<Offer>,
    reason: String,
    fault: Option<Fault>,
    /// What hinders, where it was corrected before.
    corrected: bool,
    effect: Option<EffectView>,
}

impl ItemPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

struct OptionRow {
    name: String,
    text: String,
    key: bool,
    ticked: bool,
    chosen: u32,
}

/// Who changes.
struct EffectView {
    mock: bool,
    summary: Vec<String>,
    rows: Vec<ChangeRow>,
    same: Vec<String>,
    /// What the form that applies it sends.
    fields: Vec<(&'static str, String)>,
}

struct ChangeRow {
    name: String,
    right: String,
    level: String,
    passed: String,
    points: String,
}

/// What was and what is; once where they are the same.
fn moved(was: String, is: String) -> String {
    match was == is {
        true => is,
        false => format!("{was} → {is}"),
    }
}

fn change_row(c: &Chrome<'_>, change: &Change) -> ChangeRow {
    let both =
        |words: &dyn Fn(&Outcome) -> String| moved(words(&change.before), words(&change.after));
    ChangeRow {
        name: change.name.clone(),
        right: both(&|outcome| {
            let score = outcome.section;
            let of = c.say2("result-of", "n", score.correct, "of", score.of);
            format!("{of}, {} %", score.percent())
        }),
        level: both(&|outcome| outcome.level.map_or("–", |level| level.as_str()).to_owned()),
        passed: both(&|outcome| match outcome.passed {
            Some(true) => c.say("history-passed"),
            Some(false) => c.say("history-failed"),
            None => "–".to_owned(),
        }),
        points: both(&|outcome| {
            let points = outcome.points;
            points.map_or("–".to_owned(), |points| points.to_string())
        }),
    }
}

fn effect_view(c: &Chrome<'_>, effect: &Effect, choice: &Choice) -> EffectView {
    let all = effect.attempts.len();
    let mut summary = vec![c.say2("rescore-change", "n", effect.changed().count(), "of", all)];
    let counted = [
        ("rescore-now-pass", effect.now_pass()),
        ("rescore-no-longer", effect.no_longer_pass()),
    ];
    let counted = counted.into_iter().filter(|(_, n)| *n > 0);
    summary.extend(counted.map(|(key, n)| c.say1(key, "n", n)));
    let options = ["option-0", "option-1", "option-2", "option-3"];
    let ticked = options.into_iter().zip(choice.ticked());
    let ticked = ticked.filter(|(_, ticked)| *ticked);
    let mut fields = vec![
        ("item", choice.item.clone()),
        ("wording", choice.wording.clone()),
        ("kind", choice.kind.clone()),
        ("reason", choice.reason.clone()),
    ];
    fields.extend(ticked.map(|(name, _)| (name, "on".to_owned())));
    EffectView {
        mock: effect.attempts.iter().any(|one| one.after.passed.is_some()),
        summary,
        rows: effect.changed().map(|one| change_row(c, one)).collect(),
        same: effect.unchanged().map(|one| one.name.clone()).collect(),
        fields,
    }
}

/// What a correction rules, in words: with the options that are right.
fn ruling(c: &Chrome<'_>, correction: &Correction, question: Option<&Question>) -> String {
    let words = c.say_of("corrected-", correction.ruling.kind());
    let named = correction.ruling.options();
    let Some(question) = question.filter(|_| !named.is_empty()) else {
        return words;
    };
    let options = named.iter();
    let options = options.filter_map(|option| question.options.get(usize::from(*option)));
    let options: Vec<String> = options.map(|option| format!("“{option}”")).collect();
    format!("{words} {}", options.join(", "))
}

fn list_page<'a>(app: &'a App, learner: &PageLearner, seen: Rescoring) -> ListPage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let id = seen.assignment.id.clone();
    let zone = seen.school.zone;
    let question_row = |question: &Question| QuestionRow {
        section: question.section.as_str(),
        stem: items::stem(&question.stem),
        key: question.options[usize::from(question.key) % 4].clone(),
        given: question.given,
        facility: question.facility(),
        corrected: question.correction.is_some(),
        href: urls::rescore_item(&id, &question.about),
    };
    let correction_row = |correction: &Correction| {
        let mut questions = seen.questions.iter();
        let question = questions.find(|question| question.about == correction.about);
        CorrectionRow {
            id: correction.id.clone(),
            stem: question.map_or_else(Vec::new, |question| items::stem(&question.stem)),
            ruling: ruling(&c, correction, question),
            date: c.moment_in(&correction.made_at, zone),
            reason: correction.reason.clone(),
            undone: correction.undone_at.map(|at| c.moment_in(&at, zone)),
        }
    };
    ListPage {
        questions: seen.questions.iter().map(question_row).collect(),
        corrections: seen.corrections.iter().map(correction_row).collect(),
        tabs: tabs(&c, &id, Tab::Rescore),
        title: seen.assignment.title.clone(),
        id,
        c,
    }
}

/// The page of one question; none where the assignment has no such question.
async fn item_page<'a>(
    app: &'a App,
    learner: &PageLearner,
    id: &AssignmentId,
    choice: Choice,
    fault: Option<Fault>,
) -> Result<Option<ItemPage<'a>>, Failure> {
    let seen = app.exam.rescoring(&learner.account, id).await?;
    let mut questions = seen.questions.into_iter();
    let question = questions.find(|question| {
        question.about.item.as_str() == choice.item
            && (choice.wording.is_empty() || question.about.digest == choice.wording)
    });
    let Some(question) = question else {
        return Ok(None);
    };
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let mut fault = fault;
    let mut effect = None;
    if fault.is_none() && !choice.see.is_empty() {
        let wish = choice.wish();
        let seen = app.exam.preview_correction(&learner.account, id, &wish);
        match seen.await.map_err(Fault::of) {
            Ok(seen) => effect = Some(effect_view(&c, &seen, &choice)),
            Err(Ok(found)) => fault = Some(found),
            Err(Err(failure)) => return Err(failure),
        }
    }
    let ticked = choice.ticked();
    let chosen_kind = match choice.kind.is_empty() {
        true => "right",
        false => choice.kind.as_str(),
    };
    let kinds = ["right", "credit-all", "leave-out"].map(|kind| Offer {
        value: kind.to_owned(),
        label: c.say_of("rescore-kind-", kind),
        hint: c.say(&format!("rescore-kind-{kind}-hint")),
        chosen: kind == chosen_kind,
    });
    let options = question.options.iter().enumerate();
    Ok(Some(ItemPage {
        id: id.clone(),
        assignment: seen.assignment.title,
        back: urls::rescore(id),
        wording: question.about.digest.clone(),
        section: question.section.as_str(),
        text: question.title.clone(),
        stem: items::stem(&question.stem),
        options: options
            .map(|(n, text)| OptionRow {
                name: format!("option-{n}"),
                text: text.clone(),
                key: n == usize::from(question.key),
                ticked: ticked[n % 4],
                chosen: question.chosen[n % 4],
            })
            .collect(),
        kinds: kinds.into(),
        corrected: question.correction.is_some(),
        item: choice.item,
        reason: choice.reason,
        fault,
        effect,
        c,
    }))
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(choice): Query<Choice>,
) -> Response {
    let id = AssignmentId::new(id);
    if !choice.item.is_empty() {
        match item_page(&app, &learner, &id, choice, None).await {
            Ok(Some(page)) if page.fault.is_some() => return again(&page),
            Ok(Some(page)) => return render(&page),
            Ok(None) => {}
            Err(failure) => return failed(&app, Some(&learner.visitor), failure),
        }
    }
    match app.exam.rescoring(&learner.account, &id).await {
        Ok(seen) => render(&list_page(&app, &learner, seen)),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

pub(super) async fn apply(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(choice): CheckedForm<Choice>,
) -> Response {
    let id = AssignmentId::new(id);
    let wish = choice.wish();
    let applied = app
        .exam
        .apply_correction(&learner.account, &id, &wish)
        .await;
    let fault = match applied.map_err(Fault::of) {
        Ok(_) => return Redirect::to(&urls::rescore(&id)).into_response(),
        Err(Ok(fault)) => fault,
        Err(Err(failure)) => return failed(&app, Some(&learner.visitor), failure),
    };
    match item_page(&app, &learner, &id, choice, Some(fault)).await {
        Ok(Some(page)) => again(&page),
        Ok(None) => Redirect::to(&urls::rescore(&id)).into_response(),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    correction: String,
}

pub(super) async fn undo(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(Which { correction }): CheckedForm<Which>,
) -> Response {
    let id = AssignmentId::new(id);
    let correction = CorrectionId::new(correction);
    let undone = app
        .exam
        .undo_correction(&learner.account, &id, &correction)
        .await;
    then(&app, &learner, undone.map(drop), &urls::rescore(&id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correction::Ruling;

    #[test]
    fn one_that_is_ticked_is_the_key_and_several_are_all_right() {
        let choice = |kind: &str, ticked: [&str; 4]| {
            let [option_0, option_1, option_2, option_3] = ticked.map(str::to_owned);
            let choice = Choice {
                kind: kind.to_owned(),
                option_0,
                option_1,
                option_2,
                option_3,
                ..Choice::default()
            };
            let wish = choice.wish();
            let options: Vec<u8> = wish.options.iter().copied().collect();
            Ruling::new(&wish.kind, &wish.options, 0).map(|ruling| (ruling.kind(), options))
        };
        assert_eq!(choice("right", ["", "", "on", ""]), Ok(("rekey", vec![2])));
        assert_eq!(
            choice("right", ["on", "", "on", ""]),
            Ok(("accept", vec![0, 2]))
        );
        assert!(choice("right", ["", "", "", ""]).is_err());
        assert!(choice("right", ["on", "", "", ""]).is_err(), "as it is");
        assert_eq!(
            choice("leave-out", ["on", "", "", ""]),
            Ok(("leave-out", vec![]))
        );
    }
}
