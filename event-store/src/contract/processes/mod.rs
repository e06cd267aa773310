//! A simulation of several processes that write the same aggregates: the real bus, on a log whose every
//! step is chosen by a seed.
//!
//! Commands are in flight in every process at once. At each step a random one goes on, or a random process
//! writes what it has queued, or a caller leaves, or a process dies and starts again with an empty memory.
//! Small caches evict aggregates whose writes are under way. In the end everything that was ever written,
//! answered, refused or kept as a snapshot must agree with the log.

mod history;
mod scribe;

use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use self::{
    history::{History, Outcome},
    scribe::{Scribe, Write},
};
use super::paced::PacedLog;
use crate::{BusOptions, CommandBus, CommandContext, CommandKey, Decoder, MemoryLog};

const PROCESSES: usize = 3;
const AGGREGATES: u64 = 3;
/// Commands in flight in one process.
const IN_FLIGHT: usize = 6;
const STEPS: usize = 400;
const SEEDS: u64 = 400;
const SNAPSHOT_VERSION: i32 = 1;

/// SplitMix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }

    fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }
}

type Task = Pin<Box<dyn Future<Output = Outcome>>>;

struct Process {
    log: PacedLog,
    bus: Arc<CommandBus>,
    tasks: Vec<(u64, Task)>,
}

struct World {
    random: Random,
    log: MemoryLog,
    processes: Vec<Process>,
    history: History,
    open_log: fn(&MemoryLog) -> PacedLog,
}

impl World {
    fn new(seed: u64, open_log: fn(&MemoryLog) -> PacedLog) -> Self {
        let log = MemoryLog::new(chrono::Utc::now);
        let processes = (0..PROCESSES).map(|_| Process::start(open_log(&log))).collect();
        Self {
            random: Random(seed),
            log,
            processes,
            history: History::default(),
            open_log,
        }
    }

    async fn step(&mut self) {
        let chosen = self.random.index(PROCESSES);
        match self.random.below(100) {
            0..30 => self.send(chosen),
            30..65 => self.advance(chosen).await,
            65..92 => drop(self.processes[chosen].log.write_one()),
            92..98 => self.lose_caller(chosen),
            _ => self.kill(chosen),
        }
        // Snapshots are written by tasks of their own.
        tokio::task::yield_now().await;
    }

    fn send(&mut self, chosen: usize) {
        if self.processes[chosen].tasks.len() >= IN_FLIGHT {
            return;
        }
        // Now and then a client repeats an earlier command, wherever that was sent.
        let repeated = self
            .random
            .one_in(6)
            .then(|| self.history.any(self.random.next()));
        let write = repeated.flatten().unwrap_or_else(|| Write {
            command: self.history.next_command(),
            aggregate: self.random.below(AGGREGATES),
            by: i64::try_from(self.random.below(9)).unwrap() - 3,
            events: 1 + self.random.below(2),
            expected: self
                .random
                .one_in(8)
                .then(|| i64::try_from(self.random.below(20)).unwrap()),
            keyed: self.random.one_in(2),
        });
        let attempt = self.history.sent(write, self.log.head_now());
        let task = send(self.processes[chosen].bus.clone(), write);
        self.processes[chosen].tasks.push((attempt, Box::pin(task)));
    }

    async fn advance(&mut self, chosen: usize) {
        if self.processes[chosen].tasks.is_empty() {
            return;
        }
        let index = self.random.index(self.processes[chosen].tasks.len());
        let task = &mut self.processes[chosen].tasks[index].1;
        let polled = poll_fn(|_| {
            let mut unheard = Context::from_waker(Waker::noop());
            Poll::Ready(task.as_mut().poll(&mut unheard))
        });
        if let Poll::Ready(outcome) = polled.await {
            let (attempt, _) = self.processes[chosen].tasks.swap_remove(index);
            self.history.answered(attempt, outcome, self.log.head_now());
        }
    }

    fn lose_caller(&mut self, chosen: usize) {
        let tasks = &mut self.processes[chosen].tasks;
        if !tasks.is_empty() {
            let index = self.random.index(tasks.len());
            drop(tasks.swap_remove(index));
        }
    }

    fn kill(&mut self, chosen: usize) {
        let arrived = self.random.one_in(2);
        self.processes[chosen].log.die(arrived);
        self.processes[chosen] = Process::start((self.open_log)(&self.log));
    }

    /// Lets everything that is in flight come to its end.
    async fn finish(&mut self) {
        for _ in 0..100_000 {
            let mut is_idle = true;
            for chosen in 0..PROCESSES {
                while self.processes[chosen].log.write_one() {}
                if !self.processes[chosen].tasks.is_empty() {
                    is_idle = false;
                    self.advance(chosen).await;
                }
            }
            tokio::task::yield_now().await;
            if is_idle {
                return;
            }
        }
        panic!("commands in flight never end");
    }
}

impl Process {
    fn start(log: PacedLog) -> Self {
        let options = BusOptions {
            // Fewer than there are aggregates, so that busy ones are evicted and loaded a second time.
            cached_aggregates: 2,
            snapshot_every: 2,
            ..BusOptions::default()
        };
        let bus = CommandBus::new(Arc::new(log.clone()), Arc::new(Decoder::default()), options)
            .with_snapshots::<Scribe>(SNAPSHOT_VERSION);
        Self {
            log,
            bus: Arc::new(bus),
            tasks: Vec::new(),
        }
    }
}

async fn send(bus: Arc<CommandBus>, write: Write) -> Outcome {
    let mut context = CommandContext {
        expected_sequence: write.expected,
        ..CommandContext::default()
    };
    if write.keyed {
        context.keys.push(CommandKey {
            key: write.command.to_string(),
            fingerprint: Vec::new(),
        });
    }
    let id = scribe::id(write.aggregate);
    Outcome::of(bus.execute::<Scribe>(&id, write, context).await)
}

/// Plays one seed and says what is wrong, if anything is.
fn play(seed: u64, open_log: fn(&MemoryLog) -> PacedLog) -> Result<usize, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new(seed, open_log);
        for _ in 0..STEPS {
            world.step().await;
        }
        world.finish().await;
        world.history.check(&world.log, SNAPSHOT_VERSION).await
    })
}

#[test]
fn processes_that_write_the_same_aggregates_never_decide_on_what_did_not_happen() {
    let mut written = 0;
    for seed in 0..SEEDS {
        written += play(seed, PacedLog::of).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}"));
    }
    assert!(written > 10_000, "the simulation wrote only {written} events");
}

/// The test of the test: without the lineage of writes, sequences alone let phantoms through.
#[test]
fn a_log_that_compares_sequences_alone_is_found_out() {
    let found = (0..SEEDS).filter(|seed| play(*seed, PacedLog::with_forgotten_lineage).is_err());
    assert!(found.count() > 0);
}
