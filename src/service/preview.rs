//! What those who teach look at before they give something: what a learner would get, and what the bank has.

use super::{
    Exam, Failure,
    load::Wording,
    results::{TestletResult, item_result},
};
use crate::domain::{
    access::Act,
    assemble::{self, Exposure},
    assignment::Work,
    bank::Edition,
    form::{Form, FormSection},
    id::{GroupId, TestletId},
    level::Level,
    practice,
    rules::Section,
    school::SchoolRole,
};
use crate::store::Account;

/// What a learner would get: nothing of it is kept.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Section by section, with the keys.
    pub sections: Vec<PreviewSection>,
    /// How many items.
    pub items: u32,
    /// How many minutes it takes: its limit, or an estimate.
    pub minutes: u32,
    /// Whether that is an estimate, by the pace of the exam.
    pub estimated: bool,
    /// Whether each learner gets others of the kind.
    pub sample: bool,
}

/// A section of what a learner would get.
#[derive(Debug, Clone)]
pub struct PreviewSection {
    /// Listening or reading.
    pub name: Section,
    /// Its testlets in order.
    pub testlets: Vec<PreviewTestlet>,
}

/// A testlet of what a learner would get.
#[derive(Debug, Clone)]
pub struct PreviewTestlet {
    /// Level of its stimulus.
    pub level: Level,
    /// What it is about.
    pub topic: String,
    /// The stimulus and the items taken, with their keys.
    pub content: TestletResult,
}

/// A testlet of the bank, as those who teach choose from it: without keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankLine {
    /// Its id.
    pub id: TestletId,
    /// Its title.
    pub title: String,
    /// Listening or reading.
    pub section: Section,
    /// Level of its stimulus.
    pub level: Level,
    /// What it is about.
    pub topic: String,
    /// How many items it has.
    pub items: u32,
}

impl BankLine {
    /// The line of a testlet.
    pub fn of(edition: &Edition) -> Self {
        let testlet = &edition.testlet;
        Self {
            id: testlet.id.clone(),
            title: testlet.title.clone(),
            section: testlet.section,
            level: testlet.level,
            topic: testlet.topic.clone(),
            items: testlet.items.len() as u32,
        }
    }
}

impl Exam {
    /// What a learner of a group would get.
    ///
    /// # Errors
    /// As for [`Exam::give`], of the work alone; [`Failure::AttemptInProgress`], [`Failure::KeptBack`] where it would tell
    /// whoever asks a key that is kept back from them.
    pub async fn preview(
        &self,
        who: &Account,
        group: &GroupId,
        work: &Work,
    ) -> Result<Preview, Failure> {
        let mut conn = self.store.read().await?;
        let (school, ..) = self
            .group_for(&mut conn, who, group, Act::GiveAssignment)
            .await?;
        self.can_be_given(&mut conn, group, work).await?;
        let mut form = self.form_for_anybody(work, self.chance.seed())?;
        // Anybody can make a school: it must not be the way to the keys of one's own mock.
        let shown = form.testlets().map(|testlet| &testlet.id);
        self.tells_no_key_to(&mut conn, &who.id, shown).await?;
        self.lend_voices(&mut conn, Some(&school.id), &mut form)
            .await?;
        let wording = self.wording(&mut conn, &form).await?;
        let items = form.sections.iter().map(|section| section.item_count());
        let items = items.sum();
        let limit_ms: Option<i64> = form.sections.iter().map(|section| section.limit_ms).sum();
        Ok(Preview {
            minutes: match limit_ms {
                Some(limit) => (limit / 60_000) as u32,
                None => self.estimated_minutes(&form)?,
            },
            estimated: limit_ms.is_none(),
            sample: match work {
                Work::Mock { .. } => true,
                Work::Practice(set) => set.wish.testlets.is_empty(),
            },
            sections: form
                .sections
                .iter()
                .map(|section| self.preview_section(section, &wording))
                .collect(),
            items,
        })
    }

    /// The form of somebody who has seen nothing.
    pub(super) fn form_for_anybody(&self, work: &Work, seed: u64) -> Result<Form, Failure> {
        let (bank, nothing_seen) = (&self.content.bank, Exposure::default());
        match work {
            Work::Mock { rule, .. } => {
                let rules = self.rules(Some(rule))?;
                Ok(assemble::mock(bank, &rules, &nothing_seen, seed)?)
            }
            Work::Practice(set) => Ok(practice::set(bank, &set.wish, &nothing_seen, seed)?),
        }
    }

    /// How long the items would take in the exam, rounded up: the section's time by its number of items.
    fn estimated_minutes(&self, form: &Form) -> Result<u32, Failure> {
        let rules = self.rules(None)?;
        let minutes = form.sections.iter().map(|section| {
            let rule = rules.sections.iter().find(|rule| rule.name == section.name);
            rule.map_or_else(
                || section.item_count(),
                |rule| (section.item_count() * rule.minutes.value).div_ceil(rule.items.value),
            )
        });
        Ok(minutes.sum())
    }

    fn preview_section(&self, section: &FormSection, wording: &Wording) -> PreviewSection {
        let mut position = 0;
        let testlets = section.testlets.iter().filter_map(|given| {
            let testlet = &self.content.bank.get(&given.id)?.testlet;
            let items = given.items.iter().filter_map(|form_item| {
                let item = testlet.items.iter().find(|item| item.id == form_item.id)?;
                position += 1;
                let place = (section.name, position);
                Some(item_result(place, form_item, item, None, None))
            });
            Some(PreviewTestlet {
                level: testlet.level,
                topic: testlet.topic.clone(),
                content: TestletResult {
                    id: testlet.id.clone(),
                    digest: given.digest.clone(),
                    section: section.name,
                    title: testlet.title.clone(),
                    stimulus: wording.stimulus(given, testlet),
                    glossary: testlet.glossary.clone(),
                    items: items.collect(),
                },
            })
        });
        PreviewSection {
            name: section.name,
            testlets: testlets.collect(),
        }
    }

    /// The bank's testlets, for those who teach in some school.
    ///
    /// # Errors
    /// [`Failure::NotAllowed`] for everybody else.
    pub async fn bank(&self, who: &Account) -> Result<Vec<BankLine>, Failure> {
        let mut conn = self.store.read().await?;
        let schools = conn.schools_of(&who.id).await?;
        if !schools
            .iter()
            .any(|(_, role)| role.is_some_and(SchoolRole::teaches))
        {
            return Err(Failure::NotAllowed);
        }
        let bank = self.content.bank.testlets();
        Ok(bank.map(|edition| BankLine::of(edition)).collect())
    }
}
