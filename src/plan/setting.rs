//! Everything that a plan depends on beside the changes: the abilities of the cache, the files that did not change, the other sites.

use super::capabilities::Capabilities;
use crate::changes::Inventory;
use crate::config::{BaseUrl, Cover, Site};
use crate::display::shown;
use crate::mapping::{Kind, Mapping, Operation};

/// Another site of the same configuration.
#[derive(Debug, Clone, Copy)]
pub struct Neighbour<'s> {
    /// The site.
    pub site: &'s Site,
    /// A purge of everything for the site that is planned evicts it too.
    pub shares_everything: bool,
}

/// The surroundings that a plan is made in.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'s> {
    /// The abilities of the cache.
    pub capabilities: Capabilities,
    /// Every path of both snapshots; needed where [`Setting::wants_inventory`] says so. Where the site's URLs are not counted, it is enough
    /// that each directory with URLs that the plan leaves alone has one here, or, where some may go along, all or too many for that.
    pub inventory: Option<&'s Inventory>,
    /// The other sites of the configuration.
    pub neighbours: &'s [Neighbour<'s>],
}

impl Setting<'_> {
    /// True when a plan can be better for knowing all files: not where everything fits one request, so that small deploys never
    /// wait for it.
    #[must_use]
    pub fn wants_inventory(&self, site: &Site, mapping: &Mapping) -> bool {
        let limits = self.capabilities.limits;
        let count = |kind| mapping.operations.iter().filter(|mapped| mapped.what.kind() == kind).count();
        let (urls, prefixes) = (count(Kind::Url), count(Kind::Prefix));
        let is_long = urls > limits.urls.get() || prefixes > limits.others.get();
        let is_everything = mapping.operations.last().is_some_and(|mapped| mapped.what == Operation::Everything);
        !is_everything
            && (is_long && site.cover != Cover::Off && self.capabilities.covers_pay
                || urls > 0 && site.threshold.percent.is_some())
    }

    /// True when a directory is this site's: at or below one of its base URLs, and no other site's base URL is in it or nearer
    /// above it.
    pub(super) fn is_ours(&self, site: &Site, directory: &str) -> bool {
        let ours = site.base_urls.iter().map(BaseUrl::without_scheme).filter(|base| directory.starts_with(base));
        let Some(ours) = ours.map(str::len).max() else { return false };
        let mut others = self.neighbours.iter().flat_map(|other| &other.site.base_urls).map(BaseUrl::without_scheme);
        !others.any(|other| other.starts_with(directory) || directory.starts_with(other) && other.len() >= ours)
    }

    /// Names the other sites that lie under this one's hosts, and go with them.
    pub(super) fn others_beside(&self, site: &Site) -> Option<String> {
        let is_ours = |base: &BaseUrl| site.base_urls.iter().any(|ours| ours.host() == base.host());
        self.others_where(is_ours, "under the same host")
    }

    /// Names the other sites that lie below this one's base URLs, and go with them.
    pub(super) fn others_below(&self, site: &Site) -> Option<String> {
        let is_below =
            |base: &BaseUrl| site.base_urls.iter().any(|ours| base.without_scheme().starts_with(ours.without_scheme()));
        self.others_where(is_below, "below it")
    }

    fn others_where(&self, goes_along: impl Fn(&BaseUrl) -> bool, place: &str) -> Option<String> {
        let others = self.neighbours.iter().filter(|other| other.site.base_urls.iter().any(&goes_along));
        let names: Vec<&str> = others.map(|other| other.site.name.as_str()).collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        (!names.is_empty()).then(|| format!("{} {are} {place}, and evicted too", names.join(", ")))
    }

    /// Names the hosts of other sites that are evicted with everything, and says how to keep them.
    pub(super) fn others_with_everything(&self, site: &Site) -> Option<String> {
        self.hosts_with_everything(site).map(|note| format!("{note}: `then = \"hosts\"` keeps to this site"))
    }

    /// Names the hosts of other sites that are evicted with everything.
    pub(super) fn hosts_with_everything(&self, site: &Site) -> Option<String> {
        let is_other = |base: &&BaseUrl| site.base_urls.iter().all(|ours| ours.host() != base.host());
        let shares_everything = self.neighbours.iter().filter(|other| other.shares_everything);
        let hosts = shares_everything.flat_map(|other| other.site.base_urls.iter().filter(is_other).map(BaseUrl::host));
        let mut hosts: Vec<String> = hosts.map(|host| shown(host.as_bytes())).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let are = if hosts.len() == 1 { "is" } else { "are" };
        let (hosts, whole) = (hosts.join(", "), self.capabilities.whole);
        let text = || format!("everything under {hosts} is evicted too, which {are} in the same {whole}");
        (!hosts.is_empty()).then(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::{Change, Changes, Status};
    use crate::config::Config;
    use crate::mapping::{judge, map};
    use crate::plan::tests::able;
    use crate::plan::{Bucket, Pace};

    #[test]
    fn all_files_are_only_asked_for_where_they_can_make_a_difference() {
        let bucket = Bucket { burst: 1.0, per_second: 1.0, in_any: None };
        let pace = Pace { urls: bucket, others: bucket, requests: bucket };
        let setting = Setting { capabilities: able(100, 100, pace), inventory: None, neighbours: &[] };
        let by_prefix = "[[site.rule]]\nmatch = [\"**\"]\nby = \"prefix\"\n";
        let everything = "[[site.rule]]\nmatch = [\"**\"]\nscope = \"everything\"\n";
        for (files, extra, want) in [
            (100, "", false),
            (101, "", true),
            (101, "cover = \"off\"\n", false),
            (101, everything, false),
            (100, by_prefix, false),
            (101, by_prefix, true),
            (1, "[site.threshold]\npercent = 5\n", true),
            (0, "[site.threshold]\npercent = 5\n", false),
        ] {
            let text = format!("[[site]]\nname = \"w\"\nbase_urls = [\"https://a.example/\"]\n{extra}");
            let site = Config::parse(&text, "purge.toml").unwrap().sites.remove(0);
            let path = |i: usize| format!("{i:03}.css").into_bytes().into();
            let change = |i| Change { path: path(i), status: Status::Modified, leads_elsewhere: false };
            let changes = Changes { paths: (0..files).map(change).collect(), ..Changes::default() };
            let mapping = map(&judge(&changes, &site), &[], &site);
            assert_eq!(setting.wants_inventory(&site, &mapping), want, "{files} {extra}");
        }
    }
}
