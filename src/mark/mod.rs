//! The mark: what of a site was last purged completely, and what was live since without that.
//!
//! It moves only after every operation was accepted, so that a run which is killed, throttled or refused is caught up by the
//! next one. Before a run sends anything it notes that TO is live ("open"): should it not come to its end, the next run compares
//! with that too, since a file that changed there and changed back is cached as it was in between. A mark says beside its moment
//! whose it is and how its files got their URLs, so that none is taken for another's. Where a mark is kept is one of two stores; what it means for a plan is left to who plans.

mod error;
mod fetching;
mod file;
mod listings;
mod lock;
mod moment;
mod names;
mod place;
mod record;
mod refs;
mod standing;
mod store;

pub use error::{MarkError, Trouble};
pub use listings::Listings;
pub use lock::{Lock, LockId};
pub use moment::{Beside, Candidate, Mark, Moment, Next};
pub use names::ref_of;
pub use record::{Destination, Identity, Record};
pub use standing::{Marked, Standing};
pub use store::{Store, fetch, push};
