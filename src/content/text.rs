//! Orthography: what can be told of a Kazakh text without a dictionary.
//!
//! Most slips of a bank are invisible: a Latin `i` for the Kazakh `і`, a no-break space, a decomposed `й`. They break
//! search, highlighting and the synthetic voice, so they are faults.

/// The letters of the Kazakh Cyrillic alphabet, lower case.
const KAZAKH: &str = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";

/// Whether a letter belongs to the Kazakh alphabet.
fn is_kazakh(letter: char) -> bool {
    letter.to_lowercase().all(|lower| KAZAKH.contains(lower))
}

fn is_cyrillic(letter: char) -> bool {
    ('\u{400}'..='\u{52F}').contains(&letter)
}

/// The text with every run of white space as one space and none at its ends.
pub(super) fn normalise(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text in the form in which two texts count as the same.
pub(super) fn fold(text: &str) -> String {
    normalise(text).to_lowercase()
}

/// Words as the lengths of the test's description count them: a hyphenated word is one, a number is one.
pub(super) fn count_words(text: &str) -> usize {
    let mut words = 0;
    // What the character before was: a word goes on through letters and single hyphens between letters.
    let mut before = Kind::Other;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let kind = Kind::of(character);
        let joins = character == '-'
            && before == Kind::Letter
            && characters.peek().is_some_and(|next| next.is_alphabetic());
        if joins {
            continue;
        }
        if kind != Kind::Other && kind != before {
            words += 1;
        }
        before = kind;
    }
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Other,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            c if c.is_numeric() => Kind::Digit,
            c if c.is_alphabetic() => Kind::Letter,
            _ => Kind::Other,
        }
    }
}

/// What is wrong with a Kazakh text, each as a reason.
pub(super) fn kazakh_faults(text: &str) -> Vec<String> {
    let mut faults = typography_faults(text);
    for word in words(text) {
        if let Some(odd) = word.chars().find(|letter| !is_kazakh(*letter)) {
            faults.push(if word.chars().any(is_kazakh) {
                format!("the word “{word}” mixes Kazakh letters with {}", named(odd))
            } else {
                format!("“{word}” is not written in Kazakh letters ({})", named(odd))
            });
        }
    }
    let opened = text.matches('«').count();
    let closed = text.matches('»').count();
    if opened != closed {
        faults.push(format!("« is written {opened} times and » {closed} times"));
    }
    if let Some(quote) = text.chars().find(|c| "\"“”„‟‘’".contains(*c)) {
        faults.push(format!("write « » for quotes, not {quote}"));
    }
    if text.contains('—') || text.contains(" - ") || text.contains("--") {
        faults.push("write a dash as – with spaces around it".to_owned());
    }
    if text.matches('*').count() % 2 == 1 {
        faults
            .push("an asterisk has no partner; a word to underline stands between two".to_owned());
    }
    faults
}

/// What is wrong with an English or Russian text: words of two alphabets and odd spaces only, for an explanation
/// quotes Kazakh.
pub(super) fn plain_faults(text: &str) -> Vec<String> {
    let mut faults = typography_faults(text);
    for word in words(text) {
        let latin = word.chars().any(|letter| letter.is_ascii_alphabetic());
        if latin && word.chars().any(is_cyrillic) {
            faults.push(format!(
                "the word “{word}” mixes Latin and Cyrillic letters"
            ));
        }
    }
    faults
}

/// What is wrong with a script that a voice will speak.
pub(super) fn script_faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if text.chars().any(char::is_numeric) {
        faults.push("write numbers in words: the script is spoken".to_owned());
    }
    if text.chars().any(|c| "()[]{}<>".contains(c)) {
        faults.push("must have no brackets: the script is spoken".to_owned());
    }
    faults
}

fn typography_faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if text.contains("  ") {
        faults.push("has two spaces in a row".to_owned());
    }
    let odd = text.chars().find(|c| {
        (c.is_control() && *c != '\n')
            || (c.is_whitespace() && !" \n".contains(*c))
            || ('\u{300}'..='\u{36F}').contains(c)
            || "\u{AD}\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}\u{FFFD}".contains(*c)
    });
    if let Some(odd) = odd {
        faults.push(format!(
            "has the character U+{:04X}, which cannot be seen or does not belong in a text",
            u32::from(odd)
        ));
    }
    faults
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
}

fn named(letter: char) -> String {
    let script = match letter {
        'a'..='z' | 'A'..='Z' => "the Latin",
        _ if is_cyrillic(letter) => "another Cyrillic",
        _ => "a foreign",
    };
    format!("{script} letter {letter} (U+{:04X})", u32::from(letter))
}

#[cfg(test)]
mod tests {
    use super::{count_words, fold, kazakh_faults, plain_faults, script_faults};

    #[test]
    fn words_are_counted_as_the_test_counts_them() {
        for (text, expected) in [
            ("", 0),
            ("Сәлеметсіз бе, Күләш апай!", 4),
            ("Ата-ана, қыз-келіншек – бәрі", 3),
            ("2026 жылғы 13-ақпан", 4),
            ("Сағат 9:30-да", 4),
            ("– Иә! –", 1),
        ] {
            assert_eq!(count_words(text), expected, "{text}");
        }
    }

    #[test]
    fn good_kazakh_has_no_fault() {
        for text in [
            "«Бала бақшаға *ерте* барды» – сөйлем.",
            "Ғылым, әңгіме, үй, ұя, өң, һәм, қаңтар, іні",
            "Дүкенде 25 адам бар: ата-ана да, бала да",
        ] {
            assert_eq!(kazakh_faults(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn each_slip_is_a_fault() {
        for (text, part) in [
            ("кiтап", "mixes Kazakh letters with the Latin letter i"),
            ("мəтін", "mixes Kazakh letters"),
            ("їжак", "another Cyrillic"),
            ("Wi", "not written in Kazakh letters"),
            ("бір  екі", "two spaces"),
            ("бір\u{a0}екі", "U+00A0"),
            ("и\u{306}", "U+0306"),
            ("«бір", "« is written 1 times"),
            ("\"бір\"", "write « »"),
            ("бір - екі", "write a dash"),
            ("бір — екі", "write a dash"),
            ("*бір", "no partner"),
        ] {
            let faults = kazakh_faults(text);
            assert!(
                faults.iter().any(|fault| fault.contains(part)),
                "{text}: {faults:?}"
            );
        }
    }

    #[test]
    fn other_languages_may_quote_kazakh_but_not_mix_letters() {
        assert!(plain_faults("The suffix -дан follows р (базардан).").is_empty());
        assert_eq!(plain_faults("Cлово").len(), 1);
    }

    #[test]
    fn a_script_is_spoken() {
        assert!(script_faults("Бүгін бес адам келеді.").is_empty());
        assert_eq!(script_faults("Бүгін 5 адам (бес) келеді.").len(), 2);
    }

    #[test]
    fn folding_ignores_case_and_spaces() {
        assert_eq!(fold(" Қызыл\n  АЛМА "), "қызыл алма");
    }
}
