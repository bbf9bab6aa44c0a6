//! One text for one value: RFC 8785 (the JSON canonicalization scheme), as far as a statement needs it.

use serde_json::{Map, Value};

/// The largest whole number that every JSON reader keeps exactly: 2^53 − 1.
const LARGEST: u64 = (1 << 53) - 1;

/// The value holds a number that a statement never holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number is not whole, or is beyond 2^53 - 1")]
pub struct NotCanonical;

/// The canonical JSON of a value of texts, whole numbers, booleans, null, arrays and objects: members sorted by the
/// UTF-16 code units of their names, no whitespace, and in texts only the escapes that JSON demands, which is what
/// serde_json writes.
///
/// RFC 8785 also lays down how fractions are written. A statement has none, so they are refused and not guessed at.
///
/// # Errors
/// [`NotCanonical`] for a number that is not whole, or beyond ±(2^53 − 1).
pub fn canonical(value: &Value) -> Result<String, NotCanonical> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

fn write(value: &Value, text: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Object(members) => write_object(members, text)?,
        Value::Array(values) => {
            text.push('[');
            for (n, value) in values.iter().enumerate() {
                if n > 0 {
                    text.push(',');
                }
                write(value, text)?;
            }
            text.push(']');
        }
        Value::Number(number) => {
            let size = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
            if size.is_none_or(|size| size > LARGEST) {
                return Err(NotCanonical);
            }
            text.push_str(&number.to_string());
        }
        Value::String(_) | Value::Bool(_) | Value::Null => text.push_str(&value.to_string()),
    }
    Ok(())
}

fn write_object(members: &Map<String, Value>, text: &mut String) -> Result<(), NotCanonical> {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    text.push('{');
    for (n, (name, value)) in sorted.into_iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write(value, text)?;
    }
    text.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_sorted_and_nothing_is_between() {
        let value: Value = serde_json::from_str(
            r#" { "peach": "жоқ", "apple": [1, -20, true, null, {}], "apple pie": { "b": 0, "a": "" } } "#,
        )
        .expect("JSON");
        assert_eq!(
            canonical(&value).as_deref(),
            Ok(r#"{"apple":[1,-20,true,null,{}],"apple pie":{"a":"","b":0},"peach":"жоқ"}"#)
        );
    }

    #[test]
    fn names_are_sorted_as_utf_16() {
        // The example of RFC 8785, section 3.2.3, which an order by code points gets wrong.
        let value = json!({
            "\u{20ac}": "Euro Sign",
            "\r": "Carriage Return",
            "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One",
            "\u{1f600}": "Emoji: Grinning Face",
            "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = canonical(&value).expect("canonical");
        let order = ["\\r", "1", "\u{80}", "ö", "€", "\u{1f600}", "\u{fb33}"];
        let places: Vec<_> = order
            .iter()
            .map(|name| text.find(&format!("\"{name}\":")).expect(name))
            .collect();
        assert!(places.is_sorted(), "{places:?} {text}");
    }

    #[test]
    fn texts_have_the_escapes_that_json_demands_and_no_other() {
        let value = json!("\u{20ac}$\u{f}\nA'\u{42}\"\\/\u{7f}\u{8}\t\u{c}\r");
        assert_eq!(
            canonical(&value).as_deref(),
            Ok("\"€$\\u000f\\nA'B\\\"\\\\/\u{7f}\\b\\t\\f\\r\"")
        );
    }

    #[test]
    fn numbers_are_whole() {
        for (text, fits) in [
            ("0", true),
            ("-7", true),
            ("9007199254740991", true),
            ("-9007199254740991", true),
            ("9007199254740992", false),
            ("18446744073709551615", false),
            ("1.5", false),
            ("20.0", false),
            ("1e3", false),
            ("-0", false),
        ] {
            let value: Value = serde_json::from_str(text).expect("JSON");
            let expected = match fits {
                true => Ok(text.to_owned()),
                false => Err(NotCanonical),
            };
            assert_eq!(canonical(&value), expected, "{text}");
        }
    }
}
