//! `OrderStatus`.

use async_graphql::{Enum, EnumType as _};

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum OrderStatus {
    /// The customer placed it; units and money are being set aside.
    Placed,
    /// Units are reserved and the payment is authorised.
    Confirmed,
    /// The payment was captured.
    Paid,
    /// The goods left the warehouse.
    Shipped,
    /// The customer has the goods.
    Delivered,
    /// The order ended before it left the warehouse.
    Cancelled,
    /// All the goods came back.
    Returned,
}

impl OrderStatus {
    /// The status as the read model writes it.
    pub(crate) fn stored(self) -> String {
        let item = Self::items().iter().find(|item| item.value == self);
        item.map_or_else(String::new, |item| item.name.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::stored, *};

    #[test]
    fn a_status_is_read_as_it_is_written() {
        assert_eq!(OrderStatus::Delivered.stored(), "delivered");
        for item in OrderStatus::items() {
            assert_eq!(
                stored::<OrderStatus>("status", &item.value.stored()).unwrap(),
                item.value
            );
        }
        assert!(stored::<OrderStatus>("status", "lost").is_err());
    }
}
