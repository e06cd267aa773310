//! The runner on a real database: whole orders, timers, crashes, several copies, what is laid aside.

mod copies;
mod crash;
mod flow;
mod gateways;
mod parking;
mod shop;
mod storm;
mod timers;
mod webhooks;
