//! Documents that a repository, a user or a pipeline hands in.

use std::fs;
use std::path::Path;

use diffpurge::changes::{compare, named};
use diffpurge::ci::{Ci, Fork};
use diffpurge::config::{Config, Environment, OutputDir, Site};
use diffpurge::encoding::canonical_url_path;
use diffpurge::events;
use diffpurge::hosting::differences;
use diffpurge::mapping;
use diffpurge::provider::Provider;
use diffpurge::report::plan;
use diffpurge::snapshot::{Entry, Source};
use ring::digest::{SHA256, digest};

use super::{bytes, fuzz, is_a_message};
use crate::support::{Repo, ZONE, diffpurge};

fn project(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn site() -> Site {
    let text = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.events]\nbucket = \"b\"\nprefix = \"p/\"\n";
    Config::parse(text, "purge.toml").unwrap().sites.remove(0)
}

#[test]
fn a_configuration_never_crashes() {
    let rules = "[[site]]\nname = \"a\"\nbase_urls = [\"https://a.example/x/\", \"http://[::1]:8080/\"]\nignore = [\"**/*.{map,txt}\"]\nhost = \"nginx\"\n\
        forms = [\"exact\", \"clean\"]\ncover = 0.5\n[[site.rule]]\nmatch = [\"d/**/*.htm?\", \"[a-c]*\"]\nalso = [\"/{dir}/{name}.xml\"]\ntags = [\"t\"]\nprefixes = [\"a.example/x/\"]\n\
        headers = [{ X-A = \"1\" }]\nqueries = [\"a=1\"]\nvolatile = [\"id=\\\"*\\\"\"]\n[site.threshold]\nurls = 7\npercent = 20\nthen = \"hosts\"\n[site.origin]\nurl = \"https://o.example/\"\nwait = \"90s\"\nsettle = \"1.5s\"\n\
        [site.mark]\nstore = \"file:.mark/a\"\n[site.events]\nbucket = \"b\"\nprefix = \"p/\"\n";
    let own = "[[site]]\nname = \"v\"\nbase_urls = [\"https://v.example/\"]\n[[site.layer]]\n[site.layer.http_purge]\nendpoints = [\"http://127.0.0.1:6081/\", \"http://[::1]/\"]\n\
        method = \"PURGE\"\nheaders = { X-A = \"b\" }\ntoken_env = \"T\"\ntoken_header = \"X-T\"\nsoft = { header = \"S\", value = \"1\" }\nban = { method = \"BAN\", header = \"X-Ban\" }\n\
        tags = { method = \"PURGE\", header = \"xkey\" }\neverything = { method = \"BAN\", path = \"/\" }\n[[site.layer]]\n[site.layer.cloudflare]\nzone_id = \"023e105f4ecef8ad9ca31a8372d0c353\"\n";
    let serve = "[serve]\n[[serve.hook]]\npath = \"/a\"\nkind = \"deployhq\"\nsite = \"w\"\nsecret_env = \"S\"\nproject = \"p\"\nserver = \"s\"\nreaction = \"site\"\n\
        public_key = \"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDXJcP2N6NtcN26Q8nVaidXOA0wRxWK2HQTblIaQdGRDjqTvhrSlFuV5N4jz7w/w8uskP20G7ZQ+CkHwIXrWk76KZJnpdoOHPO6AqRmEFgV5Q6Y1CR77mvnT9O21hTnfzfyyiAdQC2oO8M9/jeLRPTAqmkGxdQa8iepUz4BwrrHmwIDAQAB\"\n\
        [[serve.hook]]\npath = \"/b\"\nkind = \"events\"\nsite = \"w\"\nsecret_file = \"s\"\nchanges = \"event\"\naudience = \"https://h.example/e\"\nemail = \"p@x\"\nkeys_url = \"https://k.example/\"\n\
        [[serve.hook]]\npath = \"/c\"\nkind = \"netlify\"\nsite = \"w\"\nsecret_env = \"S\"\nreaction = \"everything\"\ncontexts = [\"production\"]\n\
        [[serve.hook]]\npath = \"/d\"\nkind = \"standard\"\nsite = \"w\"\nsecret_env = \"S\"\nrepository = \"https://h.example/r.git\"\nto = \"/to\"\nstatus = \"/s\"\nsuccess = [\"x\"]\n\
        [[serve.hook]]\npath = \"/e\"\nkind = \"gitlab\"\nsite = \"w\"\nsecret_env = \"S\"\nreaction = \"site\"\nevents = [\"pipeline\"]\nbranches = [\"main\"]\n";
    let serve = format!("[[site]]\nname = \"w\"\nbase_urls = [\"https://w.example/\"]\n{serve}");
    assert!(Config::parse(&serve, "").is_ok());
    let mut corpus = bytes(&[rules, own, &serve]);
    corpus.push(project("purge.toml.example"));
    let environment = Environment::default();
    let paths: Vec<Box<[u8]>> = [&b"d/e/index.html"[..], b"a b.css", b"caf\xe9.txt"].map(Box::from).to_vec();
    fuzz("configuration", corpus, |document, _| {
        match Config::parse(&String::from_utf8_lossy(document), "purge.toml") {
            Ok(config) => {
                for site in config.sites.iter().flat_map(Site::in_layers) {
                    let _unset = Provider::for_site(&site, &environment).map(|provider| provider.capabilities());
                    let changes = diffpurge::changes::Changes::all_modified(paths.clone());
                    let _mapping = mapping::map(&mapping::judge(&changes, &site), &[], &site);
                }
            }
            Err(error) => is_a_message(&format!("{error}\n{}", error.hint())),
        }
    });
}

/// Makes the digest of a plan anew.
fn sealed(document: &[u8]) -> Vec<u8> {
    const KEY: &[u8] = b"\"digest\": \"";
    let head = &document[..document.len().min(512)];
    let Some(start) = head.windows(KEY.len()).position(|w| w == KEY).map(|at| at + KEY.len()) else {
        return document.to_vec();
    };
    let Some(length) = document[start..].iter().position(|b| *b == b'"') else { return document.to_vec() };
    let (before, after) = (&document[..start], &document[start + length..]);
    let hash = digest(&SHA256, &[before, after].concat());
    let hex: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    [before, format!("sha256:{}", hex.concat()).as_bytes(), after].concat()
}

#[test]
fn a_saved_plan_never_crashes() {
    let config = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[[site.rule]]\nmatch = [\"a.css\"]\ntags = [\"t\"]\nprefixes = [\"www.example.com/x/\"]\nhosts = [\"i.example.com\"]\norigins = [\"null\"]\n";
    let repo = Repo::of(&[("purge.toml", config), ("a.css", "1"), ("gone.html", "1"), ("é.html", "1")]);
    repo.file("a.css", "2").file("é.html", "2").remove("gone.html").commit();
    let plan = |arguments: &[&str]| {
        let tool = diffpurge([&["plan", "--format", "json"], arguments].concat()).within(&repo);
        tool.env("CLOUDFLARE_ZONE_ID", ZONE).run().exits(0).stdout.into_bytes()
    };
    let corpus = vec![plan(&["HEAD~1"]), plan(&["empty", "HEAD"]), plan(&[]), plan(&["HEAD", "HEAD"])];
    fuzz("plan", corpus, |document, _| match plan::read(&sealed(document)) {
        Ok((sites, _)) => {
            for saved in &sites {
                let _title = saved.plan.title();
                let _all: Vec<String> =
                    saved.plan.operations.iter().flat_map(|o| o.reasons.iter().map(|r| saved.plan.why(r))).collect();
                let _sizes: usize = saved.plan.batches.iter().map(diffpurge::plan::Batch::size).sum();
            }
        }
        Err(error) => is_a_message(&format!("{error}\n{}", error.hint())),
    });
}

#[test]
fn a_manifest_never_crashes() {
    let repo =
        Repo::of(&[("a.css", "1"), ("d/e/f.html", "1"), (".htaccess", "Redirect /a /b\n"), ("_redirects", "/a /b\n")]);
    repo.link("link", "d/e").file(b"caf\xe9.txt", "1").commit();
    let place = tempfile::TempDir::new().unwrap();
    let write = |name: &str| {
        let path = place.path().join(name).display().to_string();
        diffpurge(["manifest", "HEAD", "--base-url", "https://www.example.com/", "--out", &path])
            .within(&repo)
            .run()
            .exits(0);
        fs::read(&path).unwrap()
    };
    let corpus = vec![write("a.manifest"), write("a.manifest.gz")];
    let whole = Source::open(&format!("manifest:{}", place.path().join("a.manifest").display()), None, None).unwrap();
    let (site, output) = (site(), OutputDir::default());
    fuzz("manifest", corpus, |document, _| {
        let name = if document.starts_with(&[0x1f, 0x8b]) { "m.gz" } else { "m" };
        let path = place.path().join(name);
        fs::write(&path, document).unwrap();
        match Source::open(&format!("manifest:{}", path.display()), None, None) {
            Ok(source) => {
                let (Ok(from), Ok(to)) = (whole.snapshot(&output), source.snapshot(&output)) else { return };
                if from.hash() == to.hash() {
                    let _changes = compare(&from, &to, site.symlinks, &site.rules);
                    let _back = compare(&to, &from, site.symlinks, &site.rules);
                }
                let _file = to.file(b"link/f.html");
            }
            Err(error) => is_a_message(&format!("{error}\n{}", error.hint())),
        }
    });
}

#[test]
fn events_of_an_object_store_never_crash() {
    let s3 = r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-01-01T00:00:00.000Z","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"p/red+flower%2B.jpg","size":1024,"sequencer":"0055AED6DCD90281E5"}}}]}"#;
    let bridge = r#"{"version":"0","detail-type":"Object Deleted","source":"aws.s3","detail":{"bucket":{"name":"b"},"object":{"key":"p/a.html","sequencer":"0"},"reason":"DeleteObject"}}"#;
    let r2 = r#"{"account":"3f4b","action":"CopyObject","bucket":"b","object":{"key":"p/n","size":1},"eventTime":"2026-01-01T00:00:00Z","copySource":{"bucket":"b","object":"o"}}"#;
    let pubsub = r#"{"message":{"data":"e30=","attributes":{"eventType":"OBJECT_FINALIZE","bucketId":"b","objectId":"p/x","objectGeneration":"1"},"messageId":"1"},"subscription":"s"}"#;
    let azure = r#"[{"topic":"/subscriptions/x","subject":"/blobServices/default/containers/b/blobs/p/a.txt","eventType":"Microsoft.Storage.BlobCreated","eventTime":"2026-01-01T00:00:00Z","data":{"url":"https://a.blob.core.windows.net/b/p/a.txt","sequencer":"0000000000000000000000000000"}}]"#;
    let sqs = format!(
        r#"{{"Records":[{{"messageId":"1","eventSource":"aws:sqs","body":{}}}]}}"#,
        serde_json::Value::from(s3)
    );
    let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2014-10-13T15:57:02.089Z","Bucket":"b"}"#;
    let lines = format!("{r2}\n{bridge}\n{s3}\n");
    let site = site();
    fuzz("events", bytes(&[s3, bridge, r2, pubsub, azure, &sqs, test, &lines]), |document, _| {
        match events::read(document) {
            Ok(notifications) => {
                let _share = events::share(&site, &notifications);
            }
            Err(error) => is_a_message(&format!("{error}\n{}", error.hint())),
        }
    });
}

#[test]
fn a_list_of_paths_never_crashes() {
    let lines = "a.css\n./b/c.html\r\n\"caf\\303\\251.txt\"\nd/\nM\ta.css\n";
    let nul = "a.css\0b/c.html\0";
    let patch = ">f+++++++++ a.css\n*deleting   b.css\nadded: x\n";
    fuzz("paths", bytes(&[lines, nul, patch]), |document, mutator| {
        match named(document, mutator.dice.bool()) {
            Ok(_) => {}
            Err(error) => is_a_message(&format!("{error}\n{}", error.hint())),
        }
        let _url = canonical_url_path(&String::from_utf8_lossy(document));
        let mut encoded = String::new();
        diffpurge::encoding::encode_path(document, &mut encoded);
        assert!(encoded.is_ascii());
    });
}

/// Configuration files of hosts.
const HOSTED: &[(&str, &str)] = &[
    ("_redirects", "/old/* /new/:splat 301!\n/a Country=de /b 302 # x\n/:id /x?id=:id 200\n"),
    ("_headers", "/fonts/*\n  Cache-Control: max-age=1\n  ! X-A\nhttps://:sub.example.com/*\n  X-B: 1\n"),
    (
        ".htaccess",
        "ErrorDocument 404 /404.html\nRedirect 301 /a https://e.x/b\nRedirectMatch ^/x(.*)$ /y$1\n<IfModule mod_rewrite.c>\nRewriteEngine On\nRewriteBase /\nRewriteCond %{HTTP_HOST} ^w\\. [NC,OR]\nRewriteRule ^(a|b)/(.*)$ /c/$2 [R=301,L,QSA]\n</IfModule>\n<FilesMatch \"\\.(css|js)$\">\nHeader set X-A \"b c\"\n</FilesMatch>\nOptions +Indexes -MultiViews\nDirectoryIndex index.html index.php\nAddType text/x .x\n",
    ),
    (
        "vercel.json",
        r#"{"redirects":[{"source":"/a/:path*","destination":"/b/:path*","permanent":true}],"headers":[{"source":"/(.*)","headers":[{"key":"X","value":"y"}]}],"rewrites":[],"cleanUrls":true}"#,
    ),
    (
        "firebase.json",
        r#"{"hosting":{"redirects":[{"source":"/a{,/**}","destination":"/b","type":301}],"headers":[{"source":"**/*.@(jpg|png)","headers":[]}]}}"#,
    ),
    (
        "staticwebapp.config.json",
        r#"{"routes":[{"route":"/a/*","redirect":"/b"}],"responseOverrides":{"404":{"rewrite":"/x"}},"navigationFallback":{"rewrite":"/i","exclude":["/img/*.{png,jpg}"]}}"#,
    ),
    (
        "netlify.toml",
        "[[redirects]]\nfrom = \"/a/*\"\nto = \"/b/:splat\"\nstatus = 301\nforce = true\n[[headers]]\nfor = \"/*\"\n[headers.values]\nX = \"y\"\n",
    ),
    ("serve.json", r#"{"redirects":[{"source":"/a/:b","destination":"/c"}],"trailingSlash":true}"#),
    ("nginx.conf", "location /a { return 301 /b; }\n"),
    (
        "web.config",
        "<configuration><system.webServer><rewrite><rules><rule name=\"a\"/></rules></rewrite></system.webServer></configuration>",
    ),
];

#[test]
fn configuration_files_of_hosts_never_crash() {
    for (name, _) in HOSTED {
        let text = HOSTED.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_bytes()).unwrap();
        assert!(
            differences(name.as_bytes(), b"", (Some(text), Some(b"")), &[]).is_none_or(|found| !found.is_empty()),
            "{name}"
        );
    }
    let corpus: Vec<Vec<u8>> = HOSTED.iter().map(|(_, text)| text.as_bytes().to_vec()).collect();
    let paths: Vec<Box<[u8]>> = [&b"a/b.html"[..], b"index.html", b"x.css"].map(Box::from).to_vec();
    fuzz("hosting", corpus, |document, mutator| {
        let (name, old) = HOSTED[mutator.dice.usize(..HOSTED.len())];
        let directory: &[u8] = if mutator.dice.bool() { b"" } else { b"d/" };
        let beside = [(Box::from(&b""[..]), mutator.valid())];
        let beside = if name == ".htaccess" { &beside[..] } else { &[] };
        for versions in
            [(Some(old.as_bytes()), Some(document)), (Some(document), None), (Some(document), Some(document))]
        {
            let found = differences(name.as_bytes(), directory, versions, beside);
            let same = versions.0 == versions.1;
            assert!(!same || found.as_ref().is_none_or(Vec::is_empty), "{name}: the same file differs");
            for reach in found.iter().flatten().flat_map(|difference| &difference.reaches) {
                if let diffpurge::hosting::Reach::Names(names) | diffpurge::hosting::Reach::Listings(names) = reach {
                    let _meant = (names.path(), names.of(&paths));
                }
            }
        }
    });
}

#[test]
fn the_event_of_a_ci_never_crashes() {
    let push = r#"{"ref":"refs/heads/main","before":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","after":"b","commits":[{"id":"b"}]}"#;
    let request = r#"{"pull_request":{"head":{"sha":"h","repo":{"full_name":"o/s"}},"base":{"sha":"b","repo":null}},"repository":{"full_name":"o/s"}}"#;
    let run = r#"{"workflow_run":{"head_repository":{"full_name":"f/s"}},"repository":{"full_name":"o/s"},"issue":{"pull_request":{}}}"#;
    fuzz("ci", bytes(&[push, request, run]), |document, mutator| {
        let event =
            ["push", "pull_request", "pull_request_target", "workflow_run", "issue_comment"][mutator.dice.usize(..5)];
        let value = String::from_utf8_lossy(&document[..document.len().min(60)]).into_owned();
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", event),
            ("GITHUB_EVENT_PATH", "/e"),
            ("GITHUB_SHA", &value),
            ("GITLAB_CI", "true"),
            ("CI_COMMIT_BEFORE_SHA", &value),
        ];
        let environment: Environment = variables.into_iter().collect();
        let _ci = Ci::find(&environment, |_| Ok(document.to_vec())).unwrap();
        let fork = Fork::find(&environment, |_| Ok(document.to_vec())).unwrap();
        // Nobody's request is taken for the repository's own because it cannot be read.
        let is_read = serde_json::from_slice::<serde_json::Value>(document).is_ok();
        assert!(is_read || event == "push" || fork.is_some(), "{event}");
    });
}

#[test]
fn a_tree_of_git_never_crashes() {
    let entry = |mode: &str, name: &str| [format!("{mode} {name}\0").as_bytes(), &[7; 20]].concat();
    let tree = [entry("100644", "a.html"), entry("40000", "d"), entry("120000", "l"), entry("160000", "s")].concat();
    fuzz("tree", vec![tree], |document, _| {
        for id_bytes in [20, 32] {
            let mut rest = document;
            while let Ok(Some(entry)) = Entry::first(rest, id_bytes) {
                let _order = (entry.order(&entry), entry.is_executable());
                rest = &rest[entry.raw.len()..];
            }
        }
    });
}
