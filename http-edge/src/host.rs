//! The name that a request was sent to.
//!
//! A page can make its own name point at 127.0.0.1 (DNS rebinding). Its requests then come from the same
//! origin in the eyes of the browser, and only the name in `Host` tells them apart.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::http::{HeaderMap, Uri, Version, header, uri::Authority};

use crate::{policy::RequestPolicy, refusal::Refusal};

/// The authority that a request names, if it may be served.
///
/// Source: RFC 9112, section 3.2 (one `Host`, or 400) and section 3.2.2 (a target with an authority
/// replaces it); RFC 9110, section 7.4 (421 for a name that the server does not serve).
pub(crate) fn named_host(
    policy: &RequestPolicy,
    version: Version,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Authority, Refusal> {
    let mut values = headers.get_all(header::HOST).iter();
    let host = match (values.next(), values.next()) {
        (Some(host), None) => Authority::try_from(host.as_bytes()).map_err(|_| Refusal::MalformedHost)?,
        // HTTP/2 has no `Host` of its own.
        (None, _) if version == Version::HTTP_2 => uri.authority().cloned().ok_or(Refusal::MalformedHost)?,
        _ => return Err(Refusal::MalformedHost),
    };
    let named = uri.authority().unwrap_or(&host);
    for authority in [&host, named] {
        if authority.as_str().contains('@') {
            return Err(Refusal::MalformedHost);
        }
        if !is_served(policy, authority.host()) {
            return Err(Refusal::UnknownHost);
        }
    }
    Ok(named.clone())
}

fn is_served(policy: &RequestPolicy, host: &str) -> bool {
    // A name with a dot at its end is the same name.
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost" || is_loopback(&host) || policy.has_host(&host)
}

fn is_loopback(host: &str) -> bool {
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match v6 {
        Some(host) => host
            .parse::<Ipv6Addr>()
            .is_ok_and(|address| address.is_loopback()),
        None => host
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn judge(target: &str, hosts: &[&str]) -> Result<Authority, Refusal> {
        let policy = RequestPolicy::new(["shop.example".to_owned()], []);
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, HeaderValue::from_str(host).unwrap());
        }
        named_host(&policy, Version::HTTP_11, &target.parse().unwrap(), &headers)
    }

    #[test]
    fn loopback_and_configured_names_are_served_with_any_port() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "localhost.:8080",
            "127.0.0.1:8080",
            "127.1.2.3",
            "[::1]:8080",
            "shop.example",
            "Shop.Example:443",
        ] {
            assert!(judge("/v1/orders", &[host]).is_ok(), "{host}");
        }
    }

    #[test]
    fn other_names_are_refused_however_they_are_spelled() {
        for host in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evilshop.example",
            "www.shop.example",
            "0.0.0.0",
            "[::ffff:127.0.0.1]",
            "[::]",
            "127.0.0.1e",
            "2130706433",
        ] {
            assert_eq!(judge("/v1/orders", &[host]), Err(Refusal::UnknownHost), "{host}");
        }
        assert_eq!(
            judge("http://evil.example/v1/orders", &["localhost"]),
            Err(Refusal::UnknownHost)
        );
        assert_eq!(
            judge("http://localhost/v1/orders", &["evil.example"]),
            Err(Refusal::UnknownHost)
        );
    }

    #[test]
    fn a_request_names_one_host() {
        for hosts in [
            &[][..],
            &["localhost", "localhost"],
            &[""],
            &["user@localhost"],
            &["local host"],
            &["localhost/x"],
        ] {
            assert_eq!(
                judge("/v1/orders", hosts),
                Err(Refusal::MalformedHost),
                "{hosts:?}"
            );
        }
    }
}
