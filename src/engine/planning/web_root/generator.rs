//! The marks that a generator's source leaves in the top directory of a repository.
//!
//! Each is a name that the generator's own documents ask for, or a package manager's. A site that is served as it stands may
//! hold one of them too: only the lack of an index file beside them makes them a sign.

use crate::snapshot::EntryKind;

/// Files whose name is the whole sign, in lower case.
const FILES: &[&str] = &[
    // Hugo, Jekyll, Hexo, Lume, Quarto
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "_config.yml",
    "_config.yaml",
    "_config.toml",
    "_config.ts",
    "_config.js",
    "_quarto.yml",
    "_quarto.yaml",
    // Python: MkDocs, Sphinx, Pelican, Nikola, Zensical
    "mkdocs.yml",
    "mkdocs.yaml",
    "conf.py",
    "pelicanconf.py",
    "zensical.toml",
    "pyproject.toml",
    "setup.py",
    "requirements.txt",
    "pipfile",
    // Node
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "deno.json",
    "deno.jsonc",
    "angular.json",
    ".eleventy.js",
    ".eleventy.cjs",
    ".eleventy.mjs",
    "gulpfile.js",
    "gruntfile.js",
    "metalsmith.json",
    "tsconfig.json",
    // Rust, Go, Ruby, PHP, the JVM, Haskell, Elixir, mdBook, Antora
    "cargo.toml",
    "go.mod",
    "gemfile",
    "rakefile",
    "composer.json",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "stack.yaml",
    "mix.exs",
    "book.toml",
    "antora.yml",
    "antora-playbook.yml",
    "makefile",
    "flake.nix",
];

/// Files that may end in any of a language's extensions: `astro.config.mjs`, `.ts`, `.js`.
const CONFIGURATIONS: &[&str] = &[
    "astro.config.",
    "docusaurus.config.",
    "eleventy.config.",
    "gatsby-config.",
    "next.config.",
    "nuxt.config.",
    "svelte.config.",
    "vite.config.",
    "vue.config.",
    "vitepress.config.",
    "remix.config.",
    "gridsome.config.",
    "quartz.config.",
    "webpack.config.",
    "rollup.config.",
    "react-router.config.",
    "rspress.config.",
    "qwik.config.",
    "analog.config.",
    "gulpfile.",
];

/// Directories whose name is the whole sign.
const DIRECTORIES: &[&str] =
    &["_posts", "_layouts", "_includes", "_drafts", "archetypes", "layouts", "node_modules", ".vitepress", ".vuepress"];

/// Files that are a sign beside a directory: Zola's and older Hugo's configuration has a name that says little.
const BESIDE: &[(&str, &str)] =
    &[("config.toml", "content"), ("config.yaml", "content"), ("config.yml", "content"), ("config.json", "content")];

/// Directories that are a sign beside another: Hugo with its configuration in a directory, Zola's and Hugo's themes.
const TOGETHER: &[(&str, &str)] = &[("config", "content"), ("content", "themes"), ("content", "templates")];

/// Returns the names among a directory's entries that are marks of a generator's source, in their order.
pub(super) fn found(names: &[(EntryKind, String)]) -> Vec<String> {
    let has_directory = |wanted: &str| names.iter().any(|(kind, name)| *kind == EntryKind::Tree && name == wanted);
    let is_sign = |kind: EntryKind, name: &str| {
        let lower = name.to_lowercase();
        if kind == EntryKind::Tree {
            let beside = |(one, other): &(&str, &str)| *one == name && has_directory(other);
            return DIRECTORIES.contains(&name) || TOGETHER.iter().any(beside);
        }
        let beside = |(file, directory): &(&str, &str)| *file == lower && has_directory(directory);
        FILES.contains(&&*lower)
            || CONFIGURATIONS.iter().any(|begin| lower.starts_with(begin))
            || BESIDE.iter().any(beside)
    };
    let mut found = Vec::new();
    for (kind, name) in names.iter().filter(|(kind, name)| is_sign(*kind, name)) {
        found.push(if *kind == EntryKind::Tree { format!("{name}/") } else { name.clone() });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_in(entries: &[&str]) -> Vec<String> {
        let entry = |name: &&str| match name.strip_suffix('/') {
            Some(directory) => (EntryKind::Tree, directory.to_owned()),
            None => (EntryKind::File, (*name).to_owned()),
        };
        found(&entries.iter().map(entry).collect::<Vec<_>>())
    }

    #[test]
    fn each_generator_is_known_by_its_files() {
        for (entries, want) in [
            (&["hugo.toml"][..], &["hugo.toml"][..]),
            (&["config.toml", "content/"], &["config.toml"]),
            (&["config/", "content/"], &["config/"]),
            (&["content/", "layouts/"], &["layouts/"]),
            (&["_config.yml", "_posts/", "index.md"], &["_config.yml", "_posts/"]),
            (&["package.json", "src/"], &["package.json"]),
            (&["docs/", "mkdocs.yml"], &["mkdocs.yml"]),
            (&["conf.py", "index.rst"], &["conf.py"]),
            (&["astro.config.mjs"], &["astro.config.mjs"]),
            (&["docusaurus.config.ts"], &["docusaurus.config.ts"]),
            (&["eleventy.config.cjs"], &["eleventy.config.cjs"]),
            (&[".eleventy.js"], &[".eleventy.js"]),
            (&["Cargo.toml", "src/"], &["Cargo.toml"]),
            (&["Gemfile"], &["Gemfile"]),
            (&["book.toml"], &["book.toml"]),
            // A site that is served may hold these.
            (&["config.toml"], &[]),
            (&["content/"], &[]),
            (&["config.json", "data/"], &[]),
            (&["a.css", "fonts/", "robots.txt", "CNAME", "_redirects"], &[]),
            (&["package.json/"], &[]),
            (&["_posts"], &[]),
        ] {
            assert_eq!(found_in(entries), want, "{entries:?}");
        }
    }
}
