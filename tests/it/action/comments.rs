//! The comment on a pull request: one, however often the action runs, beside what strangers write.

use std::sync::{Arc, Mutex};

use diffpurge::edge::{Handler, Loopback, response};
use serde_json::{Value, json};

use super::runner::{Runner, Step};
use super::{Hosted, request};
use crate::install;
use crate::support::required;

const TOKEN: &str = "ghs_c0mm3nt";

/// The part of GitHub's API that is about the comments of a pull request.
struct Comments {
    all: Arc<Mutex<Vec<Value>>>,
    server: Loopback,
}

impl Comments {
    /// With these comments before, and for this token alone.
    fn with(before: Vec<Value>) -> Comments {
        let all = Arc::new(Mutex::new(before));
        let kept = all.clone();
        let handler: Handler = Arc::new(move |request| {
            let mut all = kept.lock().unwrap();
            let (method, uri) = (request.method().as_str(), request.uri());
            let token = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
            let sent: Value = serde_json::from_slice(request.body()).unwrap_or_default();
            let page = || -> usize {
                let asked = uri.query().unwrap_or_default().split('&').find_map(|part| part.strip_prefix("page="));
                asked.unwrap().parse().unwrap()
            };
            let (status, answer) = match (method, uri.path()) {
                _ if token != Some(format!("Bearer {TOKEN}")) => (403, json!({"message": "not accessible"})),
                ("GET", "/repos/o/site/issues/7/comments") => {
                    let found: Vec<Value> = all.iter().skip((page() - 1) * 100).take(100).cloned().collect();
                    (200, found.into())
                }
                ("POST", "/repos/o/site/issues/7/comments") => {
                    let comment = json!({"id": 1000 + all.len(), "body": sent["body"], "user": {"type": "Bot"}, "author_association": "NONE"});
                    all.push(comment.clone());
                    (201, comment)
                }
                ("PATCH", path) => {
                    let id: u64 = path.rsplit('/').next().unwrap().parse().unwrap();
                    let found = all.iter_mut().find(|comment| comment["id"] == id).unwrap();
                    found["body"] = sent["body"].clone();
                    (200, found.clone())
                }
                _ => (404, json!({"message": "Not Found"})),
            };
            let answer = response(status, &[("content-type", "application/json")], answer.to_string());
            Box::pin(async move { answer })
        });
        Comments { all, server: Loopback::start(handler).unwrap() }
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    fn bodies(&self) -> Vec<String> {
        self.all.lock().unwrap().iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
    }
}

fn here(program: &str) -> bool {
    std::process::Command::new(program).arg("--version").output().is_ok_and(|ran| ran.status.success())
}

#[test]
fn a_pull_request_has_one_comment_that_is_written_anew() {
    if !required(here("curl") && here("jq"), "curl and jq") {
        return;
    }
    let releases = install::releases();
    let hosted = Hosted::new();
    let checkout = hosted.checkout("main");
    let event = |from: &str| request(from, &json!({"full_name": "o/site"}));
    // A page of comments by others, of which one copies the marker that it saw.
    let stranger =
        |body: String| json!({"id": 1, "body": body, "user": {"type": "User"}, "author_association": "NONE"});
    let comments = Comments::with((0..100).map(|n| stranger(format!("{n}"))).collect());
    let api = comments.url();
    let job = |from: &str, inputs: &[(&str, &str)], token: &str| -> Step {
        let asked =
            [("from", from), ("to", "HEAD"), ("args", "--no-mark"), ("comment", "true"), ("github-token", token)];
        let runner = Runner::with(&releases.path().display().to_string()).inputs(&asked).inputs(inputs);
        runner.env("GITHUB_API_URL", &api).event("pull_request", event(from)).run(checkout.path())
    };
    job(&hosted.first, &[], TOKEN).ends(0, "planned");
    let first = comments.bodies().pop().unwrap();
    assert!(
        first.starts_with("<!-- diffpurge ") && first.contains("### Purge of www") && first.contains("a.css"),
        "{first}"
    );
    assert_eq!(comments.bodies().len(), 101);
    comments.all.lock().unwrap().insert(0, stranger(first.clone()));
    job(&hosted.lost, &[], TOKEN).ends(0, "planned");
    let bodies = comments.bodies();
    assert_eq!((bodies.len(), bodies[0].as_str()), (102, first.as_str()), "it is written anew, and a stranger's stays");
    assert!(bodies[101].contains("lost.css"), "{}", bodies[101]);
    job(&hosted.first, &[("site", "www")], TOKEN).ends(0, "planned");
    assert_eq!(comments.bodies().len(), 103, "another use of the action has a comment of its own");
    // Without the right to write one, the plan is as good.
    let step = job(&hosted.first, &[], "of-a-fork").ends(0, "planned");
    assert!(
        step.stdout.contains("::warning title=diffpurge::the comment on the pull request was not written"),
        "{step:?}"
    );
    let step = job(&hosted.first, &[], "").ends(0, "planned");
    assert!(step.stdout.contains("::notice title=diffpurge::the input github-token is empty"), "{step:?}");
    assert!(![step.stdout, step.stderr].concat().contains(TOKEN));
    assert_eq!(comments.bodies().len(), 103);
}
