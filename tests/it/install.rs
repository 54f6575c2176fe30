//! `install.sh` against releases that lie in a directory and behind a loopback server, with the shells that people have as `sh`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use crate::support::{Served, required};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The shells that are here, of those that are `sh` somewhere.
fn shells() -> Vec<&'static str> {
    let shells: Vec<&str> = ["/bin/dash", "/bin/bash"].into_iter().filter(|shell| Path::new(shell).exists()).collect();
    required(!shells.is_empty(), "dash or bash");
    shells
}

pub(crate) fn name() -> String {
    let system = if cfg!(target_os = "macos") { "apple-darwin" } else { "unknown-linux-gnu" };
    format!("diffpurge-{VERSION}-{}-{system}", std::env::consts::ARCH)
}

/// Releases as they are kept: this very program in an archive, with its sum.
pub(crate) fn releases() -> tempfile::TempDir {
    // It is packed once, and each test may damage its own.
    static PACKED: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(packed);
    let releases = tempfile::TempDir::new().unwrap();
    let place = releases.path().join(format!("v{VERSION}"));
    std::fs::create_dir_all(&place).unwrap();
    let archive = format!("{}.tar.gz", name());
    std::fs::write(place.join(&archive), &PACKED.0).unwrap();
    std::fs::write(place.join(format!("{archive}.sha256")), &PACKED.1).unwrap();
    std::fs::write(releases.path().join("latest"), format!("v{VERSION}\n")).unwrap();
    releases
}

/// The archive, and what `sha256sum` says of it.
fn packed() -> (Vec<u8>, Vec<u8>) {
    let place = tempfile::TempDir::new().unwrap();
    let top = place.path().join(name());
    std::fs::create_dir_all(&top).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_diffpurge"), top.join("diffpurge")).unwrap();
    // As a release does it; where there is no such program the archive is only larger.
    let _stripped = Command::new("strip").arg(top.join("diffpurge")).status();
    let archive = format!("{}.tar.gz", name());
    let mut pack = Command::new("tar");
    pack.args(["-I", "gzip -1", "-cf", &archive, &name()]).current_dir(place.path());
    assert!(pack.status().unwrap().success());
    let summed = Command::new("sha256sum").arg(&archive).current_dir(place.path()).output().unwrap();
    (std::fs::read(place.path().join(&archive)).unwrap(), summed.stdout)
}

fn install(shell: &str, home: &Path, arguments: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh");
    let mut command = Command::new(shell);
    command.arg(script).args(arguments).env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin");
    command.output().unwrap()
}

/// Returns what the installed program says of itself.
fn installed(home: &Path) -> Option<String> {
    let program: PathBuf = home.join(".local/bin/diffpurge");
    let ran = Command::new(program).arg("-V").output().ok()?;
    Some(String::from_utf8(ran.stdout).unwrap())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_latest_release_is_installed_from_a_directory_and_from_a_server() {
    let releases = releases();
    let served = Served::of(releases.path());
    for shell in shells() {
        for from in [releases.path().display().to_string(), served.url().trim_end_matches('/').to_owned()] {
            let home = tempfile::TempDir::new().unwrap();
            let output = install(shell, home.path(), &["--from", &from]);
            assert!(output.status.success(), "{shell} {from}: {}", said(&output));
            assert_eq!(installed(home.path()).unwrap(), format!("diffpurge {VERSION}\n"));
            assert!(said(&output).contains("is not on the PATH"), "{}", said(&output));
            let left: Vec<_> = std::fs::read_dir(home.path().join(".local/bin")).unwrap().collect();
            assert_eq!(left.len(), 1, "nothing but the program: {left:?}");
        }
    }
}

#[test]
fn nothing_is_installed_that_is_not_what_the_release_says() {
    let releases = releases();
    let place = releases.path().join(format!("v{VERSION}"));
    let from = releases.path().display().to_string();
    let archive = place.join(format!("{}.tar.gz", name()));
    let mut bytes = std::fs::read(&archive).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&archive, bytes).unwrap();
    let sum = place.join(format!("{}.tar.gz.sha256", name()));
    let right = std::fs::read(&sum).unwrap();
    for shell in shells() {
        std::fs::write(&sum, &right).unwrap();
        let home = tempfile::TempDir::new().unwrap();
        let refused = |arguments: &[&str], why: &str| {
            let output = install(shell, home.path(), arguments);
            assert!(!output.status.success() && said(&output).contains(why), "{arguments:?}: {}", said(&output));
            assert!(said(&output).contains("hint: "), "{}", said(&output));
            assert_eq!(installed(home.path()), None);
        };
        refused(&["--from", &from], "has another SHA-256 sum");
        refused(&["--from", &from, "--version", "9.9.9"], "cannot get");
        refused(&["--from", &from, "--version", "../x"], "is not a version");
        refused(&["--from"], "--from needs a value");
        refused(&["--sudo"], "there is no option --sudo");
        refused(&["--from", &from, "--sums", "/nonexistent"], "has another SHA-256 sum");
        std::fs::write(&sum, "0 nothing\n").unwrap();
        refused(&["--from", &from], "names no diffpurge");
    }
}

#[test]
fn an_archive_has_to_have_the_sum_that_its_user_trusts() {
    let releases = releases();
    let from = releases.path().display().to_string();
    let archive = format!("{}.tar.gz", name());
    let right = std::fs::read_to_string(releases.path().join(format!("v{VERSION}/{archive}.sha256"))).unwrap();
    let wrong = format!("{}  {archive}\n", "0".repeat(64));
    let others = format!("{}  other.tar.gz\n", "0".repeat(64));
    let sums = releases.path().join("sums");
    let (file, missing) = (sums.display().to_string(), "/nonexistent/sums".to_owned());
    for (text, file, refused) in [
        (right.clone(), &file, None),
        (others, &file, None),
        (wrong.clone(), &file, Some("another SHA-256 sum than")),
        (format!("{right}{wrong}"), &file, Some("another SHA-256 sum than")),
        (right, &missing, Some("cannot read /nonexistent/sums")),
    ] {
        std::fs::write(&sums, &text).unwrap();
        let home = tempfile::TempDir::new().unwrap();
        let output = install(shells()[0], home.path(), &["--from", &from, "--sums", file]);
        assert_eq!(installed(home.path()).is_none(), refused.is_some(), "{text}: {}", said(&output));
        assert!(said(&output).contains(refused.unwrap_or_default()), "{text}: {}", said(&output));
    }
}
