//! `Address`.

use async_graphql::SimpleObject;
use projections::value;

/// A postal address, as it was when the order was placed.
#[derive(SimpleObject)]
pub(crate) struct Address {
    /// Who receives the parcel.
    name: String,
    /// Street, house number, and whatever else the carrier needs.
    street: String,
    /// City or place.
    city: String,
    /// Postal code; some countries have none.
    postal_code: Option<String>,
    /// The country, as two capitals of ISO 3166-1.
    country: String,
}

impl From<value::Address> for Address {
    fn from(address: value::Address) -> Self {
        Self {
            name: address.name.to_string(),
            street: address.street.to_string(),
            city: address.city.to_string(),
            postal_code: address.postal_code.map(|code| code.to_string()),
            country: address.country.into(),
        }
    }
}
