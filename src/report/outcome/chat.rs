//! The outcome as chats take it: a few lines, cut to what they take, in which no foreign text calls anybody or leads anywhere.

use serde_json::json;

use super::report::OutcomeReport;

/// Characters of a message. Discord takes 2,000 (<https://docs.discord.com/developers/resources/webhook#execute-webhook>), the others
/// more than anybody reads.
const LONGEST: usize = 1900;

/// Returns what Slack takes. Three characters begin its own markup
/// (<https://docs.slack.dev/messaging/formatting-message-text/#escaping>).
#[must_use]
pub fn slack(report: &OutcomeReport) -> Vec<u8> {
    let text = cut(&report.lines()).join("\n").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({ "text": text }).to_string().into_bytes()
}

/// Returns what Discord takes; nobody is called by it.
#[must_use]
pub fn discord(report: &OutcomeReport) -> Vec<u8> {
    let content = cut(&report.lines()).join("\n");
    json!({ "content": content, "allowed_mentions": { "parse": [] } }).to_string().into_bytes()
}

/// Returns what Teams takes: a card with a block of text for each line.
#[must_use]
pub fn teams(report: &OutcomeReport) -> Vec<u8> {
    let block = |text: &String| json!({ "type": "TextBlock", "text": text, "wrap": true });
    let body: Vec<serde_json::Value> = cut(&report.lines()).iter().map(block).collect();
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    });
    let attachment = json!({
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null,
        "content": card,
    });
    json!({ "type": "message", "attachments": [attachment] }).to_string().into_bytes()
}

/// Keeps the first lines, as many characters as a message takes, and says that there are more.
fn cut(lines: &[String]) -> Vec<String> {
    let mut left = LONGEST;
    let mut kept = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let length = line.chars().count() + 1;
        if length > left {
            kept.push(format!("{}…", line.chars().take(left).collect::<String>()));
            if number + 1 < lines.len() {
                kept.push(format!("and {} more lines", lines.len() - number - 1));
            }
            break;
        }
        left -= length;
        kept.push(line.clone());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(errors: &[&str]) -> OutcomeReport {
        let errors = errors.iter().map(|error| (*error).to_owned()).collect();
        OutcomeReport { status: "failed", sites: Vec::new(), errors }
    }

    #[test]
    fn foreign_text_is_only_text_in_every_chat() {
        let report = report(&["<!channel> & @everyone\n::error::x"]);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let line = r"error: &lt;!channel&gt; &amp; @everyone\\n::error::x";
        assert_eq!(text(slack(&report)), format!(r#"{{"text":"diffpurge: NOT purged completely\n{line}"}}"#));
        let discord: serde_json::Value = serde_json::from_slice(&discord(&report)).unwrap();
        assert_eq!(discord["allowed_mentions"]["parse"], json!([]));
        assert_eq!(discord["content"].as_str().unwrap().lines().count(), 2);
        let teams: serde_json::Value = serde_json::from_slice(&teams(&report)).unwrap();
        let body = &teams["attachments"][0]["content"]["body"];
        assert_eq!((body.as_array().unwrap().len(), &body[0]["text"]), (2, &json!("diffpurge: NOT purged completely")));
    }

    #[test]
    fn a_message_is_never_longer_than_a_chat_takes() {
        let long = "\u{fc}".repeat(500);
        let report = report(&[long.as_str(); 10]);
        let discord: serde_json::Value = serde_json::from_slice(&discord(&report)).unwrap();
        let content = discord["content"].as_str().unwrap();
        assert!(content.chars().count() < 2000 && content.ends_with("and 6 more lines"), "{content}");
    }
}
