//! Where a token comes from, and that nothing of it is ever printed: every run looks for it in what it prints.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use diffpurge::config::Config;
use diffpurge::edge::{Access, Edge};

use crate::support::{Fault, Ran, Repo, TOKEN, Tool, Toxic, ZONE, diffpurge, edge, edge_with, kept, warm};

/// A site with one changed file, whose token comes from where these lines of `[site.cloudflare]` say.
fn site(lines: &str) -> Repo {
    let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";
    let repo = Repo::of(&[
        ("purge.toml", &format!("{site}[site.cloudflare]\nzone_id = \"{ZONE}\"\n{lines}\n")),
        ("index.html", "1"),
    ]);
    repo.file("a.css", "1").commit();
    repo
}

/// A run with the API at an edge and no token in the environment, with programs on the usual path.
fn purge(repo: &Repo, edge: &Edge) -> Tool {
    let tool = diffpurge(["purge", "HEAD~1"]).within(repo).env("CLOUDFLARE_BASE_URL", edge.api_base());
    tool.env("PATH", "/usr/bin:/bin")
}

/// Writes a file of the repository with these permissions.
fn write(repo: &Repo, path: &str, content: &str, mode: u32) {
    repo.file(path, content);
    fs::set_permissions(repo.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
}

/// Writes a program. Another process does it: while this one has a file open to write, a child of a test beside this one may
/// hold it too, and then it cannot be run.
fn program(repo: &Repo, path: &str, content: &str) {
    repo.file(path, "");
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "rm \"$0\" && cat > \"$0\" && chmod 755 \"$0\""]).arg(repo.path().join(path));
    let mut shell = shell.stdin(Stdio::piped()).spawn().unwrap();
    shell.stdin.take().unwrap().write_all(content.as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success());
}

/// Asserts that a run printed no part of the token that could be one.
#[track_caller]
fn keeps_quiet(ran: &Ran) {
    let printed = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!printed.contains(&TOKEN[..8]) && !printed.contains(&TOKEN[8..]), "{printed}");
}

#[test]
fn a_command_gives_the_token_without_a_shell() {
    let edge = edge();
    let repo = site(&format!("token_command = [\"printf\", \"%s\\\\n\\\\n\", \"{TOKEN}\"]"));
    warm(&edge, &["https://www.example.com/a.css"]);
    let ran = purge(&repo, &edge).run().exits(0).says("accepted: 1 URL in 1 request");
    keeps_quiet(&ran);
    assert_eq!(kept(&edge), Vec::<String>::new());
    // Neither a plan nor a run with nothing to do needs it, so it is not run.
    let repo = site("token_command = [\"touch\", \"was-run\"]");
    diffpurge(["plan", "HEAD~1"]).within(&repo).env("PATH", "/usr/bin:/bin").run().exits(0);
    diffpurge(["purge", "HEAD"]).within(&repo).env("PATH", "/usr/bin:/bin").run().exits(0);
    assert!(!repo.path().join("was-run").exists());
}

#[test]
fn a_command_runs_where_the_configuration_is_and_reads_nothing() {
    let edge = edge();
    let repo = site("token_command = [\"./bin/token\", \"$HOME\", \"*\"]");
    let script = format!("#!/bin/sh\n[ -f purge.toml ] && [ \"$1$2\" = '$HOME*' ] && ! read -r _ && echo '{TOKEN}'\n");
    program(&repo, "bin/token", &script);
    write(&repo, "deep/down/x", "", 0o644);
    let below = purge(&repo, &edge).within_directory(&repo.path().join("deep/down"));
    below.run().exits(0);
    let file = repo.path().join("purge.toml");
    let elsewhere = diffpurge(["-C", repo.path().to_str().unwrap(), "-c", file.to_str().unwrap(), "purge", "HEAD~1"])
        .within_directory(Path::new("/"))
        .env("CLOUDFLARE_BASE_URL", edge.api_base());
    elsewhere.env("PATH", "/usr/bin:/bin").run().exits(0);
}

#[test]
fn one_command_is_run_once_for_all_its_sites() {
    let edge = edge();
    let site = |name: &str| {
        format!(
            "[[site]]\nname = \"{name}\"\nbase_urls = [\"https://{name}.example.com/\"]\n[site.cloudflare]\nzone_id = \"{ZONE}\"\ntoken_command = [\"./token\"]\n"
        )
    };
    let repo = Repo::of(&[("purge.toml", &[site("a"), site("b")].concat()), ("index.html", "1")]);
    repo.file("a.css", "1").commit();
    program(&repo, "token", &format!("#!/bin/sh\necho >> runs\necho '{TOKEN}'\n"));
    purge(&repo, &edge).run().exits(0).says("a: accepted: 1 URL").says("b: accepted: 1 URL");
    assert_eq!(fs::read_to_string(repo.path().join("runs")).unwrap(), "\n");
    // Nor once for each where it fails: it may take half a minute.
    program(&repo, "token", "#!/bin/sh\necho >> runs\nexit 3\n");
    let ran = purge(&repo, &edge).run().exits(2);
    assert!(
        ran.stderr.contains("error: sites a, b: `token_command` (./token) failed: exit status: 3\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(fs::read_to_string(repo.path().join("runs")).unwrap(), "\n\n");
}

#[test]
fn a_command_that_fails_is_named_and_nothing_it_prints_is_shown() {
    let edge = edge();
    for (script, error, hint) in [
        ("echo @; echo @ >&2; exit 3", "`token_command` (./token) failed: exit status: 3", "by hand"),
        ("echo @ >&2", "no API token: `token_command` (./token) gives nothing", "nothing else"),
        ("echo; echo '  '", "no API token: `token_command` (./token) gives nothing", "nothing else"),
        ("echo @; echo @", "`token_command` (./token) holds white space", "nothing beside it"),
        ("echo 'token: @'", "`token_command` (./token) holds white space", "nothing beside it"),
        ("echo '{\"Value\":\"@\"}'", "`token_command` (./token) holds white space or characters", "nothing beside it"),
        ("printf '@\\377'", "`token_command` (./token) failed: its output is not text", "by hand"),
        ("echo @; kill -KILL $$", "`token_command` (./token) failed: signal: 9", "by hand"),
    ] {
        let repo = site("token_command = [\"./token\", \"@\"]".replace('@', TOKEN).as_str());
        program(&repo, "token", &format!("#!/bin/sh\n{}\n", script.replace('@', TOKEN)));
        for format in ["human", "json"] {
            let ran = diffpurge(["purge", "HEAD~1", "-v", "--format", format])
                .within(&repo)
                .env("CLOUDFLARE_BASE_URL", edge.api_base())
                .env("GITHUB_ACTIONS", "true")
                .run()
                .exits(2);
            keeps_quiet(&ran);
            ran.fails_with(error, hint);
        }
    }
    let missing = site(&format!("token_command = [\"no-such-program\", \"{TOKEN}\"]"));
    let ran = purge(&missing, &edge).run().exits(2);
    keeps_quiet(&ran);
    ran.fails_with("cannot run `token_command` (no-such-program)", "on the PATH");
    let plain = site("token_command = [\"./token\"]");
    write(&plain, "token", TOKEN, 0o644);
    purge(&plain, &edge).run().exits(2).fails_with("cannot run `token_command` (./token)", "PATH");
    assert_eq!((edge.recorded().len(), edge.looked_up().len()), (0, 0));
}

#[test]
fn a_file_gives_the_token_when_only_its_owner_can_read_it() {
    let edge = edge();
    let repo = site("token_file = \".secret/token\"");
    write(&repo, "deep/x", "", 0o644);
    for mode in [0o600, 0o400, 0o700] {
        write(&repo, ".secret/token", &format!("\n  {TOKEN}\r\n"), mode);
        purge(&repo, &edge).within_directory(&repo.path().join("deep")).run().exits(0);
    }
    fs::remove_file(repo.path().join(".secret/token")).unwrap();
    let whole = repo.path().join("elsewhere");
    let repo = site(&format!("token_file = \"{}\"", whole.display()));
    fs::write(&whole, TOKEN).unwrap();
    fs::set_permissions(&whole, fs::Permissions::from_mode(0o600)).unwrap();
    purge(&repo, &edge).run().exits(0);
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let edge = edge();
    let repo = site("token_file = \"token\"");
    for (mode, shown) in [(0o644, "0644"), (0o640, "0640"), (0o604, "0604")] {
        write(&repo, "token", TOKEN, mode);
        let ran = purge(&repo, &edge).run().exits(2);
        let error = format!("`token_file` (token) can be read by others than its owner (mode {shown})");
        ran.fails_with(&error, "`chmod 600 token`");
    }
    assert_eq!(edge.looked_up(), Vec::<String>::new());
}

#[test]
fn a_file_without_a_usable_token_says_what_is_wrong() {
    let edge = edge();
    let repo = site("token_file = \"token\"");
    let run = || {
        let ran = purge(&repo, &edge).run().exits(2);
        keeps_quiet(&ran);
        ran
    };
    run().fails_with("cannot read `token_file` (token)", "configuration file's directory");
    fs::create_dir(repo.path().join("token")).unwrap();
    run().fails_with("cannot read `token_file` (token)", "configuration file's directory");
    fs::remove_dir(repo.path().join("token")).unwrap();
    write(&repo, "token", "\n", 0o600);
    run().fails_with("no API token: `token_file` (token) gives nothing", "nothing else");
    write(&repo, "token", &format!("TOKEN={TOKEN}\nX=1\n"), 0o600);
    run().fails_with("`token_file` (token) holds white space", "nothing beside it");
    fs::write(repo.path().join("token"), [TOKEN.as_bytes(), b"\xff"].concat()).unwrap();
    run().fails_with("cannot read `token_file` (token)", "configuration file's directory");
}

#[test]
fn the_environment_does_not_stand_in_for_a_source_that_is_named() {
    let edge = edge_with(Access { global_key: Some(("a@example.com", "a-key")), ..Access::default() });
    for lines in ["token_env = \"OTHER\"", "token_file = \"none\"", "token_command = [\"false\"]"] {
        let repo = site(lines);
        let tool = purge(&repo, &edge).env("CLOUDFLARE_API_TOKEN", TOKEN).env("CLOUDFLARE_API_KEY", "a-key");
        tool.env("CLOUDFLARE_EMAIL", "a@example.com").run().exits(2);
    }
    assert_eq!((edge.recorded().len(), edge.looked_up().len()), (0, 0));
}

const KEY: &str = "c2547eb745079dac9320b638f5e225cf483cc";

#[test]
fn the_older_pair_opens_the_api_and_is_warned_of_once() {
    let edge = edge_with(Access { global_key: Some(("a@example.com", KEY)), ..Access::default() });
    let two = "[[site]]\nname = \"a\"\nbase_urls = [\"https://a.example.com/\"]\n[[site]]\nname = \"b\"\nbase_urls = [\"https://b.example.com/\"]\n";
    let repo = site("");
    repo.file("purge.toml", two);
    let tool = |key: &str| {
        let tool = purge(&repo, &edge).env("CLOUDFLARE_ZONE_ID", ZONE).env("CLOUDFLARE_API_KEY", key);
        tool.env("CLOUDFLARE_EMAIL", "a@example.com")
    };
    let ran = tool(KEY).run().exits(0);
    assert_eq!(ran.stderr.matches("warning: CLOUDFLARE_API_KEY opens all that its user may do").count(), 1);
    assert!(!format!("{ran:?}").contains(KEY), "{ran:?}");
    assert_eq!(edge.recorded().len(), 2);
    tool("another-key").run().exits(1).says("Authentication error");
    let ran = tool(KEY).env("CLOUDFLARE_API_TOKEN", TOKEN).run().exits(0);
    assert_eq!(ran.stderr, "", "a token wins, and nothing is to be said");
    let ran = purge(&repo, &edge).env("CLOUDFLARE_ZONE_ID", ZONE).env("CLOUDFLARE_API_KEY", KEY).run().exits(2);
    ran.fails_with("CLOUDFLARE_EMAIL, which belongs to it, is not", "CLOUDFLARE_API_TOKEN");
}

#[test]
fn a_server_that_repeats_the_key_does_not_get_it_printed() {
    let edge = edge();
    let spelled = KEY.replace('c', "\\u0063");
    let padded = format!("{} {spelled}", "x".repeat(285));
    let repo = site("");
    for text in [KEY, &spelled, &padded] {
        let message = text.to_owned();
        let toxic = Toxic::before(&edge, move |_, _| Fault::envelope(403, "", 9103, &message));
        let tool = diffpurge(["purge", "HEAD~1", "-v"]).within(&repo).env("CLOUDFLARE_BASE_URL", toxic.api_base());
        let ran = tool.env("CLOUDFLARE_API_KEY", KEY).env("CLOUDFLARE_EMAIL", "a@example.com").run().exits(1);
        assert!(!format!("{ran:?}").contains(&KEY[1..9]), "{ran:?}");
    }
}

#[test]
fn a_long_text_with_the_token_in_escapes_is_redacted_before_it_is_cut() {
    let edge = edge();
    let repo = site("");
    let (json, url) = (TOKEN.replace('t', "\\u0074"), TOKEN.replace('-', "%2D"));
    for spelled in [&json, &TOKEN.replace('t', "\\\\u0074"), &url, &TOKEN.replace('3', "&#51;")] {
        // At each length some part of it stands at the cut.
        for padding in [280, 290, 297] {
            let text = format!("{} {spelled}", "x".repeat(padding));
            for fault in [Fault::envelope(403, "", 10000, &text), Fault::Answer(502, "", text.clone())] {
                let toxic = Toxic::before(&edge, move |_, _| fault.clone());
                let tool = diffpurge(["purge", "HEAD~1", "-v", "--format", "json", "--retry-for", "0"]);
                let ran = tool.within(&repo).through(&toxic).run().exits(1);
                let printed = format!("{}{}", ran.stdout, ran.stderr);
                for part in ["ok-3n", "3n-Sup", "Sup3r", "S3cr3t", "n-S"] {
                    assert!(!printed.contains(part), "{padding}, {spelled}: {printed}");
                }
            }
        }
    }
}

#[test]
fn nothing_of_a_source_stands_in_debug() {
    let repo = site(&format!("token_command = [\"echo\", \"{TOKEN}\"]"));
    let config = Config::load(&repo.path().join("purge.toml")).unwrap();
    assert!(!format!("{config:?}").contains(TOKEN));
}
