//! The plans of all sites of a run, one for each of a site's caches, each from the material of its site.

use std::collections::VecDeque;

use super::comparison::Comparison;
use super::maker::{Known, Layered, Material, What, make};
use super::told::Told;
use crate::changes::Named;
use crate::config::{Cache, Site, ZoneId};
use crate::display::grouped;
use crate::engine::error::Error;
use crate::engine::ground::{Ground, environment_zone};
use crate::engine::run::mark::SiteMark;
use crate::engine::run::{MarkUse, Run, SiteRun, Unmade, Unplanned, marks};
use crate::plan::{Basis, Neighbour, Plan};
use crate::provider::Provider;
use crate::snapshot::Ends;

/// What the plans of a run are made of, read once for all sites.
pub(super) enum Materials {
    Compared { comparison: Box<Comparison>, marks: VecDeque<Option<Result<SiteMark, Error>>> },
    Paths { source: String, named: Named },
    Events(Told),
}

/// The material of one site, with what the run has to keep of it.
struct OfSite {
    material: Material,
    ends: Option<Ends>,
    mark: Option<SiteMark>,
}

impl Materials {
    /// Opens the marks that the sites are compared with.
    pub(super) fn compared(
        ground: &Ground<'_>,
        mut comparison: Comparison,
        marks: MarkUse,
    ) -> Result<Materials, Error> {
        let marks = open_marks(ground, &mut comparison, marks)?;
        Ok(Materials::Compared { comparison: Box::new(comparison), marks })
    }

    /// Returns the material of the next site of the run.
    fn next(&mut self, ground: &Ground<'_>, site: &Site) -> Result<OfSite, Box<Unmade>> {
        let alone = |material| OfSite { material, ends: None, mark: None };
        match self {
            Materials::Paths { source, named } => Ok(alone(listed(source, named))),
            Materials::Events(told) => Ok(alone(told.material(site))),
            Materials::Compared { comparison, marks } => {
                let mut mark = marks.pop_front().flatten().transpose()?;
                match comparison.material(ground, site, mark.as_mut()) {
                    Ok((material, ends)) => Ok(OfSite { material, ends: Some(ends), mark }),
                    Err(error) => Err(Box::new(Unmade { error, mark })),
                }
            }
        }
    }
}

/// Opens the marks of all sites, in their order; none for those that go without.
fn open_marks(
    ground: &Ground<'_>,
    comparison: &mut Comparison,
    how: MarkUse,
) -> Result<VecDeque<Option<Result<SiteMark, Error>>>, Error> {
    let is_wanted = how != MarkUse::None;
    let from = comparison.range.from.is_some();
    // A site's own TO is a revision, whichever.
    let to = comparison.range.to.clone().unwrap_or_else(|| "HEAD".to_owned());
    let is_used = |site: &&Site| is_wanted && marks::holds(site, &to);
    let used: Vec<&Site> = ground.chosen.sites.iter().filter(is_used).collect();
    let mut opened = marks::open(ground, &used, &mut comparison.sources, how)?.into_iter();
    // With a FROM, a mark that cannot hold TO is left alone.
    let none_holds = is_wanted && !from;
    let mark_of = |site: &Site| {
        if is_used(&site) { opened.next() } else { none_holds.then(|| Err(marks::holds_no(site, &to).into())) }
    };
    Ok(ground.chosen.sites.iter().map(mark_of).collect())
}

/// Returns the material of a list of paths, which is the same for every site.
fn listed(source: &str, named: &Named) -> Material {
    let notes = match named.directories {
        0 => Vec::new(),
        1 => vec!["1 directory in the list passed over: the files in them are listed themselves".to_owned()],
        n => {
            let directories = grouped(n);
            vec![format!("{directories} directories in the list passed over: the files in them are listed themselves")]
        }
    };
    let changes = named.changes.clone();
    let basis = Basis::Paths { source: source.to_owned(), count: changes.paths.len() };
    Material { what: What::Changes(Box::new(Known { basis, changes, files: None, base_urls: None })), notes }
}

/// Plans for each site of the run. A site of which no plan can be made does not stop the others. The mark, and what was
/// compared, stand with the outermost layer, which is sent last.
pub(super) fn plan_each(ground: &Ground<'_>, mut materials: Materials) -> Result<Run, Error> {
    let zone = environment_zone(ground.environment)?;
    let mut run = Run::default();
    for site in &ground.chosen.sites {
        let made = materials.next(ground, site);
        let planned = made.and_then(|of_site| {
            let OfSite { material, ends, mark } = of_site;
            match plan_layers(ground.all, site, zone.as_ref(), material) {
                Ok(layers) => Ok((layers, ends, mark)),
                Err(error) => Err(Box::new(Unmade { error, mark })),
            }
        });
        match planned {
            Ok((mut layers, ends, mark)) => {
                if let Some(outermost) = layers.last_mut() {
                    (outermost.ends, outermost.mark) = (ends, mark);
                }
                run.sites.append(&mut layers);
            }
            Err(unmade) => {
                let Unmade { error, mark } = *unmade;
                run.unplanned.push(Unplanned { site: site.clone(), error, mark });
            }
        }
    }
    Ok(run)
}

/// Plans for each cache of one site, from the origin outward.
fn plan_layers(all: &[Site], site: &Site, zone: Option<&ZoneId>, material: Material) -> Result<Vec<SiteRun>, Error> {
    let zone_of =
        |cache: &Cache| cache.cloudflare().and_then(|cloudflare| cloudflare.zone_id.clone().or(zone.cloned()));
    let same = |one: &Cache, other: &Cache| match (one, other) {
        (Cache::Cloudflare(_), Cache::Cloudflare(_)) => zone_of(one) == zone_of(other),
        (Cache::HttpPurge(one), Cache::HttpPurge(other)) => one.shares_a_node(other),
        (Cache::Cloudflare(_), Cache::HttpPurge(_)) | (Cache::HttpPurge(_), Cache::Cloudflare(_)) => false,
    };
    let layers = site.in_layers();
    let last = layers.len().saturating_sub(1);
    let mut material = Some(material);
    let mut runs = Vec::with_capacity(layers.len());
    for (number, layer) in layers.into_iter().enumerate() {
        let neighbour =
            |other| Neighbour { site: other, same_zone: Site::caches(other).any(|cache| same(cache, &layer.cache)) };
        let neighbours: Vec<Neighbour<'_>> =
            all.iter().filter(|other| other.name != site.name).map(neighbour).collect();
        let provider = Provider::of(&layer);
        let layered = Layered { site: &layer, provider: &provider, neighbours: &neighbours };
        let material = if number == last { material.take() } else { material.clone() };
        let Some(material) = material else { break };
        let plan: Plan = make(&layered, material)?;
        let zone = zone_of(&layer.cache);
        runs.push(SiteRun::planned(layer, plan, provider, zone));
    }
    Ok(runs)
}
