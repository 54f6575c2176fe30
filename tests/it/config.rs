//! `purge.toml`: what it may say, and how it is told what it may not.

use diffpurge::config::{Config, Fallback};

use crate::support::{Repo, diffpurge};

const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";

#[test]
fn a_site_of_two_lines_has_all_defaults() {
    let site = Config::parse(SITE, "purge.toml").unwrap().sites.remove(0);
    assert_eq!((site.output.as_str(), site.always.len()), ("", 0));
    assert_eq!((site.threshold.urls, site.threshold.then), (5000, Fallback::Everything));
    assert_eq!(
        (site.cache.cloudflare().unwrap().token.to_string().as_str(), site.cache.cloudflare().unwrap().zone_id.clone()),
        ("CLOUDFLARE_API_TOKEN", None)
    );
}

#[test]
fn every_slip_is_shown_where_it_is_with_what_to_type_instead() {
    for (text, place, message, hint) in [
        ("", "purge.toml", "names no site", "`[[site]]`"),
        (
            "[[site]]\nname = \"www\"\n",
            "purge.toml:1:1",
            "missing field `base_urls`",
            "write `base_urls = [\"https://www.example.com/\"]`",
        ),
        (
            "[[site]\nname = 1",
            "purge.toml:1:8",
            "unclosed array table",
            "reference on configuration in the documentation",
        ),
        ("[[site]]\nname = \"w w\"\nbase_urls = []\n", "purge.toml:2:8", "w w cannot be a site's name", "letters"),
        (
            "[[site]]\nname = \"www\"\nbase_urls = []\n",
            "purge.toml:3:13",
            "`base_urls` is empty",
            "https://www.example.com/",
        ),
        (
            "[[site]]\nname = \"www\"\nbase_urls = [\"www.example.com\"]\n",
            "purge.toml:3:14",
            "absolute",
            "`https://www.example.com`",
        ),
        (
            "[[site]]\nname = \"www\"\nbase_urls = [\"https://x.example/?a=b\"]\n",
            "purge.toml:3:14",
            "query string",
            "leave out",
        ),
        (
            "[[site]]\nname = \"www\"\nbase_url = \"https://x.example/\"\n",
            "purge.toml:3:1",
            "unknown field `base_url`",
            "base_urls = [",
        ),
        ("[cloudflare]\nzone_id = \"x\"\n", "purge.toml:1:2", "unknown field `cloudflare`", "[site.cloudflare]"),
        (&format!("{SITE}ignore = [\"/x\"]\n"), "purge.toml:4:11", "matches nothing", "write `x`"),
        (&format!("{SITE}ignore = [\"a[\"]\n"), "purge.toml:4:11", "broken", "globs"),
        (&format!("{SITE}ignore = \"*.map\"\n"), "purge.toml:4:10", "this is not a list", "in brackets"),
        (&format!("{SITE}always = [\"feed.xml\"]\n"), "purge.toml:4:11", "starts with `/`", "`/feed.xml`"),
        (&format!("{SITE}output = \"../x\"\n"), "purge.toml:4:10", "inside the repository", "public"),
        (&format!("{SITE}ouput = \"x\"\n"), "purge.toml:4:1", "unknown field `ouput`", "did you mean `output`?"),
        (&format!("{SITE}colour = \"x\"\n"), "purge.toml:4:1", "unknown field `colour`", "reference on configuration"),
        ("[site]\nname = \"www\"\n", "purge.toml:1:1", "`site` is a list of tables", "`[[site]]`, with two brackets"),
        (&format!("{SITE}[site.threshold]\nurls = \"5\"\n"), "purge.toml:5:8", "not a whole number", "without quotes"),
        (&format!("{SITE}host = \"iis\"\n"), "purge.toml:4:8", "no value for `host`", "github-pages"),
        (&format!("{SITE}host = \"netlfy\"\n"), "purge.toml:4:8", "no value for `host`", "did you mean `netlify`?"),
        (&format!("{SITE}host = \"Github-Page\"\n"), "purge.toml:4:8", "no value", "did you mean `github-pages`?"),
        (
            "[[site]]\nname = \"www\"\nbase_urls = [\"https://x.example./\"]\n",
            "purge.toml:3:14",
            "ends in a dot",
            "`https://x.example`",
        ),
        (&format!("{SITE}deleted = \"some\"\n"), "purge.toml:4:11", "no value for `deleted`", "superseded, all"),
        (
            &format!("{SITE}deleted = \"unfingerprinted\"\n"),
            "purge.toml:4:11",
            "is called `\"superseded\"` now",
            "or leave it out",
        ),
        (&format!("{SITE}forms = []\n"), "purge.toml:4:9", "`forms` is empty", "leave it out"),
        (
            &format!("{SITE}forms = [\"exactly\"]\n"),
            "purge.toml:4:10",
            "no value for `forms`",
            "directory-without-slash",
        ),
        (&format!("{SITE}spellings = \"some\"\n"), "purge.toml:4:13", "no value for `spellings`", "all, canonical"),
        (&format!("{SITE}symlinks = \"yes\"\n"), "purge.toml:4:12", "no value for `symlinks`", "follow, ignore"),
        (&format!("{SITE}output = 5\n"), "purge.toml:4:10", "not a text", "in quotes"),
        (&format!("[site.cloudflare]\nplan = \"free\"\n{SITE}"), "purge.toml:3:3", "duplicate key", "`[[site]]`"),
        (
            &format!("{SITE}[site.mark]\nstore = \"file:a\"\n{SITE}[site.mark]\nstore = \"file:./b/../a\"\n")
                .replacen("www", "x", 1),
            "purge.toml:10:9",
            "another site keeps its mark in this file",
            "a file of its own",
        ),
        (&format!("{SITE}{SITE}"), "purge.toml:5:8", "two sites are called www", "its own name"),
        (
            &format!("{SITE}[site.cloudflare]\nzone_id = \"example.com\"\n"),
            "purge.toml:5:11",
            "zone's name, not its id",
            "Overview",
        ),
        (
            &format!("{SITE}[site.cloudflare]\nzone_id = \"023e\"\n"),
            "purge.toml:5:11",
            "not a zone id",
            "32 hex digits",
        ),
        (
            &format!("{SITE}[site.cloudflare]\nplan = \"gold\"\n"),
            "purge.toml:5:8",
            "no value for `plan`",
            "free, pro, business, enterprise",
        ),
        (
            &format!("{SITE}[site.cloudflare]\nmode = \"soft\"\n"),
            "purge.toml:5:8",
            "no value for `mode`",
            "purge, invalidate",
        ),
        (
            &format!("{SITE}[site.cloudflare]\nenvironment_id = \"a/b\"\n"),
            "purge.toml:5:18",
            "no environment's id",
            "leave it out",
        ),
        (&format!("{SITE}[site.threshold]\nurls = 0\n"), "purge.toml:5:8", "not a number of URLs", "`urls = 5000`"),
        (&format!("{SITE}[site.threshold]\nurls = -5\n"), "purge.toml:5:8", "not a number of URLs", "`urls = 5000`"),
        (
            &format!("{SITE}[site.threshold]\nthen = \"all\"\n"),
            "purge.toml:5:8",
            "no value for `then`",
            "narrowest, prefixes, hosts, everything, fail",
        ),
        (
            &format!("{SITE}[site.threshold]\npercent = 101\n"),
            "purge.toml:5:11",
            "not a share of the site",
            "1 to 100, for example `percent = 20`",
        ),
        (
            &format!("{SITE}[site.threshold]\nseconds = 0\n"),
            "purge.toml:5:11",
            "not a number of seconds",
            "`seconds = 60`",
        ),
        (&format!("{SITE}cover = \"all\"\n"), "purge.toml:4:9", "no value for `cover`", "`{ waste = 5 }`"),
        (&format!("{SITE}cover = 5\n"), "purge.toml:4:9", "a word or a table", "`\"exact\"`"),
        (&format!("{SITE}cover = {{ waste = 101 }}\n"), "purge.toml:4:9", "1 to 100", "`{ waste = 5 }`"),
        (&format!("{SITE}cover = {{ waste = \"5\" }}\n"), "purge.toml:4:9", "1 to 100", "`{ waste = 5 }`"),
        (&format!("{SITE}cover = {{ wast = 5 }}\n"), "purge.toml:4:9", "holds `waste`", "`{ waste = 5 }`"),
    ] {
        let error = Config::parse(text, "purge.toml").unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with(&format!("{place}: ")), "{text}\n{said}");
        assert!(said.contains(message), "{text}\n{said}");
        assert!(error.hint().contains(hint), "{text}\n{}", error.hint());
    }
}

#[test]
fn the_line_is_shown_with_a_mark_under_the_place() {
    let error = Config::parse("[[site]]\nname = \"www\"\nbase_urls = [\"ftp://x/\"]\n", "purge.toml").unwrap_err();
    let want = "purge.toml:3:14: ftp://x/: the scheme is neither http nor https\n  |\n3 | base_urls = [\"ftp://x/\"]\n  |              ^^^^^^^^^^";
    assert_eq!(error.to_string(), want);
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    const SECRET: &str = "v1-Sn3Zz0123456789abcdefABCDEF-uvwxyzUVW99x";
    for line in [
        "token = \"@\"",
        "api_token = \"@\"",
        "api_key = \"@\"",
        "auth = \"Bearer @\"",
        "zone = \"@\"",
        "zone_id = \"@\"",
        "plan = \"@\"",
        "token_env = \"@\"",
        "token_file = \"@\"",
        "token_file = [\"@\"]",
        "token_ssm = \"@\"",
        "token_secret = \"@\"",
        "token_secret = \"@#key\"",
        "token_secret = \"a b#@\"",
        "token_command = \"@\"",
        "token_command = [\"@\"]",
        "token_command = [\"a\", \"@\\u0000\"]",
        "token_command = [\"a\", \"@\"]\ntoken_file = \"b\"",
        "token_command = [\"a\", \"@\", 1]",
        "token = @",
        "token_env = [\"@\"]",
        "token = \"\"\"\n@\"\"\" x",
        "token = \"\"\"\n@ \\q\n\"\"\"",
        "token_env = [\n \"@\n]",
        "api_token = [\n \"@\" x",
        "token_env = {\nvalue = \"@\"\n",
        "[site.threshold]\nthen = \"@\"",
        "[site.threshold]\nurls = \"@\"",
    ] {
        let text = format!("{SITE}[site.cloudflare]\n{}\n", line.replacen('@', SECRET, 1));
        let error = Config::parse(&text, "purge.toml").unwrap_err();
        assert!(!format!("{error} {error:?} {}", error.hint()).contains("Sn3Zz"), "{line}: {error}");
    }
    for url in
        ["https://u:Sn3Zz@x.example/", "https://u:Sn3Zz@x.example/?a", "ftp://u:Sn3Zz@x.example/", "u:Sn3Zz@x.example"]
    {
        let text = format!("[[site]]\nname = \"www\"\nbase_urls = [\"{url}\"]\n");
        let error = Config::parse(&text, "purge.toml").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("Sn3Zz"), "{url}: {error}");
        let ran = diffpurge(["plan", "HEAD", "--base-url", url]).run().exits(2);
        assert!(!ran.stderr.contains("Sn3Zz"), "{}", ran.stderr);
        let ran = diffpurge(["purge", "HEAD", "--base-url", "https://x.example"]).env("CLOUDFLARE_BASE_URL", url).run();
        assert!(!ran.stderr.contains("Sn3Zz"), "{}", ran.stderr);
    }
    let ran = diffpurge(["plan", "HEAD", "--base-url", "https://x.example"])
        .within(&Repo::of(&[]))
        .env("CLOUDFLARE_ZONE_ID", SECRET)
        .run();
    assert!(!ran.exits(2).stderr.contains("Sn3Zz"));
    let error = Config::parse(&format!("{SITE}[site.cloudflare]\ntoken = \"x\"\n"), "purge.toml").unwrap_err();
    assert!(
        error.to_string().contains("a secret does not belong in the file")
            && error.hint().contains("CLOUDFLARE_API_TOKEN")
    );
}

#[test]
fn no_text_of_the_file_leaves_its_line_or_commands_a_runner() {
    let repo = Repo::of(&[("a.css", "1")]);
    for line in [
        "ignore = [\"/x\\n::error::forged\"]",
        "ignore = [\"/##[error]x\"]",
        "\"\\u001b[31m\\r::error::forged ##[error]x\" = 1",
        "output = \"/\\u001b[31m##[group]\"",
        "always = [\"##[error]x\"] # ##[warning]",
    ] {
        repo.file("purge.toml", &format!("{SITE}{line}\n"));
        let ran = diffpurge(["plan", "HEAD"]).within(&repo).env("GITHUB_ACTIONS", "true").run().exits(2);
        for printed in ran.stderr.lines() {
            let ours = printed.starts_with("::error title=diffpurge::");
            assert!(ours || !printed.trim_start().starts_with("::"), "{line}: {printed}");
            assert!(!printed.contains("##[") && !printed.contains(char::is_control), "{line}: {printed}");
        }
    }
}

#[test]
fn the_file_is_looked_for_beside_the_repository_and_can_be_named() {
    let repo = Repo::of(&[("index.html", "1"), ("a.css", "1"), ("purge.toml", SITE)]);
    repo.file("a.css", "2").file("deep/down/x", "1").commit();
    let urls = "https://www.example.com/a.css\nhttps://www.example.com/deep\nhttps://www.example.com/deep/\n\
                https://www.example.com/deep/down\nhttps://www.example.com/deep/down/\nhttps://www.example.com/deep/down/x\n";
    let below = diffpurge(["plan", "HEAD~1", "--format", "urls"]).within_directory(&repo.path().join("deep/down"));
    assert_eq!(below.run().exits(0).stdout, urls, "the nearest file above counts");
    assert_eq!(diffpurge(["plan", "HEAD~1", "--format", "urls"]).within(&repo).run().exits(0).stdout, urls);
    let directory = repo.path().to_str().unwrap();
    assert_eq!(diffpurge(["-C", directory, "plan", "HEAD~1", "--format", "urls"]).run().exits(0).stdout, urls);
    let file = repo.path().join("purge.toml");
    let tool = diffpurge(["-C", directory, "-c", file.to_str().unwrap(), "plan", "HEAD~1", "--format", "urls"]);
    assert_eq!(tool.run().exits(0).stdout, urls);
}

#[test]
fn a_file_that_is_missing_or_wrong_is_exit_2() {
    let repo = Repo::of(&[("a.css", "1")]);
    diffpurge(["plan", "HEAD"])
        .within(&repo)
        .run()
        .exits(2)
        .fails_with("purge.toml: cannot be read", "`diffpurge init` writes one");
    diffpurge(["plan", "HEAD", "-c", "no.toml"])
        .within(&repo)
        .run()
        .exits(2)
        .fails_with("no.toml: cannot be read", "--config FILE");
    repo.file("purge.toml", &format!("{SITE}ignore = [\"/x\"]\n"));
    diffpurge(["plan", "HEAD"])
        .within(&repo)
        .run()
        .exits(2)
        .fails_with("purge.toml:4:11: the glob /x matches nothing", "write `x`");
}

#[test]
fn options_stand_in_for_a_file_and_are_checked_alike() {
    let repo = Repo::of(&[("a.css", "1")]);
    let run = |options: &[&str]| diffpurge([&["plan", "HEAD"], options].concat()).within(&repo).run();
    run(&["--base-url", "www.example.com"])
        .exits(2)
        .fails_with("--base-url: www.example.com", "`https://www.example.com`");
    run(&["--base-url", "https://x.example/", "--output", "/x"]).exits(2).fails_with("--output: /x", "public");
    run(&["--base-url", "https://x.example/", "--zone-id", "x.example"])
        .exits(2)
        .fails_with("--zone-id: x.example is a zone's name", "32 hex");
    assert_eq!(run(&["--output", "x"]).code, Some(2));
    assert_eq!(run(&["-c", "purge.toml", "--base-url", "https://x.example/"]).code, Some(2));
    let ran = diffpurge(["plan", "HEAD", "--base-url", "https://x.example/"])
        .within(&repo)
        .env("CLOUDFLARE_ZONE_ID", "x")
        .run();
    ran.exits(2).fails_with("$CLOUDFLARE_ZONE_ID: this is not a zone id, but 1 character", "32 hex");
}

#[test]
fn sites_are_chosen_by_name() {
    let two = "[[site]]\nname = \"a\"\nbase_urls = [\"https://a.example/\"]\n[[site]]\nname = \"b\"\nbase_urls = [\"https://b.example/\"]\n";
    let repo = Repo::of(&[("index.html", "1"), ("x.css", "1"), ("purge.toml", two)]);
    repo.file("x.css", "2").commit();
    let urls = |options: &[&str]| {
        diffpurge([&["plan", "HEAD~1", "--format", "urls"], options].concat()).within(&repo).run().exits(0).stdout
    };
    assert_eq!(urls(&[]), "https://a.example/x.css\nhttps://b.example/x.css\n");
    assert_eq!(urls(&["-s", "b"]), "https://b.example/x.css\n");
    let ran = diffpurge(["plan", "HEAD~1", "-s", "c"]).within(&repo).run();
    ran.exits(2).fails_with("no site has this name", "the file has: a, b");
}

#[test]
fn every_slip_in_a_rule_is_shown_where_it_is() {
    const RULE: &str = "[[site.rule]]\nmatch = [\"**\"]\n";
    for (line, place, message, hint) in [
        ("also = [\"/{name}\"]", "6:9", "`{name}` is no field", "{dir}"),
        ("also = [\"blog/\"]", "6:9", "starts with `/`", "`/blog/`"),
        ("except = [\"a[\"]", "6:11", "the glob a[ is broken", "globs"),
        ("except = [\"./x\"]", "6:11", "matches nothing", "write `x`"),
        ("on = []", "6:6", "`on` is empty", "leave it out"),
        ("on = [\"renamed\"]", "6:7", "no value for `on`", "added, modified, deleted"),
        ("scope = \"zone\"", "6:9", "no value for `scope`", "none, urls, subtree, site, everything"),
        ("by = \"tag\"", "6:6", "no value for `by`", "url, prefix"),
        ("forms = [\"html\"]", "6:10", "no value for `forms`", "without-extension"),
        ("tags = [\"a b\"]", "6:9", "cannot stand in a tag", "without spaces"),
        ("prefixes = [\"https://a.example/b/\"]", "6:13", "no scheme", "`a.example/b/`"),
        ("hosts = [\"a.example/b\"]", "6:10", "more than a host name", "`www.example.com`"),
        ("queries = [\"?a=1\"]", "6:12", "no part of a query string", "`a=1`"),
        ("origins = [\"https://a.example/\"]", "6:12", "no origin", "scheme and host"),
        ("origins = [\"a.example\"]", "6:12", "no origin", "scheme and host"),
        ("device_types = [\"phone\"]", "6:17", "no value for `device_types`", "mobile, desktop, tablet"),
        ("countries = [\"ESP\"]", "6:14", "no country", "`ES`"),
        ("languages = [\"\"]", "6:14", "no Accept-Language", "`zh-CN`"),
        ("cookies = [\"theme\"]", "6:12", "no cookie", "`name=value`"),
        ("headers = [{ \"a b\" = \"1\" }]", "6:14", "no header's name", "`X-Device`"),
        ("headers = [{ X-A = \" 1\" }]", "6:20", "no header's value", "printable"),
        ("headers = [{ oriGIN = \"1\" }]", "6:14", "`origin` does not stand", "`origins`"),
        ("headers = [{ Authorization = \"x\" }]", "6:14", "`authorization` does not", "secret"),
        ("headers = [{ X-A = \"1\", x-a = \"2\" }]", "6:25", "stands here twice", "case"),
        ("headers = [{}]", "6:12", "names no header", "X-Device"),
        ("headers = { X-A = \"1\" }", "6:11", "this is not a list", "`[{ … }]`"),
        ("volatile = [\"\\d+\"]", "6:15", "escape", "single quotes"),
        ("volatile = [\"\\bx\"]", "6:13", "holds `\\u{8}`", "single ones"),
        ("on = [\"added\"]\nvolatile = ['a']", "6:6", "`volatile` is for modified files", "\"modified\""),
        ("prefixes = [\"https://a.example/b\"]", "6:13", "no scheme", "`a.example/b/`"),
        ("volatile = ['a(b']", "6:13", "the expression a(b is broken: unclosed group", "regex crate"),
        ("volatile = ['a', 'b*']", "6:18", "the expression b* matches the empty text", "`+` in place of `*`"),
        ("tag = [\"x\"]", "6:1", "unknown field `tag`", "`tags`"),
        ("", "5:9", "says nothing about them", "`also`"),
    ] {
        let error = Config::parse(&format!("{SITE}{RULE}{line}\n"), "purge.toml").unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with(&format!("purge.toml:{place}: ")), "{line}\n{said}");
        assert!(said.contains(message), "{line}\n{said}");
        assert!(error.hint().contains(hint), "{line}\n{}", error.hint());
    }
    let rule = |text: &str| Config::parse(&format!("{SITE}[[site.rule]]\n{text}\n"), "purge.toml").unwrap_err();
    assert!(rule("match = []\ntags = [\"a\"]").to_string().contains("5:9: `match` is empty"));
    assert!(rule("tags = [\"a\"]").to_string().contains("missing field `match`"));
    let languages: Vec<String> = (0..200).map(|i| format!("\"l{i}\"")).collect();
    let many = format!("match = [\"**\"]\nlanguages = [{0}]\nqueries = [{0}]", languages.join(", "));
    assert!(rule(&many).to_string().contains("40401 cache keys of each URL, and 1000 are the most"), "{}", rule(&many));
}

#[test]
fn what_may_be_a_secret_in_a_rule_is_not_repeated() {
    const SECRET: &str = "v1-Sn3Zz0123456789abcdefABCDEF-uvwxyzUVW99x";
    for line in [
        "cookies = [\"@\"]",
        "headers = [{ X = \"@\\n\" }]",
        "origins = [\"https://user:@@w.example\"]",
        "prefixes = [\"https://user:@@w.example/\"]",
        "prefixes = [\"user:@@w.example/x\"]",
        "hosts = [\"user:@@w.example\"]",
        "also = [\"https://user:@@w.example/\"]",
        "also = [\"x?token=@\"]",
        "queries = [\"?token=@\"]",
        "queries = [\"token=@#x\"]",
        "headers = [{ Authorization = \"Bearer @\" }]",
        "scope = \"@\"",
    ] {
        let text = format!("{SITE}[[site.rule]]\nmatch = [\"**\"]\n{}\n", line.replacen('@', SECRET, 1));
        let error = Config::parse(&text, "purge.toml").unwrap_err();
        assert!(!format!("{error} {}", error.hint()).contains("Sn3Zz"), "{error}");
    }
}

#[test]
fn a_configuration_that_is_not_there_says_where_to_look() {
    let repo = Repo::of(&[("a.css", "1"), ("other/purge.yml", "a: b\n"), ("latin.toml", "1")]);
    std::fs::write(repo.path().join("latin.toml"), b"name = \"caf\xe9\"\n").unwrap();
    for (arguments, error, hint) in [
        (&["plan"][..], "purge.toml: cannot be read: there is none in this directory or above it", "--config FILE"),
        (
            &["plan", "-c", "other/purge.toml"],
            "other/purge.toml: cannot be read",
            "other/purge.yml is beside it, but the configuration is TOML: `diffpurge init` writes one",
        ),
        (&["plan", "-c", "other"], "other: cannot be read", "`--config other/purge.toml`"),
        (&["plan", "-c", "latin.toml"], "latin.toml: cannot be read", "save it as UTF-8"),
        (&["plan", "-C", "nowhere"], "-C nowhere: there is no such directory", "the directory of the repository"),
        (&["plan", "-C", "a.css"], "-C a.css: this is a file, and no directory", "the directory of the repository"),
        (&["plan", "--dry-run"], "`plan` sends nothing by itself", "`diffpurge purge --dry-run`"),
    ] {
        diffpurge(arguments).within(&repo).run().exits(2).fails_with(error, hint);
    }
}
