//! A real browser that is driven as a person drives one: it fills forms, presses buttons, and takes pictures of what it shows.
//!
//! It takes its commands over a pipe of its own, so that nothing listens anywhere.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Browser;

/// How long something is waited for before the test fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// A driven browser with one tab.
pub(crate) struct Driven {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: String,
    number: u64,
    _scratch: tempfile::TempDir,
}

impl Driven {
    /// Starts one.
    pub(crate) fn start() -> Driven {
        let scratch = tempfile::TempDir::new().unwrap();
        let inner = Browser::command(&scratch);
        // It reads from the third descriptor and writes to the fourth.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1"]).arg(inner.get_program());
        command.args(inner.get_args()).args(["--remote-debugging-pipe", "--hide-scrollbars", "about:blank"]);
        command.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut driven = Driven { child, to, from, session: String::new(), number: 0, _scratch: scratch };
        let target = driven.command("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = driven.command("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        attached["sessionId"].as_str().unwrap().clone_into(&mut driven.session);
        driven
    }

    /// Gives a command, and returns what comes back.
    #[track_caller]
    fn command(&mut self, method: &str, parameters: &Value) -> Value {
        self.number += 1;
        let mut command = json!({ "id": self.number, "method": method, "params": parameters });
        if !self.session.is_empty() {
            command["sessionId"] = self.session.clone().into();
        }
        write!(self.to, "{command}\0").unwrap();
        self.to.flush().unwrap();
        loop {
            let mut bytes = Vec::new();
            self.from.read_until(0, &mut bytes).unwrap();
            bytes.pop();
            let answer: Value = serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{method}: {e}"));
            if answer["id"] == self.number {
                return answer["result"].clone();
            }
        }
    }

    /// Opens a page.
    pub(crate) fn open(&mut self, url: &str) {
        self.command("Page.navigate", &json!({ "url": url }));
    }

    /// Evaluates an expression in the page as it is now.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        self.command("Runtime.evaluate", &asked)["result"]["value"].clone()
    }

    /// Waits until an expression is true in a page that is whole.
    #[track_caller]
    pub(crate) fn awaits(&mut self, expression: &str) {
        let start = Instant::now();
        // Between two pages there is none, and nothing is true.
        while self.evaluate(&format!("document.readyState === 'complete' && !!({expression})")) != true {
            let text = self.evaluate("location.href + ' ' + document.documentElement.outerHTML");
            assert!(start.elapsed() < PATIENCE, "not {expression}: {text}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for a page with this text.
    #[track_caller]
    pub(crate) fn awaits_text(&mut self, text: &str) {
        self.awaits(&format!("document.body.innerText.includes({})", json!(text)));
    }

    /// Types into the field with this label, as a person who looks for the label does.
    #[track_caller]
    pub(crate) fn types(&mut self, label: &str, text: &str) {
        let found =
            format!("[...document.querySelectorAll('label')].find(one => one.innerText === {})?.control", json!(label));
        self.awaits(&found);
        self.evaluate(&format!("{found}.focus()"));
        self.command("Input.insertText", &json!({ "text": text }));
    }

    /// Presses the button, or follows the link, that begins with this text, with the keyboard: no layout is in its way.
    #[track_caller]
    pub(crate) fn presses(&mut self, text: &str) {
        let found = format!(
            "[...document.querySelectorAll('button, a')].find(one => one.innerText.startsWith({}))",
            json!(text)
        );
        self.awaits(&found);
        self.evaluate(&format!("{found}.focus()"));
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { "\r" } else { "" };
            let event =
                json!({ "type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": text });
            self.command("Input.dispatchKeyEvent", &event);
        }
    }

    /// Shows pages in this width, light or dark.
    pub(crate) fn looks(&mut self, (width, height): (u32, u32), scheme: &str) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", &size);
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.command("Emulation.setEmulatedMedia", &media);
    }

    /// Takes a picture of the whole page.
    pub(crate) fn picture(&mut self, file: &Path) {
        let taken = self.command("Page.captureScreenshot", &json!({ "format": "png", "captureBeyondViewport": true }));
        std::fs::write(file, STANDARD.decode(taken["data"].as_str().unwrap()).unwrap()).unwrap();
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        // The group bears the id of the process that was started, which is not reaped yet.
        let group = format!("-{}", self.child.id());
        let _gone =
            Command::new("/bin/sh").args(["-c", "kill -s KILL -- \"$0\"", &group]).stderr(Stdio::null()).status();
        let _reaped = self.child.wait();
    }
}
