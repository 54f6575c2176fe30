//! The configuration of hosts in JSON and TOML: lists of redirects, rewrites and headers, and keys beside them.
//!
//! An entry of a list bears on what its pattern matches. A key that is not a list bears on the whole site, unless it is about building
//! or running something else: `firebase.json` configures a database, too.

use serde_json::{Map, Value};

use super::difference::Reach;
use super::entry::Entry;
use super::page::Page;
use super::pattern;
use super::placeholders;
use super::redirects::{page_with_status, with_queries};

/// One format.
struct Format {
    /// Lists whose entries have patterns.
    lists: &'static [&'static str],
    /// Keys of an entry that hold its pattern, the first that is there.
    patterns: &'static [&'static str],
    /// The key of an entry that holds a regular expression.
    expression: &'static str,
    /// Such an expression has to match the whole path, without saying so.
    is_whole: bool,
    /// The characters that are not themselves in a pattern.
    special: &'static [u8],
    /// Keys of an entry that hold the path that it answers with.
    targets: &'static [&'static str],
    /// A redirect with status 200 is a rewrite.
    rewrites_by_status: bool,
    /// Keys that no answer depends on.
    harmless: &'static [&'static str],
}

/// <https://vercel.com/docs/project-configuration>, <https://github.com/vercel/serve-handler#options>
const VERCEL: Format = Format {
    lists: &["redirects", "rewrites", "headers", "routes"],
    patterns: &["source"],
    expression: "src",
    is_whole: true,
    special: b":()*+?{}[]\\|!@",
    targets: &["destination", "dest"],
    rewrites_by_status: false,
    harmless: &[
        "$schema",
        "buildCommand",
        "installCommand",
        "devCommand",
        "ignoreCommand",
        "framework",
        "crons",
        "git",
        "github",
        "name",
        "alias",
        "regions",
        "version",
    ],
};

/// <https://firebase.google.com/docs/hosting/full-config>
const FIREBASE: Format = Format {
    lists: &["redirects", "rewrites", "headers"],
    patterns: &["source", "glob"],
    expression: "regex",
    is_whole: false,
    special: b":()*+?{}[]\\|!@",
    targets: &["destination"],
    rewrites_by_status: false,
    harmless: &["$schema", "predeploy", "postdeploy", "site", "target"],
};

/// <https://learn.microsoft.com/en-us/azure/static-web-apps/configuration>
const AZURE: Format = Format {
    lists: &["routes"],
    patterns: &["route"],
    expression: "",
    is_whole: false,
    special: b"*{",
    targets: &["rewrite"],
    rewrites_by_status: false,
    harmless: &["$schema", "platform"],
};

/// <https://docs.netlify.com/build/configure-builds/file-based-configuration/>
const NETLIFY: Format = Format {
    lists: &["redirects", "headers", "edge_functions"],
    patterns: &["from", "for", "path"],
    expression: "pattern",
    is_whole: false,
    special: b":*",
    targets: &["to"],
    rewrites_by_status: true,
    harmless: &["dev", "template", "plugins"],
};

/// Keys of Netlify's `build` and of a context that say how the site is built, and not how it is served.
const NETLIFY_BUILD: [&str; 7] =
    ["command", "environment", "ignore", "base", "edge_functions", "functions", "commands"];

/// Reads the entries of a file; `None` for one that is no such file, or is broken.
pub(super) fn entries(name: &[u8], text: &[u8]) -> Option<Vec<Entry>> {
    let text = std::str::from_utf8(text).ok()?;
    // Why a file is broken does not matter here: it is taken for what bears on all.
    let json = || serde_json::from_str::<Map<String, Value>>(text).ok();
    let mut found = Vec::new();
    match name {
        b"vercel.json" | b"now.json" | b"serve.json" => VERCEL.read("", &json()?, &mut found),
        b"superstatic.json" => FIREBASE.read("", &json()?, &mut found),
        b"staticwebapp.config.json" => azure(json()?, &mut found),
        b"firebase.json" => match json()?.get("hosting") {
            None => {}
            Some(Value::Object(one)) => FIREBASE.read("", one, &mut found),
            Some(Value::Array(several)) => {
                for (number, one) in several.iter().enumerate() {
                    let one = one.as_object()?;
                    let name = ["site", "target"].iter().find_map(|key| one.get(*key)?.as_str());
                    let name = name.map_or_else(|| format!("{number}: "), |name| format!("{name}: "));
                    FIREBASE.read(&name, one, &mut found);
                }
            }
            Some(_) => return None,
        },
        b"netlify.toml" => netlify(&toml::from_str(text).ok()?, &mut found)?,
        b"_routes.json" => routes(&json()?, &mut found)?,
        _ => return None,
    }
    Some(found)
}

/// Which paths the worker of Cloudflare Pages is asked for.
fn routes(file: &Map<String, Value>, found: &mut Vec<Entry>) -> Option<()> {
    for key in ["include", "exclude"] {
        for pattern in file.get(key).and_then(Value::as_array).into_iter().flatten() {
            let pattern = pattern.as_str()?;
            let said = format!("{key} {pattern}");
            found.push(match pattern::of_wildcards(pattern.as_bytes(), b"*") {
                Some(reaches) => Entry::on(said, 0, "", reaches),
                None => Entry::on_all(said, 0, "", Reach::Files([].into())),
            });
        }
    }
    Some(())
}

/// Azure's file: what answers where nothing is found, and the pages of errors, stand beside the routes.
fn azure(mut file: Map<String, Value>, found: &mut Vec<Entry>) {
    let answer = |said: String, shown: String, value: &Value, all: Reach| {
        let page = value.get("rewrite").and_then(Value::as_str).and_then(|to| placeholders::page("/*", to));
        Entry { shown, page, ..Entry::on_all(said, 0, "", all) }
    };
    if let Some(value) = file.remove("navigationFallback") {
        let everything = Reach::Below(b"/"[..].into());
        found.push(answer(format!("navigationFallback {value}"), "navigationFallback".to_owned(), &value, everything));
    }
    let overrides = file.remove("responseOverrides");
    for (status, value) in overrides.iter().filter_map(Value::as_object).flatten() {
        let shown = format!("responseOverrides {status}");
        let entry = answer(format!("{shown} {value}"), shown, value, Reach::Files([].into()));
        found.push(Entry { page: entry.page.map(Page::of_errors), ..entry });
    }
    AZURE.read("", &file, found);
}

fn netlify(file: &Map<String, Value>, found: &mut Vec<Entry>) -> Option<()> {
    let mut rest = file.clone();
    let contexts = rest.remove("context");
    if let Some(build) = rest.get_mut("build").and_then(Value::as_object_mut) {
        build.retain(|key, _| !NETLIFY_BUILD.contains(&key.as_str()));
        if build.is_empty() {
            rest.remove("build");
        }
    }
    NETLIFY.read("", &rest, found);
    for (name, context) in contexts.iter().filter_map(Value::as_object).flatten() {
        let mut context = context.as_object()?.clone();
        context.retain(|key, _| !NETLIFY_BUILD.contains(&key.as_str()));
        NETLIFY.read(&format!("context.{name}: "), &context, found);
    }
    Some(())
}

impl Format {
    /// Reads the keys of an object; `name` says whose they are, where there are several.
    fn read(&self, name: &str, object: &Map<String, Value>, found: &mut Vec<Entry>) {
        for (key, value) in object {
            let list = value.as_array().filter(|_| self.lists.contains(&key.as_str()));
            match list {
                Some(list) => found.extend(list.iter().map(|entry| self.entry(name, key, entry))),
                None if self.harmless.contains(&key.as_str()) => {}
                None => {
                    let shown = format!("{name}{key}");
                    let entry = Entry::on_all(format!("{shown} {value}"), 0, "", Reach::Files([].into()));
                    found.push(Entry { shown, ..entry });
                }
            }
        }
    }

    /// Reads one entry of a list.
    fn entry(&self, name: &str, list: &str, value: &Value) -> Entry {
        let text = |key: &&str| value.get(*key).and_then(Value::as_str);
        let pattern = self.patterns.iter().find_map(text);
        let expression = text(&self.expression);
        let reaches = match (pattern, expression) {
            (Some(pattern), None) => pattern::of_wildcards(pattern.as_bytes(), self.special),
            (None, Some(expression)) => {
                let whole = || format!("^{}$", expression.trim_start_matches('^').trim_end_matches('$'));
                let expression = if self.is_whole { whole() } else { expression.to_owned() };
                pattern::of_expression(expression.as_bytes(), b"", false)
            }
            _ => None,
        };
        let shown = format!("{name}{list} {}", pattern.or(expression).unwrap_or("without a pattern"));
        let said = format!("{shown} {value}");
        let order = format!("{name}{list}");
        let asks_more = ["query", "has", "missing", "conditions"].iter().any(|key| value.get(*key).is_some());
        let entry = match reaches {
            Some(reaches) => {
                let queries = if asks_more { with_queries(&reaches) } else { Vec::new() };
                Entry::on(said, 0, order, [reaches, queries].concat())
            }
            None if list == "headers" => Entry::on_all(said, 0, order, Reach::Files([].into())),
            None => Entry::on_all(said, 0, order, Reach::Below(b"/"[..].into())),
        };
        let page = self.page(list, pattern.or(expression).unwrap_or("/*"), value);
        Entry { shown, page, ..entry }
    }

    /// Returns the page that an entry answers with, where it does not send visitors elsewhere.
    fn page(&self, list: &str, pattern: &str, value: &Value) -> Option<Page> {
        let to = self.targets.iter().find_map(|key| value.get(*key)?.as_str())?;
        let status = ["status", "statusCode"].iter().find_map(|key| value.get(*key)?.as_u64());
        let status = status.and_then(|status| u16::try_from(status).ok());
        match list {
            "redirects" => page_with_status(pattern, to, status.filter(|_| self.rewrites_by_status)),
            "headers" => None,
            _ if value.get(self.expression).is_some() && self.is_whole => {
                let whole = format!("^{}$", pattern.trim_start_matches('^').trim_end_matches('$'));
                let page = placeholders::page_of_expression(&whole, to, "/")?;
                match status.unwrap_or(200) {
                    200..300 => Some(page),
                    400.. => Some(page.of_errors()),
                    _ => None,
                }
            }
            _ => page_with_status(pattern, to, Some(status.unwrap_or(200))),
        }
    }
}
