//! `POST /v1/products`

use axum::extract::State;
use domain::{
    product::{Image, MAX_TAX_RATE_BP, Product, ProductCommand, ProductDraft, Variant},
    value::{Money, ProductId, Sku},
};
use event_store::{Answer, CommandContext};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, Check, CommandHeaders, Valid},
    response::{Created, Problems},
};

/// A new product.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProduct)]
pub(crate) struct ProductBody {
    /// The name, at most 300 characters.
    #[schema(example = "Walnut headphones")]
    pub(super) name: String,
    /// The readable part of its address, unique in the shop.
    #[schema(example = "walnut-headphones")]
    pub(super) slug: String,
    /// What it is, in some paragraphs.
    pub(super) description: Option<String>,
    /// Paths in the category tree. Case, and blanks and slashes around a step, make no difference.
    #[serde(default)]
    #[schema(example = json!(["audio/headphones"]))]
    pub(super) categories: Vec<String>,
    /// Words by which it is found. `colour:blue` is the attribute `colour` with the value `blue`.
    #[serde(default)]
    pub(super) tags: Vec<String>,
    /// Pictures.
    #[serde(default)]
    pub(super) images: Vec<ImageBody>,
    /// What can be bought, 1 to 200.
    pub(super) variants: Vec<VariantBody>,
    /// The tax contained in its prices, in basis points: 1900 is 19 %.
    #[schema(minimum = 0, maximum = 10_000, example = 1900)]
    pub(super) tax_rate_bp: i64,
}

/// A picture of a product.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Image)]
pub(crate) struct ImageBody {
    /// Where it is: an absolute address that begins with `https://` or `http://`, at most 2,000 characters.
    #[schema(example = "https://example.com/walnut.jpg")]
    pub(super) url: String,
    /// What it shows, for those who do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alt: Option<String>,
}

/// What a customer puts into the cart.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Variant)]
pub(crate) struct VariantBody {
    /// Its SKU, unique in the shop also without regard to case: 1 to 64 letters, digits, dots, dashes or
    /// underscores, and neither `.` nor `..`.
    #[schema(example = "WALNUT-1")]
    pub(super) sku: String,
    /// What sets it apart from the other variants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
}

impl ImageBody {
    pub(super) fn of(image: &Image) -> Self {
        Self {
            url: image.url.to_string(),
            alt: image.alt.as_ref().map(ToString::to_string),
        }
    }
}

impl VariantBody {
    pub(super) fn of(variant: &Variant) -> Self {
        Self {
            sku: variant.sku.to_string(),
            name: variant.name.as_ref().map(ToString::to_string),
        }
    }
}

impl Valid for ProductDraft {
    type Raw = ProductBody;
    fn check(raw: ProductBody, check: &mut Check) -> Option<Self> {
        let name = check.field("name", raw.name);
        let slug = check.field("slug", raw.slug);
        let description = check.field("description", raw.description);
        let categories = check.field("categories", raw.categories);
        let tags = check.field("tags", raw.tags);
        let images = check.field("images", raw.images);
        let variants = check.field("variants", raw.variants);
        let tax_rate_bp = check.within("tax_rate_bp", |check| tax_rate(raw.tax_rate_bp, check));
        Some(Self {
            name: name?,
            slug: slug?,
            description: description?,
            categories: categories?,
            tags: tags?,
            images: images?,
            variants: variants?,
            tax_rate_bp: tax_rate_bp?,
        })
    }
}

impl Valid for Image {
    type Raw = ImageBody;
    fn check(raw: ImageBody, check: &mut Check) -> Option<Self> {
        let url = check.field("url", raw.url);
        let alt = check.field("alt", raw.alt);
        Some(Self { url: url?, alt: alt? })
    }
}

impl Valid for Variant {
    type Raw = VariantBody;
    fn check(raw: VariantBody, check: &mut Check) -> Option<Self> {
        let sku = check.within("sku", |check| new_sku(raw.sku, check));
        let name = check.field("name", raw.name);
        Some(Self {
            sku: sku?,
            name: name?,
        })
    }
}

/// A SKU that is not listed yet. One that is listed is taken as it is, by every other endpoint.
fn new_sku(raw: String, check: &mut Check) -> Option<Sku> {
    let sku = Sku::check(raw, check)?;
    if !sku.is_addressable() {
        check.refuse(
            "invalid_sku",
            "must not be . or .., which clients remove from addresses",
        );
        return None;
    }
    Some(sku)
}

fn tax_rate(raw: i64, check: &mut Check) -> Option<u16> {
    let rate = u16::try_from(raw).ok().filter(|rate| *rate <= MAX_TAX_RATE_BP);
    if rate.is_none() {
        let rule = format!("must be between 0 and {MAX_TAX_RATE_BP} basis points");
        check.refuse("invalid_tax_rate", rule);
    }
    rate
}

/// Lists a product.
///
/// # Errors
///
/// When its slug or one of its SKUs belongs to another product, or nothing could be written.
pub async fn create(
    commands: &Commands,
    draft: ProductDraft,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let id = ProductId::new(commands.new_id());
    commands
        .execute::<Product>(id, ProductCommand::Create(draft), context.on_new_aggregate())
        .await
}

/// Lists a product together with its first prices, each of which is the price of all its variants.
///
/// # Errors
///
/// As for [`create`]. Then neither the product nor a price is written.
pub async fn create_priced(
    commands: &Commands,
    draft: ProductDraft,
    prices: Vec<Money>,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let id = ProductId::new(commands.new_id());
    let command = ProductCommand::CreatePriced { draft, prices };
    commands
        .execute::<Product>(id, command, context.on_new_aggregate())
        .await
}

/// List a product
#[utoipa::path(
    post,
    path = "/v1/products",
    operation_id = "create_product",
    tag = "products",
    params(CommandHeaders),
    request_body = ProductBody,
    responses(Created, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    call: Call<ProductDraft>,
) -> Result<Created, Problem> {
    Ok(create(&commands, call.request, call.context).await?.into())
}
