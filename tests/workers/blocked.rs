//! A process that stops on signals like every other one of Souk, and whose runtime never gets to it.

#![expect(clippy::print_stdout, reason = "the test waits for it")]

use std::sync::Barrier;

use anyhow::Result;
use platform::shutdown::Shutdown;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let shutdown = Shutdown::listen()?;
        println!("listening for signals");
        // The only thread of the runtime waits for another one that never comes.
        Barrier::new(2).wait();
        shutdown.requested().await;
        Ok(())
    })
}
