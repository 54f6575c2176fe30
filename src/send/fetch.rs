//! Gets pages as a visitor does, or from an origin: what proofs and waiting are made of.
//!
//! What an answer means is left to [`crate::proof`].

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HOST, HeaderValue};
use reqwest::{Client, Method};

use super::http::{body_of, in_words};
use super::{Http, HttpError, Page, SecretHeader};

/// One request for a page.
#[derive(Debug, Clone, Copy)]
pub struct Fetch<'f> {
    /// Absolute.
    pub url: &'f str,
    /// The `Host` where it is not the URL's.
    pub host: Option<&'f str>,
    /// Further headers.
    pub headers: &'f [(String, String)],
    /// Only the status is wanted.
    pub head: bool,
    /// The content is wanted as the server has it, not compressed.
    pub identity: bool,
    /// What lets the request in.
    pub secret: Option<&'f SecretHeader>,
    /// How long the whole may take.
    pub timeout: Duration,
    /// The longest body in bytes that is read; the rest is not, and then there is none.
    pub most: usize,
}

impl Http {
    /// A client that finds these hosts at these addresses; port 0 is the URL's own. No proxy stands between.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn at(hosts: &[(String, SocketAddr)]) -> Result<Http, HttpError> {
        let at =
            |builder: reqwest::ClientBuilder, (host, address): &(String, SocketAddr)| builder.resolve(host, *address);
        Http::build(hosts.iter().fold(Client::builder().no_proxy(), at))
    }

    /// Gets a page.
    ///
    /// # Errors
    /// When no answer came in time, in one line.
    pub async fn fetch(&self, fetch: &Fetch<'_>) -> Result<Page, HttpError> {
        let method = if fetch.head { Method::HEAD } else { Method::GET };
        let mut request = self.client().request(method, fetch.url).timeout(fetch.timeout);
        if let Some(host) = fetch.host {
            request = request.header(HOST, host);
        }
        for (name, value) in fetch.headers {
            request = request.header(name, value);
        }
        if fetch.identity {
            request = request.header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        if let Some(secret) = fetch.secret {
            let (name, value) = secret.header();
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(|e| HttpError::new(in_words(&e)))?;
        let text = |(name, value): (&reqwest::header::HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers = answer.headers().iter().map(text).collect();
        let status = answer.status().as_u16();
        let body = body_of(answer, fetch.most).await?;
        Ok(Page { status, headers, body })
    }
}
