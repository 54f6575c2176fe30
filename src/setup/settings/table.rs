//! The settings of a file, under the keys that lead to them.

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::setup) enum Value {
    /// It is this text.
    Text(String),
    /// Something stands there whose value only the program itself knows.
    Computed,
}

/// The settings of a file, in its order, each under the keys that lead to it. An item of a list has a key like `#2`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::setup) struct Settings(Vec<(Vec<String>, Value)>);

impl Value {
    /// Takes a text that stands in a file; one with a template or a variable in it is computed.
    pub(super) fn of(text: &str) -> Value {
        let is_computed = ["{{", "${", "$(", "%("].iter().any(|sign| text.contains(sign));
        if is_computed { Value::Computed } else { Value::Text(text.to_owned()) }
    }
}

impl Settings {
    /// Takes a key's setting away.
    pub(super) fn forget(&mut self, key: &str) {
        self.0.retain(|(path, _)| path[..] != [key.to_owned()]);
    }

    /// Adds the setting under these keys.
    pub(super) fn add(&mut self, path: Vec<String>, value: Value) {
        self.0.push((path, value));
    }

    /// Returns the value under a path of keys like `site.url`; their case does not count. Two different values are one that only
    /// the program knows.
    pub(in crate::setup) fn get(&self, path: &str) -> Option<Value> {
        let keys: Vec<&str> = path.split('.').collect();
        let is = |known: &[String]| {
            known.len() == keys.len() && known.iter().zip(&keys).all(|(one, two)| one.eq_ignore_ascii_case(two))
        };
        let mut found = self.0.iter().filter(|(known, _)| is(known)).map(|(_, value)| value);
        let first = found.next()?;
        Some(if found.all(|other| other == first) { first.clone() } else { Value::Computed })
    }

    /// Returns all settings, each with its keys.
    pub(in crate::setup) fn iter(&self) -> impl Iterator<Item = (&[String], &Value)> {
        self.0.iter().map(|(path, value)| (&path[..], value))
    }
}
