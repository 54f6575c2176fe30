//! An HTTP server on this machine, on a port the system chooses, gone when its handle is dropped.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::thread::JoinHandle;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A request with its whole body.
pub type Request = hyper::Request<Bytes>;

/// An answer with its whole body.
pub type Response = hyper::Response<Full<Bytes>>;

/// The handling of a request by a server.
pub type Handler = Arc<dyn Fn(Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync>;

/// Bytes of a request that are read.
const MAX_REQUEST: usize = 4 << 20;

/// A running server; it ends with this value.
pub struct Loopback {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Loopback {
    /// Starts a server on 127.0.0.1 in a thread of its own.
    ///
    /// # Errors
    /// When the system gives no port or no thread.
    pub fn start(handler: Handler) -> io::Result<Loopback> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let serve = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, handler) => {}
                    // Dropping the runtime drops every connection with it.
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("loopback".to_owned()).spawn(serve)?;
        Ok(Loopback { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic in a handler has been printed already.
            let _panicked = thread.join();
        }
    }
}

async fn accept(listener: std::net::TcpListener, handler: Handler) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    // An error of one accept (a client that is gone already) is no reason to stop.
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let handler = handler.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| answer(request, handler.clone()));
                // The other side may hang up at any time.
                let _hung_up =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    handler: Handler,
) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_REQUEST).collect().await?.to_bytes();
    Ok(handler(hyper::Request::from_parts(parts, body)).await)
}

/// An answer with these headers.
#[must_use]
pub fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Response {
    let mut builder = hyper::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::new(body.into())).unwrap_or_else(|_| {
        let mut plain = hyper::Response::new(Full::new(Bytes::new()));
        *plain.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        plain
    })
}
