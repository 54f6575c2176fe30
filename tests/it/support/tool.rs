//! The binary, run as its users run it, in an environment that holds nothing but what the test says.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use diffpurge::edge::Edge;

use super::{Hosts, Repo, TOKEN, Toxic, ZONE};

/// A run that is being put together.
#[must_use]
pub(crate) struct Tool {
    command: Command,
}

/// A run that is over.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// `diffpurge` with these arguments. The child sees no variable of the test's own environment: a CI system's would
/// change what is printed, a user's might hold a real token.
pub(crate) fn diffpurge<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Tool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diffpurge"));
    command.args(arguments).env_clear().env("HOME", "/nonexistent").stdin(Stdio::null());
    Tool { command }
}

impl Tool {
    /// With further arguments.
    pub(crate) fn arguments<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Tool {
        self.command.args(arguments);
        self
    }

    pub(crate) fn within(mut self, repo: &Repo) -> Tool {
        self.command.current_dir(repo.path());
        self
    }

    /// With names that this run alone knows. All but the arguments comes behind it.
    pub(crate) fn knowing(self, hosts: &Hosts) -> Tool {
        let mut command = hosts.command(Path::new(self.command.get_program()));
        command.args(self.command.get_args()).env_clear().env("HOME", "/nonexistent").stdin(Stdio::null());
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Tool { command }
    }

    pub(crate) fn within_directory(mut self, directory: &Path) -> Tool {
        self.command.current_dir(directory);
        self
    }

    /// With a text on standard input.
    #[track_caller]
    pub(crate) fn reading(mut self, text: &[u8]) -> Tool {
        use std::io::{Seek as _, Write as _};
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).and_then(|()| file.rewind()).unwrap();
        self.command.stdin(file);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Tool {
        self.command.env(name, value);
        self
    }

    /// With the test's token and zone, and the API at an edge.
    pub(crate) fn against(self, edge: &Edge) -> Tool {
        self.against_address(&edge.api_base())
    }

    /// The same through something that makes trouble.
    pub(crate) fn through(self, toxic: &Toxic) -> Tool {
        self.against_address(&toxic.api_base())
    }

    pub(crate) fn against_address(self, base: &str) -> Tool {
        self.env("CLOUDFLARE_BASE_URL", base).env("CLOUDFLARE_API_TOKEN", TOKEN).env("CLOUDFLARE_ZONE_ID", ZONE)
    }

    /// Starts it and lets it run.
    #[track_caller]
    pub(crate) fn start(mut self) -> Child {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
    }

    /// Runs it to its end with its result going into a file.
    #[track_caller]
    pub(crate) fn printing_to(mut self, file: std::fs::File) -> Ran {
        Ran::of(self.command.stdout(file).stderr(Stdio::piped()).spawn().expect("the binary starts"))
    }

    /// Runs it to its end. Whatever it prints, the token is not in it.
    #[track_caller]
    pub(crate) fn run(self) -> Ran {
        Ran::of(self.start())
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn of(child: Child) -> Ran {
        let output = child.wait_with_output().expect("the binary ends");
        let ran = Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        };
        assert!(!ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN), "the token is printed: {ran:?}");
        ran
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that stdout holds a text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Ran {
        assert!(self.stdout.contains(text), "stdout does not say {text:?}:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that stderr is an error with this text and one hint with that, and that there is no result.
    #[track_caller]
    pub(crate) fn fails_with(self, error: &str, hint: &str) -> Ran {
        assert!(self.stdout.is_empty(), "a failed run prints a result:\n{}", self.stdout);
        self.errs_with(error, hint)
    }

    /// The same beside a result.
    #[track_caller]
    pub(crate) fn errs_with(self, error: &str, hint: &str) -> Ran {
        let lines: Vec<&str> = self.stderr.lines().skip_while(|line| line.starts_with("note: ")).collect();
        assert!(lines.first().is_some_and(|l| l.starts_with("error: ")), "no error first:\n{}", self.stderr);
        assert!(self.stderr.contains(error), "no {error:?} in:\n{}", self.stderr);
        let hints: Vec<&&str> = lines.iter().filter(|l| l.starts_with("hint: ")).collect();
        assert!(hints.len() == 1 && hints[0].contains(hint), "no one hint with {hint:?} in:\n{}", self.stderr);
        self
    }
}
