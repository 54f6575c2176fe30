//! The plans of all sites of a run, one for each of a site's caches, each from the material of its site.

use std::collections::VecDeque;

use super::comparison::Comparison;
use super::listed;
use super::maker::{Layered, Material, make};
use super::told::Told;
use crate::changes::Named;
use crate::config::Site;
use crate::engine::error::Error;
use crate::engine::ground::Ground;
use crate::engine::run::mark::SiteMark;
use crate::engine::run::{MarkUse, Run, SiteRun, Unmade, Unplanned, marks};
use crate::plan::{Neighbour, Plan};
use crate::provider::{Destination, Provider};
use crate::snapshot::Ends;

/// The materials of a run's plans, read once for all sites.
pub(super) enum Materials {
    Compared {
        comparison: Box<Comparison>,
        marks: VecDeque<Option<Result<SiteMark, Error>>>,
    },
    Paths {
        source: String,
        named: Box<Named>,
    },
    Events(Told),
    /// One for each site of the run.
    Asked(VecDeque<Material>),
}

/// The material of one site, with what the run has to keep of it.
struct OfSite {
    material: Material,
    ends: Option<Ends>,
    mark: Option<SiteMark>,
}

impl Materials {
    /// Opens the marks that the sites are compared with.
    pub(super) fn compared(ground: &Ground<'_>, mut comparison: Comparison, marks: MarkUse) -> Materials {
        let marks = open_marks(ground, &mut comparison, marks);
        Materials::Compared { comparison: Box::new(comparison), marks }
    }

    /// Returns the material of the next site of the run.
    fn next(&mut self, ground: &Ground<'_>, site: &Site) -> Result<OfSite, Box<Unmade>> {
        let alone = |material| OfSite { material, ends: None, mark: None };
        match self {
            Materials::Paths { source, named } => Ok(alone(listed::material(ground, site, source, named)?)),
            Materials::Asked(materials) => Ok(alone(materials.pop_front().unwrap_or_else(Material::nothing))),
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
) -> VecDeque<Option<Result<SiteMark, Error>>> {
    let is_wanted = how != MarkUse::None;
    let from = comparison.range.from.is_some();
    // A site's own TO is a revision, whichever.
    let to = comparison.range.to.clone().unwrap_or_else(|| "HEAD".to_owned());
    let is_used = |site: &&Site| is_wanted && marks::holds(site, &to);
    let used: Vec<&Site> = ground.chosen.sites.iter().filter(is_used).collect();
    let mut opened = marks::open(ground, &used, &mut comparison.sources, how).into_iter();
    // With a FROM, a mark that cannot hold TO is left alone.
    let none_holds = is_wanted && !from;
    let mark_of = |site: &Site| {
        let mark =
            if is_used(&site) { opened.next() } else { none_holds.then(|| Err(marks::holds_no(site, &to).into())) };
        match mark {
            Some(Err(error)) if how == MarkUse::TryRead => {
                ground.note(format!("{}: the mark is not used, since it cannot be read: {error}", site.name));
                None
            }
            mark => mark,
        }
    };
    ground.chosen.sites.iter().map(mark_of).collect()
}

/// Plans for each site of the run. A site of which no plan can be made does not stop the others. The mark, and what was
/// compared, stand with the outermost layer, which is sent last.
pub(super) fn plan_each(ground: &Ground<'_>, mut materials: Materials) -> Result<Run, Error> {
    let elsewhere = destinations(ground)?;
    let mut run = Run::default();
    for site in &ground.chosen.sites {
        let made = materials.next(ground, site);
        let planned = made.and_then(|of_site| {
            let OfSite { material, ends, mark } = of_site;
            match plan_layers(ground, site, &elsewhere, material) {
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

/// A site, and what a purge of everything of each of its caches is a purge of.
pub(super) type Elsewhere<'s> = Vec<(&'s Site, Vec<Destination>)>;

/// Finds who else goes with everything of a cache.
pub(super) fn destinations<'g>(ground: &Ground<'g>) -> Result<Elsewhere<'g>, Error> {
    let mut elsewhere = Vec::with_capacity(ground.all.len());
    for site in ground.all {
        let of_cache = |cache| Provider::for_cache(cache, site, ground.environment).map(|p| p.destination());
        elsewhere.push((site, site.caches().map(of_cache).collect::<Result<_, _>>()?));
    }
    Ok(elsewhere)
}

/// Plans for each cache of one site, from the origin outward.
pub(super) fn plan_layers(
    ground: &Ground<'_>,
    site: &Site,
    elsewhere: &Elsewhere<'_>,
    material: Material,
) -> Result<Vec<SiteRun>, Error> {
    let layers = site.in_layers();
    let last = layers.len().saturating_sub(1);
    let mut material = Some(material);
    let mut runs = Vec::with_capacity(layers.len());
    for (number, layer) in layers.into_iter().enumerate() {
        let provider = Provider::for_site(&layer, ground.environment)?;
        let own = provider.destination();
        let shares = |there: &[Destination]| there.iter().any(|one| one.shares_all_with(&own));
        // A site of which nothing changed has nothing that another goes with: of hundreds, most are such.
        let is_idle = material.as_ref().is_some_and(Material::is_of_nothing);
        let others = elsewhere.iter().filter(|(other, _)| !is_idle && other.name != site.name);
        let neighbours: Vec<Neighbour<'_>> =
            others.map(|(site, there)| Neighbour { site, shares_everything: shares(there) }).collect();
        let layered = Layered { site: &layer, provider: &provider, neighbours: &neighbours };
        let material = if number == last { material.take() } else { material.clone() };
        let Some(material) = material else { break };
        let plan: Plan = make(&layered, material)?;
        runs.push(SiteRun::planned(layer, plan, provider));
    }
    Ok(runs)
}
