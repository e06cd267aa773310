//! Who moves the money of cards: the sandbox, or Stripe with the secrets of an account.

use super::{ConfigError, Secret};

const SECRET_KEY: &str = "SOUK_STRIPE_SECRET_KEY";
const WEBHOOK_SECRET: &str = "SOUK_STRIPE_WEBHOOK_SECRET";
const BASE_URL: &str = "SOUK_STRIPE_BASE_URL";

/// Longer than any key of Stripe.
const MAX_SECRET_LEN: usize = 255;

/// The settings of the payment gateway.
///
/// The two secrets are independent: who moves money needs the key, who takes webhooks needs the other, and with
/// the roles apart each process has only its own.
#[derive(Debug, Clone, Default)]
pub struct PaymentSettings {
    /// Stripe, when a key for it is set; the sandbox otherwise.
    pub stripe: Option<StripeSettings>,
    /// `SOUK_STRIPE_WEBHOOK_SECRET`: what webhooks are signed with. Without it none is taken.
    pub webhook_secret: Option<Secret<String>>,
}

/// An account at Stripe.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// `SOUK_STRIPE_SECRET_KEY`: the key of the account.
    pub secret_key: Secret<String>,
    /// `SOUK_STRIPE_BASE_URL`: where Stripe is, when it is not where it always is.
    pub base_url: Option<String>,
}

impl PaymentSettings {
    pub(super) fn read(
        read: impl Fn(&'static str) -> Result<Option<String>, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let secret_key = read(SECRET_KEY)?.map(secret_key).transpose()?;
        let base_url = read(BASE_URL)?.map(base_url).transpose()?;
        let stripe = match (secret_key, base_url) {
            (Some(secret_key), base_url) => Some(StripeSettings { secret_key, base_url }),
            (None, None) => None,
            // Whoever says where Stripe is means Stripe, and would get the sandbox.
            (None, Some(_)) => {
                return Err(ConfigError::InvalidSecret {
                    variable: SECRET_KEY,
                    rule: "set when SOUK_STRIPE_BASE_URL is",
                });
            }
        };
        let webhook_secret = read(WEBHOOK_SECRET)?.map(webhook_secret).transpose()?;
        Ok(Self {
            stripe,
            webhook_secret,
        })
    }
}

fn secret_key(found: String) -> Result<Secret<String>, ConfigError> {
    // A publishable key (`pk_`) is the slip that is made most.
    secret(
        found,
        &["sk_", "rk_"],
        ConfigError::InvalidSecret {
            variable: SECRET_KEY,
            rule: "a secret or restricted key of Stripe, which begins with `sk_` or `rk_`",
        },
    )
}

fn webhook_secret(found: String) -> Result<Secret<String>, ConfigError> {
    secret(
        found,
        &["whsec_"],
        ConfigError::InvalidSecret {
            variable: WEBHOOK_SECRET,
            rule: "the signing secret of a webhook endpoint, which begins with `whsec_`",
        },
    )
}

fn secret(found: String, prefixes: &[&str], refused: ConfigError) -> Result<Secret<String>, ConfigError> {
    let named = prefixes
        .iter()
        .any(|prefix| found.starts_with(prefix) && found.len() > prefix.len());
    let sound = found.len() <= MAX_SECRET_LEN && found.bytes().all(|byte| byte.is_ascii_graphic());
    if named && sound {
        Ok(Secret::new(found))
    } else {
        Err(refused)
    }
}

/// The key goes along with every call, so it may leave the machine only encrypted.
fn base_url(found: String) -> Result<String, ConfigError> {
    let refused = ConfigError::InvalidSecret {
        variable: BASE_URL,
        rule: "an address such as https://api.stripe.com, and https unless it is on this machine",
    };
    let (scheme, rest) = found.split_once("://").unwrap_or_default();
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        _ => authority,
    };
    let is_local = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    let is_private = scheme == "https" || (scheme == "http" && is_local);
    let is_plain = rest
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'@' | b'?' | b'#'));
    if is_private && is_plain && !host.is_empty() {
        Ok(found)
    } else {
        Err(refused)
    }
}
