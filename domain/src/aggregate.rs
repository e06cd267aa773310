//! What every aggregate of the shop has in common.

use cqrs_es::Aggregate;

/// The name of an aggregate type as stored in the log.
pub type AggregateType = &'static str;

/// The synchronous half of [`Aggregate`]: a decision is a function of the state and the command.
///
/// `cqrs_es::Aggregate::handle` is asynchronous so that services can be called from inside an
/// aggregate. Ours never do, and saying so in a type keeps it that way.
pub trait Decide: Aggregate<Services = ()> {
    /// Turns a command into the events that it causes.
    ///
    /// No event means that the state already is what was asked for.
    ///
    /// # Errors
    ///
    /// The refusal, as a sentence that the caller could read.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Error>;
}

/// A value that only one aggregate in the whole log may hold, such as a SKU or a slug.
///
/// Claims are derived from events, never from commands, so the table that enforces them can be
/// rebuilt from the log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    /// What kind of value it is, such as `product.sku`.
    pub scope: &'static str,
    /// The value itself.
    pub value: String,
}

impl Claim {
    /// A claim to a value within a scope.
    pub fn new(scope: &'static str, value: impl Into<String>) -> Self {
        Self {
            scope,
            value: value.into(),
        }
    }
}

/// Implements `cqrs_es::Aggregate` on top of `decide` and `evolve`.
macro_rules! aggregate {
    ($aggregate:ty, $name:literal, $command:ty, $event:ty, $error:ty) => {
        impl cqrs_es::Aggregate for $aggregate {
            const TYPE: &'static str = $name;
            type Command = $command;
            type Event = $event;
            type Error = $error;
            type Services = ();

            async fn handle(
                &mut self,
                command: Self::Command,
                _services: &Self::Services,
                sink: &cqrs_es::event_sink::EventSink<Self>,
            ) -> Result<(), Self::Error> {
                for event in $crate::Decide::decide(self, command)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: Self::Event) {
                self.evolve(event);
            }
        }
    };
}
pub(crate) use aggregate;

/// Gives every event its stored name and version, and lists them all.
///
/// The name is also the tag of the JSON payload (`#[serde(rename)]`); a test holds both together.
macro_rules! stored_names {
    ($event:ty { $($variant:ident => ($name:literal, $version:literal)),+ $(,)? }) => {
        impl cqrs_es::DomainEvent for $event {
            fn event_type(&self) -> String {
                match self { $(Self::$variant { .. } => $name.to_owned()),+ }
            }
            fn event_version(&self) -> String {
                match self { $(Self::$variant { .. } => $version.to_owned()),+ }
            }
        }
        impl $event {
            /// Every event of this aggregate with the version that is written today.
            pub const STORED: &'static [(&'static str, &'static str)] = &[$(($name, $version)),+];
        }
    };
}
pub(crate) use stored_names;
