//! Whether goods may go into a warehouse, or come out of it.
//!
//! The rule needs two aggregates, the warehouse and the stock of the SKU; both are read on the write side. A
//! warehouse that already has units of the SKU is usable for that SKU although it was never opened: logs from before
//! warehouses were opened must keep working.

use domain::{
    RefusalKind,
    stock::Stock,
    value::{Sku, WarehouseCode},
    warehouse::{Warehouse, WarehouseStatus},
};
use event_store::BusError;

use crate::{
    Commands,
    refused::{CommandError, Details, FieldError, Refused},
};

/// The greatest number of mistyped letters in a code that is suggested.
const MAX_TYPOS: usize = 2;

/// A warehouse that a command names.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The field of the request that names it.
    pub(crate) field: String,
    /// Whose units move.
    pub(crate) sku: Sku,
    /// Which warehouse.
    pub(crate) warehouse: WarehouseCode,
    /// Whether units go in; otherwise they come out.
    pub(crate) takes_in: bool,
}

/// Refuses a command that names a warehouse which was never opened, or that puts goods into a closed one. All
/// places that are to blame are named.
pub(crate) async fn check_places(commands: &Commands, places: &[Place]) -> Result<(), CommandError> {
    let mut blamed: Option<Refused> = None;
    for place in places {
        let Some(refused) = check(commands, place).await? else {
            continue;
        };
        match &mut blamed {
            Some(first) => first.errors.extend(refused.errors),
            None => blamed = Some(refused),
        }
    }
    blamed.map_or(Ok(()), |refused| Err(BusError::Refused(refused)))
}

async fn check(commands: &Commands, place: &Place) -> Result<Option<Refused>, CommandError> {
    let warehouse = commands.fetch::<Warehouse>(&place.warehouse).await?;
    match warehouse.opened() {
        Ok(opened) if opened.status == WarehouseStatus::Closed && place.takes_in => Ok(Some(closed(place))),
        Ok(_) => Ok(None),
        Err(_never_opened) => {
            let stock = commands.fetch::<Stock>(&place.sku).await?;
            let codes = known(&stock);
            Ok((!codes.contains(&place.warehouse)).then(|| unknown(place, &codes)))
        }
    }
}

/// The warehouses that have, or had, units of the SKU, each once and in order.
fn known(stock: &Stock) -> Vec<WarehouseCode> {
    let mut codes: Vec<WarehouseCode> = stock
        .buckets
        .iter()
        .map(|bucket| bucket.warehouse.clone())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn closed(place: &Place) -> Refused {
    let Place { warehouse, .. } = place;
    let rule = format!(
        "the warehouse {warehouse} is closed and takes no goods in; POST /v1/warehouses/{warehouse}/reopen reopens it"
    );
    refused(place, "warehouse_closed", rule)
}

fn unknown(place: &Place, known: &[WarehouseCode]) -> Refused {
    let Place { warehouse, .. } = place;
    let is_close =
        |code: &&WarehouseCode| strsim::osa_distance(code.as_str(), warehouse.as_str()) <= MAX_TYPOS;
    let close: Vec<&str> = known.iter().filter(is_close).map(WarehouseCode::as_str).collect();
    let suggestion = match close.as_slice() {
        [] => String::new(),
        close => format!("did you mean {}? ", close.join(" or ")),
    };
    let rule = format!(
        "there is no warehouse with the code {warehouse}; {suggestion}POST /v1/warehouses opens a new one"
    );
    refused(place, "unknown_warehouse", rule).with("close_matches", close)
}

fn refused(place: &Place, code: &'static str, rule: String) -> Refused {
    let error = FieldError {
        field: place.field.clone(),
        code,
        rule: rule.clone(),
    };
    Refused {
        kind: RefusalKind::Rule,
        code,
        rule,
        errors: vec![error],
        details: Details::new(),
    }
}
