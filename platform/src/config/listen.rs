//! Where the APIs are served.

use std::net::{Ipv4Addr, SocketAddr};

use super::ConfigError;

/// The addresses the APIs listen on.
///
/// Invariant: they are loopback addresses. Nobody is authenticated yet, so whoever
/// reaches a port may move money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenAddresses {
    /// `SOUK_LISTEN`: both APIs on one port, as `souk up` serves them.
    pub together: SocketAddr,
    /// `SOUK_COMMAND_API_LISTEN`: the command API by itself.
    pub command_api: SocketAddr,
    /// `SOUK_QUERY_API_LISTEN`: the query API by itself.
    pub query_api: SocketAddr,
}

impl ListenAddresses {
    pub(super) fn read(
        read: impl Fn(&'static str) -> Result<Option<String>, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let address = |variable, default_port| match read(variable)? {
            None => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, default_port))),
            Some(found) => loopback(variable, found),
        };
        Ok(Self {
            together: address("SOUK_LISTEN", 8080)?,
            command_api: address("SOUK_COMMAND_API_LISTEN", 8080)?,
            query_api: address("SOUK_QUERY_API_LISTEN", 8081)?,
        })
    }
}

/// An address that may be listened on, wherever it was named: in a variable or on the command line.
///
/// # Errors
///
/// The rule that it breaks.
pub fn loopback_address(text: &str) -> Result<SocketAddr, &'static str> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(_) => Err("a loopback address such as 127.0.0.1:8080, as long as no authentication is configured"),
        Err(_) => Err("an IP address and a port such as 127.0.0.1:8080"),
    }
}

fn loopback(variable: &'static str, found: String) -> Result<SocketAddr, ConfigError> {
    loopback_address(&found).map_err(|rule| ConfigError::Invalid {
        variable,
        rule,
        found,
    })
}
