//! `diffpurge serve`: the real binary, real deliveries, a real repository as the remote, a real edge.

mod accepting;
mod attacks;
mod configuration;
mod crashes;
mod ending;
mod listing;
mod page;
mod pages;
mod people;
mod refusing;
mod replicas;
mod requests;
mod siege;
mod starting;
mod threats;
mod tls;
