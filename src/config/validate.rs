//! From what was typed to what can be used: the one conversion, where every error about a value is made.

use std::collections::HashSet;

use super::cache::caches;
use super::checked::{checked, checked_all, number};
use super::fault::Fault;
use super::form::{forms, index_names};
use super::raw::{RawConfig, RawSite, RawThreshold, Text};
use super::rule::rule;
use super::spanned::Spanned;
use super::{
    BaseUrl, BranchName, Cache, Case, Cover, Deleted, Escapes, Events, Fallback, HOST_PRESETS, HostPreset,
    MappingDigest, MarkStore, Mode, OriginCheck, OutputDir, Rules, Serve, Site, SiteName, Spellings, Symlinks,
    Threshold, UnknownBase, UrlPath, globs,
};
use crate::display::shown;

/// Checks the sites, and the receiver where there is one.
pub(super) fn all(raw: RawConfig) -> Result<(Vec<Site>, Option<Serve>), Fault> {
    let sites = sites(raw.site)?;
    let serve = raw.serve.map(|serve| Serve::checked(serve.get_ref(), &sites).map_err(|fault| fault.at(serve.span())));
    let serve = serve.transpose()?;
    Ok((sites, serve))
}

fn sites(raw: Vec<RawSite>) -> Result<Vec<Site>, Fault> {
    if raw.is_empty() {
        return Err(Fault::new("the file names no site", "write `[[site]]`, and below it `name` and `base_urls`"));
    }
    let (mut names, mut files) = (HashSet::new(), HashSet::new());
    let mut sites = Vec::with_capacity(raw.len());
    for site in raw {
        if !names.insert(site.name.get_ref().clone()) {
            let message = format!("two sites are called {}", shown(site.name.get_ref().as_bytes()));
            return Err(Fault::new(message, "give each site its own name").at(site.name.span()));
        }
        let checked = self::site(&site)?;
        // Two marks in one file would move each other, and wait for each other's lock.
        if checked.mark.file().is_some_and(|file| !files.insert(file)) {
            let fault = Fault::new("another site keeps its mark in this file", "give each site a file of its own");
            return Err(site.mark.store.map_or(fault.clone(), |store| fault.at(store.span())));
        }
        sites.push(checked);
    }
    Ok(sites)
}

fn site(raw: &RawSite) -> Result<Site, Fault> {
    let (cache, outer) = caches(raw)?;
    let site = Site {
        name: checked(&raw.name, SiteName::parse)?,
        base_urls: base_urls(&raw.base_urls)?,
        output: raw.output.as_ref().map_or(Ok(OutputDir::default()), |o| checked(o, OutputDir::parse))?,
        is_output_named: raw.output.is_some(),
        branch: raw.branch.as_ref().map(|branch| checked(branch, BranchName::parse)).transpose()?,
        symlinks: raw.symlinks.as_ref().map_or(Ok(Symlinks::default()), |s| checked(s, Symlinks::parse))?,
        host_preset: raw.host.as_ref().map_or(Ok(HostPreset::default()), |host| checked(host, HostPreset::parse))?,
        forms: raw.forms.as_ref().map(forms).transpose()?,
        index_names: raw.index_names.as_ref().map(index_names).transpose()?,
        case: raw.case.as_ref().map(|case| checked(case, Case::parse)).transpose()?,
        spellings: raw.spellings.as_ref().map_or(Ok(Spellings::default()), |s| checked(s, Spellings::parse))?,
        escapes: raw.escapes.as_ref().map_or(Ok(Escapes::default()), |e| checked(e, Escapes::parse))?,
        deleted: raw.deleted.as_ref().map_or(Ok(Deleted::default()), |d| checked(d, Deleted::parse))?,
        cover: raw.cover.as_ref().map_or(Ok(Cover::default()), Cover::parse)?,
        rules: rules(raw)?,
        always: checked_all(&raw.always, UrlPath::parse)?,
        unknown_base: raw
            .unknown_base
            .as_ref()
            .map_or(Ok(UnknownBase::default()), |u| checked(u, UnknownBase::parse))?,
        mark: MarkStore::from_raw(&raw.mark)?,
        origin: OriginCheck::from_raw(&raw.origin)?,
        threshold: threshold(&raw.threshold, [&cache].into_iter().chain(&outer))?,
        events: Events::checked(&raw.events)?,
        cache,
        outer,
        layer: None,
        mapping: MappingDigest::default(),
    };
    Ok(Site { mapping: MappingDigest::of(&mapping_words(&site), raw)?, ..site })
}

/// Returns the settings that decide the URLs of files, one text each, whatever the order in which they were typed.
fn mapping_words(site: &Site) -> [String; 6] {
    let host = HOST_PRESETS.iter().find(|(_, preset)| *preset == site.host_preset).map_or("", |(name, _)| *name);
    let mut forms = site.forms.clone();
    if let Some(forms) = &mut forms {
        forms.sort_unstable();
        forms.dedup();
    }
    let forms = forms.map_or(String::new(), |forms| format!("{forms:?}"));
    let (case, index_names) = (format!("{:?}", site.case), format!("{:?}", site.index_names));
    // The default adds nothing, so that marks from before the key was there stay good.
    let escapes = if site.escapes == Escapes::Both { " with small escapes" } else { "" };
    let spellings = format!("{:?}{escapes}", site.spellings);
    [host.to_owned(), forms, spellings, format!("{:?}", site.symlinks), case, index_names]
}

fn base_urls(raw: &Spanned<Vec<Text>>) -> Result<Vec<BaseUrl>, Fault> {
    let mut urls = Vec::new();
    for text in raw.get_ref() {
        let url = checked(text, BaseUrl::parse)?;
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    if urls.is_empty() {
        return Err(
            Fault::new("`base_urls` is empty", "write `base_urls = [\"https://www.example.com/\"]`").at(raw.span())
        );
    }
    Ok(urls)
}

fn rules(raw: &RawSite) -> Result<Rules, Fault> {
    let ignore = checked_all(&raw.ignore, globs::of_ignore)?;
    let list = raw.rule.iter().map(rule).collect::<Result<_, _>>()?;
    Rules::new(&ignore, list)
}

fn threshold<'c>(raw: &RawThreshold, mut caches: impl Iterator<Item = &'c Cache>) -> Result<Threshold, Fault> {
    let default = Threshold::default();
    let mode = raw.mode.as_ref().map(|mode| checked(mode, Mode::parse)).transpose()?;
    if let (Some(text), Some(Mode::Invalidate)) = (&raw.mode, mode)
        && caches.all(Cache::broad_removes)
    {
        let hint = "leave it out: `mode` in [site.http_purge] is for what is known to have changed";
        return Err(Fault::new("a fallback of [site.http_purge] is a ban, which removes", hint).at(text.span()));
    }
    Ok(Threshold {
        urls: number("urls", "a number of URLs", raw.urls.as_ref(), usize::MAX, 5000)?.unwrap_or(default.urls),
        percent: number("percent", "a share of the site", raw.percent.as_ref(), 100, 20)?,
        seconds: number("seconds", "a number of seconds", raw.seconds.as_ref(), usize::MAX, 60)?,
        then: raw.then.as_ref().map_or(Ok(default.then), |then| checked(then, Fallback::parse))?,
        mode,
    })
}
