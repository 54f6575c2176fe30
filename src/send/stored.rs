//! Asks a store of AWS for a token: one signed request, asked again where that may help.
//!
//! The region, the keys and the address come from the environment, under the names that AWS's own SDKs know, and never from the
//! configuration, which may be a stranger's: but for the region of an ARN, which cannot lead out of AWS. What an answer means is left to
//! the credentials.

use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio::time::{Instant, sleep};
use url::{Position, Url};

use super::credentials::{AwsKeys, CredentialsError, NoValue, StoredAnswer, StoredError, StoredText, Unsigned};
use super::http::{Http, HttpError};
use super::interrupt::Stop;
use super::retry::{RetryPolicy, Tried};
use crate::config::{Environment, Region, StoredToken, TokenStore};
use crate::display::counted;
use crate::provider::ApiAddress;

/// How long a token is asked for in all, as long as a program may take that prints one.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long one answer is waited for. It takes well under a second.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The first wait after an answer about the rate, which both stores count by the second.
const THROTTLED: Duration = Duration::from_secs(1);

/// The variables with the region, as the SDKs know them; Lambda sets the first.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The variable that moves all of AWS.
const ALL: &str = "AWS_ENDPOINT_URL";

/// Ends of the names of AWS's servers, by the starts of regions (<https://docs.aws.amazon.com/general/latest/gr/rande.html>).
const DOMAINS: [(&str, &str); 7] = [
    ("cn-", "amazonaws.com.cn"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("", "amazonaws.com"),
];

/// The means to ask.
pub struct Asking<'a> {
    /// Holds the keys, the region, and perhaps an address.
    pub environment: &'a Environment,
    /// How long an answer is worth waiting for, and how often it is asked for.
    pub policy: RetryPolicy,
    /// Tells the time of day, which is signed.
    pub clock: fn() -> SystemTime,
    /// The thing that ends the run.
    pub stop: Stop,
}

/// Asks for a token.
///
/// # Errors
/// When there is none to be had: nothing of it is in the error.
pub async fn stored(token: &StoredToken, asking: Asking<'_>) -> Result<StoredText, CredentialsError> {
    let stop = asking.stop.clone();
    tokio::select! {
        biased;
        () = stop.came_from_a_door() => Err(StoredError::Interrupted(token.to_string()).into()),
        asked = ask(token, &asking) => asked.map_err(CredentialsError::from),
    }
}

async fn ask(token: &StoredToken, asking: &Asking<'_>) -> Result<StoredText, StoredError> {
    let region = region(token, asking.environment)?;
    let address = address(token.store(), &region, asking.environment)?;
    let keys = AwsKeys::find(asking.environment, token)?;
    let unreachable = |why: String| StoredError::Unreachable { token: token.to_string(), why };
    let unsent = |error: HttpError| unreachable(error.to_string());
    let http = if address.is_on_this_machine() { Http::local() } else { Http::new() }.map_err(unsent)?;
    let question = Question { token, region: region.as_str(), url: format!("{}/", address.as_str()), keys: &keys };
    let policy = RetryPolicy {
        throttled_base: THROTTLED,
        deadline: asking.policy.deadline.min(PATIENCE),
        timeout: TIMEOUT,
        ..asking.policy
    };
    let start = Instant::now();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let answer = question.asked(&http, (asking.clock)(), policy.timeout).await;
        let (throttled, retry_after, why) = match answer {
            Ok(answer) => match answer.value(token, region.as_str(), &keys) {
                Ok(value) => return Ok(value),
                Err(NoValue::Never(error)) => return Err(error),
                Err(NoValue::Busy { throttled, retry_after, why }) => (throttled, retry_after, why),
            },
            Err(error @ HttpError::Unsendable(_)) => return Err(unsent(error)),
            Err(error) => (false, None, error.to_string()),
        };
        let tried = Tried { attempts, elapsed: start.elapsed(), throttled, retry_after };
        match policy.next_delay(tried, fastrand::f64()) {
            Ok(delay) => sleep(delay).await,
            Err(_) => {
                return Err(unreachable(format!(
                    "{why}; {} within {} s",
                    counted(attempts as usize, "attempt"),
                    policy.deadline.as_secs()
                )));
            }
        }
    }
}

/// A question, which is signed anew each time.
struct Question<'q> {
    token: &'q StoredToken,
    region: &'q str,
    url: String,
    keys: &'q AwsKeys,
}

impl Question<'_> {
    async fn asked(&self, http: &Http, now: SystemTime, timeout: Duration) -> Result<StoredAnswer, HttpError> {
        let unsendable = |why: &str| HttpError::Unsendable(why.to_owned());
        let url = Url::parse(&self.url).map_err(|_| unsendable("this is no URL"))?;
        let store = self.token.store();
        let (target, body) = match store {
            TokenStore::Parameters => {
                ("AmazonSSM.GetParameter", json!({ "Name": self.token.name(), "WithDecryption": true }))
            }
            TokenStore::Secrets => ("secretsmanager.GetSecretValue", json!({ "SecretId": self.token.name() })),
        };
        let body = body.to_string().into_bytes();
        let unsigned = Unsigned {
            method: "POST",
            host: &url[Position::BeforeHost..Position::AfterPort],
            path: url.path(),
            headers: &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)],
            body: &body,
            region: self.region,
            service: store.service(),
        };
        let headers =
            self.keys.signed(&unsigned, now).ok_or_else(|| unsendable("the credentials cannot be sent as headers"))?;
        http.ask_store(url, headers, body, timeout).await
    }
}

/// Returns the region: an ARN's own, or the environment's.
fn region(token: &StoredToken, environment: &Environment) -> Result<Region, StoredError> {
    if let Some(region) = token.region() {
        return Ok(region);
    }
    for variable in REGIONS {
        let value = environment.get(variable).map_err(|_| StoredError::NoSuchRegion(variable))?;
        if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
            return Region::parse(value).ok_or(StoredError::NoSuchRegion(variable));
        }
    }
    Err(StoredError::NoRegion(token.to_string()))
}

/// Returns where the store answers: AWS's own address of the region, unless a variable of AWS's SDKs moves it.
fn address(store: TokenStore, region: &Region, environment: &Environment) -> Result<ApiAddress, StoredError> {
    let own = match store {
        TokenStore::Parameters => "AWS_ENDPOINT_URL_SSM",
        TokenStore::Secrets => "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    };
    for variable in [own, ALL] {
        let fault = |what: String| StoredError::Address { variable, what };
        if let Some(value) = environment.get(variable).map_err(|_| fault("its value is no text".to_owned()))? {
            return ApiAddress::parse(value.trim()).map_err(fault);
        }
    }
    let domain = DOMAINS.iter().find(|(start, _)| region.as_str().starts_with(start)).map_or("", |(_, domain)| domain);
    let own = format!("https://{}.{}.{domain}", store.service(), region.as_str());
    ApiAddress::parse(&own).map_err(|what| StoredError::Address { variable: REGIONS[0], what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, TokenSource};

    fn token(line: &str) -> StoredToken {
        let site = "[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\n[site.cloudflare]\n";
        let site = Config::parse(&format!("{site}{line}\n"), "").unwrap().sites.remove(0);
        match site.cache.token_source() {
            Some(TokenSource::Stored(token)) => token.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn asked(line: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let (token, environment) = (token(line), variables.iter().copied().collect());
        let region = region(&token, &environment).map_err(|error| error.to_string())?;
        let address = address(token.store(), &region, &environment).map_err(|error| error.to_string())?;
        Ok(address.as_str().to_owned())
    }

    #[test]
    fn the_region_and_the_variables_say_where_a_store_answers() {
        let (ssm, secret) = ("token_ssm = \"/t\"", "token_secret = \"t\"");
        let arn = "token_ssm = \"arn:aws:ssm:eu-west-1:123456789012:parameter/t\"";
        for (line, variables, want) in [
            (ssm, &[("AWS_REGION", "eu-central-1")][..], "https://ssm.eu-central-1.amazonaws.com"),
            (secret, &[("AWS_REGION", "us-gov-west-1")], "https://secretsmanager.us-gov-west-1.amazonaws.com"),
            (ssm, &[("AWS_DEFAULT_REGION", " cn-north-1\n")], "https://ssm.cn-north-1.amazonaws.com.cn"),
            (ssm, &[("AWS_REGION", "eusc-de-east-1")], "https://ssm.eusc-de-east-1.amazonaws.eu"),
            (ssm, &[("AWS_REGION", "us-isob-east-1")], "https://ssm.us-isob-east-1.sc2s.sgov.gov"),
            (ssm, &[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "us-east-1")], "https://ssm.us-east-1.amazonaws.com"),
            (
                ssm,
                &[("AWS_REGION", "us-east-2"), ("AWS_DEFAULT_REGION", "us-east-1")],
                "https://ssm.us-east-2.amazonaws.com",
            ),
            (arn, &[("AWS_REGION", "us-east-2")], "https://ssm.eu-west-1.amazonaws.com"),
            (arn, &[], "https://ssm.eu-west-1.amazonaws.com"),
            (arn, &[("AWS_ENDPOINT_URL_SSM", "https://vpce-1.example/")], "https://vpce-1.example"),
            (arn, &[("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")], "http://127.0.0.1:5000"),
            (
                arn,
                &[("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:5000")],
                "https://ssm.eu-west-1.amazonaws.com",
            ),
        ] {
            assert_eq!(asked(line, variables).as_deref(), Ok(want), "{line} {variables:?}");
        }
    }

    #[test]
    fn a_request_leads_nowhere_but_to_aws_or_to_this_machine() {
        let ssm = "token_ssm = \"/t\"";
        for (variables, want) in [
            (&[][..], "no AWS region for `token_ssm` (/t): neither AWS_REGION nor AWS_DEFAULT_REGION is set"),
            (&[("AWS_REGION", "evil.example/#-")], "AWS_REGION holds no region of AWS"),
            (&[("AWS_DEFAULT_REGION", "evil.example/#-")], "AWS_DEFAULT_REGION holds no region of AWS"),
            (
                &[("AWS_REGION", "us-east-1"), ("AWS_ENDPOINT_URL", "http://evil.example")],
                "AWS_ENDPOINT_URL cannot be used: a token",
            ),
            (
                &[("AWS_REGION", "us-east-1"), ("AWS_ENDPOINT_URL_SSM", "https://a:s3cret@x")],
                "AWS_ENDPOINT_URL_SSM cannot be used: only scheme",
            ),
        ] {
            let error = asked(ssm, variables).unwrap_err();
            assert!(error.starts_with(want) && !error.contains("s3cret"), "{error}");
        }
    }
}
