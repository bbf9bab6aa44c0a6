//! What reads bytes that somebody else wrote, a function a parser. Each takes any bytes, panics for none of them, and
//! asserts of what it accepts that it holds what the rest of the program counts on.
//!
//! The fuzz targets of the package `fuzz` are these same functions: nothing here may need the tests' own support.

mod files;
mod points;
mod sound;
mod texts;

pub use points::SCORE;

/// A parser under trial.
pub type Target = fn(&[u8]);

/// Every parser of bytes, by name. The JSON bodies of the API go through the whole router instead: `bodies`.
pub const TARGETS: [(&str, Target); 15] = [
    ("rules", files::rules),
    ("points_table", files::points_table),
    ("calendar", files::calendar),
    ("pathway", files::pathway),
    ("testlet", files::testlet),
    ("manifest", files::manifest),
    ("instructions", files::instructions),
    ("words", files::words),
    ("roster", texts::roster),
    ("keys", texts::keys),
    ("small", texts::small),
    ("language_score", points::language_score),
    ("potential", points::potential),
    ("probe", sound::probe),
    ("normalise", sound::normalise),
];
