//! Tests of the demo shop.

mod loading;
mod made_up;
