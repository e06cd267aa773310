//! `POST /v1/products/{id}/prices`

use axum::extract::State;
use domain::{
    product::{Product, ProductCommand},
    value::{Money, ProductId, Sku},
};
use event_store::{Answer, CommandContext};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, Check, CommandHeaders, Id, MoneyBody, Valid},
    response::{Accepted, Problems},
};

/// Today's price in one currency.
#[derive(Debug, Clone)]
pub struct SetPrice {
    /// The variant, or all of them.
    pub sku: Option<Sku>,
    /// The price of one unit, tax included.
    pub price: Money,
}

/// Today's price in one currency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetPrice)]
pub(crate) struct SetPriceBody {
    /// The SKU of one variant; without it the price is that of all variants.
    sku: Option<String>,
    /// The price of one unit, tax included.
    price: MoneyBody,
}

impl Valid for SetPrice {
    type Raw = SetPriceBody;
    fn check(raw: SetPriceBody, check: &mut Check) -> Option<Self> {
        let sku = check.field("sku", raw.sku);
        let price = check.field("price", raw.price);
        Some(Self {
            sku: sku?,
            price: price?,
        })
    }
}

/// Sets a price.
///
/// # Errors
///
/// When there is no such product, it has no such variant, or nothing could be written.
pub async fn set_price(
    commands: &Commands,
    product_id: ProductId,
    request: SetPrice,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let SetPrice { sku, price } = request;
    let command = ProductCommand::SetPrice { sku, price };
    commands.execute::<Product>(product_id, command, context).await
}

/// Set a price
#[utoipa::path(
    post,
    path = "/v1/products/{id}/prices",
    operation_id = "set_price",
    tag = "products",
    params(("id" = Uuid, Path, description = "The product"), CommandHeaders),
    request_body = SetPriceBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(product_id): Id<ProductId>,
    call: Call<SetPrice>,
) -> Result<Accepted, Problem> {
    Ok(set_price(&commands, product_id, call.request, call.context)
        .await?
        .into())
}
