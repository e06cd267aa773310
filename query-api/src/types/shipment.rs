//! `Shipment`.

use async_graphql::SimpleObject;

/// A parcel on its way.
#[derive(SimpleObject)]
pub(crate) struct Shipment {
    /// Who carries it, if that is known.
    pub(crate) carrier: Option<String>,
    /// The carrier's number for it.
    pub(crate) tracking_number: String,
}
