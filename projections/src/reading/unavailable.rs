//! Whether an error says that the database cannot be reached, rather than that something is broken.

use std::error::Error;

/// The classes and codes of PostgreSQL with which it refuses everybody for a while: lost connections, too many
/// of them, being shut down, starting and recovering.
///
/// Source: PostgreSQL 17, appendix A, "PostgreSQL Error Codes".
const REFUSES_EVERYBODY: [&str; 6] = ["08", "53300", "57P01", "57P02", "57P03", "57P05"];

/// Whether the database cannot be reached for now, by the first error of the chain that comes from it.
pub fn is_unavailable(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<sqlx::Error>() {
            return says_so(error);
        }
        next = error.source();
    }
    false
}

fn says_so(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            REFUSES_EVERYBODY.iter().any(|refuses| code.starts_with(refuses))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::ReadModelError;

    #[test]
    fn a_lost_connection_is_found_below_what_it_caused() {
        let lost = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert!(is_unavailable(&ReadModelError::Database(sqlx::Error::Io(lost))));
        assert!(is_unavailable(&ReadModelError::Database(
            sqlx::Error::PoolTimedOut
        )));
        assert!(!is_unavailable(&ReadModelError::Database(
            sqlx::Error::RowNotFound
        )));
        // A file that cannot be read is no database.
        let file = std::io::Error::from(std::io::ErrorKind::NotFound);
        assert!(!is_unavailable(&ReadModelError::Folder(file)));
    }
}
