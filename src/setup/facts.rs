//! The facts about each generator: where it has its settings, its output and the files that it copies as they are. A table.

use super::generator::Generator;

/// The facts about a generator. Paths count from the directory that its sign lies in.
pub(super) struct Facts {
    /// The generator.
    generator: Generator,
    /// Its name, for people.
    pub(super) name: &'static str,
    /// The files that hold its settings, the one that wins first. One that ends in `.` has any ending of a script or a list of settings.
    pub(super) files: &'static [&'static str],
    /// Settings that hold the site's address, the one that wins first.
    pub(super) address: &'static [&'static str],
    /// The setting that holds the path below the address, where that is one of its own.
    pub(super) below: Option<&'static str>,
    /// The setting that holds the output's directory.
    pub(super) output: Option<&'static str>,
    /// The output's directory by default, the most usual first.
    pub(super) outputs: &'static [&'static str],
    /// Directories whose files are copied into the output as they are.
    pub(super) copied: &'static [&'static str],
    /// The command that builds the site.
    pub(super) build: &'static str,
    /// The package by whose name `package.json` tells of it.
    pub(super) package: Option<&'static str>,
}

/// A generator without settings that are of use here.
const PLAIN: Facts = Facts {
    generator: Generator::Astro,
    name: "",
    files: &[],
    address: &[],
    below: None,
    output: None,
    outputs: &[],
    copied: &["public"],
    build: "npm run build",
    package: None,
};

/// The table, in the order of [`Generator`].
static FACTS: [Facts; 22] = [
    // https://docs.astro.build/reference/configuration-reference/
    Facts {
        generator: Generator::Astro,
        name: "Astro",
        files: &["astro.config."],
        address: &["site"],
        below: Some("base"),
        output: Some("outDir"),
        outputs: &["dist"],
        package: Some("astro"),
        ..PLAIN
    },
    // https://docusaurus.io/docs/api/docusaurus-config
    Facts {
        generator: Generator::Docusaurus,
        name: "Docusaurus",
        files: &["docusaurus.config."],
        address: &["url"],
        below: Some("baseUrl"),
        outputs: &["build"],
        copied: &["static"],
        package: Some("@docusaurus/core"),
        ..PLAIN
    },
    // https://www.11ty.dev/docs/config/; the address is in data files, by the starter's custom.
    Facts {
        generator: Generator::Eleventy,
        name: "Eleventy",
        files: &[
            ".eleventy.",
            "eleventy.config.",
            "_data/metadata.",
            "_data/site.",
            "src/_data/metadata.",
            "src/_data/site.",
        ],
        address: &["url", "siteUrl"],
        below: Some("pathPrefix"),
        output: Some("dir.output"),
        outputs: &["_site"],
        copied: &["public", "static", "src", "src/public", "src/static", ""],
        build: "npx @11ty/eleventy",
        package: Some("@11ty/eleventy"),
    },
    // https://www.gatsbyjs.com/docs/reference/config-files/gatsby-config/
    Facts {
        generator: Generator::Gatsby,
        name: "Gatsby",
        files: &["gatsby-config."],
        address: &["siteMetadata.siteUrl"],
        below: Some("pathPrefix"),
        outputs: &["public"],
        copied: &["static"],
        package: Some("gatsby"),
        ..PLAIN
    },
    // https://hexo.io/docs/configuration
    Facts {
        generator: Generator::Hexo,
        name: "Hexo",
        files: &["_config.yml"],
        address: &["url"],
        below: Some("root"),
        output: Some("public_dir"),
        outputs: &["public"],
        copied: &["source"],
        build: "npx hexo generate",
        package: Some("hexo"),
    },
    // https://gohugo.io/configuration/
    Facts {
        generator: Generator::Hugo,
        name: "Hugo",
        files: &[
            "config/production/hugo.",
            "config/production/config.",
            "hugo.",
            "config.",
            "config/_default/hugo.",
            "config/_default/config.",
        ],
        address: &["baseURL"],
        output: Some("publishDir"),
        outputs: &["public"],
        copied: &["static"],
        build: "hugo",
        ..PLAIN
    },
    // https://jekyllrb.com/docs/configuration/options/
    Facts {
        generator: Generator::Jekyll,
        name: "Jekyll",
        files: &["_config.yml", "_config.yaml", "_config.toml"],
        address: &["url"],
        below: Some("baseurl"),
        output: Some("destination"),
        outputs: &["_site"],
        copied: &[""],
        build: "bundle exec jekyll build",
        ..PLAIN
    },
    // https://lume.land/docs/configuration/config-file/
    Facts {
        generator: Generator::Lume,
        name: "Lume",
        files: &["_config."],
        address: &["location"],
        output: Some("dest"),
        outputs: &["_site"],
        copied: &["", "src"],
        build: "deno task build",
        ..PLAIN
    },
    // https://rust-lang.github.io/mdBook/format/configuration/general.html
    Facts {
        generator: Generator::MdBook,
        name: "mdBook",
        files: &["book.toml"],
        output: Some("build.build-dir"),
        outputs: &["book", "book/html"],
        copied: &["src"],
        build: "mdbook build",
        ..PLAIN
    },
    // https://www.mkdocs.org/user-guide/configuration/
    Facts {
        generator: Generator::Mkdocs,
        name: "MkDocs",
        files: &["mkdocs.yml", "mkdocs.yaml"],
        address: &["site_url"],
        output: Some("site_dir"),
        outputs: &["site"],
        copied: &["docs"],
        build: "mkdocs build",
        ..PLAIN
    },
    // https://nextjs.org/docs/app/guides/static-exports
    Facts {
        generator: Generator::Next,
        name: "Next",
        files: &["next.config."],
        output: Some("distDir"),
        outputs: &["out"],
        package: Some("next"),
        ..PLAIN
    },
    // https://getnikola.com/handbook.html
    Facts {
        generator: Generator::Nikola,
        name: "Nikola",
        files: &["conf.py"],
        address: &["SITE_URL", "BASE_URL"],
        output: Some("OUTPUT_FOLDER"),
        outputs: &["output"],
        copied: &["files"],
        build: "nikola build",
        ..PLAIN
    },
    // https://nuxt.com/docs/4.x/getting-started/prerendering
    Facts {
        generator: Generator::Nuxt,
        name: "Nuxt",
        files: &["nuxt.config."],
        address: &["site.url"],
        below: Some("app.baseURL"),
        outputs: &[".output/public", "dist"],
        build: "npx nuxt generate",
        package: Some("nuxt"),
        ..PLAIN
    },
    // https://docs.getpelican.com/en/latest/settings.html; publishconf.py is what is published with.
    Facts {
        generator: Generator::Pelican,
        name: "Pelican",
        files: &["publishconf.py", "pelicanconf.py"],
        address: &["SITEURL"],
        output: Some("OUTPUT_PATH"),
        outputs: &["output"],
        copied: &["content", "content/extra"],
        build: "pelican content -s publishconf.py",
        ..PLAIN
    },
    // https://quarto.org/docs/websites/
    Facts {
        generator: Generator::Quarto,
        name: "Quarto",
        files: &["_quarto.yml", "_quarto.yaml"],
        address: &["website.site-url", "book.site-url"],
        output: Some("project.output-dir"),
        outputs: &["_site", "_book"],
        copied: &[""],
        build: "quarto render",
        ..PLAIN
    },
    // https://www.sphinx-doc.org/en/master/usage/configuration.html; the output is the Makefile's choice.
    Facts {
        generator: Generator::Sphinx,
        name: "Sphinx",
        files: &["conf.py"],
        address: &["html_baseurl"],
        outputs: &[
            "_build/html",
            "_build/dirhtml",
            "../build/html",
            "../build/dirhtml",
            "../_build/html",
            "build/html",
        ],
        copied: &["", "_extra", "_static"],
        build: "make html",
        ..PLAIN
    },
    // https://svelte.dev/docs/kit/adapter-static
    Facts {
        generator: Generator::SvelteKit,
        name: "SvelteKit",
        files: &["svelte.config."],
        below: Some("kit.paths.base"),
        outputs: &["build"],
        copied: &["static"],
        package: Some("@sveltejs/kit"),
        ..PLAIN
    },
    // https://vite.dev/config/
    Facts {
        generator: Generator::Vite,
        name: "Vite",
        files: &["vite.config."],
        below: Some("base"),
        output: Some("build.outDir"),
        outputs: &["dist"],
        package: Some("vite"),
        ..PLAIN
    },
    // https://vitepress.dev/reference/site-config
    Facts {
        generator: Generator::VitePress,
        name: "VitePress",
        files: &[".vitepress/config.", ".vitepress/config/index."],
        address: &["sitemap.hostname"],
        below: Some("base"),
        output: Some("outDir"),
        outputs: &[".vitepress/dist"],
        package: Some("vitepress"),
        ..PLAIN
    },
    // https://vuepress.vuejs.org/reference/config.html
    Facts {
        generator: Generator::VuePress,
        name: "VuePress",
        files: &[".vuepress/config."],
        below: Some("base"),
        output: Some("dest"),
        outputs: &[".vuepress/dist"],
        copied: &[".vuepress/public"],
        package: Some("vuepress"),
        ..PLAIN
    },
    // https://zensical.org/docs/setup/basics/
    Facts {
        generator: Generator::Zensical,
        name: "Zensical",
        files: &["zensical.toml"],
        address: &["project.site_url"],
        output: Some("project.site_dir"),
        outputs: &["site"],
        copied: &["docs"],
        build: "zensical build",
        ..PLAIN
    },
    // https://www.getzola.org/documentation/getting-started/configuration/
    Facts {
        generator: Generator::Zola,
        name: "Zola",
        files: &["zola.toml", "config.toml"],
        address: &["base_url"],
        output: Some("output_dir"),
        outputs: &["public"],
        copied: &["static"],
        build: "zola build",
        ..PLAIN
    },
];

/// Returns what is known about a generator.
pub(super) fn facts(generator: Generator) -> &'static Facts {
    &FACTS[generator as usize]
}

/// Returns all of which a package tells.
pub(super) fn of_packages() -> impl Iterator<Item = (Generator, &'static str)> {
    FACTS.iter().filter_map(|facts| Some((facts.generator, facts.package?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_generator_has_its_row() {
        for (number, facts) in FACTS.iter().enumerate() {
            assert_eq!(facts.generator as usize, number, "{}", facts.name);
            assert!(!facts.name.is_empty() && !facts.outputs.is_empty() && !facts.files.is_empty());
        }
    }
}
