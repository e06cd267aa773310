//! `StepParameter`.

use async_graphql::SimpleObject;
use projections::orders;

/// A value that the detail of a step is made of. A list is one parameter for each of its entries.
#[derive(SimpleObject)]
pub(crate) struct StepParameter {
    /// Its name, such as `sku`, `quantity`, `amount` or `reason_code`. New names may come.
    name: String,
    /// The value: a whole number in digits (an `amount` in minor units), a time in RFC 3339, a code or a text.
    value: String,
}

impl From<&orders::StepParameter> for StepParameter {
    fn from(parameter: &orders::StepParameter) -> Self {
        Self {
            name: parameter.name.clone(),
            value: parameter.value.clone(),
        }
    }
}
