//! The files under `integrations` as their platforms read them: inputs are put in, and a shell with an environment comes out.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::docs::{read, root};

/// What an integration asks to run.
pub(super) struct Platform {
    pub(super) name: &'static str,
    /// The program and its arguments; the last one is the shell's text or file.
    pub(super) command: Vec<String>,
    pub(super) environment: Vec<(String, String)>,
}

/// The inputs that every integration has, and the value of each.
pub(super) type Inputs<'a> = &'a [(&'static str, &'a str)];

fn parsed(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn shell(command: &[&str], text: &str) -> Vec<String> {
    command.iter().copied().chain([text]).map(str::to_owned).collect()
}

/// Gives the values of `names`, replaced by those of `inputs`; each input has to be one of them.
fn values(defaults: &Value, inputs: Inputs<'_>) -> Vec<(String, String)> {
    let defaults = defaults.as_object().unwrap();
    for (name, _) in inputs {
        assert!(defaults.contains_key(*name), "there is no input {name}");
    }
    let given = |name: &str| inputs.iter().find(|(input, _)| *input == name).map(|(_, value)| (*value).to_owned());
    let default = |input: &Value| input["default"].as_str().expect("every input has a default").to_owned();
    defaults.iter().map(|(name, input)| (name.clone(), given(name).unwrap_or_else(|| default(input)))).collect()
}

fn put_in(text: &str, open: &str, close: &str, values: &[(String, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{open}{name}{close}"), value))
}

fn pairs(environment: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    environment.as_object().unwrap().iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

/// The job of GitLab's template with these inputs, as GitLab merges it into a pipeline.
pub(super) fn gitlab_job(inputs: Inputs<'_>) -> Value {
    let template = read("integrations/gitlab/template.yml");
    let (header, body) = template.split_once("\n---\n").unwrap();
    let values = values(&parsed(header)["spec"]["inputs"], inputs);
    parsed(&put_in(body, "$[[ inputs.", " ]]", &values))
}

pub(super) fn gitlab(inputs: Inputs<'_>) -> Platform {
    let job = gitlab_job(inputs)["purge"].clone();
    let lines = |part: &str| job[part].as_array().unwrap().clone();
    let lines: Vec<Value> = [lines("before_script"), lines("script")].concat();
    let text: String = lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n");
    Platform {
        name: "gitlab",
        command: shell(&["bash", "-eo", "pipefail", "-c"], &text),
        environment: pairs(&job["variables"]),
    }
}

/// A configuration of `CircleCI` that has the orb in itself.
pub(super) fn circleci_config() -> Value {
    let mut orb = parsed(&read("integrations/circleci/orb.yml"));
    for only_of_an_orb in ["version", "display", "description"] {
        orb.as_object_mut().unwrap().remove(only_of_an_orb);
    }
    let jobs = serde_json::json!([{"diffpurge/purge": {"args": "--no-mark"}}]);
    serde_json::json!({"version": 2.1, "orbs": {"diffpurge": orb}, "workflows": {"deploy": {"jobs": jobs}}})
}

pub(super) fn circleci(inputs: Inputs<'_>) -> Platform {
    let orb = parsed(&read("integrations/circleci/orb.yml"));
    let command = &orb["commands"]["execute"];
    let values = values(&command["parameters"], inputs);
    let step = put_in(&command["steps"][0]["run"].to_string(), "<< parameters.", " >>", &values);
    let step = parsed(&step);
    assert!(step["environment"]["DIFFPURGE_BASE_REVISION"].is_string(), "CircleCI has no variable for FROM");
    Platform {
        name: "circleci",
        command: shell(&["bash", "-eo", "pipefail", "-c"], step["command"].as_str().unwrap()),
        environment: pairs(&step["environment"]),
    }
}

pub(super) fn buildkite(inputs: Inputs<'_>) -> Platform {
    let plugin = parsed(&read("integrations/buildkite/plugin.yml"));
    let given: Value = inputs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
    assert!(jsonschema::validator_for(&plugin["configuration"]).unwrap().is_valid(&given), "{given}");
    let variable = |name: &str| format!("BUILDKITE_PLUGIN_DIFFPURGE_{}", name.to_uppercase());
    Platform {
        name: "buildkite",
        command: shell(&["bash"], root().join("integrations/buildkite/hooks/post-command").to_str().unwrap()),
        environment: inputs.iter().map(|(name, value)| (variable(name), (*value).to_owned())).collect(),
    }
}

pub(super) fn woodpecker(inputs: Inputs<'_>) -> Platform {
    let step = parsed(&read("integrations/woodpecker/purge.yaml"))["steps"][0].clone();
    let mut environment = pairs(&step["environment"]);
    environment.retain(|(name, _)| name.starts_with("DIFFPURGE_"));
    for (name, value) in inputs {
        let variable = format!("DIFFPURGE_{}", name.to_uppercase());
        let place = environment.iter_mut().find(|(name, _)| *name == variable).expect("the step has the variable");
        (*value).clone_into(&mut place.1);
    }
    let text = step["commands"][0].as_str().unwrap();
    assert!(!text.contains("${"), "Woodpecker replaces such words before a shell sees them");
    Platform { name: "woodpecker", command: shell(&["sh", "-e", "-c"], text), environment }
}

pub(super) fn bitbucket(inputs: Inputs<'_>) -> Platform {
    let pipe = parsed(&read("integrations/bitbucket/pipe.yml"));
    let known = |name: &str| pipe["variables"].as_array().unwrap().iter().any(|variable| variable["name"] == name);
    // The image has the program, so that nothing is installed.
    let inputs = inputs.iter().filter(|(name, _)| !["version", "releases", "installer"].contains(name));
    let environment: Vec<_> = inputs.map(|(name, value)| (name.to_uppercase(), (*value).to_owned())).collect();
    assert!(environment.iter().all(|(name, _)| known(name)), "{environment:?}");
    let script = root().join("integrations/bitbucket/pipe.sh");
    Platform { name: "bitbucket", command: shell(&["sh"], script.to_str().unwrap()), environment }
}

/// None where there is no Groovy.
pub(super) fn jenkins(inputs: Inputs<'_>) -> Option<Platform> {
    let there = Command::new("groovy").arg("-version").output().is_ok_and(|ran| ran.status.success());
    crate::support::required(there, "Groovy, with a Java: `apt-get install groovy default-jre-headless`").then(|| {
        let quoted = |value: &str| format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"));
        let options: Vec<String> = inputs.iter().map(|(name, value)| format!("{name}: {}", quoted(value))).collect();
        let place = |name: &str| root().join(name).display().to_string();
        let driver = place("tests/it/integrations/jenkins.groovy");
        let step = place("integrations/jenkins/vars/diffpurge.groovy");
        Platform {
            name: "jenkins",
            command: shell(&["groovy", &driver, &step], &format!("[{}]", options.join(", "))),
            environment: Vec::new(),
        }
    })
}

impl Platform {
    /// The process that the platform starts in a checkout, in an environment that holds nothing else.
    pub(super) fn in_checkout(&self, checkout: &Path, home: &Path, path: &str) -> Command {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).current_dir(checkout).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env("HOME", home).env("PATH", path);
        command
    }
}
