//! A terminal with somebody who types: the program `script`, which every Debian has, gives a child one.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A terminal, and what is typed on it.
pub(crate) struct Terminal {
    script: Command,
    typed: String,
}

impl Terminal {
    /// One in a directory, whose programs see no variable of the test's own environment but the path.
    pub(crate) fn at(directory: &Path) -> Terminal {
        let mut script = Command::new("script");
        script.current_dir(directory).env_clear().env("HOME", "/nonexistent").env("SHELL", "/bin/sh");
        script.env("PATH", std::env::var_os("PATH").unwrap());
        Terminal { script, typed: String::new() }
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Terminal {
        self.script.env(name, value);
        self
    }

    /// Types this, at once.
    pub(crate) fn types(mut self, text: &str) -> Terminal {
        self.typed.push_str(text);
        self
    }

    /// Runs a line of the shell to its end: all that the terminal shows, and the exit code.
    pub(crate) fn run(mut self, line: &str) -> (String, i32) {
        self.script.args(["-qefc", line, "/dev/null"]);
        self.script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.script.spawn().expect("`script` starts, which util-linux brings");
        child.stdin.take().unwrap().write_all(self.typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
    }
}
