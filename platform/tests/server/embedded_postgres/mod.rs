//! One server, one data folder, and everything that can happen to them.

pub(crate) mod folder;
pub(crate) mod other_process;

mod crashes;
mod half_made;
mod life;
mod refusals;
