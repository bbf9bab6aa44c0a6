//! What an attacker tries: sessions planted before somebody signs in, forms from elsewhere, paths that climb, line ends
//! in names, files that grow, connections that never come to the point, many requests at once. docs/threat-model.md tells
//! which of these tests shows what.

mod bombs;
mod fixation;
mod forms;
mod parallel;
mod paths;
mod slow;
