//! `[serve]`: where the receiver of deploy webhooks listens, what it keeps, and the hooks that it takes.
//!
//! The receiver stands on the open internet, so what is missing here is an error when it starts and not when a delivery comes.
//! The secrets' values are left to the door.

mod deployhq;
mod events;
mod github;
mod gitlab;
mod hmac;
mod hook;
mod hook_output;
mod kind;
mod names;
mod netlify;
mod page;
mod pointed;
mod pointer;
mod push_token;
mod rsa_key;
mod secret;
mod standard;
mod store;

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

pub use deployhq::DeployHqHook;
pub use events::EventsHook;
pub use github::{GithubEvent, GithubHook};
pub use gitlab::{GitlabEvent, GitlabHook};
pub use hmac::{HmacAlgorithm, HmacEncoding, HmacHook};
pub use hook::{Answer, Hook};
pub use hook_output::{HookOutput, Reaction, Revision};
pub use kind::HookKind;
pub use netlify::NetlifyHook;
pub use page::ServePage;
pub use pointed::Pointed;
pub use pointer::Pointer;
pub use push_token::{KeySource, PushToken};
pub use rsa_key::RsaKey;
pub use standard::StandardHook;
pub use store::ServeStore;

use crate::config::Site;
use crate::config::checked::{checked, checked_all, number};
use crate::config::fault::{Fault, value};
use crate::config::origin::duration;
use crate::config::raw_serve::RawServe;

/// `[serve]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serve {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The file says where it listens.
    pub is_listen_named: bool,
    /// Where health and figures are asked for; `None` for nowhere.
    pub observe: Option<SocketAddr>,
    /// Where deliveries and runs are kept.
    pub store: ServeStore,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// Connections at a time.
    pub connections: usize,
    /// How long a run that is under way may go on once the process is to end.
    pub grace: Duration,
    /// The page for people; `None` for none.
    pub page: Option<ServePage>,
    /// The hooks; never empty.
    pub hooks: Vec<Hook>,
}

/// Where it listens by default: on this machine alone.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8787);

/// Connections at a time by default.
const CONNECTIONS: usize = 512;

/// The grace by default: below the 30 seconds after which Kubernetes, and the 10 after which others, end a process.
const GRACE: Duration = Duration::from_secs(8);

impl Serve {
    pub(super) fn checked(raw: &RawServe, sites: &[Site]) -> Result<Serve, Fault> {
        let hooks = hooks(raw, sites)?;
        let store = raw.store.as_ref().map_or(Ok(ServeStore::default()), |text| checked(text, ServeStore::parse))?;
        fits(&store, &hooks, raw, sites)?;
        let address = |text: &Option<_>| text.as_ref().map(|text| checked(text, address)).transpose();
        let connections = number("connections", "a number of connections", raw.connections.as_ref(), 65_000, 512)?;
        Ok(Serve {
            listen: address(&raw.listen)?.unwrap_or(LISTEN),
            is_listen_named: raw.listen.is_some(),
            observe: address(&raw.observe)?,
            store,
            proxies: raw.proxies.as_ref().map_or(Ok(Vec::new()), |list| checked_all(list.get_ref(), proxy))?,
            connections: connections.unwrap_or(CONNECTIONS),
            grace: raw.grace.as_ref().map_or(Ok(GRACE), |text| checked(text, duration))?,
            page: raw.page.as_ref().map(ServePage::checked).transpose()?,
            hooks,
        })
    }

    /// Makes relative paths count from this directory, which is the configuration file's.
    pub(super) fn relative_to(&mut self, directory: &Path) {
        self.store.relative_to(directory);
        self.page.iter_mut().for_each(|page| page.relative_to(directory));
        self.hooks.iter_mut().for_each(|hook| hook.relative_to(directory));
    }
}

/// Refuses hooks that the store would lose deliveries of, or whose marks only one of several replicas would have.
fn fits(store: &ServeStore, hooks: &[Hook], raw: &RawServe, sites: &[Site]) -> Result<(), Fault> {
    if *store == ServeStore::Memory
        && let Some((_, raw)) = hooks.iter().zip(&raw.hook).find(|(hook, _)| hook.answer == Answer::Accept)
    {
        let message = "`store = \"memory\"` forgets what was accepted, and this hook's sender is answered at once";
        let hint = "write `answer = \"wait\"` in the hook: its sender then delivers again what was not purged";
        return Err(Fault::new(message, hint).at(raw.get_ref().path.span()));
    }
    if let (ServeStore::Postgres(_), Some((_, raw))) =
        (store, hooks.iter().zip(&raw.hook).find(|(hook, _)| hook.marks_alone(sites)))
    {
        let message = "the replicas on one Postgres each have a clone, and the site's mark is in one of them";
        let hint = "let all see it: add [site.mark] with `push = \"origin\"`";
        return Err(Fault::new(message, hint).at(raw.get_ref().site.span()));
    }
    if let (ServeStore::Postgres(_), Some((_, raw))) =
        (store, hooks.iter().zip(&raw.hook).find(|(hook, _)| matches!(hook.output, HookOutput::Listed(_))))
    {
        let message = "the replicas on one Postgres each have files of their own, and the site's mark is a file";
        let hint = "let one process receive them: `store = \"sqlite:diffpurge.db\"`";
        return Err(Fault::new(message, hint).at(raw.get_ref().site.span()));
    }
    Ok(())
}

fn hooks(raw: &RawServe, sites: &[Site]) -> Result<Vec<Hook>, Fault> {
    if raw.hook.is_empty() {
        return Err(Fault::new(
            "[serve] has no hook",
            "write `[[serve.hook]]`, and below it `path`, `kind` and `site`",
        ));
    }
    let mut paths = HashSet::new();
    let mut hooks = Vec::with_capacity(raw.hook.len());
    for raw in &raw.hook {
        let raw = raw.get_ref();
        let hook = Hook::checked(raw, sites)?;
        if !paths.insert(hook.path.clone()) {
            let message = format!("two hooks have the path {}", hook.path);
            return Err(Fault::new(message, "give each hook a path of its own").at(raw.path.span()));
        }
        hooks.push(hook);
    }
    Ok(hooks)
}

fn address(text: &str) -> Result<SocketAddr, Fault> {
    text.parse().map_err(|_| {
        let hint = "write an IP address and a port: `127.0.0.1:8787`, `0.0.0.0:8787`, `[::]:8787`";
        Fault::new(format!("{} is no address to listen at", value(text)), hint)
    })
}

fn proxy(text: &str) -> Result<IpAddr, Fault> {
    let fault = || Fault::new(format!("{} is no address", value(text)), "write an IP address: `10.0.0.2`");
    text.parse::<IpAddr>().map(|address| address.to_canonical()).map_err(|_| fault())
}
