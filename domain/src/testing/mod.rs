//! Tests that read as a specification: given what happened, when this is asked, then that follows.
//!
//! ```text
//! given([opened(), deposited(eur(500))])
//!     .when(withdraw(eur(900)))
//!     .then_refused(AccountError::InsufficientFunds { available: eur(500) });
//! ```

pub(crate) mod arbitrary;
pub(crate) mod laws;
mod process;
pub(crate) mod value;

use cqrs_es::Aggregate;

pub(crate) use self::process::process;
use crate::{
    Decide,
    account::{Account, AccountCommand, AccountEvent},
    order::{Order, OrderCommand, OrderEvent},
    payment::{Payment, PaymentCommand, PaymentEvent},
    product::{Product, ProductCommand, ProductEvent},
    stock::{Stock, StockCommand, StockEvent},
    subscription::{Subscription, SubscriptionCommand, SubscriptionEvent},
    warehouse::{Warehouse, WarehouseCommand, WarehouseEvent},
};

/// The aggregate that a command or an event belongs to, so that no test has to name it.
pub(crate) trait Concerns {
    type Aggregate: Decide;
}

macro_rules! concerns {
    ($($aggregate:ty: $command:ty, $event:ty;)+) => { $(
        impl Concerns for $command {
            type Aggregate = $aggregate;
        }
        impl Concerns for $event {
            type Aggregate = $aggregate;
        }
    )+ };
}

concerns! {
    Account: AccountCommand, AccountEvent;
    Product: ProductCommand, ProductEvent;
    Stock: StockCommand, StockEvent;
    Order: OrderCommand, OrderEvent;
    Payment: PaymentCommand, PaymentEvent;
    Subscription: SubscriptionCommand, SubscriptionEvent;
    Warehouse: WarehouseCommand, WarehouseEvent;
}

/// An aggregate to which these events happened.
pub(crate) fn given<E>(events: impl IntoIterator<Item = E>) -> Given<E::Aggregate>
where
    E: Concerns,
    E::Aggregate: Aggregate<Event = E>,
{
    Given {
        state: fold(E::Aggregate::default(), events),
    }
}

/// Asks an aggregate to which nothing has happened.
pub(crate) fn when<C>(command: C) -> Outcome<C::Aggregate>
where
    C: Concerns,
    C::Aggregate: Aggregate<Command = C>,
{
    Outcome {
        result: C::Aggregate::default().decide(command),
    }
}

/// Applies events one after the other.
pub(crate) fn fold<A: Aggregate>(state: A, events: impl IntoIterator<Item = A::Event>) -> A {
    events.into_iter().fold(state, |mut state, event| {
        state.apply(event);
        state
    })
}

/// An aggregate with a past.
pub(crate) struct Given<A> {
    state: A,
}

impl<A: Decide> Given<A> {
    pub(crate) fn when(self, command: A::Command) -> Outcome<A> {
        Outcome {
            result: self.state.decide(command),
        }
    }

    /// Looks at the state itself, where no command would show it.
    pub(crate) fn state(self) -> A {
        self.state
    }
}

/// What an aggregate answered.
pub(crate) struct Outcome<A: Decide> {
    result: Result<Vec<A::Event>, A::Error>,
}

impl<A: Decide<Error: PartialEq>> Outcome<A> {
    #[track_caller]
    pub(crate) fn then(self, expected: impl IntoIterator<Item = A::Event>) {
        assert_eq!(self.result, Ok(expected.into_iter().collect()));
    }

    #[track_caller]
    pub(crate) fn then_nothing(self) {
        self.then([]);
    }

    #[track_caller]
    pub(crate) fn then_refused(self, expected: A::Error) {
        assert_eq!(self.result, Err(expected));
    }
}
