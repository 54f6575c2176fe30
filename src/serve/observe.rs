//! `/healthz`, `/readyz` and `/metrics`, on a listener of their own that is for the platform and not for the internet.

use std::net::IpAddr;
use std::sync::Arc;

use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::answers::{self, Answered};
use super::figures::Figures;
use super::limits::{Connections, Seat};
use super::listener::{self, Answers};
use super::store::Store;

/// Connections at a time: of a platform's probes and of a scraper. The oldest gives way to one more.
const CONNECTIONS: usize = 64;

/// What is looked at.
pub(super) struct Observed {
    pub(super) store: Arc<Store>,
    pub(super) figures: Arc<Figures>,
    pub(super) connections: Arc<Connections>,
    pub(super) stop: watch::Receiver<bool>,
}

/// Answers until the process ends: while it goes down it says so.
pub(super) async fn listen(listener: TcpListener, observed: Arc<Observed>) {
    let (never, until) = watch::channel(false);
    listener::listen(listener, observed, Arc::new(Connections::new(CONNECTIONS, 0)), until).await;
    drop(never);
}

impl Answers for Observed {
    async fn answer(self: Arc<Observed>, request: Request<Incoming>, _: IpAddr, _: Seat) -> Answered {
        self.tell(&request).await
    }
}

impl Observed {
    async fn tell(&self, request: &Request<Incoming>) -> Answered {
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
