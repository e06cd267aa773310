//! What tells one plan from another.

use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};

use super::plan::Plan;

/// The digest of a plan.
pub(super) type Digest = [u8; 32];

/// Everything that is written of a plan goes into the digest, without being kept.
#[derive(Default)]
struct Digester(Sha256);

impl fmt::Write for Digester {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

/// The digest of a plan.
///
/// It goes with every command as its fingerprint: one command of a plan has no meaning in another, even
/// if both happen to read the same.
pub(super) fn of(plan: &Plan) -> Digest {
    let mut digester = Digester::default();
    // Writing into a digest cannot fail.
    let _written = write!(digester, "{plan:?}");
    digester.0.finalize().into()
}
