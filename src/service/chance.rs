//! Where the seeds of forms come from.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};

/// The system's chance; or, in a demonstration, a stream that is the same each time. Secrets never come from here.
#[derive(Debug, Clone, Default)]
pub struct Chance(Option<Arc<Mutex<ChaCha12Rng>>>);

impl Chance {
    /// The stream of a seed.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(ChaCha12Rng::seed_from_u64(seed)))))
    }

    /// The next seed.
    pub(super) fn seed(&self) -> u64 {
        match &self.0 {
            Some(stream) => stream
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .random(),
            None => rand::rng().random(),
        }
    }
}
