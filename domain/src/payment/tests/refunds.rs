//! Captured money on its way back.

use super::{
    Currency, LedgerAccount, MAX_REFUNDS, PaymentError, PaymentEvent, PaymentPhase, PaymentSource,
    authorised, by_card, capture_requested, captured, captured_from, currency, eur, given, lives, order_id,
    record_refund_failed, record_refunded, refund_failed, refund_id, refund_requested, refunded,
    request_refund, requested, requested_by, usd,
};

/// Ten captured euros, and what happened then.
fn captured_and(more: impl IntoIterator<Item = PaymentEvent>) -> impl Iterator<Item = PaymentEvent> {
    [requested(), authorised(), capture_requested(), captured()]
        .into_iter()
        .chain(more)
}

/// As many refunds of one cent as a payment may have.
fn many_refunds() -> impl Iterator<Item = PaymentEvent> {
    (1..=MAX_REFUNDS as u128).map(|number| refund_requested(number + 1000, eur(1)))
}

#[test]
fn captured_money_is_asked_back() {
    given(captured_and([]))
        .when(request_refund(1, eur(1000)))
        .then([refund_requested(1, eur(1000))]);
}

#[test]
fn money_is_asked_back_in_parts() {
    given(captured_and([
        refund_requested(1, eur(400)),
        refunded(1, eur(400)),
    ]))
    .when(request_refund(2, eur(600)))
    .then([refund_requested(2, eur(600))]);
}

#[test]
fn no_more_is_refunded_than_was_captured() {
    given(captured_and([]))
        .when(request_refund(1, eur(1001)))
        .then_refused(PaymentError::MoreThanCaptured {
            refundable: eur(1000),
        });
    given(captured_and([
        refund_requested(1, eur(400)),
        refunded(1, eur(400)),
    ]))
    .when(request_refund(2, eur(601)))
    .then_refused(PaymentError::MoreThanCaptured { refundable: eur(600) });
    given(captured_and([]))
        .when(request_refund(1, eur(i64::MAX)))
        .then_refused(PaymentError::MoreThanCaptured {
            refundable: eur(1000),
        });
}

#[test]
fn a_refund_under_way_counts_as_refunded() {
    given(captured_and([refund_requested(1, eur(400))]))
        .when(request_refund(2, eur(601)))
        .then_refused(PaymentError::MoreThanCaptured { refundable: eur(600) });
}

#[test]
fn a_refund_that_failed_can_be_asked_for_again() {
    given(captured_and([refund_requested(1, eur(1000)), refund_failed(1)]))
        .when(request_refund(2, eur(1000)))
        .then([refund_requested(2, eur(1000))]);
}

#[test]
fn a_refund_is_asked_for_once() {
    given(captured_and([refund_requested(1, eur(400))]))
        .when(request_refund(1, eur(400)))
        .then_nothing();
    given(captured_and([
        refund_requested(1, eur(1000)),
        refunded(1, eur(1000)),
    ]))
    .when(request_refund(1, eur(1000)))
    .then_nothing();
}

#[test]
fn a_refund_is_above_zero_and_in_the_currency_of_the_payment() {
    for amount in [0, -1, i64::MIN] {
        given(captured_and([]))
            .when(request_refund(1, eur(amount)))
            .then_refused(PaymentError::NotPositive);
    }
    given(captured_and([]))
        .when(request_refund(1, usd(1)))
        .then_refused(PaymentError::OtherCurrency {
            expected: Currency::EUR,
            actual: currency("USD"),
        });
}

#[test]
fn only_captured_money_is_asked_back() {
    for (phase, life) in lives() {
        if phase != PaymentPhase::Captured {
            given(life)
                .when(request_refund(1, eur(1)))
                .then_refused(PaymentError::NotCaptured);
        }
    }
}

#[test]
fn a_payment_has_so_many_refunds_and_no_more() {
    given(captured_and(many_refunds()))
        .when(request_refund(1, eur(1)))
        .then_refused(PaymentError::TooManyRefunds);
}

#[test]
fn the_rest_can_go_back_after_however_many_refunds() {
    given(captured_and(many_refunds()))
        .when(request_refund(1, eur(900)))
        .then([refund_requested(1, eur(900))]);
}

#[test]
fn a_refund_arrives_with_the_amount_that_was_asked_for() {
    given(captured_and([refund_requested(1, eur(400))]))
        .when(record_refunded(1))
        .then([refunded(1, eur(400))]);
}

#[test]
fn a_refund_says_whose_books_moved() {
    given([
        requested_by(by_card()),
        authorised(),
        capture_requested(),
        captured_from(PaymentSource::Card),
        refund_requested(1, eur(400)),
    ])
    .when(record_refunded(1))
    .then([PaymentEvent::Refunded {
        order_id: order_id(1),
        refund_id: refund_id(1),
        amount: eur(400),
        source: PaymentSource::Card,
        borne_by: LedgerAccount::Revenue,
        unnamed: false,
    }]);
}

#[test]
fn a_refund_arrives_once() {
    given(captured_and([
        refund_requested(1, eur(400)),
        refunded(1, eur(400)),
    ]))
    .when(record_refunded(1))
    .then_nothing();
}

#[test]
fn a_refund_that_nobody_asked_for_cannot_arrive() {
    given(captured_and([]))
        .when(record_refunded(1))
        .then_refused(PaymentError::NoSuchRefund);
    given(captured_and([refund_requested(1, eur(400)), refund_failed(1)]))
        .when(record_refunded(1))
        .then_refused(PaymentError::NoSuchRefund);
}

#[test]
fn a_refund_can_fail_while_it_is_under_way() {
    given(captured_and([refund_requested(1, eur(400))]))
        .when(record_refund_failed(1))
        .then([refund_failed(1)]);
}

#[test]
fn a_refund_fails_once_and_never_after_it_arrived() {
    given(captured_and([]))
        .when(record_refund_failed(1))
        .then_nothing();
    given(captured_and([refund_requested(1, eur(400)), refund_failed(1)]))
        .when(record_refund_failed(1))
        .then_nothing();
    given(captured_and([
        refund_requested(1, eur(400)),
        refunded(1, eur(400)),
    ]))
    .when(record_refund_failed(1))
    .then_nothing();
}
