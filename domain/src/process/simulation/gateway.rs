//! The payment gateway: it holds the money of cards, loses answers, and says everything twice.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::random::Random;
use crate::{
    Command,
    payment::{GatewayFact, PaymentCommand},
    process::GatewayCall,
    testing::value::{eur, refund_id, text},
    value::{Money, PaymentId, RefundId, Text},
};

pub(super) const APPROVED: &str = "tok_approved";
pub(super) const DECLINED: &str = "tok_declined";
pub(super) const CAPTURE_FAILS: &str = "tok_capture_fails";
pub(super) const TIMEOUT_THEN_APPROVED: &str = "tok_timeout_approved";
pub(super) const TIMEOUT_THEN_DECLINED: &str = "tok_timeout_declined";

/// How much trouble there is: once in so many calls.
const LOST_CALLS: usize = 25;
const LOST_ANSWERS: usize = 15;
const WEBHOOKS: usize = 2;
const REFUNDS_FAIL: usize = 6;

/// The sums of refunds are numbered from here.
const SUMS: u128 = 1 << 50;

/// The money of one payment, as the gateway sees it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    /// How often money was set aside and neither collected nor given up, in minor units.
    pub(super) held: i64,
    pub(super) collected: i64,
    pub(super) returned: i64,
    capture_fails: bool,
    amount: i64,
}

#[derive(Debug, Default)]
pub(super) struct Gateway {
    pub(super) payments: BTreeMap<PaymentId, Held>,
    answers: BTreeMap<Uuid, PaymentCommand>,
    /// Tokens whose first answer is always lost have lost it.
    lost: BTreeMap<PaymentId, ()>,
}

/// What comes of a call.
pub(super) struct Heard {
    /// Nothing when the answer was lost, or the call itself.
    pub(super) answer: Option<Command>,
    /// Webhooks on their way.
    pub(super) facts: Vec<Command>,
}

impl Gateway {
    pub(super) fn hear(&mut self, call: &GatewayCall, key: Uuid, random: &mut Random) -> Heard {
        if random.one_in(LOST_CALLS) {
            return Heard {
                answer: None,
                facts: Vec::new(),
            };
        }
        let payment_id = call.payment_id();
        let known = self.answers.get(&key).cloned();
        let is_new = known.is_none();
        let answer = known.unwrap_or_else(|| self.carry_out(call, random));
        self.answers.insert(key, answer.clone());
        let mut facts = Vec::new();
        if is_new && random.one_in(WEBHOOKS) {
            let fact = fact(call, &answer);
            let times = if random.one_in(3) { 2 } else { 1 };
            facts = vec![to(payment_id, PaymentCommand::RecordGatewayFact { fact }); times];
        }
        if is_new && matches!(answer, PaymentCommand::RecordRefunded { .. }) {
            let fact = self.payments[&payment_id].sum();
            facts.push(to(payment_id, PaymentCommand::RecordGatewayFact { fact }));
        }
        let always_lost = matches!(call, GatewayCall::Authorise { token, .. }
            if token.as_str() == TIMEOUT_THEN_APPROVED || token.as_str() == TIMEOUT_THEN_DECLINED)
            && self.lost.insert(payment_id, ()).is_none();
        let is_lost = always_lost || random.one_in(LOST_ANSWERS);
        Heard {
            answer: (!is_lost).then(|| to(payment_id, answer)),
            facts,
        }
    }

    fn carry_out(&mut self, call: &GatewayCall, random: &mut Random) -> PaymentCommand {
        let payment = self.payments.entry(call.payment_id()).or_default();
        match call {
            GatewayCall::Authorise { token, amount, .. } => {
                if token.as_str() == DECLINED || token.as_str() == TIMEOUT_THEN_DECLINED {
                    return PaymentCommand::RecordDeclined { code: text("stolen") };
                }
                payment.held += amount.amount;
                payment.amount = amount.amount;
                payment.capture_fails = token.as_str() == CAPTURE_FAILS;
                PaymentCommand::RecordAuthorised {
                    gateway_reference: Some(reference()),
                }
            }
            GatewayCall::Capture { amount, .. } => {
                if payment.collected > 0 {
                    return captured(payment.collected, *amount);
                }
                if payment.capture_fails || payment.held < amount.amount {
                    return PaymentCommand::RecordCaptureFailed {
                        code: text("expired"),
                    };
                }
                payment.held -= amount.amount;
                payment.collected += amount.amount;
                PaymentCommand::RecordCaptured
            }
            GatewayCall::Void { .. } => {
                payment.held -= payment.amount.min(payment.held);
                PaymentCommand::RecordVoided
            }
            GatewayCall::Refund {
                refund_id, amount, ..
            } => {
                let refund_id = *refund_id;
                if random.one_in(REFUNDS_FAIL) || payment.returned + amount.amount > payment.collected {
                    let code = text("account_closed");
                    return PaymentCommand::RecordRefundFailed { refund_id, code };
                }
                payment.returned += amount.amount;
                PaymentCommand::RecordRefunded { refund_id }
            }
        }
    }

    /// Somebody uses the gateway's own pages: gives an authorisation up, captures it or a part, or refunds.
    pub(super) fn meddle(&mut self, random: &mut Random, refund_id: RefundId) -> Vec<Command> {
        let Some((payment_id, facts)) = self.facts_of_meddling(random, refund_id) else {
            return Vec::new();
        };
        let facts = facts.into_iter();
        facts
            .map(|fact| to(payment_id, PaymentCommand::RecordGatewayFact { fact }))
            .collect()
    }

    fn facts_of_meddling(
        &mut self,
        random: &mut Random,
        refund_id: RefundId,
    ) -> Option<(PaymentId, Vec<GatewayFact>)> {
        let ids: Vec<PaymentId> = self.payments.keys().copied().collect();
        let payment_id = ids.get(random.below(ids.len().max(1)))?;
        let payment = self.payments.get_mut(payment_id)?;
        let facts = if payment.held > 0 && random.one_in(2) {
            payment.held = 0;
            vec![GatewayFact::Voided]
        } else if payment.held > 0 && !payment.capture_fails {
            let part = if random.one_in(3) {
                random.up_to(u32::try_from(payment.held).unwrap())
            } else {
                payment.held
            };
            payment.collected += part;
            payment.held = 0;
            vec![GatewayFact::Captured {
                gateway_reference: reference(),
                amount: Some(eur(part)),
            }]
        } else if payment.collected > payment.returned {
            // It may be what a refund of ours, which is on its way, asks for.
            let left = payment.collected - payment.returned;
            let amount = random.up_to(u32::try_from(left).unwrap());
            payment.returned += amount;
            let mut facts = vec![payment.sum()];
            if random.one_in(2) {
                let amount = eur(amount);
                facts.push(GatewayFact::Refunded { refund_id, amount });
            }
            facts
        } else {
            return None;
        };
        Some((*payment_id, facts))
    }
}

fn fact(call: &GatewayCall, answer: &PaymentCommand) -> GatewayFact {
    match (call, answer) {
        (_, PaymentCommand::RecordDeclined { code }) => GatewayFact::Declined { code: code.clone() },
        (_, PaymentCommand::RecordCaptureFailed { code }) => {
            GatewayFact::CaptureFailed { code: code.clone() }
        }
        (_, PaymentCommand::RecordRefundFailed { refund_id, code }) => GatewayFact::RefundFailed {
            refund_id: *refund_id,
            code: code.clone(),
        },
        (GatewayCall::Authorise { .. }, _) => GatewayFact::Authorised {
            gateway_reference: reference(),
        },
        (_, PaymentCommand::RecordPartCaptured { amount }) => GatewayFact::Captured {
            gateway_reference: reference(),
            amount: Some(*amount),
        },
        (GatewayCall::Capture { amount, .. }, _) => GatewayFact::Captured {
            gateway_reference: reference(),
            amount: Some(*amount),
        },
        (GatewayCall::Void { .. }, _) => GatewayFact::Voided,
        (
            GatewayCall::Refund {
                refund_id, amount, ..
            },
            _,
        ) => GatewayFact::Refunded {
            refund_id: *refund_id,
            amount: *amount,
        },
    }
}

impl Held {
    /// The sum of all refunds, which the gateway reports after each of them.
    fn sum(&self) -> GatewayFact {
        GatewayFact::RefundedInAll {
            // No other difference of this payment ends at this sum.
            refund_id: refund_id(SUMS + u128::try_from(self.returned).unwrap()),
            amount: eur(self.returned),
        }
    }
}

fn captured(collected: i64, asked: Money) -> PaymentCommand {
    if collected == asked.amount {
        return PaymentCommand::RecordCaptured;
    }
    PaymentCommand::RecordPartCaptured {
        amount: eur(collected),
    }
}

fn reference() -> Text<200> {
    text("pi")
}

fn to(payment_id: PaymentId, command: PaymentCommand) -> Command {
    (payment_id, command).into()
}
