//! Tests of the whole system, and of the rules that hold for the whole repository.

mod architecture;
mod contracts;
mod crash;
mod lifecycle;
mod readme;
mod shopping;
