//! Who sent it, and when: the signature of a webhook.
//!
//! The header is `t=<unix seconds>,v1=<hex>`: the time, and the HMAC-SHA-256 over `<time>.<body>`. There may be
//! several of the latter while a secret is being changed, and others (`v0`) that prove nothing.
//!
//! Source: Stripe's documentation, "Verify webhook signatures manually".

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::WebhookError;
use crate::gateway::SecretKey;

/// The longest header that is looked at, in bytes.
const MAX_HEADER: usize = 4_096;

/// Checks a signature. The time is part of what is signed, so an old delivery cannot be given a new one.
pub(super) fn check(
    secret: &SecretKey,
    tolerance: Duration,
    header: &str,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), WebhookError> {
    if header.len() > MAX_HEADER {
        return Err(WebhookError::NoSignature);
    }
    let mut time = None;
    let mut signatures = Vec::new();
    for (name, value) in header.split(',').filter_map(|part| part.trim().split_once('=')) {
        match name {
            "t" => time = Some(value),
            "v1" => signatures.extend(from_hex(value)),
            _ => {}
        }
    }
    let time = time.ok_or(WebhookError::NoSignature)?;
    let sent_at: i64 = time.parse().map_err(|_| WebhookError::NoSignature)?;
    // Compared in constant time, or the time it takes would tell how much of a guess is right.
    let genuine = signatures
        .iter()
        .any(|signature| mac(secret, time, body).verify_slice(signature).is_ok());
    if !genuine {
        return Err(WebhookError::WrongSignature);
    }
    let sent_at = DateTime::from_timestamp(sent_at, 0).ok_or(WebhookError::NoSignature)?;
    let tolerance = TimeDelta::from_std(tolerance).unwrap_or(TimeDelta::MAX);
    if (now - sent_at).abs() > tolerance {
        return Err(WebhookError::OutsideTheWindow { sent_at });
    }
    Ok(())
}

/// The header of a delivery.
pub(super) fn sign(secret: &SecretKey, body: &[u8], at: DateTime<Utc>) -> String {
    let time = at.timestamp().to_string();
    let signature = mac(secret, &time, body).finalize().into_bytes();
    let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={hex}")
}

fn mac(secret: &SecretKey, time: &str, body: &[u8]) -> Hmac<Sha256> {
    // A key of any length is fine for HMAC.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    let byte = |pair: &[u32]| u8::try_from(pair[0] * 16 + pair[1]).ok();
    digits.chunks_exact(2).map(byte).collect()
}
