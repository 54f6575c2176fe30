//! What the page shows, as the receiver knows it. All of it may be foreign text: nothing is safe before it is drawn.

use std::time::{Duration, SystemTime};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::display::{counted, grouped, line};
use crate::report::date::dated;

/// What the page shows.
pub struct FrontPage {
    /// What each form has to send along.
    pub token: String,
    /// Where what was asked for can be purged.
    pub may_purge: bool,
    /// The sites, each once.
    pub sites: Vec<SiteRow>,
    /// The runs, the newest first.
    pub runs: Vec<RunRow>,
    /// When all this was so.
    pub now: SystemTime,
}

/// One site.
pub struct SiteRow {
    /// Its name.
    pub name: String,
    /// Its base URLs.
    pub urls: Vec<String>,
    /// What the mark is at, in words.
    pub mark: String,
    /// What a plan compares or a purge takes, in words; `None` where only deliveries can say what changed.
    pub takes: Option<String>,
    /// When its last plan was made.
    pub planned: Option<SystemTime>,
}

/// One run.
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// The site.
    pub site: String,
    /// Who asked for it: the page, or the path of a hook.
    pub by: String,
    /// `waiting`, `running`, `done`, `failed` or `joined`.
    pub state: String,
    /// How often it was begun.
    pub attempts: i64,
    /// The deliveries that it is for.
    pub deliveries: i64,
    /// When it was asked for.
    pub created: SystemTime,
    /// When it ended.
    pub ended: Option<SystemTime>,
    /// The report, once there is one.
    pub report: Option<Value>,
    /// There is a page of it.
    pub has_page: bool,
}

/// What stands in a URL's path as it is. Names of sites have nothing else.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

impl SiteRow {
    pub(super) fn shown(&self) -> String {
        line(&self.name)
    }

    /// Returns its name as it stands in a path.
    pub(super) fn address(&self) -> String {
        utf8_percent_encode(&self.name, IN_PATH).to_string()
    }

    pub(super) fn urls(&self) -> Vec<String> {
        self.urls.iter().map(|url| line(url)).collect()
    }

    pub(super) fn mark(&self) -> String {
        line(&self.mark)
    }

    pub(super) fn takes(&self) -> Option<String> {
        self.takes.as_deref().map(line)
    }

    pub(super) fn planned(&self) -> Option<String> {
        self.planned.map(dated)
    }
}

impl RunRow {
    pub(super) fn site(&self) -> String {
        line(&self.site)
    }

    pub(super) fn by(&self) -> String {
        line(&self.by)
    }

    /// True while something more becomes of it.
    pub(super) fn is_queued(&self) -> bool {
        matches!(self.state.as_str(), "waiting" | "running")
    }

    /// Returns the class by which its state looks.
    pub(super) fn tone(&self) -> &'static str {
        match (self.state.as_str(), self.attempts) {
            ("failed", _) => "bad",
            ("waiting", tried) if tried > 0 => "bad",
            ("done", _) => "good",
            _ => "plain",
        }
    }

    /// Says how it stands.
    pub(super) fn standing(&self) -> String {
        let status = self.report.as_ref().and_then(|report| report["status"].as_str()).unwrap_or_default();
        match (self.state.as_str(), status) {
            ("done", "nothing") => "nothing to purge".to_owned(),
            ("done", _) => "purged".to_owned(),
            ("waiting", _) if self.attempts > 0 => {
                let times = usize::try_from(self.attempts).unwrap_or_default();
                format!("waits to be tried again, after {}", counted(times, "attempt"))
            }
            ("joined", _) => "joined a later run".to_owned(),
            (state, _) => line(state),
        }
    }

    pub(super) fn begun(&self) -> String {
        dated(self.created)
    }

    /// Says how long it took, from when it was asked for.
    pub(super) fn took(&self) -> String {
        let took = self.ended.map(|ended| ended.duration_since(self.created).unwrap_or(Duration::ZERO));
        took.map_or_else(String::new, |took| match took.as_secs() {
            0..10 => format!("{:.1} s", took.as_secs_f64()),
            seconds @ 10..120 => format!("{seconds} s"),
            seconds => format!("{} min", grouped(usize::try_from(seconds / 60).unwrap_or(usize::MAX))),
        })
    }

    /// Counts the URLs that the changes mean, and the requests that were sent for them.
    pub(super) fn sizes(&self) -> (String, String) {
        let Some(report) = &self.report else { return (String::new(), String::new()) };
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let sites = report["sites"].as_array().map(Vec::as_slice).unwrap_or_default();
        let urls = sites.iter().filter_map(|site| number(&site["urls"])).sum();
        (grouped(urls), number(&report["requests"]).map_or_else(String::new, grouped))
    }

    /// Returns why something was not purged, and what else may be wrong.
    pub(super) fn reasons(&self) -> Vec<String> {
        let Some(report) = &self.report else { return Vec::new() };
        let texts = |value: &Value| {
            let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(|text| text.as_str().map(line)).collect::<Vec<_>>()
        };
        let sites = report["sites"].as_array().map(Vec::as_slice).unwrap_or_default();
        // Why more went than what changed comes first.
        let broader = sites.iter().filter_map(|site| site["fallback"].as_str().map(line));
        let mut reasons: Vec<String> = broader.chain(sites.iter().flat_map(|site| texts(&site["why"]))).collect();
        reasons.extend(texts(&report["errors"]));
        reasons.extend(texts(&report["warnings"]));
        reasons.dedup();
        reasons
    }
}
