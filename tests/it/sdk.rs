//! Clients that we did not write: Cloudflare's official SDKs for Python and JavaScript against the edge.
//!
//! They show that the edge speaks the wire form of official clients, and that what we send for the same purge is the
//! same JSON. `.ci/run` installs them; elsewhere `DIFFPURGE_SDK_PYTHON` may name a Python that has the package.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use diffpurge::edge::{Access, Edge};
use serde_json::{Value, json};

use crate::support::{ENVIRONMENT, Repo, TOKEN, ZONE, diffpurge, edge, edge_with, entry, kept, required, stale, warm};

/// An installed SDK.
struct Sdk {
    program: PathBuf,
    script: &'static str,
}

/// Where JavaScript's is looked for.
const NODE_DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/sdk-node");

impl Sdk {
    /// All that are installed.
    fn all() -> Vec<Sdk> {
        [Sdk::python(), Sdk::node()].into_iter().flatten().collect()
    }

    fn python() -> Option<Sdk> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let program =
            std::env::var_os("DIFFPURGE_SDK_PYTHON").map_or_else(|| here.join("target/sdk/bin/python"), PathBuf::from);
        let imports =
            Command::new(&program).args(["-c", "import cloudflare"]).output().is_ok_and(|o| o.status.success());
        let found = required(
            imports,
            "a Python with the package `cloudflare`: `python3 -m venv target/sdk && target/sdk/bin/pip install cloudflare`",
        );
        found.then_some(Sdk { program, script: "purge.py" })
    }

    fn node() -> Option<Sdk> {
        let installed = Path::new(NODE_DIR).join("node_modules/cloudflare").exists();
        let runs = Command::new("node").arg("--version").output().is_ok_and(|o| o.status.success());
        let found = required(
            installed && runs,
            "Node.js with the package `cloudflare`: `npm install --prefix target/sdk-node cloudflare`",
        );
        found.then_some(Sdk { program: "node".into(), script: "purge.mjs" })
    }

    /// Lets the SDK purge; gives what it returned or raised, case by case.
    fn purge(&self, edge: &Edge, cases: &[String]) -> Vec<Value> {
        self.run(self.script, edge, cases)
    }

    fn run(&self, script: &str, edge: &Edge, cases: &[String]) -> Vec<Value> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk").join(script);
        let mut command = Command::new(&self.program);
        command.arg(script).env_clear().env("DIFFPURGE_SDK", NODE_DIR);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let task = json!({"base_url": edge.api_base(), "token": TOKEN, "zone": ZONE}).to_string();
        // As text, so that each case keeps the order of its keys.
        let task = format!("{},\"cases\":[{}]}}", task.strip_suffix('}').unwrap(), cases.join(","));
        child.stdin.take().unwrap().write_all(task.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "the SDK's script ends well");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
fn the_sdk_purges_by_files_headers_hosts_prefixes_tags_and_everything() {
    for sdk in Sdk::all() {
        let edge = edge();
        let font = |origin: &str| diffpurge::edge::Key {
            url: "https://www.example.com/f.woff2".to_owned(),
            origin: origin.to_owned(),
        };
        warm(
            &edge,
            &[
                "https://www.example.com/a",
                "https://www.example.com/b",
                "https://blog.example.com/a",
                "https://www.example.com/d/x",
            ],
        );
        edge.keep(font(""), entry(""));
        edge.keep(font("https://www.example.com"), entry(""));
        let left = |case: Value| {
            assert_eq!(sdk.purge(&edge, &[json!({"purge": case}).to_string()]), [json!({"id": ZONE})]);
            kept(&edge)
        };
        let blog = "https://blog.example.com/a";
        let after_files = left(json!({"files": ["https://www.example.com/a"]}));
        let (b, below, f) =
            ("https://www.example.com/b", "https://www.example.com/d/x", "https://www.example.com/f.woff2");
        assert_eq!(after_files, [blog, b, below, f, f]);
        let after_headers = left(json!({"files": [{"url": f, "headers": {"Origin": "https://www.example.com"}}]}));
        assert_eq!(after_headers, [blog, b, below, f], "the variant goes, the plain one stays");
        assert_eq!(left(json!({"prefixes": ["www.example.com/d/"]})), [blog, b, f]);
        edge.keep(font("https://b.example"), entry("fonts, Blog"));
        assert_eq!(left(json!({"tags": ["blog"]})), [blog, b, f]);
        assert_eq!(left(json!({"hosts": ["www.example.com"]})), [blog]);
        assert_eq!(left(json!({"purge_everything": true})), Vec::<String>::new());
    }
}

#[test]
fn the_sdk_gets_the_errors_that_it_expects() {
    for sdk in Sdk::all() {
        let edge = edge();
        let many: Vec<String> = (0..101).map(|i| format!("https://www.example.com/{i}")).collect();
        let one = json!(["https://www.example.com/a"]);
        let mut cases = vec![
            json!({"token": "wrong", "purge": {"files": one}}),
            json!({"purge": {"files": many}}),
            json!({"purge": {"files": ["/a"]}}),
            json!({"purge": {"files": ["https://elsewhere.example/a"]}}),
            json!({"purge": {"files": one, "purge_everything": true}}),
            json!({"purge": {}}),
        ];
        cases.extend((0..26).map(|_| json!({"purge": {"purge_everything": true}})));
        let cases: Vec<String> = cases.iter().map(Value::to_string).collect();
        let got = sdk.purge(&edge, &cases);
        let raised = |name: &str, status: u16, code: u32| json!({"raised": name, "status": status, "codes": [code]});
        assert_eq!(got[0], raised("PermissionDeniedError", 403, 10000));
        assert_eq!(got[1], raised("BadRequestError", 400, 1000));
        assert_eq!(got[2], raised("BadRequestError", 400, 1000));
        assert_eq!(got[3], raised("BadRequestError", 400, 1000));
        assert_eq!(got[4], raised("BadRequestError", 400, 1092));
        assert_eq!(got[5], raised("BadRequestError", 400, 1012));
        assert!(got[6..31].iter().all(|g| *g == json!({"id": ZONE})), "the bucket holds 25");
        assert_eq!(got[31], raised("RateLimitError", 429, 1134));
    }
}

#[test]
fn for_the_same_purge_the_sdk_and_we_send_the_same_bytes() {
    for sdk in Sdk::all() {
        let site = |then: &str| {
            let config = format!(
                "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.threshold]\nurls = {}\nthen = \"{then}\"\n\
             [[site.rule]]\nmatch = [\"*.css\"]\norigins = [\"https://www.example.com\"]\ndevice_types = [\"mobile\"]\ntags = [\"css\", \"a\\\"b\"]\n",
                if then == "fail" { 100 } else { 1 }
            );
            let repo = Repo::of(&[("purge.toml", &config)]);
            let commit = repo.git(&["rev-parse", "HEAD"]);
            repo.file("docs/Grüße [1].html", "1").file("a b.css", "1").commit();
            repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
            repo.git(&["commit", "-q", "-m", "sub"]);
            diffpurge(["plan", "HEAD~2", "--format", "requests"]).within(&repo).run().exits(0).stdout
        };
        for then in ["fail", "hosts", "everything"] {
            for ours in site(then).lines() {
                let edge = edge();
                let got = sdk.purge(&edge, &[format!("{{\"purge\":{ours}}}")]);
                assert_eq!(got, [json!({"id": ZONE})], "{ours}");
                assert_eq!(edge.recorded()[0].body, ours);
            }
        }
    }
}

#[test]
fn the_sdk_invalidates_and_names_environments() {
    for sdk in Sdk::all() {
        let edge = edge();
        let (a, b) = ("https://www.example.com/a", "https://www.example.com/b");
        warm(&edge, &[a, b]);
        let case = |call: &str, url: &str| {
            let mut case = json!({"call": call, "purge": {"files": [url]}});
            if call.ends_with("environment") {
                case["environment"] = ENVIRONMENT.into();
            }
            case.to_string()
        };
        let invalidated = [case("invalidate", a), case("invalidate_environment", b)];
        assert_eq!(sdk.purge(&edge, &invalidated), [json!({"id": ZONE}), json!({"id": ZONE})]);
        assert_eq!((kept(&edge).len(), stale(&edge)), (2, vec![a.to_owned(), b.to_owned()]));
        assert_eq!(sdk.purge(&edge, &[case("purge_environment", a)]), [json!({"id": ZONE})]);
        assert_eq!(kept(&edge), [b]);
    }
}

#[test]
fn the_sdk_understands_what_the_edge_says_of_zones_and_tokens() {
    let Some(sdk) = Sdk::python() else { return };
    let raised = |name: &str, status: u16, code: u32| json!({"raised": name, "status": status, "codes": [code]});
    let permissions = ["#cache_purge:edit", "#zone:read"];
    let zone = json!({"name": "example.com", "id": ZONE, "permissions": permissions, "paused": false});
    let denied = |code| raised("PermissionDeniedError", 403, code);
    let (ask, verify) = (json!({"zone": ZONE}), json!({"verify": true}));
    let pair = json!({"zone": ZONE, "email": "a@example.com", "key": "a-key"});
    let usual = Access::default;
    for (access, cases) in [
        (
            usual(),
            vec![
                (ask.clone(), zone.clone()),
                (json!({"zones": "example.com"}), json!({"names": ["example.com"]})),
                (json!({"zones": "example.org"}), json!({"names": []})),
                (verify.clone(), json!({"status": "active"})),
                (json!({"zone": "f".repeat(32)}), raised("NotFoundError", 404, 7003)),
                (json!({"zone": ZONE, "token": "wrong"}), denied(10000)),
                (json!({"verify": true, "token": "wrong"}), raised("AuthenticationError", 401, 1000)),
                (pair.clone(), denied(10000)),
            ],
        ),
        (
            Access { reads_zones: false, ..usual() },
            vec![
                (ask.clone(), denied(9109)),
                (json!({"zones": "example.com"}), denied(9109)),
                (verify.clone(), json!({"status": "active"})),
            ],
        ),
        (Access { status: "expired", ..usual() }, vec![(verify.clone(), json!({"status": "expired"}))]),
        (Access { status: "disabled", ..usual() }, vec![(ask.clone(), denied(10000))]),
        (
            Access { is_the_accounts: true, ..usual() },
            vec![(verify, raised("AuthenticationError", 401, 1000)), (ask, zone.clone())],
        ),
        (Access { global_key: Some(("a@example.com", "a-key")), ..usual() }, vec![(pair, zone)]),
    ] {
        let shown = format!("{access:?}");
        let asked: Vec<String> = cases.iter().map(|(case, _)| case.to_string()).collect();
        let got = sdk.run("look_up.py", &edge_with(access), &asked);
        assert_eq!(got.len(), cases.len());
        for ((case, want), got) in cases.iter().zip(&got) {
            assert_eq!(got, want, "{case} with {shown}");
        }
    }
}
