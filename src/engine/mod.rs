//! The program as a library: option values in, outcomes out.
//!
//! It calls one stage after the other, `config → snapshot → changes → mapping → plan → provider → send → proof`. A door (the
//! command line, the Lambda, the demo) makes a [`Ground`], lets [`plan`] make a [`Run`] of it, and lets [`deliver`] carry the
//! run out. The engine knows no command line, no terminal and no exit code of a process; notes and progress go to a
//! [`Listener`] that comes in. How outcomes look is left to [`crate::report`].

pub mod check;
pub mod explanation;
pub mod manifest;
pub mod marking;
pub mod survey;

mod delivery;
mod error;
mod first_plan;
mod ground;
mod lacking;
mod listener;
mod planning;
mod run;
mod tried;
mod vetting;

pub use delivery::{Delivery, ProofOptions, Warm, deliver, verify};
pub use error::{
    AskedError, DeliveryError, Error, ExitStatus, ForkError, HardlyTheSite, PlanningError, Row, SavedPlanError,
    Uncommitted,
};
pub use first_plan::first_ends;
pub use ground::Ground;
pub use lacking::{Lack, lacking};
pub use listener::{Listener, Notice, Scribe};
pub use planning::{Asked, Planning, Subject, These, plan};
pub use run::{MarkUse, Run, SiteRun, Unplanned};
pub use vetting::vet;
