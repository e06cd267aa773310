//! Faults that are planted to see whether the simulation finds them.

use crate::{
    Command,
    payment::PaymentCommand,
    process::{Action, TimerName},
    stock::StockCommand,
};

/// A fault of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// None: the shop as it is.
    Sound,
    /// Money is not given back when an order ends.
    MoneyKept,
    /// Reserved units are not given back.
    UnitsKept,
    /// Nobody asks the gateway again.
    NeverAskedAgain,
    /// A command that arrives twice is carried out twice.
    KeysForgotten,
    /// A call that is repeated is a new call for the gateway.
    NewCallEachTime,
    /// A reservation is decided without a look at the others.
    Oversold,
    /// A refund is booked without a look at what was captured.
    RefundDoubled,
}

impl Fault {
    /// Every fault that the simulation must find.
    pub(super) const PLANTED: [Self; 7] = [
        Self::MoneyKept,
        Self::UnitsKept,
        Self::NeverAskedAgain,
        Self::KeysForgotten,
        Self::NewCallEachTime,
        Self::Oversold,
        Self::RefundDoubled,
    ];

    /// Whether an action of a process manager is carried out.
    pub(super) fn keeps(self, action: &Action) -> bool {
        match (self, action) {
            (Self::MoneyKept, Action::Command(command)) => !matches!(
                &**command,
                Command::Payment(to)
                    if matches!(to.command, PaymentCommand::RequestVoid | PaymentCommand::RefundAtMost { .. })
            ),
            (Self::UnitsKept, Action::Command(command)) => !matches!(
                &**command,
                Command::Stock(to)
                    if matches!(to.command, StockCommand::Release { .. } | StockCommand::Expire { .. })
            ),
            (Self::NeverAskedAgain, Action::SetTimer { name, .. }) => *name != TimerName::GatewayAnswer,
            _ => true,
        }
    }
}
