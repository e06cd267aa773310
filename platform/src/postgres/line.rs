//! A line to a server that can be frozen and cut, for tests of what a program does then.
//!
//! It passes bytes between TCP on the loopback and the server's Unix socket and looks at none of them. The
//! nasty case is a frozen line: nothing tells either side that the other will never answer.

use std::{io, net::SocketAddr, path::PathBuf};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::JoinHandle,
};

/// A line between a program under test and a server.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    server: PgConnectOptions,
    state: watch::Sender<State>,
    task: JoinHandle<()>,
}

/// What the line does with the connections that go through it. They are numbered as they come.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// The number of the next connection.
    next: u64,
    /// Connections below this are closed.
    cut_below: u64,
    /// On connections below this nothing moves any more.
    lost_below: u64,
    /// Nothing moves on any connection.
    frozen: bool,
    /// New connections are closed at once.
    closed: bool,
}

impl State {
    fn moves(&self, number: u64) -> bool {
        !self.frozen && number >= self.lost_below
    }
}

impl Line {
    /// A line to a server that listens on a Unix socket.
    ///
    /// # Errors
    ///
    /// When the server listens on none, or no port can be had.
    pub async fn to(server: &PgConnectOptions) -> io::Result<Self> {
        let folder = server
            .get_socket()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the server has no Unix socket"))?;
        let socket = folder.join(format!(".s.PGSQL.{}", server.get_port()));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = watch::Sender::new(State::default());
        let task = tokio::spawn(accept(listener, socket, state.clone()));
        Ok(Self {
            address,
            server: server.clone(),
            state,
            task,
        })
    }

    /// How the driver connects through the line.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host(&self.address.ip().to_string())
            .port(self.address.port())
            .username(self.server.get_username())
            .database(self.database())
            .ssl_mode(PgSslMode::Disable)
    }

    /// A `DATABASE_URL` through the line.
    #[must_use]
    pub fn url(&self) -> String {
        let (user, database) = (self.server.get_username(), self.database());
        format!("postgresql://{user}@{}/{database}?sslmode=disable", self.address)
    }

    /// Nothing moves any more, on connections of now and of later, and nobody is told.
    pub fn freeze(&self) {
        self.state.send_modify(|state| state.frozen = true);
    }

    /// Nothing moves any more on the connections of now, for ever; new ones work.
    pub fn lose(&self) {
        self.state.send_modify(|state| state.lost_below = state.next);
    }

    /// Closes the connections of now; new ones work.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.cut_below = state.next);
    }

    /// Closes the connections of now, and new ones at once.
    pub fn close(&self) {
        self.state.send_modify(|state| {
            state.cut_below = state.next;
            state.closed = true;
        });
    }

    /// Everything moves again that was not cut or lost.
    pub fn heal(&self) {
        self.state.send_modify(|state| {
            state.frozen = false;
            state.closed = false;
        });
    }

    fn database(&self) -> &str {
        self.server.get_database().unwrap_or("postgres")
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
        self.close();
    }
}

async fn accept(listener: TcpListener, socket: PathBuf, state: watch::Sender<State>) {
    while let Ok((client, _)) = listener.accept().await {
        let mut number = 0;
        state.send_modify(|state| {
            number = state.next;
            state.next += 1;
        });
        if !state.borrow().closed {
            tokio::spawn(connection(client, socket.clone(), number, state.subscribe()));
        }
    }
}

async fn connection(client: TcpStream, socket: PathBuf, number: u64, state: watch::Receiver<State>) {
    let mut until_cut = state.clone();
    let passing = async {
        let server = UnixStream::connect(socket).await?;
        // As the driver does: a question must not wait for the one after it.
        client.set_nodelay(true)?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        // Either end that closes closes the other.
        tokio::select! {
            ended = pass(from_client, to_server, number, state.clone()) => ended,
            ended = pass(from_server, to_client, number, state.clone()) => ended,
        }
    };
    tokio::select! {
        _ended = passing => {}
        _cut = until_cut.wait_for(|state| number < state.cut_below) => {}
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    number: u64,
    mut state: watch::Receiver<State>,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1_024];
    loop {
        let length = from.read(&mut buffer).await?;
        // What was on its way when the line froze arrives when it moves again, and so does an end.
        if state.wait_for(|state| state.moves(number)).await.is_err() || length == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..length]).await?;
    }
}
