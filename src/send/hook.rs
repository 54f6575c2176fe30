//! A place on the web that hears of outcomes. Its URL is a secret: whoever knows it can write there too.
//!
//! Its words for itself are scheme and host, in every log and error. What is posted there is left to the report.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use url::{Host, Url};

use super::http::{Http, HttpError};

/// A hook answers within this, or the run ends without it: it is nothing that a deploy waits for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A place that hears of outcomes.
#[derive(Clone)]
pub struct Hook {
    url: Url,
}

/// Why a text is no hook. No variant repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// There is nothing, as an unset variable leaves it.
    #[error("the URL to notify is empty")]
    Empty,
    /// It is no URL.
    #[error("the URL to notify is no URL")]
    NoUrl,
    /// What is posted could be read on the way.
    #[error("a URL to notify begins with https://, or with http:// on this machine")]
    Plain,
}

/// The shape in which a hook takes what is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookShape {
    /// `{"text": …}` (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/>).
    Slack,
    /// `{"content": …}` (<https://docs.discord.com/developers/resources/webhook#execute-webhook>).
    Discord,
    /// An adaptive card (<https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook>).
    Teams,
    /// Our own document.
    Document,
}

/// Hosts of hooks, with what follows a dot, and the shape that they take.
const SHAPES: [(&str, HookShape); 8] = [
    ("hooks.slack.com", HookShape::Slack),
    ("hooks.slack-gov.com", HookShape::Slack),
    ("discord.com", HookShape::Discord),
    ("discordapp.com", HookShape::Discord),
    ("webhook.office.com", HookShape::Teams),
    ("logic.azure.com", HookShape::Teams),
    ("api.powerplatform.com", HookShape::Teams),
    ("powerautomate.com", HookShape::Teams),
];

impl Hook {
    /// Reads a hook's URL.
    ///
    /// # Errors
    /// When it is none, or what is posted could be read on the way.
    pub fn parse(text: &str) -> Result<Hook, HookError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(HookError::Empty);
        }
        let url = Url::parse(text).map_err(|_| HookError::NoUrl)?;
        let hook = Hook { url };
        match hook.url.scheme() {
            "https" => Ok(hook),
            "http" if hook.is_here() => Ok(hook),
            _ => Err(HookError::Plain),
        }
    }

    /// Returns the shape that it takes, as its host tells.
    #[must_use]
    pub fn shape(&self) -> HookShape {
        let host = self.url.host_str().unwrap_or_default();
        let is_of = |known: &str| host == known || host.strip_suffix(known).is_some_and(|before| before.ends_with('.'));
        SHAPES.iter().find(|(known, _)| is_of(known)).map_or(HookShape::Document, |(_, shape)| *shape)
    }

    /// Posts a JSON document, once.
    ///
    /// # Errors
    /// When it was not taken.
    pub async fn post(&self, body: Vec<u8>) -> Result<(), HttpError> {
        let http = if self.is_here() { Http::local() } else { Http::new() }?;
        match http.post(self.url.as_str(), body, PATIENCE).await? {
            200..=299 => Ok(()),
            status => Err(HttpError::new(format!("HTTP {status}"))),
        }
    }

    /// True for a server on this machine.
    fn is_here(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        }
    }
}

/// Scheme and host, and nothing that opens it.
impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.url.scheme(), self.url.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hook({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_is_known_by_its_host_and_shows_nothing_else() {
        for (url, shown, shape) in [
            ("https://hooks.slack.com/services/s3cr3t", "https://hooks.slack.com", HookShape::Slack),
            ("https://discord.com/api/webhooks/1/s3cr3t", "https://discord.com", HookShape::Discord),
            ("https://x.webhook.office.com/webhookb2/s3cr3t", "https://x.webhook.office.com", HookShape::Teams),
            (
                "https://prod-1.westeurope.logic.azure.com:443/w?sig=s3cr3t",
                "https://prod-1.westeurope.logic.azure.com",
                HookShape::Teams,
            ),
            ("https://me:s3cr3t@example.com/s3cr3t#s3cr3t", "https://example.com", HookShape::Document),
            (
                "https://hooks.slack.com.evil.example/s3cr3t",
                "https://hooks.slack.com.evil.example",
                HookShape::Document,
            ),
            ("https://nothooks.slack.com/s3cr3t", "https://nothooks.slack.com", HookShape::Document),
            ("http://127.0.0.1:8080/s3cr3t", "http://127.0.0.1", HookShape::Document),
            ("http://localhost/s3cr3t", "http://localhost", HookShape::Document),
        ] {
            let hook = Hook::parse(url).unwrap();
            assert_eq!((hook.to_string().as_str(), hook.shape()), (shown, shape));
            assert!(!format!("{hook:?}").contains("s3cr3t"));
        }
        for (url, want) in [
            ("", HookError::Empty),
            (" ", HookError::Empty),
            ("s3cr3t", HookError::NoUrl),
            ("http://example.com/s3cr3t", HookError::Plain),
            ("ftp://example.com/s3cr3t", HookError::Plain),
        ] {
            assert_eq!(Hook::parse(url).unwrap_err(), want);
        }
    }
}
