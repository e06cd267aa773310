//! Which media type a client takes.
//!
//! Source: GraphQL over HTTP (draft), section 6.3 "Accept"; RFC 9110, section 12.5.1 "Accept".

use axum::http::{HeaderMap, HeaderValue, header};

/// The media type of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`: what clients know that say nothing, and those from before the specification.
    Json,
    /// `application/graphql-response+json`: here the status says what became of the request.
    GraphqlResponse,
}

impl MediaType {
    const ALL: [Self; 2] = [Self::Json, Self::GraphqlResponse];

    const fn subtype(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::GraphqlResponse => "graphql-response+json",
        }
    }

    pub(super) const fn header(self) -> HeaderValue {
        match self {
            Self::Json => HeaderValue::from_static("application/json"),
            Self::GraphqlResponse => {
                HeaderValue::from_static("application/graphql-response+json; charset=utf-8")
            }
        }
    }
}

/// What a part of the header says of a media type: how exactly it names it, and its quality in thousandths.
type Preference = (u8, u16);

/// The media type that the client likes best; of two that it likes alike, the one that it names first. None
/// if it takes neither.
pub(super) fn accepted(headers: &HeaderMap) -> Option<MediaType> {
    let values = headers.get_all(header::ACCEPT).iter();
    let parts: Vec<&str> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        return Some(MediaType::Json);
    }
    let liked = MediaType::ALL.into_iter().filter_map(|media_type| {
        let named = parts.iter().enumerate().filter_map(|(index, part)| {
            let (exactness, quality) = preference(part, media_type)?;
            Some((exactness, quality, index))
        });
        // The most exact one counts, also if it says no.
        let (exactness, quality, index) =
            named.max_by_key(|(exactness, _, index)| (*exactness, usize::MAX - index))?;
        (quality > 0).then_some((quality, exactness, usize::MAX - index, media_type))
    });
    let best = liked.reduce(|best, next| {
        let rank =
            |(quality, exactness, order, _): &(u16, u8, usize, MediaType)| (*quality, *exactness, *order);
        if rank(&next) > rank(&best) { next } else { best }
    });
    best.map(|(.., media_type)| media_type)
}

fn preference(part: &str, media_type: MediaType) -> Option<Preference> {
    let mut pieces = part.split(';').map(str::trim);
    let name = pieces.next()?.to_ascii_lowercase();
    let exactness = match name.split_once('/')? {
        ("application", subtype) if subtype == media_type.subtype() => 2,
        ("application", "*") => 1,
        ("*", "*") => 0,
        _ => return None,
    };
    let quality = pieces.find_map(|piece| {
        let (name, value) = piece.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("q")
            .then(|| thousandths(value.trim()))
    });
    Some((exactness, quality.unwrap_or(1_000)))
}

/// A quality such as `0.25`; one that is none counts as the highest.
fn thousandths(quality: &str) -> u16 {
    let (whole, fraction) = quality.split_once('.').unwrap_or((quality, ""));
    match (whole, format!("{fraction:0<3}").get(..3).map(str::parse::<u16>)) {
        ("0", Some(Ok(thousandths))) => thousandths,
        _ => 1_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        accepted(&headers)
    }

    #[test]
    fn a_client_gets_the_media_type_that_it_likes_best() {
        const JSON: Option<MediaType> = Some(MediaType::Json);
        const GRAPHQL: Option<MediaType> = Some(MediaType::GraphqlResponse);
        assert_eq!(accepted(&HeaderMap::new()), JSON);
        for (accept, media_type) in [
            ("", JSON),
            ("*/*", JSON),
            ("application/*", JSON),
            ("text/html, */*;q=0.1", JSON),
            ("application/json", JSON),
            ("Application/JSON; charset=utf-8", JSON),
            ("application/graphql-response+json", GRAPHQL),
            ("application/graphql-response+json, application/json", GRAPHQL),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                GRAPHQL,
            ),
            ("application/json, application/graphql-response+json", JSON),
            (
                "application/json;q=0.5, application/graphql-response+json;q=0.9",
                GRAPHQL,
            ),
            ("application/graphql-response+json;q=0.5, application/json", JSON),
            ("application/json;q=0, */*", GRAPHQL),
            ("*/*, application/graphql-response+json", GRAPHQL),
            ("text/plain", None),
            ("application/json;q=0", None),
            ("application/json;q=0.000", None),
            ("nonsense", None),
        ] {
            assert_eq!(of(accept), media_type, "{accept}");
        }
    }
}
