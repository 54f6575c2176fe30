//! An explanation for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::report::{Explained, PathExplained, UrlExplained};
use crate::encoding::{Spelling, encode_path};
use crate::mapping::{Answer, Behind, MatchingRule, PublicUrl, Reason, Twin, Unicode};
use crate::report::json::{self, Schema};

/// Writes the answers of all sites as one document, its keys in alphabetical order; the documentation describes it.
///
/// # Errors
/// When `out` cannot be written.
pub fn json(out: &mut dyn Write, explained: &[Explained<'_>]) -> io::Result<()> {
    let one = |explained: &Explained<'_>| match explained {
        Explained::Path(explained) => path(explained),
        Explained::Url(explained) => url(explained),
    };
    let explanations: Vec<Value> = explained.iter().map(one).collect();
    json::write(out, &json!({ "explanations": explanations, "schema": Schema }))
}

fn path(explained: &PathExplained<'_>) -> Value {
    let explanation = &explained.explanation;
    let answer = |a: &Answer| {
        let mut value = json!({ "kind": a.what.kind(), "value": a.what.text() });
        if let Some(headers) = a.what.url().and_then(PublicUrl::headers) {
            value["headers"] = headers.iter().collect();
        }
        with_reason(value, &a.reason)
    };
    let rule = |rule: &MatchingRule| {
        json!({
            "rule": rule.number,
            "match": rule.name,
            "on": { "added": rule.on.added, "modified": rule.on.modified, "deleted": rule.on.deleted },
        })
    };
    json!({
        "site": explained.site,
        "path": String::from_utf8_lossy(explained.path),
        "revision": { "revision": explained.to.spec, "id": explained.to.id },
        "exists": explained.exists,
        "ignored": explanation.ignored,
        "left_when_deleted": explanation.left_when_deleted,
        "last": explanation.last,
        "scope": explanation.scope.map(|(scope, _)| scope),
        "answers": explanation.answers.iter().map(answer).collect::<Vec<_>>(),
        "further": explanation.further.iter().map(answer).collect::<Vec<_>>(),
        "rules": explanation.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

fn url(explained: &UrlExplained<'_>) -> Value {
    let file = |b: &Behind| {
        let mut file = json!({});
        if let Ok(path) = std::str::from_utf8(&b.path) {
            file["path"] = json!(path);
        } else {
            let mut encoded = String::new();
            encode_path(&b.path, &mut encoded);
            file["path_encoded"] = json!(encoded);
        }
        with_reason(file, &b.reason)
    };
    json!({
        "site": explained.site,
        "url": explained.url,
        "revision": { "revision": explained.to.spec, "id": explained.to.id },
        "is_of_site": explained.files.is_some(),
        "files": explained.files.iter().flatten().map(file).collect::<Vec<_>>(),
    })
}

/// Adds what a reason says of form, spelling and rule.
fn with_reason(mut value: Value, reason: &Reason) -> Value {
    let twin = match *reason {
        Reason::Path(_, form, twin, _) => {
            value["form"] = json!(form);
            twin
        }
        Reason::Template(_, twin, _) | Reason::Entry(_, twin) | Reason::Rewrite(_, _, twin) => twin,
        Reason::Asked
        | Reason::Directory(..)
        | Reason::SideEffect(..)
        | Reason::Rule(..)
        | Reason::Always
        | Reason::Cover(..) => Twin::NONE,
    };
    if twin.spelling != Spelling::Canonical {
        value["spelling"] = json!(twin.spelling);
    }
    if twin.unicode != Unicode::AsIs {
        value["unicode"] = json!(twin.unicode);
    }
    if twin.lower {
        value["lower_case"] = json!(true);
    }
    if twin.small_escapes {
        value["escapes"] = json!("lower");
    }
    if let Some(rule) = reason.rule() {
        value["rule"] = json!(rule);
    }
    value
}
