//! Numbers of points as people read them.

use rust_decimal::Decimal;

use crate::domain::Language;
use crate::domain::points::{shown, shown_missing};

/// The language's own decimal sign; no zeros at the end.
fn written(digits: &str, language: Language) -> String {
    let text = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    };
    signs(text, language)
}

/// A formula in signs, with the language's own decimal sign.
pub(super) fn signs(text: &str, language: Language) -> String {
    match language {
        Language::English => text.to_owned(),
        Language::Russian | Language::Kazakh => text.replace('.', ","),
    }
}

/// Two digits at most, rounded down.
pub(super) fn number(points: Decimal, language: Language) -> String {
    written(&shown(points), language)
}

/// Two digits at most, rounded up: for what is missing.
pub(super) fn number_up(points: Decimal, language: Language) -> String {
    written(&shown_missing(points), language)
}

/// Every digit: for what the user entered.
pub(super) fn exact(points: Decimal, language: Language) -> String {
    signs(&points.normalize().to_string(), language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_promise_more() {
        let points = |text: &str| text.parse::<Decimal>().expect(text);
        for (text, english, russian) in [
            ("325", "325", "325"),
            ("400", "400", "400"),
            ("325.50", "325.5", "325,5"),
            ("399.999", "399.99", "399,99"),
            ("0", "0", "0"),
            ("100", "100", "100"),
        ] {
            assert_eq!(number(points(text), Language::English), english);
            assert_eq!(number(points(text), Language::Russian), russian);
        }
        assert_eq!(number_up(points("0.001"), Language::Kazakh), "0,01");
        assert_eq!(exact(points("0.8750"), Language::English), "0.875");
        assert_eq!(exact(points("100"), Language::English), "100");
    }
}
