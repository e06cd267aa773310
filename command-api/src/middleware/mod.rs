//! What happens around every request.

mod arrival;
mod bound;
mod correlation;
mod deadline;
mod net;
mod panic;
mod request_log;

pub(crate) use self::{
    arrival::{Arrival, arrived},
    bound::{Bound, bounded},
    correlation::{Correlation, correlated},
    deadline::within_deadline,
    net::problems_only,
    panic::on_panic,
    request_log::logged,
};
