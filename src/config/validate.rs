//! From what was typed to what can be used: the one conversion, where every error about a value is made.

use std::collections::HashSet;

use toml::Spanned;

use super::error::Fault;
use super::raw::{RawCloudflare, RawConfig, RawSite, RawThreshold, Text};
use super::rule::rule;
use super::token_source::token_source;
use super::{
    BaseUrl, Cloudflare, CloudflarePlan, Config, ConfigError, Cover, Deleted, EnvironmentId, Events, Fallback, Form,
    Host, MarkStore, Mode, OneSite, OriginCheck, OutputDir, Rules, Site, SiteName, Spellings, Symlinks, Threshold,
    UnknownBase, UrlPath, ZoneId, globs,
};
use crate::display::shown;

pub(super) fn config(raw: RawConfig) -> Result<Config, Fault> {
    if raw.site.is_empty() {
        return Err(Fault::new("the file names no site", "write `[[site]]`, and below it `name` and `base_urls`"));
    }
    let (mut names, mut files) = (HashSet::new(), HashSet::new());
    let mut sites = Vec::with_capacity(raw.site.len());
    for site in raw.site {
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
    Ok(Config { sites })
}

/// Checks one value and puts its place into the fault.
pub(super) fn checked<T>(text: &Text, check: impl FnOnce(&str) -> Result<T, Fault>) -> Result<T, Fault> {
    check(text.get_ref()).map_err(|fault| fault.at(text.span()))
}

/// Checks each value of a list.
pub(super) fn checked_all<T>(texts: &[Text], check: impl Fn(&str) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    texts.iter().map(|text| checked(text, &check)).collect()
}

fn site(raw: &RawSite) -> Result<Site, Fault> {
    let cloudflare = cloudflare(&raw.cloudflare)?;
    Ok(Site {
        name: checked(&raw.name, SiteName::parse)?,
        base_urls: base_urls(&raw.base_urls)?,
        output: raw.output.as_ref().map_or(Ok(OutputDir::default()), |o| checked(o, OutputDir::parse))?,
        symlinks: raw.symlinks.as_ref().map_or(Ok(Symlinks::default()), |s| checked(s, Symlinks::parse))?,
        host: raw.host.as_ref().map_or(Ok(Host::default()), |host| checked(host, Host::parse))?,
        forms: raw.forms.as_ref().map(forms).transpose()?,
        spellings: raw.spellings.as_ref().map_or(Ok(Spellings::default()), |s| checked(s, Spellings::parse))?,
        deleted: raw.deleted.as_ref().map_or(Ok(Deleted::default()), |d| checked(d, Deleted::parse))?,
        cover: raw.cover.as_ref().map_or(Ok(Cover::default()), Cover::parse)?,
        rules: rules(raw)?,
        always: checked_all(&raw.always, UrlPath::parse)?,
        unknown_base: raw
            .unknown_base
            .as_ref()
            .map_or(Ok(UnknownBase::default()), |u| checked(u, UnknownBase::parse))?,
        mark: MarkStore::of(&raw.mark)?,
        origin: OriginCheck::of(&raw.origin)?,
        threshold: threshold(&raw.threshold, &cloudflare)?,
        events: Events::checked(&raw.events)?,
        cloudflare,
    })
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

pub(super) fn forms(raw: &Spanned<Vec<Text>>) -> Result<Vec<Form>, Fault> {
    if raw.get_ref().is_empty() {
        return Err(Fault::new("`forms` is empty, so no file would have a URL", "leave it out for the host's forms")
            .at(raw.span()));
    }
    raw.get_ref().iter().map(|form| checked(form, Form::parse)).collect()
}

fn rules(raw: &RawSite) -> Result<Rules, Fault> {
    let ignore = checked_all(&raw.ignore, globs::regex)?;
    let list = raw.rule.iter().map(rule).collect::<Result<_, _>>()?;
    Rules::new(&ignore, list)
}

fn cloudflare(raw: &RawCloudflare) -> Result<Cloudflare, Fault> {
    let default = Cloudflare::default();
    Ok(Cloudflare {
        zone_id: raw.zone_id.as_ref().map(|id| checked(id, ZoneId::parse)).transpose()?,
        token: token_source(raw)?,
        plan: raw.plan.as_ref().map_or(Ok(default.plan), |plan| checked(plan, CloudflarePlan::parse))?,
        mode: raw.mode.as_ref().map_or(Ok(default.mode), |mode| checked(mode, Mode::parse))?,
        environment: raw.environment_id.as_ref().map(|id| checked(id, EnvironmentId::parse)).transpose()?,
    })
}

/// Without a mode of its own, a fallback does as the site does.
fn threshold(raw: &RawThreshold, cloudflare: &Cloudflare) -> Result<Threshold, Fault> {
    let default = Threshold::default();
    Ok(Threshold {
        urls: number("urls", "a number of URLs", raw.urls.as_ref(), usize::MAX, 5000)?.unwrap_or(default.urls),
        percent: number("percent", "a share of the site", raw.percent.as_ref(), 100, 20)?,
        seconds: number("seconds", "a number of seconds", raw.seconds.as_ref(), usize::MAX, 60)?,
        then: raw.then.as_ref().map_or(Ok(default.then), |then| checked(then, Fallback::parse))?,
        mode: raw.mode.as_ref().map_or(Ok(cloudflare.mode), |mode| checked(mode, Mode::parse))?,
    })
}

/// A number from 1 to `most`.
pub(super) fn number(
    key: &str,
    what: &str,
    raw: Option<&Spanned<i64>>,
    most: usize,
    example: usize,
) -> Result<Option<usize>, Fault> {
    let Some(n) = raw else { return Ok(None) };
    let fits = usize::try_from(*n.get_ref()).ok().filter(|n| (1..=most).contains(n));
    let fault = || {
        let range = if most == usize::MAX { "1 or more".to_owned() } else { format!("1 to {most}") };
        let hint = format!("write {range}, for example `{key} = {example}`");
        Fault::new(format!("`{key} = {}` is not {what}", n.get_ref()), hint).at(n.span())
    };
    fits.ok_or_else(fault).map(Some)
}

/// The same checks for the options that stand in for a file.
pub(super) fn one_site(typed: OneSite<'_>) -> Result<Site, ConfigError> {
    let base_urls = typed
        .base_urls
        .iter()
        .map(|u| BaseUrl::parse(u))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|f| ConfigError::in_option("--base-url", f))?;
    let Some(first) = base_urls.first() else {
        return Err(ConfigError::in_option(
            "--base-url",
            Fault::new("no URL is given", "write `--base-url https://www.example.com/`"),
        ));
    };
    let output = typed
        .output
        .map_or(Ok(OutputDir::default()), OutputDir::parse)
        .map_err(|f| ConfigError::in_option("--output", f))?;
    let zone_id = typed.zone_id.map(ZoneId::parse).transpose().map_err(|f| ConfigError::in_option("--zone-id", f))?;
    Ok(Site {
        name: SiteName::of_host(first.host()),
        base_urls,
        output,
        symlinks: Symlinks::default(),
        host: Host::default(),
        forms: None,
        spellings: Spellings::default(),
        deleted: Deleted::default(),
        cover: Cover::default(),
        rules: Rules::default(),
        always: Vec::new(),
        cloudflare: Cloudflare { zone_id, ..Cloudflare::default() },
        unknown_base: UnknownBase::default(),
        mark: MarkStore::default(),
        origin: OriginCheck::default(),
        threshold: Threshold::default(),
        events: Events::default(),
    })
}
