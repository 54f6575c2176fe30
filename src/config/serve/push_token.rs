//! The token of a push subscription of Google's Pub/Sub: for whom it is made, of whom it speaks, and where the keys are that sign it.
//!
//! Google signs such tokens for everybody, so the audience and the account have to be named: with one of them alone, a subscription of
//! a stranger's would do. Fetching the keys is left to the door.

use std::path::{Path, PathBuf};

use url::{Host, Url};

use crate::config::checked::checked;
use crate::config::fault::{Fault, value};
use crate::config::raw::Text;
use crate::config::raw_serve::RawHook;
use crate::config::spanned::Spanned;

/// A token that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushToken {
    /// The audience that the subscription is set up with.
    pub audience: String,
    /// The service account that the subscription is set up with.
    pub email: String,
    /// Where the public keys are.
    pub keys: KeySource,
}

/// Where public keys are: a JSON Web Key Set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// In a file.
    File(PathBuf),
    /// At a URL of the configuration's, never of a delivery's.
    Url(String),
}

/// Google's keys, as its discovery document names them (<https://accounts.google.com/.well-known/openid-configuration>).
const GOOGLE: &str = "https://www.googleapis.com/oauth2/v3/certs";

/// The longest audience or address that is taken.
const LONGEST: usize = 512;

impl PushToken {
    pub(super) fn checked(raw: &RawHook) -> Result<Option<PushToken>, Fault> {
        let missing = |key: &str, example: &str, span| {
            let hint = format!("write both as the subscription has them, like `{key} = \"{example}\"`");
            Err(Fault::new(format!("`{key}` is missing: Google signs tokens for everybody"), hint).at(span))
        };
        match (&raw.audience, &raw.email) {
            (Some(audience), Some(email)) => Ok(Some(PushToken {
                audience: checked(audience, |text| claim(text, "audience"))?,
                email: checked(email, |text| claim(text, "email"))?,
                keys: keys(raw.keys_file.as_ref(), raw.keys_url.as_ref())?,
            })),
            (Some(audience), None) => missing("email", "push@my-project.iam.gserviceaccount.com", audience.span()),
            (None, Some(email)) => missing("audience", "https://hooks.example.com/events", email.span()),
            (None, None) => {
                let alone = raw.keys_file.as_ref().or(raw.keys_url.as_ref()).map(Spanned::span);
                alone.map_or(Ok(None), |span| missing("audience", "https://hooks.example.com/events", span))
            }
        }
    }

    pub(super) fn relative_to(&mut self, directory: &Path) {
        if let KeySource::File(file) = &mut self.keys {
            *file = directory.join(&*file);
        }
    }
}

fn claim(text: &str, key: &str) -> Result<String, Fault> {
    if (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(Fault::new(format!("`{key}` is no text of a token"), "write it exactly as the subscription has it"))
}

fn keys(file: Option<&Text>, url: Option<&Text>) -> Result<KeySource, Fault> {
    match (file, url) {
        (None, None) => Ok(KeySource::Url(GOOGLE.to_owned())),
        (None, Some(url)) => checked(url, key_url).map(KeySource::Url),
        (Some(file), None) => checked(file, |text| {
            let hint = "write the path of a JSON Web Key Set, relative to this file";
            let is_path = !text.is_empty() && !text.contains('\0');
            is_path
                .then(|| KeySource::File(PathBuf::from(text)))
                .ok_or_else(|| Fault::new("`keys_file` is no path", hint))
        }),
        (Some(_), Some(url)) => {
            let fault = Fault::new("`keys_file` and `keys_url` both say where the keys are", "keep one of them");
            Err(fault.at(url.span()))
        }
    }
}

/// Reads where keys are fetched from: whoever can answer there can make tokens, so it is HTTPS, or this machine.
fn key_url(text: &str) -> Result<String, Fault> {
    let fault = |hint: &str| Fault::new(format!("{} is no place of keys", value(text)), hint);
    let url =
        Url::parse(text).map_err(|_| fault("write the URL of a JSON Web Key Set, or leave it out for Google's"))?;
    let is_here = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
        return Err(fault("write `https://`: whoever can answer there can make tokens"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(fault("leave out user, password and fragment"));
    }
    Ok(url.into())
}
