//! `CancelReason`.

use async_graphql::SimpleObject;

/// Why an order ended before it left the warehouse.
#[derive(SimpleObject)]
pub(crate) struct CancelReason {
    /// The reason for programs: `by_customer`, `out_of_stock`, `payment_declined` or `capture_failed`.
    pub(crate) code: String,
    /// The reason for people.
    pub(crate) text: String,
}
