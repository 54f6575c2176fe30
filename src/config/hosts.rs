//! Every host that a site's purges may name: those of its base URLs, and what its rules add.

use std::collections::BTreeSet;

use super::Site;

impl Site {
    /// The hosts without ports, sorted, each once; at least one.
    #[must_use]
    pub fn hosts(&self) -> Vec<&str> {
        let rules = || self.rules.iter().map(|(_, rule)| rule);
        let base_urls = self.base_urls.iter().map(super::BaseUrl::host);
        let prefixes = rules().flat_map(|rule| &rule.prefixes).map(super::Prefix::host);
        let hosts = rules().flat_map(|rule| &rule.hosts).map(super::HostName::as_str);
        base_urls.chain(prefixes).chain(hosts).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn hosts_come_from_base_urls_and_from_rules() {
        let text = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com:8443/a/\", \"https://www.example.com/b/\"]\n\
                    [[site.rule]]\nmatch = [\"**\"]\nprefixes = [\"img.example.com:8080/x/\"]\nhosts = [\"CDN.example.com\"]\n";
        let site = Config::parse(text, "purge.toml").unwrap().sites.remove(0);
        assert_eq!(site.hosts(), ["cdn.example.com", "img.example.com", "www.example.com"]);
    }
}
