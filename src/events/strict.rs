//! JSON in which no key stands twice in an object.
//!
//! Most readers take the last of two, some the first, and nobody says which was meant: an object's key that is the wrong one leaves a page
//! stale. So the first key that stands twice is found while the document is read.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A value, and the first key that stands twice in one of its objects.
pub(crate) struct Strict {
    pub(crate) value: Value,
    pub(crate) twice: Option<String>,
}

impl Strict {
    fn plain(value: impl Into<Value>) -> Strict {
        Strict { value: value.into(), twice: None }
    }
}

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Strict, D::Error> {
        deserializer.deserialize_any(OfAny)
    }
}

struct OfAny;

impl<'de> Visitor<'de> for OfAny {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict::plain(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict::plain(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict::plain(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Strict, E> {
        Ok(Strict::plain(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict::plain(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Strict, E> {
        Ok(Strict::plain(value))
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict::plain(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let (mut list, mut twice) = (Vec::new(), None);
        while let Some(item) = items.next_element::<Strict>()? {
            twice = twice.or(item.twice);
            list.push(item.value);
        }
        Ok(Strict { value: Value::Array(list), twice })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Strict, A::Error> {
        let (mut object, mut twice) = (Map::new(), None);
        while let Some((key, entry)) = entries.next_entry::<String, Strict>()? {
            twice = twice.or(entry.twice).or_else(|| object.contains_key(&key).then(|| key.clone()));
            object.insert(key, entry.value);
        }
        Ok(Strict { value: Value::Object(object), twice })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_found_wherever_it_stands() {
        for (text, twice) in [
            ("{\"a\":1,\"b\":[true,null,1.5,-2,\"x\"]}", None),
            ("{\"a\":{\"a\":1},\"b\":{\"a\":1}}", None),
            ("{\"a\":1,\"a\":1}", Some("a")),
            ("{\"a\":1,\"\\u0061\":2}", Some("a")),
            ("[{\"x\":{\"key\":\"1\",\"key\":\"2\"}}]", Some("key")),
        ] {
            let strict: Strict = serde_json::from_str(text).unwrap();
            assert_eq!(strict.twice.as_deref(), twice, "{text}");
            assert_eq!(strict.value, serde_json::from_str::<Value>(text).unwrap());
        }
    }
}
