//! Command in, events or a refusal out.

use super::{OpenedWarehouse, Warehouse, WarehouseCommand, WarehouseError, WarehouseEvent, WarehouseStatus};
use crate::{Decide, value::Text};

type Decision = Result<Vec<WarehouseEvent>, WarehouseError>;

impl Decide for Warehouse {
    fn decide(&self, command: WarehouseCommand) -> Decision {
        match command {
            WarehouseCommand::Open { name, location } => match self {
                Self::Unopened => Ok(vec![WarehouseEvent::Opened { name, location }]),
                Self::Opened(_) => Err(WarehouseError::AlreadyOpened),
            },
            WarehouseCommand::Change { name, location } => self.opened()?.change(name, location),
            WarehouseCommand::Close => Ok(self.opened()?.close()),
            WarehouseCommand::Reopen => Ok(self.opened()?.reopen()),
        }
    }
}

impl Warehouse {
    /// The warehouse, if it was opened.
    ///
    /// # Errors
    ///
    /// [`WarehouseError::Unknown`] when it never was.
    pub const fn opened(&self) -> Result<&OpenedWarehouse, WarehouseError> {
        match self {
            Self::Opened(warehouse) => Ok(warehouse),
            Self::Unopened => Err(WarehouseError::Unknown),
        }
    }
}

impl OpenedWarehouse {
    /// What is as it was already is no event.
    fn change(&self, name: Option<Text<200>>, location: Option<Text<300>>) -> Decision {
        if name.is_none() && location.is_none() {
            return Err(WarehouseError::NothingToChange);
        }
        let renamed = name
            .filter(|name| *name != self.name)
            .map(|name| WarehouseEvent::Renamed { name });
        let relocated = location
            .filter(|location| self.location.as_ref() != Some(location))
            .map(|location| WarehouseEvent::Relocated { location });
        Ok(renamed.into_iter().chain(relocated).collect())
    }

    /// What lies there is not asked: the stock of every SKU would have to be. It stays, and can be moved away.
    fn close(&self) -> Vec<WarehouseEvent> {
        match self.status {
            WarehouseStatus::Open => vec![WarehouseEvent::Closed {}],
            WarehouseStatus::Closed => Vec::new(),
        }
    }

    fn reopen(&self) -> Vec<WarehouseEvent> {
        match self.status {
            WarehouseStatus::Open => Vec::new(),
            WarehouseStatus::Closed => vec![WarehouseEvent::Reopened {}],
        }
    }
}
