//! The same commands through `disintegrate`, an event store without aggregates.
//!
//! A decision reads what it rests on and is appended in a serializable transaction. Where PostgreSQL
//! refuses to serialise it, it is made again, as its users have to.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use disintegrate::{Decision, DecisionError, Event, NoSnapshot, StateMutate, StateQuery, serde::json::Json};
use disintegrate_postgres::{PgEventStore, decision_maker};
use platform::pool::DatabaseRole;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    append::run,
    parcel::{NOTE_BYTES, NeverRefused},
    server::Server,
};

#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[stream(ParcelFact, [Packed, Scanned])]
enum Fact {
    Packed {
        #[id]
        parcel_id: String,
        note: String,
        weight_g: u32,
    },
    Scanned {
        #[id]
        parcel_id: String,
        note: String,
        gate: u32,
    },
}

#[derive(Debug, Default, Clone, StateQuery, Serialize, Deserialize)]
#[state_query(ParcelFact)]
struct Scans {
    #[id]
    parcel_id: String,
    scans: u64,
}

impl StateMutate for Scans {
    fn mutate(&mut self, _fact: ParcelFact) {
        self.scans += 1;
    }
}

struct Send {
    parcel_id: String,
}

impl Decision for Send {
    type Event = Fact;
    type StateQuery = Scans;
    type Error = NeverRefused;

    fn state_query(&self) -> Scans {
        Scans {
            parcel_id: self.parcel_id.clone(),
            scans: 0,
        }
    }

    fn process(&self, _state: &Scans) -> Result<Vec<Fact>, NeverRefused> {
        let note = "n".repeat(NOTE_BYTES);
        let parcel_id = self.parcel_id.clone();
        Ok(vec![
            Fact::Packed {
                parcel_id: parcel_id.clone(),
                note: note.clone(),
                weight_g: 1_250,
            },
            Fact::Scanned {
                parcel_id,
                note,
                gate: 7,
            },
        ])
    }
}

/// Its functions are written for PostgreSQL 16 and later: older servers do not read its numbers.
const OLDEST_SERVER: u32 = 16;

/// Commands per second, on a server that it works on.
pub(crate) async fn measure(server: &Server, callers: usize, time: Duration) -> Result<Option<f64>> {
    if server.major_version() < OLDEST_SERVER {
        return Ok(None);
    }
    let database = server.database().await?;
    let pool = database.pool(DatabaseRole::Owner).await?;
    let store = PgEventStore::try_new(pool, Json::<Fact>::default()).await?;
    let maker = Arc::new(decision_maker(store, NoSnapshot));
    let (rate, _) = run(callers, time, move || {
        let maker = maker.clone();
        async move {
            let parcel_id = Uuid::now_v7().to_string();
            loop {
                let decision = Send {
                    parcel_id: parcel_id.clone(),
                };
                match maker.make(decision).await {
                    Ok(_) => return Ok(()),
                    Err(DecisionError::EventStore(error) | DecisionError::StateStore(error))
                        if error.downcast_ref().is_some_and(is_late) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    })
    .await?;
    Ok(Some(rate))
}

/// Whether somebody else was in the way and the same may be tried again.
fn is_late(error: &disintegrate_postgres::Error) -> bool {
    match error {
        disintegrate_postgres::Error::Concurrency => true,
        disintegrate_postgres::Error::Database(error) => {
            let code = error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code);
            code.is_some_and(|code| code == "40001")
        }
        _ => false,
    }
}
