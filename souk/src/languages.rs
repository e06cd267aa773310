//! The languages of the search, as the environment wants them.

use platform::config::Config;
use projections::catalogue::{LanguagesError, SearchLanguages};

/// `SOUK_SEARCH_LANGUAGES` breaks its rule.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "SOUK_SEARCH_LANGUAGES must be codes of languages with commas between them such as `en,ru`, or `none`, but it \
     is `{found}`"
)]
pub(crate) struct InvalidLanguages {
    found: String,
    source: LanguagesError,
}

/// The languages that were chosen for the shop, if any were.
///
/// # Errors
///
/// When one of them is not known, or two are written with the same letters.
pub(crate) fn chosen(config: &Config) -> Result<Option<SearchLanguages>, InvalidLanguages> {
    let parse = |found: &String| {
        found.parse().map_err(|source| InvalidLanguages {
            found: found.clone(),
            source,
        })
    };
    config.search_languages.as_ref().map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    fn chosen_by(value: Option<&str>) -> Result<Option<SearchLanguages>, InvalidLanguages> {
        let config = Config::read(|name| {
            Ok(match name {
                "SOUK_SEARCH_LANGUAGES" => value.map(str::to_owned),
                "SOUK_DATA" => Some("/data".to_owned()),
                _ => None,
            })
        });
        chosen(&config.unwrap())
    }

    #[test]
    fn the_command_line_refuses_what_the_environment_does() {
        let line = [
            "souk",
            "projections",
            "rebuild",
            "catalogue",
            "--search-languages",
        ];
        assert!(Cli::try_parse_from(line.into_iter().chain(["de,ru"])).is_ok());
        let refusal = Cli::try_parse_from(line.into_iter().chain(["xx"])).unwrap_err();
        assert!(
            refusal.to_string().contains("known are ar, da, nl, en"),
            "{refusal}"
        );
        assert!(Cli::try_parse_from(["souk", "up", "--search-languages", "en,de"]).is_err());
    }

    #[test]
    fn what_is_not_set_is_not_chosen() {
        assert_eq!(chosen_by(None), Ok(None));
        assert_eq!(chosen_by(Some("ru,en")), Ok(Some(SearchLanguages::default())));
    }

    #[test]
    fn a_refusal_names_the_variable_the_rule_and_the_known_codes() {
        let error = chosen_by(Some("en,xx")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "SOUK_SEARCH_LANGUAGES must be codes of languages with commas between them such as `en,ru`, or `none`, \
             but it is `en,xx`"
        );
        let cause = error.source().unwrap().to_string();
        assert!(
            cause.starts_with("\"xx\" is not the code of a language"),
            "{cause}"
        );
        assert!(
            cause.ends_with("el, hu, it, no, pt, ro, ru, es, sv, ta, tr"),
            "{cause}"
        );
        let same = chosen_by(Some("en,de")).unwrap_err();
        assert_eq!(
            same.source().unwrap().to_string(),
            "en and de are written with the same letters; choose one of them"
        );
    }
}
