//! The mark: what of a site was last purged completely, and what was live since without that.
//!
//! It moves only after every operation was accepted, so that a run which is killed, throttled or refused is caught up by the
//! next one. Before a run sends anything it notes that TO is live ("open"): should it not come to its end, the next run compares
//! with that too, since a file that changed there and changed back is cached as it was in between. Where a mark is kept is one
//! of two stores; what it means for a plan is left to who plans.

mod error;
mod file;
mod listings;
mod lock;
mod moment;
mod names;
mod refs;
mod standing;
mod store;

pub use error::{MarkError, Trouble};
pub use listings::Listings;
pub use lock::Lock;
pub use moment::{Mark, Moment};
pub use names::ref_of;
pub use standing::{Marked, Standing};
pub use store::{Store, push};
