//! One item of a bank file.

use std::collections::HashSet;

use super::document::{Fields, Node};
use super::review::{self, Review};
use super::shared::{kazakh, localised};
use super::text::{fold, normalise};
use crate::domain::bank::{Item, ItemKind, OPTIONS, SKILLS, STEM_TYPES, Stimulus};
use crate::domain::id::{ItemId, is_slug};
use crate::domain::rules::{Localised, Section};

/// The letters of the options in the bank's order.
const LETTERS: [&str; OPTIONS] = ["A", "B", "C", "D"];

/// An explanation shorter than this, in characters, explains nothing.
const EXPLANATION_AT_LEAST: usize = 20;

/// How options begin that say "all of these" or "none of these".
const CATCH_ALLS: [&str; 8] = [
    "бәрі дұрыс",
    "барлығы дұрыс",
    "барлық жауап",
    "жоғарыдағы",
    "дұрыс жауап жоқ",
    "жауап жоқ",
    "ешқайсысы дұрыс",
    "ешқайсысы да",
];

/// The passages in which evidence may stand, white space normalised: the whole text, or each turn by itself.
pub(super) struct Stimuli(Vec<String>);

impl Stimuli {
    /// The passages of a stimulus.
    pub(super) fn of(stimulus: &Stimulus) -> Self {
        Self(match stimulus {
            Stimulus::Text(paragraphs) => vec![normalise(&paragraphs.join("\n"))],
            Stimulus::Recording(recording) => recording
                .turns
                .iter()
                .map(|turn| normalise(&turn.text))
                .collect(),
        })
    }

    fn quotes(&self, evidence: &str) -> bool {
        self.0.iter().any(|passage| passage.contains(evidence))
    }
}

/// What an item must agree with; what has a fault of its own is absent.
pub(super) struct Context<'c> {
    /// The testlet's id.
    pub(super) testlet: Option<&'c str>,
    /// The testlet's section.
    pub(super) section: Option<Section>,
    /// Where evidence is looked for.
    pub(super) stimuli: Option<&'c Stimuli>,
}

/// What earlier items of the testlet used.
#[derive(Default)]
pub(super) struct Seen {
    ids: HashSet<String>,
    stems: HashSet<String>,
}

/// An item as its file has it.
pub(super) struct Found {
    /// The item.
    pub(super) item: Item,
    /// The line of its id.
    pub(super) line: usize,
    /// Its blind review, which is no part of the wording.
    pub(super) review: Option<Review>,
}

/// Reads an item.
pub(super) fn read(node: &Node<'_>, context: &Context<'_>, seen: &mut Seen) -> Option<Found> {
    let fields = node.fields(&[
        "id",
        "kind",
        "stem_type",
        "skill",
        "level",
        "grammar_point",
        "stem",
        "options",
        "key",
        "evidence",
        "explanation",
        "review",
    ])?;
    let id = fields
        .required("id")
        .and_then(|node| id(&node, context.testlet, &mut seen.ids));
    let kind = fields
        .required("kind")
        .and_then(|node| kind(&node, context.section));
    let stem_type = fields
        .required("stem_type")
        .and_then(|node| node.one_of(&STEM_TYPES));
    let skill = fields
        .required("skill")
        .and_then(|node| node.one_of(&SKILLS));
    let level = fields.required("level").and_then(|node| node.parse());
    let grammar_point = grammar_point(&fields, kind);
    let stem = fields.required("stem").and_then(|node| {
        let stem = kazakh(&node)?;
        if !seen.stems.insert(fold(&stem)) {
            node.fault("another item of this testlet has the same stem");
        }
        Some(stem)
    });
    let options = fields.required("options").and_then(|node| options(&node));
    let key = fields.required("key").and_then(|node| {
        let letter = node.one_of(&LETTERS)?;
        LETTERS.iter().position(|known| *known == letter)
    });
    let evidence = fields.text("evidence").map(normalise);
    let explanation = fields
        .required("explanation")
        .and_then(|node| explanation(&node));

    let review = match fields.optional("review") {
        None => Some(None),
        Some(node) => review::read(&node).map(Some),
    };
    let line = fields.optional("id").unwrap_or_else(|| node.clone()).line();
    let item = Item {
        id: ItemId::new(id?),
        kind: kind?,
        stem_type: stem_type?.to_owned(),
        skill: skill?.to_owned(),
        level: level?,
        grammar_point: grammar_point?,
        stem: stem?,
        options: options?,
        key: u8::try_from(key?).ok()?,
        evidence: evidence?,
        explanation: explanation?,
    };
    if context
        .stimuli
        .is_some_and(|stimuli| !is_proved(&item, stimuli))
    {
        let reason = match item.kind {
            ItemKind::Comprehension => {
                "is not a verbatim quotation from the stimulus (from one turn of a script)"
            }
            ItemKind::LexicalGrammar => "is neither in the text nor in the stem, word for word",
        };
        fields.fault("evidence", reason);
    }
    Some(Found {
        item,
        line,
        review: review?,
    })
}

fn id<'a>(node: &Node<'a>, testlet: Option<&str>, seen: &mut HashSet<String>) -> Option<&'a str> {
    let id = node.text()?;
    if !is_slug(id) {
        node.fault("must be 1 to 64 lower-case ASCII letters, digits and hyphens");
        return None;
    }
    if let Some(testlet) = testlet {
        let number = id
            .strip_prefix(testlet)
            .and_then(|rest| rest.strip_prefix('-'));
        if !number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())) {
            node.fault(format!(
                "must be the testlet's id and a number: “{testlet}-1”"
            ));
        }
    }
    if !seen.insert(id.to_owned()) {
        node.fault(format!("another item of this testlet has the id “{id}”"));
    }
    Some(id)
}

fn kind(node: &Node<'_>, section: Option<Section>) -> Option<ItemKind> {
    let kind = match node.one_of(&["comprehension", "lexical-grammar"])? {
        "comprehension" => ItemKind::Comprehension,
        _ => ItemKind::LexicalGrammar,
    };
    if section == Some(Section::Listening) && kind == ItemKind::LexicalGrammar {
        node.fault("must be comprehension: a recording has no lexical-grammar items");
    }
    Some(kind)
}

/// The outer option is a fault, the inner one an absent field.
fn grammar_point(fields: &Fields<'_>, kind: Option<ItemKind>) -> Option<Option<String>> {
    match (fields.optional("grammar_point"), kind) {
        (Some(node), Some(ItemKind::Comprehension)) => {
            node.fault("belongs to lexical-grammar items only");
            None
        }
        (Some(node), _) => Some(Some(node.text()?.to_owned())),
        (None, Some(ItemKind::LexicalGrammar)) => {
            fields.fault(
                "grammar_point",
                "is missing: a lexical-grammar item names what it tests",
            );
            None
        }
        (None, _) => Some(None),
    }
}

fn options(node: &Node<'_>) -> Option<[String; OPTIONS]> {
    let nodes = node.elements()?;
    let texts: Vec<String> = nodes.iter().filter_map(kazakh).collect();
    if nodes.len() != OPTIONS {
        node.fault(format!("has {} options, wanted {OPTIONS}", nodes.len()));
        return None;
    }
    for (n, text) in texts.iter().enumerate() {
        let folded = fold(text);
        if CATCH_ALLS.iter().any(|phrase| folded.starts_with(phrase)) {
            nodes[n].fault("is about the other options: an option answers the question by itself");
        }
        if let Some(same) = texts[..n]
            .iter()
            .position(|earlier| fold(earlier) == fold(text))
        {
            nodes[n].fault(format!("is the same as option {}", same + 1));
        }
    }
    texts.try_into().ok()
}

fn explanation(node: &Node<'_>) -> Option<Localised> {
    let explanation = localised(node)?;
    for (language, text) in [("en", &explanation.en), ("ru", &explanation.ru)] {
        if text.chars().count() < EXPLANATION_AT_LEAST {
            node.fault(format!(
                "{language} has fewer than {EXPLANATION_AT_LEAST} characters: say why the key is right and the rest is not"
            ));
        }
    }
    Some(explanation)
}

/// Whether the evidence stands where it may: in the stimulus, and for a lexical-grammar item also in its stem, with or
/// without the asterisks and with the key in the gap.
fn is_proved(item: &Item, stimuli: &Stimuli) -> bool {
    if stimuli.quotes(&item.evidence) {
        return true;
    }
    if item.kind == ItemKind::Comprehension {
        return false;
    }
    let stem = normalise(&item.stem);
    let bare = stem.replace('*', "");
    let key = item.options[usize::from(item.key)].trim_start_matches('-');
    [&stem, &bare, &fill(&bare, key)]
        .iter()
        .any(|text| text.contains(&item.evidence))
}

/// The stem with a text in place of its gap, a run of underscores.
fn fill(stem: &str, text: &str) -> String {
    let mut filled = String::with_capacity(stem.len() + text.len());
    let mut in_gap = false;
    for character in stem.chars() {
        if character != '_' {
            filled.push(character);
        } else if !in_gap {
            filled.push_str(text);
        }
        in_gap = character == '_';
    }
    filled
}
