//! `purge.toml` exactly as it may be typed: strict, every value with its place, nothing judged.
//!
//! Unknown keys are errors. One table per provider rather than a tagged enum: with those, serde reports a slip at
//! the wrong line. What the values mean is left to [`super::validate`].

use serde::Deserialize;
use toml::Spanned;

pub(super) type Text = Spanned<String>;

pub(super) fn parse(text: &str) -> Result<RawConfig, toml::de::Error> {
    toml::from_str(text)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConfig {
    #[serde(default)]
    pub(super) site: Vec<RawSite>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSite {
    pub(super) name: Text,
    pub(super) base_urls: Spanned<Vec<Text>>,
    pub(super) output: Option<Text>,
    pub(super) symlinks: Option<Text>,
    pub(super) host: Option<Text>,
    pub(super) forms: Option<Spanned<Vec<Text>>>,
    pub(super) spellings: Option<Text>,
    pub(super) deleted: Option<Text>,
    #[serde(default)]
    pub(super) ignore: Vec<Text>,
    #[serde(default)]
    pub(super) always: Vec<Text>,
    #[serde(default)]
    pub(super) cloudflare: RawCloudflare,
    #[serde(default)]
    pub(super) threshold: RawThreshold,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCloudflare {
    pub(super) zone_id: Option<Text>,
    pub(super) token_env: Option<Text>,
    pub(super) plan: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawThreshold {
    pub(super) urls: Option<Spanned<i64>>,
    pub(super) then: Option<Text>,
}
