use std::path::Path;

use super::*;

fn config(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(|name| {
        if name == "SOUK_DATA" && !variables.iter().any(|(known, _)| *known == name) {
            return Ok(Some("/data".to_owned()));
        }
        Ok(variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned()))
    })
}

fn refusal(variable: &str, value: &str) -> String {
    config(&[(variable, value)]).unwrap_err().to_string()
}

#[test]
fn without_variables_everything_has_a_default() {
    let config = config(&[]).unwrap();
    assert!(config.database.is_none());
    assert_eq!(config.data_dir, Path::new("/data"));
    assert_eq!(config.listen.together.to_string(), "127.0.0.1:8080");
    assert_eq!(config.listen.command_api.to_string(), "127.0.0.1:8080");
    assert_eq!(config.listen.query_api.to_string(), "127.0.0.1:8081");
    assert_eq!(config.log_format, LogFormat::Pretty);
    assert_eq!(config.search_languages, None);
    assert_eq!(
        config.pools,
        PoolSizes {
            writer: 8,
            projector: 8,
            reader: 16
        }
    );
}

#[test]
fn every_variable_is_read() {
    let config = config(&[
        ("DATABASE_URL", "postgres://anna:geheim@db.example:5433/shop"),
        ("SOUK_DATA", "/elsewhere"),
        ("SOUK_LISTEN", "[::1]:9000"),
        ("SOUK_LOG_FORMAT", "json"),
        ("SOUK_LOG", "warn,event_store=debug"),
        ("SOUK_POOL_READER", "50"),
        ("SOUK_SEARCH_LANGUAGES", "de,ru"),
    ])
    .unwrap();
    let database = config.database.unwrap();
    assert_eq!(database.expose().get_host(), "db.example");
    assert_eq!(database.expose().get_database(), Some("shop"));
    assert_eq!(config.data_dir, Path::new("/elsewhere"));
    assert_eq!(config.listen.together.to_string(), "[::1]:9000");
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.log_filter, "warn,event_store=debug");
    assert_eq!(config.pools.reader, 50);
    assert_eq!(config.search_languages.as_deref(), Some("de,ru"));
}

#[test]
fn a_password_is_in_no_debug_output() {
    let config = config(&[("DATABASE_URL", "postgres://anna:geheim@localhost/shop")]).unwrap();
    let printed = format!("{config:?}");
    assert!(printed.contains("***"), "{printed}");
    assert!(!printed.contains("geheim"), "{printed}");
}

#[test]
fn a_bad_database_url_is_refused_without_repeating_it() {
    for url in [
        "mysql://anna:geheim@localhost/shop",
        "postgres://anna:geheim@localhost:port/shop",
    ] {
        let message = refusal("DATABASE_URL", url);
        assert!(
            message.starts_with("DATABASE_URL must be a PostgreSQL URL"),
            "{message}"
        );
        assert!(!message.contains("geheim"), "{message}");
    }
}

#[test]
fn a_refusal_names_the_variable_and_the_rule() {
    assert_eq!(
        refusal("SOUK_LISTEN", "here"),
        "SOUK_LISTEN must be an IP address and a port such as 127.0.0.1:8080, but it is `here`"
    );
    assert_eq!(
        refusal("SOUK_LOG_FORMAT", "xml"),
        "SOUK_LOG_FORMAT must be `pretty` or `json`, but it is `xml`"
    );
    for size in ["0", "1", "51", "-1", "many"] {
        assert_eq!(
            refusal("SOUK_POOL_WRITER", size),
            format!("SOUK_POOL_WRITER must be a whole number from 2 to 50, but it is `{size}`")
        );
    }
    assert!(refusal("SOUK_LOG", "info,,=nonsense=").starts_with("SOUK_LOG must be log directives"));
}

#[test]
fn money_moves_in_the_sandbox_unless_stripe_is_set_up() {
    let payments = config(&[]).unwrap().payments;
    assert!(payments.stripe.is_none() && payments.webhook_secret.is_none());
    let payments = config(&[
        ("SOUK_STRIPE_SECRET_KEY", "sk_test_geheim"),
        ("SOUK_STRIPE_WEBHOOK_SECRET", "whsec_geheim"),
        ("SOUK_STRIPE_BASE_URL", "http://127.0.0.1:12111"),
    ])
    .unwrap()
    .payments;
    let stripe = payments.stripe.as_ref().unwrap();
    assert_eq!(stripe.secret_key.expose(), "sk_test_geheim");
    assert_eq!(stripe.base_url.as_deref(), Some("http://127.0.0.1:12111"));
    assert_eq!(payments.webhook_secret.as_ref().unwrap().expose(), "whsec_geheim");
    let printed = format!("{payments:?}");
    assert!(!printed.contains("geheim"), "{printed}");
}

#[test]
fn a_bad_secret_is_refused_without_repeating_it() {
    for (variable, value) in [
        ("SOUK_STRIPE_SECRET_KEY", "pk_test_geheim"),
        ("SOUK_STRIPE_SECRET_KEY", "sk_"),
        ("SOUK_STRIPE_SECRET_KEY", "sk_test_geheim \n"),
        ("SOUK_STRIPE_WEBHOOK_SECRET", "geheim"),
        ("SOUK_STRIPE_WEBHOOK_SECRET", "whsec_"),
    ] {
        let message = refusal(variable, value);
        assert!(message.starts_with(&format!("{variable} must be ")), "{message}");
        assert!(!message.contains("geheim"), "{message}");
    }
}

#[test]
fn the_key_of_stripe_leaves_the_machine_only_encrypted() {
    let with = |url: &str| {
        config(&[
            ("SOUK_STRIPE_SECRET_KEY", "sk_test_1"),
            ("SOUK_STRIPE_BASE_URL", url),
        ])
    };
    for url in [
        "https://api.stripe.com",
        "https://proxy.example:8443/stripe/",
        "http://localhost:12111",
        "http://[::1]:1",
    ] {
        assert!(with(url).is_ok(), "{url}");
    }
    for url in [
        "http://api.stripe.com",
        "http://localhost.example",
        "http://127.0.0.1@api.example",
        "https://",
        "https://:443",
        "api.stripe.com",
        "ftp://127.0.0.1",
        "https://api.example/?key=geheim",
    ] {
        let message = with(url).unwrap_err().to_string();
        assert!(message.starts_with("SOUK_STRIPE_BASE_URL must be"), "{message}");
    }
    let alone = refusal("SOUK_STRIPE_BASE_URL", "https://api.stripe.com");
    assert!(
        alone.starts_with("SOUK_STRIPE_SECRET_KEY must be set when"),
        "{alone}"
    );
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    for address in ["0.0.0.0:8080", "192.168.1.2:8080", "[::]:8080"] {
        assert!(
            refusal("SOUK_QUERY_API_LISTEN", address).contains("loopback"),
            "{address}"
        );
    }
}

#[test]
fn hosts_and_origins_are_read_as_browsers_write_them() {
    assert_eq!(config(&[]).unwrap().web, WebSettings::default());
    let web = config(&[
        ("SOUK_ALLOWED_HOSTS", "Shop.Example, api.shop.example,[::2]"),
        (
            "SOUK_ALLOWED_ORIGINS",
            "https://WWW.shop.example:443/, http://localhost:3000",
        ),
    ])
    .unwrap()
    .web;
    assert_eq!(web.allowed_hosts, ["shop.example", "api.shop.example", "[::2]"]);
    assert_eq!(
        web.allowed_origins,
        ["https://www.shop.example", "http://localhost:3000"]
    );
}

#[test]
fn hosts_and_origins_of_other_forms_are_refused() {
    for wrong in [
        "https://shop.example",
        "shop.example:8080",
        "*",
        "a,,b",
        "a b",
        "*.example",
    ] {
        let said = refusal("SOUK_ALLOWED_HOSTS", wrong);
        assert!(
            said.starts_with("SOUK_ALLOWED_HOSTS must be up to 64 host names"),
            "{said}"
        );
    }
    for wrong in [
        "shop.example",
        "*",
        "null",
        "https://shop.example/path",
        "ftp://shop.example",
        "https://",
        "http://a:b",
    ] {
        let said = refusal("SOUK_ALLOWED_ORIGINS", wrong);
        assert!(
            said.starts_with("SOUK_ALLOWED_ORIGINS must be up to 64 origins"),
            "{said}"
        );
    }
}
