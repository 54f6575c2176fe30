//! Proof that visitors get what was deployed: the answer that each URL should give, the one that it gives, and its meaning.
//!
//! A CDN that accepted a purge has only received it. Two things undo a right purge: the origin did not serve the new files yet, so
//! that the edge cached the old ones again; or an entry had a key that nobody listed. [`wait()`] closes the first, [`ask`] finds the
//! second. Judging is pure. The requests are left to [`crate::send`], and the choice of what to do about a stale page to the caller.

mod age;
mod asker;
mod awaited;
mod damage;
mod door;
mod evidence;
mod expected;
mod forms;
mod judge;
mod late;
mod past;
mod paths;
mod proofs;
mod resemblance;
mod rewriters;
mod sample;
mod served;
mod visit;
mod wait;

pub use age::Times;
pub use awaited::{Awaited, Want};
pub use door::{Door, DoorError};
pub use evidence::{Contents, Evidence};
pub use expected::{Expected, Older, expect};
pub use forms::{Forms, Leads};
pub use judge::{Judgement, judge};
pub use late::Late;
pub use past::Past;
pub use paths::Paths;
pub use proofs::{Freshness, Proof, Proofs};
pub use sample::{by_importance, spread};
pub use served::{Checkout, Served, Versions};
pub use visit::{Question, ask, warm};
pub use wait::{url_at, wait};
