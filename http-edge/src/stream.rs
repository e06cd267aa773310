//! A connection whose other side must take part.

use std::{
    io::{self, ErrorKind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use crate::connections::Connection;

/// A stream that fails when a head takes too long to arrive or when what is written is not read.
///
/// It holds the place of its connection, also when the connection becomes a WebSocket.
pub(crate) struct Limited<S> {
    stream: S,
    connection: Arc<Connection>,
    head_limit: Duration,
    unread_limit: Duration,
    /// When the head that began to arrive must be complete.
    head_due: Option<Pin<Box<Sleep>>>,
    /// How many requests had begun before that head.
    heads_before: u64,
    /// When some of what waits must have been read.
    unread_due: Option<Pin<Box<Sleep>>>,
}

impl<S> Limited<S> {
    pub(crate) fn new(
        stream: S,
        connection: Arc<Connection>,
        head_limit: Duration,
        unread_limit: Duration,
    ) -> Self {
        Self {
            stream,
            connection,
            head_limit,
            unread_limit,
            head_due: None,
            heads_before: 0,
            unread_due: None,
        }
    }

    /// The outcome of a write, which may not be pending for longer than the limit.
    ///
    /// The kernel reports room only when a third of the send buffer is free, so with the buffer of
    /// [`crate::server`] this also closes connections that are read at a few kilobytes a second.
    fn written<T>(&mut self, outcome: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.unread_due = None;
            return outcome;
        }
        let limit = self.unread_limit;
        let due = self.unread_due.get_or_insert_with(|| after(limit));
        due.as_mut()
            .poll(context)
            .map(|()| Err(timed_out("the answer is not read")))
    }
}

fn after(limit: Duration) -> Pin<Box<Sleep>> {
    Box::pin(sleep_until(Instant::now() + limit))
}

fn timed_out(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::TimedOut, what)
}

impl<S: AsyncRead + Unpin> AsyncRead for Limited<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut this.stream).poll_read(context, buffer);
        let begun = this.connection.begun();
        if this.heads_before != begun {
            (this.heads_before, this.head_due) = (begun, None);
        }
        if !this.connection.is_idle() {
            // Bodies and WebSockets have limits of their own.
            return outcome;
        }
        if outcome.is_ready() && buffer.filled().len() > before {
            let limit = this.head_limit;
            this.head_due.get_or_insert_with(|| after(limit));
            return outcome;
        }
        match (&mut this.head_due, outcome) {
            (Some(due), Poll::Pending) => due
                .as_mut()
                .poll(context)
                .map(|()| Err(timed_out("the head of the request took too long"))),
            (_, outcome) => outcome,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Limited<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(outcome, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(outcome, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.written(outcome, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
