//! The receiver of deploy webhooks, a door to the engine that can stand on the open internet.
//!
//! A delivery is judged, kept, and answered; a run then purges for all that has come. Nothing is lost: what was accepted is kept before
//! its sender is answered, and a run that is killed is begun again. TLS is the platform's or a proxy's.

mod answers;
mod door;
mod drawn;
mod error;
mod figures;
mod ids;
mod intake;
mod keys;
mod limits;
mod listener;
mod listing;
mod live;
mod log;
mod observe;
mod page;
mod purge;
mod refusals;
mod runner;
mod sender;
mod settings;
mod signals;
mod store;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Notify, Semaphore, watch};

pub use self::error::ServeError;
pub use self::log::LogFormat;
pub use self::settings::Origin;

use self::door::{Door, LARGE_AT_ONCE};
use self::error::Kind;
use self::figures::Figures;
use self::limits::{Connections, Rates};
use self::observe::Observed;
use self::page::{Page, Planner};
use self::refusals::Refusals;
use self::runner::Runner;
use self::settings::Settings;
use self::signals::Asked;
use self::store::{Store, StoreError};
use crate::config::{Environment, Serve};
use crate::engine::{Lack, lacking};
use crate::snapshot::KeptClone;

/// The part of the grace that what is under way has to end in, once it was told to.
const CUT: Duration = Duration::from_secs(3);

/// Bytes of bodies that are read at once.
const ROOM: usize = 16 << 20;

/// How a receiver is started.
pub struct Serving<'s> {
    /// Where the settings come from.
    pub origin: Origin,
    /// How the log is written.
    pub log: LogFormat,
    /// Learns where it listens, once it does.
    pub listening: &'s dyn Fn(SocketAddr) -> io::Result<()>,
}

/// Receives deliveries until the process is asked to end.
///
/// # Errors
/// When it cannot start.
pub fn run(serving: Serving<'_>) -> Result<(), ServeError> {
    let settings = Settings::load(&serving.origin)?;
    log::start(serving.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Kind::Runtime)?;
    warn(&settings, &serving.origin.environment);
    let ended = runtime.block_on(serve(settings, serving));
    // A purge that does not end in the grace is taken up by whoever comes next.
    runtime.shutdown_background();
    ended
}

async fn serve(settings: Settings, serving: Serving<'_>) -> Result<(), ServeError> {
    let Serving { origin, listening, .. } = serving;
    let mut asked = signals::Signals::listen().map_err(Kind::Runtime)?;
    let serve = settings.serve.clone();
    let listener = bound(address(&serve, &origin.environment)?)?;
    let observer = match serve.observe {
        Some(at) => Some(bound(at)?),
        None => None,
    };
    let store = Arc::new(Store::open(&serve.store).await.map_err(Kind::from)?);
    let clones = clones(&serve)?;
    let (settings, known) = watch::channel(Arc::new(settings));
    let (stop, stopping) = watch::channel(false);
    let (cut, cutting) = watch::channel(false);
    let (work, figures) = (Arc::new(Notify::new()), Arc::new(Figures::default()));
    let connections = Arc::new(Connections::new(serve.connections, room(&serve)));
    let runner = Arc::new(Runner {
        settings: known.clone(),
        store: store.clone(),
        environment: origin.environment.clone(),
        clones: clones.path.clone(),
        owner: ids::run(),
        work: work.clone(),
        figures: figures.clone(),
        stop: stopping.clone(),
        cut: cutting,
    });
    let planner = Planner::new(store.clone(), origin.environment.clone(), clones.path.clone());
    let door = door(known, &store, (work, figures.clone()), planner);
    let at = listener.local_addr().map_err(Kind::Runtime)?;
    if let Some(observer) = observer {
        let (connections, stop) = (connections.clone(), stopping.clone());
        tokio::spawn(observe::listen(observer, Arc::new(Observed { store, figures, connections, stop })));
    }
    let accepting = tokio::spawn(listener::listen(listener, Arc::new(door), connections.clone(), stopping));
    let running = tokio::spawn(runner.work());
    tokio::spawn(keys::keep(settings.clone()));
    listening(at).map_err(Kind::Runtime)?;
    while asked.next().await == Asked::Reload {
        reload(&origin, &settings, &serve);
    }
    tracing::info!(grace = serve.grace.as_secs(), "ending");
    stop.send_replace(true);
    let _accepted = accepting.await;
    end(running, &cut, serve.grace).await;
    drained(&connections).await;
    Ok(())
}

/// Makes the door, which deliveries and people come through.
fn door(
    settings: watch::Receiver<Arc<Settings>>,
    store: &Arc<Store>,
    (work, figures): (Arc<Notify>, Arc<Figures>),
    planner: Planner,
) -> Door {
    let rates = Arc::new(Rates::default());
    let page = Page { store: store.clone(), rates: rates.clone(), work: work.clone(), planner };
    let (refusals, large) = (Refusals::default(), Semaphore::new(LARGE_AT_ONCE));
    Door { settings, store: store.clone(), rates, refusals, large, work, figures, page }
}

/// Returns the room for bodies that are read at once: for the largest that a hook takes, and for many usual ones.
fn room(serve: &Serve) -> usize {
    let largest = serve.hooks.iter().map(|hook| hook.largest).max().unwrap_or(0);
    ROOM.max(largest + ROOM / 2)
}

/// Waits for what is under way; what takes too long is told to end, and is handed back.
async fn end(mut running: tokio::task::JoinHandle<()>, cut: &watch::Sender<bool>, grace: Duration) {
    if tokio::time::timeout(grace.saturating_sub(CUT), &mut running).await.is_ok() {
        return;
    }
    cut.send_replace(true);
    // What does not end even so keeps its lease, and is taken up when that is over.
    let _late = tokio::time::timeout(grace.min(CUT), running).await;
}

/// Waits a moment for answers that are on their way.
async fn drained(connections: &Connections) {
    for _ in 0..20 {
        if connections.open() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// Takes new settings, or keeps the old ones where the new ones cannot be used.
fn reload(origin: &Origin, settings: &watch::Sender<Arc<Settings>>, started: &Serve) {
    match Settings::load(origin) {
        Ok(new) => {
            let now = &new.serve;
            if (now.listen, now.observe, &now.store) != (started.listen, started.observe, &started.store) {
                tracing::warn!("`listen`, `observe` and `store` count from the next start on");
            }
            warn(&new, &origin.environment);
            settings.send_replace(Arc::new(new));
            tracing::info!("reloaded");
        }
        Err(error) => {
            tracing::error!(error = %error.row().text, hint = error.row().hint, "the old configuration stays");
        }
    }
}

/// Warns of hooks that one secret opens. A signature is of the body and not of the path, so what one of them took opens the others. Warns
/// of those, too, that take a preview for a deploy, and of sites that no purge can be sent for.
fn warn(settings: &Settings, environment: &Environment) {
    for hook in settings.of_any_environment() {
        tracing::warn!(
            hook,
            "deployments of all environments count, previews too: `environments` names those that visitors get"
        );
    }
    for (hook, other) in settings.shared() {
        tracing::warn!(hook, other, "these hooks share a secret: a delivery to one can be repeated at the other");
    }
    // Many sites mostly lack the same token.
    let mut lacks: Vec<(Lack, Vec<&str>)> = Vec::new();
    for site in settings.sites() {
        for lack in lacking(site, environment) {
            match lacks.iter_mut().find(|(known, _)| *known == lack) {
                Some((_, sites)) => sites.push(site.name.as_str()),
                None => lacks.push((lack, vec![site.name.as_str()])),
            }
        }
    }
    for (Lack { text, hint }, sites) in lacks {
        tracing::warn!(sites = sites.join(", "), lacks = text, hint, "no purge can be sent");
    }
}

/// Returns where it listens: where the file says, at the port that the platform says. A platform that says one sends from outside.
fn address(serve: &Serve, environment: &Environment) -> Result<SocketAddr, ServeError> {
    let Some(text) = environment.get("PORT").map_err(crate::engine::Error::from)? else { return Ok(serve.listen) };
    let port = text.parse().map_err(|_| Kind::Port(crate::display::shown(text.as_bytes())))?;
    let ip = if serve.is_listen_named { serve.listen.ip() } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
    Ok(SocketAddr::new(ip, port))
}

/// Connections that wait to be accepted. The system cuts the number down to its own limit (listen(2); 4,096 on Linux). Beyond it a connection is
/// dropped, and its sender tries again after a second: a burst of others would be enough for that.
const WAITING: u32 = 65_535;

fn bound(at: SocketAddr) -> Result<TcpListener, ServeError> {
    let socket = || {
        let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // As std does it: on Windows it would let another program listen at the same place.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(at)?;
        socket.listen(WAITING)
    };
    Ok(socket().map_err(|error| Kind::Listen { at, error })?)
}

/// Where clones are kept: beside a store of files, else for as long as the process lives.
struct Clones {
    path: PathBuf,
    _until_the_end: Option<tempfile::TempDir>,
}

fn clones(serve: &Serve) -> Result<Clones, ServeError> {
    if let Some(directory) = Store::directory(&serve.store) {
        let path = directory.join("clones");
        // The store's lock is ours: nobody else makes a clone there.
        KeptClone::remove_unfinished(&path)
            .map_err(|error| StoreError::File(path.display().to_string(), error))
            .map_err(Kind::from)?;
        return Ok(Clones { path, _until_the_end: None });
    }
    let directory = tempfile::Builder::new().prefix("diffpurge-").tempdir().map_err(Kind::Runtime)?;
    Ok(Clones { path: directory.path().to_owned(), _until_the_end: Some(directory) })
}
