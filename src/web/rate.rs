//! Limits of rate for what costs the server much or lets somebody guess: signing in, signing up, making guests.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::{Config, Switch};

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    SignIn,
    SignUp,
    Guest,
}

/// Counts by client address. Each node counts for itself.
pub(super) struct Limiter {
    sign_in: Option<DefaultKeyedRateLimiter<IpAddr>>,
    sign_up: Option<DefaultKeyedRateLimiter<IpAddr>>,
    guest: Option<DefaultKeyedRateLimiter<IpAddr>>,
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limiter").finish_non_exhaustive()
    }
}

impl Limiter {
    pub(super) fn new(config: &Config) -> Self {
        let limiter = |per_minute: u32| {
            NonZeroU32::new(per_minute)
                .filter(|_| config.rate_limits == Switch::On)
                .map(|per_minute| RateLimiter::keyed(Quota::per_minute(per_minute)))
        };
        if config.rate_limits == Switch::Off {
            tracing::warn!("rate limits are off");
        }
        Self {
            sign_in: limiter(config.limits.sign_in_per_minute),
            sign_up: limiter(config.limits.sign_up_per_minute),
            guest: limiter(config.limits.guests_per_minute),
        }
    }

    /// Whether the address may do this now.
    pub(super) fn allows(&self, action: Action, address: IpAddr) -> bool {
        let limiter = match action {
            Action::SignIn => &self.sign_in,
            Action::SignUp => &self.sign_up,
            Action::Guest => &self.guest,
        };
        limiter.as_ref().is_none_or(|limiter| {
            // Forget addresses that are back to full allowance, so that memory does not grow with visitors.
            if limiter.len() > 10_000 {
                limiter.retain_recent();
            }
            limiter.check_key(&address).is_ok()
        })
    }
}
