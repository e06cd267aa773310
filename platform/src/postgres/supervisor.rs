//! The thread that owns the server: starts it, starts it again when it dies, stops it.

use std::{
    process::ExitStatus,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tokio::sync::{oneshot, watch};

use super::{
    EmbeddedError,
    binaries::Binaries,
    cluster,
    embedded::EmbeddedOptions,
    identity::ServerUser,
    launcher::Launcher,
    layout::Layout,
    leftovers::{self, PostmasterFile},
    private_dir,
    restarts::{self, Cause, Restarts},
    settings::{self, Durability},
    socket::SocketFolder,
};
use crate::data_dir::DataDirLock;

/// How often a starting server is asked whether it is ready.
const READY_POLL: Duration = Duration::from_millis(10);

/// How long a server that does not take connections yet may take to end in order. While it recovers it does
/// not obey the fast shutdown, and what it has not written down is in its write-ahead log.
const RECOVERING_LIMIT: Duration = Duration::from_secs(5);

/// How long a server may take to end after it was told to end at once.
const IMMEDIATE_LIMIT: Duration = Duration::from_secs(10);

/// The exit code of a server that ends because one of its processes crashed.
const AFTER_CRASH: i32 = 1;

/// What the server does at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerState {
    /// It takes connections.
    Running {
        /// The number of its main process.
        pid: u32,
        /// How often it had to be started again.
        restarts: u64,
    },
    /// It died and is being started again.
    Restarting {
        /// Why it does not run yet, for an operator.
        reason: String,
    },
    /// It was stopped because somebody asked for it.
    Stopped,
    /// It died and could not be started again.
    Failed {
        /// Why not.
        reason: String,
    },
}

/// What the thread hears.
pub(crate) enum Order {
    /// The server's main process has ended.
    Exited {
        pid: u32,
        status: Result<ExitStatus, std::io::Error>,
    },
    /// Stop the server; `None` when nobody waits for it.
    Stop(Option<oneshot::Sender<()>>),
}

/// What the rest of the process needs to know of a running server.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) layout: Layout,
    pub(crate) socket: SocketFolder,
    pub(crate) major_version: u32,
    pub(crate) state: watch::Receiver<ServerState>,
}

/// Everything needed to start the server, again and again.
pub(crate) struct Supervisor {
    layout: Layout,
    user: ServerUser,
    binaries: Binaries,
    socket: SocketFolder,
    launcher: Launcher,
    options: EmbeddedOptions,
    orders: Receiver<Order>,
    orders_to_us: Sender<Order>,
    stop_wanted: bool,
    waiting_for_stop: Vec<oneshot::Sender<()>>,
    _lock: DataDirLock,
}

impl Supervisor {
    /// Prepares the folder and, if need be, makes the cluster.
    pub(crate) fn prepare(
        options: EmbeddedOptions,
        lock: Option<DataDirLock>,
        orders: Receiver<Order>,
        orders_to_us: Sender<Order>,
    ) -> Result<Self, EmbeddedError> {
        let layout = Layout::new(&options.data_dir)?;
        let lock = match lock {
            Some(lock) => lock,
            None => DataDirLock::acquire(&layout.data_dir)?,
        };
        let user = ServerUser::choose(&layout.cluster)?;
        let binaries = Binaries::find(&layout.cluster)?;
        private_dir::let_through(&user, &layout.data_dir)?;
        user.check_reach(&layout.data_dir)?;
        private_dir::make(&layout.home, 0o711)?;
        private_dir::make_for(&user, &layout.log)?;
        let socket = SocketFolder::make(&layout, &user)?;
        let launcher = Launcher::new(match options.durability {
            Durability::Kept => "INT",
            Durability::ThrownAway => "QUIT",
        });
        settings::write(&layout, socket.path(), options.durability)?;
        cluster::make_unless_there(&layout, &user, &binaries, &launcher, options.durability)?;
        Ok(Self {
            layout,
            user,
            binaries,
            socket,
            launcher,
            options,
            orders,
            orders_to_us,
            stop_wanted: false,
            waiting_for_stop: Vec::new(),
            _lock: lock,
        })
    }

    /// Runs the server until somebody stops it or it cannot be kept alive.
    pub(crate) fn run(mut self, started: oneshot::Sender<Result<Started, EmbeddedError>>) {
        let mut pid = match self.launch(&|| started.is_closed()) {
            Ok(pid) => pid,
            Err(error) => {
                self.socket.clear_away();
                drop(started.send(Err(error)));
                return;
            }
        };
        let (state, receiver) = watch::channel(ServerState::Running { pid, restarts: 0 });
        let handle = Started {
            layout: self.layout.clone(),
            socket: self.socket.clone(),
            major_version: self.binaries.major,
            state: receiver,
        };
        // Nobody waits for the server any more when the start was given up.
        self.stop_wanted |= started.send(Ok(handle)).is_err();

        let mut restarts = Restarts::default();
        while !self.stop_wanted {
            match self.orders.recv() {
                Ok(Order::Exited { pid: ended, status }) if ended == pid => {
                    tracing::warn!(postgres.pid = pid, status = %describe(&status), "PostgreSQL ended unexpectedly");
                    match self.restart(&mut restarts, &state, &status) {
                        Ok(Some(new)) => pid = new,
                        // Asked to stop while nothing ran.
                        Ok(None) => break,
                        Err(reason) => return self.give_up(&state, reason),
                    }
                    tracing::info!(
                        postgres.pid = pid,
                        restarts = restarts.total,
                        "PostgreSQL runs again"
                    );
                    state.send_replace(ServerState::Running {
                        pid,
                        restarts: restarts.total,
                    });
                }
                Ok(Order::Exited { .. }) => {}
                Ok(Order::Stop(reply)) => self.stop_is_wanted(reply),
                Err(_) => self.stop_wanted = true,
            }
        }
        self.halt(pid);
        self.socket.clear_away();
        state.send_replace(ServerState::Stopped);
        self.answer_those_who_wait();
    }

    /// Starts the server again. One that is killed while it starts is tried again like one that is
    /// killed a moment later, so both count the same. Nothing when it is to be stopped instead.
    fn restart(
        &mut self,
        restarts: &mut Restarts,
        state: &watch::Sender<ServerState>,
        ended: &Result<ExitStatus, std::io::Error>,
    ) -> Result<Option<u32>, String> {
        let mut died = describe(ended);
        let mut cause = match ended {
            Ok(status) if status.code() == Some(AFTER_CRASH) => Cause::Crash,
            _ => Cause::Other,
        };
        loop {
            let is_full = restarts::is_full(&self.layout.cluster, &self.layout.last_words());
            let reason = if is_full {
                "PostgreSQL has no room on its disk to write; it is started again until there is".to_owned()
            } else {
                format!("PostgreSQL ended ({died}) and is started again")
            };
            state.send_replace(ServerState::Restarting { reason });
            let pause = restarts
                .next(Instant::now(), if is_full { Cause::NoRoom } else { cause })
                .map_err(|reason| format!("{reason}; at last {died}"))?;
            self.wait_for_orders(pause);
            if self.stop_wanted {
                return Ok(None);
            }
            match self.launch(&|| false) {
                Err(EmbeddedError::StoppedWhileStarting) => return Ok(None),
                Err(error @ EmbeddedError::DidNotStart { .. }) => {
                    died = report(&error);
                    cause = Cause::Other;
                    tracing::warn!(is_full, "PostgreSQL ended while it started");
                }
                outcome => return outcome.map(Some).map_err(|error| report(&error)),
            }
        }
    }

    /// Waits, and notes whether a stop is wanted meanwhile.
    fn wait_for_orders(&mut self, pause: Duration) {
        let begun = Instant::now();
        while !self.stop_wanted
            && let left = pause.saturating_sub(begun.elapsed())
            && !left.is_zero()
        {
            match self.orders.recv_timeout(left) {
                Ok(Order::Stop(reply)) => self.stop_is_wanted(reply),
                Ok(Order::Exited { .. }) => {}
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => self.stop_wanted = true,
            }
        }
    }

    fn give_up(self, state: &watch::Sender<ServerState>, reason: String) {
        tracing::error!(reason, "PostgreSQL cannot be kept running");
        self.socket.clear_away();
        state.send_replace(ServerState::Failed { reason });
        self.answer_those_who_wait();
    }

    fn stop_is_wanted(&mut self, reply: Option<oneshot::Sender<()>>) {
        self.stop_wanted = true;
        self.waiting_for_stop.extend(reply);
    }

    /// Answers, when the lock of the folder is free.
    fn answer_those_who_wait(self) {
        let Self {
            waiting_for_stop,
            _lock: lock,
            ..
        } = self;
        drop(lock);
        for reply in waiting_for_stop {
            // Whoever gave up waiting is not missed.
            let _given_up = reply.send(());
        }
    }

    /// Starts the server and waits until it takes connections, or until that is not wanted any more: the
    /// recovery after a crash may take minutes.
    fn launch(&mut self, is_unwanted: &dyn Fn() -> bool) -> Result<u32, EmbeddedError> {
        leftovers::end(
            &self.layout.cluster,
            &self.layout.home,
            &[self.socket.lock_file()],
        )?;
        let mut child = self.launcher.server(&self.layout, &self.user, &self.binaries)?;
        let pid = child.id();
        let orders = self.orders_to_us.clone();
        thread::spawn(move || {
            let status = child.wait();
            // When nobody listens any more, the server was stopped on purpose.
            drop(orders.send(Order::Exited { pid, status }));
        });
        let begun = Instant::now();
        while begun.elapsed() < self.options.start_limit {
            if self.stop_wanted || is_unwanted() {
                self.halt(pid);
                return Err(EmbeddedError::StoppedWhileStarting);
            }
            match self.orders.recv_timeout(READY_POLL) {
                Ok(Order::Exited { pid: ended, status }) if ended == pid => {
                    return Err(EmbeddedError::DidNotStart {
                        status: describe(&status),
                        folder: self.layout.log.clone(),
                        log: self.layout.end_of_log(),
                    });
                }
                Ok(Order::Exited { .. }) => {}
                Ok(Order::Stop(reply)) => self.stop_is_wanted(reply),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    let file = PostmasterFile::read(&self.layout.cluster);
                    if file.is_some_and(|file| file.pid == pid && file.ready) {
                        let took_ms = begun.elapsed().as_millis();
                        tracing::debug!(postgres.pid = pid, took_ms, "PostgreSQL takes connections");
                        return Ok(pid);
                    }
                }
            }
        }
        self.halt(pid);
        Err(EmbeddedError::NotReadyInTime {
            limit: self.options.start_limit,
            folder: self.layout.log.clone(),
        })
    }

    /// Ends the server: in order, and when that takes too long at once.
    fn halt(&mut self, pid: u32) {
        let is_ready = PostmasterFile::read(&self.layout.cluster).is_some_and(|file| file.ready);
        let in_order = if is_ready {
            self.options.stop_limit
        } else {
            self.options.stop_limit.min(RECOVERING_LIMIT)
        };
        let steps = match self.options.durability {
            Durability::Kept => &[
                (Signal::INT, in_order),
                (Signal::QUIT, IMMEDIATE_LIMIT),
                (Signal::KILL, IMMEDIATE_LIMIT),
            ][..],
            Durability::ThrownAway => &[(Signal::QUIT, IMMEDIATE_LIMIT), (Signal::KILL, IMMEDIATE_LIMIT)],
        };
        for (signal, limit) in steps {
            leftovers::send(pid, *signal);
            if self.ended_within(pid, *limit) {
                return;
            }
            tracing::warn!(
                postgres.pid = pid,
                ?signal,
                limit_s = limit.as_secs(),
                "PostgreSQL did not end in time"
            );
        }
    }

    fn ended_within(&mut self, pid: u32, limit: Duration) -> bool {
        let begun = Instant::now();
        loop {
            match self.orders.recv_timeout(limit.saturating_sub(begun.elapsed())) {
                Ok(Order::Exited { pid: ended, .. }) if ended == pid => return true,
                Ok(Order::Exited { .. }) => {}
                Ok(Order::Stop(reply)) => self.stop_is_wanted(reply),
                Err(_) => return false,
            }
        }
    }
}

fn describe(status: &Result<ExitStatus, std::io::Error>) -> String {
    match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}

/// An error with its causes on one line, for a state that must be cloneable.
fn report(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
