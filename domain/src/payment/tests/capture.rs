//! From the question to the captured money, or back.

use super::{
    PaymentCommand, PaymentError, PaymentEvent, PaymentPhase, PaymentSource, authorised, by_card,
    capture_failed, capture_requested, captured, captured_from, declined, given, lives, order_id,
    record_authorised, record_capture_failed, record_declined, requested, requested_by, text, void_requested,
    voided,
};

/// A command is answered with no event in every phase but these.
fn nothing_but_in(phases: &[PaymentPhase], command: &PaymentCommand) {
    for (phase, life) in lives() {
        if !phases.contains(&phase) {
            given(life).when(command.clone()).then_nothing();
        }
    }
}

#[test]
fn an_authorisation_keeps_the_name_that_the_gateway_gave_it() {
    let gateway_reference = Some(text("pi_1"));
    given([requested_by(by_card())])
        .when(PaymentCommand::RecordAuthorised {
            gateway_reference: gateway_reference.clone(),
        })
        .then([PaymentEvent::Authorised {
            order_id: order_id(1),
            gateway_reference,
        }]);
}

#[test]
fn an_account_authorises_without_a_name() {
    given([requested()])
        .when(record_authorised())
        .then([authorised()]);
}

#[test]
fn a_payment_is_declined_with_a_code() {
    given([requested()])
        .when(record_declined())
        .then([declined("stolen")]);
}

#[test]
fn the_first_answer_to_a_request_counts() {
    nothing_but_in(&[PaymentPhase::Requested], &record_authorised());
    nothing_but_in(&[PaymentPhase::Requested], &record_declined());
}

#[test]
fn authorised_money_is_asked_for() {
    given([requested(), authorised()])
        .when(PaymentCommand::RequestCapture)
        .then([capture_requested()]);
}

#[test]
fn only_authorised_money_is_asked_for_and_once() {
    for (phase, life) in lives() {
        let outcome = given(life).when(PaymentCommand::RequestCapture);
        match phase {
            PaymentPhase::Authorised => outcome.then([capture_requested()]),
            PaymentPhase::Requested | PaymentPhase::Declined => {
                outcome.then_refused(PaymentError::NotAuthorised);
            }
            _ => outcome.then_nothing(),
        }
    }
}

#[test]
fn captured_money_says_whose_books_moved() {
    given([requested(), authorised(), capture_requested()])
        .when(PaymentCommand::RecordCaptured)
        .then([captured()]);
    given([requested_by(by_card()), authorised(), capture_requested()])
        .when(PaymentCommand::RecordCaptured)
        .then([captured_from(PaymentSource::Card)]);
}

#[test]
fn a_capture_can_fail() {
    given([requested(), authorised(), capture_requested()])
        .when(record_capture_failed())
        .then([capture_failed()]);
}

#[test]
fn the_first_answer_to_a_capture_counts() {
    nothing_but_in(&[PaymentPhase::Capturing], &PaymentCommand::RecordCaptured);
    nothing_but_in(&[PaymentPhase::Capturing], &record_capture_failed());
}

#[test]
fn an_authorisation_is_given_up_while_it_stands() {
    for (phase, life) in lives() {
        let outcome = given(life).when(PaymentCommand::RequestVoid);
        match phase {
            PaymentPhase::Authorised | PaymentPhase::CaptureFailed => outcome.then([void_requested()]),
            PaymentPhase::Voiding | PaymentPhase::Voided | PaymentPhase::Captured => outcome.then_nothing(),
            PaymentPhase::Capturing => {
                outcome.then_refused(PaymentError::AlreadyCaptured);
            }
            PaymentPhase::Requested | PaymentPhase::Declined => {
                outcome.then_refused(PaymentError::NotAuthorised);
            }
        }
    }
}

#[test]
fn an_authorisation_is_gone_once() {
    given([requested(), authorised(), void_requested()])
        .when(PaymentCommand::RecordVoided)
        .then([voided()]);
    nothing_but_in(&[PaymentPhase::Voiding], &PaymentCommand::RecordVoided);
}
