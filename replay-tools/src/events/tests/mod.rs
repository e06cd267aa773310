//! `souk events` as its users see it.

mod export;
mod follow;
mod list;
mod postgres;

use clap::{CommandFactory, Parser};

use super::EventsArgs;
use crate::{
    Context,
    testing::{Printed, Shop, printed},
};

#[derive(Parser)]
#[command(no_binary_name = true)]
struct Command {
    #[command(flatten)]
    args: EventsArgs,
}

fn args(line: &[&str]) -> EventsArgs {
    Command::try_parse_from(line).unwrap().args
}

#[test]
fn the_arguments_fit_together() {
    Command::command().debug_assert();
}

/// Runs a command on a shop.
async fn run(shop: &Shop, line: &[&str]) -> Printed {
    run_in(&shop.context(), line).await
}

async fn run_in(context: &Context, line: &[&str]) -> Printed {
    printed(async |console| super::run(args(line), context, console).await).await
}
