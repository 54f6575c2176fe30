//! `[site.cloudflare]`: the zone, who opens it, and what is asked of it.

use super::checked::checked;
use super::fault::Fault;
use super::raw::RawCloudflare;
use super::token_source::token_source;
use super::word::one_of;
use super::{AccountId, EnvironmentId, Mode, TokenSource, ZoneId};

/// `[site.cloudflare]`.
#[derive(Debug, Clone)]
pub struct Cloudflare {
    /// The zone; without it `CLOUDFLARE_ZONE_ID` is asked when something is to be sent.
    pub zone_id: Option<ZoneId>,
    /// The account that the token belongs to; without it `CLOUDFLARE_ACCOUNT_ID` or the zone's own page says which.
    pub account_id: Option<AccountId>,
    /// Where the token comes from.
    pub token: TokenSource,
    /// Decides batch sizes and pace.
    pub plan: CloudflarePlan,
    /// The fate of what is known to have changed.
    pub mode: Mode,
    /// A non-production environment of the zone's Version Management; without it, all environments.
    pub environment: Option<EnvironmentId>,
}

/// Cloudflare's price plans, as far as purging differs between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloudflarePlan {
    /// Free.
    Free,
    /// Pro.
    Pro,
    /// Business.
    Business,
    /// Enterprise.
    Enterprise,
}

impl CloudflarePlan {
    pub(super) fn parse(text: &str) -> Result<CloudflarePlan, Fault> {
        use CloudflarePlan::{Business, Enterprise, Free, Pro};
        one_of("plan", &[("free", Free), ("pro", Pro), ("business", Business), ("enterprise", Enterprise)], text)
    }
}

impl Cloudflare {
    pub(super) fn checked(raw: &RawCloudflare) -> Result<Cloudflare, Fault> {
        let default = Cloudflare::default();
        Ok(Cloudflare {
            zone_id: raw.zone_id.as_ref().map(|id| checked(id, ZoneId::parse)).transpose()?,
            account_id: raw.account_id.as_ref().map(|id| checked(id, AccountId::parse)).transpose()?,
            token: token_source(raw)?,
            plan: raw.plan.as_ref().map_or(Ok(default.plan), |plan| checked(plan, CloudflarePlan::parse))?,
            mode: raw.mode.as_ref().map_or(Ok(default.mode), |mode| checked(mode, Mode::parse))?,
            environment: raw.environment_id.as_ref().map(|id| checked(id, EnvironmentId::parse)).transpose()?,
        })
    }
}

impl Default for Cloudflare {
    fn default() -> Self {
        Cloudflare {
            zone_id: None,
            account_id: None,
            token: TokenSource::default(),
            plan: CloudflarePlan::Free,
            mode: Mode::Purge,
            environment: None,
        }
    }
}
