//! Takes off what notifications are wrapped in: queues, topics, lists, in whatever order they come.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

use super::effect::Effect;
use super::record::{Parts, is_known_version, is_test, parts};
use super::strict::Strict;
use super::trail::{Step, Trail};
use super::unread::{DEEPEST, Unread, What};
use super::{Notifications, Record, azure, cloud_trail, key};
use crate::display::shown;

/// Base64 in either alphabet, with padding or without.
const PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: [GeneralPurpose; 2] = [
    GeneralPurpose::new(&base64::alphabet::STANDARD, PADDING),
    GeneralPurpose::new(&base64::alphabet::URL_SAFE, PADDING),
];

/// The notifications that were found so far.
#[derive(Default)]
pub(super) struct Unwrapping {
    pub(super) notifications: Notifications,
    /// The message of a queue that is being read, the outermost.
    message: Option<usize>,
}

impl Unwrapping {
    pub(super) fn fault(&mut self, place: &Trail<'_>, what: What) {
        self.notifications.faults.push(Unread { place: place.to_string(), what, message: self.message });
    }

    /// Takes a document, unless a key stands twice in it: then nobody knows which was meant.
    pub(super) fn once(&mut self, value: &Value, twice: Option<String>, place: &Trail<'_>) {
        match twice {
            Some(key) => self.fault(place, What::Twice(key)),
            None => self.value(value, place),
        }
    }

    /// Takes whatever it is.
    pub(super) fn value(&mut self, value: &Value, place: &Trail<'_>) {
        if place.depth() > DEEPEST {
            return self.fault(place, What::TooDeep);
        }
        match value {
            Value::Object(object) => self.object(value, object, place),
            Value::Array(list) => self.list(list, Step::Record, place),
            // As `jq .Messages[].Body` prints it.
            Value::String(text) => self.text(text, place),
            _ => self.fault(place, What::NotKnown),
        }
    }

    fn list(&mut self, list: &[Value], step: fn(usize) -> Step, place: &Trail<'_>) {
        // A queue that is empty is nothing to do; something that was sent and is empty was cut on its way.
        if list.is_empty() && !place.is_document() {
            return self.fault(place, What::NoRecords);
        }
        for (n, value) in (1..).zip(list) {
            self.value(value, &place.then(step(n)));
        }
    }

    fn object(&mut self, value: &Value, object: &Map<String, Value>, place: &Trail<'_>) {
        if let Some(records) = object.get("Records") {
            self.listed(records, "Records", Step::Record, place);
        } else if let Some(call) = cloud_trail::call(value) {
            match cloud_trail::parts(call) {
                Ok(Some(parts)) => self.record(&parts),
                Ok(None) => self.notifications.reads += 1,
                Err(what) => self.fault(place, what),
            }
        } else if let Some(name) = azure::name(value) {
            match azure::parts(value, name) {
                Ok(all) if all.is_empty() => self.notifications.reads += 1,
                Ok(all) => all.iter().for_each(|parts| self.record(parts)),
                Err(what) => self.fault(place, what),
            }
        } else if let Some(parts) = parts(value, object) {
            match parts {
                Ok(parts) => self.record(&parts),
                Err(what) => self.fault(place, what),
            }
        } else if let Some(data) = object.get("data").filter(|_| object.contains_key("specversion")) {
            self.value(data, &place.then(Step::Data));
        } else if let Some(Value::String(data)) = object.get("data_base64").or(value.pointer("/message/data")) {
            self.text(data, &place.then(Step::Data));
        } else if let Some(sns) = object.get("Sns") {
            self.notification(sns, place);
        } else if let Some(body) = object.get("body").or_else(|| object.get("Body")) {
            self.message(object, body, place);
        } else if object.contains_key("Type") && object.contains_key("Message") {
            self.notification(value, place);
        } else if let Some((name, messages)) = messages(value, object) {
            self.listed(messages, name, Step::Message, place);
        } else if is_test(object) {
            self.notifications.tests += 1;
        } else {
            self.fault(place, What::NotKnown);
        }
    }

    fn listed(&mut self, value: &Value, name: &'static str, step: fn(usize) -> Step, place: &Trail<'_>) {
        match value {
            Value::Array(list) => self.list(list, step, place),
            _ => self.fault(place, What::NoList(name)),
        }
    }

    /// Takes a message of a queue: SQS, as Lambda gets it and as the API prints it, or Cloudflare's.
    fn message(&mut self, object: &Map<String, Value>, body: &Value, place: &Trail<'_>) {
        let outermost = self.message.is_none();
        if outermost {
            let id = ["messageId", "MessageId", "id"].iter().find_map(|name| object.get(*name)?.as_str());
            self.notifications.messages.push(id.map(str::to_owned));
            self.message = Some(self.notifications.messages.len() - 1);
        }
        let place = place.then(Step::Body);
        match body {
            Value::String(text) => self.text(text, &place),
            value => self.value(value, &place),
        }
        if outermost {
            self.message = None;
        }
    }

    /// Takes what SNS makes of a message, by itself or as Lambda gets it.
    fn notification(&mut self, sns: &Value, place: &Trail<'_>) {
        let text = |name| sns.get(name).and_then(Value::as_str);
        match (text("Type"), text("Message")) {
            (Some("SubscriptionConfirmation" | "UnsubscribeConfirmation"), _) => {
                self.fault(place, What::Confirmation);
            }
            (_, Some(message)) => self.text(message, &place.then(Step::Notification)),
            _ => self.fault(place, What::Missing("Message")),
        }
    }

    /// Takes a document inside of a text; Cloudflare's queues write JSON in base64 for those who pull.
    fn text(&mut self, text: &str, place: &Trail<'_>) {
        let parsed = serde_json::from_str::<Strict>(text).or_else(|error| {
            let plain: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let decoded = BASE64.iter().filter_map(|base64| base64.decode(&plain).ok());
            decoded.into_iter().find_map(|bytes| serde_json::from_slice(&bytes).ok()).ok_or(error)
        });
        match parsed {
            // A text in a text in a text has no end that makes sense.
            Ok(Strict { value: Value::String(_), .. }) => self.fault(place, What::NotKnown),
            Ok(Strict { value, twice }) => self.once(&value, twice, place),
            Err(error) => self.fault(place, What::NotJson(error.to_string())),
        }
    }

    fn record(&mut self, parts: &Parts<'_>) {
        if parts.effect == Some(Effect::None) {
            self.notifications.reads += 1;
            return;
        }
        let mut unknown = |word: String| *self.notifications.unknown.entry(word).or_default() += 1;
        if parts.effect.is_none() {
            unknown(
                parts
                    .name
                    .map_or("events without a name".to_owned(), |name| format!("the event {}", shown(name.as_bytes()))),
            );
        }
        if let Some(version) = parts.version.filter(|version| !is_known_version(version)) {
            unknown(format!("the version {}", shown(version.as_bytes())));
        }
        self.notifications.records.push(Record {
            bucket: parts.bucket.clone().into_owned(),
            keys: key::keys(&parts.key, parts.encoding),
            removed: parts.effect == Some(Effect::Removed),
            message: self.message,
        });
    }
}

/// Returns the list of messages that an API answers with: `Messages` of SQS, `messages` of a batch of Cloudflare's queues, or the same in
/// `result`.
fn messages<'v>(value: &'v Value, object: &'v Map<String, Value>) -> Option<(&'static str, &'v Value)> {
    let of_result = || Some(("result.messages", value.pointer("/result/messages")?));
    let named = |name: &'static str| Some((name, object.get(name)?));
    named("Messages").or_else(of_result).or_else(|| named("messages"))
}
