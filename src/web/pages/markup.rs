//! Marks inside a text (the underlined word of a stem, the evidence in a stimulus), and the words that a page hands to
//! its scripts.

use std::collections::BTreeMap;

use super::Chrome;

/// A stem's pieces and whether each is underlined: a word between asterisks is. An asterisk without a partner is itself.
pub(super) fn underlined(stem: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    let mut rest = stem;
    while let Some((before, opened)) = rest.split_once('*') {
        let Some((word, after)) = opened.split_once('*') else {
            break;
        };
        pieces.extend([(before, false), (word, true)]);
        rest = after;
    }
    pieces.push((rest, false));
    pieces.retain(|(text, _)| !text.is_empty());
    pieces
}

/// A paragraph's pieces and whether each proves a key: where a quotation stands in it, and the whole of it where the
/// quotation goes beyond it.
pub(super) fn evidence<'t>(paragraph: &'t str, quotations: &[&str]) -> Vec<(&'t str, bool)> {
    let mut spans: Vec<(usize, usize)> = quotations
        .iter()
        .filter(|quotation| !quotation.is_empty())
        .filter_map(|quotation| match quotation.len() <= paragraph.len() {
            true => place_of(quotation, paragraph).map(|at| (at, at + quotation.len())),
            false => place_of(paragraph, quotation).map(|_| (0, paragraph.len())),
        })
        .collect();
    spans.sort_unstable();
    let mut pieces = Vec::new();
    let mut at = 0;
    for (start, end) in spans {
        let start = start.max(at);
        if start >= end {
            continue;
        }
        // Two quotations that touch are one mark.
        pieces.extend([
            (&paragraph[at..start], false),
            (&paragraph[start..end], true),
        ]);
        at = end;
    }
    pieces.push((&paragraph[at..], false));
    pieces.retain(|(text, _)| !text.is_empty());
    pieces
}

/// Where one text begins in another. Sentences begin with a capital, of which a text has few: looking for that first is
/// five times as fast as `str::find`, which was a tenth of a result's page.
fn place_of(text: &str, within: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let mut places = within.match_indices(first).map(|(at, _)| at);
    places.find(|at| within[*at..].starts_with(text))
}

/// A text that a script of the page wants: its name there, and the values that the script fills in itself.
pub(super) type Wanted<'a> = (&'a str, &'a [&'a str]);

/// The content of `<script type="application/json" id="strings">`: the messages `prefix` + name, in which `{n}` stands
/// where the script puts its value. No `<` is left in it, so that no message can end the element.
pub(super) fn strings(c: &Chrome<'_>, prefix: &str, wanted: &[Wanted<'_>]) -> String {
    let words: BTreeMap<&str, String> = wanted
        .iter()
        .map(|(name, values)| {
            let key = format!("{prefix}{name}");
            let slot = |value: &str| format!("{{{value}}}");
            let text = match values {
                [] => c.say(&key),
                [one] => c.say1(&key, one, slot(one)),
                [one, two, ..] => c.say2(&key, one, slot(one), two, slot(two)),
            };
            (*name, text)
        })
        .collect();
    serde_json::to_string(&words)
        .unwrap_or_default()
        .replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pieces = &'static [(&'static str, bool)];

    #[test]
    fn a_word_between_asterisks_is_underlined() {
        let table: [(&str, Pieces); 5] = [
            ("Клуб қайда?", &[("Клуб қайда?", false)]),
            (
                "«Алғашқы сабақ *тегін*» сөзі",
                &[
                    ("«Алғашқы сабақ ", false),
                    ("тегін", true),
                    ("» сөзі", false),
                ],
            ),
            ("*тегін*", &[("тегін", true)]),
            ("2 * 3", &[("2 * 3", false)]),
            ("", &[]),
        ];
        for (stem, expected) in table {
            assert_eq!(underlined(stem), expected, "{stem}");
        }
    }

    #[test]
    fn evidence_is_marked_where_it_stands() {
        const TEXT: &str = "Клуб жабық. Доп бар. Су бар.";
        let table: [(&[&str], Pieces); 6] = [
            (&[], &[(TEXT, false)]),
            (
                &["Доп бар."],
                &[
                    ("Клуб жабық. ", false),
                    ("Доп бар.", true),
                    (" Су бар.", false),
                ],
            ),
            (
                &["Су бар.", "Клуб жабық."],
                &[
                    ("Клуб жабық.", true),
                    (" Доп бар. ", false),
                    ("Су бар.", true),
                ],
            ),
            // One inside the other, one over the other's end.
            (
                &["Доп бар. Су бар.", "Доп", "бар. Су"],
                &[
                    ("Клуб жабық. ", false),
                    ("Доп", true),
                    (" бар. Су бар.", true),
                ],
            ),
            (&["Иә. Клуб жабық. Доп бар. Су бар. Жоқ."], &[(TEXT, true)]),
            (&["Таза су"], &[(TEXT, false)]),
        ];
        for (quotations, expected) in table {
            let pieces = evidence(TEXT, quotations);
            assert_eq!(
                pieces.iter().map(|(text, _)| *text).collect::<String>(),
                TEXT
            );
            assert_eq!(pieces, expected, "{quotations:?}");
        }
    }
}
