//! `PaymentState`.

use async_graphql::Enum;

/// How far a payment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PaymentState {
    /// The authorisation was requested.
    Requested,
    /// The money is set aside.
    Authorised,
    /// The authorisation was declined.
    Declined,
    /// The capture was requested.
    Capturing,
    /// The money was captured.
    Captured,
    /// The capture failed.
    CaptureFailed,
    /// The authorisation is being given up.
    Voiding,
    /// The authorisation was given up.
    Voided,
}
