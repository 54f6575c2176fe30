//! Names of products that people write for `host`, and the presets that they may mean by them.
//!
//! A word that is nearly a preset's own is left to [`super::word`]. Here are those that it would guess wrong, or not at all: a company
//! with several products, a cache that stands before a host, and a short name.

const GITHUB: &str = "did you mean `github-pages`?";
const CLOUDFLARE: &str = "write `cloudflare-pages` for Pages, or `workers-assets` for the assets of a Worker; if Cloudflare stands before another host, write that host's preset";
const S3: &str = "write `s3-website` for a bucket's website endpoint, or `s3-rest` for its REST endpoint, as CloudFront uses it with origin access control";
const BEFORE_S3: &str = "CloudFront is a cache: write the preset of its origin, as `s3-rest` for a bucket, or `s3-website` for its website endpoint";
const CACHE: &str = "this is a cache: write the preset of the host behind it, or leave `host` out";
const GOOGLE: &str = "write `gcs` for a bucket of Cloud Storage, or `firebase` for Firebase Hosting";
const AZURE: &str = "write `azure-static` for Static Web Apps; for a storage account leave `host` out";
const PAGES: &str = "did you mean `github-pages` or `gitlab-pages` or `cloudflare-pages`?";

/// By name, in small letters.
const NAMES: &[(&str, &str)] = &[
    ("cloudflare", CLOUDFLARE),
    ("cf", CLOUDFLARE),
    ("pages.dev", "did you mean `cloudflare-pages`?"),
    ("cf-pages", "did you mean `cloudflare-pages`?"),
    ("cloudflare-workers", "did you mean `workers-assets`?"),
    ("cloudflare-worker", "did you mean `workers-assets`?"),
    ("cf-workers", "did you mean `workers-assets`?"),
    ("workers", "did you mean `workers-assets`?"),
    ("worker", "did you mean `workers-assets`?"),
    ("workers.dev", "did you mean `workers-assets`?"),
    ("github", GITHUB),
    ("gh", GITHUB),
    ("gh-pages", GITHUB),
    ("ghpages", GITHUB),
    ("github.com", GITHUB),
    ("github.io", GITHUB),
    ("pages", PAGES),
    ("gitlab", "did you mean `gitlab-pages`?"),
    ("gl-pages", "did you mean `gitlab-pages`?"),
    ("gitlab.io", "did you mean `gitlab-pages`?"),
    ("gitlab.com", "did you mean `gitlab-pages`?"),
    ("s3", S3),
    ("aws", S3),
    ("aws-s3", S3),
    ("amazon", S3),
    ("amazon-s3", S3),
    ("bucket", S3),
    ("cloudfront", BEFORE_S3),
    ("aws-cloudfront", BEFORE_S3),
    ("fastly", CACHE),
    ("akamai", CACHE),
    ("bunny", CACHE),
    ("keycdn", CACHE),
    ("varnish", CACHE),
    ("cdn", CACHE),
    ("gcp", GOOGLE),
    ("google", GOOGLE),
    ("google-cloud", GOOGLE),
    ("google-cloud-storage", GOOGLE),
    ("gcloud", GOOGLE),
    ("cloud-storage", GOOGLE),
    ("gs", GOOGLE),
    ("firebase-hosting", "did you mean `firebase`?"),
    ("azure", AZURE),
    ("azure-storage", AZURE),
    ("azure-blob", AZURE),
    ("microsoft", AZURE),
    ("swa", "did you mean `azure-static`?"),
    ("static-web-apps", "did you mean `azure-static`?"),
    ("httpd", "did you mean `apache`?"),
    ("apache2", "did you mean `apache`?"),
    ("openresty", "did you mean `nginx`?"),
    ("zeit", "did you mean `vercel`?"),
    ("now", "did you mean `vercel`?"),
];

/// Returns the hint for a name of a product that is no preset's.
pub(super) fn other_name(text: &str) -> Option<&'static str> {
    let small = text.trim().to_lowercase().replace([' ', '_'], "-");
    NAMES.iter().find(|(name, _)| *name == small).map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{HOST_PRESETS, HostPreset};

    #[test]
    fn a_product_leads_to_the_presets_that_may_be_meant_by_it() {
        for (typed, presets) in [
            ("cloudflare", &["cloudflare-pages", "workers-assets"][..]),
            ("Cloudflare", &["cloudflare-pages", "workers-assets"]),
            ("Cloudflare Workers", &["workers-assets"]),
            ("github", &["github-pages"]),
            ("GitHub.io", &["github-pages"]),
            ("gh-pages", &["github-pages"]),
            ("gh_pages", &["github-pages"]),
            ("s3", &["s3-website", "s3-rest"]),
            ("AWS", &["s3-website", "s3-rest"]),
            ("cloudfront", &["s3-website", "s3-rest"]),
            ("pages", &["github-pages", "gitlab-pages", "cloudflare-pages"]),
            ("gitlab", &["gitlab-pages"]),
            ("azure", &["azure-static"]),
            ("gcp", &["gcs", "firebase"]),
            ("httpd", &["apache"]),
        ] {
            let hint = HostPreset::parse(typed).unwrap_err().hint;
            for preset in presets {
                assert!(hint.contains(&format!("`{preset}`")), "{typed}: {hint}");
            }
        }
        let cloudflare = HostPreset::parse("cloudflare").unwrap_err().hint;
        assert!(cloudflare.contains("before another host, write that host's preset"), "{cloudflare}");
        for cache in ["cloudfront", "fastly", "cdn"] {
            assert!(HostPreset::parse(cache).unwrap_err().hint.contains("is a cache"), "{cache}");
        }
    }

    #[test]
    fn each_name_is_no_preset_and_leads_to_one() {
        for (name, hint) in NAMES {
            assert!(HOST_PRESETS.iter().all(|(preset, _)| preset != name), "{name}");
            let named: Vec<&str> = hint.split('`').skip(1).step_by(2).filter(|word| *word != "host").collect();
            assert!(named.iter().all(|word| HOST_PRESETS.iter().any(|(preset, _)| preset == word)), "{name}: {hint}");
            assert!(!named.is_empty() || *hint == CACHE, "{name}: {hint}");
        }
    }
}
