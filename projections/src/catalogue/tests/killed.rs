//! Writers that are killed between the files of a commit and the list that names them.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use super::{card, projection::contents, small_shop};
use crate::{
    Waited,
    catalogue::{
        Catalogue, SearchLanguages,
        card::Card,
        index,
        model::NAME,
        place,
        shelf::{Shelf, Writing},
    },
    testing::{Chance, LONG, Shop, Stage, apply_in, money},
};

/// Set in the process that is to be killed, to the folder of its index.
const FOLDER: &str = "SOUK_TEST_KILLED_INDEX";

/// Stands before the position of each commit in what that process says.
const MARK: &str = "committed: ";

/// How often it is killed.
const KILLS: usize = 40;

/// How many products the index has.
const PRODUCTS: i64 = 5;

fn names(folder: &Path) -> BTreeSet<OsString> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name()).collect()
}

/// Copies a folder. False when something came or went meanwhile: a merge that was under way when its writer was dropped
/// ends a moment later.
fn copied(from: &Path, to: &Path) -> bool {
    fs::create_dir(to).unwrap();
    let before = names(from);
    let copied = before
        .iter()
        .all(|name| match fs::copy(from.join(name), to.join(name)) {
            Ok(_bytes) => true,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) => panic!("{error}"),
        });
    copied && names(from) == before
}

#[tokio::test]
async fn files_that_no_commit_names_are_removed_before_the_index_is_written_again() {
    let shop = Shop::with_past(74, 400).await;
    let (stage, events) = (Stage::new(shop.log()).await, shop.events().await);
    let model = Catalogue::new(stage.folder.path().to_owned());
    let whole = stage.generation(&model).await;
    let mut sink = stage.open(&model, &whole).await;
    apply_in(&mut *sink, &events, 10).await;
    drop(sink);

    let killed = stage.generation(&model).await;
    let folder = place::indexes(stage.folder.path()).join(&killed.schema_name);
    let before = tempfile::tempdir().unwrap();
    let mut sink = stage.open(&model, &killed).await;
    let mut left_behind = 0;
    for end in (40..events.len()).step_by(40) {
        apply_in(&mut *sink, &events[..end], 10).await;
        drop(sink);
        // The state of a process that was killed: all files of the next commit, and the list of this one.
        let kept = before.path().join(end.to_string());
        while !copied(&folder, &kept) {
            fs::remove_dir_all(&kept).unwrap();
        }
        let row = stage.position(&killed).await;
        sink = stage.open(&model, &killed).await;
        apply_in(&mut *sink, &events[..(end + 10).min(events.len())], 10).await;
        drop(sink);
        for name in names(&kept) {
            // A new file: a merge that is about to end may have the other one mapped.
            let place = folder.join(&name);
            match fs::remove_file(&place) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
                _ => {}
            }
            fs::copy(kept.join(&name), place).unwrap();
        }
        left_behind += names(&folder).difference(&names(&kept)).count();
        fs::write(folder.join(".tmpAbC123"), "half a list").unwrap();
        stage.set_position(&killed, row).await;
        sink = stage.open(&model, &killed).await;
        assert!(!folder.join(".tmpAbC123").exists());
    }
    assert!(left_behind > 0, "no commit left a file behind");
    apply_in(&mut *sink, &events, 10).await;
    drop(sink);
    assert_eq!(
        contents(stage.folder.path(), &killed),
        contents(stage.folder.path(), &whole)
    );
}

#[tokio::test]
async fn a_live_index_that_meets_a_file_that_no_commit_names_is_opened_again_and_goes_on() {
    let mut shop = small_shop().await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    let reached = async |head| reader.wait_for(NAME, head, LONG).await.unwrap();
    assert_eq!(reached(shop.head().await).await, Waited::Reached);
    let folder = place::indexes(stage.folder.path()).join("catalogue_g1");
    let (index, ..) = index::open(&folder).unwrap();
    // Whichever number the next list of deleted documents has, its name is taken.
    for segment in index.load_metas().unwrap().segments {
        for stamp in 0..200 {
            let name = format!("{}.{stamp}.del", segment.id().uuid_string());
            if !folder.join(&name).exists() {
                fs::write(folder.join(name), "").unwrap();
            }
        }
    }
    shop.set_price(1, money(950, "EUR")).await;
    assert_eq!(reached(shop.head().await).await, Waited::Reached);
    stop.cancel();
    workers.join().await;
}

#[test]
fn an_index_whose_process_is_killed_again_and_again_goes_on_from_its_last_commit() {
    if let Some(folder) = platform::config::folder(FOLDER) {
        return commit_until_killed(&folder);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut chance = Chance::new(75);
    let test = "catalogue::tests::killed::\
                an_index_whose_process_is_killed_again_and_again_goes_on_from_its_last_commit";
    let mut heard = 0;
    for _ in 0..KILLS {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(FOLDER, folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(writer.stdout.take().unwrap()).lines();
        let commits = said.map_while(Result::ok).filter_map(|line| {
            let position: i64 = line.strip_prefix(MARK)?.parse().unwrap();
            Some(position)
        });
        let last = commits.take(1 + usize::try_from(chance.below(6)).unwrap()).last();
        writer.kill().unwrap();
        writer.wait().unwrap();
        let last = last.expect("the writer ended by itself");
        assert!(last > heard, "{last} after {heard}");
        heard = last;
    }
    let (mut shelf, position) = open(folder.path());
    assert!(position >= heard, "{position} after {heard}");
    commit(&mut shelf, position + 1);
    drop(shelf);
    let (index, ..) = index::open(folder.path()).unwrap();
    let documents = index.reader().unwrap().searcher().num_docs();
    assert_eq!(documents, u64::try_from(PRODUCTS.min(position + 1)).unwrap());
}

fn open(folder: &Path) -> (Shelf, i64) {
    let writing = Writing {
        languages: SearchLanguages::default(),
        threads: 1,
    };
    Shelf::open(folder, &writing, 0).unwrap()
}

/// Replaces one product in each commit, so each commit has a list of deleted documents.
fn commit(shelf: &mut Shelf, position: i64) {
    let number = u128::try_from(position % PRODUCTS).unwrap() + 1;
    let product = card(number, &format!("Teapot of {position}"));
    shelf.replace(Card::Product(Box::new(product)));
    shelf.commit(position).unwrap();
}

fn commit_until_killed(folder: &Path) {
    let (mut shelf, position) = open(folder);
    for position in position + 1.. {
        commit(&mut shelf, position);
        let mut stdout = std::io::stdout();
        writeln!(stdout, "\n{MARK}{position}").unwrap();
        stdout.flush().unwrap();
    }
}
