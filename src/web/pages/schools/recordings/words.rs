//! What is wrong with a recording, in words that say what to do.

use crate::service::{Failure, TakeRefusal};
use crate::web::{pages::Chrome, takes};

/// The field that a failure is about, and its words; any other failure comes back.
pub(super) fn fault(c: &Chrome<'_>, failure: Failure) -> Result<(&'static str, String), Failure> {
    match failure {
        Failure::Take(refusal) => Ok(("file", refused(c, &refusal))),
        Failure::Invalid { field, problem } => {
            Ok((field, c.say(&format!("voice-fault-{field}-{problem}"))))
        }
        other => Err(other),
    }
}

/// Why a file is no recording.
pub(super) fn refused(c: &Chrome<'_>, refusal: &TakeRefusal) -> String {
    let (name, numbers) = takes::refusal(refusal);
    let key = format!("take-{name}");
    if let TakeRefusal::UnsupportedCodec { name } = refusal {
        return c.say1(&key, "name", name);
    }
    match numbers[..] {
        [] => c.say(&key),
        [(name, number), ..] if numbers.len() == 1 => c.say1(&key, name, number),
        _ => {
            let text = |wanted: &str| {
                let mut numbers = numbers.iter();
                let found = numbers.find(|(name, _)| *name == wanted);
                found.map_or_else(String::new, |(_, number)| number.to_string())
            };
            let (seconds, least, most) = (text("seconds"), text("least"), text("most"));
            c.say3(
                &key,
                [("seconds", &seconds), ("least", &least), ("most", &most)],
            )
        }
    }
}
