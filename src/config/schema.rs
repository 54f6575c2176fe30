//! The schema of `purge.toml`, for editors: made of the types that read the file, the words that its values can be, and the example.
//!
//! It is made in tests alone, and `docs/purge.schema.json` holds what came of it. It knows keys, types, words and the form of ids; what
//! only the whole file tells (two caches that exclude each other, globs, URLs) is left to [`super::validate`] where it takes more than
//! a pattern.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::raw::RawConfig;
use super::{Config, HOST_PRESETS};

/// The file below the top of the project.
const FILE: &str = "docs/purge.schema.json";

/// The tables of the example, and the types that they are read as.
const TABLES: [(&str, &str); 11] = [
    ("[[site]]", "RawSite"),
    ("[site.cloudflare]", "RawCloudflare"),
    ("[site.http_purge]", "RawHttpPurge"),
    ("[site.mark]", "RawMark"),
    ("[site.origin]", "RawOrigin"),
    ("[site.threshold]", "RawThreshold"),
    ("[site.events]", "RawEvents"),
    ("[[site.rule]]", "RawRule"),
    ("[serve]", "RawServe"),
    ("[serve.page]", "RawPage"),
    ("[[serve.hook]]", "RawHook"),
];

/// A hook with all that each needs, but for its kind.
macro_rules! hook {
    () => {
        "[serve]\n[[serve.hook]]\npath = \"/h\"\nsite = \"w\"\nsecret_env = \"S\"\n"
    };
}

/// Keys whose values are one of a few words, and the table in which each is tried.
const WORDS: [(&str, &str, &str); 25] = [
    ("RawSite", "symlinks", ""),
    ("RawSite", "case", ""),
    ("RawSite", "spellings", ""),
    ("RawSite", "deleted", ""),
    ("RawSite", "unknown_base", ""),
    ("RawSite", "forms", ""),
    ("RawCloudflare", "plan", "[site.cloudflare]\n"),
    ("RawCloudflare", "mode", "[site.cloudflare]\n"),
    ("RawHttpPurge", "mode", "[site.http_purge]\nendpoints = [\"http://127.0.0.1\"]\n"),
    ("RawThreshold", "then", "[site.threshold]\n"),
    ("RawThreshold", "mode", "[site.threshold]\n"),
    ("RawOrigin", "compare", "[site.origin]\nurl = \"https://o.example/\"\n"),
    ("RawOrigin", "deleted", "[site.origin]\nurl = \"https://o.example/\"\n"),
    ("RawRule", "scope", "[[site.rule]]\nmatch = [\"a\"]\n"),
    ("RawRule", "by", "[[site.rule]]\nmatch = [\"a\"]\n"),
    ("RawRule", "on", "[[site.rule]]\nmatch = [\"a\"]\n"),
    ("RawRule", "forms", "[[site.rule]]\nmatch = [\"a\"]\n"),
    ("RawRule", "device_types", "[[site.rule]]\nmatch = [\"a\"]\n"),
    ("RawHook", "kind", concat!(hook!(), "reaction = \"site\"\n")),
    ("RawHook", "revision", concat!(hook!(), "kind = \"github\"\nrepository = \"/r\"\n")),
    ("RawHook", "changes", concat!(hook!(), "kind = \"github\"\n")),
    ("RawHook", "reaction", concat!(hook!(), "kind = \"github\"\n")),
    ("RawHook", "answer", concat!(hook!(), "kind = \"github\"\nreaction = \"site\"\n")),
    ("RawHook", "algorithm", concat!(hook!(), "kind = \"hmac\"\nheader = \"x\"\n")),
    ("RawHook", "encoding", concat!(hook!(), "kind = \"hmac\"\nheader = \"x\"\n")),
];

/// Keys that are lists of words.
const LISTS: [&str; 4] = ["forms", "on", "device_types", "events"];

/// A site with all that it needs.
const SITE: &str = "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\n";

/// Returns the words that a key takes, as its error lists them.
fn words(key: &str, table: &str) -> Vec<String> {
    let value = if LISTS.contains(&key) { "[\"?\"]" } else { "\"?\"" };
    let error = Config::parse(&format!("{SITE}{table}{key} = {value}\n"), "").unwrap_err();
    let listed = error.hint().strip_prefix("write one of ").unwrap_or_else(|| panic!("{key}: {}", error.hint()));
    listed.split(", ").map(str::to_owned).collect()
}

/// The form of values that are more than any text or number.
fn forms() -> [(&'static str, &'static str, Value); 45] {
    let text = |pattern: &str| json!({ "pattern": pattern });
    let each = |pattern: &str| json!({ "items": { "type": "string", "pattern": pattern } });
    let some = |pattern: &str| json!({ "minItems": 1, "items": { "type": "string", "pattern": pattern } });
    let glob = "^(?!\\./)[^/]";
    let path = "^/([^/]|$)";
    let variable = "^[A-Z_][A-Z0-9_]*$";
    let (parameter, secret) = ("^[A-Za-z0-9/_+=.@:-]+$", "^[A-Za-z0-9/_+=.@:-]+(#.+)?$");
    let (address, pointer) = ("^.+:[0-9]+$", "^/.");
    let number = |most: u32| json!({ "minimum": 1, "maximum": most });
    [
        ("RawSite", "name", text("^[A-Za-z0-9][A-Za-z0-9._-]*$")),
        ("RawSite", "base_urls", some("^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\s]+(/[^?#\\s]*)?$")),
        ("RawSite", "output", text("^([^/]|$)")),
        ("RawSite", "ignore", each(glob)),
        ("RawSite", "always", each(path)),
        ("RawSite", "forms", json!({ "minItems": 1 })),
        ("RawSite", "index_names", some("^[^/*?]+$")),
        (
            "RawSite",
            "cover",
            json!({
                "anyOf": [
                    { "enum": ["exact", "off"] },
                    {
                        "type": "object",
                        "required": ["waste"],
                        "properties": { "waste": { "type": "integer", "minimum": 1, "maximum": 100 } },
                        "additionalProperties": false,
                    },
                ],
            }),
        ),
        ("RawCloudflare", "zone_id", text("^[0-9A-Fa-f]{32}$")),
        ("RawCloudflare", "token_env", text(variable)),
        ("RawCloudflare", "token_command", json!({ "minItems": 1 })),
        ("RawCloudflare", "token_ssm", text(parameter)),
        ("RawCloudflare", "token_secret", text(secret)),
        ("RawHttpPurge", "endpoints", some("^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\s]+/?$")),
        ("RawHttpPurge", "method", text("^[A-Z]+$")),
        ("RawHttpPurge", "token_env", text(variable)),
        ("RawHttpPurge", "token_command", json!({ "minItems": 1 })),
        ("RawHttpPurge", "token_ssm", text(parameter)),
        ("RawHttpPurge", "token_secret", text(secret)),
        ("RawMark", "store", text("^(ref|file:.+)$")),
        ("RawOrigin", "url", text("^[Hh][Tt][Tt][Pp][Ss]?://")),
        ("RawOrigin", "token_env", text(variable)),
        ("RawOrigin", "sample", json!({ "minimum": 1 })),
        ("RawThreshold", "urls", json!({ "minimum": 1 })),
        ("RawThreshold", "percent", number(100)),
        ("RawThreshold", "seconds", json!({ "minimum": 1 })),
        ("RawServe", "listen", text(address)),
        ("RawServe", "observe", text(address)),
        ("RawServe", "store", text("^(sqlite:.+|postgres(ql)?://.+|memory)$")),
        ("RawServe", "connections", number(65_000)),
        ("RawServe", "hook", json!({ "minItems": 1 })),
        ("RawPage", "secret_env", text(variable)),
        ("RawHook", "path", text("^(/[A-Za-z0-9._~-]+)+$")),
        ("RawHook", "secret_env", text(variable)),
        ("RawHook", "largest", number(25)),
        ("RawHook", "rate", number(1_000_000)),
        ("RawHook", "id", text(pointer)),
        ("RawHook", "from", text(pointer)),
        ("RawHook", "to", text(pointer)),
        ("RawHook", "status", text(pointer)),
        ("RawRule", "match", some(glob)),
        ("RawRule", "except", each(glob)),
        ("RawRule", "also", each(path)),
        ("RawRule", "tags", each("^[!-+\\--~]+$")),
        ("RawRule", "prefixes", each("^[^/:?#*]+(:[0-9]+)?/([^?#*]*/)?$")),
    ]
}

/// Returns a property of a type, to be filled.
fn property<'s>(schema: &'s mut Value, definition: &str, key: &str) -> &'s mut Map<String, Value> {
    let found = schema["definitions"][definition]["properties"].get_mut(key);
    let found = found.unwrap_or_else(|| panic!("{definition} has no `{key}`"));
    if found.is_boolean() {
        // Whatever it is, its form says more.
        *found = json!({});
    }
    found.as_object_mut().unwrap()
}

/// Takes `null` out of everything: TOML has none.
fn without_null(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|one| one != "null");
                if let [one] = &types[..] {
                    let one = one.clone();
                    map.insert("type".to_owned(), one);
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|one| one["type"] != "null");
                if let [Value::Object(one)] = &choices[..] {
                    let one = one.clone();
                    map.remove("anyOf");
                    map.extend(one);
                }
            }
            if map.get("default").is_some_and(Value::is_null) {
                map.remove("default");
            }
            map.values_mut().for_each(without_null);
        }
        Value::Array(values) => values.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// A line of the example: the key, its value, and what is said of it.
fn line(line: &str) -> Option<(&str, &str, &str)> {
    let (key, rest) = line.split_once('=')?;
    let key = key.trim();
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        return None;
    }
    let mut quote = None;
    let end = rest.char_indices().find(|(_, c)| {
        match (quote, *c) {
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(*c),
            _ => {}
        }
        *c == '#' && quote.is_none()
    });
    let (value, said) = end.map_or((rest, ""), |(at, _)| (&rest[..at], &rest[at + 1..]));
    Some((key, value.trim(), said.trim()))
}

/// Puts the example's words on each key into the schema, and its defaults.
fn describe(schema: &mut Value, example: &str) {
    let mut definition = None;
    for text in example.lines() {
        let bare = text.trim_start_matches("# ");
        if let Some((_, known)) = TABLES.iter().find(|(table, _)| bare.split(" #").next().unwrap().trim() == *table) {
            definition = Some(*known);
        } else if bare.starts_with('[') {
            definition = None;
        }
        let (Some(definition), Some((key, value, said))) = (definition, line(bare)) else { continue };
        let is_default = !text.starts_with('#') && !said.starts_with("required");
        let property = property(schema, definition, key);
        let said = said.trim_start_matches("required: ");
        if !said.is_empty() {
            property.insert("description".to_owned(), said.into());
        }
        if is_default {
            let table: toml::Table = format!("value = {value}").parse().unwrap();
            property.insert("default".to_owned(), serde_json::to_value(&table["value"]).unwrap());
        }
    }
}

/// Makes the schema.
fn schema() -> Value {
    let made = SchemaSettings::draft07().into_generator().into_root_schema_for::<RawConfig>();
    let mut schema = serde_json::to_value(made).unwrap();
    without_null(&mut schema);
    schema["title"] = "purge.toml, the configuration of diffpurge".into();
    schema["required"] = json!(["site"]);
    schema["properties"]["site"]["minItems"] = 1.into();
    schema["properties"]["site"].as_object_mut().unwrap().remove("default");
    describe(&mut schema, include_str!("../../purge.toml.example"));
    for (definition, key, form) in forms() {
        property(&mut schema, definition, key).extend(form.as_object().unwrap().clone());
    }
    for (definition, key, table) in WORDS {
        let words = words(key, table);
        let property = property(&mut schema, definition, key);
        if LISTS.contains(&key) {
            property.insert("items".to_owned(), json!({ "enum": words }));
        } else {
            property.insert("enum".to_owned(), json!(words));
        }
    }
    // Each of two kinds has events of its own.
    let kinds = ["github", "gitlab"].map(|kind| words("events", &format!("{}kind = \"{kind}\"\n", hook!())));
    property(&mut schema, "RawHook", "events").insert("items".to_owned(), json!({ "enum": kinds.concat() }));
    let hosts: Vec<&str> = HOST_PRESETS.iter().map(|(name, _)| *name).collect();
    property(&mut schema, "RawSite", "host").insert("enum".to_owned(), json!(hosts));
    // One cache, or several as layers.
    let pairs = [("cloudflare", "http_purge"), ("cloudflare", "layer"), ("http_purge", "layer")];
    let pairs = pairs.map(|(one, other)| json!({ "required": [one, other] }));
    schema["definitions"]["RawSite"]["not"] = json!({ "anyOf": pairs });
    schema["definitions"]["RawLayer"]["minProperties"] = 1.into();
    schema["definitions"]["RawLayer"]["maxProperties"] = 1.into();
    schema["definitions"]["RawHttpPurge"]["required"] = json!(["endpoints"]);
    schema
}

#[test]
fn the_schema_in_the_documentation_is_what_the_file_is_read_as() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let made = format!("{:#}\n", schema());
    if std::env::var_os("DIFFPURGE_BLESS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "{FILE} is not what the types say; DIFFPURGE_BLESS=1 writes it anew");
}

#[test]
fn every_key_is_described_and_knows_its_default() {
    let mut schema = schema();
    for (definition, key, default) in [
        ("RawSite", "host", json!("generic")),
        ("RawSite", "ignore", json!([])),
        ("RawCloudflare", "plan", json!("free")),
        ("RawThreshold", "urls", json!(5000)),
        ("RawMark", "store", json!("ref")),
    ] {
        assert_eq!(property(&mut schema, definition, key)["default"], default, "{definition} {key}");
    }
    for (_, definition) in TABLES {
        let properties = schema["definitions"][definition]["properties"].as_object().unwrap();
        let bare =
            properties.iter().filter(|(_, value)| value.get("description").is_none()).map(|(key, _)| key.as_str());
        let bare: Vec<&str> = bare.collect();
        let tables =
            ["cloudflare", "http_purge", "layer", "threshold", "mark", "origin", "events", "rule", "hook", "page"];
        let unsaid = [
            "token_command",
            "token_file",
            "token_ssm",
            "token_secret",
            "secret_file",
            "dir",
            "changes",
            "reaction",
            "within",
            "paths",
        ];
        let unsaid = [&unsaid[..], &["events", "environments", "branches", "workflows"]].concat();
        assert!(bare.iter().all(|key| tables.contains(key) || unsaid.contains(key)), "{definition}: {bare:?}");
    }
}
