//! `[serve]`, `[serve.page]` and `[[serve.hook]]` exactly as they may be typed, as [`super::raw`] is for the rest of the file.
//!
//! The keys of all kinds of hooks stand in one table: a key that a hook's kind has no use for is refused by [`super::serve`].

use serde::Deserialize;

use super::spanned::Spanned;

type Text = Spanned<String>;
type Texts = Spanned<Vec<Text>>;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawServe {
    pub(super) listen: Option<Text>,
    pub(super) observe: Option<Text>,
    pub(super) store: Option<Text>,
    pub(super) proxies: Option<Texts>,
    pub(super) connections: Option<Spanned<i64>>,
    pub(super) grace: Option<Text>,
    pub(super) page: Option<Spanned<RawPage>>,
    #[serde(default)]
    pub(super) hook: Vec<Spanned<RawHook>>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawPage {
    pub(super) secret_env: Option<Text>,
    pub(super) secret_file: Option<Text>,
    #[serde(default)]
    pub(super) purge: bool,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawHook {
    pub(super) path: Text,
    pub(super) kind: Text,
    pub(super) site: Text,
    pub(super) secret_env: Option<Text>,
    pub(super) secret_file: Option<Text>,
    pub(super) repository: Option<Text>,
    pub(super) revision: Option<Text>,
    pub(super) dir: Option<Text>,
    pub(super) changes: Option<Text>,
    pub(super) reaction: Option<Text>,
    pub(super) answer: Option<Text>,
    pub(super) within: Option<Text>,
    pub(super) largest: Option<Spanned<i64>>,
    pub(super) rate: Option<Spanned<i64>>,
    pub(super) header: Option<Text>,
    pub(super) algorithm: Option<Text>,
    pub(super) prefix: Option<Text>,
    pub(super) encoding: Option<Text>,
    pub(super) id: Option<Text>,
    pub(super) from: Option<Text>,
    pub(super) to: Option<Text>,
    pub(super) paths: Option<Text>,
    pub(super) status: Option<Text>,
    pub(super) success: Option<Texts>,
    pub(super) events: Option<Texts>,
    pub(super) environments: Option<Texts>,
    pub(super) branches: Option<Texts>,
    pub(super) workflows: Option<Texts>,
    pub(super) contexts: Option<Texts>,
    pub(super) files_token_env: Option<Text>,
    pub(super) files_token_file: Option<Text>,
    pub(super) project: Option<Text>,
    pub(super) server: Option<Text>,
    pub(super) public_key: Option<Text>,
    pub(super) audience: Option<Text>,
    pub(super) email: Option<Text>,
    pub(super) keys_file: Option<Text>,
    pub(super) keys_url: Option<Text>,
}

impl RawHook {
    /// Returns the keys of single kinds that were typed, with their places.
    pub(super) fn of_kinds(&self) -> impl Iterator<Item = (&'static str, std::ops::Range<usize>)> {
        let texts = [
            ("header", &self.header),
            ("algorithm", &self.algorithm),
            ("prefix", &self.prefix),
            ("encoding", &self.encoding),
            ("id", &self.id),
            ("from", &self.from),
            ("to", &self.to),
            ("paths", &self.paths),
            ("status", &self.status),
            ("files_token_env", &self.files_token_env),
            ("files_token_file", &self.files_token_file),
            ("project", &self.project),
            ("server", &self.server),
            ("public_key", &self.public_key),
            ("audience", &self.audience),
            ("email", &self.email),
            ("keys_file", &self.keys_file),
            ("keys_url", &self.keys_url),
        ];
        let lists = [
            ("success", &self.success),
            ("events", &self.events),
            ("environments", &self.environments),
            ("branches", &self.branches),
            ("workflows", &self.workflows),
            ("contexts", &self.contexts),
        ];
        let texts = texts.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?.span())));
        texts.chain(lists.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?.span()))))
    }
}
