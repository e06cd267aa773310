//! Every refusal of a warehouse.

use crate::refusal::{Refusal, RefusalKind};

/// Why a warehouse did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum WarehouseError {
    #[error("there is no such warehouse")]
    Unknown,
    #[error("a warehouse with this code was opened already")]
    AlreadyOpened,
    #[error("the change names no field")]
    NothingToChange,
}

impl Refusal for WarehouseError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_warehouse",
            Self::AlreadyOpened => "warehouse_already_opened",
            Self::NothingToChange => "nothing_to_change",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::AlreadyOpened => RefusalKind::AlreadyExists,
            Self::NothingToChange => RefusalKind::Rule,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::AlreadyOpened => Some("code"),
            Self::Unknown | Self::NothingToChange => None,
        }
    }
}
