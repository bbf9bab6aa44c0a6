//! How a recording must sound: how loud, and how fast the speech is.

use std::ops::RangeInclusive;

use super::level::Level;

/// The loudness of every recording, in LUFS: that of a podcast, at which speech is clear on a telephone.
pub const TARGET_LUFS: f64 = -16.0;
/// How far a recording may be from [`TARGET_LUFS`], in LU: a step that hardly anybody hears.
pub const TOLERANCE_LU: f64 = 1.0;
/// The highest true peak of a recording, in dBTP: above it, cheap players crackle.
pub const MOST_DBTP: f64 = -1.0;

/// Syllables that a figure counts for: the names of the ten have one or two.
const SYLLABLES_OF_A_FIGURE: u32 = 2;

/// The syllables of a Kazakh text.
///
/// Each vowel letter is one: а ә е ё и о ө у ұ ү ы і э ю я. У after a vowel or at a word's start before one is a consonant
/// (тау, уақыт) and is not counted; и always is. Both are near enough and no more: у and и stand for several sounds, and
/// words of other languages follow other rules. A figure counts for two, as nobody knows how it will be read.
#[must_use]
pub fn syllables(text: &str) -> u32 {
    let letters: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let mut syllables = 0;
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1).copied();
        let starts_word = !before.is_some_and(char::is_alphabetic);
        let glide = *letter == 'у'
            && (before.is_some_and(is_vowel) || (starts_word && after.is_some_and(is_vowel)));
        if is_vowel(*letter) && !glide {
            syllables += 1;
        } else if letter.is_ascii_digit() {
            syllables += SYLLABLES_OF_A_FIGURE;
        }
    }
    syllables
}

fn is_vowel(letter: char) -> bool {
    "аәеёиоөуұүыіэюя".contains(letter)
}

/// Syllables a minute of a text that takes so long to speak; the pauses between sentences should not be in the time.
/// Zero for no time.
#[must_use]
pub fn speech_rate(text: &str, spoken_ms: u64) -> u32 {
    const MINUTE_MS: u64 = 60_000;
    let rate = (u64::from(syllables(text)) * MINUTE_MS + spoken_ms / 2).checked_div(spoken_ms);
    rate.map_or(0, |rate| u32::try_from(rate).unwrap_or(u32::MAX))
}

/// The rate of speech that suits a level, in syllables a minute without the pauses between sentences.
///
/// The official test publishes none. These are ours, assumed: lively Kazakh has about 350 to 400, and a beginner follows
/// little more than half of that.
#[must_use]
pub const fn rate_norm(level: Level) -> RangeInclusive<u32> {
    match level {
        Level::A1 => 180..=270,
        Level::A2 => 190..=280,
        Level::B1 => 220..=310,
        Level::B2 => 250..=340,
        Level::C1 => 260..=360,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_of_words() {
        for (word, count) in [
            ("бала", 2),
            ("Сәлеметсіз", 4),
            ("оқушы", 3),
            ("тау", 1),
            ("бауыр", 2),
            ("уақыт", 2),
            ("бару", 2),
            ("су", 1),
            ("жиырма", 3),
            ("аяқ", 2),
            ("аю", 2),
            ("иә", 2),
            ("университет", 5),
            ("ӨТЕ ЖАҚСЫ", 4),
            ("5 кг", 2),
            ("– … !", 0),
            ("", 0),
        ] {
            assert_eq!(syllables(word), count, "{word}");
        }
    }

    #[test]
    fn a_rate_is_of_a_minute() {
        assert_eq!(speech_rate("Екі нан беріңіз.", 1_500), 240);
        assert_eq!(speech_rate("Екі нан беріңіз.", 0), 0);
        assert_eq!(speech_rate("", 1_000), 0);
    }

    #[test]
    fn a_higher_level_is_never_slower() {
        for pair in Level::ALL.windows(2) {
            let (low, high) = (rate_norm(pair[0]), rate_norm(pair[1]));
            assert!(low.start() <= high.start() && low.end() <= high.end());
        }
    }
}
