//! `purge.toml` exactly as it may be typed: strict, every value with its place, nothing judged.
//!
//! Unknown keys are errors. One table per provider rather than a tagged enum: with those, serde reports a slip at
//! the wrong line. The meaning of the values is left to [`super::validate`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::raw_serve::RawServe;
use super::spanned::Spanned;

pub(super) type Text = Spanned<String>;

pub(super) fn parse(text: &str) -> Result<RawConfig, toml::de::Error> {
    toml::from_str(text)
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawConfig {
    #[serde(default)]
    pub(super) site: Vec<RawSite>,
    pub(super) serve: Option<Spanned<RawServe>>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawSite {
    pub(super) name: Text,
    pub(super) base_urls: Spanned<Vec<Text>>,
    pub(super) output: Option<Text>,
    pub(super) branch: Option<Text>,
    pub(super) symlinks: Option<Text>,
    pub(super) host: Option<Text>,
    pub(super) forms: Option<Spanned<Vec<Text>>>,
    pub(super) index_names: Option<Spanned<Vec<Text>>>,
    pub(super) case: Option<Text>,
    pub(super) spellings: Option<Text>,
    pub(super) escapes: Option<Text>,
    pub(super) deleted: Option<Text>,
    pub(super) unknown_base: Option<Text>,
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub(super) cover: Option<Spanned<toml::Value>>,
    #[serde(default)]
    pub(super) ignore: Vec<Text>,
    #[serde(default)]
    pub(super) always: Vec<Text>,
    pub(super) cloudflare: Option<Spanned<RawCloudflare>>,
    pub(super) http_purge: Option<Spanned<RawHttpPurge>>,
    #[serde(default)]
    pub(super) layer: Vec<Spanned<RawLayer>>,
    #[serde(default)]
    pub(super) threshold: RawThreshold,
    #[serde(default)]
    pub(super) mark: RawMark,
    #[serde(default)]
    pub(super) origin: RawOrigin,
    #[serde(default)]
    pub(super) events: RawEvents,
    #[serde(default)]
    pub(super) rule: Vec<RawRule>,
}

#[derive(Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub(super) r#match: Spanned<Vec<Text>>,
    #[serde(default)]
    pub(super) except: Vec<Text>,
    pub(super) on: Option<Spanned<Vec<Text>>>,
    pub(super) forms: Option<Spanned<Vec<Text>>>,
    #[serde(default)]
    pub(super) also: Vec<Text>,
    pub(super) scope: Option<Text>,
    pub(super) by: Option<Text>,
    #[serde(default)]
    pub(super) last: bool,
    #[serde(default)]
    pub(super) tags: Vec<Text>,
    #[serde(default)]
    pub(super) prefixes: Vec<Text>,
    #[serde(default)]
    pub(super) hosts: Vec<Text>,
    #[serde(default)]
    pub(super) queries: Vec<Text>,
    #[serde(default)]
    pub(super) origins: Vec<Text>,
    #[serde(default)]
    pub(super) device_types: Vec<Text>,
    #[serde(default)]
    pub(super) countries: Vec<Text>,
    #[serde(default)]
    pub(super) languages: Vec<Text>,
    #[serde(default)]
    pub(super) headers: Vec<Spanned<BTreeMap<Spanned<String>, Text>>>,
    #[serde(default)]
    pub(super) cookies: Vec<Text>,
    #[serde(default)]
    pub(super) volatile: Vec<Text>,
}

#[derive(Deserialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawCloudflare {
    pub(super) zone_id: Option<Text>,
    pub(super) account_id: Option<Text>,
    pub(super) token_env: Option<Text>,
    pub(super) token_command: Option<Spanned<Vec<Text>>>,
    pub(super) token_file: Option<Text>,
    pub(super) token_ssm: Option<Text>,
    pub(super) token_secret: Option<Text>,
    pub(super) plan: Option<Text>,
    pub(super) mode: Option<Text>,
    pub(super) environment_id: Option<Text>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawLayer {
    pub(super) cloudflare: Option<Spanned<RawCloudflare>>,
    pub(super) http_purge: Option<Spanned<RawHttpPurge>>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawHttpPurge {
    pub(super) endpoints: Option<Spanned<Vec<Text>>>,
    pub(super) addresses: Option<Text>,
    pub(super) method: Option<Text>,
    pub(super) url: Option<Text>,
    #[serde(default)]
    pub(super) headers: BTreeMap<Spanned<String>, Text>,
    pub(super) token_env: Option<Text>,
    pub(super) token_command: Option<Spanned<Vec<Text>>>,
    pub(super) token_file: Option<Text>,
    pub(super) token_ssm: Option<Text>,
    pub(super) token_secret: Option<Text>,
    pub(super) token_header: Option<Text>,
    pub(super) token_prefix: Option<Text>,
    pub(super) mode: Option<Text>,
    pub(super) soft: Option<RawSoft>,
    pub(super) ban: Option<RawMethodAndHeader>,
    pub(super) tags: Option<RawTags>,
    pub(super) everything: Option<RawCall>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawSoft {
    pub(super) header: Text,
    pub(super) value: Text,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawMethodAndHeader {
    pub(super) method: Text,
    pub(super) header: Text,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawTags {
    pub(super) method: Text,
    pub(super) header: Text,
    pub(super) path: Option<Text>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawCall {
    pub(super) method: Text,
    pub(super) path: Text,
    pub(super) header: Option<Text>,
    pub(super) value: Option<Text>,
}

#[derive(Deserialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawThreshold {
    pub(super) urls: Option<Spanned<i64>>,
    pub(super) percent: Option<Spanned<i64>>,
    pub(super) seconds: Option<Spanned<i64>>,
    pub(super) then: Option<Text>,
    pub(super) mode: Option<Text>,
}

#[derive(Deserialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawMark {
    pub(super) store: Option<Text>,
    pub(super) push: Option<Text>,
}

#[derive(Deserialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawEvents {
    pub(super) bucket: Option<Text>,
    pub(super) prefix: Option<Text>,
    #[serde(default)]
    pub(super) include_extensions: Vec<Text>,
    #[serde(default)]
    pub(super) exclude_extensions: Vec<Text>,
}

#[derive(Deserialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawOrigin {
    pub(super) url: Option<Text>,
    pub(super) resolve: Option<Text>,
    pub(super) header: Option<Text>,
    pub(super) token_env: Option<Text>,
    pub(super) sample: Option<Spanned<i64>>,
    pub(super) wait: Option<Text>,
    pub(super) compare: Option<Text>,
    pub(super) deleted: Option<Text>,
    pub(super) settle: Option<Text>,
}
