//! Limits of rate for what costs the server much or lets somebody guess: signing in, signing up, making guests,
//! making attempts, codes of groups.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::{Config, Switch};
use crate::domain::id::LearnerId;
use crate::service::hash_token;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    SignIn,
    SignUp,
    Guest,
    Code,
}

/// Counts by client address, attempts by learner. Each node counts for itself.
pub(super) struct Limiter {
    sign_in: Option<Limit<IpAddr>>,
    account: Option<Limit<(IpAddr, String)>>,
    sign_up: Option<Limit<IpAddr>>,
    guest: Option<Limit<IpAddr>>,
    code: Option<Limit<IpAddr>>,
    attempt: Option<Limit<LearnerId>>,
    tutor: Option<Limit<LearnerId>>,
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limiter").finish_non_exhaustive()
    }
}

impl Limiter {
    pub(super) fn new(config: &Config) -> Self {
        if config.rate_limits == Switch::Off {
            tracing::warn!("rate limits are off");
        }
        Self {
            sign_in: limit(config, config.limits.sign_in_per_minute),
            account: limit(config, config.limits.sign_in_to_account_per_minute),
            sign_up: limit(config, config.limits.sign_up_per_minute),
            guest: limit(config, config.limits.guests_per_minute),
            code: limit(config, config.limits.codes_per_minute),
            attempt: limit(config, config.limits.attempts_per_minute),
            tutor: limit(config, config.limits.tutors_per_minute),
        }
    }

    /// Whether the address may do this now.
    pub(super) fn allows(&self, action: Action, address: IpAddr) -> bool {
        let limiter = match action {
            Action::SignIn => &self.sign_in,
            Action::SignUp => &self.sign_up,
            Action::Guest => &self.guest,
            Action::Code => &self.code,
        };
        allowed(limiter, &network(address))
    }

    /// Whether the learner may make an attempt now.
    pub(super) fn allows_attempt(&self, learner: &LearnerId) -> bool {
        allowed(&self.attempt, learner)
    }

    /// Whether somebody may try an address to make its holder a tutor now.
    pub(super) fn allows_tutor(&self, who: &LearnerId) -> bool {
        allowed(&self.tutor, who)
    }

    /// Whether the address may try to sign in to this account now.
    pub(super) fn allows_sign_in(&self, address: IpAddr, email: &str) -> bool {
        // A digest: the limiter's memory must not hold addresses of people, nor texts of any length.
        let account = hash_token(&email.trim().to_lowercase());
        self.allows(Action::SignIn, address) && allowed(&self.account, &(network(address), account))
    }
}

/// What counts as one address: of IPv6 a /64, for whoever has one address of it has all of them.
fn network(address: IpAddr) -> IpAddr {
    const SUBNET: u128 = u64::MAX as u128;
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !SUBNET).into(),
        v4 => v4,
    }
}

/// One limit, of each of many.
struct Limit<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    /// From how many on those are looked for that can be forgotten.
    forget_at: AtomicUsize,
}

/// So many are kept without looking.
const KEPT: usize = 10_000;

fn limit<K: Hash + Eq + Clone>(config: &Config, per_minute: u32) -> Option<Limit<K>> {
    NonZeroU32::new(per_minute)
        .filter(|_| config.rate_limits == Switch::On)
        .map(|per_minute| Limit {
            limiter: RateLimiter::keyed(Quota::per_minute(per_minute)),
            forget_at: AtomicUsize::new(KEPT),
        })
}

fn allowed<K: Hash + Eq + Clone>(limit: &Option<Limit<K>>, key: &K) -> bool {
    limit.as_ref().is_none_or(|limit| {
        limit.forget();
        limit.limiter.check_key(key).is_ok()
    })
}

impl<K: Hash + Eq + Clone> Limit<K> {
    /// Forgets those that are back to full allowance, so that memory does not grow with visitors. Looking takes time for
    /// each of them: not again before there are twice as many as were left, or a whole city that comes within a minute
    /// would be looked through at each of its calls.
    fn forget(&self) {
        if self.limiter.len() > self.forget_at.load(Ordering::Relaxed) {
            self.limiter.retain_recent();
            let next = (2 * self.limiter.len()).max(KEPT);
            self.forget_at.store(next, Ordering::Relaxed);
        }
    }
}
