//! The edge of every HTTP server of Souk: what happens to a connection and to a request before a
//! role looks at it, and to an answer until it has been sent.
//!
//! ```text
//! connection ──► place among the connections ──► head within its time limit
//!    request ──► host known ──► origin known ──► CORS, compression ──► the router of a role
//!     answer ◄── security headers ◄── bounded bytes in memory ◄── pieces, each within its time limit
//! ```
//!
//! What it deliberately is not: it knows no command, query or route of a role. Nobody is authenticated
//! yet, so the name that a request was sent to and the page that it comes from are the only guard of a
//! shop on a person's own machine ([`RequestPolicy`]).
//!
//! What always holds:
//! - a request for a name that the server was not configured with is refused, whatever it asks for;
//! - a request from a page of another site is refused, unless its origin is configured or a person
//!   follows a link;
//! - a connection that sends no head, sends nothing between two requests, or does not read its answer,
//!   is closed after a limit, and the number of connections is bounded below the limit of open files;
//! - a place among the requests in flight is held until the body of the answer has been sent ([`held`]).

mod answer;
mod body;
mod connections;
mod guard;
mod host;
mod layers;
mod origin;
mod pages;
mod policy;
mod refusal;
mod server;
mod stream;
mod unread;

pub use answer::held;
pub use body::{Arrived, BodyError, Budget, collect};
pub use layers::edge;
pub use pages::{StaticPages, revalidated};
pub use policy::RequestPolicy;
pub use server::{ServerOptions, serve};
