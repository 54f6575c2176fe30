//! The job that a CI system runs after a deploy, to paste into its file: one text for each system and each way to keep the mark.

mod texts;

use crate::config::FILE_NAME;
use crate::setup::files::{Files, Unreadable, is_there};
use crate::setup::project::is_directory;

/// The directory that a mark in a file is kept in, beside the configuration: a CI keeps it as a whole.
pub(super) const MARKS: &str = ".diffpurge";

/// A job for whatever CI system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The directory that the configuration lies in, from the repository's top.
    pub(super) at: String,
    /// The directory that is named as TO, where the output is not in git.
    pub(super) directory: Option<String>,
    /// The command that builds the site.
    pub(super) build: Option<&'static str>,
    /// The job that deploys, where a workflow tells.
    pub(super) deploys: Option<String>,
    pub(super) keeping: Keeping,
}

/// Where the mark is kept between runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Keeping {
    /// At a remote, as a ref.
    Remote(String),
    /// In a directory, as a file.
    Directory,
}

impl Default for Job {
    fn default() -> Job {
        Job {
            at: String::new(),
            directory: None,
            build: None,
            deploys: None,
            keeping: Keeping::Remote("origin".to_owned()),
        }
    }
}

/// A CI system.
#[derive(Debug)]
pub struct System {
    /// The word for it on the command line.
    pub word: &'static str,
    /// Its name, for people.
    pub name: &'static str,
    /// The file that the job is pasted into.
    pub file: &'static str,
    /// Files and directories that tell of it.
    signs: &'static [&'static str],
    /// The job where the mark is a ref at a remote.
    with_ref: &'static str,
    /// The job where the mark is a file.
    with_file: &'static str,
}

/// All systems.
pub const SYSTEMS: [System; 12] = [
    System {
        word: "github",
        name: "GitHub Actions",
        file: "the workflow that deploys, in .github/workflows/",
        signs: &[".github/workflows"],
        with_ref: texts::GITHUB,
        with_file: texts::GITHUB_FILE,
    },
    System {
        word: "gitlab",
        name: "GitLab CI",
        file: ".gitlab-ci.yml",
        signs: &[".gitlab-ci.yml"],
        with_ref: texts::GITLAB,
        with_file: texts::GITLAB_FILE,
    },
    System {
        word: "bitbucket",
        name: "Bitbucket Pipelines",
        file: "bitbucket-pipelines.yml, after the step that deploys",
        signs: &["bitbucket-pipelines.yml"],
        with_ref: texts::BITBUCKET,
        with_file: texts::BITBUCKET_FILE,
    },
    System {
        word: "circleci",
        name: "CircleCI",
        file: ".circleci/config.yml",
        signs: &[".circleci"],
        with_ref: texts::CIRCLECI,
        with_file: texts::CIRCLECI_FILE,
    },
    System {
        word: "jenkins",
        name: "Jenkins",
        file: "the Jenkinsfile, after the stage that deploys",
        signs: &["Jenkinsfile"],
        with_ref: texts::JENKINS,
        with_file: texts::JENKINS_FILE,
    },
    System {
        word: "buildkite",
        name: "Buildkite",
        file: ".buildkite/pipeline.yml, after the step that deploys",
        signs: &[".buildkite"],
        with_ref: texts::BUILDKITE,
        with_file: texts::BUILDKITE_FILE,
    },
    System {
        word: "woodpecker",
        name: "Woodpecker",
        file: ".woodpecker.yml, after the step that deploys",
        signs: &[".woodpecker", ".woodpecker.yml", ".woodpecker.yaml"],
        with_ref: texts::WOODPECKER,
        with_file: texts::WOODPECKER_FILE,
    },
    System {
        word: "azure",
        name: "Azure Pipelines",
        file: "azure-pipelines.yml, after the job that deploys",
        signs: &["azure-pipelines.yml", "azure-pipelines.yaml", ".azure-pipelines"],
        with_ref: texts::AZURE,
        with_file: texts::AZURE_FILE,
    },
    System {
        word: "forgejo",
        name: "Forgejo Actions",
        file: "the workflow that deploys, in .forgejo/workflows/",
        signs: &[".forgejo/workflows"],
        with_ref: texts::FORGEJO,
        with_file: texts::FORGEJO_FILE,
    },
    System {
        word: "gitea",
        name: "Gitea Actions",
        file: "the workflow that deploys, in .gitea/workflows/",
        signs: &[".gitea/workflows"],
        with_ref: texts::FORGEJO,
        with_file: texts::FORGEJO_FILE,
    },
    System {
        word: "drone",
        name: "Drone",
        file: ".drone.yml, after the step that deploys",
        signs: &[".drone.yml"],
        with_ref: texts::DRONE,
        with_file: texts::DRONE_FILE,
    },
    System {
        word: "semaphore",
        name: "Semaphore",
        file: ".semaphore/semaphore.yml",
        signs: &[".semaphore"],
        with_ref: texts::SEMAPHORE,
        with_file: texts::SEMAPHORE_FILE,
    },
];

impl System {
    /// Returns the systems whose files are in a repository.
    pub(super) fn of(source: &dyn Files) -> Result<Vec<&'static System>, Unreadable> {
        let mut found = Vec::new();
        for system in &SYSTEMS {
            for sign in system.signs {
                // An empty directory is nobody's.
                let is_its =
                    is_there(source, sign)? && (!is_directory(source, sign)? || !source.list(sign)?.is_empty());
                if is_its && !found.iter().any(|known: &&System| known.word == system.word) {
                    found.push(system);
                }
            }
        }
        Ok(found)
    }

    /// Returns the job to paste.
    #[must_use]
    pub fn text(&self, job: &Job) -> String {
        let text = match job.keeping {
            Keeping::Remote(_) => self.with_ref,
            Keeping::Directory => self.with_file,
        };
        let remote = match &job.keeping {
            Keeping::Remote(remote) => remote,
            Keeping::Directory => "origin",
        };
        let file = if job.at.is_empty() { String::new() } else { format!("-c {}/{FILE_NAME} ", job.at) };
        let typed = match &job.directory {
            Some(directory) if directory.contains(|c: char| !is_plain(c)) => {
                format!("diffpurge {file}purge 'dir:{}'", directory.replace('\'', "'\\''"))
            }
            Some(directory) => format!("diffpurge {file}purge dir:{directory}"),
            None => format!("diffpurge {file}purge"),
        };
        let deploys = job.deploys.as_deref().unwrap_or("deploy");
        let build = job.build.unwrap_or("echo \"build the site here\"");
        let text =
            if job.at.is_empty() { text.to_owned() } else { text.replace(MARKS, &format!("{}/{MARKS}", job.at)) };
        text.replace("@build", build).replace("@purge", &typed).replace("@remote", remote).replace("@deploy", deploys)
    }
}

/// Returns true for a character that no shell and no YAML takes for anything else.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_a_job_for_each_way() {
        let built = Job {
            directory: Some("site".to_owned()),
            build: Some("mkdocs build"),
            keeping: Keeping::Directory,
            ..Job::default()
        };
        for system in &SYSTEMS {
            for (job, typed) in [(Job::default(), "diffpurge purge"), (built.clone(), "diffpurge purge dir:site")] {
                let text = system.text(&job);
                let left = ["@build", "@purge", "@remote", "@deploy"].iter().find(|word| text.contains(*word));
                assert_eq!(left, None, "{}:\n{text}", system.word);
                assert!(
                    text.contains(typed) && text.ends_with('\n') && !text.contains('\t'),
                    "{}:\n{text}",
                    system.word
                );
            }
        }
    }
}
