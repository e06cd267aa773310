//! Which names the HTTP servers answer to, and which other sites may use them.

use super::ConfigError;

const ALLOWED_HOSTS: &str = "SOUK_ALLOWED_HOSTS";
const ALLOWED_ORIGINS: &str = "SOUK_ALLOWED_ORIGINS";

/// The most names or origins of one list.
const MAX_ENTRIES: usize = 64;
/// The longest name of a host (RFC 1035, section 2.3.4).
const MAX_HOST_LEN: usize = 253;

const HOSTS_RULE: &str = "up to 64 host names without scheme or port, separated by commas, such as \
                          `shop.example,api.shop.example`";
const ORIGINS_RULE: &str = "up to 64 origins without a path, separated by commas, such as \
                            `https://www.shop.example,http://localhost:3000`";

/// The settings of every HTTP server of the process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebSettings {
    /// `SOUK_ALLOWED_HOSTS`: names that are served beside loopback names, in small letters.
    pub allowed_hosts: Vec<String>,
    /// `SOUK_ALLOWED_ORIGINS`: origins of other sites that may send commands and queries, as browsers
    /// write them.
    pub allowed_origins: Vec<String>,
}

impl WebSettings {
    pub(super) fn read(
        read: impl Fn(&'static str) -> Result<Option<String>, ConfigError>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            allowed_hosts: list(ALLOWED_HOSTS, HOSTS_RULE, read(ALLOWED_HOSTS)?, host)?,
            allowed_origins: list(ALLOWED_ORIGINS, ORIGINS_RULE, read(ALLOWED_ORIGINS)?, origin)?,
        })
    }
}

fn list(
    variable: &'static str,
    rule: &'static str,
    found: Option<String>,
    entry: fn(&str) -> Option<String>,
) -> Result<Vec<String>, ConfigError> {
    let Some(found) = found else { return Ok(Vec::new()) };
    let entries: Option<Vec<String>> = found.split(',').map(|text| entry(text.trim())).collect();
    match entries {
        Some(entries) if entries.len() <= MAX_ENTRIES => Ok(entries),
        _ => Err(ConfigError::Invalid {
            variable,
            rule,
            found,
        }),
    }
}

/// A name or an address, in small letters.
fn host(text: &str) -> Option<String> {
    let is_address = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .is_some_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok());
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_name = text.len() <= MAX_HOST_LEN && text.split('.').all(label);
    (is_address || is_name).then(|| text.to_ascii_lowercase())
}

/// An origin as browsers write it: in small letters and without the default port of its scheme.
fn origin(text: &str) -> Option<String> {
    let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    let (scheme, authority) = text.split_once("://")?;
    let default_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse::<u16>().ok()?),
        _ => (authority, default_port),
    };
    let name = host(name)?;
    Some(if port == default_port {
        format!("{scheme}://{name}")
    } else {
        format!("{scheme}://{name}:{port}")
    })
}
