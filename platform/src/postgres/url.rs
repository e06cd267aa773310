//! A URL for a login other than the one that the shop works with.

use std::path::Path;

use sqlx::postgres::PgConnectOptions;

use super::socket::percent_encoded;

/// A URL that `psql`, `DATABASE_URL` and every other libpq program understand, to the same database as
/// `options` and as another user.
#[must_use]
pub fn url_for(options: &PgConnectOptions, user: &str, password: &str) -> String {
    let encoded = |text: &str| percent_encoded(Path::new(text)).replace('/', "%2F");
    let database = encoded(options.get_database().unwrap_or(user));
    let (user, password) = (encoded(user), encoded(password));
    let port = options.get_port();
    match options.get_socket() {
        Some(folder) => {
            let host = percent_encoded(folder);
            // A URL with a login and without a host is none to most parsers.
            format!("postgresql:///{database}?host={host}&port={port}&user={user}&password={password}")
        }
        None => {
            let host = options.get_host();
            format!("postgresql://{user}:{password}@{host}:{port}/{database}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_leads_to_the_same_database_as_another_user() {
        let socket = PgConnectOptions::new_without_pgpass()
            .socket("/srv/my shop/run")
            .port(5432)
            .username("souk")
            .database("souk");
        let url = url_for(&socket, "auditor_ada", "a/b@c");
        assert_eq!(
            url,
            "postgresql:///souk?host=/srv/my%20shop/run&port=5432&user=auditor_ada&password=a%2Fb%40c"
        );
        let read: PgConnectOptions = url.parse().unwrap();
        assert_eq!(read.get_username(), "auditor_ada");
        assert_eq!(read.get_socket(), socket.get_socket());
        let host = PgConnectOptions::new_without_pgpass()
            .host("db.example")
            .port(5433)
            .database("shop");
        assert_eq!(
            url_for(&host, "ada", "x"),
            "postgresql://ada:x@db.example:5433/shop"
        );
        let read: PgConnectOptions = url_for(&host, "ada", "x").parse().unwrap();
        assert_eq!((read.get_host(), read.get_username()), ("db.example", "ada"));
    }
}
