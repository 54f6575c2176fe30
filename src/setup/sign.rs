//! The marks that a generator's source leaves in a directory: one table, for whoever has to tell a source from what is served, and
//! for whoever asks which generator it is.
//!
//! Each is a name that the generator's own documents ask for, or a package manager's. A site that is served as it stands may
//! hold one of them too: only the lack of an index file beside them makes them a sign.

use super::generator::Generator;
use crate::snapshot::EntryKind;

use Generator::{
    Astro, Docusaurus, Eleventy, Gatsby, Hexo, Hugo, Jekyll, Lume, MdBook, Mkdocs, Next, Nikola, Nuxt, Pelican, Quarto,
    Sphinx, SvelteKit, Vite, VitePress, VuePress, Zensical, Zola,
};

/// The shape of a sign.
#[derive(Debug, Clone, Copy)]
enum Sign {
    /// A file whose name is the whole sign, in lower case.
    File(&'static str),
    /// A file that may end in any of a language's extensions: `astro.config.mjs`, `.ts`, `.js`.
    Begins(&'static str),
    /// A directory whose name is the whole sign.
    Directory(&'static str),
    /// A file that is a sign beside a directory: Zola's and older Hugo's configuration has a name that says little.
    FileBeside(&'static str, &'static str),
    /// A directory that is a sign beside another: Hugo with its configuration in a directory, Zola's and Hugo's themes.
    DirectoryBeside(&'static str, &'static str),
}

use Sign::{Begins, Directory, DirectoryBeside, File, FileBeside};

/// The signs, each with the generators that it may be of, the most likely first; none for a sign of a source of any kind. The order is
/// that in which a generator is looked for: a name that only one generator has stands before one that several have.
const SIGNS: &[(Sign, &[Generator])] = &[
    (File("hugo.toml"), &[Hugo]),
    (File("hugo.yaml"), &[Hugo]),
    (File("hugo.yml"), &[Hugo]),
    (File("hugo.json"), &[Hugo]),
    (File("mkdocs.yml"), &[Mkdocs]),
    (File("mkdocs.yaml"), &[Mkdocs]),
    (File("zensical.toml"), &[Zensical]),
    (File("zola.toml"), &[Zola]),
    (File("_quarto.yml"), &[Quarto]),
    (File("_quarto.yaml"), &[Quarto]),
    (File("book.toml"), &[MdBook]),
    (File("pelicanconf.py"), &[Pelican]),
    (Begins("astro.config."), &[Astro]),
    (Begins("docusaurus.config."), &[Docusaurus]),
    (File(".eleventy.js"), &[Eleventy]),
    (File(".eleventy.cjs"), &[Eleventy]),
    (File(".eleventy.mjs"), &[Eleventy]),
    (Begins("eleventy.config."), &[Eleventy]),
    (Begins("gatsby-config."), &[Gatsby]),
    (Begins("gridsome.config."), &[]),
    (Begins("next.config."), &[Next]),
    (Begins("nuxt.config."), &[Nuxt]),
    (Begins("svelte.config."), &[SvelteKit]),
    (Directory(".vitepress"), &[VitePress]),
    (Directory(".vuepress"), &[VuePress]),
    (Begins("vitepress.config."), &[VitePress]),
    (File("_config.ts"), &[Lume]),
    (File("_config.js"), &[Lume]),
    // Hexo's configuration has the name of Jekyll's.
    (File("_config.yml"), &[Hexo, Jekyll]),
    (File("_config.yaml"), &[Jekyll]),
    (File("_config.toml"), &[Jekyll]),
    (FileBeside("config.toml", "content"), &[Zola, Hugo]),
    (FileBeside("config.yaml", "content"), &[Hugo]),
    (FileBeside("config.yml", "content"), &[Hugo]),
    (FileBeside("config.json", "content"), &[Hugo]),
    (DirectoryBeside("config", "content"), &[Hugo]),
    (Directory("archetypes"), &[Hugo]),
    (File("conf.py"), &[Nikola, Sphinx]),
    // A bundler's configuration stands beside that of the generators above.
    (Begins("vite.config."), &[Vite]),
    (Directory("_posts"), &[Jekyll]),
    (Directory("_layouts"), &[Jekyll]),
    (Directory("_drafts"), &[Jekyll]),
    (Directory("_includes"), &[]),
    (Directory("layouts"), &[]),
    (DirectoryBeside("content", "themes"), &[]),
    (DirectoryBeside("content", "templates"), &[]),
    // Python
    (File("pyproject.toml"), &[]),
    (File("setup.py"), &[]),
    (File("requirements.txt"), &[]),
    (File("pipfile"), &[]),
    // Node
    (File("package.json"), &[]),
    (File("package-lock.json"), &[]),
    (File("yarn.lock"), &[]),
    (File("pnpm-lock.yaml"), &[]),
    (File("bun.lock"), &[]),
    (File("bun.lockb"), &[]),
    (File("deno.json"), &[]),
    (File("deno.jsonc"), &[]),
    (File("angular.json"), &[]),
    (File("gruntfile.js"), &[]),
    (File("metalsmith.json"), &[]),
    (File("tsconfig.json"), &[]),
    (Begins("vue.config."), &[]),
    (Begins("remix.config."), &[]),
    (Begins("quartz.config."), &[]),
    (Begins("webpack.config."), &[]),
    (Begins("rollup.config."), &[]),
    (Begins("react-router.config."), &[]),
    (Begins("rspress.config."), &[]),
    (Begins("qwik.config."), &[]),
    (Begins("analog.config."), &[]),
    (Begins("gulpfile."), &[]),
    (Directory("node_modules"), &[]),
    // Rust, Go, Ruby, PHP, the JVM, Haskell, Elixir, Antora
    (File("cargo.toml"), &[]),
    (File("go.mod"), &[]),
    (File("gemfile"), &[]),
    (File("rakefile"), &[]),
    (File("composer.json"), &[]),
    (File("pom.xml"), &[]),
    (File("build.gradle"), &[]),
    (File("build.gradle.kts"), &[]),
    (File("stack.yaml"), &[]),
    (File("mix.exs"), &[]),
    (File("antora.yml"), &[]),
    (File("antora-playbook.yml"), &[]),
    (File("makefile"), &[]),
    (File("flake.nix"), &[]),
];

impl Sign {
    /// Returns true for an entry that is this sign, among the others of its directory.
    fn is(self, (kind, name): &(EntryKind, String), names: &[(EntryKind, String)]) -> bool {
        let has_directory = |wanted: &str| names.iter().any(|(kind, name)| *kind == EntryKind::Tree && name == wanted);
        let is_tree = *kind == EntryKind::Tree;
        let lower = name.to_lowercase();
        match self {
            File(file) => !is_tree && lower == file,
            Begins(begin) => !is_tree && lower.starts_with(begin),
            Directory(directory) => is_tree && name == directory,
            FileBeside(file, directory) => !is_tree && lower == file && has_directory(directory),
            DirectoryBeside(one, other) => is_tree && name == one && has_directory(other),
        }
    }
}

/// Returns the names among a directory's entries that are marks of a generator's source, in their order.
#[must_use]
pub fn source_signs(names: &[(EntryKind, String)]) -> Vec<String> {
    let is_sign = |entry: &(EntryKind, String)| SIGNS.iter().any(|(sign, _)| sign.is(entry, names));
    let mut found = Vec::new();
    for (kind, name) in names.iter().filter(|entry| is_sign(entry)) {
        found.push(if *kind == EntryKind::Tree { format!("{name}/") } else { name.clone() });
    }
    found
}

/// Returns the entries of a directory that name generators, each with those that it may be of, the surest first.
pub(super) fn generators(names: &[(EntryKind, String)]) -> Vec<(String, &'static [Generator])> {
    let naming = SIGNS.iter().filter(|(_, generators)| !generators.is_empty());
    let first = |sign: &Sign| names.iter().find(|entry| sign.is(entry, names));
    naming.filter_map(|(sign, generators)| Some((first(sign)?.1.clone(), *generators))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_in(entries: &[&str]) -> Vec<String> {
        let entry = |name: &&str| match name.strip_suffix('/') {
            Some(directory) => (EntryKind::Tree, directory.to_owned()),
            None => (EntryKind::File, (*name).to_owned()),
        };
        source_signs(&entries.iter().map(entry).collect::<Vec<_>>())
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
