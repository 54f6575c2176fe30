//! One server that gets every request of a plan, as receipts and reports name it.

use std::fmt;
use std::net::IpAddr;
use std::rc::Rc;

/// A node: an endpoint as the configuration has it, and the address behind its name where that has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Scheme, host and port.
    pub endpoint: Rc<str>,
    /// The address, where the endpoint's name leads to others too.
    pub address: Option<IpAddr>,
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            None => f.write_str(&self.endpoint),
            Some(address) => write!(f, "{} ({address})", self.endpoint),
        }
    }
}
