//! `PATCH /v1/products/{id}`

use axum::extract::State;
use domain::{
    product::{Product, ProductChange, ProductCommand},
    value::ProductId,
};
use event_store::{Answer, CommandContext};
use serde::Deserialize;
use utoipa::ToSchema;

use super::create::ImageBody;
use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, Check, CommandHeaders, Id, Valid},
    response::{Accepted, Problems},
};

/// What changes; a field that is absent stays as it is, a list is replaced as a whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductChange)]
pub(crate) struct ProductChangeBody {
    /// A new name.
    name: Option<String>,
    /// A new description.
    description: Option<String>,
    /// All categories anew.
    categories: Option<Vec<String>>,
    /// All tags anew.
    tags: Option<Vec<String>>,
    /// All images anew.
    images: Option<Vec<ImageBody>>,
    /// Whether it can be bought.
    active: Option<bool>,
}

impl Valid for ProductChange {
    type Raw = ProductChangeBody;
    fn check(raw: ProductChangeBody, check: &mut Check) -> Option<Self> {
        let name = check.field("name", raw.name);
        let description = check.field("description", raw.description);
        let categories = check.field("categories", raw.categories);
        let tags = check.field("tags", raw.tags);
        let images = check.field("images", raw.images);
        Some(Self {
            name: name?,
            description: description?,
            categories: categories?,
            tags: tags?,
            images: images?,
            active: raw.active,
        })
    }
}

/// Changes some fields of a product.
///
/// # Errors
///
/// When there is no such product, the change names no field, or nothing could be written.
pub async fn update(
    commands: &Commands,
    product_id: ProductId,
    change: ProductChange,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let command = ProductCommand::Update(change);
    commands.execute::<Product>(product_id, command, context).await
}

/// Change some fields of a product
#[utoipa::path(
    patch,
    path = "/v1/products/{id}",
    operation_id = "update_product",
    tag = "products",
    params(("id" = Uuid, Path, description = "The product"), CommandHeaders),
    request_body = ProductChangeBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(product_id): Id<ProductId>,
    call: Call<ProductChange>,
) -> Result<Accepted, Problem> {
    Ok(update(&commands, product_id, call.request, call.context)
        .await?
        .into())
}
