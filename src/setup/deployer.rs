//! The job that deploys the site, among all of a CI system's files: the job that purges waits for it.
//!
//! A guess is never silent: a comment asks where no step tells. A job that nobody named is none that the system knows, and it says so.

use super::pipeline::{Deploying, Pipeline, Seen};

/// The job that deploys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deployer {
    /// What the printed job waits for.
    pub(super) jobs: Vec<String>,
    /// The file that they are in, where it is one.
    pub(super) file: Option<String>,
    /// The comment beside the names.
    pub(super) comment: String,
    /// A pull request starts it, too.
    pub(super) has_requests: bool,
}

const AFTER: &str = "purge after it, never before";

/// Parts of names of jobs and files that deploy something else than the site.
const TRIALS: [&str; 14] = [
    "preview",
    "previews",
    "staging",
    "stage",
    "review",
    "test",
    "tests",
    "pr",
    "dev",
    "develop",
    "cleanup",
    "stop",
    "lint",
    "storybook",
];

fn is_trial(name: &str) -> bool {
    let small = name.to_lowercase();
    small.split(|c: char| !c.is_alphanumeric()).any(|part| TRIALS.contains(&part))
}

/// Returns true for a name that can stand in a file of a CI system.
fn can_be_written(name: &str) -> bool {
    !name.is_empty() && !name.contains(['"', '\\', '\'']) && !name.contains(char::is_control)
}

/// Finds the job that deploys in the files of a system.
pub(super) fn find(pipelines: &[Pipeline], system: &str) -> Deployer {
    let of = |system: &str| pipelines.iter().filter(|one| one.system == system).collect::<Vec<_>>();
    let mut own = of(system);
    // Both run what lies there for GitHub: https://forgejo.org/docs/latest/user/actions/reference/
    if own.is_empty() && matches!(system, "forgejo" | "gitea") {
        own = of("github");
    }
    own.retain(|one| !one.is_of_requests_alone);
    let mut jobs: Vec<(&Pipeline, &Seen)> = own.iter().flat_map(|one| one.jobs.iter().map(|job| (*one, job))).collect();
    jobs.retain(|(_, job)| can_be_written(&job.name));
    let sign = jobs.iter().map(|(_, job)| job.sign).max().unwrap_or(Deploying::Untold);
    if sign == Deploying::Untold && jobs.len() > 1 {
        return Deployer::none(format!("Which job deploys? Name it: {AFTER}"));
    }
    jobs.retain(|(_, job)| job.sign == sign);
    let is_live = |(file, job): &(&Pipeline, &Seen)| !is_trial(&job.name) && !is_trial(&file.file);
    if jobs.iter().any(is_live) {
        jobs.retain(is_live);
    }
    let needed: Vec<(String, String)> =
        jobs.iter().flat_map(|(file, job)| job.needs.iter().map(|name| (file.file.clone(), name.clone()))).collect();
    jobs.retain(|(file, job)| !needed.contains(&(file.file.clone(), job.name.clone())));
    chosen(&jobs, sign)
}

fn chosen(jobs: &[(&Pipeline, &Seen)], sign: Deploying) -> Deployer {
    let Some((first, _)) = jobs.first() else {
        return Deployer::none(format!("Which job deploys? Name it: {AFTER}"));
    };
    if jobs.iter().any(|(file, _)| file.file != first.file) {
        let named: Vec<String> = jobs.iter().map(|(file, job)| format!("{} in {}", job.name, file.file)).collect();
        return Deployer::none(format!("Which job deploys? {}: name it, and paste this beside it", named.join(" or ")));
    }
    let comment = match (jobs.len(), sign) {
        (1, Deploying::Surely) => format!("the job that deploys: {AFTER}"),
        (1, _) => format!("Is this the job that deploys? P{}", &AFTER[1..]),
        (_, Deploying::Surely) => "Do all of these deploy the site? One that is skipped skips this job, too".to_owned(),
        _ => format!("Which of these deploys? Keep that: {AFTER}"),
    };
    Deployer {
        jobs: jobs.iter().map(|(_, job)| job.name.clone()).collect(),
        file: Some(first.file.clone()),
        comment,
        has_requests: first.has_requests,
    }
}

impl Deployer {
    fn none(comment: String) -> Deployer {
        Deployer { jobs: Vec::new(), file: None, comment, has_requests: false }
    }

    /// Returns the names for a list of YAML; `usual` where there is none.
    pub(super) fn named(&self, usual: &str) -> String {
        let written = |name: &str| {
            let is_plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
            if is_plain { name.to_owned() } else { format!("\"{name}\"") }
        };
        if self.jobs.is_empty() {
            return usual.to_owned();
        }
        self.jobs.iter().map(|name| written(name)).collect::<Vec<_>>().join(", ")
    }

    /// Returns the names for a comment.
    pub(super) fn in_words(&self) -> String {
        match &self.jobs[..] {
            [] => "the job that deploys".to_owned(),
            [one] => format!("the job `{one}`"),
            several => {
                format!("the jobs {}", several.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow(file: &str, on: &str, jobs: &[(&str, &str, Deploying)]) -> Pipeline {
        let job =
            |(name, needs, _): &(&str, &str, Deploying)| format!("  {name}:\n    needs: [{needs}]\n    steps: []\n");
        let text = format!("on: {on}\njobs:\n{}", jobs.iter().map(job).collect::<String>());
        let mut read = Pipeline::read(&format!(".github/workflows/{file}.yml"), &text);
        for (seen, (_, _, sign)) in read.jobs.iter_mut().zip(jobs) {
            seen.sign = *sign;
        }
        read
    }

    #[test]
    fn the_job_is_chosen_by_what_tells_most_and_asked_about_where_little_does() {
        use Deploying::{ByName, ByScript, Surely, Untold};
        let push = |jobs| workflow("a", "push", jobs);
        for (pipelines, jobs, comment) in [
            (vec![push(&[("build", "", Untold), ("ship", "build", Surely)])], "ship", "the job that deploys"),
            (vec![push(&[("main", "", Untold)])], "main", "Is this the job that deploys?"),
            (vec![push(&[("a", "", Untold), ("b", "", Untold)])], "deploy", "Which job deploys? Name it"),
            (vec![push(&[("a", "", ByScript), ("deploy", "", ByName)])], "a", "Is this the job"),
            (vec![push(&[("staging", "", Surely), ("production", "", Surely)])], "production", "the job that deploys"),
            (vec![push(&[("one", "", Surely), ("two", "one", Surely)])], "two", "the job that deploys"),
            (vec![push(&[("one", "", Surely), ("two", "", Surely)])], "one, two", "Do all of these deploy the site?"),
            (
                vec![push(&[("test", "", Untold)]), workflow("b", "pull_request", &[("ship", "", Surely)])],
                "test",
                "Is this the job",
            ),
            (
                vec![push(&[("one", "", Surely)]), workflow("b", "push", &[("two", "", Surely)])],
                "deploy",
                "Which job deploys? one in .github/workflows/a.yml or two in .github/workflows/b.yml",
            ),
            (
                vec![
                    workflow("preview", "push", &[("one", "", Surely)]),
                    workflow("b", "push", &[("two", "", Surely)]),
                ],
                "two",
                "the job that deploys",
            ),
            (vec![], "deploy", "Which job deploys? Name it"),
        ] {
            let found = find(&pipelines, "github");
            assert_eq!(found.named("deploy"), jobs, "{pipelines:?}");
            assert!(found.comment.starts_with(comment), "{}", found.comment);
            assert_eq!(found, find(&pipelines, "gitea"));
            assert_eq!(find(&pipelines, "gitlab").named("deploy"), "deploy");
        }
    }
}
