//! What recurring payments do with every event, and what they leave alone.

mod machine;
mod properties;
mod way;

pub(crate) use self::machine::machine;
