//! What the gateway says on its own: early, late, twice.

use super::{
    GatewayFact, PaymentCommand, PaymentError, PaymentEvent, PaymentPhase, PaymentSource, authorised,
    by_card, capture_failed, capture_requested, captured_from, declined, eur, given, lives, order_id,
    record_authorised, refund_failed, refund_id, request_refund, requested, requested_by, text,
    void_requested, voided,
};
use crate::{Decide as _, account::LedgerAccount, payment::Payment, testing::fold, value::Money};

fn says(fact: GatewayFact) -> PaymentCommand {
    PaymentCommand::RecordGatewayFact { fact }
}

fn is_authorised() -> GatewayFact {
    GatewayFact::Authorised {
        gateway_reference: text("pi_1"),
    }
}

fn is_captured() -> GatewayFact {
    GatewayFact::Captured {
        gateway_reference: text("pi_1"),
        amount: None,
    }
}

fn is_refunded(number: u128, amount: Money) -> GatewayFact {
    let refund_id = refund_id(number);
    GatewayFact::Refunded { refund_id, amount }
}

fn is_refunded_in_all(number: u128, amount: Money) -> GatewayFact {
    let refund_id = refund_id(number);
    GatewayFact::RefundedInAll { refund_id, amount }
}

fn authorised_as() -> PaymentEvent {
    PaymentEvent::Authorised {
        order_id: order_id(1),
        gateway_reference: Some(text("pi_1")),
    }
}

fn captured() -> PaymentEvent {
    captured_from(PaymentSource::Card)
}

/// Every life of a payment, by card.
fn card_lives() -> impl Iterator<Item = (PaymentPhase, Vec<PaymentEvent>)> {
    lives().into_iter().map(|(phase, mut life)| {
        life[0] = requested_by(by_card());
        for event in &mut life {
            if matches!(event, PaymentEvent::Captured { .. }) {
                *event = captured();
            }
        }
        (phase, life)
    })
}

#[test]
fn an_authorisation_counts_where_nobody_knows_of_it() {
    for (phase, life) in card_lives() {
        let outcome = given(life).when(says(is_authorised()));
        match phase {
            PaymentPhase::Requested | PaymentPhase::Declined => outcome.then([authorised_as()]),
            _ => outcome.then_nothing(),
        }
    }
}

#[test]
fn captured_money_counts_wherever_it_is_not_known() {
    for (phase, life) in card_lives() {
        let outcome = given(life).when(says(is_captured()));
        match phase {
            PaymentPhase::Captured => outcome.then_nothing(),
            PaymentPhase::Requested | PaymentPhase::Declined => {
                outcome.then([authorised_as(), captured()]);
            }
            _ => outcome.then([captured()]),
        }
    }
}

#[test]
fn a_failure_counts_only_where_its_success_is_open() {
    for (phase, life) in card_lives() {
        let refused = given(life.clone()).when(says(GatewayFact::Declined { code: text("stolen") }));
        match phase {
            PaymentPhase::Requested => refused.then([declined("stolen")]),
            _ => refused.then_nothing(),
        }
        let failed = given(life).when(says(GatewayFact::CaptureFailed {
            code: text("expired"),
        }));
        match phase {
            PaymentPhase::Capturing => failed.then([capture_failed()]),
            _ => failed.then_nothing(),
        }
    }
}

#[test]
fn an_authorisation_that_the_gateway_gave_up_is_gone() {
    for (phase, life) in card_lives() {
        let outcome = given(life).when(says(GatewayFact::Voided));
        match phase {
            PaymentPhase::Requested => outcome.then([declined("voided_by_gateway")]),
            PaymentPhase::Capturing => outcome.then([
                PaymentEvent::CaptureFailed {
                    order_id: order_id(1),
                    code: text("voided_by_gateway"),
                },
                voided(),
            ]),
            PaymentPhase::Authorised | PaymentPhase::CaptureFailed | PaymentPhase::Voiding => {
                outcome.then([voided()]);
            }
            PaymentPhase::Declined | PaymentPhase::Captured | PaymentPhase::Voided => outcome.then_nothing(),
        }
    }
}

#[test]
fn the_answer_that_comes_after_the_webhook_changes_nothing() {
    given([requested_by(by_card()), authorised_as()])
        .when(record_authorised())
        .then_nothing();
    given([requested_by(by_card()), authorised_as(), captured()])
        .when(PaymentCommand::RecordCaptured)
        .then_nothing();
    given([
        requested_by(by_card()),
        authorised_as(),
        void_requested(),
        captured(),
    ])
    .when(PaymentCommand::RecordVoided)
    .then_nothing();
}

#[test]
fn a_refund_that_was_asked_for_arrives_once() {
    let history = [
        requested_by(by_card()),
        authorised(),
        capture_requested(),
        captured(),
    ];
    let payment = fold(Payment::default(), history);
    let asked = payment.decide(request_refund(1, eur(300))).unwrap();
    let payment = fold(payment, asked);
    let arrived = payment.decide(says(is_refunded(1, eur(300)))).unwrap();
    let refunded = PaymentEvent::Refunded {
        order_id: order_id(1),
        refund_id: refund_id(1),
        amount: eur(300),
        source: PaymentSource::Card,
        borne_by: LedgerAccount::Revenue,
        unnamed: false,
    };
    assert_eq!(arrived, [refunded]);
    let payment = fold(payment, arrived);
    assert_eq!(payment.decide(says(is_refunded(1, eur(300)))), Ok(Vec::new()));
    let failed = GatewayFact::RefundFailed {
        refund_id: refund_id(1),
        code: text("closed"),
    };
    // The gateway took back what the books have as done: people must look.
    assert_eq!(payment.decide(says(failed)), Err(PaymentError::RefundDoneBefore));
}

#[test]
fn a_refund_that_was_made_at_the_gateway_is_recorded_without_a_request() {
    let history = [
        requested_by(by_card()),
        authorised(),
        capture_requested(),
        captured(),
    ];
    let payment = fold(Payment::default(), history);
    let events = payment.decide(says(is_refunded(7, eur(300)))).unwrap();
    let names: Vec<String> = events.iter().map(cqrs_es::DomainEvent::event_type).collect();
    assert_eq!(names, ["PaymentRefunded"]);
    assert_eq!(
        payment.decide(says(is_refunded(7, eur(1001)))),
        Err(PaymentError::MoreThanCaptured {
            refundable: eur(1000)
        })
    );
}

#[test]
fn a_refund_of_at_most_an_amount_takes_what_is_left() {
    let at_most = |amount| PaymentCommand::RefundAtMost {
        refund_id: refund_id(2),
        amount: eur(amount),
        reason: text("goods came back"),
        borne_by: LedgerAccount::WriteOffs,
        return_id: None,
    };
    let requested_of = |amount| PaymentEvent::RefundRequested {
        order_id: order_id(1),
        refund_id: refund_id(2),
        amount: eur(amount),
        reason: text("goods came back"),
        borne_by: LedgerAccount::WriteOffs,
        return_id: None,
    };
    let history = [
        requested_by(by_card()),
        authorised(),
        capture_requested(),
        captured(),
    ];
    let payment = fold(Payment::default(), history);
    assert_eq!(payment.decide(at_most(400)), Ok(vec![requested_of(400)]));
    let earlier = payment.decide(request_refund(1, eur(700))).unwrap();
    let payment = fold(payment, earlier);
    assert_eq!(payment.decide(at_most(400)), Ok(vec![requested_of(300)]));
    let all = payment.decide(request_refund(3, eur(300))).unwrap();
    assert_eq!(fold(payment, all).decide(at_most(400)), Ok(Vec::new()));
}

#[test]
fn the_gateway_says_nothing_about_an_account() {
    given([requested()])
        .when(says(is_captured()))
        .then_refused(PaymentError::NotByGateway);
}

fn captured_by_card() -> Payment {
    let history = [
        requested_by(by_card()),
        authorised(),
        capture_requested(),
        captured(),
    ];
    fold(Payment::default(), history)
}

fn found(number: u128, amount: Money, unnamed: bool) -> PaymentEvent {
    PaymentEvent::Refunded {
        order_id: order_id(1),
        refund_id: refund_id(number),
        amount,
        source: PaymentSource::Card,
        borne_by: LedgerAccount::Revenue,
        unnamed,
    }
}

fn identified(number: u128, amount: Money) -> PaymentEvent {
    PaymentEvent::RefundIdentified {
        order_id: order_id(1),
        refund_id: refund_id(number),
        amount,
    }
}

/// Decides a fact and folds what follows from it.
fn hear(payment: &mut Payment, fact: GatewayFact) -> Result<Vec<PaymentEvent>, PaymentError> {
    let events = payment.decide(says(fact))?;
    *payment = fold(std::mem::take(payment), events.clone());
    Ok(events)
}

#[test]
fn a_sum_of_refunds_is_recorded_once_whether_its_refunds_are_named_before_or_after() {
    let mut before = captured_by_card();
    assert_eq!(
        hear(&mut before, is_refunded(1, eur(300))),
        Ok(vec![found(1, eur(300), false)])
    );
    assert_eq!(hear(&mut before, is_refunded_in_all(8, eur(300))), Ok(Vec::new()));
    let mut after = captured_by_card();
    assert_eq!(
        hear(&mut after, is_refunded_in_all(8, eur(500))),
        Ok(vec![found(8, eur(500), true)])
    );
    assert_eq!(
        hear(&mut after, is_refunded(1, eur(300))),
        Ok(vec![identified(1, eur(300))])
    );
    assert_eq!(hear(&mut after, is_refunded(1, eur(300))), Ok(Vec::new()));
    // A part of the next refund was in the sum, and the rest was not.
    assert_eq!(
        hear(&mut after, is_refunded(2, eur(250))),
        Ok(vec![identified(2, eur(200)), found(2, eur(50), false)])
    );
    // The sums of the gateway may arrive in another order than they were made.
    assert_eq!(hear(&mut after, is_refunded_in_all(9, eur(300))), Ok(Vec::new()));
    assert_eq!(after.open().unwrap().refundable(), 450);
}

/// The books counted the second one, and the payment and the list of its refunds did not.
#[test]
fn a_sum_is_not_recorded_under_the_name_of_a_refund_that_was_done() {
    let mut payment = captured_by_card();
    hear(&mut payment, is_refunded(1, eur(100))).unwrap();
    assert_eq!(
        payment.decide(says(is_refunded_in_all(1, eur(250)))),
        Err(PaymentError::RefundDoneBefore)
    );
    hear(&mut payment, is_refunded_in_all(2, eur(250))).unwrap();
    assert_eq!(payment.open().unwrap().refundable(), 750);
}

#[test]
fn a_refund_at_the_gateway_waits_for_one_of_ours_that_is_in_its_way() {
    let mut payment = captured_by_card();
    let asked = payment.decide(request_refund(1, eur(800))).unwrap();
    payment = fold(payment, asked);
    for fact in [is_refunded(7, eur(300)), is_refunded_in_all(8, eur(300))] {
        assert_eq!(payment.decide(says(fact)), Err(PaymentError::RefundUnderWay));
    }
    // More than was captured is no matter of time.
    assert_eq!(
        payment.decide(says(is_refunded(7, eur(1001)))),
        Err(PaymentError::MoreThanCaptured {
            refundable: eur(1000)
        })
    );
    payment = fold(payment, [refund_failed(1)]);
    assert_eq!(
        hear(&mut payment, is_refunded(7, eur(300))),
        Ok(vec![found(7, eur(300), false)])
    );
}

#[test]
fn a_refund_before_its_capture_is_to_be_delivered_again() {
    for (_, life) in card_lives().filter(|(phase, _)| *phase != PaymentPhase::Captured) {
        for fact in [is_refunded(7, eur(300)), is_refunded_in_all(8, eur(300))] {
            given(life.clone())
                .when(says(fact))
                .then_refused(PaymentError::NotCaptured);
        }
    }
    assert!(PaymentError::NotCaptured.may_pass_later());
}

#[test]
fn a_part_that_was_captured_at_the_gateway_is_all_that_can_go_back() {
    let part = |amount| GatewayFact::Captured {
        gateway_reference: text("pi_1"),
        amount: Some(amount),
    };
    let mut payment = fold(Payment::default(), [requested_by(by_card()), authorised_as()]);
    let events = hear(&mut payment, part(eur(400))).unwrap();
    assert_eq!(
        events,
        [PaymentEvent::Captured {
            order_id: order_id(1),
            amount: eur(400),
            source: PaymentSource::Card,
        }]
    );
    assert_eq!(payment.open().unwrap().refundable(), 400);
    assert_eq!(hear(&mut payment, part(eur(400))), Ok(Vec::new()));
    assert_eq!(
        payment.decide(says(part(eur(1000)))),
        Err(PaymentError::OtherCapture {
            recorded: eur(400),
            actual: eur(1000)
        })
    );
    assert_eq!(
        payment.decide(request_refund(1, eur(401))),
        Err(PaymentError::MoreThanCaptured { refundable: eur(400) })
    );
    given([requested_by(by_card()), authorised_as()])
        .when(says(part(eur(1001))))
        .then_refused(PaymentError::OtherCapture {
            recorded: eur(1000),
            actual: eur(1001),
        });
    given([requested_by(by_card()), authorised_as(), capture_requested()])
        .when(PaymentCommand::RecordPartCaptured { amount: eur(400) })
        .then([PaymentEvent::Captured {
            order_id: order_id(1),
            amount: eur(400),
            source: PaymentSource::Card,
        }]);
}

/// What follows from each fact in each phase, for the page of the state machines.
pub(crate) fn facts_table() -> String {
    let facts = [
        ("authorised", is_authorised()),
        ("declined", GatewayFact::Declined { code: text("stolen") }),
        ("captured", is_captured()),
        (
            "capture failed",
            GatewayFact::CaptureFailed {
                code: text("expired"),
            },
        ),
        ("voided", GatewayFact::Voided),
        ("refunded", is_refunded(7, eur(300))),
        ("refunded in all", is_refunded_in_all(8, eur(300))),
    ];
    let heads: Vec<&str> = facts.iter().map(|(name, _)| *name).collect();
    let mut page = format!(
        "| phase | {} |\n|---|{}\n",
        heads.join(" | "),
        "---|".repeat(facts.len())
    );
    for (phase, life) in card_lives() {
        let payment = fold(Payment::default(), life);
        let cells = facts
            .iter()
            .map(|(_, fact)| match payment.decide(says(fact.clone())) {
                Ok(events) if events.is_empty() => "–".to_owned(),
                Ok(events) => {
                    let names: Vec<String> = events.iter().map(cqrs_es::DomainEvent::event_type).collect();
                    names.join(", ")
                }
                Err(error) => format!("refused: {error}"),
            });
        let cells: Vec<String> = cells.collect();
        page.push_str(&format!("| {phase:?} | {} |\n", cells.join(" | ")));
    }
    page
}
