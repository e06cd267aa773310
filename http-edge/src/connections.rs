//! The connections that are open, and which of them are idle.
//!
//! When there is no room for another connection, the one that has been idle for longest is closed. So a
//! client that opens connections and sends nothing takes room from clients of its own kind only.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// All connections of a server. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    max: usize,
    state: Mutex<State>,
    /// A connection was closed or became idle.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    open: usize,
    next_ticket: u64,
    /// The idle ones in the order in which they became idle.
    idle: BTreeMap<u64, CancellationToken>,
}

/// One open connection. Its place is released when it is dropped.
#[derive(Debug)]
pub(crate) struct Connection {
    all: Connections,
    /// Its place among the idle ones, while it is idle.
    ticket: Mutex<Option<u64>>,
    evicted: CancellationToken,
    /// How many requests have begun.
    begun: AtomicU64,
}

/// A request that is being worked on, until its answer has been sent.
#[derive(Debug)]
pub(crate) struct Working(Option<Arc<Connection>>);

impl Connections {
    pub(crate) fn new(max: usize) -> Self {
        Self(Arc::new(Shared {
            max: max.max(1),
            state: Mutex::default(),
            changed: Notify::new(),
        }))
    }

    /// Waits until there is room for another connection; closes an idle one for it.
    pub(crate) async fn admit(&self) -> Arc<Connection> {
        loop {
            let changed = self.0.changed.notified();
            if let Some(connection) = self.try_admit() {
                return connection;
            }
            changed.await;
        }
    }

    fn try_admit(&self) -> Option<Arc<Connection>> {
        let mut state = self.lock();
        if state.open >= self.0.max {
            if let Some((_, evicted)) = state.idle.pop_first() {
                evicted.cancel();
            }
            return None;
        }
        state.open += 1;
        drop(state);
        let connection = Arc::new(Connection {
            all: self.clone(),
            ticket: Mutex::new(None),
            evicted: CancellationToken::new(),
            begun: AtomicU64::new(0),
        });
        connection.become_idle();
        Some(connection)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is whole, so the state is sound even after a panic.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Resolves when the connection must make room for another one.
    pub(crate) async fn evicted(&self) {
        self.evicted.cancelled().await;
    }

    /// Whether it waits for a request.
    pub(crate) fn is_idle(&self) -> bool {
        self.ticket().is_some()
    }

    /// How many requests have begun.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// A request has begun.
    pub(crate) fn begin(self: &Arc<Self>) -> Working {
        self.begun.fetch_add(1, Ordering::Relaxed);
        if let Some(ticket) = self.ticket().take() {
            self.all.lock().idle.remove(&ticket);
        }
        Working(Some(Arc::clone(self)))
    }

    fn become_idle(&self) {
        let mut own = self.ticket();
        let mut state = self.all.lock();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.idle.insert(ticket, self.evicted.clone());
        *own = Some(ticket);
        drop((state, own));
        self.all.0.changed.notify_waiters();
    }

    fn ticket(&self) -> MutexGuard<'_, Option<u64>> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let ticket = self.ticket().take();
        let mut state = self.all.lock();
        state.open = state.open.saturating_sub(1);
        if let Some(ticket) = ticket {
            state.idle.remove(&ticket);
        }
        drop(state);
        self.all.0.changed.notify_waiters();
    }
}

impl Working {
    /// The connection speaks another protocol from now on and is never idle again.
    pub(crate) fn for_ever(mut self) {
        self.0 = None;
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.become_idle();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_connection_that_was_idle_for_longest_makes_room() {
        let connections = Connections::new(2);
        let first = connections.admit().await;
        let second = connections.admit().await;
        // The first one becomes idle again after the second one.
        drop(first.begin());
        assert!(connections.try_admit().is_none());
        assert!(second.evicted.is_cancelled() && !first.evicted.is_cancelled());
        drop(second);
        connections.admit().await;
    }

    #[tokio::test]
    async fn a_connection_that_works_on_a_request_is_left_alone() {
        let connections = Connections::new(1);
        let busy = connections.admit().await;
        let working = busy.begin();
        assert!(connections.try_admit().is_none());
        assert!(!busy.evicted.is_cancelled() && !busy.is_idle());
        drop(working);
        assert!(busy.is_idle());
        assert!(connections.try_admit().is_none());
        assert!(busy.evicted.is_cancelled());
    }

    #[tokio::test]
    async fn a_connection_of_another_protocol_is_never_idle() {
        let connections = Connections::new(1);
        let socket = connections.admit().await;
        socket.begin().for_ever();
        assert!(connections.try_admit().is_none());
        assert!(!socket.evicted.is_cancelled());
        drop(socket);
        assert!(connections.try_admit().is_some());
    }
}
