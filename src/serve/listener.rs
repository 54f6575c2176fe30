//! Connections as they come in: so many at a time, each with so long for its headers, until the receiver is to end.
//!
//! What is answered is left to who listens: the door, and what the platform asks.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::AbortHandle;

use super::answers::Answered;
use super::limits::{Connections, Seat, TURN};

/// How long the headers of a request may take, and how long a connection may wait for the next one.
const HEADERS: Duration = Duration::from_secs(5);

/// Bytes of the headers of a request.
const HEADER_BYTES: usize = 32 << 10;

/// Headers of a request.
const HEADER_COUNT: usize = 100;

/// How long nothing is accepted where the system gives no connection, as when file descriptors have run out, and nobody gives one back.
const BREATH: Duration = Duration::from_millis(50);

/// Something that answers requests.
pub(super) trait Answers: Send + Sync + 'static {
    /// Answers one, of a peer with a seat.
    fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: IpAddr,
        seat: Seat,
    ) -> impl Future<Output = Answered> + Send;
}

/// Accepts connections until `stop` turns true; those that are open then finish what they have begun.
pub(super) async fn listen<A: Answers>(
    listener: TcpListener,
    door: Arc<A>,
    connections: Arc<Connections>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, peer)) => begin(stream, peer, &door, &connections, &stop),
            // File descriptors have run out below `connections`: who has said nothing yet gives one back.
            Err(_) => tokio::time::sleep(if connections.end_oldest() { TURN } else { BREATH }).await,
        }
    }
}

/// Serves a connection, unless all that may be open have requests under way.
fn begin<A: Answers>(
    stream: TcpStream,
    peer: SocketAddr,
    door: &Arc<A>,
    connections: &Arc<Connections>,
    stop: &watch::Receiver<bool>,
) {
    let Some(number) = connections.begin() else { return };
    // An answer is one small packet; it need not wait for more.
    let _slower = stream.set_nodelay(true);
    let (door, ours, stop) = (door.clone(), connections.clone(), stop.clone());
    let (known, registered) = oneshot::channel::<AbortHandle>();
    let task = tokio::spawn(async move {
        if let Ok(handle) = registered.await {
            let seat = Seat { connections: ours.clone(), number };
            converse(stream, peer, door, (seat, handle), stop).await;
        }
        ours.ended(number);
    });
    connections.stays_outside(number, task.abort_handle());
    // It begins when it can be ended.
    let _gone = known.send(task.abort_handle());
}

/// Waits until the peer says something. Until then a connection has no buffers and no room for a request: thousands may be silent.
async fn converse<A: Answers>(
    stream: TcpStream,
    peer: SocketAddr,
    door: Arc<A>,
    place: (Seat, AbortHandle),
    mut stop: watch::Receiver<bool>,
) {
    // A look at the byte itself: a system may say that there is something to read where there is nothing.
    let mut first = [0];
    let spoke = tokio::select! {
        spoke = tokio::time::timeout(HEADERS, stream.peek(&mut first)) => matches!(spoke, Ok(Ok(1))),
        () = ending(&mut stop) => false,
    };
    if spoke {
        Box::pin(exchange(stream, peer, door, place, stop)).await;
    }
}

/// Answers the requests of one connection, one after the other.
async fn exchange<A: Answers>(
    stream: TcpStream,
    peer: SocketAddr,
    door: Arc<A>,
    (seat, handle): (Seat, AbortHandle),
    mut stop: watch::Receiver<bool>,
) {
    // A listener of IPv6 sees the peers of IPv4 under addresses of its own.
    let peer = peer.ip().to_canonical();
    let service = service_fn(|request| {
        let (door, seat, handle) = (door.clone(), seat.clone(), handle.clone());
        async move {
            let answer = door.answer(request, peer, seat.clone()).await;
            seat.connections.stays_outside(seat.number, handle);
            Ok::<_, std::convert::Infallible>(answer)
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(HEADER_BYTES).max_headers(HEADER_COUNT);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // The other side may hang up at any time, or send what is no HTTP.
    tokio::select! {
        _over = connection.as_mut() => {}
        () = ending(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _over = connection.await;
        }
    }
}

/// Waits until the receiver is to end, or is gone.
async fn ending(stop: &mut watch::Receiver<bool>) {
    let _gone = stop.wait_for(|stop| *stop).await;
}
