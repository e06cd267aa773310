//! The payment gateway: it answers as its tokens say, and refuses some refunds of people.

use super::random::Random;
use crate::{
    Command,
    payment::PaymentCommand,
    process::GatewayCall,
    testing::value::text,
    value::{CardToken, PaymentId, RefundId},
};

pub(super) const APPROVED: &str = "tok_approved";
pub(super) const DECLINED: &str = "tok_declined";
pub(super) const CAPTURE_FAILS: &str = "tok_capture_fails";

/// Refunds that people ask for have small numbers; those of a process are derived.
pub(super) const PEOPLES_REFUNDS: u128 = 1 << 32;

/// The command that brings the answer to a call back to its payment.
pub(super) fn answer(call: GatewayCall, random: &mut Random) -> Command {
    let payment_id = call.payment_id();
    let command = match call {
        GatewayCall::Authorise { token, .. } => authorise(&token),
        GatewayCall::Capture {
            gateway_reference, ..
        } if gateway_reference.as_str() == CAPTURE_FAILS => PaymentCommand::RecordCaptureFailed {
            code: text("expired"),
        },
        GatewayCall::Capture { .. } => PaymentCommand::RecordCaptured,
        GatewayCall::Void { .. } => PaymentCommand::RecordVoided,
        GatewayCall::Refund { refund_id, .. } if is_peoples(refund_id) && random.one_in(3) => {
            PaymentCommand::RecordRefundFailed {
                refund_id,
                code: text("account_closed"),
            }
        }
        GatewayCall::Refund { refund_id, .. } => PaymentCommand::RecordRefunded { refund_id },
    };
    to(payment_id, command)
}

fn authorise(token: &CardToken) -> PaymentCommand {
    if token.as_str() == DECLINED {
        return PaymentCommand::RecordDeclined { code: text("stolen") };
    }
    PaymentCommand::RecordAuthorised {
        gateway_reference: Some(text(token.as_str())),
    }
}

const fn is_peoples(refund_id: RefundId) -> bool {
    refund_id.uuid().as_u128() < PEOPLES_REFUNDS
}

fn to(payment_id: PaymentId, command: PaymentCommand) -> Command {
    (payment_id, command).into()
}
