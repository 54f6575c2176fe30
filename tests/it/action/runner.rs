//! A runner of GitHub's, as far as a composite action sees one: the files that it hands over, and the expressions of `action.yml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::docs::{read, root};
use crate::support::{TOKEN, ZONE};

/// The file that GitHub reads.
pub(super) fn action() -> Value {
    serde_saphyr::from_str(&read("action.yml")).unwrap()
}

/// A job on a machine whose tools last.
pub(super) struct Runner {
    _directory: TempDir,
    inputs: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
    event: Value,
    action: PathBuf,
}

/// What a step left behind.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) outputs: BTreeMap<String, String>,
    pub(super) summary: String,
    pub(super) path: String,
}

impl Runner {
    /// A runner without a network: releases come from this place.
    pub(super) fn with(releases: &str) -> Runner {
        let directory = TempDir::new().unwrap();
        for place in ["temp", "tools", "home"] {
            std::fs::create_dir(directory.path().join(place)).unwrap();
        }
        let at = |name: &str| directory.path().join(name).display().to_string();
        let environment = [
            ("PATH", "/usr/bin:/bin".to_owned()),
            ("HOME", at("home")),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_REPOSITORY", "o/site".to_owned()),
            ("GITHUB_OUTPUT", at("temp/output")),
            ("GITHUB_STEP_SUMMARY", at("temp/summary")),
            ("GITHUB_PATH", at("temp/path")),
            ("GITHUB_EVENT_PATH", at("temp/event.json")),
            ("RUNNER_TEMP", at("temp")),
            ("RUNNER_TOOL_CACHE", at("tools")),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_ARCH", "X64".to_owned()),
        ];
        let environment = environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let runner = Runner {
            _directory: directory,
            inputs: BTreeMap::new(),
            environment,
            event: json!({}),
            action: root().into(),
        };
        runner.input("releases", releases)
    }

    pub(super) fn input(mut self, name: &str, value: &str) -> Runner {
        assert!(!action()["inputs"][name].is_null(), "action.yml has no input {name}");
        self.inputs.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn inputs(self, all: &[(&str, &str)]) -> Runner {
        all.iter().fold(self, |runner, (name, value)| runner.input(name, value))
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Runner {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With the API at this address, and the secrets that a workflow hands over.
    pub(super) fn against(self, api: &str) -> Runner {
        self.env("CLOUDFLARE_BASE_URL", api).input("token", TOKEN).input("zone-id", ZONE)
    }

    pub(super) fn event(mut self, name: &str, event: Value) -> Runner {
        self.event = event;
        self.env("GITHUB_EVENT_NAME", name)
    }

    /// With another copy of the action.
    pub(super) fn action(mut self, place: &Path) -> Runner {
        place.clone_into(&mut self.action);
        self
    }

    /// Forgets what only this job was about, and keeps the machine.
    pub(super) fn next_job(mut self, releases: &str) -> Runner {
        self.inputs.clear();
        self.event = json!({});
        self.input("releases", releases)
    }

    /// Gives an expression's value: of an input, or of a part of the event.
    fn value(&self, expression: &str) -> String {
        let Some(name) = expression.strip_prefix("inputs.") else {
            let path = expression.strip_prefix("github.event.").expect("an input, or a part of the event");
            return match self.event.pointer(&format!("/{}", path.replace('.', "/"))) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
        };
        let default = || action()["inputs"][name]["default"].as_str().unwrap_or_default().to_owned();
        self.inputs.get(name).cloned().unwrap_or_else(default)
    }

    /// Runs the action's step in a checkout.
    pub(super) fn run(&self, checkout: &Path) -> Step {
        let step = &action()["runs"]["steps"][0];
        let file = |name: &str| PathBuf::from(&self.environment[name]);
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"] {
            std::fs::write(file(name), "").unwrap();
        }
        std::fs::write(file("GITHUB_EVENT_PATH"), self.event.to_string()).unwrap();
        let mut command = Command::new(step["shell"].as_str().unwrap());
        command.args(["-e", "-c", step["run"].as_str().unwrap()]).current_dir(checkout).env_clear();
        command.envs(&self.environment).env("GITHUB_ACTION_PATH", &self.action);
        for (name, value) in step["env"].as_object().unwrap() {
            let expression = value.as_str().unwrap().strip_prefix("${{ ").and_then(|v| v.strip_suffix(" }}"));
            command.env(name, self.value(expression.expect("one expression")));
        }
        let ran = command.output().unwrap();
        let text = |name: &str| std::fs::read_to_string(file(name)).unwrap();
        let outputs = text("GITHUB_OUTPUT");
        let outputs = outputs.lines().map(|line| line.split_once('=').expect("name=value"));
        let step = Step {
            code: ran.status.code(),
            stdout: String::from_utf8(ran.stdout).unwrap(),
            stderr: String::from_utf8(ran.stderr).unwrap(),
            outputs: outputs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            summary: text("GITHUB_STEP_SUMMARY"),
            path: text("GITHUB_PATH"),
        };
        step.keeps_secrets();
        step
    }
}

impl Step {
    pub(super) fn output(&self, name: &str) -> &str {
        assert!(!action()["outputs"][name].is_null(), "action.yml has no output {name}");
        self.outputs.get(name).map_or("", String::as_str)
    }

    #[track_caller]
    pub(super) fn ends(self, code: i32, status: &str) -> Step {
        assert_eq!((self.code, self.output("status")), (Some(code), status), "{self:#?}");
        self
    }

    /// The token is in the line that masks it, and nowhere else.
    fn keeps_secrets(&self) {
        let lines = self.stdout.lines().chain(self.stderr.lines()).chain(self.summary.lines());
        let shown: Vec<&str> = lines.filter(|line| line.contains(TOKEN)).collect();
        assert!(shown.iter().all(|line| *line == format!("::add-mask::{TOKEN}")), "{shown:?}");
        assert!(!self.outputs.values().any(|value| value.contains(TOKEN)));
    }
}
