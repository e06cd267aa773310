//! A cluster whose making was cut short is made again; a whole one never is.

use std::{
    fs,
    time::{Duration, Instant},
};

use platform::postgres::{EmbeddedOptions, EmbeddedPostgres};

use super::{
    folder::{Folder, pool, text},
    other_process,
};

#[test]
fn a_cluster_whose_owner_was_killed_while_making_it_is_made_again() {
    if other_process::is_this() {
        return other_process::run(async |data_dir| {
            let _server = EmbeddedPostgres::start(EmbeddedOptions::new(data_dir))
                .await
                .unwrap();
            std::future::pending::<()>().await;
        });
    }
    let folder = Folder::new();
    let name = "embedded_postgres::half_made::a_cluster_whose_owner_was_killed_while_making_it_is_made_again";
    let mut maker = other_process::start(name, &folder.data_dir());
    let half_made = folder.data_dir().join("postgres/data.new");
    // The folder of the databases comes long after the first file and long before the end.
    let begun = Instant::now();
    while !half_made.join("base/1").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is being made");
        std::thread::yield_now();
    }
    maker.kill_9();
    assert!(half_made.exists());
    assert!(!folder.data_dir().join("postgres/data").exists());

    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = folder.started().await;
        assert_eq!(text(&pool(&server).await, "SELECT 'works'").await, "works");
        assert!(!half_made.exists());
        server.stop().await;
    });
}

#[tokio::test]
async fn a_whole_cluster_is_never_made_again() {
    let folder = Folder::new();
    folder.started().await.stop().await;
    let made = fs::metadata(folder.data_dir().join("postgres/data/PG_VERSION"))
        .unwrap()
        .modified()
        .unwrap();
    folder.started().await.stop().await;
    let again = fs::metadata(folder.data_dir().join("postgres/data/PG_VERSION"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(made, again);
}
