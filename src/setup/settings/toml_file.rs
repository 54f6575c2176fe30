//! TOML, read by its own parser.

use toml::{Table, Value as Toml};

use super::table::{Settings, Value};

/// Keys that are taken from a file that is no TOML; a configuration has some hundred.
const MOST_KEYS: usize = 4096;

/// Reads the settings of a TOML file. Of one that is broken each key is computed, as far as its lines tell.
pub(super) fn read(text: &str) -> Settings {
    let mut settings = Settings::default();
    match text.parse::<Table>() {
        Ok(table) => walk(&table, &[], &mut settings),
        Err(_) => {
            // Its program reads it in another way, or not at all: the keys are there, and their values are not known.
            for (key, _) in text.lines().filter_map(|line| line.split_once('=')).take(MOST_KEYS) {
                settings.add(vec![key.trim().to_owned()], Value::Computed);
            }
        }
    }
    settings
}

fn walk(table: &Table, above: &[String], settings: &mut Settings) {
    for (key, value) in table {
        let path = [above, std::slice::from_ref(key)].concat();
        add(value, path, settings);
    }
}

fn add(value: &Toml, path: Vec<String>, settings: &mut Settings) {
    match value {
        Toml::String(text) => settings.add(path, Value::of(text)),
        Toml::Table(table) => walk(table, &path, settings),
        Toml::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                add(item, [&path[..], &[format!("#{number}")]].concat(), settings);
            }
        }
        Toml::Boolean(truth) => settings.add(path, Value::Text(truth.to_string())),
        _ => settings.add(path, Value::Computed),
    }
}
