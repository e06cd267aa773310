//! How much one query may ask for. Everything else is bounded through one of these.

use std::time::Duration;

use chrono::NaiveDate;

/// The largest body. Generated documents of large front-ends have some tens of kilobytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// How long the body of a request may take to arrive.
pub const BODY_LIMIT: Duration = Duration::from_secs(8);

/// How many tokens a document may have, commas and comments included. The generated documents of large
/// front-ends have some thousands.
pub const MAX_TOKENS: usize = 15_000;

/// How deep the brackets of a document may nest, whatever they are: selections, arguments, lists, objects and
/// types. Fields nest less deep; this is what may be recursed into before they are known.
pub const MAX_NESTING: usize = 64;

/// How deep selections may nest, those of fragments within those that spread them.
pub const MAX_SPREADS: usize = 50;

/// How many fields and fragments a document may select, those within a fragment once for each time it is
/// spread. Each field costs at least one, so more than may be executed make no query that is answered.
pub const MAX_SELECTIONS: usize = 5_000;

/// How many errors an answer has at most. More are left out, and the answer says so.
pub const MAX_ERRORS: usize = 20;

/// How many characters an error repeats of what the caller sent.
pub const MAX_MESSAGE_CHARS: usize = 300;

/// How large an answer may be. A page of a hundred products with the longest descriptions has a megabyte.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// How much memory valid documents are kept in, to be used again.
pub const DOCUMENT_CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// How deep fields may nest. The introspection of common clients takes 15.
pub const MAX_DEPTH: usize = 15;

/// How much a query may cost, by [`ROOT_COST`], [`LIST_COST`] and the size of its pages.
pub const MAX_COMPLEXITY: usize = 5_000;

/// What a field that asks a read model by itself costs, beside its children: so a hundred aliases of
/// one are the most.
pub const ROOT_COST: usize = 50;

/// How many entries a list without pages is taken to have. Most orders have fewer lines, and hardly any
/// product has more variants.
pub const LIST_COST: usize = 5;

/// How many rows a page has if `first` is absent.
pub const DEFAULT_FIRST: u32 = 20;

/// The most days of sales in one answer: a year and its leap day.
pub const MAX_SALES_DAYS: i64 = 366;

/// How long a query waits for the position that it asks for.
pub const MAX_WAIT: Duration = Duration::from_secs(5);

/// How long a request may take once its body has arrived, with its wait.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);

/// How many requests are processed at once; more are refused as overloaded, and the client may retry. Together with
/// [`MAX_BODY_BYTES`] it bounds the memory that requests take.
pub const MAX_IN_FLIGHT: usize = 512;

/// How many WebSockets are open at once. Each of them costs a task and its buffers.
pub const MAX_SOCKETS: usize = 512;

/// How many operations one connection may run at once.
pub const MAX_SOCKET_OPERATIONS: usize = 32;

/// How many operations all connections together may run at once. With the rows of a batch it bounds the
/// statements that a change costs: two for each kind of object.
pub const MAX_OPERATIONS: usize = 2_000;

/// How long a client may take to send `connection_init`.
pub const INIT_LIMIT: Duration = Duration::from_secs(10);

/// How often a connection is pinged; one over which nothing arrives until the next ping is closed. Proxies commonly
/// drop a connection that is silent for a minute.
pub const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How long a client may take to accept one message.
pub const SEND_LIMIT: Duration = Duration::from_secs(10);

/// How often read models are checked for changes that subscriptions wait for. All changes between two checks are
/// sent as one, so a busy shop costs no more than a quiet one.
pub const CHANGE_INTERVAL: Duration = Duration::from_millis(100);

/// How often the progress of read models is checked.
pub const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);

/// The cost of some days of sales: that of a day so many times. Too many days are refused when they are read, with a
/// better reason than their cost.
pub(crate) fn days_cost(from: NaiveDate, to: NaiveDate, day_cost: usize) -> usize {
    let days = to.signed_duration_since(from).num_days().saturating_add(1);
    let days = usize::try_from(days.clamp(0, MAX_SALES_DAYS)).unwrap_or_default();
    ROOT_COST.saturating_add(days.saturating_mul(day_cost))
}

/// The cost of a page: that of a row so many times.
///
/// A page that is too large is refused when it is read, with a better reason than its cost.
pub(crate) fn page_cost(first: Option<i32>, row_cost: usize) -> usize {
    let rows = first.map_or(Ok(DEFAULT_FIRST), u32::try_from).unwrap_or_default();
    let rows = usize::try_from(rows.min(projections::MAX_FIRST)).unwrap_or(usize::MAX);
    ROOT_COST.saturating_add(rows.saturating_mul(row_cost))
}
