//! `/healthz`, `/readyz` and `/metrics`, on a listener of their own that is for the platform and not for the internet.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::answers::{self, Answered};
use super::figures::Figures;
use super::limits::Connections;
use super::store::Store;

/// How long a question may take.
const HEADERS: Duration = Duration::from_secs(5);

/// What is looked at.
pub(super) struct Observed {
    pub(super) store: Arc<Store>,
    pub(super) figures: Arc<Figures>,
    pub(super) connections: Arc<Connections>,
    pub(super) stop: watch::Receiver<bool>,
}

/// Answers until the process ends: while it goes down it says so.
pub(super) async fn listen(listener: TcpListener, observed: Arc<Observed>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let observed = observed.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let observed = observed.clone();
                async move { Ok::<_, std::convert::Infallible>(observed.answer(&request).await) }
            });
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(HEADERS);
            // The other side may hang up at any time.
            let _hung_up = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

impl Observed {
    async fn answer(&self, request: &Request<Incoming>) -> Answered {
        if request.method() != Method::GET {
            return answers::bare(StatusCode::NOT_FOUND);
        }
        match request.uri().path() {
            // The process is there, and answers.
            "/healthz" => answers::bare(StatusCode::OK),
            // It takes deliveries, and can keep them.
            "/readyz" => {
                let is_ready = !*self.stop.borrow() && self.store.counts().await.is_ok();
                answers::bare(if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE })
            }
            "/metrics" => match self.store.counts().await {
                Ok(states) => {
                    let mut answer = answers::bare(StatusCode::OK);
                    *answer.body_mut() = self.figures.text(self.connections.open(), &states).into();
                    answer
                }
                Err(_) => answers::bare(StatusCode::SERVICE_UNAVAILABLE),
            },
            _ => answers::bare(StatusCode::NOT_FOUND),
        }
    }
}
