//! `PaymentState`.

use async_graphql::Enum;

/// How far a payment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PaymentState {
    /// An authorisation was asked for.
    Requested,
    /// The money is set aside.
    Authorised,
    /// The money was refused.
    Declined,
    /// The authorised money was asked for.
    Capturing,
    /// The money arrived.
    Captured,
    /// The money could not be had although it was authorised.
    CaptureFailed,
    /// The authorisation is being given up.
    Voiding,
    /// The authorisation was given up.
    Voided,
}
