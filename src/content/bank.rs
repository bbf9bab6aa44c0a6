//! Bank files: `bank/**/*.toml`, one testlet each.
//!
//! A testlet is checked as its readers will meet it: the evidence stands in the stimulus, the length and the number of
//! items are those of its level, the orthography is clean. `short = true` frees a testlet from the bounds that belong
//! to whole testlets (words, items, glossary, kinds of stem), for samples and tests.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::document::{self, Fields, Node};
use super::fault::Fault;
use super::item::{self, Stimuli};
use super::recording::{self, Listen};
use super::review::Review;
use super::shared::{kazakh, slug};
use super::sound::Sounding;
use super::text::{kazakh_faults, plain_faults, script_faults};
use super::whole;
use crate::domain::bank::{Edition, Gloss, Purpose, Recording, Stimulus, TOPICS, Testlet, Turn};
use crate::domain::id::TestletId;
use crate::domain::level::Level;
use crate::domain::rules::Section;

/// The kinds of text.
const GENRES: [&str; 12] = [
    "dialogue",
    "announcement",
    "phone-call",
    "interview",
    "advertisement",
    "letter",
    "notice",
    "story",
    "news",
    "description",
    "lecture",
    "article",
];

/// How many key words a glossary holds.
const GLOSSARY: std::ops::RangeInclusive<usize> = 4..=12;

/// Voices that speak Kazakh: five women's, seven men's.
const VOICES: [&str; 12] = [
    "kk+f1", "kk+f2", "kk+f3", "kk+f4", "kk+f5", "kk+m1", "kk+m2", "kk+m3", "kk+m4", "kk+m5",
    "kk+m6", "kk+m7",
];

/// A testlet with where in its file things stand, for faults that only the whole bank shows.
pub(super) struct TestletFile {
    /// The file, relative to the content directory.
    pub(super) file: PathBuf,
    /// The testlet with its digest.
    pub(super) edition: Edition,
    /// The line of the testlet's id.
    pub(super) id_line: usize,
    /// The line of each item's id.
    pub(super) item_lines: Vec<usize>,
    /// How each item came out of its blind review; `None` where nobody has reviewed it.
    pub(super) reviews: Vec<Option<Review>>,
    /// Whether it is marked `short`.
    pub(super) short: bool,
    /// The recording's file, absolute or as the content directory was given.
    pub(super) recording: Option<PathBuf>,
    /// How its recording sounds.
    pub(super) sounding: Option<Sounding>,
}

/// Reads one bank file and, for listening, the recording beside it. `file` is relative to `dir`.
pub(super) fn read(
    dir: &Path,
    file: &Path,
    bytes: &[u8],
    listen: Option<&Listen<'_>>,
) -> Result<TestletFile, Vec<Fault>> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let mut faults = Vec::new();
    let mut section = None;
    let read = document::read(file, bytes, |root| {
        section = root
            .any_fields()?
            .required("section")
            .and_then(|node| node.parse());
        testlet_file(root, file, &stem, section)
    });
    let mut found = match read {
        Ok(found) => Some(found),
        Err(more) => {
            faults = more;
            None
        }
    };
    // A recording is looked at even where the testlet has faults: both are to be mended.
    if section == Some(Section::Listening) {
        let turns = found.as_ref().map(|found| turns_of(&found.edition.testlet));
        match recording::read(dir, file, turns, listen) {
            Ok(heard) => {
                if let Some(found) = &mut found {
                    found.sounding = Some(heard.sounding);
                    attach(found, heard.path, heard.recording);
                }
            }
            Err(more) => faults.extend(more),
        }
    } else if section == Some(Section::Reading) && recording::exists(dir, file) {
        faults.push(Fault::of_file(
            file,
            "has a recording beside it, but its section is reading",
        ));
    }
    match found {
        Some(mut found) if faults.is_empty() => {
            found.edition.digest = digest(&found.edition.testlet)
                .map_err(|reason| vec![Fault::of_file(file, reason)])?;
            Ok(found)
        }
        _ => Err(faults),
    }
}

fn turns_of(testlet: &Testlet) -> usize {
    match &testlet.stimulus {
        Stimulus::Recording(recording) => recording.turns.len(),
        Stimulus::Text(_) => 0,
    }
}

fn attach(found: &mut TestletFile, path: PathBuf, from_manifest: Recording) {
    if let Stimulus::Recording(recording) = &mut found.edition.testlet.stimulus {
        let turns = std::mem::take(&mut recording.turns);
        *recording = Recording {
            turns,
            ..from_manifest
        };
        found.recording = Some(path);
    }
}

/// SHA-256 over the testlet's JSON: the name of this wording.
fn digest(testlet: &Testlet) -> Result<String, String> {
    let json = serde_json::to_vec(testlet)
        .map_err(|error| format!("the testlet cannot be written as JSON: {error}"))?;
    Ok(format!("{:x}", Sha256::digest(json)))
}

fn testlet_file(
    root: &Node<'_>,
    file: &Path,
    stem: &str,
    section: Option<Section>,
) -> Option<TestletFile> {
    const COMMON: [&str; 10] = [
        "id", "section", "level", "purpose", "genre", "topic", "title", "register", "short",
        "glossary",
    ];
    let own: &[&str] = match section {
        Some(Section::Listening) => &["speakers", "turns", "items"],
        Some(Section::Reading) => &["text", "items"],
        None => &["text", "speakers", "turns", "items"],
    };
    let fields = root.fields(&[&COMMON, own].concat())?;

    let id = fields.required("id").and_then(|node| slug(&node, stem));
    let level: Option<Level> = fields.required("level").and_then(|node| node.parse());
    let genre = fields
        .required("genre")
        .and_then(|node| node.one_of(&GENRES));
    let topic = fields
        .required("topic")
        .and_then(|node| node.one_of(&TOPICS));
    let title = fields.required("title").and_then(|node| kazakh(&node));
    let purpose = match fields.optional("purpose") {
        None => Some(Purpose::Forms),
        Some(node) => node.one_of(&["practice"]).map(|_| Purpose::Practice),
    };
    let short = match fields.optional("short") {
        None => Some(false),
        Some(node) => node.boolean(),
    };
    let glossary = glossary(&fields, short.unwrap_or_default());
    let stimulus = match section {
        Some(Section::Listening) => script(&fields, level),
        Some(Section::Reading) => paragraphs(&fields),
        None => None,
    };
    let stimuli = stimulus.as_ref().map(Stimuli::of);
    let items = items(&fields, id, section, stimuli.as_ref());

    let (section, level, short) = (section?, level?, short?);
    let (stimulus, found_items, purpose) = (stimulus?, items?, purpose?);
    let (mut items, mut item_lines, mut reviews) = (Vec::new(), Vec::new(), Vec::new());
    for found in found_items {
        items.push(found.item);
        item_lines.push(found.line);
        reviews.push(found.review);
    }
    if !short {
        whole::check(&fields, section, level, purpose, &stimulus, &items);
    }
    let testlet = Testlet {
        id: TestletId::new(id?),
        section,
        level,
        purpose,
        genre: genre?.to_owned(),
        topic: topic?.to_owned(),
        title: title?,
        stimulus,
        glossary: glossary?,
        items,
    };
    Some(TestletFile {
        file: file.to_path_buf(),
        edition: Edition {
            digest: String::new(), // made once the recording is known, see `read`
            testlet,
        },
        id_line: fields.optional("id")?.line(),
        item_lines,
        reviews,
        short,
        recording: None,
        sounding: None,
    })
}

fn glossary(fields: &Fields<'_>, short: bool) -> Option<Vec<Gloss>> {
    let node = fields.required("glossary")?;
    let nodes = node.elements()?;
    if !short && !GLOSSARY.contains(&nodes.len()) {
        node.fault(format!(
            "has {} entries, wanted {} to {}",
            nodes.len(),
            GLOSSARY.start(),
            GLOSSARY.end()
        ));
    }
    let glosses: Vec<Gloss> = nodes.iter().filter_map(gloss).collect();
    (glosses.len() == nodes.len()).then_some(glosses)
}

fn gloss(node: &Node<'_>) -> Option<Gloss> {
    let fields = node.fields(&["kk", "en", "ru"])?;
    let plain = |key| {
        let node = fields.required(key)?;
        let text = node.text()?;
        for fault in plain_faults(text) {
            node.fault(fault);
        }
        Some(text.to_owned())
    };
    let kk = fields.required("kk").and_then(|node| kazakh(&node));
    let (en, ru) = (plain("en"), plain("ru"));
    Some(Gloss {
        kk: kk?,
        en: en?,
        ru: ru?,
    })
}

/// The paragraphs of a text: what stands between empty lines, trimmed.
fn paragraphs(fields: &Fields<'_>) -> Option<Stimulus> {
    let node = fields.required("text")?;
    let text = node.text()?;
    for fault in kazakh_faults(text) {
        node.fault(fault);
    }
    let lines: Vec<&str> = text.lines().collect();
    let paragraphs = lines
        .split(|line| line.trim().is_empty())
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| paragraph.join("\n").trim().to_owned())
        .collect();
    Some(Stimulus::Text(paragraphs))
}

/// The script of a recording; what belongs to the sound itself comes from the manifest.
fn script(fields: &Fields<'_>, level: Option<Level>) -> Option<Stimulus> {
    let speakers = speakers(fields);
    let node = fields.required("turns")?;
    let nodes = node.elements()?;
    if nodes.is_empty() {
        node.fault("must have at least one turn");
    }
    let speakers = speakers?;
    let mut silent: Vec<&str> = speakers.iter().map(|(id, _)| *id).collect();
    let mut turns = Vec::new();
    for node in &nodes {
        let Some(fields) = node.fields(&["speaker", "text"]) else {
            continue;
        };
        let speaker = fields.required("speaker").and_then(|node| {
            let id = node.text()?;
            let name = speakers.iter().find(|(known, _)| *known == id);
            if name.is_none() {
                node.fault(format!("“{id}” is not among the speakers"));
            }
            silent.retain(|other| *other != id);
            name.map(|(_, name)| name.clone())
        });
        let text = fields.required("text").and_then(|node| {
            for fault in script_faults(node.text()?) {
                node.fault(fault);
            }
            kazakh(&node)
        });
        if let (Some(speaker), Some(text)) = (speaker, text) {
            turns.push(Turn { speaker, text });
        }
    }
    for id in silent {
        fields.fault("speakers", format!("“{id}” has no turn"));
    }
    match (level, speakers.len()) {
        (Some(Level::C1), 2..) => {
            fields.fault("speakers", "a C1 recording is a monologue: one speaker");
        }
        (Some(Level::A1 | Level::A2 | Level::B1 | Level::B2), ..=1) => {
            fields.fault(
                "speakers",
                "a recording below C1 is a dialogue: two speakers or more",
            );
        }
        _ => {}
    }
    (turns.len() == nodes.len()).then(|| {
        Stimulus::Recording(Recording {
            sha256: String::new(),
            bytes: 0,
            duration_ms: 0,
            provenance: String::new(),
            credit: None,
            turns,
            sentences: Vec::new(),
        })
    })
}

/// Ids and names of the speakers.
fn speakers<'a>(fields: &Fields<'a>) -> Option<Vec<(&'a str, String)>> {
    let nodes = fields.required("speakers")?.elements()?;
    let mut speakers: Vec<(&str, String)> = Vec::new();
    let mut voices = Vec::new();
    for node in &nodes {
        let Some(fields) = node.fields(&["id", "name", "voice"]) else {
            continue;
        };
        let id = fields.required("id").and_then(|node| {
            let id = node.text()?;
            if speakers.iter().any(|(earlier, _)| *earlier == id) {
                node.fault(format!("a second speaker “{id}”"));
            }
            Some(id)
        });
        let name = fields.required("name").and_then(|node| kazakh(&node));
        let voice = fields.required("voice").and_then(|node| {
            let voice = node.one_of(&VOICES)?;
            if voices.contains(&voice) {
                node.fault(format!("“{voice}” is another speaker's voice already"));
            }
            Some(voice)
        });
        voices.extend(voice);
        if let (Some(id), Some(name)) = (id, name) {
            speakers.push((id, name));
        }
    }
    (speakers.len() == nodes.len()).then_some(speakers)
}

/// The items in the file's order.
fn items(
    fields: &Fields<'_>,
    testlet: Option<&str>,
    section: Option<Section>,
    stimuli: Option<&Stimuli>,
) -> Option<Vec<item::Found>> {
    let node = fields.required("items")?;
    let nodes = node.elements()?;
    if nodes.is_empty() {
        node.fault("must have at least one item");
    }
    let context = item::Context {
        testlet,
        section,
        stimuli,
    };
    let mut seen = item::Seen::default();
    let items: Vec<item::Found> = nodes
        .iter()
        .filter_map(|node| item::read(node, &context, &mut seen))
        .collect();
    (items.len() == nodes.len()).then_some(items)
}
