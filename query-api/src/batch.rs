//! Asking once for what many ask for at the same time.
//!
//! The loader of the GraphQL library gathers for a millisecond: every level of a query then waits that
//! long, and on a busy machine a list falls apart into several statements all the same. Here the
//! first one who asks waits until everybody else in the request has run as far as it can, and then asks for
//! all. All fields of a request run in one task, so that is known without a clock.

use std::{
    collections::HashMap,
    hash::Hash,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use projections::MAX_KEYS;
use tokio::{sync::oneshot, task::yield_now};

/// What a batch comes to; the error is shared by all who asked.
pub(crate) type Loaded<T, E> = Result<T, Arc<E>>;

/// Reads the rows of some keys with one statement.
pub(crate) trait Load: Send + Sync {
    /// What a row is asked for by.
    type Key: Clone + Eq + Hash + Send + Sync;
    /// What is answered.
    type Row: Clone + Send;
    /// Why there is no answer.
    type Error: Send + Sync;

    /// The rows of at most [`MAX_KEYS`] keys; those that do not exist are absent.
    fn load(
        &self,
        keys: &[Self::Key],
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Row>, Self::Error>> + Send;
}

/// Gathers the keys of many and asks for them together.
pub(crate) struct Batch<L: Load> {
    load: L,
    gathered: Mutex<Gathered<L>>,
}

/// How one who waits is answered.
type Answer<L> = Loaded<Option<<L as Load>::Row>, <L as Load>::Error>;

/// Who waits for what.
type Waiting<L> = HashMap<<L as Load>::Key, Vec<oneshot::Sender<Answer<L>>>>;

struct Gathered<L: Load> {
    waiting: Waiting<L>,
    /// How many have asked. Those who ask for the same row count apart: each is a sign of life.
    asked: usize,
    /// Somebody gathers for all.
    led: bool,
}

impl<L: Load> Batch<L> {
    pub(crate) fn new(load: L) -> Self {
        Self {
            load,
            gathered: Mutex::new(Gathered {
                waiting: HashMap::new(),
                asked: 0,
                led: false,
            }),
        }
    }

    /// The row of a key, if there is one.
    pub(crate) async fn load_one(&self, key: L::Key) -> Answer<L> {
        loop {
            let (sender, answer) = oneshot::channel();
            let leads = {
                let mut gathered = self.lock();
                gathered.waiting.entry(key.clone()).or_default().push(sender);
                gathered.asked = gathered.asked.saturating_add(1);
                !mem::replace(&mut gathered.led, true)
            };
            if leads {
                self.lead().await;
            }
            // No answer means that the one who gathered was given up, with its field: so ask anew.
            if let Ok(answer) = answer.await {
                return answer;
            }
        }
    }

    async fn lead(&self) {
        let lead = Lead(self);
        let mut known = 0;
        loop {
            // The runtime lets a task take only so many steps at a time, so one turn may not be enough.
            yield_now().await;
            let now = self.lock().asked;
            if now == known {
                break;
            }
            known = now;
        }
        let mut waiting = lead.take();
        drop(lead);
        let keys: Vec<L::Key> = waiting.keys().cloned().collect();
        for keys in keys.chunks(MAX_KEYS) {
            let loaded = self.load.load(keys).await.map_err(Arc::new);
            for key in keys {
                let row = loaded
                    .as_ref()
                    .map(|rows| rows.get(key).cloned())
                    .map_err(Arc::clone);
                for sender in waiting.remove(key).unwrap_or_default() {
                    // Whoever is gone does not need it any more.
                    let _gone = sender.send(row.clone());
                }
            }
        }
    }

    /// A panic elsewhere cannot leave it half written.
    fn lock(&self) -> MutexGuard<'_, Gathered<L>> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gathering for all. If it is given up in the middle, those who wait are let go.
struct Lead<'a, L: Load>(&'a Batch<L>);

impl<L: Load> Lead<'_, L> {
    fn take(&self) -> Waiting<L> {
        mem::take(&mut self.0.lock().waiting)
    }
}

impl<L: Load> Drop for Lead<'_, L> {
    fn drop(&mut self) {
        let mut gathered = self.0.lock();
        gathered.led = false;
        gathered.asked = 0;
        gathered.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use projections::ReadModelError;

    use super::*;

    /// Answers with twice the key, and tells how many keys each call had. Keys from 10000 on do not exist,
    /// and 20000 breaks the call.
    #[derive(Default)]
    struct Doubles(Mutex<Vec<usize>>);

    impl Load for Doubles {
        type Key = usize;
        type Row = usize;
        type Error = ReadModelError;

        async fn load(&self, keys: &[usize]) -> Result<HashMap<usize, usize>, ReadModelError> {
            self.0.lock().unwrap().push(keys.len());
            yield_now().await;
            if keys.contains(&20_000) {
                return Err(ReadModelError::Keys);
            }
            Ok(keys
                .iter()
                .filter(|key| **key < 10_000)
                .map(|key| (*key, key * 2))
                .collect())
        }
    }

    async fn ask(batch: &Batch<Doubles>, key: usize, turns: usize) -> Option<usize> {
        for _ in 0..turns {
            // Some come a little later than the first.
            futures_turn().await;
        }
        batch.load_one(key).await.unwrap()
    }

    /// A turn within the task, as a lock that is free in a moment takes it.
    async fn futures_turn() {
        let (sender, receiver) = oneshot::channel();
        sender.send(()).unwrap();
        receiver.await.unwrap();
    }

    async fn join_all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
        let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
        let mut values: Vec<Option<T>> = futures.iter().map(|_| None).collect();
        std::future::poll_fn(|context| {
            for (value, future) in values.iter_mut().zip(&mut futures) {
                if value.is_none()
                    && let std::task::Poll::Ready(ready) = future.as_mut().poll(context)
                {
                    *value = Some(ready);
                }
            }
            if values.iter().all(Option::is_some) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        values.into_iter().map(Option::unwrap).collect()
    }

    #[tokio::test]
    async fn many_who_ask_at_once_are_answered_by_one_call() {
        let batch = Batch::new(Doubles::default());
        let rows = join_all((0..500).map(|number| ask(&batch, number % 100, number % 3))).await;
        assert!(
            rows.iter()
                .enumerate()
                .all(|(number, row)| *row == Some((number % 100) * 2))
        );
        assert_eq!(*batch.load.0.lock().unwrap(), [100]);
        assert_eq!(batch.load_one(10_000).await.unwrap(), None);
    }

    #[tokio::test]
    async fn more_keys_than_a_call_may_have_are_several_calls() {
        let batch = Batch::new(Doubles::default());
        join_all((20..=MAX_KEYS + 20).map(|key| ask(&batch, key, 0))).await;
        assert_eq!(*batch.load.0.lock().unwrap(), [MAX_KEYS, 1]);
    }

    #[tokio::test]
    async fn an_error_reaches_everybody_who_asked() {
        let batch = Batch::new(Doubles::default());
        let answers = join_all([batch.load_one(1), batch.load_one(20_000)]).await;
        assert!(answers.iter().all(Result::is_err));
        assert_eq!(batch.load_one(1).await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn who_gathers_may_be_given_up_and_the_others_are_answered_all_the_same() {
        for turns in 0..4 {
            let batch = Batch::new(Doubles::default());
            let mut leader = Box::pin(batch.load_one(1));
            let mut follower = Box::pin(batch.load_one(2));
            for _ in 0..=turns {
                tokio::select! { biased; _ = &mut leader => break, _ = &mut follower => break, () = yield_now() => {} }
            }
            drop(leader);
            assert_eq!(follower.await.unwrap(), Some(4), "{turns} turns");
        }
    }
}
