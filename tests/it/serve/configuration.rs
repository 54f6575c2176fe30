//! `[serve]` in the file: what it refuses before a receiver starts, and where it says so.

use diffpurge::config::{Answer, Config, HookOutput, ServeStore};

use crate::support::{SITE, config};

const HOOK: &str = "kind = \"hmac\"\nheader = \"X-Sig\"\n";

#[test]
fn a_receiver_of_few_lines_has_all_defaults() {
    let config = Config::parse(&config("", &format!("{HOOK}reaction = \"site\"\n")), "purge.toml").unwrap();
    let serve = config.serve.unwrap();
    assert_eq!((serve.connections, serve.grace.as_secs(), serve.observe), (512, 8, None));
    assert_eq!(serve.store, ServeStore::Sqlite("diffpurge.db".into()));
    let hook = &serve.hooks[0];
    assert_eq!((hook.answer, hook.largest, hook.rate), (Answer::Accept, 1 << 20, 600));
    assert!(Config::parse(SITE, "purge.toml").unwrap().serve.is_none());
}

#[test]
fn every_slip_of_a_receiver_is_shown_with_what_to_type_instead() {
    let reaction = "reaction = \"site\"\n";
    for (lines, hook, message, hint) in [
        ("", HOOK, "nothing says where the hook's changes are found", "`repository`"),
        ("", "reaction = \"site\"\ndir = \"x\"\n", "both say where the changes are found", "keep one"),
        ("", "dir = \"public\"\n", "the site's mark is a ref", "store = \"file:"),
        ("", "files_token_env = \"T\"\n", "`files_token_env` is no key of a hook of the kind `github`", "`netlify`"),
        ("", "kind = \"netlify\"\nfiles_token_env = \"T\"\n", "a list of files is no revision", "store = \"file:"),
        (
            "",
            "kind = \"netlify\"\nfiles_token_env = \"T\"\ndir = \"x\"\n",
            "both say where the changes are found",
            "keep one",
        ),
        ("", "changes = \"event\"\n", "`github` does not say which files changed", "`repository`"),
        ("", "reaction = \"site\"\nheader = \"X\"\n", "`header` is no key of a hook of the kind `github`", "`hmac`"),
        ("", "kind = \"hmac\"\nreaction = \"site\"\n", "which header holds the signature", "X-Signature"),
        ("", "kind = \"gitea\"\nreaction = \"site\"\n", "no value for `kind`", "hmac"),
        ("", "reaction = \"site\"\nevents = [\"push\"]\n", "a push comes before its deploy", "[site.origin]"),
        ("", "reaction = \"site\"\nevents = []\n", "`events` is empty", "deployment_status"),
        ("", "repository = \"ext::sh -c x\"\n", "runs a program", "https://"),
        ("", "repository = \"--upload-pack=x\"\n", "no repository", "https://"),
        ("", "repository = \"https://u:secret@h.example/r\"\n", "holds a password", "credential helper"),
        ("", "reaction = \"site\"\nwithin = \"5s\"\n", "`within` is for an answer that is waited for", "wait"),
        ("", "reaction = \"site\"\nlargest = 26\n", "largest", "1 to 25"),
        ("", "reaction = \"site\"\nsecret_file = \"s\"\n", "`secret_env` and `secret_file`", "keep one"),
        (
            "",
            "reaction = \"site\"\nsecret = \"s\"\n",
            "a secret does not belong in the file",
            "secret_env = \"HOOK_SECRET\"",
        ),
        ("store = \"memory\"\n", reaction, "forgets what was accepted", "answer = \"wait\""),
        ("store = \"mysql://x\"\n", reaction, "no value for `store`", "sqlite:PATH"),
        ("store = \"postgres://u:pw@h/d\"\n", reaction, "holds a password", "PGPASSWORD"),
        ("store = \"postgres://h/d\"\n", "repository = \"/r\"\n", "in one of them", "push = \"origin\""),
        ("listen = \"localhost\"\n", reaction, "no address to listen at", "127.0.0.1:8787"),
        ("proxies = [\"10.0.0.0/8\"]\n", reaction, "no address", "10.0.0.2"),
    ] {
        let text = config(lines, hook);
        // The line of the address stands there already.
        let text = if lines.starts_with("listen") { text.replacen("listen = \"127.0.0.1:0\"\n", "", 1) } else { text };
        let error = Config::parse(&text, "purge.toml").unwrap_err();
        assert!(
            error.to_string().contains(message) && error.hint().contains(hint),
            "{text}\n{error}\n{}",
            error.hint()
        );
        assert!(!error.to_string().contains("secret@") && !error.to_string().contains(":pw@"), "{error}");
    }
    // Each replica would have a mark of its own.
    let hook = "kind = \"netlify\"\nfiles_token_env = \"T\"\n";
    let text =
        config("store = \"postgres://h/d\"\n", hook).replacen("[serve]", "[site.mark]\nstore = \"file:m\"\n[serve]", 1);
    let error = Config::parse(&text, "purge.toml").unwrap_err();
    assert!(error.to_string().contains("the site's mark is a file") && error.hint().contains("sqlite:"), "{error}");
    for (path, is_one) in [
        ("/h", true),
        ("/a/b-c_d.e~1", true),
        ("h", false),
        ("/", false),
        ("/a/", false),
        ("/a/../b", false),
        ("/a b", false),
        ("/runs", false),
        ("/runs/x", false),
        ("/metrics", false),
        ("/a?b", false),
    ] {
        let text = config("", reaction).replacen("\"/hooks/www\"", &format!("\"{path}\""), 1);
        assert_eq!(Config::parse(&text, "purge.toml").is_ok(), is_one, "{path}");
    }
    let twice = format!("{}{}", config("", reaction), config("", reaction).split_once("\"127.0.0.1:0\"\n").unwrap().1);
    assert!(
        Config::parse(&twice, "purge.toml").unwrap_err().to_string().contains("two hooks have the path /hooks/www")
    );
    let other = config("", reaction).replacen("site = \"www\"", "site = \"blog\"", 1);
    assert!(Config::parse(&other, "purge.toml").unwrap_err().to_string().contains("no site is called blog"));
    let none = format!("{SITE}[serve]\n");
    assert!(Config::parse(&none, "purge.toml").unwrap_err().to_string().contains("[serve] has no hook"));
}

#[test]
fn paths_of_a_receiver_count_from_its_file() {
    let place = tempfile::TempDir::new().unwrap();
    let file = place.path().join("purge.toml");
    for (repository, is_moved) in [
        ("site.git", true),
        ("../site", true),
        ("/srv/site.git", false),
        ("https://h.example/site.git", false),
        ("git@h.example:owner/site.git", false),
    ] {
        std::fs::write(&file, config("", &format!("repository = \"{repository}\"\n"))).unwrap();
        let serve = Config::load(&file).unwrap().serve.unwrap();
        let HookOutput::Repository { at, .. } = &serve.hooks[0].output else { panic!("{repository}") };
        let want = if is_moved { place.path().join(repository).display().to_string() } else { repository.to_owned() };
        assert_eq!(*at, want);
        assert_eq!(serve.store, ServeStore::Sqlite(place.path().join("diffpurge.db")));
    }
}
