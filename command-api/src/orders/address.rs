//! Where the parcel goes, as it is written in JSON.

use domain::value::Address;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::request::{Check, Valid};

/// A postal address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Address)]
pub(crate) struct AddressBody {
    /// Who receives the parcel.
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// Street, house number, and whatever else the carrier needs.
    #[schema(example = "Unter den Linden 1")]
    street: String,
    /// City or place.
    #[schema(example = "Berlin")]
    city: String,
    /// Postal code; some countries have none.
    #[schema(example = "10117")]
    postal_code: Option<String>,
    /// Two capitals of ISO 3166-1.
    #[schema(example = "DE")]
    country: String,
}

impl Valid for Address {
    type Raw = AddressBody;
    fn check(raw: AddressBody, check: &mut Check) -> Option<Self> {
        let name = check.field("name", raw.name);
        let street = check.field("street", raw.street);
        let city = check.field("city", raw.city);
        let postal_code = check.field("postal_code", raw.postal_code);
        let country = check.field("country", raw.country);
        Some(Self {
            name: name?,
            street: street?,
            city: city?,
            postal_code: postal_code?,
            country: country?,
        })
    }
}
