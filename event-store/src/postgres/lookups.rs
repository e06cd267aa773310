//! Small questions that commands ask, answered many at a time.
//!
//! A command that changes nothing, or is refused, asks whether what it knows is the newest; an order asks
//! which product has a SKU. Each is one look-up in an index, and as a statement of its own each would cost
//! many times as much: the round trip, and the two more with which a pool makes sure of its connections.
//! So all questions of a process share one connection, and whatever was asked while the last ones were
//! being answered goes along in one statement.

use std::time::Duration;

use sqlx::{Executor, PgConnection, PgPool, Row, postgres::PgRow};
use tokio::sync::{mpsc, oneshot};

use super::lent::within;
use crate::{
    append::Claim,
    event::{Sequence, StreamId},
    read::ReadError,
};

/// How many questions may wait; whoever has one more waits until there is room.
const QUEUED: usize = 1_024;

/// How many questions are asked with one statement.
const ASKED_AT_ONCE: usize = 256;

/// How long the answers may take: an index is quick, and everybody's questions wait behind them.
const LIMIT: Duration = Duration::from_secs(5);

/// The plan is made once, perhaps while the tables are empty, and must hold when they are not.
const SESSION: &str = "SET enable_seqscan = off; SET jit = off";

type Reply<T> = oneshot::Sender<Result<T, ReadError>>;

/// A question, and who waits for the answer.
enum Question {
    /// The sequence of the newest event of an aggregate, or 0.
    Sequence(StreamId, Reply<Sequence>),
    /// The identifier of the aggregate that holds a value.
    Holder(Claim, Reply<Option<String>>),
}

/// Where questions are asked. Clones share one connection.
#[derive(Clone)]
pub(super) struct Lookups(mpsc::Sender<Question>);

impl Lookups {
    /// Answers questions until the last clone is gone.
    pub(super) fn start(pool: PgPool, read_limit: Duration) -> Self {
        let (ask, questions) = mpsc::channel(QUEUED);
        let answerer = Answerer {
            pool,
            limit: read_limit.min(LIMIT),
            connection: None,
        };
        tokio::spawn(answerer.run(questions));
        Self(ask)
    }

    pub(super) async fn sequence(&self, stream: StreamId) -> Result<Sequence, ReadError> {
        self.ask(|reply| Question::Sequence(stream, reply)).await
    }

    pub(super) async fn holder(&self, claim: Claim) -> Result<Option<String>, ReadError> {
        self.ask(|reply| Question::Holder(claim, reply)).await
    }

    async fn ask<T>(&self, question: impl FnOnce(Reply<T>) -> Question) -> Result<T, ReadError> {
        let (reply, answer) = oneshot::channel();
        let asked = self.0.send(question(reply)).await;
        asked.map_err(|_closed| ReadError::unavailable(sqlx::Error::PoolClosed))?;
        answer
            .await
            .unwrap_or_else(|gone| Err(ReadError::unavailable(gone)))
    }
}

/// Questions that are asked with one statement.
#[derive(Default)]
struct Batch {
    sequences: Vec<(StreamId, Reply<Sequence>)>,
    holders: Vec<(Claim, Reply<Option<String>>)>,
}

impl Batch {
    fn push(&mut self, question: Question) {
        match question {
            // Whoever gave up need not be answered.
            Question::Sequence(_, reply) if reply.is_closed() => {}
            Question::Holder(_, reply) if reply.is_closed() => {}
            Question::Sequence(stream, reply) => self.sequences.push((stream, reply)),
            Question::Holder(claim, reply) => self.holders.push((claim, reply)),
        }
    }

    fn is_empty(&self) -> bool {
        self.sequences.is_empty() && self.holders.is_empty()
    }

    fn answer(self, answers: Result<Answers, sqlx::Error>) {
        match answers {
            // Whoever asked may have gone in the meantime.
            Ok(Answers { sequences, holders }) => {
                for ((_, reply), sequence) in self.sequences.into_iter().zip(sequences) {
                    drop(reply.send(Ok(sequence)));
                }
                for ((_, reply), holder) in self.holders.into_iter().zip(holders) {
                    drop(reply.send(Ok(holder)));
                }
            }
            Err(error) => {
                let error = ReadError::unavailable(error);
                for (_, reply) in self.sequences {
                    drop(reply.send(Err(error.clone())));
                }
                for (_, reply) in self.holders {
                    drop(reply.send(Err(error.clone())));
                }
            }
        }
    }
}

/// What the database said, in the order of the questions.
struct Answers {
    sequences: Vec<Sequence>,
    holders: Vec<Option<String>>,
}

struct Answerer {
    pool: PgPool,
    limit: Duration,
    connection: Option<PgConnection>,
}

impl Answerer {
    async fn run(mut self, mut questions: mpsc::Receiver<Question>) {
        let mut received = Vec::new();
        while questions.recv_many(&mut received, ASKED_AT_ONCE).await > 0 {
            let mut batch = Batch::default();
            received.drain(..).for_each(|question| batch.push(question));
            if !batch.is_empty() {
                let answers = self.look_up(&batch).await;
                batch.answer(answers);
            }
        }
    }

    async fn look_up(&mut self, batch: &Batch) -> Result<Answers, sqlx::Error> {
        if let Some(kept) = self.connection.take() {
            match self.look_up_with(kept, batch).await {
                // It was closed since it was used last, as by a restart of the server. Asking once more
                // harms nobody.
                Err(sqlx::Error::Io(error)) if error.kind() != std::io::ErrorKind::TimedOut => {}
                Err(sqlx::Error::Database(_)) => {}
                answered => return answered,
            }
        }
        let fresh = within(self.limit, self.connect()).await?;
        self.look_up_with(fresh, batch).await
    }

    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        // Kept for as long as the log is open, so it is not one of those that others wait for.
        let mut connection = self.pool.acquire().await?.detach();
        connection.execute(sqlx::raw_sql(SESSION)).await?;
        Ok(connection)
    }

    /// Keeps the connection if it is well.
    async fn look_up_with(
        &mut self,
        mut connection: PgConnection,
        batch: &Batch,
    ) -> Result<Answers, sqlx::Error> {
        let answers = within(self.limit, look_up(&mut connection, batch)).await?;
        self.connection = Some(connection);
        Ok(answers)
    }
}

async fn look_up(connection: &mut PgConnection, batch: &Batch) -> Result<Answers, sqlx::Error> {
    let (types, ids): (Vec<_>, Vec<_>) = batch
        .sequences
        .iter()
        .map(|(stream, _)| (stream.aggregate_type.as_str(), stream.aggregate_id.as_str()))
        .unzip();
    let (scopes, values): (Vec<_>, Vec<_>) = batch
        .holders
        .iter()
        .map(|(claim, _)| (claim.scope.as_str(), claim.value.as_str()))
        .unzip();
    let query = sqlx::query(include_str!("lookups.sql"))
        .bind(types)
        .bind(ids)
        .bind(scopes)
        .bind(values);
    let rows = query.fetch_all(connection).await?;
    let mut answers = Answers {
        sequences: vec![0; batch.sequences.len()],
        holders: vec![None; batch.holders.len()],
    };
    for row in &rows {
        answers.note(row)?;
    }
    Ok(answers)
}

impl Answers {
    fn note(&mut self, row: &PgRow) -> Result<(), sqlx::Error> {
        let number: i64 = row.try_get("number")?;
        // Counted from 1 by the server.
        let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
        if row.try_get("is_claim")? {
            if let Some(holder) = self.holders.get_mut(index) {
                *holder = row.try_get("holder")?;
            }
        } else if let Some(sequence) = self.sequences.get_mut(index) {
            *sequence = row.try_get("sequence")?;
        }
        Ok(())
    }
}
