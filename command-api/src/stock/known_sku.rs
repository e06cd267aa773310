//! A stock has no first event of its own: it exists when a product has its SKU, and its units lie in warehouses
//! that were opened.

use domain::{
    RefusalKind,
    product::ProductEvent,
    stock::{Stock, StockCommand, StockError},
    value::{Sku, WarehouseCode},
};
use event_store::{Answer, BusError, CommandContext};

use crate::{
    Commands,
    refused::{CommandError, Details, FieldError, Refused},
    warehouses::{Place, check_places},
};

/// Sends a command to the stock of a SKU that a product has.
pub(super) async fn execute(
    commands: &Commands,
    sku: Sku,
    command: StockCommand,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let checked = match commands.find_claim(&ProductEvent::sku_claim(&sku)).await? {
        Some(_product) => check_places(commands, &places(&sku, &command)).await,
        None => Err(BusError::Refused(unknown(&sku))),
    };
    match checked {
        Ok(()) => {
            let id = sku.to_string();
            let answer = commands.bus().execute::<Stock>(&id, command, context).await;
            answer.map_err(|error| error.map_refusal(|refusal| refused(&refusal)))
        }
        Err(BusError::Refused(refused)) => commands.refuse(refused, &context).await,
        Err(error) => Err(error),
    }
}

/// The warehouses that a command names.
fn places(sku: &Sku, command: &StockCommand) -> Vec<Place> {
    let place = |field: &str, warehouse: &WarehouseCode, takes_in| Place {
        field: field.to_owned(),
        sku: sku.clone(),
        warehouse: warehouse.clone(),
        takes_in,
    };
    match command {
        StockCommand::Receive { warehouse, .. } | StockCommand::Restock { warehouse, .. } => {
            vec![place("warehouse", warehouse, true)]
        }
        // What is missing in a closed warehouse must be written off all the same.
        StockCommand::Adjust {
            warehouse,
            difference,
            ..
        } => vec![place("warehouse", warehouse, *difference > 0)],
        StockCommand::Transfer { from, to, .. } => vec![place("from", from, false), place("to", to, true)],
        StockCommand::CorrectExpiry { .. }
        | StockCommand::Reserve { .. }
        | StockCommand::Release { .. }
        | StockCommand::Extend { .. }
        | StockCommand::Expire { .. }
        | StockCommand::Commit { .. }
        | StockCommand::WriteOff { .. }
        | StockCommand::SetLowStockThreshold { .. } => Vec::new(),
    }
}

fn unknown(sku: &Sku) -> Refused {
    let (code, rule) = ("unknown_sku", format!("no product has the SKU {sku}"));
    let error = FieldError {
        field: "sku".to_owned(),
        code,
        rule: rule.clone(),
    };
    Refused {
        kind: RefusalKind::Unknown,
        code,
        rule,
        errors: vec![error],
        details: Details::new(),
    }
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
