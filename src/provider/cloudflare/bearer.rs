//! The header of an API token.

use std::borrow::Cow;

use crate::provider::keys::Secret;

/// The header of a token, as the API takes it.
pub(super) const BEARER: Secret = Secret { header: Cow::Borrowed("authorization"), prefix: Cow::Borrowed("Bearer ") };
