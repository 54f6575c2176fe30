//! Whether a plan is above the site's threshold, and by what.
//!
//! `urls` and `percent` count what changed, `seconds` what a plan takes at the account's pace. The remedy is left to
//! [`super::decision`].

use super::capabilities::Capabilities;
use super::cost::{Numbers, Till};
use super::planned::PlannedOperation;
use super::setting::Setting;
use crate::config::{Site, Threshold};
use crate::display::{counted, grouped};
use crate::mapping::{self, Reason};

/// A threshold that is exceeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// The changes that exceed it, in words.
    pub what: String,
    /// The threshold's key.
    pub key: &'static str,
    /// Its value.
    pub limit: usize,
    /// The least value that would do.
    pub enough: usize,
}

impl std::fmt::Display for Excess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, more than threshold.{} = {}", self.what, self.key, grouped(self.limit))
    }
}

/// A plan as it is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) numbers: Numbers,
    /// Its URLs that have neither query string nor headers.
    pub(super) plain: usize,
    /// Its directories that take the place of their URLs: these are no operations of a rule.
    pub(super) directories: usize,
}

/// Compares plans with the site's threshold.
pub(super) struct Measure {
    threshold: Threshold,
    /// The site's URLs, where the threshold is a share of them.
    site_urls: Option<usize>,
    /// URLs of directories that come or go, which are no file's: they are not judged as a share.
    routes: usize,
    pub(super) till: Till,
}

impl Size {
    /// The size of a list of operations.
    pub(super) fn of_list(operations: &[PlannedOperation]) -> Size {
        let urls = operations.iter().filter_map(|planned| planned.operation.url());
        // As the site's files have them.
        let plain = urls.filter(|url| url.headers().is_none() && !url.as_str().contains('?')).count();
        Size { numbers: Numbers::counted(operations), plain, directories: 0 }
    }

    /// `12 URLs and 3 by prefix changed`, `5 URLs changed beside 3 whole directories`.
    fn words(&self) -> String {
        let listed = match (self.numbers.urls.all, self.prefixes()) {
            (urls, 0) => counted(urls, "URL"),
            (0, 1) => "1 prefix".to_owned(),
            (0, prefixes) => format!("{} prefixes", grouped(prefixes)),
            (urls, prefixes) => format!("{} and {} by prefix", counted(urls, "URL"), grouped(prefixes)),
        };
        match self.directories {
            0 => format!("{listed} changed"),
            n => format!("{listed} changed beside {}", whole_directories(n)),
        }
    }

    /// A rule's prefixes are as many operations as URLs would be.
    fn prefixes(&self) -> usize {
        self.numbers.prefixes.all.saturating_sub(self.directories)
    }
}

impl Measure {
    pub(super) fn new(
        site: &Site,
        operations: &[PlannedOperation],
        numbers: &Numbers,
        setting: &Setting<'_>,
    ) -> Measure {
        let is_route = |planned: &&PlannedOperation| {
            planned.operation.url().is_some() && planned.reasons.iter().all(|r| matches!(r, Reason::Directory(..)))
        };
        let routes = operations.iter().filter(is_route).count();
        let site_urls = setting.inventory.filter(|_| site.threshold.percent.is_some()).map(|inventory| {
            let mut urls = 0;
            mapping::visit_urls(&inventory.paths, site, |_| urls += 1);
            urls
        });
        let Capabilities { limits, pace, .. } = setting.capabilities;
        let till = Till::new(limits, pace, numbers.urls.all);
        Measure { threshold: site.threshold, site_urls, routes, till }
    }

    /// The threshold that a plan is above, if any.
    pub(super) fn excess(&self, size: &Size) -> Option<Excess> {
        self.excess_of_number(size).or_else(|| self.excess_of_time(size, size))
    }

    /// The threshold of URLs, or of a share of the site, that a plan is above.
    pub(super) fn excess_of_number(&self, size: &Size) -> Option<Excess> {
        let urls = size.numbers.urls.all + size.prefixes();
        let Threshold { urls: most, percent, .. } = self.threshold;
        if urls > most {
            return Some(Excess { what: size.words(), key: "urls", limit: most, enough: urls });
        }
        let (limit, all) = (percent?, self.site_urls.filter(|all| *all > 0)?);
        let share = (size.plain.saturating_sub(self.routes) * 100).div_ceil(all);
        let what = || format!("{}, {share} percent of the site's {}", size.words(), grouped(all));
        (share > limit).then(|| Excess { what: what(), key: "percent", limit, enough: share })
    }

    /// The threshold of time, where a plan is above it; the words are those of what `changed`.
    pub(super) fn excess_of_time(&self, size: &Size, changed: &Size) -> Option<Excess> {
        let longest = self.threshold.seconds?;
        let (start, _) = self.till.sent(&size.numbers);
        let seconds = start.as_secs() + u64::from(start.subsec_nanos() > 0);
        let seconds = usize::try_from(seconds).unwrap_or(usize::MAX);
        let what = || format!("{}, and the plan takes {} s", changed.words(), grouped(seconds));
        (seconds > longest).then(|| Excess { what: what(), key: "seconds", limit: longest, enough: seconds })
    }
}

/// `3 whole directories`.
pub(super) fn whole_directories(n: usize) -> String {
    if n == 1 { "1 whole directory".to_owned() } else { format!("{} whole directories", grouped(n)) }
}
