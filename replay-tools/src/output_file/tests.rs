//! What there is stays what it is.

use std::{io::Read as _, os::unix::fs::symlink, path::Path};

use super::*;
use crate::testing::shop;

async fn write(path: &Path, replace: bool, text: &str) -> Result<bool, Error> {
    let context = shop().await.context();
    let mut output = OutputFile::create(path, replace, &context).await?;
    output.write_all(text.as_bytes()).map_err(Error::file(path))?;
    let is_regular = output.is_regular();
    output.complete().map(|()| is_regular)
}

fn fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipe_is_written_into_and_stays_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    fifo(&path);
    let reader = {
        let path = path.clone();
        std::thread::spawn(move || {
            let mut text = String::new();
            File::open(path).unwrap().read_to_string(&mut text).unwrap();
            text
        })
    };
    // Without a `--yes`, for nothing is replaced; and with one nothing is either.
    assert!(!write(&path, false, "rows").await.unwrap());
    assert_eq!(reader.join().unwrap(), "rows");
    assert!(fs::symlink_metadata(&path).unwrap().file_type().is_fifo());
}

#[tokio::test]
async fn waiting_for_the_reader_of_a_pipe_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    fifo(&path);
    let context = shop().await.context();
    context.stop.cancel();
    let stopped = OutputFile::create(&path, true, &context).await;
    assert!(matches!(stopped, Err(Error::Stopped)));
}

#[tokio::test]
async fn a_device_is_written_into_and_stays_a_device() {
    assert!(!write(Path::new("/dev/null"), true, "rows").await.unwrap());
    let full = write(Path::new("/dev/full"), true, "rows").await.unwrap_err();
    assert!(matches!(full, Error::File { .. }), "{full}");
    for device in ["/dev/null", "/dev/full"] {
        assert!(
            fs::symlink_metadata(device).unwrap().file_type().is_char_device(),
            "{device}"
        );
    }
}

#[tokio::test]
async fn a_link_stays_and_the_file_that_it_leads_to_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (elsewhere, link) = (folder.path().join("elsewhere"), folder.path().join("link"));
    fs::create_dir(&elsewhere).unwrap();
    let file = elsewhere.join("rows.csv");
    fs::write(&file, "old").unwrap();
    symlink("elsewhere/rows.csv", &link).unwrap();
    let refused = write(&link, false, "new").await.unwrap_err();
    assert!(matches!(refused, Error::FileExists(_)), "{refused}");
    assert!(write(&link, true, "new").await.unwrap());
    assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
}

#[tokio::test]
async fn a_link_to_nothing_yet_gets_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    symlink("rows.csv", &link).unwrap();
    assert!(write(&link, false, "new").await.unwrap());
    assert_eq!(fs::read_to_string(folder.path().join("rows.csv")).unwrap(), "new");
    let circle = folder.path().join("circle");
    symlink("circle", &circle).unwrap();
    assert!(write(&circle, true, "new").await.is_err());
}

#[tokio::test]
async fn a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(write(folder.path(), true, "rows").await.is_err());
    assert!(fs::metadata(folder.path()).unwrap().is_dir());
}

#[test]
fn a_dash_is_standard_output() {
    let path = |name: &str| Some(PathBuf::from(name));
    for name in ["-", "/dev/stdout"] {
        assert_eq!(named(path(name).as_ref()), None);
    }
    assert_eq!(named(path("./-").as_ref()), Some(Path::new("./-")));
    assert_eq!(named(None), None);
}
