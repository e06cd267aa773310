//! A stock has no first event of its own: it exists when a product has its SKU.

use domain::{
    RefusalKind,
    product::ProductEvent,
    stock::{Stock, StockCommand, StockError},
    value::Sku,
};
use event_store::{Answer, CommandContext};

use crate::{
    Commands,
    refused::{CommandError, Details, FieldError, Refused},
};

/// Sends a command to the stock of a SKU that a product has.
pub(super) async fn execute(
    commands: &Commands,
    sku: Sku,
    command: StockCommand,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    if commands
        .find_claim(&ProductEvent::sku_claim(&sku))
        .await?
        .is_some()
    {
        let id = sku.to_string();
        let answer = commands.bus().execute::<Stock>(&id, command, context).await;
        return answer.map_err(|error| error.map_refusal(|refusal| refused(&refusal)));
    }
    let (code, rule) = ("unknown_sku", format!("no product has the SKU {sku}"));
    let error = FieldError {
        field: "sku".to_owned(),
        code,
        rule: rule.clone(),
    };
    let refused = Refused {
        kind: RefusalKind::Unknown,
        code,
        rule,
        errors: vec![error],
        details: Details::new(),
    };
    commands.refuse(refused, &context).await
}

/// A caller that cannot have its way is told how many units there are, and how many of them orders have.
fn refused(refusal: &StockError) -> Refused {
    let refused = Refused::by(refusal);
    match refusal {
        StockError::NotEnough { free, .. } => refused.with("free", free),
        StockError::BelowZero {
            on_hand, reserved, ..
        } => refused.with("on_hand", on_hand).with("reserved", reserved),
        StockError::OtherExpiry
        | StockError::TooManyUnits
        | StockError::Difference
        | StockError::CountTooLarge
        | StockError::LotsDiffer
        | StockError::NoSuchLot(_)
        | StockError::Short { .. }
        | StockError::SameWarehouse
        | StockError::NoSuchReservation(_) => refused,
    }
}
