//! The types of the schema, one file each.

mod account;
mod as_of;
mod best_seller;
mod bought_together;
mod cancel_reason;
mod customer;
mod day_sales;
mod entry;
mod image;
mod lowest_price;
mod minor_units;
mod money;
mod node;
mod order;
mod order_line;
mod order_status;
mod past_price;
mod payment;
mod payment_method;
mod position;
mod price;
mod product;
mod product_by;
mod product_connection;
mod product_facets;
mod product_highlights;
mod projection;
mod projection_error;
mod projection_state;
mod saga;
mod shipment;
mod spending;
mod stock;
mod stock_lot;
mod suggestion;
mod timeline_step;
mod units;
mod variant;
mod warehouse_stock;

use async_graphql::EnumType;

pub(crate) use account::Account;
pub(crate) use as_of::AsOf;
pub(crate) use best_seller::BestSeller;
pub(crate) use bought_together::BoughtTogether;
pub(crate) use cancel_reason::CancelReason;
pub(crate) use customer::Customer;
pub(crate) use day_sales::DaySales;
pub(crate) use entry::Entry;
pub(crate) use image::Image;
pub(crate) use lowest_price::LowestPrice;
pub(crate) use minor_units::MinorUnits;
pub(crate) use money::Money;
pub(crate) use node::Node;
pub(crate) use order::Order;
pub(crate) use order_line::OrderLine;
pub(crate) use order_status::OrderStatus;
pub(crate) use past_price::PastPrice;
pub(crate) use payment::Payment;
pub(crate) use payment_method::PaymentMethod;
pub(crate) use position::Position;
pub(crate) use price::Price;
pub(crate) use product::Product;
pub(crate) use product_by::ProductBy;
pub(crate) use product_connection::ProductConnection;
pub(crate) use product_facets::ProductFacets;
pub(crate) use product_highlights::ProductHighlights;
pub(crate) use projection::Projection;
pub(crate) use projection_error::ProjectionError;
pub(crate) use projection_state::ProjectionState;
pub(crate) use saga::Saga;
pub(crate) use shipment::Shipment;
pub(crate) use spending::Spending;
pub(crate) use stock::Stock;
pub(crate) use stock_lot::StockLot;
pub(crate) use suggestion::Suggestion;
pub(crate) use timeline_step::TimelineStep;
pub(crate) use units::Units;
pub(crate) use variant::Variant;
pub(crate) use warehouse_stock::WarehouseStock;

use crate::error::{QueryError, Result};

/// Reads an enum as the read models write it, such as `payment_declined` for `PAYMENT_DECLINED`.
fn stored<E: EnumType>(field: &'static str, text: &str) -> Result<E> {
    let found = E::items()
        .iter()
        .find(|item| item.name.eq_ignore_ascii_case(text));
    found
        .map(|item| item.value)
        .ok_or_else(|| QueryError::UnknownStored {
            field,
            value: text.to_owned(),
        })
}
