//! Git in a repository that nobody vouches for: its own configuration names no program that is run, unless somebody says so.

use std::path::PathBuf;

use crate::support::{Hosted, PASSWORD, Ran, Repo, executable};

const PUSH: &str = "[site.mark]\npush = \"origin\"\n";

/// A hosted site whose first revision is purged, and a second one is live.
fn deployed(hosted: Hosted) -> (Hosted, String) {
    hosted.deploy(&[("x.css", "1")]);
    hosted.run(&hosted.site.repo, &["mark", "set", "HEAD"]).run().exits(0);
    let second = hosted.deploy(&[("x.css", "2")]);
    (hosted, second)
}

/// A clone with these settings of its own; `@` in a value is a file that a program would touch, and `%` a program that touches it.
fn clone(hosted: &Hosted, settings: &[(&str, &str)]) -> (Repo, PathBuf) {
    let clone = hosted.shallow();
    let git = clone.path().join(".git");
    let (touched, program) = (git.join("touched"), git.join("toucher"));
    executable(&program, &format!("touch {}", touched.display()));
    for (name, value) in settings {
        let value = value.replace('@', touched.to_str().unwrap()).replace('%', program.to_str().unwrap());
        // Of several URLs the first is asked.
        let how = if *name == "remote.origin.url" { "--replace-all" } else { "--add" };
        clone.git(&["config", "--local", how, name, &value]);
    }
    (clone, touched)
}

/// Settings of a repository.
type Settings<'s> = &'s [(&'s str, &'s str)];

#[test]
fn no_program_of_the_repositorys_own_configuration_runs() {
    let on_disk = deployed(Hosted::on_disk(PUSH)).0;
    let over_http = deployed(Hosted::over_http(PUSH)).0;
    let plain = over_http.url().replace(&format!("u:{PASSWORD}@"), "");
    let of_url = format!("credential.{}.helper", plain.trim_end_matches("/site.git"));
    let alternate = Repo::of(&[("other.txt", "1")]);
    let by_ssh = ("remote.origin.url", "ssh://127.0.0.1:9/site.git");
    let by_http = ("remote.origin.url", plain.as_str());
    // The settings, whether git gets on without them, and whether it would run them: later versions run what is a hook here.
    let rows: &[(&Hosted, Settings<'_>, bool, bool)] = &[
        (&on_disk, &[("remote.origin.uploadpack", "touch @; git-upload-pack")], true, true),
        (&on_disk, &[("remote.origin.receivepack", "touch @; git-receive-pack")], true, true),
        (&on_disk, &[("core.alternateRefsCommand", "touch @; true")], true, true),
        (&on_disk, &[("core.fsmonitor", "%")], true, false),
        (&on_disk, &[("hook.mine.command", "touch @"), ("hook.mine.event", "reference-transaction")], true, false),
        (&on_disk, &[("remote.origin.vcs", "ext"), ("protocol.ext.allow", "always")], false, false),
        (&on_disk, &[by_ssh, ("core.sshCommand", "touch @; false")], false, true),
        (&on_disk, &[("remote.origin.url", "git://127.0.0.1:9/x"), ("core.gitProxy", "%")], false, true),
        (&over_http, &[by_http, ("credential.helper", "!touch @; true")], false, true),
        (&over_http, &[by_http, (&of_url, "!touch @; true")], false, true),
        (&over_http, &[by_http, ("core.askPass", "%")], false, true),
        (&over_http, &[("http.cookieFile", "@"), ("http.saveCookies", "true")], true, true),
    ];
    for (hosted, settings, works, runs) in rows {
        let fresh = || {
            let (clone, touched) = clone(hosted, settings);
            let objects = alternate.path().join(".git/objects");
            clone.file(".git/objects/info/alternates", &format!("{}\n", objects.display()));
            (clone, touched)
        };
        let (clone, touched) = fresh();
        for arguments in [&["purge", "--dry-run"][..], &["mark", "clear"], &["mark", "set", "HEAD~0"]] {
            let ran = hosted.run(&clone, arguments).run();
            assert!(!touched.exists(), "{settings:?}: {ran:?}");
            assert_eq!(ran.code == Some(0), *works, "{settings:?}: {ran:?}");
            if !works {
                assert!(ran.stderr.contains("own configuration "), "{settings:?}: {}", ran.stderr);
                ran.errs_with("not used: `--trust-repository` uses", "add `--trust-repository`; or keep them where");
            }
        }
        // It is git that would run it.
        let (clone, touched) = fresh();
        for arguments in [&["purge", "--dry-run"][..], &["mark", "clear"], &["mark", "set", "HEAD"]] {
            let _ran = hosted.run(&clone, &[arguments, &["--trust-repository"]].concat()).run();
        }
        assert_eq!(touched.exists(), *runs, "{settings:?}");
    }
}

#[test]
fn a_url_that_is_a_command_is_never_run() {
    let hosted = deployed(Hosted::on_disk(PUSH)).0;
    for more in [&[][..], &["--trust-repository"]] {
        let (clone, touched) =
            clone(&hosted, &[("protocol.ext.allow", "always"), ("url.ext::sh -c touch% @.insteadOf", "file:")]);
        let name = format!("url.ext::sh -c touch% {}% %%s.insteadOf", touched.display());
        clone.git(&["config", "--local", &name, "file:"]);
        let ran = hosted.run(&clone, &[&["purge", "--dry-run"], more].concat()).run().exits(3);
        assert!(!touched.exists() && ran.stderr.contains("'ext' not allowed"), "{}", ran.stderr);
    }
}

#[test]
fn a_password_that_the_checkout_has_written_into_the_repository_works() {
    let (hosted, second) = deployed(Hosted::over_http(PUSH));
    let plain = hosted.url().replace(&format!("u:{PASSWORD}@"), "");
    let clone = hosted.shallow();
    clone.git(&["remote", "set-url", "origin", &plain]);
    let host = plain.trim_end_matches("site.git");
    let header = "Authorization: Basic dTpwdy0xbi1UaDMtVXJs";
    clone.git(&["config", "--local", &format!("http.{host}.extraheader"), header]);
    hosted.run(&clone, &["purge"]).run().exits(0).says("  ~ x.css  1 URL\n");
    hosted.is_purged_up_to(&second);
}

#[test]
fn whoever_trusts_the_repository_runs_what_it_names() {
    let (hosted, second) = deployed(Hosted::on_disk(PUSH));
    let (clone, touched) = clone(&hosted, &[("remote.origin.uploadpack", "touch @; git-upload-pack")]);
    hosted.run(&clone, &["purge", "--trust-repository"]).run().exits(0).says("the mark is at HEAD");
    assert!(touched.exists());
    hosted.is_purged_up_to(&second);
}

#[test]
fn a_program_that_the_user_names_runs_beside_one_of_the_repository() {
    let (hosted, second) = deployed(Hosted::over_http(PUSH));
    let plain = hosted.url().replace(&format!("u:{PASSWORD}@"), "");
    let home = tempfile::TempDir::new().unwrap();
    let helper = home.path().join("helper");
    executable(&helper, &format!("printf 'username=u\\npassword={PASSWORD}\\n'"));
    std::fs::write(home.path().join(".gitconfig"), format!("[credential]\n\thelper = {}\n", helper.display())).unwrap();
    let (clone, touched) = clone(&hosted, &[("credential.helper", "!touch @")]);
    clone.git(&["remote", "set-url", "origin", &plain]);
    let ran: Ran = hosted.run(&clone, &["purge"]).env("HOME", home.path()).run();
    ran.exits(0).says("the mark is at HEAD");
    assert!(!touched.exists());
    hosted.is_purged_up_to(&second);
}

#[test]
fn what_is_read_after_a_fetch_is_hashed_again() {
    let (hosted, _) = deployed(Hosted::on_disk(PUSH));
    let clone = hosted.shallow();
    // Somebody has put another tree where TO's is looked for first.
    let tree = clone.git(&["rev-parse", "HEAD^{tree}"]);
    let old = hosted.site.repo.git(&["rev-parse", "HEAD~1^{tree}"]);
    let at = |id: &str| format!(".git/objects/{}/{}", &id[..2], &id[2..]);
    let forged = std::fs::read(hosted.site.repo.path().join(at(&old))).unwrap();
    let place = clone.path().join(at(&tree));
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::write(&place, forged).unwrap();
    // Packed ones come first: all are made loose.
    let packs = clone.path().join(".git/objects/pack");
    let packed = std::fs::read_dir(&packs).unwrap().map(|entry| entry.unwrap().path());
    for pack in packed.collect::<Vec<_>>() {
        let aside = clone.path().join(".git").join(pack.file_name().unwrap());
        std::fs::rename(&pack, &aside).unwrap();
        if aside.extension().is_some_and(|extension| extension == "pack") {
            let read = std::fs::File::open(&aside).unwrap();
            let done = crate::support::git(clone.path()).args(["unpack-objects", "-q"]).stdin(read).status().unwrap();
            assert!(done.success());
        }
    }
    let _theirs = std::fs::set_permissions(&place, std::os::unix::fs::PermissionsExt::from_mode(0o644));
    std::fs::write(&place, std::fs::read(hosted.site.repo.path().join(at(&old))).unwrap()).unwrap();
    let ran = hosted.run(&clone, &["purge"]).run().exits(3);
    assert!(ran.stderr.contains("cannot read the tree"), "{}", ran.stderr);
}

#[test]
fn a_replaced_object_counts_as_git_counts_it() {
    // nginx lists no directory, so each file is one URL.
    let site =
        "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\noutput = \"public\"\nhost = \"nginx\"\n";
    let repo = Repo::of(&[("purge.toml", site), ("public/a.css", "1"), ("public/d/b.css", "1"), ("public/c.css", "1")]);
    let first = repo.git(&["rev-parse", "HEAD"]);
    repo.file("public/a.css", "2");
    let second = repo.commit();
    repo.file("public/c.css", "2");
    let third = repo.commit();
    let plan = |from: &str, to: &str| {
        let ran =
            crate::support::diffpurge(["plan", from, to, "--no-mark", "--format", "urls"]).within(&repo).run().exits(0);
        let git = repo.git(&["diff", "--name-only", "--no-renames", from, to, "--", "public"]);
        let want: Vec<String> = git.lines().map(|path| path.replace("public", "https://www.example.com")).collect();
        let got: Vec<&str> = ran.stdout.lines().collect();
        assert_eq!(got, want, "{from}..{to}");
        got.len()
    };
    assert_eq!((plan(&first, &second), plan(&second, &third)), (1, 1));
    // A commit.
    repo.git(&["replace", &second, &third]);
    assert_eq!((plan(&first, &second), plan(&second, &third), plan("HEAD~1", "HEAD")), (2, 0, 0));
    repo.git(&["pack-refs", "--all"]);
    assert_eq!(plan(&first, &second), 2);
    assert_eq!(plan("HEAD~2", "HEAD~1"), repo.git(&["diff", "--name-only", "HEAD~2", "HEAD~1"]).lines().count());
    repo.git(&["config", "core.useReplaceRefs", "false"]);
    assert_eq!(plan(&first, &second), 1);
    repo.git(&["config", "--unset", "core.useReplaceRefs"]);
    repo.git(&["replace", "--delete", &second]);
    // A directory, at the web root and below it.
    let tree = |path: &str| repo.git(&["rev-parse", path]);
    let (of_first, of_third) = (tree(&format!("{first}:public")), tree(&format!("{third}:public")));
    repo.git(&["replace", &of_first, &of_third]);
    assert_eq!((plan(&first, &third), plan(&first, &second)), (0, 1));
    repo.git(&["replace", "--delete", &of_first]);
    repo.file("public/d/b.css", "3");
    let fourth = repo.commit();
    let (old, new) = (tree(&format!("{third}:public/d")), tree(&format!("{fourth}:public/d")));
    repo.git(&["replace", &new, &old]);
    assert_eq!(plan(&third, &fourth), 0);
    repo.git(&["replace", "--delete", &new]);
    // A graft: parents count too.
    repo.git(&["replace", "--graft", &fourth, &first]);
    assert_eq!(plan("HEAD~1", "HEAD"), 3);
}
