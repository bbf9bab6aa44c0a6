//! Which word of a list a Kazakh word form belongs to.
//!
//! Kazakh adds its endings in a fixed order: a noun takes plural, possessor, case, person; a verb takes negation, tense
//! or participle, person, and a participle goes on like a noun. So a form is undone from its end, and what is left must
//! be a stem of a word on the list. Vowel harmony is not checked (the spelling list does that): a form that no grammar
//! allows may be taken for one of a listed word, and a listed word in a derived form (`-лық`, `-шы`) is not found. This
//! measures how much of a text a learner of the list meets again; it is no analyser.

use std::collections::HashMap;

/// How a word of the list takes endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nouns, adjectives, pronouns, numerals and whatever else takes case.
    Nominal,
    /// Verbs; their dictionary form ends in `у` or `ю`.
    Verb,
}

/// The list, by stems.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    /// Whole forms that no ending explains: `маған` of `мен`.
    whole: HashMap<String, String>,
    nominal: HashMap<String, String>,
    verbal: HashMap<String, String>,
}

// Endings in the shapes that harmony and assimilation give them, each slot of a form with its own.

const PLURAL: &[&str] = &["лар", "лер", "дар", "дер", "тар", "тер"];
const POSSESSOR: &[&str] = &[
    "ымыз", "іміз", "ыңыз", "іңіз", "мыз", "міз", "ңыз", "ңіз", "сы", "сі", "ым", "ім", "ың", "ің",
    "м", "ң", "ы", "і",
];
const CASE: &[&str] = &[
    "ның", "нің", "дың", "дің", "тың", "тің", "нда", "нде", "нан", "нен", "дан", "ден", "тан",
    "тен", "ға", "ге", "қа", "ке", "на", "не", "ны", "ні", "ды", "ді", "ты", "ті", "да", "де",
    "та", "те", "мен", "бен", "пен", "н", "а", "е",
];
/// `-дағы` makes an adjective of a place or a time, `-дай` of a likeness, `-рақ` compares.
const RELATION: &[&str] = &[
    "ндағы",
    "ндегі",
    "дағы",
    "дегі",
    "тағы",
    "тегі",
    "ғы",
    "гі",
    "қы",
    "кі",
    "дай",
    "дей",
    "тай",
    "тей",
    "ырақ",
    "ірек",
    "рақ",
    "рек",
    "лау",
    "леу",
    "дау",
    "деу",
];
const PERSON: &[&str] = &[
    "сыздар",
    "сіздер",
    "мын",
    "мін",
    "бын",
    "бін",
    "пын",
    "пін",
    "сың",
    "сің",
    "сыз",
    "сіз",
    "мыз",
    "міз",
    "быз",
    "біз",
    "пыз",
    "піз",
    "м",
    "ң",
    "қ",
    "к",
];
const NEGATION: &[&str] = &["ма", "ме", "ба", "бе", "па", "пе"];
/// What ends a verb form, with the person in it where it is not one of [`PERSON`].
const FINITE: &[&str] = &[
    "ңыздар",
    "ңіздер",
    "ыңыз",
    "іңіз",
    "ңыз",
    "ңіз",
    "айық",
    "ейік",
    "йық",
    "йік",
    "айын",
    "ейін",
    "йын",
    "йін",
    "сын",
    "сін",
    "шы",
    "ші",
    "ғанша",
    "генше",
    "ғалы",
    "гелі",
    "қалы",
    "келі",
    "ып",
    "іп",
    "п",
    "са",
    "се",
    "ды",
    "ді",
    "ты",
    "ті",
    "а",
    "е",
    "й",
    "ың",
    "ің",
    "ңдар",
    "ңдер",
];
/// After the present converb: `барады`, `келеді`.
const PRESENT: &[&str] = &["ады", "еді", "йды", "йді"];
/// Participles and verbal nouns; they go on like nouns.
const PARTICIPLE: &[&str] = &[
    "атын",
    "етін",
    "йтын",
    "йтін",
    "ған",
    "ген",
    "қан",
    "кен",
    "мақшы",
    "мекші",
    "мақ",
    "мек",
    "бақ",
    "бек",
    "пақ",
    "пек",
    "ар",
    "ер",
    "р",
    "с",
    "ғы",
    "гі",
    "қы",
    "кі",
    "у",
    "ю",
];

impl Lexicon {
    /// Adds a word; `forms` are whole forms that its endings do not explain.
    pub fn add<'f>(&mut self, lemma: &str, kind: Kind, forms: impl IntoIterator<Item = &'f str>) {
        let lemma = lemma.to_lowercase();
        self.whole
            .entry(lemma.clone())
            .or_insert_with(|| lemma.clone());
        for form in forms {
            self.whole.insert(form.to_lowercase(), lemma.clone());
        }
        // Of a phrase the last word takes the endings; its other words are looked up by themselves.
        let last = lemma.rsplit(' ').next().unwrap_or_default();
        let (stems, map) = match kind {
            Kind::Nominal => (nominal_stems(last), &mut self.nominal),
            Kind::Verb => (verb_stems(last), &mut self.verbal),
        };
        for stem in stems {
            map.entry(stem).or_insert_with(|| lemma.clone());
        }
    }

    /// The listed word that this form belongs to. A hyphenated form belongs where both of its parts do.
    pub fn lemma_of(&self, form: &str) -> Option<&str> {
        let form = form.to_lowercase();
        if let Some(lemma) = self.simple(&form) {
            return Some(lemma);
        }
        let (first, rest) = form.split_once('-')?;
        self.lemma_of(rest)?;
        self.simple(first)
    }

    fn simple(&self, form: &str) -> Option<&str> {
        let whole = self.whole.get(form).map(String::as_str);
        whole
            .or_else(|| self.as_noun(form))
            .or_else(|| self.as_verb(form))
    }

    fn as_noun(&self, form: &str) -> Option<&str> {
        undo_noun(form).find_map(|stem| self.nominal.get(stem).map(String::as_str))
    }

    fn as_verb(&self, form: &str) -> Option<&str> {
        let stem = |rest: &str| {
            let found = without(rest, NEGATION).find_map(|stem| self.verbal.get(stem));
            found.map(String::as_str)
        };
        let finite = without(form, PERSON)
            .chain(without(form, POSSESSOR))
            .flat_map(|rest| endings(rest, FINITE).chain(endings(rest, PRESENT)));
        let participle = undo_noun(form).flat_map(|rest| endings(rest, PARTICIPLE));
        // The bare stem is the imperative; `оқимын` has its person right after it.
        without(form, PERSON)
            .chain(finite)
            .chain(participle)
            .find_map(stem)
    }
}

/// What may be left of a noun when its endings are undone, the form itself first.
fn undo_noun(form: &str) -> impl Iterator<Item = &str> {
    without(form, PERSON)
        .flat_map(|rest| without(rest, CASE))
        .flat_map(|rest| without(rest, RELATION))
        .flat_map(|rest| without(rest, POSSESSOR))
        .flat_map(|rest| without(rest, PLURAL))
}

/// The form, and what is left without one of the endings.
fn without<'f>(form: &'f str, of: &'static [&'static str]) -> impl Iterator<Item = &'f str> {
    std::iter::once(form).chain(endings(form, of))
}

/// What is left without one of the endings; never less than two letters.
fn endings<'f>(form: &'f str, of: &'static [&'static str]) -> impl Iterator<Item = &'f str> {
    of.iter()
        .filter_map(move |ending| form.strip_suffix(ending))
        .filter(|rest| rest.chars().count() >= 2)
}

/// A nominal stem as it stands before endings: `кітап` is `кітаб-` before a vowel, `орын` is `орн-`.
fn nominal_stems(lemma: &str) -> Vec<String> {
    let mut stems = vec![lemma.to_owned()];
    stems.extend(voiced(lemma));
    let letters: Vec<char> = lemma.chars().collect();
    if let [.., before, 'ы' | 'і', last] = letters[..] {
        let short: String = letters[..letters.len() - 2].iter().chain([&last]).collect();
        if is_consonant(before) && is_consonant(last) {
            stems.extend(voiced(&short));
            stems.push(short);
        }
    }
    stems
}

/// A verb's stems: `бару` is `бар-`, `оқу` is `оқы-`, `қою` is `қой-`, `табу` is `тап-`.
fn verb_stems(lemma: &str) -> Vec<String> {
    if let Some(base) = lemma.strip_suffix('ю') {
        return vec![base.to_owned(), format!("{base}й"), format!("{base}и")];
    }
    let base = lemma.strip_suffix('у').unwrap_or(lemma);
    let mut stems = vec![base.to_owned()];
    if base.ends_with(is_consonant) {
        // `оқиды` of `оқу`: ы and the й of the present are written и.
        stems.extend(["ы", "і", "и"].map(|vowel| format!("{base}{vowel}")));
    }
    if let Some(root) = base.strip_suffix('б') {
        // `тауып` of `табу`: п falls between vowels.
        stems.extend([format!("{root}п"), format!("{root}у")]);
    }
    stems
}

/// The stem with its last consonant as it is before a vowel.
fn voiced(stem: &str) -> Option<String> {
    let pairs = [('қ', 'ғ'), ('к', 'г'), ('п', 'б')];
    pairs.iter().find_map(|(hard, soft)| {
        let root = stem.strip_suffix(*hard)?;
        Some(format!("{root}{soft}"))
    })
}

fn is_consonant(letter: char) -> bool {
    letter.is_alphabetic() && !"аәеёиоөуұүыіэюя".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let mut lexicon = Lexicon::default();
        for noun in [
            "кітап",
            "бала",
            "орын",
            "мектеп",
            "жақсы",
            "ата",
            "ана",
            "дүйсенбі",
            "жүрек",
        ] {
            lexicon.add(noun, Kind::Nominal, []);
        }
        lexicon.add("мен", Kind::Nominal, ["маған", "менің"]);
        for verb in [
            "бару",
            "оқу",
            "қою",
            "табу",
            "сөйлеу",
            "келу",
            "алып келу",
            "жеу",
        ] {
            lexicon.add(verb, Kind::Verb, []);
        }
        lexicon
    }

    #[test]
    fn forms_of_listed_words_are_found() {
        let lexicon = lexicon();
        for (form, lemma) in [
            ("кітаптарымызда", "кітап"),
            ("Кітабымды", "кітап"),
            ("орнында", "орын"),
            ("мектептегі", "мектеп"),
            ("жақсырақ", "жақсы"),
            ("балаларға", "бала"),
            ("жүрегім", "жүрек"),
            ("маған", "мен"),
            ("дүйсенбіден", "дүйсенбі"),
            ("ата-анасы", "ата"),
            ("барамын", "бару"),
            ("бармайды", "бару"),
            ("барған", "бару"),
            ("барғандарға", "бару"),
            ("барсаңыз", "бару"),
            ("баруға", "бару"),
            ("бардық", "бару"),
            ("барар", "бару"),
            ("бармас", "бару"),
            ("барайық", "бару"),
            ("барғым", "бару"),
            ("оқып", "оқу"),
            ("оқиды", "оқу"),
            ("қойды", "қою"),
            ("тауып", "табу"),
            ("табады", "табу"),
            ("таппады", "табу"),
            ("сөйлейтін", "сөйлеу"),
            ("сөйлемеңіз", "сөйлеу"),
            ("келіңіз", "келу"),
            ("жедік", "жеу"),
        ] {
            assert_eq!(lexicon.lemma_of(form), Some(lemma), "{form}");
        }
    }

    #[test]
    fn other_words_are_not() {
        let lexicon = lexicon();
        for form in ["терезе", "балық", "кітапхана", "барлық", "ата-тегі", "ұшақ"]
        {
            assert_eq!(lexicon.lemma_of(form), None, "{form}");
        }
    }
}
