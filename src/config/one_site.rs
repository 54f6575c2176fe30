//! One site that is described on the command line, in place of a file.
//!
//! It becomes what a file with as few lines would be, and is validated as one. Each value's place is the option that it comes
//! from, so that an error names the option.

use super::base_url::BaseUrl;
use super::error::ConfigError;
use super::fault::Fault;
use super::ids::SiteName;
use super::raw::{self, RawCloudflare, RawConfig, Text};
use super::spanned::Spanned;

/// The values of `--base-url`, `--output` and `--zone-id`, in place of a file.
#[derive(Debug, Clone, Copy)]
pub struct OneSite<'a> {
    /// The base URLs, as typed.
    pub base_urls: &'a [String],
    /// The web root inside a revision, as typed.
    pub output: Option<&'a str>,
    /// The zone, as typed.
    pub zone_id: Option<&'a str>,
}

/// The options. The place of a value in a fault is its option's index here.
const OPTIONS: [&str; 3] = ["--base-url", "--output", "--zone-id"];
const BASE_URL: usize = 0;
const OUTPUT: usize = 1;
const ZONE_ID: usize = 2;

/// A file with all that has no default.
const LEAST: &str = "[[site]]\nname = \"\"\nbase_urls = []\n";

fn placed<T>(option: usize, value: T) -> Spanned<T> {
    Spanned::new(option..option + 1, value)
}

impl OneSite<'_> {
    /// Makes what a file would be read as. The site is named like its host.
    ///
    /// # Errors
    /// When the first base URL is none, or there is none.
    pub(super) fn raw(self) -> Result<RawConfig, ConfigError> {
        let hint = "write `--base-url https://www.example.com/`";
        let first = self.base_urls.first().ok_or_else(|| Fault::new("no URL is given", hint));
        let first = first.and_then(|url| BaseUrl::parse(url)).map_err(OneSite::error)?;
        let text = |option, text: &str| -> Text { placed(option, text.to_owned()) };
        let mut raw = raw::parse(LEAST).map_err(|e| ConfigError::from_toml(&e, LEAST, OPTIONS[BASE_URL]))?;
        for site in &mut raw.site {
            site.name = placed(BASE_URL, SiteName::for_host(first.host()));
            site.base_urls = placed(BASE_URL, self.base_urls.iter().map(|url| text(BASE_URL, url)).collect());
            site.output = self.output.map(|output| text(OUTPUT, output));
            site.cloudflare = self.zone_id.map(|id| {
                let cloudflare = RawCloudflare { zone_id: Some(text(ZONE_ID, id)), ..RawCloudflare::default() };
                placed(ZONE_ID, cloudflare)
            });
        }
        Ok(raw)
    }

    /// Turns a fault of a value into an error of the option that it comes from.
    pub(super) fn error(fault: Fault) -> ConfigError {
        let option = fault.span.as_ref().map_or(BASE_URL, |span| span.start);
        ConfigError::in_option(OPTIONS.get(option).unwrap_or(&OPTIONS[BASE_URL]), fault)
    }
}
