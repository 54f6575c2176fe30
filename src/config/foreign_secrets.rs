//! The secrets of other systems, which a configuration may not send to a server of its choice.
//!
//! A `purge.toml` names the variable that holds a token, and the server that gets it. A person who can change the file could so have any
//! variable of the job sent anywhere. The names here belong to other systems; `--allow-env` lets one through that is meant. The
//! files that `token_file` may not name are here too.

use std::ffi::OsStr;
use std::path::{Component, Path};

use super::spanned::Spanned;

use super::EnvName;
use super::fault::Fault;
use super::raw::{RawConfig, Text};
use crate::display::shown;

/// The provider whose variables are its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Cloudflare,
    /// A server that the configuration names.
    AnyServer,
}

/// Names of Cloudflare's variables, for which no other server has a use. Those of Access are for an origin behind it.
const CLOUDFLARE: &str = "CLOUDFLARE_* CF_API_* CF_TOKEN CF_ACCOUNT_* WRANGLER_*";

/// Names of other systems' variables; a star stands for any ending.
const FOREIGN: &[(&str, &str)] = &[
    ("AWS", "AWS_* AMAZON_* CODEBUILD_* ECS_*"),
    ("GitHub", "GITHUB_* GH_* GHCR_* ACTIONS_* RUNNER_* INPUT_* HUB_TOKEN"),
    (
        "GitLab",
        "GITLAB_* GL_* CI_JOB_* CI_BUILD_* CI_REGISTRY* CI_DEPLOY_* CI_DEPENDENCY_PROXY_* \
         CI_REPOSITORY_URL CI_RUNNER_* CI_SERVER_* ID_TOKEN*",
    ),
    ("Azure", "AZURE_* ARM_* SYSTEM_* ENDPOINT_* SECUREFILE_* VSS_* MSI_* IDENTITY_* AZ_*"),
    ("Google Cloud", "GOOGLE_* GCP_* GCLOUD_* GCS_* CLOUDSDK_* FIREBASE_*"),
    ("another cloud", "DIGITALOCEAN_* LINODE_* HCLOUD_* OVH_* SCW_* OCI_* ALICLOUD_* IBMCLOUD_*"),
    ("a host of sites", "NETLIFY_* VERCEL_* NOW_TOKEN HEROKU_* RENDER_* FLY_* RAILWAY_* SURGE_* DENO_*"),
    ("Docker or Kubernetes", "DOCKER* REGISTRY_* QUAY_* PODMAN_* KUBE* K8S_* HELM_* ARGOCD_*"),
    ("a store of secrets", "VAULT_* CONSUL_* NOMAD_* OP_* BW_* DOPPLER_* INFISICAL_* AKEYLESS_* SOPS_* AGE_*"),
    ("Terraform or its like", "TF_* TFE_* PULUMI_* ANSIBLE_* CHEF_* SPACELIFT_*"),
    (
        "another CI system",
        "BITBUCKET_* GITEA_* FORGEJO_* DRONE_* WOODPECKER_* CIRCLE_* TRAVIS_* BUILDKITE_* JENKINS_* \
         SEMAPHORE_* TEAMCITY_* APPVEYOR_* BUDDY_* CIRRUS_*",
    ),
    (
        "a registry of packages",
        "NPM_* NODE_AUTH_TOKEN YARN_* PNPM_* CARGO_* CRATES_* PYPI_* TWINE_* POETRY_* PIP_* UV_* HATCH_* \
         FLIT_* GEM_* RUBYGEMS_* BUNDLE_* NUGET_* MAVEN_* GRADLE_* ORG_GRADLE_* OSSRH_* SONATYPE_* HEX_* \
         COMPOSER_* JFROG_* ARTIFACTORY_* NEXUS_* HOMEBREW_*",
    ),
    ("SSH or signing", "SSH_* GPG_* PGP_* SIGNING_* COSIGN_* SIGSTORE_* DEPLOY_KEY* PRIVATE_KEY*"),
    ("git", "GIT_* NETRC*"),
    (
        "a database",
        "DATABASE_* DB_* PGPASS* PGSERVICE* POSTGRES* MYSQL_* MARIADB_* MONGO* REDIS_* MSSQL_* \
         SUPABASE_*",
    ),
    (
        "another service",
        "OPENAI_* ANTHROPIC_* HF_* HUGGING* SLACK_* DISCORD_* TELEGRAM_* STRIPE_* TWILIO_* SENDGRID_* \
         MAILGUN_* SMTP_* SENTRY_* SONAR_* SNYK_* CODECOV_* COVERALLS_* DATADOG_* DD_* NEW_RELIC_* \
         GRAFANA_* PAGERDUTY_* ALGOLIA_* CONTENTFUL_* LDAP_* OIDC_* JWT_* SESSION_* SECRET_KEY_BASE \
         DJANGO_* RAILS_*",
    ),
];

/// Directories and files that hold secrets of other systems, wherever they lie.
const FILES: &str = ".ssh .aws .azure .kube .docker .gnupg .git/config .git/credentials .git-credentials .netrc _netrc \
    .npmrc .yarnrc.yml .pypirc .pgpass .my.cnf .vault-token .terraform.d .terraformrc .cargo/credentials \
    .cargo/credentials.toml .gem/credentials .m2 .gradle .password-store .config/gh .config/hub \
    .config/gcloud .config/glab-cli .config/op .config/sops secrets/kubernetes.io \
    secrets/eks.amazonaws.com secrets/azure id_rsa id_dsa id_ecdsa id_ed25519";

/// Directories of the system, where no file is a token.
const OF_THE_SYSTEM: &[&str] = &["/proc", "/sys"];

/// Refuses a configuration that would send another system's secret; `allowed` are names that are let through.
pub(super) fn refuse(raw: &RawConfig, allowed: &[String]) -> Result<(), Fault> {
    for site in &raw.site {
        let of_layers = site.layer.iter().map(Spanned::get_ref);
        let cloudflares = site.cloudflare.iter().chain(of_layers.clone().filter_map(|l| l.cloudflare.as_ref()));
        let http_purges = site.http_purge.iter().chain(of_layers.filter_map(|l| l.http_purge.as_ref()));
        let of_cloudflare = cloudflares.filter_map(|table| table.get_ref().token_env.as_ref());
        let of_server = http_purges.filter_map(|table| table.get_ref().token_env.as_ref());
        let named = of_cloudflare.map(|name| (name, For::Cloudflare));
        let named = named.chain(of_server.chain(&site.origin.token_env).map(|name| (name, For::AnyServer)));
        named.into_iter().try_for_each(|(name, place)| variable(name, place, allowed))?;
    }
    Ok(())
}

fn variable(name: &Text, place: For, allowed: &[String]) -> Result<(), Fault> {
    let text = name.get_ref().as_str();
    // A token that was pasted in place of a name is not repeated.
    let is_refused = EnvName::parse(text).is_ok() && !allowed.iter().any(|one| one == text);
    let Some(owner) = owner(text, place).filter(|_| is_refused) else { return Ok(()) };
    let text = shown(text.as_bytes());
    let message = format!("{text} is a variable of {owner}, and would be sent to another server");
    let hint = format!(
        "give the token a variable of its own, like `token_env = \"PURGE_TOKEN\"`; if this one is meant, add `--allow-env {text}`"
    );
    Err(Fault::new(message, &hint).at(name.span()))
}

/// Returns whose a variable is, where it is not for that place.
fn owner(name: &str, place: For) -> Option<&'static str> {
    let is_in = |patterns: &str| {
        patterns.split_whitespace().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == pattern,
        })
    };
    if place == For::AnyServer && is_in(CLOUDFLARE) {
        return Some("Cloudflare");
    }
    FOREIGN.iter().find(|(_, patterns)| is_in(patterns)).map(|(owner, _)| *owner)
}

/// Returns true for a path at which other systems keep their secrets.
pub(super) fn is_foreign_file(path: &Path) -> bool {
    let parts: Vec<&OsStr> = path.components().map(Component::as_os_str).collect();
    let is_in = |known: &str| {
        let known: Vec<&OsStr> = known.split('/').map(OsStr::new).collect();
        parts.windows(known.len()).any(|window| *window == known[..])
    };
    FILES.split_whitespace().any(is_in) || OF_THE_SYSTEM.iter().any(|directory| path.starts_with(directory))
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";

    const FOREIGN_NAMES: &str = "AWS_SECRET_ACCESS_KEY GITHUB_TOKEN GH_TOKEN ACTIONS_RUNTIME_TOKEN CI_JOB_TOKEN \
        CI_REGISTRY_PASSWORD NPM_TOKEN SSH_PRIVATE_KEY AZURE_CLIENT_SECRET GOOGLE_CREDENTIALS \
        DOCKER_PASSWORD VAULT_TOKEN NETLIFY_AUTH_TOKEN HEROKU_API_KEY KUBE_TOKEN KUBECONFIG \
        TF_TOKEN_APP_TERRAFORM_IO PGPASSWORD DATABASE_URL SYSTEM_ACCESSTOKEN NODE_AUTH_TOKEN";

    fn parsed(lines: &str, allowed: &[&str]) -> Result<(), String> {
        let allowed: Vec<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let config = Config::parse_allowing(&format!("{SITE}{lines}"), "purge.toml", &allowed);
        config.map(drop).map_err(|e| format!("{e}; {}", e.hint()))
    }

    #[test]
    fn a_secret_of_another_system_is_sent_nowhere_unless_it_is_allowed() {
        let server =
            |name: &str| format!("[site.http_purge]\nendpoints = [\"http://127.0.0.1:1/\"]\ntoken_env = \"{name}\"\n");
        let origin = |name: &str| {
            format!("[site.origin]\nurl = \"https://o.example/\"\nheader = \"X-Key\"\ntoken_env = \"{name}\"\n")
        };
        let cloudflare = |name: &str| format!("[site.cloudflare]\ntoken_env = \"{name}\"\n");
        let layer = |name: &str| {
            format!(
                "[[site.layer]]\n[site.layer.http_purge]\nendpoints = [\"http://127.0.0.1:1/\"]\ntoken_env = \"{name}\"\n"
            )
        };
        for name in FOREIGN_NAMES.split_whitespace() {
            for lines in [server(name), origin(name), cloudflare(name), layer(name)] {
                let error = parsed(&lines, &[]).unwrap_err();
                assert!(error.contains(&format!("{name} is a variable of ")), "{error}");
                assert!(
                    error.contains(&format!("add `--allow-env {name}`")) && error.starts_with("purge.toml:"),
                    "{error}"
                );
                assert!(parsed(&lines, &["OTHER"]).is_err());
                assert_eq!(parsed(&lines, &["OTHER", name]), Ok(()));
            }
        }
        for name in
            ["PURGE_TOKEN", "VARNISH_KEY", "ORIGIN_KEY", "FASTLY_API_TOKEN", "MY_AWS_LIKE_TOKEN", "T", "CI_PURGE_TOKEN"]
        {
            for lines in [server(name), origin(name), cloudflare(name), layer(name)] {
                assert_eq!(parsed(&lines, &[]), Ok(()), "{name}");
            }
        }
        for name in ["CLOUDFLARE_API_TOKEN", "CF_API_TOKEN", "CLOUDFLARE_API_KEY"] {
            assert_eq!(parsed(&cloudflare(name), &[]), Ok(()));
            assert!(parsed(&server(name), &[]).unwrap_err().contains("a variable of Cloudflare"));
            assert!(parsed(&origin(name), &[]).is_err() && parsed(&layer(name), &[]).is_err());
        }
        assert_eq!(parsed(&origin("CF_ACCESS_CLIENT_SECRET"), &[]), Ok(()));
    }

    #[test]
    fn a_file_of_another_system_is_no_token_file() {
        for path in [
            "/root/.ssh/id_rsa",
            "../../home/u/.git-credentials",
            ".git/config",
            "/proc/self/environ",
            "id_ed25519",
            "/var/run/secrets/kubernetes.io/serviceaccount/token",
            "/home/u/.config/gh/hosts.yml",
            "/home/u/.netrc",
        ] {
            let error = parsed(&format!("[site.cloudflare]\ntoken_file = \"{path}\"\n"), &[]).unwrap_err();
            assert!(error.contains("other systems keep") && error.contains("a file of its own"), "{path}: {error}");
        }
        for path in [
            ".token",
            "/run/secrets/purge_token",
            "secrets/cloudflare",
            "/etc/diffpurge/token",
            "/home/u/.config/diffpurge/token",
            "/src/azure/.token",
            ".git/token",
        ] {
            assert_eq!(parsed(&format!("[site.cloudflare]\ntoken_file = \"{path}\"\n"), &[]), Ok(()), "{path}");
        }
    }
}
