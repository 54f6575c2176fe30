//! AWS's Parameter Store and Secrets Manager as moto plays them: a server that judges signatures and permissions. It is gone when dropped.
//!
//! `.ci/run` installs it; elsewhere `python3 -m venv target/moto && target/moto/bin/pip install 'moto[server]'` does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::required;

/// The region of everything.
pub(crate) const REGION: &str = "eu-central-1";

/// A running moto.
pub(crate) struct Moto {
    child: Child,
    address: SocketAddr,
}

/// Keys of a user or a role.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) session: Option<String>,
}

impl Login {
    /// The variables in which they are passed on.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("AWS_ACCESS_KEY_ID", self.id.clone()), ("AWS_SECRET_ACCESS_KEY", self.secret.clone())];
        all.extend(self.session.clone().map(|session| ("AWS_SESSION_TOKEN", session)));
        all
    }
}

impl Moto {
    fn program() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/moto/bin/moto_server")
    }

    /// Starts one that asks nobody who they are yet; `None` where it is not installed.
    pub(crate) fn start() -> Option<Moto> {
        let program = Moto::program();
        let what = "moto: `python3 -m venv target/moto && target/moto/bin/pip install 'moto[server]'`";
        if !required(program.exists(), what) {
            return None;
        }
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", "0"]).env_clear().env("HOME", "/nonexistent");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| line.unwrap().split_once("Running on http://")?.1.trim().parse().ok());
        // Its log is read to the end, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Moto { child, address: address.expect("moto says where it runs") })
    }

    /// Its address, for `AWS_ENDPOINT_URL`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The variables of a run for these keys.
    pub(crate) fn variables(&self, login: &Login) -> Vec<(&'static str, String)> {
        let mut all = login.variables();
        all.extend([("AWS_ENDPOINT_URL", self.url()), ("AWS_REGION", REGION.to_owned())]);
        all
    }

    /// Asks from now on who asks, and whether they may.
    pub(crate) fn judges(&self) {
        self.post("/moto-api/reset-auth", &[("content-type", "text/plain")], "0");
    }

    /// Lets everything through again.
    pub(crate) fn trusts(&self) {
        self.post("/moto-api/reset-auth", &[("content-type", "text/plain")], "1000000");
    }

    /// Writes a parameter; gives its ARN.
    pub(crate) fn parameter(&self, name: &str, value: &str) -> String {
        let body = json!({ "Name": name, "Value": value, "Type": "SecureString", "Overwrite": true });
        self.json("ssm", "AmazonSSM.PutParameter", &body);
        format!("arn:aws:ssm:{REGION}:123456789012:parameter/{}", name.trim_start_matches('/'))
    }

    /// Writes a secret; gives its ARN.
    pub(crate) fn secret(&self, name: &str, value: &str) -> String {
        self.any_secret(&json!({ "Name": name, "SecretString": value, "ClientRequestToken": "x".repeat(32) }))
    }

    /// Writes a secret that is no text.
    pub(crate) fn binary_secret(&self, name: &str) -> String {
        self.any_secret(&json!({ "Name": name, "SecretBinary": "czNjcmV0", "ClientRequestToken": "x".repeat(32) }))
    }

    fn any_secret(&self, body: &Value) -> String {
        self.json("secretsmanager", "secretsmanager.CreateSecret", body)["ARN"].as_str().unwrap().to_owned()
    }

    /// Makes a user that may do these things.
    pub(crate) fn user(&self, name: &str, actions: &[&str]) -> Login {
        self.form("iam", &format!("Action=CreateUser&Version=2010-05-08&UserName={name}"));
        let policy = policy(actions);
        self.form(
            "iam",
            &format!("Action=PutUserPolicy&Version=2010-05-08&UserName={name}&PolicyName=p&PolicyDocument={policy}"),
        );
        Login::of(&self.form("iam", &format!("Action=CreateAccessKey&Version=2010-05-08&UserName={name}")))
    }

    /// Makes a role that may do these things, and takes it on.
    pub(crate) fn role(&self, name: &str, actions: &[&str]) -> Login {
        let trust = escaped(r#"{"Version":"2012-10-17","Statement":[]}"#);
        self.form(
            "iam",
            &format!("Action=CreateRole&Version=2010-05-08&RoleName={name}&AssumeRolePolicyDocument={trust}"),
        );
        let policy = policy(actions);
        self.form(
            "iam",
            &format!("Action=PutRolePolicy&Version=2010-05-08&RoleName={name}&PolicyName=p&PolicyDocument={policy}"),
        );
        let arn = escaped(&format!("arn:aws:iam::123456789012:role/{name}"));
        Login::of(
            &self.form("sts", &format!("Action=AssumeRole&Version=2011-06-15&RoleArn={arn}&RoleSessionName=tests")),
        )
    }

    fn json(&self, service: &str, target: &str, body: &Value) -> Value {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let text = self.asked(service, &headers, &body.to_string());
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
    }

    fn form(&self, service: &str, body: &str) -> String {
        self.asked(service, &[("content-type", "application/x-www-form-urlencoded")], body)
    }

    /// Asks as somebody whose signature is not looked at; moto takes the service from it.
    fn asked(&self, service: &str, headers: &[(&str, &str)], body: &str) -> String {
        let scope = format!("AWS4-HMAC-SHA256 Credential=x/20261126/{REGION}/{service}/aws4_request");
        let authorization = format!("{scope}, SignedHeaders=host, Signature=x");
        self.post("/", &[headers, &[("authorization", authorization.as_str())]].concat(), body)
    }

    #[track_caller]
    fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let line = |text: String, (name, value): &(&str, &str)| format!("{text}{name}: {value}\r\n");
        let headers = headers.iter().fold(String::new(), line);
        let head = format!("POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}", self.address);
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(head.split(' ').nth(1), Some("200"), "{answer}");
        body.to_owned()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Login {
    /// Reads what IAM or STS made.
    fn of(answer: &str) -> Login {
        let between = |tag: &str| {
            let (_, rest) = answer.split_once(&format!("<{tag}>"))?;
            Some(rest.split_once(&format!("</{tag}>"))?.0.to_owned())
        };
        let secret = between("SecretAccessKey").unwrap_or_else(|| panic!("{answer}"));
        Login { id: between("AccessKeyId").unwrap(), secret, session: between("SessionToken") }
    }
}

/// A policy that allows these things, as a form has it.
fn policy(actions: &[&str]) -> String {
    let statement = json!([{ "Effect": "Allow", "Action": actions, "Resource": "*" }]);
    escaped(&json!({ "Version": "2012-10-17", "Statement": statement }).to_string())
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
