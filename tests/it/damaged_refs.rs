//! Refs of marks that a crash, a disk or somebody's hand has damaged: nothing open is forgotten, and each can be taken away.

use std::fs;
use std::path::PathBuf;

use crate::support::{Ran, Site, diffpurge};

/// A site whose deploy before the last could not be purged.
fn with_something_open() -> (Site, PathBuf) {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    site.run(&["purge"]).run().exits(0);
    site.deploy(&[("x.css", "2")]);
    site.fails_to_purge(&["purge"]);
    site.deploy(&[("x.css", "3")]);
    let open = site.repo.path().join(".git/refs/diffpurge-open/www");
    (site, open)
}

#[test]
fn open_moments_are_found_behind_a_link_and_in_the_packed_refs() {
    let (site, open) = with_something_open();
    let says_so = || site.run(&["plan"]).run().exits(0).says(", not purged completely → HEAD");
    says_so();
    let elsewhere = site.repo.path().join(".git/elsewhere");
    fs::rename(&open, &elsewhere).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&elsewhere, &open).unwrap();
        says_so();
        fs::remove_file(&open).unwrap();
    }
    fs::rename(&elsewhere, &open).unwrap();
    site.repo.git(&["pack-refs", "--all"]);
    assert!(fs::read_dir(&open).map_or(0, Iterator::count) == 0, "git has packed them");
    says_so();
    // One that comes afterwards stands beside the packed ones.
    site.fails_to_purge(&["purge"]);
    site.deploy(&[("x.css", "4")]);
    let both = site.run(&["plan"]).run().exits(0);
    assert_eq!(both.stdout.matches("not purged completely").count(), 2, "{}", both.stdout);
}

#[test]
fn a_file_in_the_place_of_open_moments_is_not_taken_for_nothing() {
    let (site, open) = with_something_open();
    fs::remove_dir_all(&open).unwrap();
    fs::write(&open, "").unwrap();
    for arguments in [&["plan"][..], &["purge"]] {
        let ran = site.run(arguments).run().exits(3);
        ran.fails_with("cannot read the mark refs/diffpurge/www", "`diffpurge mark clear` takes it away");
    }
    fs::remove_file(&open).unwrap();
    site.run(&["plan"]).run().exits(0).says("the mark (");
}

#[test]
fn a_broken_mark_can_be_taken_away_whichever_of_the_name_it_is() {
    for broken in ["diffpurge/www@0123456789ab", "diffpurge-open/www@0123456789ab/x", "diffpurge/www"] {
        let site = Site::of("");
        site.deploy(&[("x.css", "1")]);
        let nowhere = |arguments: &[&str]| diffpurge(arguments.iter().copied()).within(&site.repo).run();
        nowhere(&["mark", "set", "HEAD"]).exits(0);
        let file = site.repo.path().join(".git/refs").join(broken);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "").unwrap();
        let is_told = |ran: Ran| ran.fails_with("cannot read the mark", "`diffpurge mark clear` takes it away");
        is_told(nowhere(&["plan"]).exits(3));
        nowhere(&["mark", "clear"]).exits(0);
        assert!(!file.exists(), "{broken}");
        nowhere(&["plan"]).exits(0).says("what was live before is not known");
        nowhere(&["mark", "set", "HEAD"]).exits(0);
        nowhere(&["plan"]).exits(0).says("nothing changed between the mark (");
    }
}

#[test]
fn to_clear_a_mark_of_another_zone_takes_a_broken_first_one_along() {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    let other = |arguments: &[&str]| site.run(arguments).env("CLOUDFLARE_ZONE_ID", "0123456789abcdef0123456789abcdef");
    site.run(&["mark", "set", "HEAD"]).run().exits(0);
    other(&["mark", "set", "HEAD"]).run().exits(0);
    fs::write(site.repo.path().join(".git/refs/diffpurge/www"), "").unwrap();
    other(&["plan"]).run().exits(0).says("nothing changed between the mark (");
    other(&["mark", "clear"]).run().exits(0);
    other(&["plan"]).run().exits(0).says("what was live before is not known");
}

#[test]
fn a_ref_that_is_called_like_the_directory_of_marks_leaves_no_mark() {
    let site = Site::of("");
    site.deploy(&[("x.css", "1")]);
    site.repo.git(&["update-ref", "refs/diffpurge", "HEAD"]);
    site.run(&["plan"]).run().exits(0).says("what was live before is not known");
}

#[test]
fn packed_refs_that_cannot_be_read_are_not_taken_for_none() {
    let (site, _) = with_something_open();
    site.repo.git(&["pack-refs", "--all"]);
    let packed = site.repo.path().join(".git/packed-refs");
    let aside = site.repo.path().join(".git/aside");
    // The branch itself is still found.
    site.repo.git(&["commit", "--quiet", "--allow-empty", "-m", "more"]);
    fs::rename(&packed, &aside).unwrap();
    fs::create_dir(&packed).unwrap();
    for arguments in [&["plan"][..], &["purge"]] {
        site.run(arguments).run().exits(3).fails_with("cannot read the mark refs/diffpurge/www", "");
    }
    fs::remove_dir(&packed).unwrap();
    fs::rename(&aside, &packed).unwrap();
    site.run(&["plan"]).run().exits(0).says(", not purged completely → HEAD");
}
