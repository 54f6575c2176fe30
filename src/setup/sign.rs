//! The marks that a generator's source leaves in a directory: one table, for whoever has to tell a source from what is served, and
//! for whoever asks which generator it is.
//!
//! Each is a name that the generator's own documents ask for, or a package manager's. A site that is served as it stands may
//! hold one of them too: only the lack of an index file beside them makes them a sign.

use std::sync::LazyLock;

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
        self.may_be(*kind, name.as_bytes())
            && match self {
                FileBeside(_, directory) | DirectoryBeside(_, directory) => has_directory(directory),
                File(_) | Begins(_) | Directory(_) => true,
            }
    }

    /// Returns true for an entry that is this sign, whatever lies beside it.
    fn may_be(self, kind: EntryKind, name: &[u8]) -> bool {
        let is_tree = kind == EntryKind::Tree;
        match self {
            File(file) | FileBeside(file, _) => !is_tree && name.eq_ignore_ascii_case(file.as_bytes()),
            Begins(begin) => {
                !is_tree && name.get(..begin.len()).is_some_and(|name| name.eq_ignore_ascii_case(begin.as_bytes()))
            }
            Directory(directory) | DirectoryBeside(directory, _) => is_tree && name == directory.as_bytes(),
        }
    }

    /// The first byte of its name, in lower case.
    fn first(self) -> u8 {
        let (File(name) | Begins(name) | Directory(name) | FileBeside(name, _) | DirectoryBeside(name, _)) = self;
        name.as_bytes().first().copied().unwrap_or_default()
    }
}

/// Returns false for an entry that is no sign, whatever lies beside it, and beside which nothing is one: most of a large directory.
#[must_use]
pub fn matters_to_signs(kind: EntryKind, name: &[u8]) -> bool {
    // By their first bytes, so that a hundred thousand names are not each compared with all of them.
    static SORTED: LazyLock<Vec<Vec<Sign>>> = LazyLock::new(|| {
        let mut sorted = vec![Vec::new(); 256];
        for (sign, _) in SIGNS {
            sorted[usize::from(sign.first())].push(*sign);
        }
        sorted
    });
    let first = name.first().map_or(0, |first| usize::from(first.to_ascii_lowercase()));
    kind == EntryKind::Tree || SORTED[first].iter().any(|sign| sign.may_be(kind, name))
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
    fn whatever_is_a_sign_or_makes_one_of_its_neighbour_matters() {
        for (sign, _) in SIGNS {
            let entries = match *sign {
                File(name) => vec![(EntryKind::File, name.to_uppercase())],
                Begins(begin) => vec![(EntryKind::File, format!("{begin}ts"))],
                Directory(name) => vec![(EntryKind::Tree, name.to_owned())],
                FileBeside(name, other) => {
                    vec![(EntryKind::File, name.to_owned()), (EntryKind::Tree, other.to_owned())]
                }
                DirectoryBeside(one, other) => {
                    vec![(EntryKind::Tree, one.to_owned()), (EntryKind::Tree, other.to_owned())]
                }
            };
            assert!(sign.is(&entries[0], &entries), "{sign:?}");
            assert!(entries.iter().all(|(kind, name)| matters_to_signs(*kind, name.as_bytes())), "{sign:?}");
        }
        for name in ["page-0000001.css", "index.html", "", "hugo.tom", "é"] {
            assert!(!matters_to_signs(EntryKind::File, name.as_bytes()), "{name}");
        }
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
