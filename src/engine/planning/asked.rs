//! What somebody asks for by hand, shared out among the sites: each URL, prefix and host to the site whose it is, tags and everything to
//! all of them.
//!
//! Nothing that is asked for is dropped, and an empty list is an error. The operations themselves are left to
//! [`crate::mapping::map_asked`].

use super::maker::{Material, What};
use super::share::Share;
use super::subject::{Asked, These};
use crate::config::{BaseUrl, HostName, Prefix, Site, Tag};
use crate::display::shown;
use crate::engine::error::{AskedError, Error};
use crate::engine::ground::Ground;
use crate::mapping::{AskedUrl, Operation, map_asked};
use crate::provider::{Destination, Provider};

/// The shares of the run's sites, in their order.
struct Sharing<'s, 'g> {
    ground: &'s Ground<'g>,
    shares: Vec<Share>,
    notes: Vec<Vec<String>>,
    /// The caches of each site: what reaches all of one's reaches all of another's that has the same.
    destinations: Vec<Vec<Destination>>,
}

/// Shares out what was asked for: the sites that it is about, with the material of their plans.
pub(super) fn share_out(ground: &Ground<'_>, asked: &Asked) -> Result<Vec<(Site, Material)>, Error> {
    let sites = &ground.chosen.sites;
    let of_cache = |site: &Site| -> Result<Vec<Destination>, Error> {
        let one = |cache| Provider::for_cache(cache, site, ground.environment).map(|provider| provider.destination());
        Ok(site.caches().map(one).collect::<Result<_, _>>()?)
    };
    let destinations = sites.iter().map(of_cache).collect::<Result<_, Error>>()?;
    let (shares, notes) = (vec![Share::default(); sites.len()], vec![Vec::new(); sites.len()]);
    let mut sharing = Sharing { ground, shares, notes, destinations };
    match asked {
        Asked::Everything => sharing.for_all(&Operation::Everything),
        Asked::These(these) => sharing.these(these)?,
    }
    if sharing.leaves_forms() {
        let text =
            "only the URLs that were typed are purged: their other forms stay cached, and `--forms` purges them too";
        ground.note(text);
    }
    let all = sites.iter().zip(sharing.shares).zip(sharing.notes);
    let concerned = all.filter(|((_, share), _)| !share.urls.is_empty() || !share.others.is_empty());
    let material = |((site, share), notes): ((&Site, Share), Vec<String>)| {
        (site.clone(), Material { what: What::Asked(Box::new(share)), notes })
    };
    Ok(concerned.map(material).collect())
}

impl Sharing<'_, '_> {
    fn these(&mut self, these: &These) -> Result<(), Error> {
        for typed in &these.urls {
            self.url(typed, these.forms)?;
        }
        for typed in &these.prefixes {
            self.prefix(typed)?;
        }
        for typed in &these.hosts {
            let host = HostName::typed("--host", typed)?;
            let sites = self.choose(typed, host.as_str(), |site| site.hosts().contains(&host.as_str()).then_some(0))?;
            self.once(&sites, &Operation::from(host));
        }
        for typed in &these.tags {
            self.for_all(&Operation::from(Tag::typed("--tag", typed)?));
        }
        Ok(())
    }

    fn url(&mut self, typed: &str, forms: bool) -> Result<(), Error> {
        let url = AskedUrl::parse(typed).map_err(|fault| AskedError::Url { typed: typed.to_owned(), fault })?;
        for number in self.choose(typed, url.host(), |site| url.depth_in(site))? {
            let site = &self.ground.chosen.sites[number];
            let text = || shown(typed.trim().as_bytes());
            if url.has_fragment() {
                self.notes[number].push(format!("{}: browsers send no fragment, so it is left out", text()));
            }
            if let Some(base) = url.base_of_another_scheme(site) {
                self.notes[number].push(format!("{}: the site's base URL is {base}, whose scheme is taken", text()));
            }
            let share = &mut self.shares[number];
            share.forms = forms;
            if !share.urls.contains(&url) {
                share.urls.push(url.clone());
            }
        }
        Ok(())
    }

    fn prefix(&mut self, typed: &str) -> Result<(), Error> {
        let prefix = Prefix::typed("--prefix", typed)?;
        let text = prefix.as_str();
        let depth = |site: &Site| {
            let bases = site.base_urls.iter().map(BaseUrl::without_scheme).filter(|base| text.starts_with(base));
            bases.map(str::len).max()
        };
        let is_of_base = self.ground.all.iter().any(|site| depth(site).is_some());
        let is_of_rules = |site: &Site| {
            let bases = || site.base_urls.iter().map(BaseUrl::host);
            site.hosts().contains(&prefix.host()) && bases().all(|host| host != prefix.host())
        };
        let sites =
            self.choose(
                typed,
                prefix.host(),
                |site| {
                    if is_of_base { depth(site) } else { is_of_rules(site).then_some(0) }
                },
            )?;
        self.once(&sites, &Operation::from(prefix));
        Ok(())
    }

    /// Returns the sites that something belongs to, by their numbers: those in which it lies deepest.
    fn choose(&self, typed: &str, host: &str, depth: impl Fn(&Site) -> Option<usize>) -> Result<Vec<usize>, Error> {
        let deepest = self.ground.all.iter().filter_map(&depth).max();
        let Some(deepest) = deepest else {
            return Err(AskedError::no_site(typed, host, self.ground.all).into());
        };
        let is_its = |site: &Site| depth(site) == Some(deepest);
        let chosen = self.ground.chosen.sites.iter().enumerate();
        let numbers: Vec<usize> = chosen.filter(|(_, site)| is_its(site)).map(|(number, _)| number).collect();
        if numbers.is_empty() {
            let sites = self.ground.all.iter().filter(|site| is_its(site)).map(|site| site.name.to_string()).collect();
            return Err(AskedError::LeftOut { typed: typed.to_owned(), sites }.into());
        }
        Ok(numbers)
    }

    /// Returns true where URLs are purged as they were typed, and have other forms.
    fn leaves_forms(&self) -> bool {
        let urls = |share: &Share, site: &Site, forms| {
            let (_, mapping) = map_asked(&share.urls, forms, Vec::new(), site);
            mapping.operations.iter().filter(|mapped| matches!(mapped.what, Operation::Url(_))).count()
        };
        let mut typed = self.shares.iter().zip(&self.ground.chosen.sites).filter(|(share, _)| !share.forms);
        typed.any(|(share, site)| !share.urls.is_empty() && urls(share, site, true) > urls(share, site, false))
    }

    fn for_all(&mut self, operation: &Operation) {
        self.once(&(0..self.shares.len()).collect::<Vec<_>>(), operation);
    }

    /// Adds an operation to some sites; of those that have the same caches, to the first.
    fn once(&mut self, sites: &[usize], operation: &Operation) {
        let mut first: Vec<usize> = Vec::new();
        for number in sites {
            let same = first.iter().find(|known| self.destinations[**known] == self.destinations[*number]);
            if let Some(same) = same {
                let names = &self.ground.chosen.sites;
                let note = format!("{} has the same caches, and goes with it", names[*number].name);
                // Of everything the plan names the hosts that go along.
                if *operation != Operation::Everything && !self.notes[*same].contains(&note) {
                    self.notes[*same].push(note);
                }
                continue;
            }
            first.push(*number);
            let others = &mut self.shares[*number].others;
            if !others.contains(operation) {
                others.push(operation.clone());
            }
        }
    }
}
