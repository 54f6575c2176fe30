//! The usual slips, by the words in which the TOML parser or a type says no: our words, and what to type instead.
//!
//! Values are never repeated: one may be a secret in the wrong place.

use super::fault::Fault;

/// Where every key is, for a slip that is none of the usual ones.
const REFERENCE: &str = "every key with its default stands in the reference on configuration in the documentation";

/// Turns a message of the parser, which is about the text `at`, into a fault.
pub(super) fn slip(message: &str, at: &str) -> Fault {
    if let Some(key) = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()) {
        return unknown(key, message);
    }
    if let Some(key) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return Fault::new(message, missing(key));
    }
    if message.contains("escape") {
        return Fault::new(message.replace('\n', ", "), "a backslash stands for itself in single quotes: `'\\d+'`");
    }
    if message.starts_with("duplicate key") {
        return Fault::new(message, "each key stands once in its table, and `[[site]]` before its `[site.…]` tables");
    }
    if let Some((_, expected)) = message.rsplit_once(", expected ").filter(|_| message.starts_with("invalid ")) {
        return wrong_type(expected, at);
    }
    Fault::new(message.replace('\n', ", "), REFERENCE)
}

/// Says how a key is written that a table cannot be without.
fn missing(key: &str) -> String {
    let value = match key {
        "name" => "\"www\"",
        "base_urls" => "[\"https://www.example.com/\"]",
        "match" => "[\"blog/**\"]",
        "method" => "\"PURGE\"",
        "header" => "\"X-Ban-Prefix\"",
        "path" => "\"/purge_all\"",
        "value" => "\"1\"",
        _ => return REFERENCE.to_owned(),
    };
    format!("the table takes a `{key}`: write `{key} = {value}` in it")
}

fn wrong_type(expected: &str, at: &str) -> Fault {
    match expected {
        "a sequence" if at.is_empty() || at.starts_with('[') => {
            Fault::new("`site` is a list of tables", "write `[[site]]`, with two brackets")
        }
        "a sequence" if at.starts_with('{') => Fault::new("this is not a list", "write it in brackets: `[{ … }]`"),
        "a sequence" => Fault::new("this is not a list", "write it in brackets: `[\"…\"]`"),
        "a boolean" => Fault::new("this is neither `true` nor `false`", "write it without quotes: `true`"),
        "a string" => Fault::new("this is not a text", "write it in quotes: `\"…\"`"),
        "i64" => Fault::new("this is not a whole number", "write it without quotes: `5000`"),
        other => Fault::new(format!("this is not {other}"), REFERENCE),
    }
}

fn unknown(key: &str, message: &str) -> Fault {
    let is_of_a_door = expected_keys(message).any(|known| known == "secret_env");
    let hint = match key {
        "secret" | "password" | "token" | "key" if is_of_a_door => {
            let hint = "put it into an environment variable or a file, and say where it is: `secret_env = \"HOOK_SECRET\"` or `secret_file = \"…\"`";
            return Fault::new(format!("`{key}`: a secret does not belong in the file"), hint);
        }
        "token" | "api_token" | "api_key" | "key" | "secret" | "password" | "auth" | "bearer" => {
            let hint = "put it into an environment variable, CLOUDFLARE_API_TOKEN by default, or say where it is with `token_env`, `token_command`, `token_file`, `token_ssm` or `token_secret`";
            return Fault::new(format!("`{key}`: a secret does not belong in the file"), hint);
        }
        "cloudflare" | "threshold" | "mark" | "origin" => {
            "the table belongs to a site: write `[site.cloudflare]`, `[site.threshold]`, `[site.mark]` or `[site.origin]` below its `[[site]]`"
        }
        "http_purge" | "layer" => {
            "the table belongs to a site: write `[site.http_purge]` or `[[site.layer]]` below its `[[site]]`"
        }
        "path" | "pattern" | "location" if expected_keys(message).any(|known| known == "endpoints") => {
            "write `url = \"/purge{path}\"`: where a purge is sent, in place of the URL itself"
        }
        "endpoint" | "server" | "servers" | "nodes" => "write `endpoints = [\"http://127.0.0.1:6081\"]`",
        "events" => "the table belongs to a site: write `[site.events]` below its `[[site]]`",
        "sites" => "write `[[site]]`, once for each site",
        "base_url" | "url" | "urls" | "baseurl" => "write `base_urls = [\"https://www.example.com/\"]`",
        "zone" | "zone_name" => "write `zone_id = \"…\"`, the 32 hex digits on the zone's Overview page",
        "exclude" | "ignored" => "write `ignore = [\"**/*.map\"]`",
        "dir" | "directory" | "public" => "write `output = \"public\"`",
        _ => {
            let near = expected_keys(message).map(|known| (strsim::damerau_levenshtein(known, key), known)).min();
            return match near {
                Some((distance, known)) if distance <= 2 => Fault::new(message, format!("did you mean `{known}`?")),
                _ => {
                    let part = expected_keys(message).find(|known| is_part(known, key));
                    let meant = part.map(|known| format!("did you mean `{known}`?"));
                    Fault::new(message, meant.unwrap_or_else(|| REFERENCE.to_owned()))
                }
            };
        }
    };
    Fault::new(message, hint)
}

/// Returns true where one is the other with a word more: `account` of `account_id`, `purge_url` of `url`.
fn is_part(one: &str, other: &str) -> bool {
    let has = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.starts_with('_'))
            || long.strip_suffix(short).is_some_and(|rest| rest.ends_with('_'))
    };
    has(one, other) || has(other, one)
}

/// Returns the keys that the table has, as the parser lists them: ``expected one of `name`, `base_urls` ``.
fn expected_keys(message: &str) -> impl Iterator<Item = &str> {
    let (_, expected) = message.split_once(", expected ").unwrap_or_default();
    expected.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::raw;

    fn message(text: &str) -> String {
        raw::parse(text).err().unwrap().message().to_owned()
    }

    #[test]
    fn a_key_that_is_missing_is_shown_as_it_is_written() {
        let site = "[[site]]\nname = \"w\"\nbase_urls = []\n";
        for (text, key) in [
            ("[[site]]\nbase_urls = []\n".to_owned(), "name"),
            ("[[site]]\nname = \"w\"\n".to_owned(), "base_urls"),
            (format!("{site}[[site.rule]]\ntags = []\n"), "match"),
            (format!("{site}[site.http_purge]\nban = {{ method = \"BAN\" }}\n"), "header"),
            (format!("{site}[site.http_purge]\ntags = {{ header = \"a\" }}\n"), "method"),
            (format!("{site}[site.http_purge]\neverything = {{ method = \"PURGE\" }}\n"), "path"),
            (format!("{site}[site.http_purge]\nsoft = {{ header = \"a\" }}\n"), "value"),
        ] {
            let fault = slip(&message(&text), "");
            assert!(fault.hint.contains(&format!("write `{key} = ")), "{text}: {} {}", fault.message, fault.hint);
        }
    }

    #[test]
    fn a_slip_in_any_key_of_any_table_is_known() {
        for table in [
            "",
            "[[site]]",
            "[site.cloudflare]",
            "[site.http_purge]",
            "[site.http_purge.soft]",
            "[site.http_purge.ban]",
            "[site.http_purge.tags]",
            "[site.http_purge.everything]",
            "[[site.layer]]",
            "[site.threshold]",
            "[site.mark]",
            "[site.origin]",
            "[site.events]",
            "[[site.rule]]",
            "[serve]",
            "[[serve.hook]]",
        ] {
            let is_of_site = table.contains("site.");
            let head = if is_of_site { "[[site]]\n" } else { "" };
            let all = message(&format!("{head}{table}\nno_such_key = 1\n"));
            let keys: Vec<&str> = expected_keys(&all).collect();
            assert!(!keys.is_empty(), "{all}");
            for key in keys {
                let fault = slip(&message(&format!("{head}{table}\n{key}x = 1\n")), "");
                assert_eq!(fault.hint, format!("did you mean `{key}`?"), "{table}");
            }
        }
    }
}
