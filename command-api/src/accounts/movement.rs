//! What deposits and withdrawals have in common: an amount, and a name under which it moves once.

use domain::{
    account::{Account, AccountCommand, AccountError},
    value::{AccountId, Money, Reference},
};
use event_store::{Answer, BusError, CommandContext, CommandKey};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Commands,
    refused::{CommandError, Refused},
    request::{Check, MoneyBody, Valid, digest},
};

/// The most bytes of a reference that stand in a key as they are. A hundred characters of four bytes
/// each would be too long for a key.
const MAX_PLAIN_REFERENCE_LEN: usize = 100;

/// Asks for money to be moved.
#[derive(Debug, Clone)]
pub struct Movement {
    /// How much.
    pub amount: Money,
    /// The caller's name for it: under the same name it moves once.
    pub reference: Reference,
}

/// A movement of money.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Movement)]
pub(crate) struct MovementBody {
    /// How much, in the currency of the account.
    amount: MoneyBody,
    /// The caller's name for the movement, 1 to 100 characters. Sent again with the same amount it moves
    /// nothing and is answered as the first time; with another amount it is refused.
    #[schema(example = "bank transfer 2026-11-20/17")]
    reference: String,
}

impl Valid for Movement {
    type Raw = MovementBody;
    fn check(raw: MovementBody, check: &mut Check) -> Option<Self> {
        let amount = check.field("amount", raw.amount);
        let reference = check.field("reference", raw.reference);
        Some(Self {
            amount: amount?,
            reference: reference?,
        })
    }
}

/// Which way money moves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Direction {
    Deposit,
    Withdrawal,
}

/// Moves money, with the reference as one more key.
///
/// The aggregate remembers its latest references by itself; the key makes the promise last for ever.
pub(super) async fn move_money(
    commands: &Commands,
    direction: Direction,
    account_id: AccountId,
    movement: Movement,
    mut context: CommandContext,
) -> Result<Answer, CommandError> {
    let key = movement_key(direction, account_id, &movement);
    context.keys.push(key.clone());
    let Movement { amount, reference } = movement;
    let command = match direction {
        Direction::Deposit => AccountCommand::Deposit { amount, reference },
        Direction::Withdrawal => AccountCommand::Withdraw { amount, reference },
    };
    let id = account_id.to_string();
    match commands.bus().execute::<Account>(&id, command, context).await {
        Ok(answer) => Ok(answer),
        // A deposit under the reference of a withdrawal: the aggregate knows, the key does not.
        Err(BusError::Refused(AccountError::ReferenceTaken)) => Err(BusError::KeyReused { key: key.key }),
        Err(error) => Err(error.map_refusal(|refusal| Refused::by(&refusal))),
    }
}

fn movement_key(direction: Direction, account_id: AccountId, movement: &Movement) -> CommandKey {
    let name = match direction {
        Direction::Deposit => "deposit",
        Direction::Withdrawal => "withdrawal",
    };
    let Movement { amount, reference } = movement;
    let reference = match reference.as_str() {
        short if short.len() <= MAX_PLAIN_REFERENCE_LEN => short.to_owned(),
        long => hex(&digest(&[long.as_bytes()])),
    };
    let fingerprint = digest(&[
        name.as_bytes(),
        &amount.amount.to_be_bytes(),
        amount.currency.code().as_bytes(),
    ]);
    CommandKey {
        key: format!("{name}:{account_id}:{reference}"),
        fingerprint: fingerprint.to_vec(),
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use domain::value::Currency;
    use event_store::CommandKey;

    use super::*;

    #[test]
    fn the_longest_reference_still_makes_a_key() {
        let reference: Reference = "😀".repeat(100).try_into().unwrap();
        let amount = Money {
            amount: 1,
            currency: Currency::EUR,
        };
        let movement = Movement { amount, reference };
        let account_id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let key = movement_key(Direction::Withdrawal, account_id, &movement);
        assert!(key.key.len() <= CommandKey::MAX_LEN);
    }
}
