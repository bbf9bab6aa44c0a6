//! The interface's words: `content/locales/*.ftl`, in the Fluent format, one file a room and a language
//! (`sitting.kk.ftl`).

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use crate::domain::Language;

/// The words of every language.
pub struct Locales {
    bundles: HashMap<Language, FluentBundle<FluentResource>>,
    /// The messages that take no values, ready to be said: most are, and a page says hundreds.
    plain: HashMap<Language, HashMap<String, String>>,
    keys: HashMap<Language, BTreeSet<String>>,
}

impl std::fmt::Debug for Locales {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Locales").finish_non_exhaustive()
    }
}

/// A file of words cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct LocaleError {
    file: String,
    reason: String,
}

impl Locales {
    /// Reads `locales/*.{kk,ru,en}.ftl` below the content directory.
    ///
    /// # Errors
    /// [`LocaleError`] for a file that is missing or has a syntax error.
    pub fn load(content: &Path) -> Result<Self, LocaleError> {
        let mut bundles = HashMap::new();
        let mut plain = HashMap::new();
        let mut keys = HashMap::new();
        for language in Language::ALL {
            let id = language.code().parse().map_err(|error| LocaleError {
                file: language.code().to_owned(),
                reason: format!("{error}"),
            })?;
            let mut bundle = FluentBundle::new_concurrent(vec![id]);
            // The isolating marks around every placeable would be read aloud or shown as boxes; our texts have one direction.
            bundle.set_use_isolating(false);
            let mut own = BTreeSet::new();
            for path in files(&content.join("locales"), language)? {
                add_file(&path, &mut bundle, &mut own)?;
            }
            plain.insert(language, plain_texts(&bundle, &own));
            keys.insert(language, own);
            bundles.insert(language, bundle);
        }
        Ok(Self {
            bundles,
            plain,
            keys,
        })
    }

    /// The keys that a language has.
    pub fn keys(&self, language: Language) -> &BTreeSet<String> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        self.keys.get(&language).unwrap_or(&NONE)
    }

    /// A message in a language; the key itself where it is missing, which a test forbids.
    pub fn say(&self, language: Language, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        let plain = self.plain.get(&language).and_then(|texts| texts.get(key));
        if let Some(text) = plain {
            return text.clone();
        }
        let Some(bundle) = self.bundles.get(&language) else {
            return key.to_owned();
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::warn!(key, language = language.code(), "a message is missing");
            return key.to_owned();
        };
        let args: FluentArgs<'_> = args
            .iter()
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        let mut errors = Vec::new();
        bundle
            .format_pattern(pattern, Some(&args), &mut errors)
            .into_owned()
    }
}

/// Those of the messages that can be said without being given anything.
fn plain_texts(
    bundle: &FluentBundle<FluentResource>,
    keys: &BTreeSet<String>,
) -> HashMap<String, String> {
    let text = |key: &String| {
        let pattern = bundle.get_message(key)?.value()?;
        let mut wanting = Vec::new(); // an error for each value that is missing
        let text = bundle.format_pattern(pattern, None, &mut wanting);
        wanting.is_empty().then(|| (key.clone(), text.into_owned()))
    };
    keys.iter().filter_map(text).collect()
}

/// A language's files: every `*.kk.ftl` and so on, in the order of their names.
fn files(dir: &Path, language: Language) -> Result<Vec<PathBuf>, LocaleError> {
    let fault = |reason: String| LocaleError {
        file: dir.display().to_string(),
        reason,
    };
    let ending = format!(".{}.ftl", language.code());
    let entries = std::fs::read_dir(dir).map_err(|error| fault(error.to_string()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(&ending))
        .collect();
    if files.is_empty() {
        return Err(fault(format!("there is no file *{ending}")));
    }
    files.sort();
    Ok(files)
}

fn add_file(
    path: &Path,
    bundle: &mut FluentBundle<FluentResource>,
    keys: &mut BTreeSet<String>,
) -> Result<(), LocaleError> {
    let fault = |reason: String| LocaleError {
        file: path.display().to_string(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    keys.extend(message_keys(&text));
    let line_of = |at: usize| {
        text.get(..at)
            .map_or(0, |before| before.matches('\n').count())
            + 1
    };
    let resource = FluentResource::try_new(text.clone()).map_err(|(_, errors)| {
        fault(errors.first().map_or_else(String::new, |error| {
            format!("line {}: {error}", line_of(error.pos.start))
        }))
    })?;
    bundle
        .add_resource(resource)
        .map_err(|errors| fault(errors.first().map_or_else(String::new, ToString::to_string)))
}

/// The names of the messages in a Fluent file: what stands before ` =` at the start of a line.
fn message_keys(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim().to_owned())
        .collect()
}
