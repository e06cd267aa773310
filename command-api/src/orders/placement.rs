//! Placing an order: from SKUs to lines with the names, prices and taxes of the moment.
//!
//! Everything is read on the write side, from claims and aggregates: a read model may lag behind, and the
//! price of a moment ago is not the price.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    account::Account,
    order::{Line, Order, OrderCommand, OrderError, PaymentMethod, Placement},
    payment::gateway_amount::NotChargeable,
    product::{Product, ProductEvent},
    value::{Address, Currency, CustomerId, Money, OrderId, PaymentId, ProductId, Quantity, Sku},
};
use event_store::{Answer, BusError, CommandContext};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    Commands,
    refused::{CommandError, FieldError, Refused},
};

/// How many products are fetched at once for one order: enough to hide the way to the database, too few
/// for one order to take all its connections.
const CONCURRENT_FETCHES: usize = 8;

/// Asks for an order.
#[derive(Debug, Clone)]
pub struct PlaceOrder {
    /// Who buys.
    pub customer_id: CustomerId,
    /// What; the aggregate refuses none and too many.
    pub lines: Vec<RequestedLine>,
    /// How it will be paid.
    pub payment: PaymentMethod,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// The total that the customer was shown.
    pub expected_total: Option<Money>,
    /// The currency of the prices; by default that of the account, else of the expected total, else the euro.
    pub currency: Option<Currency>,
}

/// Some units of one SKU.
#[derive(Debug, Clone)]
pub struct RequestedLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

/// Places an order under a new identifier.
///
/// With a known key the answer names the order of the first time, whatever prices and products have become.
///
/// # Errors
///
/// When a SKU is unknown, not for sale or has no price in the currency, the account is unknown, the total is
/// not the expected one, or nothing could be written.
pub async fn place(
    commands: &Commands,
    request: PlaceOrder,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let lines = match price_lines(commands, &request).await {
        Ok(lines) => lines,
        Err(BusError::Refused(refused)) => return commands.refuse(refused, &context).await,
        Err(error) => return Err(error),
    };
    let placement = Placement {
        customer_id: request.customer_id,
        lines,
        payment_id: PaymentId::new(commands.new_id()),
        payment: request.payment,
        shipping_address: request.shipping_address,
        expected_total: request.expected_total,
    };
    let id = OrderId::new(commands.new_id()).to_string();
    let command = OrderCommand::Place(Box::new(placement));
    let context = context.on_new_aggregate();
    let answer = commands.bus().execute::<Order>(&id, command, context).await;
    answer.map_err(|error| error.map_refusal(|refusal| refused(&refusal)))
}

/// Adds what the client needs to correct the order: the new total, or the step of amounts that a card can be charged.
fn refused(refusal: &OrderError) -> Refused {
    let refused = Refused::by(refusal);
    match refusal {
        OrderError::TotalChanged { total } => refused.with("total", total),
        OrderError::NotChargeable(NotChargeable { step }) => refused.with("step", step),
        _ => refused,
    }
}

/// The lines as they go into the event, or everything that is wrong with them.
async fn price_lines(commands: &Commands, request: &PlaceOrder) -> Result<Vec<Line>, CommandError> {
    let currency = currency(commands, request).await?;
    let products = fetch_products(commands, &request.lines).await?;
    let mut lines = Vec::with_capacity(request.lines.len());
    let mut errors = Vec::new();
    for (index, line) in request.lines.iter().enumerate() {
        match price_line(line, products.get(&line.sku), currency) {
            Ok(line) => lines.push(line),
            Err((code, rule)) => errors.push(FieldError {
                field: format!("lines[{index}].sku"),
                code,
                rule,
            }),
        }
    }
    if errors.is_empty() {
        return Ok(lines);
    }
    Err(BusError::Refused(Refused::fields(errors)))
}

fn price_line(
    RequestedLine { sku, quantity }: &RequestedLine,
    product: Option<&(ProductId, Product)>,
    currency: Currency,
) -> Result<Line, (&'static str, String)> {
    let Some((product_id, Product::Listed(product))) = product else {
        return Err(("unknown_sku", "must be the SKU of a product".to_owned()));
    };
    if !product.active {
        return Err((
            "product_not_for_sale",
            "must be the SKU of a product that is for sale".to_owned(),
        ));
    }
    let Some(unit_price) = product.find_price(sku, currency) else {
        return Err(("no_price", format!("must have a price in {currency}")));
    };
    Ok(Line {
        sku: sku.clone(),
        product_id: *product_id,
        name: product.title(sku),
        quantity: *quantity,
        unit_price,
        tax_rate_bp: product.tax_rate_bp,
    })
}

/// The currency of the order; whoever names one twice must name the same.
async fn currency(commands: &Commands, request: &PlaceOrder) -> Result<Currency, CommandError> {
    let asked = request.currency;
    let expected = request.expected_total.map(|total| total.currency);
    let currency = match request.payment {
        PaymentMethod::Account { account_id } => {
            let account = commands.fetch::<Account>(account_id).await?;
            let account = account
                .opened()
                .map_err(|refusal| BusError::Refused(Refused::by(&refusal).of_field("payment.account_id")))?;
            account.currency
        }
        PaymentMethod::Card { .. } => asked.or(expected).unwrap_or(Currency::EUR),
    };
    let fields = [("currency", asked), ("expected_total.currency", expected)];
    let others = fields
        .into_iter()
        .filter(|(_, named)| named.is_some_and(|named| named != currency));
    let errors: Vec<FieldError> = others
        .map(|(field, _)| FieldError {
            field: field.to_owned(),
            code: "other_currency",
            rule: format!("must be {currency}, as the order is paid in it"),
        })
        .collect();
    if errors.is_empty() {
        return Ok(currency);
    }
    Err(BusError::Refused(Refused::fields(errors)))
}

/// The product of each SKU that has one.
async fn fetch_products(
    commands: &Commands,
    lines: &[RequestedLine],
) -> Result<BTreeMap<Sku, (ProductId, Product)>, CommandError> {
    let skus: BTreeSet<Sku> = lines.iter().map(|line| line.sku.clone()).collect();
    let fetches = skus.into_iter().map(|sku| fetch_product(commands.clone(), sku));
    let found: Vec<_> = stream::iter(fetches)
        .buffer_unordered(CONCURRENT_FETCHES)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

async fn fetch_product(
    commands: Commands,
    sku: Sku,
) -> Result<Option<(Sku, (ProductId, Product))>, CommandError> {
    let holder = commands.find_claim(&ProductEvent::sku_claim(&sku)).await?;
    // Claims come from events of products alone, so their holder is the id of one.
    let Some(id) = holder.and_then(|holder| holder.parse::<ProductId>().ok()) else {
        return Ok(None);
    };
    let product = commands.fetch::<Product>(id).await?;
    Ok(Some((sku, (id, product))))
}
