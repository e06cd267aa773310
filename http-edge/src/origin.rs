//! The page that a request comes from.
//!
//! A browser sends what it can without asking: forms of any kind, requests without a body, and the
//! opening of a WebSocket. It says where they come from, in `Origin` or `Sec-Fetch-Site`, and a page
//! cannot change either. Programs that are no browsers send neither and are not concerned.

use axum::http::{HeaderMap, Method, Uri, header, uri::Authority};

use crate::{policy::RequestPolicy, refusal::Refusal};

const SEC_FETCH_SITE: &str = "sec-fetch-site";
const SEC_FETCH_MODE: &str = "sec-fetch-mode";
const SEC_FETCH_DEST: &str = "sec-fetch-dest";

/// Refuses what a page of another site sent. `host` is the authority that the request names.
///
/// Source: Fetch, section 3.1 (`Origin`); W3C Fetch Metadata Request Headers, sections 2.1 to 2.4.
pub(crate) fn check_origin(
    policy: &RequestPolicy,
    host: &Authority,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) => {
            let origin = origin.to_str().map_err(|_| Refusal::ForeignOrigin)?;
            if policy.has_origin(&origin.to_ascii_lowercase()) {
                return Ok(());
            }
            if !is_same_site(origin, host) {
                return Err(Refusal::ForeignOrigin);
            }
        }
        (None, _) => {}
        (Some(_), Some(_)) => return Err(Refusal::ForeignOrigin),
    }
    let says = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    // A page of another port or another subdomain is `same-site`, and as foreign as any.
    let is_foreign = says(SEC_FETCH_SITE, "cross-site") || says(SEC_FETCH_SITE, "same-site");
    let follows_link = (method == Method::GET || method == Method::HEAD)
        && says(SEC_FETCH_MODE, "navigate")
        && says(SEC_FETCH_DEST, "document");
    if is_foreign && !follows_link {
        return Err(Refusal::ForeignOrigin);
    }
    Ok(())
}

/// Whether an origin is this server. The scheme is not compared: a proxy may have taken off the TLS.
fn is_same_site(origin: &str, host: &Authority) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else {
        return false;
    };
    let (Some(scheme), Some(authority)) = (origin.scheme_str(), origin.authority()) else {
        return false;
    };
    let default_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return false,
    };
    let port = |authority: &Authority| authority.port_u16().unwrap_or(default_port);
    authority.host().eq_ignore_ascii_case(host.host()) && port(authority) == port(host)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn judge(method: &Method, sent: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
        let policy = RequestPolicy::new([], ["https://www.shop.example".to_owned()]);
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, HeaderValue::from_static(value));
        }
        check_origin(
            &policy,
            &Authority::from_static("localhost:8080"),
            method,
            &headers,
        )
    }

    #[test]
    fn programs_own_pages_and_configured_pages_are_served() {
        for sent in [
            &[][..],
            &[("origin", "http://localhost:8080")],
            &[
                ("origin", "http://LOCALHOST:8080"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[
                ("origin", "https://www.shop.example"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")],
        ] {
            assert_eq!(judge(&Method::POST, sent), Ok(()), "{sent:?}");
        }
    }

    #[test]
    fn pages_of_other_sites_are_refused_whatever_they_send() {
        for sent in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "http://localhost")],
            &[("origin", "http://localhost:3000")],
            &[("origin", "http://127.0.0.1:8080")],
            &[("origin", "file://localhost:8080")],
            &[("origin", "localhost:8080")],
            &[("origin", "")],
            &[
                ("origin", "http://localhost:8080"),
                ("origin", "https://evil.example"),
            ],
            &[("origin", "https://shop.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")],
        ] {
            for method in [Method::GET, Method::POST, Method::OPTIONS] {
                assert_eq!(
                    judge(&method, sent),
                    Err(Refusal::ForeignOrigin),
                    "{method} {sent:?}"
                );
            }
        }
    }

    #[test]
    fn a_person_may_follow_a_link_and_a_form_or_a_frame_may_not() {
        let navigation = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        assert_eq!(judge(&Method::GET, &navigation), Ok(()));
        assert_eq!(judge(&Method::POST, &navigation), Err(Refusal::ForeignOrigin));
        let frame = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe"),
        ];
        assert_eq!(judge(&Method::GET, &frame), Err(Refusal::ForeignOrigin));
    }

    #[test]
    fn the_default_port_of_the_scheme_need_not_be_named() {
        let same = |origin, host| is_same_site(origin, &Authority::from_static(host));
        assert!(same("https://shop.example", "shop.example"));
        assert!(same("https://shop.example", "shop.example:443"));
        assert!(same("http://shop.example:80", "shop.example"));
        assert!(!same("https://shop.example", "shop.example:80"));
    }
}
