//! The token that AWS keeps: asked for with a signature that a server judges which we did not write, and never printed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use diffpurge::config::{Config, Environment};
use diffpurge::edge::{Edge, Handler, Loopback, response};
use diffpurge::lambda::{Invocation, Invoked, invoked};
use serde_json::{Value, json};

use crate::support::{Lambda, Login, Moto, Ran, Repo, TOKEN, Tool, ZONE, bootstrap, diffpurge, edge, kept, s3, warm};

/// All that a reader of tokens has to be allowed.
const ACTIONS: &[&str] = &["ssm:GetParameter", "secretsmanager:GetSecretValue"];

/// Keys for a server that does not look at them.
const ANYBODY: &[(&str, &str)] =
    &[("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "aws-s3cret"), ("AWS_SESSION_TOKEN", "aws-s3ssion")];

/// A site with one changed file, whose token comes from where these lines of `[site.cloudflare]` say.
fn site(lines: &str) -> Repo {
    let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let cache = format!("[site.cloudflare]\nzone_id = \"{ZONE}\"\n{lines}\n");
    let repo = Repo::of(&[("purge.toml", &format!("{site}{cache}")), ("index.html", "1")]);
    repo.file("a.css", "1").commit();
    repo
}

/// A run with the API at an edge and these variables.
fn purge(repo: &Repo, edge: &Edge, variables: &[(&str, String)]) -> Tool {
    let tool = diffpurge(["purge", "HEAD~1"]).within(repo).env("CLOUDFLARE_BASE_URL", edge.api_base());
    variables.iter().fold(tool, |tool, (name, value)| tool.env(name, value))
}

/// Asserts that a run printed nothing of the token, nor of the keys that open AWS.
#[track_caller]
fn keeps_quiet(ran: &Ran, variables: &[(&str, String)]) {
    let printed = format!("{}{}", ran.stdout, ran.stderr);
    let of_aws = variables.iter().filter(|(name, _)| matches!(*name, "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN"));
    for secret in of_aws.map(|(_, value)| value.as_str()).chain([&TOKEN[..8], &TOKEN[8..]]) {
        assert!(secret.trim().is_empty() || !printed.contains(secret), "{printed}");
    }
}

/// What a store answers to a question of this number: status and body.
type Script = fn(usize) -> (u16, String);

/// A store that answers as it is told, by the number of the question; and the number of questions.
struct Scripted {
    server: Loopback,
    asked: Arc<AtomicUsize>,
    dates: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    fn answering(script: impl Fn(usize) -> (u16, String) + Send + Sync + 'static) -> Scripted {
        let (asked, dates) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let handler: Handler = Arc::new({
            let (asked, dates) = (asked.clone(), dates.clone());
            move |request| {
                let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
                assert_eq!(header("x-amz-target"), "AmazonSSM.GetParameter");
                dates.lock().unwrap().push(header("x-amz-date").to_owned());
                let (status, body) = script(asked.fetch_add(1, Ordering::SeqCst));
                let answer = response(status, &[("content-type", "application/x-amz-json-1.1")], body);
                Box::pin(async move { answer })
            }
        });
        Scripted { server: Loopback::start(handler).unwrap(), asked, dates }
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let mut all: Vec<_> = ANYBODY.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        all.push(("AWS_ENDPOINT_URL_SSM", format!("http://{}", self.server.address())));
        all.push(("AWS_DEFAULT_REGION", "eu-central-1".to_owned()));
        all
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn parameter(value: &str) -> (u16, String) {
    (200, json!({ "Parameter": { "Name": "/t", "Type": "SecureString", "Value": value } }).to_string())
}

fn refused(code: &str, message: &str) -> (u16, String) {
    (400, json!({ "__type": code, "message": message }).to_string())
}

#[test]
fn a_token_that_aws_keeps_opens_the_edge() {
    let Some(moto) = Moto::start() else { return };
    let parameter = moto.parameter("/purge/token", &format!("{TOKEN}\n"));
    let secret = moto.secret("purge/plain", TOKEN);
    moto.secret("purge/json", &json!({ "user": "x", "api token": TOKEN }).to_string());
    let user = moto.user("purger", ACTIONS);
    let role = moto.role("purger", ACTIONS);
    moto.judges();
    for (line, login, region) in [
        ("token_ssm = \"/purge/token\"".to_owned(), &user, true),
        (format!("token_ssm = \"{parameter}\""), &role, false),
        ("token_secret = \"purge/plain\"".to_owned(), &role, true),
        (format!("token_secret = \"{secret}\""), &user, false),
        ("token_secret = \"purge/json#api token\"".to_owned(), &user, true),
    ] {
        let edge = edge();
        warm(&edge, &["https://www.example.com/a.css", "https://www.example.com/b.css"]);
        let mut variables = moto.variables(login);
        variables.retain(|(name, _)| region || *name != "AWS_REGION");
        let ran = purge(&site(&line), &edge, &variables).run().exits(0).says("accepted: 1 URL in 1 request");
        keeps_quiet(&ran, &variables);
        assert_eq!(kept(&edge), ["https://www.example.com/b.css"], "{line}");
    }
}

#[test]
fn what_aws_refuses_is_told_in_one_line_and_nothing_is_sent() {
    let Some(moto) = Moto::start() else { return };
    moto.parameter("/purge/token", TOKEN);
    moto.secret("purge/plain", TOKEN);
    moto.secret("purge/json", &json!({ "token": TOKEN }).to_string());
    moto.secret("purge/lines", &format!("{TOKEN}\n{TOKEN}"));
    moto.secret("purge/blank", " \n");
    moto.binary_secret("purge/binary");
    let (user, stranger) = (moto.user("purger", ACTIONS), moto.user("stranger", &["s3:GetObject"]));
    let role = moto.role("purger", ACTIONS);
    moto.judges();
    let ssm = "token_ssm = \"/purge/token\"";
    let wrong = |login: &Login| Login { secret: "aws-s3cret-that-is-wrong".to_owned(), ..login.clone() };
    let of_another = Login { session: Some("another-session-token".to_owned()), ..role.clone() };
    let unknown = Login { id: "AKIAXXXXXXXXXXXXXXXX".to_owned(), ..user.clone() };
    for (line, login, set, error, hint) in [
        (
            "token_ssm = \"/purge/none\"",
            &user,
            None,
            "AWS has no `token_ssm` (/purge/none) in eu-central-1: ",
            "AWS_REGION",
        ),
        (
            "token_secret = \"none\"",
            &user,
            None,
            "AWS has no `token_secret` (none) in eu-central-1: ",
            "the one in an ARN",
        ),
        (
            "token_secret = \"purge/json\"",
            &user,
            None,
            "(purge/json) holds JSON, and nothing says",
            "\"purge/json#token\"",
        ),
        (
            "token_secret = \"purge/json#a\"",
            &user,
            None,
            "(purge/json#a) holds no text under that key",
            "behind the `#`",
        ),
        ("token_secret = \"purge/plain#a\"", &user, None, "(purge/plain#a) holds no text", "without a `#`"),
        ("token_secret = \"purge/binary\"", &user, None, "(purge/binary) is binary", "as text"),
        ("token_secret = \"purge/lines\"", &user, None, "(purge/lines) holds white space", "nothing beside it"),
        (
            "token_secret = \"purge/blank\"",
            &user,
            None,
            "no API token: `token_secret` (purge/blank) gives nothing",
            "nothing else",
        ),
        (
            ssm,
            &stranger,
            None,
            "AWS does not allow the reading of `token_ssm` (/purge/token): User: ",
            "`ssm:GetParameter`",
        ),
        (
            "token_secret = \"purge/plain\"",
            &stranger,
            None,
            "AWS does not allow the reading",
            "`secretsmanager:GetSecretValue`",
        ),
        (ssm, &wrong(&user), None, "AWS does not take the credentials: The request signature", "clock"),
        (ssm, &wrong(&role), None, "AWS does not take the credentials: ", "one login"),
        (ssm, &of_another, None, "AWS does not take the credentials: ", "one login"),
        (ssm, &unknown, None, "AWS does not take the credentials: The security token", "one login"),
        (
            ssm,
            &user,
            Some(("AWS_ACCESS_KEY_ID", "")),
            "no AWS credentials for `token_ssm` (/purge/token): the environment variable AWS_ACCESS_KEY_ID",
            "export-credentials",
        ),
        (
            ssm,
            &user,
            Some(("AWS_SECRET_ACCESS_KEY", " ")),
            "the environment variable AWS_SECRET_ACCESS_KEY is not set",
            "export",
        ),
        (
            ssm,
            &user,
            Some(("AWS_SESSION_TOKEN", "aws-s3ssion of-yesterday")),
            "what AWS_SESSION_TOKEN holds is no credential of AWS",
            "log in",
        ),
        (
            ssm,
            &user,
            Some(("AWS_REGION", "")),
            "no AWS region for `token_ssm` (/purge/token)",
            "AWS_REGION=eu-central-1",
        ),
        (ssm, &user, Some(("AWS_REGION", "evil.example/")), "AWS_REGION holds no region of AWS", "ARN"),
        (
            ssm,
            &user,
            Some(("AWS_ENDPOINT_URL", "http://evil.example")),
            "AWS_ENDPOINT_URL cannot be used: a token",
            "unset",
        ),
        (
            ssm,
            &user,
            Some(("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:1")),
            "cannot ask AWS for `token_ssm` (/purge/token): no connection",
            "VPC",
        ),
    ] {
        let edge = edge();
        let mut variables = moto.variables(login);
        if let Some((name, value)) = set {
            variables.retain(|(known, _)| *known != name);
            variables.push((name, value.to_owned()));
        }
        let ran = purge(&site(line), &edge, &variables).arguments(["--retry-for", "1"]).run().exits(2);
        keeps_quiet(&ran, &variables);
        ran.fails_with(error, hint);
        assert!(edge.recorded().is_empty(), "{line}");
    }
}

#[test]
fn one_question_is_for_all_sites_of_a_run_and_none_for_a_plan() {
    let store = Scripted::answering(|_| parameter(TOKEN));
    let edge = edge();
    let site = |name: &str, line: &str| {
        format!(
            "[[site]]\nname = \"{name}\"\nbase_urls = [\"https://{name}.example.com/\"]\n[site.cloudflare]\nzone_id = \"{ZONE}\"\n{line}\n"
        )
    };
    let two = |line: &str| {
        let repo = Repo::of(&[("purge.toml", &[site("a", line), site("b", line)].concat()), ("index.html", "1")]);
        repo.file("a.css", "1").commit();
        repo
    };
    let repo = two("token_ssm = \"/t\"");
    diffpurge(["plan", "HEAD~1"]).within(&repo).run().exits(0);
    purge(&repo, &edge, &store.variables()).run().exits(0).says("a: accepted: 1 URL").says("b: accepted: 1 URL");
    assert_eq!(store.asked(), 1);
    // Nor is it asked for twice where there is none.
    let none = Scripted::answering(|_| refused("ParameterNotFound", ""));
    let ran = purge(&repo, &edge, &none.variables()).run().exits(2);
    assert!(
        ran.stderr.contains("sites a, b: AWS has no `token_ssm` (/t) in eu-central-1: ParameterNotFound"),
        "{ran:?}"
    );
    assert_eq!(none.asked(), 1);
}

#[test]
fn a_store_that_is_busy_is_asked_again_and_with_a_signature_of_its_own() {
    let store = Scripted::answering(|number| match number {
        0 => refused("ThrottlingException", "Rate exceeded"),
        1 => (503, "<html>busy</html>".to_owned()),
        _ => parameter(TOKEN),
    });
    let edge = edge();
    let repo = site("token_ssm = \"/t\"");
    let ran = purge(&repo, &edge, &store.variables()).arguments(["--retry-for", "20"]);
    keeps_quiet(&ran.run().exits(0).says("accepted: 1 URL"), &store.variables());
    assert_eq!(store.asked(), 3);
    let dates = store.dates.lock().unwrap();
    assert!(dates[0] < dates[2] && dates[2].ends_with('Z'), "{dates:?}");
}

#[test]
fn a_store_that_answers_nothing_of_use_is_told_and_nothing_of_it_is_shown() {
    let repo = site("token_ssm = \"/t\"");
    let rows: [(Script, &str, &str); 10] = [
        (
            |_| refused("ThrottlingException", "Rate exceeded"),
            "cannot ask AWS for `token_ssm` (/t): Rate exceeded (ThrottlingException); ",
            "VPC",
        ),
        (|_| (502, "<html>".to_owned()), "cannot ask AWS for `token_ssm` (/t): HTTP 502; ", "VPC"),
        (
            |_| (403, format!("<html>{TOKEN}</html>")),
            "the answer for `token_ssm` (/t) is none of AWS's: HTTP 403",
            "proxy",
        ),
        (|_| (200, format!("<html>{TOKEN}</html>")), "is none of AWS's: it is no JSON with a value", "proxy"),
        (
            |_| (200, json!({ "Parameter": { "Value": [TOKEN] } }).to_string()),
            "is none of AWS's: it is no JSON with a value",
            "proxy",
        ),
        (|_| parameter(&TOKEN.repeat(9000)), "`token_ssm` (/t) holds more than 65536 bytes", "nothing else"),
        (|_| parameter(&format!("{TOKEN} {TOKEN}")), "`token_ssm` (/t) holds white space", "nothing beside it"),
        (|_| parameter(""), "no API token: `token_ssm` (/t) gives nothing", "nothing else"),
        (
            |_| refused("ExpiredTokenException", "The security token aws-s3ssion has expired\n::error::x"),
            "the AWS credentials have expired: The security token [key] has expired\\n::error::x (ExpiredTokenException)",
            "log in to AWS again",
        ),
        (|_| (301, String::new()), "is none of AWS's: HTTP 301", "proxy"),
    ];
    for (script, error, hint) in rows {
        let (store, edge) = (Scripted::answering(script), edge());
        for format in ["human", "json"] {
            let tool = purge(&repo, &edge, &store.variables()).env("GITHUB_ACTIONS", "true");
            let ran = tool.arguments(["-v", "--retry-for", "1", "--format", format]).run().exits(2);
            keeps_quiet(&ran, &store.variables());
            assert!(ran.stderr.contains(error) && ran.stderr.contains(hint), "{error}: {}", ran.stderr);
        }
        assert!(edge.recorded().is_empty(), "{error}");
    }
}

#[test]
fn a_check_asks_a_store_only_when_that_is_asked_for() {
    let store = Scripted::answering(|_| parameter(TOKEN));
    let edge = edge();
    let repo = site("token_ssm = \"/t\"");
    let check = |arguments: &[&str]| {
        let tool = diffpurge(["check"]).within(&repo).arguments(arguments).env("CLOUDFLARE_BASE_URL", edge.api_base());
        store.variables().iter().fold(tool, |tool, (name, value)| tool.env(name, value)).run()
    };
    check(&[])
        .exits(0)
        .says("a token from `token_ssm` (/t), which was not asked for; hint: `diffpurge check --credentials`");
    assert_eq!((store.asked(), edge.looked_up().len()), (0, 0));
    check(&["--credentials"]).exits(0).says("a token from `token_ssm` (/t)").says("active");
    assert_eq!(store.asked(), 1);
    let none = Scripted::answering(|_| refused("ParameterNotFound", ""));
    let tool = diffpurge(["check", "--credentials"]).within(&repo).env("CLOUDFLARE_BASE_URL", edge.api_base());
    let ran = none.variables().iter().fold(tool, |tool, (name, value)| tool.env(name, value)).run().exits(1);
    ran.says("AWS has no `token_ssm` (/t) in eu-central-1: ParameterNotFound; hint: correct the name or the region");
}

#[test]
fn a_cache_of_ones_own_is_opened_by_a_stored_token_too() {
    let store = Scripted::answering(|_| parameter(TOKEN));
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let handler: Handler = Arc::new({
        let seen = seen.clone();
        move |request| {
            let key = request.headers().get("x-key").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
            seen.lock().unwrap().push(key);
            Box::pin(async move { response(200, &[], String::new()) })
        }
    });
    let cache = Loopback::start(handler).unwrap();
    let table = format!(
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.http_purge]\nendpoints = [\"http://{}\"]\n\
         token_header = \"X-Key\"\ntoken_ssm = \"/t\"\n",
        cache.address()
    );
    let repo = Repo::of(&[("purge.toml", &table), ("index.html", "1")]);
    repo.file("a.css", "1").commit();
    keeps_quiet(&purge(&repo, &edge(), &store.variables()).run().exits(0), &store.variables());
    assert_eq!(*seen.lock().unwrap(), [TOKEN]);
}

#[cfg(feature = "serve")]
#[test]
fn a_receiver_takes_a_new_token_for_its_next_run() {
    use crate::support::{Place, Site};
    let Some(moto) = Moto::start() else { return };
    moto.parameter("/purge/token", "a-token-of-yesterday");
    let user = moto.user("purger", ACTIONS);
    moto.judges();
    let site = Site::of("");
    let first = site.deploy(&[("a.css", "1")]);
    let place = Place::of(&site, "", "").env("CLOUDFLARE_API_TOKEN", "");
    let file = place.path().join("purge.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("[serve]", "[site.cloudflare]\ntoken_ssm = \"/purge/token\"\n[serve]", 1))
        .unwrap();
    let place = moto.variables(&user).iter().fold(place, |place, (name, value)| place.env(name, value));
    let receiver = place.start();
    let run = receiver.deployed(&first, 1).run();
    let told = receiver.awaits_log("run");
    assert!(!told.to_string().contains("yesterday"), "{told:#}");
    assert_eq!(site.live.edge.recorded().iter().filter(|one| one.status == 200).count(), 0);
    moto.trusts();
    moto.parameter("/purge/token", TOKEN);
    moto.judges();
    receiver.awaits(&run, "done");
    assert!(!receiver.log().contains("yesterday") && !receiver.log().contains(&user.secret), "{}", receiver.log());
}

/// A bucket of which one directory is published, with the token in Parameter Store.
const OF_BUCKET: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\nspellings = \"canonical\"\n\
    [site.events]\nbucket = \"my-bucket\"\nprefix = \"site/\"\n[site.cloudflare]\ntoken_ssm = \"/purge/token\"\n";

fn event(key: &str) -> Value {
    json!({ "Records": [s3("my-bucket", key)] })
}

#[test]
fn a_lambda_asks_for_the_token_at_each_invocation() {
    let store = Scripted::answering(|number| parameter(if number == 0 { "a-token-of-yesterday" } else { TOKEN }));
    let edge = edge();
    warm(&edge, &["https://www.example.com/a.css"]);
    let config = Config::parse(OF_BUCKET, "purge.toml").unwrap();
    let mut variables = store.variables();
    variables.extend([("CLOUDFLARE_BASE_URL", edge.api_base()), ("CLOUDFLARE_ZONE_ID", ZONE.to_owned())]);
    let environment: Environment = variables.into_iter().collect();
    let invoke = || {
        let (event, time) = (event("site/a.css"), Duration::from_secs(60));
        invoked(&Invocation { event: &event, id: "1", time, config: &config, environment: &environment })
    };
    let Invoked { answer, log } = invoke();
    assert!(answer.unwrap_err().contains("not accepted") && !log.to_string().contains("yesterday"), "{log}");
    assert_eq!(invoke().answer, Ok(Value::Null));
    assert_eq!((kept(&edge), store.asked()), (Vec::new(), 2));
}

#[test]
fn a_store_that_says_nothing_ends_an_invocation_in_time() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut variables: Vec<_> = ANYBODY.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let address = format!("http://{}", silent.local_addr().unwrap());
    variables.extend([("AWS_ENDPOINT_URL", address), ("AWS_REGION", "eu-central-1".to_owned())]);
    variables.push(("CLOUDFLARE_ZONE_ID", ZONE.to_owned()));
    let (event, time, start) = (event("site/a.css"), Duration::from_secs(5), std::time::Instant::now());
    let config = Config::parse(OF_BUCKET, "purge.toml").unwrap();
    let environment = &variables.into_iter().collect::<Environment>();
    let Invoked { answer, log } = invoked(&Invocation { event: &event, id: "1", time, config: &config, environment });
    let error = answer.unwrap_err();
    assert_eq!(error, "site www: `token_ssm` (/purge/token) was not asked for to the end: interrupted", "{log}");
    assert!(start.elapsed() < time, "{:?}", start.elapsed());
}

#[test]
fn the_lambdas_binary_purges_with_a_token_out_of_parameter_store() {
    let Some(binary) = bootstrap() else { return };
    let Some(moto) = Moto::start() else { return };
    moto.parameter("/purge/token", TOKEN);
    let role = moto.role("function", ACTIONS);
    moto.judges();
    let place = tempfile::TempDir::new().unwrap();
    let file = place.path().join("purge.toml");
    std::fs::write(&file, OF_BUCKET).unwrap();
    let edge = edge();
    warm(&edge, &["https://www.example.com/a.css", "https://www.example.com/b.css"]);
    let variables = moto.variables(&role);
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut lambda = Lambda::with(&binary, Some(&file), &edge.api_base(), &variables);
    assert_eq!(lambda.invoke(&event("site/a.css")), Ok(Value::Null));
    assert_eq!(kept(&edge), ["https://www.example.com/b.css"]);
    let log = lambda.ends();
    assert!(!log[0].to_string().contains(&role.secret), "{log:?}");
}
