//! The GitHub Action as a runner starts it: real releases in a directory, real repositories, the API that the other tests have, and
//! events in the shape that GitHub records.

mod comments;
mod page;
mod runner;

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::docs::{read, root};
use crate::install;
use crate::support::{Repo, Served, edge};
use runner::{Runner, Step, action};

const VERSION: &str = env!("CARGO_PKG_VERSION");

const CONFIG: &str =
    "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\nhost = \"nginx\"\n";

const ZERO: &str = "0000000000000000000000000000000000000000";

/// Inputs of the action.
type Given<'a> = &'a [(&'a str, &'a str)];

/// A job: its event, with what that says, the branch, and the inputs.
type Job<'a> = (&'a str, Value, &'a str, Given<'a>);

/// A hosted repository: `main` changes a stylesheet, `quiet` then nothing that is served, and `lost` is a tip that was overwritten.
struct Hosted {
    repo: Repo,
    first: String,
    main: String,
    lost: String,
}

impl Hosted {
    fn new() -> Hosted {
        let repo = Repo::of(&[("purge.toml", CONFIG), ("public/index.html", "1"), ("public/a.css", "1")]);
        repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        let first = repo.git(&["rev-parse", "HEAD"]);
        repo.git(&["tag", "v1"]);
        let lost = repo.file("public/lost.css", "1").commit();
        repo.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
        let main = repo.file("public/a.css", "2").commit();
        repo.git(&["tag", "v2"]);
        repo.git(&["checkout", "--quiet", "-b", "quiet"]);
        repo.file("README.md", "1").commit();
        Hosted { repo, first, main, lost }
    }

    /// A checkout as `actions/checkout` makes it.
    fn checkout(&self, branch: &str) -> Repo {
        Repo::clone_of(&self.repo.url(), &["--depth=1", "--branch", branch])
    }
}

fn push(before: &str, after: &str, forced: bool) -> Value {
    json!({"ref": "refs/heads/main", "before": before, "after": after, "created": before == ZERO, "deleted": false,
        "forced": forced, "base_ref": null, "commits": [], "head_commit": {"id": after},
        "repository": {"full_name": "o/site"}, "pusher": {"name": "o"}})
}

fn request(base: &str, head: &Value) -> Value {
    json!({"action": "opened", "number": 7, "repository": {"full_name": "o/site"}, "pull_request": {"number": 7,
        "head": {"ref": "x", "sha": base, "repo": head}, "base": {"ref": "main", "sha": base, "repo": {"full_name": "o/site"}}}})
}

#[test]
fn each_event_gives_its_outputs_and_its_summary() {
    let releases = install::releases();
    let place = releases.path().display().to_string();
    let hosted = Hosted::new();
    let Hosted { first, main, lost, .. } = &hosted;
    let own = json!({"full_name": "o/site", "fork": false});
    let fork = json!({"full_name": "other/site", "fork": true});
    let asked = [("from", first.as_str()), ("to", "HEAD"), ("args", "--no-mark")];
    let ordered = json!({"inputs": null, "ref": "refs/heads/main"});
    let tagged = json!({"action": "published", "release": {"tag_name": "v2"}});
    let clock = json!({"schedule": "0 3 * * *"});
    let gone = request(first, &Value::Null);
    let tags = [("from", first.as_str()), ("to", "v2")];
    let (purge, dry) = (("command", "purge"), ("dry-run", "true"));
    let said = "> A pull request of a fork, or of Dependabot, is only planned: nothing is sent.";
    // The event, the branch, the inputs; then the status, the URLs, the requests, a part of the summary, and how much is sent.
    let rows: [(&str, Job<'_>, [&str; 4], usize); 13] = [
        (
            "a push, planned",
            ("push", push(first, main, false), "main", &[]),
            ["planned", "1", "1", "a.css modified"],
            0,
        ),
        ("a push", ("push", push(first, main, false), "main", &[purge]), ["purged", "1", "1", "a.css modified"], 1),
        ("a push, dry", ("push", push(first, main, false), "main", &[purge, dry]), ["planned", "1", "1", "a.css"], 0),
        ("nothing served", ("push", push(main, "x", false), "quiet", &[purge]), ["unchanged", "0", "0", "othing"], 0),
        ("a first push", ("push", push(ZERO, main, false), "main", &[purge]), ["purged", "0", "1", "host"], 1),
        ("a forced push", ("push", push(lost, main, true), "main", &[purge]), ["purged", "2", "1", "lost.css"], 1),
        (
            "a request",
            ("pull_request", request(first, &own), "main", &asked),
            ["planned", "1", "1", "a.css modified"],
            0,
        ),
        (
            "a fork's",
            ("pull_request", request(first, &fork), "main", &[purge, asked[0]]),
            ["planned", "1", "1", said],
            0,
        ),
        (
            "of a deleted fork",
            ("pull_request_target", gone, "main", &[purge, asked[0]]),
            ["planned", "1", "1", said],
            0,
        ),
        ("by hand", ("workflow_dispatch", ordered, "main", &[purge]), ["purged", "0", "1", "host"], 1),
        ("by a clock", ("schedule", clock, "main", &[]), ["planned", "0", "1", "host"], 0),
        ("a release", ("release", tagged.clone(), "main", &tags), ["planned", "1", "1", "a.css"], 0),
        ("its purge", ("release", tagged, "main", &[purge, tags[0], tags[1]]), ["purged", "1", "1", "a.css"], 1),
    ];
    let mut runner = Runner::with(&place);
    for (row, (event, payload, branch, inputs), [status, urls, requests, summary], sent) in rows {
        let edge = edge();
        let checkout = hosted.checkout(branch);
        runner = runner.next_job(&place).inputs(inputs).against(&edge.api_base()).event(event, payload);
        let sha = checkout.git(&["rev-parse", "HEAD"]);
        runner = runner.env("GITHUB_SHA", &sha);
        let step = runner.run(checkout.path()).ends(0, status);
        let changed = if requests == "0" { "false" } else { "true" };
        let outputs = [step.output("urls"), step.output("requests"), step.output("changed")];
        assert_eq!(outputs, [urls, requests, changed], "{row}: {step:#?}");
        assert_eq!(edge.recorded().len(), sent, "{row}: {step:#?}");
        assert!(step.summary.contains(summary), "{row}: {step:#?}");
        assert_eq!(step.summary.matches("### ").count(), 1, "{row}: the summary stands once: {}", step.summary);
        let plan: Value = serde_json::from_str(&std::fs::read_to_string(step.output("plan")).unwrap()).unwrap();
        assert_eq!(plan["schema"], 1, "{row}");
        assert!(std::fs::read_to_string(step.output("report")).unwrap().starts_with("<!doctype html>"), "{row}");
        assert!(step.path.trim_end().ends_with("x64"), "{row}: later steps find the program: {}", step.path);
    }
}

#[test]
fn an_archive_with_another_sum_is_not_run() {
    let releases = install::releases();
    let place = releases.path().display().to_string();
    let (hosted, edge) = (Hosted::new(), edge());
    let job = |action: &Path| {
        let runner = Runner::with(&place).action(action).input("command", "purge").against(&edge.api_base());
        runner.event("push", push(&hosted.first, &hosted.main, false))
    };
    let refused = |step: Step, why: &str| {
        let step = step.ends(1, "failed");
        assert!(step.stderr.contains(why) && step.stderr.contains("nothing was installed"), "{step:#?}");
        assert!(step.stdout.contains("was not installed, and nothing was run"), "{step:#?}");
        assert!(step.path.is_empty() && step.summary.is_empty(), "{step:#?}");
        assert_eq!(edge.recorded().len(), 0);
    };
    // The action knows another sum than the release says.
    let copy = TempDir::new().unwrap();
    for name in
        ["install.sh", "integrations/github/run.sh", "integrations/github/comment.sh", "integrations/github/release"]
    {
        let to = copy.path().join(name);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(root().join(name), to).unwrap();
    }
    let pinned = copy.path().join("integrations/github/release");
    let archive = format!("{}.tar.gz", install::name());
    let of_the_release = std::fs::read_to_string(releases.path().join(format!("v{VERSION}/{archive}.sha256"))).unwrap();
    std::fs::write(&pinned, format!("version {VERSION}\n{}  {archive}\n", "0".repeat(64))).unwrap();
    refused(job(copy.path()).run(hosted.checkout("main").path()), "integrations/github/release says");
    // The right one, and one of another archive.
    let others = format!("{}  diffpurge-{VERSION}-x-y.tar.gz\n", "0".repeat(64));
    std::fs::write(&pinned, format!("version {VERSION}\n{others}{of_the_release}")).unwrap();
    let step = job(copy.path()).run(hosted.checkout("main").path()).ends(0, "purged");
    assert_eq!((step.output("requests"), edge.recorded().len()), ("1", 1));
}

#[test]
fn a_damaged_archive_is_not_run_and_one_that_was_checked_is_kept() {
    let releases = install::releases();
    let place = releases.path().display().to_string();
    let (hosted, edge) = (Hosted::new(), edge());
    let event = || push(&hosted.first, &hosted.main, false);
    let runner = Runner::with(&place).event("push", event());
    let checkout = hosted.checkout("main");
    runner.run(checkout.path()).ends(0, "planned");
    // The place is damaged now; the tool cache has what was checked.
    let archive = releases.path().join(format!("v{VERSION}/{}.tar.gz", install::name()));
    std::fs::write(&archive, "damaged").unwrap();
    runner.run(checkout.path()).ends(0, "planned");
    // What came from elsewhere, or is another release, is not taken from the cache.
    let elsewhere = format!("{place}/.");
    let runner = runner.next_job(&elsewhere).event("push", event()).input("command", "purge").against(&edge.api_base());
    let step = runner.run(checkout.path()).ends(1, "failed");
    assert!(step.stderr.contains("another SHA-256 sum than the release says"), "{step:#?}");
    let runner = runner.next_job(&place).event("push", event()).input("version", "9.9.9");
    let step = runner.run(checkout.path()).ends(1, "failed");
    assert!(
        step.stderr.contains("cannot get") && step.stdout.contains("diffpurge 9.9.9 was not installed"),
        "{step:#?}"
    );
    assert!(edge.recorded().is_empty());
}

#[test]
fn inputs_that_do_not_go_together_are_refused_before_anything_is_fetched() {
    let repo = Repo::of(&[("purge.toml", CONFIG)]);
    let rows: [(Given<'_>, &str, &str); 16] = [
        (&[("command", "destroy")], "the input command is 'destroy'", "command: plan, purge, verify or check"),
        (&[("command", "")], "the input command is ''", "command: plan"),
        (&[("dry-run", "yes")], "the input dry-run is 'yes', which is neither true nor false", "dry-run: true"),
        (&[("verify", "True")], "the input verify is 'True'", "verify: true"),
        (&[("verify", "true")], "the input verify does not go with command: plan", "command: purge"),
        (&[("command", "verify"), ("verify", "true")], "the input verify does not go with", "command: verify without"),
        (
            &[("command", "purge"), ("verify", "true"), ("dry-run", "true")],
            "verify and dry-run are both true",
            "verify: false",
        ),
        (&[("command", "check"), ("dry-run", "true")], "dry-run does not go with command: check", "command: purge"),
        (&[("plan", "p.json")], "the input plan does not go with command: plan", "command: purge"),
        (&[("to", "HEAD")], "the input to is given, and from is not", "from: mark"),
        (&[("from", "a\nb")], "the input from has more than one line", "from: VALUE"),
        (&[("out", "a\nstatus=purged")], "the input out has more than one line", "out: VALUE"),
        (&[("version", "../0.1.0")], "the input version is '../0.1.0'", "version: 0.1.0"),
        (&[("version", "0.1.0/..")], "the input version is '0.1.0/..'", "version: 0.1.0"),
        (&[("command", "x\n::error::forged")], "the input command is 'x?::error::forged'", "command: plan"),
        (&[("command", "##[error]forged")], "the input command is '#[error]forged'", "command: plan"),
    ];
    for (inputs, error, hint) in rows {
        let step = Runner::with("/nonexistent").inputs(inputs).run(repo.path()).ends(2, "invalid");
        assert!(step.stderr.contains(error), "{inputs:?}: {step:#?}");
        assert!(
            step.stderr.lines().any(|line| line.starts_with("hint: ") && line.contains(hint)),
            "{inputs:?}: {step:#?}"
        );
        assert!(step.stdout.lines().all(|line| line.starts_with("::error title=diffpurge::")), "{inputs:?}: {step:#?}");
    }
}

#[test]
fn nothing_that_an_input_holds_is_run_or_spread_out() {
    let releases = install::releases();
    let place = releases.path().display().to_string();
    let hosted = Hosted::new();
    let checkout = hosted.checkout("main");
    let mut runner = Runner::with(&place);
    for input in ["from", "config", "site", "args", "out", "report", "working-directory", "zone-id", "token"] {
        for text in ["$(touch ran)", "`touch ran`", "\"; touch ran; \"", "' ; touch ran ; '", "&& touch ran", "*", "-x"]
        {
            runner = runner.next_job(&place).input(input, text).event("push", push(&hosted.first, &hosted.main, false));
            let step = runner.run(checkout.path());
            let ran = checkout.path().join("ran").exists() || step.stdout.contains("purge.toml public");
            assert!(!ran && !step.outputs.is_empty(), "{input}: {text}: {step:#?}");
        }
    }
}

#[test]
fn the_end_of_each_command_is_a_word() {
    let releases = install::releases();
    let place = releases.path().display().to_string();
    let hosted = Hosted::new();
    let edge = edge();
    let nowhere = Served::of(hosted.repo.path()).address();
    let fails = format!("{CONFIG}[site.threshold]\nurls = 1\nthen = \"fail\"\n");
    hosted.repo.git(&["checkout", "--quiet", "-b", "refusing", "main"]);
    hosted.repo.file("purge.toml", &fails).file("public/b.css", "1").commit();
    let ask = format!("--edge http://{nowhere}");
    let from = ("from", hosted.first.as_str());
    let rows: [(&str, Given<'_>, i32, &str); 7] = [
        ("main", &[("command", "check")], 0, "ok"),
        ("main", &[("command", "check"), ("token", "")], 1, "invalid"),
        ("main", &[("command", "verify"), ("args", &ask), from, ("to", "HEAD")], 1, "stale"),
        ("main", &[("from", "nope")], 3, "unreadable"),
        ("main", &[("config", "missing.toml")], 2, "invalid"),
        ("main", &[("command", "purge"), ("token", "wrong"), from], 1, "incomplete"),
        ("refusing", &[("command", "purge"), from], 4, "refused"),
    ];
    let mut runner = Runner::with(&place);
    for (branch, inputs, code, status) in rows {
        runner = runner.next_job(&place).against(&edge.api_base()).inputs(inputs);
        let step = runner.run(hosted.checkout(branch).path()).ends(code, status);
        assert!(!step.summary.is_empty(), "{inputs:?}: {step:#?}");
        let quiet = runner.input("summary", "false");
        let step = quiet.run(hosted.checkout(branch).path()).ends(code, status);
        assert!(step.summary.is_empty(), "{inputs:?}: {step:#?}");
        runner = quiet;
    }
    assert!(edge.recorded().iter().all(|request| request.status != 200));
}

#[test]
fn the_file_that_github_reads_takes_no_third_party_and_puts_no_value_into_a_shell() {
    let action = action();
    assert_eq!(action["runs"]["using"], "composite");
    let script = read("integrations/github/run.sh");
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert!(step["uses"].is_null(), "{step}");
        assert!(!step["run"].as_str().unwrap().contains("${{"), "{step}");
        for name in step["env"].as_object().unwrap().keys() {
            assert!(
                script.contains(&format!("${name}")) || script.contains(&format!("${{{name}")),
                "run.sh reads {name}"
            );
        }
        for (input, described) in action["inputs"].as_object().unwrap() {
            assert!(!described.to_string().contains("${{"), "GitHub may take it for an expression: {described}");
            let variable = format!("INPUT_{}", input.to_uppercase().replace('-', "_"));
            assert_eq!(step["env"][&variable], format!("${{{{ inputs.{input} }}}}"), "{input}");
        }
    }
    let pinned = read("integrations/github/release");
    assert!(
        pinned.lines().any(|line| line == format!("version {VERSION}")),
        "the action runs its own version: {pinned}"
    );
}
