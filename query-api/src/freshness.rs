//! Reading what one has just written: which position was asked for, and which was seen.
//!
//! A request may ask for a position as a whole, by its header, and each field at the root by an argument
//! that holds for everything below it. Whatever is read waits for its own read model and no other,
//! and all waits of a request share one deadline.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_graphql::{Context, QueryPathSegment};
use chrono::Utc;
use projections::{
    ReadModels, Session, TableProjection as _, Waited, balances::Balances, customers::Customers,
    orders::Orders, payments::Payments, price_history::PriceHistory, products::Products,
    recommendations::Recommendations, sales::Sales, stock_levels::StockLevels, subscriptions::Subscriptions,
    value::Position, warehouses::Warehouses,
};
use tokio::time::Instant;

use crate::{
    error::{QueryError, Result},
    moment::Moment,
    types,
};

/// The position that a whole request asks for; 0 asks for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AtLeast(pub Position);

/// A read model that answers are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Orders,
    Balances,
    StockLevels,
    Products,
    Catalogue,
    PriceHistory,
    Sales,
    Recommendations,
    Customers,
    Payments,
    Subscriptions,
    Warehouses,
}

impl Source {
    const ALL: [Self; 12] = [
        Self::Orders,
        Self::Balances,
        Self::StockLevels,
        Self::Products,
        Self::Catalogue,
        Self::PriceHistory,
        Self::Sales,
        Self::Recommendations,
        Self::Customers,
        Self::Payments,
        Self::Subscriptions,
        Self::Warehouses,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Orders => Orders::NAME,
            Self::Balances => Balances::NAME,
            Self::StockLevels => StockLevels::NAME,
            Self::Products => Products::NAME,
            // An index is no table projection, and says its name only in the registry.
            Self::Catalogue => "catalogue",
            Self::PriceHistory => PriceHistory::NAME,
            Self::Sales => Sales::NAME,
            Self::Recommendations => Recommendations::NAME,
            Self::Customers => Customers::NAME,
            Self::Payments => Payments::NAME,
            Self::Subscriptions => Subscriptions::NAME,
            Self::Warehouses => Warehouses::NAME,
        }
    }
}

/// Which positions one request asks for, and which it has seen.
pub(crate) struct Freshness {
    read_models: ReadModels,
    max_wait: Duration,
    /// The session of the server since before the first position was looked up: rows are judged by positions only
    /// while it goes on.
    session: Mutex<Option<Session>>,
    asked: Mutex<Asked>,
    /// The positions of arguments, by the name under which their field stands in the answer.
    demands: Mutex<HashMap<String, Position>>,
    /// How far each of [`Source::ALL`] was when somebody looked last.
    known: Mutex<[Option<Position>; Source::ALL.len()]>,
    /// The right to look at one of them. The rows of a list ask all at once, and one look is enough.
    turns: [tokio::sync::Mutex<()>; Source::ALL.len()],
    /// When rows that depend on the time are read for.
    pub(crate) moment: Moment,
    /// How far each was when it was read first.
    seen: Mutex<BTreeMap<&'static str, Position>>,
}

/// What the whole request asks for, and until when it waits for that.
#[derive(Clone, Copy)]
struct Asked {
    at_least: Position,
    deadline: Instant,
}

impl Asked {
    fn now(at_least: Position, max_wait: Duration) -> Self {
        let deadline = Instant::now() + max_wait;
        Self { at_least, deadline }
    }
}

impl Freshness {
    pub(crate) fn new(read_models: ReadModels, AtLeast(at_least): AtLeast, max_wait: Duration) -> Self {
        Self {
            read_models,
            max_wait,
            session: Mutex::default(),
            asked: Mutex::new(Asked::now(at_least, max_wait)),
            demands: Mutex::default(),
            known: Mutex::default(),
            turns: Default::default(),
            moment: Moment::new(Utc::now),
            seen: Mutex::default(),
        }
    }

    /// Begins the next answer of a subscription: it sees everything up to the change that it tells of, and
    /// nothing that was found out for the answers before counts for it.
    pub(crate) fn begin_anew(&self, source: &'static str, at_least: Position) {
        *lock(&self.asked) = Asked::now(at_least, self.max_wait);
        *lock(&self.known) = Default::default();
        *lock(&self.session) = None;
        let mut seen = lock(&self.seen);
        seen.clear();
        seen.insert(source, at_least);
        self.moment.renew();
    }

    /// Notes the argument of a field at the root, for it and all below it.
    pub(crate) fn demand(&self, ctx: &Context<'_>, at_least: Option<types::Position>) -> Result<()> {
        let Some(types::Position(position)) = at_least else {
            return Ok(());
        };
        if position < 0 {
            return Err(QueryError::invalid("atLeastPosition", "must be 0 or more"));
        }
        if let Some(root) = root(ctx) {
            lock(&self.demands).insert(root.to_owned(), position);
        }
        Ok(())
    }

    /// Waits until a read model has what the field asks for, and notes how far it is.
    pub(crate) async fn ensure(&self, ctx: &Context<'_>, source: Source) -> Result<()> {
        let of_field = root(ctx).and_then(|root| lock(&self.demands).get(root).copied());
        let wanted = of_field.unwrap_or_default().max(lock(&self.asked).at_least);
        if self.is_known(source, wanted) {
            return Ok(());
        }
        let _turn = self.turns[source as usize].lock().await;
        if self.is_known(source, wanted) {
            return Ok(());
        }
        let session = self.read_models.session().await?;
        lock(&self.session).get_or_insert(session);
        if wanted > 0 {
            self.wait(source, wanted).await?;
        }
        // Looked up before the rows are read: they have at least this much.
        let position = self.read_models.position(source.name()).await?;
        lock(&self.known)[source as usize] = Some(position);
        // What was read before the wait is older, and the answer is as old as its oldest part.
        lock(&self.seen).entry(source.name()).or_insert(position);
        Ok(())
    }

    fn is_known(&self, source: Source, wanted: Position) -> bool {
        lock(&self.known)[source as usize].is_some_and(|position| position >= wanted)
    }

    async fn wait(&self, source: Source, wanted: Position) -> Result<()> {
        let deadline = lock(&self.asked).deadline;
        let limit = deadline.saturating_duration_since(Instant::now());
        match self.read_models.wait_for(source.name(), wanted, limit).await? {
            Waited::Reached => Ok(()),
            Waited::TimedOut { position } => Err(QueryError::Stale {
                projection: source.name(),
                position,
                wanted,
            }),
        }
    }

    /// Whether the rows that were read have what the positions say: a crash of the server in between takes back
    /// what it had not written to its disk.
    pub(crate) async fn holds(&self) -> bool {
        let session = *lock(&self.session);
        match session {
            Some(session) => self.read_models.goes_on(session).await,
            None => true,
        }
    }

    /// The read models that were used, and how far they were at least.
    pub(crate) fn seen(&self) -> BTreeMap<&'static str, Position> {
        lock(&self.seen).clone()
    }
}

/// The name under which the field at the root that this one belongs to stands in the answer.
fn root<'c>(ctx: &'c Context<'_>) -> Option<&'c str> {
    let mut node = ctx.path_node.as_ref()?;
    while let Some(parent) = node.parent {
        node = parent;
    }
    match node.segment {
        QueryPathSegment::Name(name) => Some(name),
        QueryPathSegment::Index(_) => None,
    }
}

/// A panic elsewhere cannot leave these maps half written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_a_projection() {
        for source in Source::ALL {
            assert!(
                projections::registry()
                    .iter()
                    .any(|model| model.name == source.name()),
                "{source:?}"
            );
        }
    }
}
