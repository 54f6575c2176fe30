//! The files of a deploy as Netlify's API lists them: the snapshot of a site whose output is in no repository.
//!
//! Each file comes with the SHA-1 of its bytes, so that the list of one deploy can be compared with that of another, and with what is
//! served. Of a delivery only the deploy's id is used, and never an address.
//!
//! Netlify documents the list of a site's files (<https://open-api.netlify.com/#tag/file/operation/listSiteFiles>), and not the same list of
//! one deploy, nor whether it comes in pages. So pages are asked for until one brings nothing new.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::config::{Environment, TokenSource};
use crate::display::line;
use crate::provider::{ApiAddress, Keys, LookUp, Secret};
use crate::replacement::Replacement;
use crate::send::{Credentials, CredentialsError, Http, HttpError, runtime};
use crate::snapshot::{Hash, Unlistable, manifest_of_list};

/// Netlify's API (<https://docs.netlify.com/api/get-started/>).
const API: &str = "https://api.netlify.com/api/v1";

/// The variable that moves it, as Netlify's own command line has it.
const VARIABLE: &str = "NETLIFY_API_URL";

/// The files of a page that are asked for: the most that Netlify gives of anything.
const PAGE: usize = 100;

/// The most pages: a million files.
const PAGES: usize = 10_000;

/// How long an answer is waited for.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Asks for the files of deploys.
pub(super) struct Listing<'l> {
    pub(super) environment: &'l Environment,
    /// Where the token is, which may read the site.
    pub(super) token: &'l TokenSource,
}

/// Why the files of a deploy are not known.
#[derive(Debug, thiserror::Error)]
pub(super) enum ListingError {
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error("NETLIFY_API_URL is no address of an API: {0}")]
    Address(String),
    #[error("Netlify's API: {0}")]
    Http(#[from] HttpError),
    #[error("Netlify's API answers HTTP {0}: the token may not read the site, or is none")]
    Refused(u16),
    #[error("Netlify's API knows no deploy {0} of a site that the token may read")]
    NoDeploy(String),
    #[error("Netlify's API answers HTTP {0}")]
    Status(u16),
    #[error("Netlify's API answers with no list of files: {0}")]
    Strange(String),
    #[error("the deploy has no files")]
    Empty,
    #[error(transparent)]
    Unlistable(#[from] Unlistable),
    #[error("the list cannot be written: {0}")]
    Io(#[from] std::io::Error),
}

/// A file of a deploy; more is told of it.
#[derive(Deserialize)]
struct Listed {
    path: String,
    sha: String,
}

impl Listing<'_> {
    /// Writes the manifest of a deploy in place of a file.
    ///
    /// # Errors
    /// When the API does not list the files.
    pub(super) fn save(&self, deploy: &str, path: &Path) -> Result<(), ListingError> {
        let files = runtime()?.block_on(self.files(deploy))?;
        let files =
            files.into_iter().map(|(path, sha)| (path.strip_prefix('/').map_or(path.clone(), str::to_owned), sha));
        let text = manifest_of_list(Hash::PlainSha1, files)?;
        path.parent().map(std::fs::create_dir_all).transpose()?;
        let mut file = Replacement::begin(path)?;
        file.file().write_all(&text)?;
        Ok(file.take_place()?)
    }

    /// Returns the files of a deploy by path, each with its SHA-1.
    async fn files(&self, deploy: &str) -> Result<HashMap<String, String>, ListingError> {
        let api = api(self.environment)?;
        let secret = Secret { header: "authorization".into(), prefix: "Bearer ".into() };
        let keys = Keys { source: self.token.clone(), secret: secret.clone(), needs: None, older: None };
        let elsewhere = |_: &_| Err(CredentialsError::Elsewhere(self.token.to_string()));
        let credentials = Credentials::find(self.environment, &keys, elsewhere)?;
        let http = if api.is_on_this_machine() { Http::local() } else { Http::new() }?;
        let mut files = HashMap::new();
        for page in 1..=PAGES {
            let url = format!("{}/deploys/{deploy}/files?page={page}&per_page={PAGE}", api.as_str());
            let reply = http.look_up(&LookUp { url, secret: secret.clone() }, &credentials, TIMEOUT).await?;
            match reply.status {
                200 => {}
                401 | 403 => return Err(ListingError::Refused(reply.status)),
                404 => return Err(ListingError::NoDeploy(deploy.to_owned())),
                status => return Err(ListingError::Status(status)),
            }
            let listed: Vec<Listed> =
                serde_json::from_slice(&reply.body).map_err(|error| ListingError::Strange(line(&error.to_string())))?;
            let known = files.len();
            files.extend(listed.into_iter().map(|file| (file.path, file.sha)));
            if files.len() == known {
                break;
            }
        }
        if files.is_empty() { Err(ListingError::Empty) } else { Ok(files) }
    }
}

/// Returns where the API is.
fn api(environment: &Environment) -> Result<ApiAddress, ListingError> {
    let strange = |_| ListingError::Address("its value is no text".to_owned());
    ApiAddress::parse(environment.get(VARIABLE).map_err(strange)?.unwrap_or(API)).map_err(ListingError::Address)
}
