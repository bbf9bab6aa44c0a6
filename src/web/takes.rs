//! Why an upload is no recording, by a name that stays and the numbers that belong to it: the API tells these, and the
//! pages' words are chosen by them.

use crate::service::TakeRefusal;

/// The name of a refusal, which is the end of the key of its words, and its numbers.
pub(super) fn refusal(refusal: &TakeRefusal) -> (&'static str, Vec<(&'static str, u64)>) {
    use TakeRefusal as R;
    let length = |seconds: u64, least: u64, most: u64| {
        vec![("seconds", seconds), ("least", least), ("most", most)]
    };
    match refusal {
        R::Empty => ("empty", vec![]),
        R::NotAudio => ("not-audio", vec![]),
        R::UnsupportedCodec { .. } => ("codec", vec![]),
        R::Broken { .. } => ("broken", vec![]),
        R::TooLarge { most, .. } => ("too-large", vec![("most", (*most / 1_000_000) as u64)]),
        R::TooMuchSound { most } => ("too-much", vec![("most", *most)]),
        R::Silent => ("silent", vec![]),
        R::TooQuiet { .. } => ("too-quiet", vec![]),
        R::Clipped { percent } => ("clipped", vec![("percent", u64::from(*percent))]),
        R::Uneven => ("uneven", vec![]),
        R::TooShort {
            seconds,
            least,
            most,
        } => ("too-short", length(*seconds, *least, *most)),
        R::TooLong {
            seconds,
            least,
            most,
        } => ("too-long", length(*seconds, *least, *most)),
        R::NotEncoded { .. } => ("not-encoded", vec![]),
    }
}
