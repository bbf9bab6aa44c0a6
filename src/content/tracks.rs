//! Whether the recordings of the bank fit into a section as a track, where a rule set lets one choose it.

use std::path::Path;

use super::{Content, Fault, rules::RuleFile};
use crate::domain::assemble;
use crate::domain::bank::Edition;
use crate::domain::rules::SectionRule;
use crate::domain::track::{self, Clip, Cues, FLOOR_MS, Plan, Terms, Text, TooLong};

impl Content {
    /// The spoken instructions of a track, where there are any.
    pub fn cues(&self) -> Cues {
        let instructions = self.instructions.iter().map(|(id, one)| {
            let clip = Clip {
                sha256: one.sha256.clone(),
                duration_ms: one.duration_ms,
            };
            (id.clone(), clip)
        });
        instructions.collect()
    }

    /// The file of a recording of the bank or of an instruction, by the hash of its bytes.
    pub fn recording(&self, sha256: &str) -> Option<&Path> {
        self.bank.recording(sha256).or_else(|| {
            let mut instructions = self.instructions.values();
            let found = instructions.find(|one| one.sha256 == sha256);
            found.map(|one| one.path.as_path())
        })
    }
}

/// Notes the sections whose longest recordings do not fit, with the plays that everybody gets.
pub(super) fn too_long(content: &Content, rule_files: &[RuleFile], faults: &mut Vec<Fault>) {
    for found in rule_files {
        for section in &found.rules.sections {
            let Err(too_long) = fits(content, section) else {
                continue;
            };
            let mut blueprints = found.blueprints.iter();
            let at = blueprints.find(|(name, ..)| *name == section.name);
            let seconds = |ms: u64| ms.div_ceil(1000);
            faults.push(Fault {
                file: Path::new("rules").join(format!("{}.toml", found.rules.id)),
                line: at.map(|(_, line, _)| *line),
                column: None,
                field: at.map(|(.., field)| field.clone()).unwrap_or_default(),
                reason: format!(
                    "a paced track of the bank's longest recordings takes {} seconds, and the section has {}: \
                     set delivery to \"free\", give more minutes or fewer plays, or shorten the recordings",
                    seconds(too_long.needed_ms),
                    seconds(too_long.limit_ms),
                ),
            });
        }
    }
}

fn fits(content: &Content, section: &SectionRule) -> Result<(), TooLong> {
    const MINUTE_MS: u64 = 60_000;
    let Some(plays) = section.plays.as_ref() else {
        return Ok(());
    };
    if !section.offered().may_be_paced() {
        return Ok(());
    }
    let answering = section.answering_seconds.as_ref();
    let terms = Terms {
        limit_ms: u64::from(section.minutes.value) * MINUTE_MS,
        plays: plays.value,
        extra_plays: 0,
        answering_ms: answering.map_or(FLOOR_MS, |seconds| u64::from(seconds.value) * 1000),
    };
    let longest = assemble::longest(&content.bank, section);
    let texts: Vec<Text> = longest.iter().filter_map(|edition| text(edition)).collect();
    let mut cues = content.cues();
    let beep = Clip {
        sha256: String::new(),
        duration_ms: track::BEEP_MS,
    };
    cues.insert(track::BEEP.to_owned(), beep);
    Plan::new(&texts, &cues, terms).map(drop)
}

/// The text of a testlet with a recording.
fn text(edition: &Edition) -> Option<Text> {
    let recording = edition.testlet.stimulus.recording()?;
    Some(Text {
        testlet: edition.testlet.id.clone(),
        clip: Clip {
            sha256: recording.sha256.clone(),
            duration_ms: recording.duration_ms,
        },
    })
}
