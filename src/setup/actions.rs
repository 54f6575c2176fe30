//! The actions of GitHub's and its like that deploy a site: the host, the branch, the directory and the name that their inputs say.

use std::collections::BTreeMap;

use super::commands;
use super::deploy::{BUCKET, Deploy};
use super::files::joined;
use super::settings::{Settings, Value};

/// A step that uses an action.
#[derive(Default)]
pub(super) struct Step {
    /// The line that it begins in.
    pub(super) line: usize,
    uses: String,
    with: BTreeMap<String, String>,
}

/// An action that deploys.
struct Action {
    /// Its name, in lower case.
    name: &'static str,
    host: Option<&'static str>,
    /// It makes what another action deploys.
    only_builds: bool,
    /// The input that names the branch, with its default.
    branch: Option<(&'static str, &'static str)>,
    /// The inputs that name the directory.
    directory: &'static [&'static str],
    /// Its default.
    usual: Option<&'static str>,
    /// The input that holds the name of the site.
    cname: Option<&'static str>,
    /// The input that names another repository.
    elsewhere: Option<&'static str>,
    /// Hosts of which it may be one.
    may_be: &'static [&'static str],
}

const PLAIN: Action = Action {
    name: "",
    host: None,
    only_builds: false,
    branch: None,
    directory: &[],
    usual: None,
    cname: None,
    elsewhere: None,
    may_be: &[],
};

const PAGES: Option<&str> = Some("github-pages");

/// Each as its own README describes it.
const ACTIONS: [Action; 21] = [
    Action {
        name: "actions/upload-pages-artifact",
        host: PAGES,
        only_builds: true,
        directory: &["path"],
        usual: Some("_site"),
        ..PLAIN
    },
    Action { name: "actions/deploy-pages", host: PAGES, ..PLAIN },
    Action {
        name: "actions/jekyll-build-pages",
        host: PAGES,
        only_builds: true,
        directory: &["destination"],
        usual: Some("_site"),
        ..PLAIN
    },
    Action {
        name: "peaceiris/actions-gh-pages",
        host: PAGES,
        branch: Some(("publish_branch", "gh-pages")),
        directory: &["publish_dir"],
        usual: Some("public"),
        cname: Some("cname"),
        elsewhere: Some("external_repository"),
        ..PLAIN
    },
    Action {
        name: "jamesives/github-pages-deploy-action",
        host: PAGES,
        branch: Some(("branch", "gh-pages")),
        directory: &["folder"],
        elsewhere: Some("repository-name"),
        ..PLAIN
    },
    Action {
        name: "crazy-max/ghaction-github-pages",
        host: PAGES,
        branch: Some(("target_branch", "gh-pages")),
        directory: &["build_dir"],
        usual: Some("public"),
        cname: Some("fqdn"),
        elsewhere: Some("repo"),
        ..PLAIN
    },
    Action { name: "helaili/jekyll-deploy-action", host: PAGES, branch: Some(("target_branch", "gh-pages")), ..PLAIN },
    Action { name: "shalzz/zola-deploy-action", host: PAGES, ..PLAIN },
    Action { name: "cloudflare/pages-action", host: Some("cloudflare-pages"), directory: &["directory"], ..PLAIN },
    Action { name: "nwtgck/actions-netlify", host: Some("netlify"), directory: &["publish-dir"], ..PLAIN },
    Action { name: "netlify/actions/cli", host: Some("netlify"), ..PLAIN },
    Action { name: "amondnet/vercel-action", host: Some("vercel"), ..PLAIN },
    Action { name: "firebaseextended/action-hosting-deploy", host: Some("firebase"), ..PLAIN },
    Action {
        name: "azure/static-web-apps-deploy",
        host: Some("azure-static"),
        directory: &["output_location"],
        ..PLAIN
    },
    Action { name: "jakejarvis/s3-sync-action", may_be: BUCKET, ..PLAIN },
    Action { name: "reggionick/s3-deploy", directory: &["folder"], may_be: BUCKET, ..PLAIN },
    Action { name: "google-github-actions/upload-cloud-storage", directory: &["path"], may_be: &["gcs"], ..PLAIN },
    Action { name: "samkirkland/ftp-deploy-action", directory: &["local-dir"], ..PLAIN },
    Action { name: "easingthemes/ssh-deploy", ..PLAIN },
    Action { name: "burnett01/rsync-deployments", directory: &["path"], ..PLAIN },
    Action { name: "appleboy/scp-action", directory: &["source"], ..PLAIN },
];

/// Returns the steps of a workflow that use an action.
pub(super) fn steps(settings: &Settings) -> Vec<Step> {
    let mut steps: BTreeMap<Vec<String>, Step> = BTreeMap::new();
    for (path, value) in settings.iter() {
        // A value with a secret in it is computed: that it is there is enough.
        let text = if let Value::Text(text) = value { text } else { "" };
        let Some(item) = path.iter().rposition(|key| key.starts_with('#')) else { continue };
        let step = steps.entry(path[..=item].to_vec()).or_default();
        step.line = path[item][1..].parse().unwrap_or_default();
        match &path[item + 1..] {
            [key] if key == "uses" => text.clone_into(&mut step.uses),
            [with, key] if with == "with" && !text.is_empty() => drop(step.with.insert(key.clone(), text.to_owned())),
            _ => {}
        }
    }
    steps.into_values().filter(|step| !step.uses.is_empty()).collect()
}

impl Step {
    /// Returns the name of the action.
    pub(super) fn action(&self) -> &str {
        self.uses.split('@').next().unwrap_or_default()
    }

    /// Returns what it brings where; and true where it deploys, and not only builds.
    pub(super) fn deploy(&self, file: &str) -> Option<(Deploy, bool)> {
        let name = self.action().to_lowercase();
        let does = Some(format!("uses {}", self.action()));
        if name == "cloudflare/wrangler-action" {
            // Its command is `deploy` where none is named: https://github.com/cloudflare/wrangler-action
            let command = self.with.get("command").map_or("deploy", String::as_str);
            let deploy = commands::deploy(&format!("wrangler {command}"), file)?;
            return Some((Deploy { does, ..deploy }, true));
        }
        let action = ACTIONS.iter().find(|action| action.name == name)?;
        let given = |key: &str| self.with.get(key).filter(|text| !text.is_empty());
        if action.elsewhere.is_some_and(|key| given(key).is_some()) {
            return Some((Deploy { host: action.host, file: file.to_owned(), does, ..Deploy::default() }, true));
        }
        let directory = action.directory.iter().find_map(|key| given(key)).map(String::as_str).or(action.usual);
        let deploy = Deploy {
            host: action.host,
            may_be: action.may_be,
            branch: action.branch.map(|(key, usual)| given(key).map_or(usual, String::as_str).to_owned()),
            directory: directory.map(|directory| joined("", directory)),
            name: action.cname.and_then(given).cloned(),
            file: file.to_owned(),
            does,
        };
        Some((deploy, !action.only_builds))
    }
}
