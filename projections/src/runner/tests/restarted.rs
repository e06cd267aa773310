//! A server that crashes with commits that it had not written to its disk.

use std::time::Duration;

use platform::postgres::{ServerState, scratch::ScratchCluster};
use rustix::process::{Pid, Signal, kill_process};

use super::*;
use crate::ReadModels;

fn signal(process: i32, signal: Signal) {
    kill_process(Pid::from_raw(process).unwrap(), signal).unwrap();
}

/// How a wait ends, once no dead connection of the pool is in its way: each is found out when it is used.
async fn answer(reader: &ReadModels, head: Position, time: Duration) -> Waited {
    let waiting = async {
        loop {
            if let Ok(waited) = reader.wait_for("orders", head, time).await {
                return waited;
            }
        }
    };
    tokio::time::timeout(2 * LONG, waiting).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_position_that_a_crash_took_back_is_not_believed() {
    let mut shop = Shop::with_past(19, 100).await;
    let cluster = ScratchCluster::start().await.unwrap();
    let stage = Stage::on(&cluster, shop.log()).await;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    stage.settle(&reader).await;
    let kept = shop.head().await;

    // Nothing that is committed from here on gets to the disk.
    sqlx::query("CHECKPOINT")
        .execute(&stage.owner().await)
        .await
        .unwrap();
    let wal_writer: i32 =
        sqlx::query_scalar("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")
            .fetch_one(&stage.owner().await)
            .await
            .unwrap();
    signal(wal_writer, Signal::STOP);
    shop.go_on(20, 10).await;
    let head = shop.head().await;
    let session = reader.session().await.unwrap();
    assert_eq!(
        reader.wait_for("orders", head, LONG).await.unwrap(),
        Waited::Reached
    );
    assert!(reader.goes_on(session).await);

    // The workers are gone before they notice anything: what they published stays.
    drop((workers, stop));
    let server = i32::try_from(cluster.server().pid().unwrap()).unwrap();
    signal(server, Signal::KILL);
    signal(wal_writer, Signal::KILL);
    let mut state = cluster.server().state();
    let again = |state: &ServerState| matches!(state, ServerState::Running { restarts: 1, .. });
    tokio::time::timeout(LONG, state.wait_for(again))
        .await
        .unwrap()
        .unwrap();
    assert!(!reader.goes_on(session).await);
    let foreign = stage.foreign_reader();
    let position = loop {
        // Connections of the pool find out one by one that they are dead.
        if let Ok(position) = foreign.position("orders").await {
            break position;
        }
    };
    assert!((kept..head).contains(&position), "{position} of {kept} to {head}");

    let waited = answer(&reader, head, Duration::from_millis(100)).await;
    assert_eq!(waited, Waited::TimedOut { position });
    let (workers, stop) = stage.start();
    assert_eq!(answer(&reader, head, LONG).await, Waited::Reached);
    stop.cancel();
    workers.join().await;
    drop(stage);
    cluster.stop().await;
}
