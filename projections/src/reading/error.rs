//! Why a read model gave no answer.

use tantivy::TantivyError;

use super::page::{MAX_FIRST, MAX_KEYS};

/// Why a read model gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ReadModelError {
    /// There is no such read model.
    #[error("there is no projection {0:?}")]
    Unknown(String),
    /// No generation of it is live yet; it is being built.
    #[error("{0} is not built yet")]
    NotBuilt(String),
    /// The cursor is none that was handed out here.
    #[error("the cursor is not one of this list")]
    Cursor,
    /// The page is empty or too large.
    #[error("a page has 1 to {MAX_FIRST} rows")]
    First,
    /// Too much is asked for at once.
    #[error("at most {MAX_KEYS} keys may be asked for at once")]
    Keys,
    /// The text to search for is too long.
    #[error("the text to search for is too long")]
    Query,
    /// The tables cannot be read.
    #[error("the database refused a query")]
    Database(#[from] sqlx::Error),
    /// The server crashed while rows were read, so they may be older than their position says.
    #[error("the database was restarted while rows were read")]
    Restarted,
    /// The index cannot be read.
    #[error("the search index cannot be read")]
    Index(#[from] TantivyError),
    /// The data folder cannot be used.
    #[error("the data folder cannot be used")]
    Folder(#[from] std::io::Error),
    /// The search ended by itself.
    #[error("the search ended by itself")]
    Thread,
}

impl ReadModelError {
    /// Whether it is the caller who has to ask for something else.
    pub const fn is_bad_request(&self) -> bool {
        matches!(
            self,
            Self::Unknown(_) | Self::Cursor | Self::First | Self::Keys | Self::Query
        )
    }
}
