//! One sample of every event, with all of its fields filled.
//!
//! A sample serves once, when the golden file of its event is missing. Changing it later changes nothing.

use crate::{
    Event,
    account::{AccountEvent, HoldRefusal, LedgerAccount},
    order::{CancelReason, Disposal, Line, OrderEvent, ReturnLine, TakenBack},
    payment::{PaymentEvent, PaymentSource},
    product::{Image, ProductChange, ProductEvent, Variant},
    stock::{Allocation, ReleaseReason, ReservationRefusal, StockEvent},
    subscription::{PauseReason, Period, SubscriptionEvent},
    testing::value::{
        address, at, by_account, by_card, customer_id, day, eur, line, noon, order_id, payment_id,
        quarter_past, refund_id, return_id, sku, text, units,
    },
    value::Currency,
    warehouse::WarehouseEvent,
};

pub(super) fn samples() -> Vec<Event> {
    let accounts = account().into_iter().map(Event::Account);
    let products = product().into_iter().map(Event::Product);
    let stocks = stock().into_iter().map(Event::Stock);
    let orders = order().into_iter().map(Event::Order);
    let payments = payment().into_iter().map(Event::Payment);
    accounts
        .chain(products)
        .chain(stocks)
        .chain(orders)
        .chain(payments)
        .chain(subscription().into_iter().map(Event::Subscription))
        .chain(warehouse().into_iter().map(Event::Warehouse))
        .collect()
}

fn account() -> Vec<AccountEvent> {
    let (payment_id, order_id, amount) = (payment_id(0x17), order_id(0x12), eur(2380));
    vec![
        AccountEvent::Opened {
            owner_id: customer_id(0x11),
            currency: Currency::EUR,
        },
        AccountEvent::Deposited {
            amount: eur(10_000),
            reference: text("transfer 2026-01-15"),
            counter_account: LedgerAccount::Cash,
        },
        AccountEvent::Withdrawn {
            amount: eur(1250),
            reference: text("payout 7"),
            counter_account: LedgerAccount::Cash,
        },
        AccountEvent::FundsHeld {
            payment_id,
            order_id,
            amount,
        },
        AccountEvent::HoldRefused {
            payment_id,
            order_id,
            amount,
            reason: HoldRefusal::InsufficientFunds,
        },
        AccountEvent::HoldCaptured {
            payment_id,
            order_id,
            amount,
            counter_account: LedgerAccount::Revenue,
        },
        AccountEvent::HoldReleased {
            payment_id,
            order_id,
            amount,
        },
        AccountEvent::Refunded {
            payment_id,
            order_id,
            refund_id: refund_id(0x13),
            amount,
            counter_account: LedgerAccount::Revenue,
        },
    ]
}

fn product() -> Vec<ProductEvent> {
    let images = || {
        vec![Image {
            url: text("https://images.example/lamp.jpg"),
            alt: Some(text("A red lamp on a desk")),
        }]
    };
    vec![
        ProductEvent::Created {
            name: text("Lamp"),
            slug: text("lamp"),
            description: Some(text("Gives light.\nAnd warmth.")),
            categories: vec![text("home/light")],
            tags: vec![text("evening")],
            images: images(),
            variants: vec![Variant {
                sku: sku("LAMP-RED"),
                name: Some(text("red")),
            }],
            tax_rate_bp: 1900,
        },
        ProductEvent::Updated(ProductChange {
            name: Some(text("Bright lamp")),
            description: Some(text("Gives more light.")),
            categories: Some(vec![text("home/light"), text("office")]),
            tags: Some(vec![text("evening"), text("bright")]),
            images: Some(images()),
            active: Some(false),
        }),
        ProductEvent::PriceSet {
            sku: sku("LAMP-RED"),
            price: eur(1190),
        },
    ]
}

fn stock() -> Vec<StockEvent> {
    let (order_id, quantity) = (order_id(0x12), units(2));
    let (lot, expires_on) = (Some(text("B-2026-01")), Some(day("2027-01-31")));
    let allocations = vec![Allocation {
        warehouse: text("north"),
        lot: lot.clone(),
        quantity,
    }];
    vec![
        StockEvent::Received {
            warehouse: text("north"),
            quantity: units(100),
            lot: lot.clone(),
            expires_on,
        },
        StockEvent::Adjusted {
            warehouse: text("north"),
            difference: -3,
            lot: lot.clone(),
            expires_on: None,
            reason: text("broken in the warehouse"),
        },
        StockEvent::FellShort {
            warehouse: text("north"),
            lot: lot.clone(),
            missing: 3,
            more: 2,
            orders: vec![order_id],
        },
        StockEvent::ShortageEased {
            warehouse: text("north"),
            lot: lot.clone(),
            missing: 1,
            fewer: 2,
        },
        StockEvent::ExpiryCorrected {
            lot: text("B-2026-02"),
            expires_on: Some(day("2026-07-31")),
        },
        StockEvent::Transferred {
            from: text("north"),
            to: text("south-2"),
            quantity: units(10),
            lot,
            expires_on,
        },
        StockEvent::Reserved {
            order_id,
            quantity,
            allocations: allocations.clone(),
            expires_at: quarter_past(),
            provisional: false,
        },
        StockEvent::ReservationRefused {
            order_id,
            quantity,
            available: 1,
            undecided: 0,
            reason: ReservationRefusal::OutOfStock,
        },
        StockEvent::Released {
            order_id,
            quantity,
            allocations: allocations.clone(),
            reason: ReleaseReason::OtherLineOutOfStock,
        },
        StockEvent::Committed {
            order_id,
            quantity,
            allocations,
        },
        StockEvent::Extended {
            order_id,
            expires_at: quarter_past(),
        },
        StockEvent::Returned {
            order_id,
            return_id: return_id(0x14),
            warehouse: text("north"),
            quantity,
            lot: Some(text("B-2026-01")),
            expires_on,
        },
        StockEvent::WrittenOff {
            order_id,
            return_id: return_id(0x14),
            quantity,
        },
        StockEvent::ThresholdSet { threshold: Some(5) },
        StockEvent::RanLow {
            free: 4,
            threshold: 5,
        },
    ]
}

fn order() -> Vec<OrderEvent> {
    vec![
        OrderEvent::Placed {
            customer_id: customer_id(0x11),
            lines: vec![Line {
                name: "Lamp, red".to_owned(),
                ..line("LAMP-RED", 2, eur(1190))
            }],
            total: eur(2380),
            tax: eur(380),
            payment_id: payment_id(0x17),
            payment: by_account(),
            shipping_address: address(),
        },
        OrderEvent::Confirmed {},
        OrderEvent::Paid {},
        OrderEvent::Cancelled {
            reason: CancelReason::ByCustomer {
                note: Some(text("found it cheaper")),
            },
        },
        OrderEvent::Shipped {
            carrier: Some(text("Swift")),
            tracking_number: text("SW-1"),
        },
        OrderEvent::Delivered {},
        OrderEvent::ReturnRequested {
            return_id: return_id(0x14),
            lines: vec![ReturnLine {
                sku: sku("LAMP-RED"),
                quantity: units(2),
            }],
            reason: text("too bright"),
            exchange_order_id: Some(order_id(0x15)),
        },
        OrderEvent::ReturnAccepted {
            return_id: return_id(0x14),
            lines: vec![
                TakenBack {
                    sku: sku("LAMP-RED"),
                    quantity: units(1),
                    disposal: Disposal::Restock {
                        warehouse: text("north"),
                        lot: Some(text("B-2026-01")),
                    },
                },
                TakenBack {
                    sku: sku("LAMP-RED"),
                    quantity: units(1),
                    disposal: Disposal::WriteOff,
                },
            ],
            refund: eur(2380),
            written_off: eur(1190),
        },
        OrderEvent::RefundReduced {
            return_id: return_id(0x14),
            refund: eur(1500),
            written_off: eur(500),
        },
        OrderEvent::ReturnRejected {
            return_id: return_id(0x14),
            reason: text("the lamp was used"),
        },
        OrderEvent::Returned {},
    ]
}

fn payment() -> Vec<PaymentEvent> {
    let (order_id, refund_id, amount) = (order_id(0x12), refund_id(0x13), eur(2380));
    vec![
        PaymentEvent::Requested {
            order_id,
            customer_id: customer_id(0x11),
            amount,
            method: by_card(),
        },
        PaymentEvent::Authorised {
            order_id,
            gateway_reference: Some(text("pi_1")),
        },
        PaymentEvent::Declined {
            order_id,
            code: text("insufficient_funds"),
        },
        PaymentEvent::CaptureRequested { order_id, amount },
        PaymentEvent::Captured {
            order_id,
            amount,
            source: PaymentSource::Card,
        },
        PaymentEvent::CaptureFailed {
            order_id,
            code: text("expired"),
        },
        PaymentEvent::VoidRequested { order_id },
        PaymentEvent::Voided { order_id },
        PaymentEvent::RefundRequested {
            order_id,
            refund_id,
            amount,
            reason: text("the order was cancelled"),
            borne_by: LedgerAccount::Revenue,
            return_id: None,
        },
        PaymentEvent::Refunded {
            order_id,
            refund_id,
            amount,
            source: PaymentSource::Card,
            borne_by: LedgerAccount::Revenue,
            unnamed: false,
        },
        PaymentEvent::RefundIdentified {
            order_id,
            refund_id,
            amount,
        },
        PaymentEvent::RefundFailed {
            order_id,
            refund_id,
            code: text("account_closed"),
        },
    ]
}

fn subscription() -> Vec<SubscriptionEvent> {
    let payment_id = payment_id(0x18);
    vec![
        SubscriptionEvent::Started {
            customer_id: customer_id(0x11),
            amount: eur(990),
            method: by_card(),
            period: Period::Months(1),
            first_charge_at: noon(),
        },
        SubscriptionEvent::ChargeRequested {
            payment_id,
            number: 1,
            attempt: 1,
            amount: eur(990),
        },
        SubscriptionEvent::Charged {
            payment_id,
            number: 1,
            next_charge_at: at("2026-02-15T12:00:00Z"),
        },
        SubscriptionEvent::ChargeFailed {
            payment_id,
            number: 1,
            attempt: 1,
            code: text("insufficient_funds"),
            retry_at: Some(at("2026-01-16T12:00:00Z")),
        },
        SubscriptionEvent::Paused {
            reason: PauseReason::ChargeFailed,
        },
        SubscriptionEvent::Resumed {
            next_charge_at: at("2026-02-15T12:00:00Z"),
        },
        SubscriptionEvent::Cancelled {
            note: Some(text("read enough")),
        },
    ]
}

fn warehouse() -> Vec<WarehouseEvent> {
    vec![
        WarehouseEvent::Opened {
            name: text("Berlin"),
            location: Some(text("Westhafenstraße 1, Berlin")),
        },
        WarehouseEvent::Renamed {
            name: text("Berlin West"),
        },
        WarehouseEvent::Relocated {
            location: text("Am Borsigturm 2, Berlin"),
        },
        WarehouseEvent::Closed {},
        WarehouseEvent::Reopened {},
    ]
}
