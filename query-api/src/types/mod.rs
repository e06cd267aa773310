//! The types of the schema, one file each.

mod account;
mod address;
mod as_of;
mod best_seller;
mod bought_together;
mod cancel_reason;
mod customer;
mod customer_subscription;
mod day_sales;
mod entry;
mod image;
mod low_stock;
mod lowest_price;
mod minor_units;
mod money;
mod node;
mod order;
mod order_line;
mod order_return;
mod order_status;
mod order_totals;
mod past_price;
mod payment;
mod payment_method;
mod payment_state;
mod period;
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
mod refund;
mod refund_state;
mod return_line;
mod return_state;
mod saga;
mod sequence;
mod shipment;
mod spending;
mod step_parameter;
mod stock;
mod stock_lot;
mod subscription_charge;
mod subscription_status;
mod suggestion;
mod taken_back;
mod timeline_step;
mod units;
mod variant;
mod warehouse;
mod warehouse_stock;

use async_graphql::EnumType;

pub(crate) use account::Account;
pub(crate) use address::Address;
pub(crate) use as_of::AsOf;
pub(crate) use best_seller::BestSeller;
pub(crate) use bought_together::BoughtTogether;
pub(crate) use cancel_reason::CancelReason;
pub(crate) use customer::Customer;
pub(crate) use customer_subscription::CustomerSubscription;
pub(crate) use day_sales::DaySales;
pub(crate) use entry::Entry;
pub(crate) use image::Image;
pub(crate) use low_stock::LowStock;
pub(crate) use lowest_price::LowestPrice;
pub(crate) use minor_units::MinorUnits;
pub(crate) use money::Money;
pub(crate) use node::Node;
pub(crate) use order::Order;
pub(crate) use order_line::OrderLine;
pub(crate) use order_return::OrderReturn;
pub(crate) use order_status::OrderStatus;
pub(crate) use order_totals::OrderTotals;
pub(crate) use past_price::PastPrice;
pub(crate) use payment::Payment;
pub(crate) use payment_method::PaymentMethod;
pub(crate) use payment_state::PaymentState;
pub(crate) use period::Period;
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
pub(crate) use refund::Refund;
pub(crate) use refund_state::RefundState;
pub(crate) use return_line::ReturnLine;
pub(crate) use return_state::ReturnState;
pub(crate) use saga::Saga;
pub(crate) use sequence::Sequence;
pub(crate) use shipment::Shipment;
pub(crate) use spending::Spending;
pub(crate) use step_parameter::StepParameter;
pub(crate) use stock::Stock;
pub(crate) use stock_lot::StockLot;
pub(crate) use subscription_charge::SubscriptionCharge;
pub(crate) use subscription_status::{PauseReason, SubscriptionStatus};
pub(crate) use suggestion::Suggestion;
pub(crate) use taken_back::TakenBack;
pub(crate) use timeline_step::TimelineStep;
pub(crate) use units::Units;
pub(crate) use variant::Variant;
pub(crate) use warehouse::Warehouse;
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
