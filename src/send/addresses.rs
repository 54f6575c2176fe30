//! Finds the servers behind a name. A headless service and a round-robin of DNS give one name to several nodes, and a client that
//! asks whichever answers first leaves the others stale.
//!
//! The requests to the servers, and the name in them, are left to [`super::Http`].

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, sleep, timeout};
use url::{Host, Url};

/// How long a name that is not found is looked up again, at most: a service that restarts has no address for some seconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The wait after the first look-up in vain; it doubles from there.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// How long this machine's own servers are waited for, to see which of its two addresses they listen on.
const KNOCK: Duration = Duration::from_secs(1);

/// The servers behind an endpoint's host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Each address once, sorted, with the endpoint's port; at least one. `None` stands for whichever the client finds.
    pub addresses: Vec<Option<SocketAddr>>,
    /// False where the endpoint holds its address itself.
    pub is_name: bool,
    /// Those that this machine has no way to, while it has one to the others.
    pub unreachable: Vec<IpAddr>,
}

impl Found {
    fn literal(address: SocketAddr) -> Found {
        Found { is_name: false, ..Found::of(vec![Some(address)]) }
    }

    /// Makes one of the addresses of a name.
    #[must_use]
    pub fn of(addresses: Vec<Option<SocketAddr>>) -> Found {
        Found { addresses, is_name: true, unreachable: Vec::new() }
    }
}

/// Finds the servers behind the host of an endpoint; a name that is not found is looked up again for a while, `deadline` at most.
///
/// # Errors
/// When the name leads nowhere, in one line.
pub async fn addresses(endpoint: &str, deadline: Duration) -> Result<Found, String> {
    let url = Url::parse(endpoint).map_err(|e| e.to_string())?;
    let port = url.port_or_known_default().unwrap_or(80);
    let name = match url.host() {
        Some(Host::Ipv4(ip)) => return Ok(Found::literal((ip, port).into())),
        Some(Host::Ipv6(ip)) => return Ok(Found::literal((ip, port).into())),
        Some(Host::Domain(name)) => name,
        None => return Err("it has no host".to_owned()),
    };
    let (start, mut wait) = (Instant::now(), FIRST_WAIT);
    let all = loop {
        let why = match lookup_host((name, port)).await.map(distinct) {
            Ok(all) if !all.is_empty() => break all,
            Ok(_) => "it has no address".to_owned(),
            Err(e) => e.to_string(),
        };
        if start.elapsed() + wait > deadline.min(PATIENCE) {
            return Err(why);
        }
        sleep(wait).await;
        wait *= 2;
    };
    if are_twins(&all) {
        return Ok(listening(&all).await);
    }
    Ok(with_a_way(all, has_a_way))
}

/// Returns each address once, sorted. An IPv4 address in the clothes of an IPv6 one is the same server.
fn distinct(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut all: Vec<SocketAddr> = found
        .map(|address| match address.ip().to_canonical() {
            ip @ IpAddr::V4(_) => (ip, address.port()).into(),
            // It keeps its zone: `fe80::1` is another server on another link.
            IpAddr::V6(_) => address,
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Returns true for this machine's address in both families, as `localhost` has it.
fn are_twins(all: &[SocketAddr]) -> bool {
    matches!(all, [four, six] if four.is_ipv4() && six.is_ipv6() && four.ip().is_loopback() && six.ip().is_loopback())
}

/// Returns those of this machine's two addresses that a server listens on: most listen on one alone, and the other one hides
/// nothing. Where none does, the client finds out when one comes up.
async fn listening(twins: &[SocketAddr]) -> Found {
    let mut there = Vec::new();
    for twin in twins {
        // A server that is too busy to answer is there.
        if !matches!(timeout(KNOCK, TcpStream::connect(twin)).await, Ok(Err(_))) {
            there.push(Some(*twin));
        }
    }
    Found::of(if there.is_empty() { vec![None] } else { there })
}

/// Sets a family apart that this machine has no way to, as long as it has one to the other: a runner without IPv6 meets most
/// servers that have both by their IPv4 address. Without a way to either, all are asked, and say why they cannot be.
fn with_a_way(all: Vec<SocketAddr>, has_a_way: impl Fn(&SocketAddr) -> bool) -> Found {
    let (four, six): (Vec<SocketAddr>, Vec<SocketAddr>) = all.into_iter().partition(SocketAddr::is_ipv4);
    let leads = |family: &[SocketAddr]| family.iter().any(&has_a_way);
    let (asked, unreachable) = match (four.is_empty() || leads(&four), six.is_empty() || leads(&six)) {
        (true, false) if !four.is_empty() => (four, six),
        (false, true) if !six.is_empty() => (six, four),
        _ => ([four, six].concat(), Vec::new()),
    };
    let unreachable = unreachable.iter().map(SocketAddr::ip).collect();
    Found { unreachable, ..Found::of(asked.into_iter().map(Some).collect()) }
}

/// Asks the system for a route, which sends nothing.
fn has_a_way(address: &SocketAddr) -> bool {
    let any = if address.is_ipv4() { IpAddr::from(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
    let tried = UdpSocket::bind((any, 0)).and_then(|socket| socket.connect(address));
    !tried.is_err_and(|e| is_no_way(&e))
}

/// Returns true where the system says that it has no route, no address of that family, or no such family. Any other fault, like too many
/// open files, says nothing of it.
fn is_no_way(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, HostUnreachable, NetworkUnreachable, Unsupported};
    matches!(error.kind(), AddrNotAvailable | HostUnreachable | NetworkUnreachable | Unsupported)
        || error.raw_os_error() == Some(NO_FAMILY)
}

/// `EAFNOSUPPORT`: a kernel without IPv6. The standard library has no word for it.
const NO_FAMILY: i32 = if cfg!(target_os = "linux") {
    97
} else if cfg!(windows) {
    10047
} else {
    47
};

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 6081)).collect()
    }

    fn shown(found: &Found) -> (Vec<String>, Vec<String>) {
        let asked = found.addresses.iter().map(|a| a.map_or("any".to_owned(), |a| a.ip().to_string()));
        (asked.collect(), found.unreachable.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn each_address_counts_once_in_order() {
        let found =
            distinct(all(&["fd00::2", "10.0.0.9", "::ffff:10.0.0.2", "10.0.0.9", "10.0.0.2", "fd00::1"]).into_iter());
        assert_eq!(found, all(&["10.0.0.2", "10.0.0.9", "fd00::1", "fd00::2"]));
    }

    #[test]
    fn only_this_machines_two_addresses_are_twins() {
        for (texts, want) in [
            (&["127.0.0.1", "::1"][..], true),
            (&["127.0.1.1", "::1"], true),
            (&["127.0.0.1"], false),
            (&["127.0.0.2", "127.0.0.3"], false),
            (&["127.0.0.2", "127.0.0.3", "::1"], false),
            (&["10.0.0.1", "::1"], false),
            (&["127.0.0.1", "fd00::1"], false),
        ] {
            assert_eq!(are_twins(&all(texts)), want, "{texts:?}");
        }
    }

    #[test]
    fn a_family_without_a_way_is_set_apart_and_never_both() {
        for (texts, ways, asked, unreachable) in [
            (&["10.0.0.1", "10.0.0.2"][..], &["10.0.0.1", "10.0.0.2"][..], &["10.0.0.1", "10.0.0.2"][..], &[][..]),
            (&["10.0.0.1", "fd00::1", "fd00::2"], &["10.0.0.1"], &["10.0.0.1"], &["fd00::1", "fd00::2"]),
            (&["10.0.0.1", "fd00::1"], &["fd00::1"], &["fd00::1"], &["10.0.0.1"]),
            (&["10.0.0.1", "fd00::1"], &["10.0.0.1", "fd00::1"], &["10.0.0.1", "fd00::1"], &[]),
            // One of a family has a way: the others are asked, and say why not.
            (&["10.0.0.1", "fd00::1", "fd00::2"], &["10.0.0.1", "fd00::2"], &["10.0.0.1", "fd00::1", "fd00::2"], &[]),
            (&["10.0.0.1", "fd00::1"], &[], &["10.0.0.1", "fd00::1"], &[]),
            (&["fd00::1"], &[], &["fd00::1"], &[]),
            (&["10.0.0.1", "10.0.0.2"], &["10.0.0.1"], &["10.0.0.1", "10.0.0.2"], &[]),
        ] {
            let found = with_a_way(all(texts), |address| ways.contains(&&*address.ip().to_string()));
            let want = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            assert_eq!(shown(&found), (want(asked), want(unreachable)), "{texts:?} by {ways:?}");
        }
    }

    fn found(endpoint: &str) -> Result<Found, String> {
        crate::send::runtime().unwrap().block_on(addresses(endpoint, Duration::ZERO))
    }

    #[test]
    fn a_literal_address_is_taken_as_it_is_and_a_name_without_one_says_so() {
        for (endpoint, want) in [
            ("http://127.0.0.9:6081", "127.0.0.9:6081"),
            ("https://10.0.0.7", "10.0.0.7:443"),
            ("http://[::1]:81", "[::1]:81"),
        ] {
            assert_eq!(found(endpoint), Ok(Found::literal(want.parse().unwrap())));
        }
        // A label of more than 63 bytes is no name, so that nobody is asked for it.
        let none = format!("http://{}.invalid:6081", "n".repeat(64));
        assert!(!found(&none).unwrap_err().is_empty());
    }

    #[test]
    fn of_this_machines_two_addresses_the_one_without_a_server_is_left_out() {
        let runtime = crate::send::runtime().unwrap();
        let four = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = four.local_addr().unwrap().port();
        let twins =
            [SocketAddr::new("127.0.0.1".parse().unwrap(), port), SocketAddr::new("::1".parse().unwrap(), port)];
        assert_eq!(shown(&runtime.block_on(listening(&twins))).0, ["127.0.0.1"]);
        if let Ok(_six) = std::net::TcpListener::bind(("::1", port)) {
            assert_eq!(shown(&runtime.block_on(listening(&twins))).0, ["127.0.0.1", "::1"]);
            drop(four);
            assert_eq!(shown(&runtime.block_on(listening(&twins))).0, ["::1"]);
        } else {
            drop(four);
        }
    }

    #[test]
    fn without_a_server_on_either_the_client_looks_for_itself() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let twins =
            [SocketAddr::new("127.0.0.1".parse().unwrap(), port), SocketAddr::new("::1".parse().unwrap(), port)];
        assert_eq!(crate::send::runtime().unwrap().block_on(listening(&twins)), Found::of(vec![None]));
    }
}
