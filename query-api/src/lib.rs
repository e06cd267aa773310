//! Questions and answers: GraphQL over the reading side of the projections.
//!
//! | address | what is there |
//! |---|---|
//! | `POST /graphql` | one query as JSON: `query`, `variables`, `operationName` |
//! | `GET /graphql` | the same in the query string; a browser without a query is sent to GraphiQL |
//! | `GET /graphql/ws` | a WebSocket for subscriptions, with the protocol `graphql-transport-ws` |
//! | `GET /graphiql` | an editor with completion and documentation, from this binary alone |
//!
//! What always holds:
//! - an answer says in `extensions.position` how much of the log it has seen;
//! - a caller that names a position reads at least that much, or is told [`STALE`](ErrorCode::Stale);
//! - every error has an `extensions.code`; what is broken on our side is logged, and the caller learns
//!   only the correlation id under which it is found;
//! - a document is bounded before it is parsed, validated before it is executed, and answered in the order of
//!   its fields;
//! - a query is bounded in size, depth, cost, rows, time, errors and the size of its answer, and lists are
//!   loaded in batches;
//! - subscribers wait together: what a change costs does not grow with their number.
//!
//! **Architecture invariant:** nothing here writes, and nothing here knows an aggregate or the log.

mod answer;
mod argument;
mod batch;
mod changes;
mod connection;
mod document;
mod error;
mod freshness;
mod http;
pub mod limits;
mod loaders;
mod metering;
mod moment;
mod query;
mod reading;
mod sagas;
mod schema;
mod state;
mod subscription;
mod types;

pub use error::ErrorCode;
pub use freshness::AtLeast;
pub use http::{AT_LEAST_POSITION, CORRELATION_ID, router};
pub use sagas::{SagaError, SagaView, SagaViews};
pub use schema::sdl;
pub use state::{QueryOptions, QueryState};
