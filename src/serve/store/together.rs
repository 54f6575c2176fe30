//! Deliveries that come together are committed together: one transaction, and one sync of a disk, for all that wait.
//!
//! Without it each would wait for the one before, since all of a hook join the same run. How a transaction is made is left to the stores.

use std::future::Future;

use tokio::sync::{mpsc, oneshot};

use super::records::{Accepted, NewDelivery, StoreError};

/// Deliveries that are committed together at most.
const TOGETHER: usize = 256;

/// A delivery that waits to be committed, and who waits for that.
type Waiting = (NewDelivery, oneshot::Sender<Result<Accepted, StoreError>>);

/// The deliveries that wait.
pub(super) struct Together(mpsc::Sender<Waiting>);

impl Together {
    /// Begins to commit what comes, until this is dropped; `keep` keeps all of some deliveries, or none.
    pub(super) fn begin<F, K>(keep: F) -> Together
    where
        F: Fn(Vec<NewDelivery>) -> K + Send + 'static,
        K: Future<Output = Result<Vec<Accepted>, StoreError>> + Send,
    {
        let (waiting, mut taken) = mpsc::channel::<Waiting>(4 * TOGETHER);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(TOGETHER);
            while taken.recv_many(&mut batch, TOGETHER).await > 0 {
                // In the same order everywhere, so that two replicas never wait for each other.
                batch.sort_by(|(one, _), (other, _)| (&one.site, &one.hook).cmp(&(&other.site, &other.hook)));
                let news: Vec<NewDelivery> = batch.iter().map(|(new, _)| new.clone()).collect();
                match keep(news).await {
                    Ok(accepted) => batch.drain(..).zip(accepted).for_each(|((_, sender), accepted)| {
                        // Who has hung up meanwhile delivers again, and it is known then.
                        let _gone = sender.send(Ok(accepted));
                    }),
                    // One that cannot be kept is no reason to refuse the others.
                    Err(_) => {
                        for (new, sender) in batch.drain(..) {
                            let alone = keep(vec![new]).await;
                            let alone =
                                alone.and_then(|accepted| accepted.into_iter().next().ok_or(StoreError::Closed));
                            let _gone = sender.send(alone);
                        }
                    }
                }
            }
        });
        Together(waiting)
    }

    /// Keeps a delivery. It is kept for good when this returns.
    pub(super) async fn accept(&self, new: NewDelivery) -> Result<Accepted, StoreError> {
        let (done, accepted) = oneshot::channel();
        self.0.send((new, done)).await.map_err(|_| StoreError::Closed)?;
        accepted.await.map_err(|_| StoreError::Closed)?
    }
}
