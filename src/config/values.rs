//! What is wrong with a value, told by the name under which whoever runs the server gave it.

use std::fmt;

use super::ranges::in_environment;

/// A value that is missing, unknown or of another kind.
#[derive(Debug, thiserror::Error)]
pub struct WrongValue(Box<figment::Error>);

impl From<figment::Error> for WrongValue {
    fn from(error: figment::Error) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Display for WrongValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, one) in self.0.as_ref().clone().into_iter().enumerate() {
            let between = if n == 0 { "" } else { "; " };
            let from = one.metadata.as_ref().and_then(|from| from.source.as_ref());
            let name = match (
                one.path.join("."),
                from.and_then(figment::Source::file_path),
            ) {
                (name, Some(file)) if name.is_empty() => format!("{}: ", file.display()),
                (name, None) if name.is_empty() => String::new(),
                (name, Some(file)) => format!("{name} in {}: ", file.display()),
                (name, None) => in_environment(&name) + ": ",
            };
            // The library puts a list of what it expects, which has its quotes, into quotes.
            let kind = one.kind.to_string();
            let kind = kind.replace("`one of `", "one of `").replace("``", "`");
            write!(f, "{between}{name}{kind}")?;
        }
        Ok(())
    }
}
