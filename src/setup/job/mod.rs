//! The job that a CI system runs after a deploy, to paste into its file: one text for each system and each way to keep the mark.

mod print;
mod texts;
mod workflows;

use crate::setup::build::Build;
use crate::setup::files::{Files, Unreadable, is_there};
use crate::setup::pipeline::Pipeline;
use crate::setup::project::is_directory;

/// The directory that a mark in a file is kept in, beside the configuration: a CI keeps it as a whole.
pub(super) const MARKS: &str = ".diffpurge";

/// A job for whatever CI system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The configuration, from the repository's top, where it is not found there.
    pub(super) file: Option<String>,
    /// What holds the mark, from the repository's top, where that is a file.
    pub(super) marks: String,
    /// The directory that is named as TO, where the output is not in git.
    pub(super) directory: Option<String>,
    /// The command that builds the site.
    pub(super) build: Option<Build>,
    /// The files of the CI systems, which tell of the job that deploys.
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) keeping: Keeping,
    /// What the configuration lacks for it.
    pub(super) lacks: Option<Lacks>,
}

/// Where the mark is kept between runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Keeping {
    /// At a remote, as a ref.
    Remote(String),
    /// In a directory, as a file.
    Directory,
}

/// What a configuration lacks, so that a job keeps its mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lacks {
    /// There is none.
    File,
    /// It pushes no mark of these sites.
    Push { file: String, sites: Vec<String> },
    /// It keeps this site's as a ref, which holds no directory on disk.
    Store { file: String, site: String },
}

impl Default for Job {
    fn default() -> Job {
        Job {
            file: None,
            marks: MARKS.to_owned(),
            directory: None,
            build: None,
            pipelines: Vec::new(),
            keeping: Keeping::Remote("origin".to_owned()),
            lacks: None,
        }
    }
}

/// What the machine of a job brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Machine {
    /// Rust, Node and Python.
    Full,
    /// Node, in an image that the runner chooses.
    WithNode,
    /// The image that the job names.
    Image,
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
    machine: Machine,
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
        machine: Machine::Full,
        signs: &[".github/workflows"],
        with_ref: workflows::GITHUB,
        with_file: workflows::GITHUB_FILE,
    },
    System {
        word: "gitlab",
        name: "GitLab CI",
        file: ".gitlab-ci.yml",
        machine: Machine::Image,
        signs: &[".gitlab-ci.yml"],
        with_ref: texts::GITLAB,
        with_file: texts::GITLAB_FILE,
    },
    System {
        word: "bitbucket",
        name: "Bitbucket Pipelines",
        file: "bitbucket-pipelines.yml, after the step that deploys",
        machine: Machine::Image,
        signs: &["bitbucket-pipelines.yml"],
        with_ref: texts::BITBUCKET,
        with_file: texts::BITBUCKET_FILE,
    },
    System {
        word: "circleci",
        name: "CircleCI",
        file: ".circleci/config.yml",
        machine: Machine::Image,
        signs: &[".circleci"],
        with_ref: texts::CIRCLECI,
        with_file: texts::CIRCLECI_FILE,
    },
    System {
        word: "jenkins",
        name: "Jenkins",
        file: "the Jenkinsfile, after the stage that deploys",
        machine: Machine::Full,
        signs: &["Jenkinsfile"],
        with_ref: texts::JENKINS,
        with_file: texts::JENKINS_FILE,
    },
    System {
        word: "buildkite",
        name: "Buildkite",
        file: ".buildkite/pipeline.yml, after the step that deploys",
        machine: Machine::Full,
        signs: &[".buildkite"],
        with_ref: texts::BUILDKITE,
        with_file: texts::BUILDKITE_FILE,
    },
    System {
        word: "woodpecker",
        name: "Woodpecker",
        file: ".woodpecker.yml, after the step that deploys",
        machine: Machine::Image,
        signs: &[".woodpecker", ".woodpecker.yml", ".woodpecker.yaml"],
        with_ref: texts::WOODPECKER,
        with_file: texts::WOODPECKER_FILE,
    },
    System {
        word: "azure",
        name: "Azure Pipelines",
        file: "azure-pipelines.yml, after the job that deploys",
        machine: Machine::Full,
        signs: &["azure-pipelines.yml", "azure-pipelines.yaml", ".azure-pipelines"],
        with_ref: texts::AZURE,
        with_file: texts::AZURE_FILE,
    },
    System {
        word: "forgejo",
        name: "Forgejo Actions",
        file: "the workflow that deploys, in .forgejo/workflows/",
        machine: Machine::WithNode,
        signs: &[".forgejo/workflows"],
        with_ref: workflows::FORGEJO,
        with_file: workflows::FORGEJO_FILE,
    },
    System {
        word: "gitea",
        name: "Gitea Actions",
        file: "the workflow that deploys, in .gitea/workflows/",
        machine: Machine::WithNode,
        signs: &[".gitea/workflows"],
        with_ref: workflows::FORGEJO,
        with_file: workflows::FORGEJO_FILE,
    },
    System {
        word: "drone",
        name: "Drone",
        file: ".drone.yml, after the step that deploys",
        machine: Machine::Image,
        signs: &[".drone.yml"],
        with_ref: texts::DRONE,
        with_file: texts::DRONE_FILE,
    },
    System {
        word: "semaphore",
        name: "Semaphore",
        file: ".semaphore/semaphore.yml",
        machine: Machine::Full,
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_a_job_for_each_way() {
        let built = Job { directory: Some("site".to_owned()), keeping: Keeping::Directory, ..Job::default() };
        for system in &SYSTEMS {
            for (job, typed) in [(Job::default(), "diffpurge purge"), (built.clone(), "diffpurge purge dir:site")] {
                let text = system.text(&job);
                let words = ["needs", "list", "if", "image", "install", "build", "purge", "remote", "job", "marks"];
                let left = words.iter().find(|word| text.contains(&format!("@{word}")));
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
