//! An address of e-mail as it is compared and kept.

/// The longest address, in bytes (RFC 5321).
pub const ADDRESS_MAX: usize = 254;

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// There is none.
    #[error("no address")]
    Missing,
    /// It is not of the form `name@host`.
    #[error("not an address such as name@example.kz")]
    NotAnAddress,
}

impl AddressFault {
    /// `missing` or `not-an-address`: the end of its key in the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            AddressFault::Missing => "missing",
            AddressFault::NotAnAddress => "not-an-address",
        }
    }
}

/// The address in lower case, without spaces around it.
///
/// # Errors
/// [`AddressFault`].
pub fn fold(text: &str) -> Result<String, AddressFault> {
    let email = text.trim().to_lowercase();
    if email.is_empty() {
        return Err(AddressFault::Missing);
    }
    let (user, host) = email.split_once('@').ok_or(AddressFault::NotAnAddress)?;
    let plain = |part: &str| {
        !part.is_empty()
            && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@')
    };
    match email.len() <= ADDRESS_MAX && plain(user) && plain(host) {
        true => Ok(email),
        false => Err(AddressFault::NotAnAddress),
    }
}
