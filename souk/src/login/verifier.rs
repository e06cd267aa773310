//! What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5802 and RFC 7677), made on this side.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// The number of PostgreSQL, which is also the least that RFC 7677 allows.
const ITERATIONS: u32 = 4_096;

/// The verifier of a password of ASCII letters and digits, in the form of `pg_authid.rolpassword`.
pub(super) fn of(password: &str, salt: &[u8; 16]) -> String {
    let salted = salted(password.as_bytes(), salt);
    let stored_key: [u8; 32] = Sha256::digest(mac(&salted, &[b"Client Key"])).into();
    let server_key = mac(&salted, &[b"Server Key"]);
    format!(
        "SCRAM-SHA-256${ITERATIONS}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored_key),
        STANDARD.encode(server_key)
    )
}

/// `Hi` of RFC 5802: PBKDF2 with one block.
fn salted(password: &[u8], salt: &[u8]) -> [u8; 32] {
    let mut last = mac(password, &[salt, &1_u32.to_be_bytes()]);
    let mut all = last;
    for _ in 1..ITERATIONS {
        last = mac(password, &[&last]);
        all.iter_mut().zip(last).for_each(|(all, last)| *all ^= last);
    }
    all
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // A key of HMAC may have any length, so the other arm is never taken.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
