//! Brings any command of the domain to its aggregate.

use domain::{
    Command, Refusal, account::Account, order::Order, payment::Payment, product::Product, stock::Stock,
    subscription::Subscription, warehouse::Warehouse,
};
use event_store::{Answer, BusError, CommandBus, CommandContext};

/// Why a command to any aggregate came to nothing.
pub type DispatchError = BusError<Box<dyn Refusal>>;

/// Executes a command on the aggregate that it is for.
///
/// # Errors
///
/// As [`CommandBus::execute`].
pub async fn execute(
    bus: &CommandBus,
    command: Command,
    context: CommandContext,
) -> Result<Answer, DispatchError> {
    macro_rules! to {
        ($aggregate:ty, $target:expr) => {{
            let target = $target;
            let id = target.id.to_string();
            let answer = bus.execute::<$aggregate>(&id, target.command, context).await;
            answer.map_err(|error| error.map_refusal(|refusal| Box::new(refusal) as Box<dyn Refusal>))
        }};
    }
    match command {
        Command::Account(target) => to!(Account, target),
        Command::Product(target) => to!(Product, target),
        Command::Stock(target) => to!(Stock, target),
        Command::Order(target) => to!(Order, target),
        Command::Payment(target) => to!(Payment, target),
        Command::Subscription(target) => to!(Subscription, target),
        Command::Warehouse(target) => to!(Warehouse, target),
    }
}
