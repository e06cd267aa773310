//! What the tests of all read models share: a database, a shop with a history, and digests of tables.

mod after_sales;
mod chance;
mod digest;
mod hooked_log;
mod past;
mod samples;
mod shop;
mod stage;

pub(crate) use self::{
    chance::Chance,
    digest::digest,
    hooked_log::HookedLog,
    samples::samples,
    shop::{
        Shop, account_id, address, customer_id, money, noon, order_id, payment_id, product_id, refund_id,
        return_id, sku, subscription_id, text,
    },
    stage::{LONG, Stage, apply_in, operator, table_models},
};
