//! A stock has no first event of its own: it exists when a product has its SKU.

use domain::{
    RefusalKind,
    product::ProductEvent,
    stock::{Stock, StockCommand},
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
        return commands.execute::<Stock>(sku, command, context).await;
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
