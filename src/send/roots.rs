//! Whose certificates are trusted: the system's, and the program's own where the system has none.
//!
//! A machine's owner decides whom it trusts, so what is there counts alone. An image that holds nothing but the program has no
//! certificates, and there the roots of Mozilla's programme, which are compiled in, let it purge all the same. macOS and Windows judge
//! certificates themselves.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// Returns the settings of TLS; nothing where the system judges certificates by itself.
pub(super) fn tls() -> Option<ClientConfig> {
    if cfg!(any(windows, target_vendor = "apple", target_os = "android")) {
        return None;
    }
    // A certificate that cannot be read is passed over, as the system's own programs do.
    trusting(of(rustls_native_certs::load_native_certs().certs))
}

/// Returns the settings of TLS that trust nobody, for who never speaks it: to read the system's certificates takes longer than a plan.
pub(super) fn no_tls() -> Option<ClientConfig> {
    trusting(RootCertStore::empty())
}

fn trusting(roots: RootCertStore) -> Option<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // The versions are those of the provider, so that this never fails; without it the client brings its own.
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(config.with_root_certificates(roots).with_no_client_auth())
}

/// Returns these roots, or the compiled-in ones where none of them can be used.
fn of(system: Vec<CertificateDer<'static>>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(system);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_without_certificates_gets_the_compiled_in_ones_and_any_other_only_its_own() {
        let compiled_in = webpki_roots::TLS_SERVER_ROOTS.len();
        assert!(compiled_in > 100);
        assert_eq!(of(Vec::new()).len(), compiled_in);
        assert_eq!(of(vec![CertificateDer::from(b"no certificate".to_vec())]).len(), compiled_in);
        let system = rustls_native_certs::load_native_certs().certs;
        if !system.is_empty() {
            let one = of(vec![system[0].clone()]);
            assert_eq!((one.len(), one.roots.iter().all(|root| !root.subject.is_empty())), (1, true));
        }
    }
}
