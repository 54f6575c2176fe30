//! The commands that bring a site to its host, in the scripts of CI systems: the host, and the directory that they name.

use super::deploy::{BUCKET, Deploy};
use super::files::joined;

/// A command that deploys.
struct Command {
    /// Its program and subcommands. Options may stand between them.
    words: &'static [&'static str],
    host: Option<&'static str>,
    may_be: &'static [&'static str],
    /// It puts the site on the branch of GitHub Pages.
    to_a_branch: bool,
    directory: Directory,
}

/// Where a command names the directory that it deploys.
#[derive(Clone, Copy)]
enum Directory {
    /// Nowhere.
    None,
    /// In the word behind it, or in one of these options.
    Behind(&'static [&'static str]),
    /// In the word before a destination that begins with one of these or holds one of these; without such a destination it brings
    /// files here, or from one place of this machine to another.
    Before(&'static [&'static str]),
}

const PLAIN: Command = Command { words: &[], host: None, may_be: &[], to_a_branch: false, directory: Directory::None };
const PAGES: Option<&str> = Some("github-pages");
const S3: Directory = Directory::Before(&["s3://"]);
const GS: Directory = Directory::Before(&["gs://"]);
/// A host with a path, or a variable that holds one.
const ANY: Directory = Directory::Before(&[":", "$"]);
const BLOB: Directory = Directory::Before(&[".core.", "$"]);

/// Each as its own documents describe it; the first that fits counts.
const COMMANDS: &[Command] = &[
    Command { words: &["mkdocs", "gh-deploy"], host: PAGES, to_a_branch: true, ..PLAIN },
    Command { words: &["mike", "deploy"], host: PAGES, to_a_branch: true, ..PLAIN },
    Command { words: &["ghp-import"], host: PAGES, to_a_branch: true, ..PLAIN },
    Command { words: &["gh-pages"], host: PAGES, to_a_branch: true, ..PLAIN },
    Command { words: &["hexo", "deploy"], host: PAGES, to_a_branch: true, ..PLAIN },
    Command { words: &["quarto", "publish", "gh-pages"], host: PAGES, to_a_branch: true, ..PLAIN },
    Command { words: &["docusaurus", "deploy"], host: PAGES, to_a_branch: true, ..PLAIN },
    Command {
        words: &["wrangler", "pages", "deploy"],
        host: Some("cloudflare-pages"),
        directory: Directory::Behind(&[]),
        ..PLAIN
    },
    Command {
        words: &["wrangler", "pages", "publish"],
        host: Some("cloudflare-pages"),
        directory: Directory::Behind(&[]),
        ..PLAIN
    },
    // Its assets are in wrangler's own file, or there are none.
    Command { words: &["wrangler", "deploy"], ..PLAIN },
    Command { words: &["wrangler", "publish"], ..PLAIN },
    Command {
        words: &["netlify", "deploy"],
        host: Some("netlify"),
        directory: Directory::Behind(&["--dir", "-d"]),
        ..PLAIN
    },
    Command { words: &["surge"], host: Some("surge"), directory: Directory::Behind(&["--project", "-p"]), ..PLAIN },
    Command { words: &["firebase", "deploy"], host: Some("firebase"), ..PLAIN },
    Command { words: &["firebase", "hosting:channel:deploy", "live"], host: Some("firebase"), ..PLAIN },
    Command { words: &["vercel", "deploy"], host: Some("vercel"), ..PLAIN },
    Command { words: &["vercel", "--prod"], host: Some("vercel"), ..PLAIN },
    Command { words: &["swa", "deploy"], host: Some("azure-static"), directory: Directory::Behind(&[]), ..PLAIN },
    Command { words: &["hugo", "deploy"], may_be: &["s3-website", "s3-rest", "gcs"], ..PLAIN },
    Command { words: &["aws", "s3", "sync"], may_be: BUCKET, directory: S3, ..PLAIN },
    Command { words: &["aws", "s3", "cp"], may_be: BUCKET, directory: S3, ..PLAIN },
    Command { words: &["s3cmd", "sync"], may_be: BUCKET, directory: S3, ..PLAIN },
    Command { words: &["s3cmd", "put"], may_be: BUCKET, directory: S3, ..PLAIN },
    Command { words: &["s5cmd", "sync"], may_be: BUCKET, directory: S3, ..PLAIN },
    Command { words: &["s5cmd", "cp"], may_be: BUCKET, directory: S3, ..PLAIN },
    Command { words: &["gsutil", "rsync"], may_be: &["gcs"], directory: GS, ..PLAIN },
    Command { words: &["gsutil", "cp"], may_be: &["gcs"], directory: GS, ..PLAIN },
    Command { words: &["gcloud", "storage", "rsync"], may_be: &["gcs"], directory: GS, ..PLAIN },
    Command { words: &["gcloud", "storage", "cp"], may_be: &["gcs"], directory: GS, ..PLAIN },
    Command { words: &["gcloud", "app", "deploy"], ..PLAIN },
    Command { words: &["azcopy", "copy"], directory: BLOB, ..PLAIN },
    Command { words: &["azcopy", "cp"], directory: BLOB, ..PLAIN },
    Command { words: &["azcopy", "sync"], directory: BLOB, ..PLAIN },
    Command {
        words: &["az", "storage", "blob", "upload-batch"],
        directory: Directory::Behind(&["--source", "-s"]),
        ..PLAIN
    },
    Command { words: &["az", "storage", "blob", "sync"], directory: Directory::Behind(&["--source", "-s"]), ..PLAIN },
    Command { words: &["rclone", "sync"], directory: ANY, ..PLAIN },
    Command { words: &["rclone", "copy"], directory: ANY, ..PLAIN },
    Command { words: &["rsync"], directory: ANY, ..PLAIN },
    Command { words: &["scp"], directory: ANY, ..PLAIN },
    Command { words: &["lftp"], ..PLAIN },
    Command { words: &["ncftpput"], ..PLAIN },
    Command { words: &["git", "ftp", "push"], ..PLAIN },
    Command { words: &["git-ftp", "push"], ..PLAIN },
    Command { words: &["fly", "deploy"], ..PLAIN },
    Command { words: &["flyctl", "deploy"], ..PLAIN },
];

/// Other names of programs, as packages call them.
const NAMES: [(&str, &str); 5] = [
    ("netlify-cli", "netlify"),
    ("ntl", "netlify"),
    ("firebase-tools", "firebase"),
    ("vc", "vercel"),
    ("ghp_import", "ghp-import"),
];

/// Keys of a pipeline's file whose text is no command.
const NO_COMMANDS: [&str; 9] =
    ["name:", "description:", "uses:", "if:", "echo", "key:", "label:", "image:", "displayName:"];

/// Returns the words of a line that may be a command; none for one that is none.
fn words(line: &str) -> Vec<&str> {
    let line = line.trim_start_matches("- ").trim_start();
    if line.starts_with('#') || NO_COMMANDS.iter().any(|key| line.starts_with(key)) {
        return Vec::new();
    }
    let quotes = ['"', '\'', '`', '[', ']', ','];
    line.split_whitespace().map(|word| word.trim_matches(quotes)).filter(|word| !word.is_empty()).collect()
}

/// Returns the program that a word names, without the version that a package is called with.
fn program(word: &str) -> &str {
    let name = word.trim_start_matches("./node_modules/.bin/");
    let name = name.find('@').filter(|at| *at > 0).map_or(name, |at| &name[..at]);
    NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, name)| name)
}

/// Returns true for a word that ends a command.
fn is_end(word: &str) -> bool {
    matches!(word, "&&" | "||" | ";" | "|" | "#")
}

/// Returns what stands behind a command's words, where these are in a line.
fn behind<'l, 'w>(line: &'l [&'w str], command: &[&str]) -> Option<&'l [&'w str]> {
    let (first, rest) = command.split_first()?;
    let starts = line.iter().enumerate().filter(|(_, word)| program(word) == *first).map(|(at, _)| at);
    starts.into_iter().find_map(|at| {
        let end = line[at..].iter().position(|word| is_end(word)).map_or(line.len(), |length| at + length);
        let mut next = at + 1;
        for word in rest {
            // Options, and what they are given, may stand before a subcommand.
            let found = line[next..end].iter().position(|other| other == word)?;
            let is_between = |other: &str| other.starts_with('-') || other.contains(['=', '$', '/', '.']);
            let between = &line[next..next + found];
            // The word behind an option may be its value.
            let is_value = |at: usize| at > 0 && between[at - 1].starts_with('-');
            if !between.iter().enumerate().all(|(at, other)| is_between(other) || is_value(at)) {
                return None;
            }
            next += found + 1;
        }
        Some(&line[next..end])
    })
}

/// Returns a directory that a command names, where it is one of the repository's.
fn named(word: &str) -> Option<String> {
    let is_computed = word.contains(['$', '*', '~', '{', ':']) || word.starts_with(['/', '-']);
    let last = word.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_file = last.find('.').is_some_and(|at| at > 0) && !word.ends_with('/') && last != "..";
    (!is_computed && !is_file && !word.is_empty()).then(|| joined("", word))
}

impl Directory {
    /// Returns the word that names the directory, which is empty where none does; `None` where a command deploys nothing.
    fn word<'w>(self, arguments: &[&'w str]) -> Option<&'w str> {
        match self {
            Directory::None => Some(""),
            Directory::Behind(options) => {
                let of_option = arguments.iter().enumerate().find_map(|(at, word)| match word.split_once('=') {
                    Some((option, value)) if options.contains(&option) => Some(value),
                    _ if options.contains(word) => arguments.get(at + 1).copied(),
                    _ => None,
                });
                Some(of_option.or_else(|| arguments.first().copied()).unwrap_or_default())
            }
            Directory::Before(signs) => {
                let is_there = |word: &str| signs.iter().any(|sign| word.contains(sign)) && !word.starts_with('-');
                let last = arguments.iter().rposition(|word| is_there(word)).filter(|at| *at > 0)?;
                let source = arguments[last - 1];
                // Only a destination stands behind another word that is a path.
                (!source.starts_with('-') && !source.contains("://") && !source.contains('@')).then_some(source)
            }
        }
    }
}

/// Returns what a line of a script brings where.
pub(super) fn deploy(line: &str, file: &str) -> Option<Deploy> {
    let words = words(line);
    let is_of_branch = |arguments: &[&str]| arguments.iter().any(|word| word.ends_with("gh-pages"));
    if behind(&words, &["git", "push"]).is_some_and(is_of_branch) {
        let (host, branch) = (PAGES, Some("gh-pages".to_owned()));
        let does = Some("pushes to gh-pages".to_owned());
        return Some(Deploy { host, branch, file: file.to_owned(), does, ..Deploy::default() });
    }
    COMMANDS.iter().find_map(|command| {
        let arguments = behind(&words, command.words)?;
        // Firebase has other things to deploy, too.
        let only = arguments.iter().position(|word| word.starts_with("--only"));
        if only.is_some_and(|at| !arguments[at..].iter().any(|word| word.contains("hosting"))) {
            return None;
        }
        let is_asked = arguments.iter().any(|word| matches!(*word, "--help" | "--version" | "--dry-run" | "--dryrun"));
        let directory = named(command.directory.word(arguments).filter(|_| !is_asked)?);
        Some(Deploy {
            host: command.host,
            may_be: command.may_be,
            branch: command.to_a_branch.then(|| "gh-pages".to_owned()),
            directory,
            file: file.to_owned(),
            does: Some(format!("runs `{}`", command.words.join(" "))),
            ..Deploy::default()
        })
    })
}

/// Returns true for a line that runs something which is called after a deploy, as `make deploy` is.
pub(super) fn is_called_deploy(line: &str) -> bool {
    let words = words(line);
    let is_name = |word: &&str| {
        let word = word.rsplit('/').next().unwrap_or_default();
        let parts = word.split(['-', '_', '.', ':']);
        parts.into_iter().any(|part| matches!(part, "deploy" | "publish" | "upload")) && !word.ends_with(':')
    };
    let runs = ["npm", "yarn", "pnpm", "bun", "make", "just", "task", "rake", "cap", "gulp", "grunt", "deno", "poetry"];
    let is_file = |word: &str| {
        word.starts_with("./")
            || word.contains("/deploy")
            || word.rsplit_once('.').is_some_and(|(_, ending)| ending == "sh")
    };
    let runner = words.iter().position(|word| runs.contains(word));
    words.iter().any(|word| is_file(word) && is_name(word)) || runner.is_some_and(|at| words[at..].iter().any(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_deploys_is_known_with_its_directory() {
        for (line, host, directory) in [
            ("- run: npx wrangler pages deploy dist --project-name=x", Some("cloudflare-pages"), Some("dist")),
            ("npx wrangler@3 pages publish ./dist", Some("cloudflare-pages"), Some("dist")),
            ("- run: npx wrangler deploy", None, None),
            ("- npx netlify-cli@17 deploy --prod --dir=_site", Some("netlify"), Some("_site")),
            ("netlify deploy --prod --dir build", Some("netlify"), Some("build")),
            ("- run: firebase-tools deploy --token x", Some("firebase"), None),
            ("firebase deploy --only hosting", Some("firebase"), None),
            ("- run: vercel deploy --prebuilt --prod --token=$T", Some("vercel"), None),
            ("vercel --prod --token=$T", Some("vercel"), None),
            ("- aws s3 sync --delete public/ s3://bucket", None, Some("public")),
            ("aws --region eu-west-1 s3 sync public s3://bucket/ --exclude '*.map'", None, Some("public")),
            ("aws s3 sync ./dist \"s3://$BUCKET\" --delete", None, Some("dist")),
            ("gsutil -m rsync -r -d public gs://www.example.com", None, Some("public")),
            ("gcloud storage rsync out gs://x --recursive", None, Some("out")),
            ("azcopy sync public 'https://x.blob.core.windows.net/$web?sas'", None, Some("public")),
            ("az storage blob upload-batch -s dist -d '$web'", None, Some("dist")),
            ("rsync -avz --delete -e 'ssh -p 2' public/ deploy@www.example.com:/var/www", None, Some("public")),
            ("rsync -a _site/ \"$TARGET\"", None, Some("_site")),
            ("scp -r html user@host:/srv", None, Some("html")),
            ("rclone sync public r2:bucket", None, Some("public")),
            ("cd web && aws s3 cp --recursive out s3://b && echo done", None, Some("out")),
            ("mkdocs gh-deploy --force", PAGES, None),
            ("git push origin HEAD:gh-pages", PAGES, None),
        ] {
            let found = deploy(line, "f").unwrap_or_else(|| panic!("{line}"));
            assert_eq!((found.host, found.directory.as_deref()), (host, directory), "{line}");
        }
    }

    #[test]
    fn what_brings_nothing_anywhere_is_no_deploy() {
        for line in [
            "# - run: netlify deploy",
            "- name: vercel deploy",
            "- uses: x/rsync",
            "echo rsync a b:c",
            "aws s3 sync s3://bucket/cache .cache",
            "aws s3 cp s3://a/x s3://b/x",
            "aws s3 sync --delete s3://bucket .",
            "rsync -a public/ /srv/www/",
            "rsync -a user@host:/var/www/ public",
            "scp user@host:a .",
            "gsutil cp gs://x/y .",
            "firebase deploy --only functions",
            "vercel pull --yes",
            "vercel build",
            "wrangler pages dev dist",
            "wrangler --version",
            "npm i -g netlify-cli wrangler",
            "apt-get install -y rsync lftp-doc",
            "git push origin main",
            "hugo --minify",
        ] {
            assert_eq!(deploy(line, "f"), None, "{line}");
        }
    }

    #[test]
    fn a_script_that_is_called_after_a_deploy_is_one() {
        for line in
            ["- run: npm run deploy", "make publish", "./scripts/deploy.sh", "- yarn deploy:prod", "bash deploy.sh"]
        {
            assert!(is_called_deploy(line), "{line}");
        }
        for line in ["- run: npm run build", "deploy:", "- name: npm run deploy", "make", "echo make deploy"] {
            assert!(!is_called_deploy(line), "{line}");
        }
    }
}
