//! From a question to the gateway to the command that carries its answer.

use domain::{payment::PaymentCommand, process::GatewayCall, value::Text};
use uuid::Uuid;

use super::{Authorisation, GatewayAnswer, GatewayError, PaymentGateway, RefundOrder};

/// Asks the gateway once and says what the payment is to be told.
pub(super) async fn ask(
    gateway: &dyn PaymentGateway,
    key: Uuid,
    call: &GatewayCall,
) -> Result<PaymentCommand, GatewayError> {
    match put(gateway, key, call).await? {
        GatewayAnswer::Approved { reference } => Ok(approved(call, reference)),
        GatewayAnswer::PartApproved { captured } => match call {
            GatewayCall::Capture { .. } => Ok(PaymentCommand::RecordPartCaptured { amount: captured }),
            GatewayCall::Authorise { .. } | GatewayCall::Void { .. } | GatewayCall::Refund { .. } => {
                Err(GatewayError::Refused {
                    reason: format!("{captured} was captured, and no capture was asked for"),
                })
            }
        },
        GatewayAnswer::Declined { code } => declined(call, code),
    }
}

fn approved(call: &GatewayCall, reference: Text<200>) -> PaymentCommand {
    match call {
        GatewayCall::Authorise { .. } => PaymentCommand::RecordAuthorised {
            gateway_reference: Some(reference),
        },
        GatewayCall::Capture { .. } => PaymentCommand::RecordCaptured,
        GatewayCall::Void { .. } => PaymentCommand::RecordVoided,
        GatewayCall::Refund { refund_id, .. } => PaymentCommand::RecordRefunded {
            refund_id: *refund_id,
        },
    }
}

fn declined(call: &GatewayCall, code: Text<100>) -> Result<PaymentCommand, GatewayError> {
    match call {
        GatewayCall::Authorise { .. } => Ok(PaymentCommand::RecordDeclined { code }),
        GatewayCall::Capture { .. } => Ok(PaymentCommand::RecordCaptureFailed { code }),
        // Money of a customer stays set aside although the order does not need it: people must look at that.
        GatewayCall::Void { .. } => Err(GatewayError::Refused {
            reason: format!("the authorisation cannot be given up ({code})"),
        }),
        GatewayCall::Refund { refund_id, .. } => Ok(PaymentCommand::RecordRefundFailed {
            refund_id: *refund_id,
            code,
        }),
    }
}

async fn put(
    gateway: &dyn PaymentGateway,
    key: Uuid,
    call: &GatewayCall,
) -> Result<GatewayAnswer, GatewayError> {
    match call {
        GatewayCall::Authorise {
            payment_id,
            order_id,
            token,
            amount,
        } => {
            let (payment_id, order_id, amount) = (*payment_id, *order_id, *amount);
            gateway
                .authorise(
                    key,
                    Authorisation {
                        payment_id,
                        order_id,
                        token,
                        amount,
                    },
                )
                .await
        }
        GatewayCall::Capture {
            gateway_reference,
            amount,
            ..
        } => gateway.capture(key, gateway_reference, *amount).await,
        GatewayCall::Void {
            gateway_reference, ..
        } => gateway.void(key, gateway_reference).await,
        GatewayCall::Refund {
            payment_id,
            gateway_reference,
            refund_id,
            amount,
        } => {
            let (payment_id, refund_id, amount) = (*payment_id, *refund_id, *amount);
            let order = RefundOrder {
                payment_id,
                refund_id,
                reference: gateway_reference,
                amount,
            };
            gateway.refund(key, order).await
        }
    }
}
