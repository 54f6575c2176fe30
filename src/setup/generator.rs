//! The generators of static sites, as names alone.
//!
//! The names by which a generator is recognised are in [`super::sign`], and what is known about it is in [`super::facts`].

/// A generator of static sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are those of the programs")]
pub(super) enum Generator {
    Astro,
    Docusaurus,
    Eleventy,
    Gatsby,
    Hexo,
    Hugo,
    Jekyll,
    Lume,
    MdBook,
    Mkdocs,
    Next,
    Nikola,
    Nuxt,
    Pelican,
    Quarto,
    Sphinx,
    SvelteKit,
    Vite,
    VitePress,
    VuePress,
    Zensical,
    Zola,
}
