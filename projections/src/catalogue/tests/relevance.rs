//! Whether people find what they mean, among real texts: the packages of a Debian system.
//!
//! Each question is about one known package, in the words of somebody who knows what it does; many have
//! typing errors. The texts are those of the machine, if it has a list of packages, and otherwise a small
//! sample. With the sample there is less to be confused with, so its floors are higher.

use std::{collections::BTreeSet, path::PathBuf, process::Command};

use super::{Library, card, number};
use crate::catalogue::SearchRequest;

/// Where Debian keeps its lists, and the program that unpacks them.
const LISTS: &str = "/var/lib/apt/lists";
const UNPACK: &str = "/usr/lib/apt/apt-helper";

/// One of so many packages is taken, and all that are asked for.
const SAMPLE: usize = 6;

/// What is typed, and the packages that may be meant.
const QUESTIONS: &[(&str, &[&str])] = &[
    ("gimp", &["gimp"]),
    ("image manipulation program", &["gimp", "krita"]),
    ("imgae manipulation", &["gimp", "krita"]),
    ("firefox browser", &["firefox-esr"]),
    ("mozila firefox", &["firefox-esr"]),
    ("vector drawing", &["inkscape"]),
    ("inkscpae", &["inkscape"]),
    ("multimedia player streamer", &["vlc"]),
    ("multimeda player and streamer", &["vlc"]),
    ("office word processor", &["libreoffice-writer"]),
    ("word procesor", &["libreoffice-writer"]),
    ("distributed revision control", &["git"]),
    ("distribted revison control", &["git"]),
    ("cross-platform audio editor", &["audacity"]),
    ("audacty", &["audacity"]),
    ("3d modeller renderer", &["blender"]),
    ("terminal multiplexer", &["tmux"]),
    ("terminal multiplexr", &["tmux"]),
    ("interactive process viewer", &["htop"]),
    (
        "network traffic analyzer",
        &["wireshark-qt", "wireshark", "tshark"],
    ),
    (
        "network trafic analyser",
        &["wireshark-qt", "wireshark", "tshark"],
    ),
    ("financial accounting software", &["gnucash"]),
    ("personal acounting", &["gnucash"]),
    ("octave numerical computations", &["octave"]),
    ("statistical computation and graphics", &["r-base", "r-base-core"]),
    ("statistcal computation", &["r-base", "r-base-core"]),
    ("linux container runtime", &["docker.io"]),
    ("apache http server", &["apache2"]),
    ("apahce http server", &["apache2"]),
    (
        "persistent key-value database",
        &["redis-server", "redis-tools", "redis"],
    ),
    ("remote file-copying tool", &["rsync"]),
    ("secure shell server", &["openssh-server"]),
    ("partition editor", &["gparted"]),
    ("partion editor", &["gparted"]),
    ("e-book manager", &["calibre"]),
    ("darkroom for photographers", &["darktable"]),
    ("virtual lighttable", &["darktable"]),
    ("non-linear video editor", &["kdenlive"]),
    ("live video recorder streamer", &["obs-studio"]),
    ("cross platform password manager", &["keepassxc"]),
    ("pasword manager", &["keepassxc"]),
    ("realistic sky generator", &["stellarium"]),
    ("realistc sky generater", &["stellarium"]),
    ("panorama photo stitcher", &["hugin"]),
    ("panorma stiching", &["hugin"]),
    ("digital photo organizer", &["shotwell"]),
    ("desktop page layout", &["scribus"]),
    ("schematic and pcb design", &["kicad"]),
    ("common unix printing system", &["cups"]),
    ("internet domain name server", &["bind9"]),
    ("mail transport agent high performance", &["postfix"]),
    ("command line ocr", &["tesseract-ocr"]),
    ("software speech synthesizer", &["espeak", "espeak-ng"]),
    ("speach synthesizer", &["espeak", "espeak-ng"]),
    ("russian dictionary hunspell", &["hunspell-ru"]),
];

/// A package: its name, its section and what it says of itself.
struct Package {
    name: String,
    section: String,
    synopsis: String,
}

/// How well the questions were answered.
#[derive(Debug)]
struct Measured {
    /// The share that had a right answer in the first place.
    recall_at_1: f64,
    /// The share that had one in the first five.
    recall_at_5: f64,
    /// The mean of one divided by the place of the first right answer.
    reciprocal_rank: f64,
}

#[test]
fn people_find_the_packages_they_mean_with_and_without_errors() {
    let system = of_the_system();
    let (source, packages, floors) = match system {
        Some(packages) => ("the packages of this system", packages, (0.70, 0.90, 0.78)),
        None => ("the sample", sample(), (0.85, 0.96, 0.90)),
    };
    let mut library = Library::new();
    for (id, package) in (1..).zip(&packages) {
        let mut card = card(id, &package.name);
        card.description = Some(package.synopsis.clone());
        card.categories = vec![package.section.clone()];
        library.put(card);
        if id % 5_000 == 0 {
            library.commit();
        }
    }
    library.commit();
    let measured = measure(&library, &packages);
    println!("{source}, {} texts: {measured:.3?}", packages.len());
    assert!(measured.recall_at_1 >= floors.0, "{source}: {measured:.3?}");
    assert!(measured.recall_at_5 >= floors.1, "{source}: {measured:.3?}");
    assert!(measured.reciprocal_rank >= floors.2, "{source}: {measured:.3?}");
}

fn measure(library: &Library, packages: &[Package]) -> Measured {
    let (mut first, mut in_five, mut reciprocal, mut asked) = (0.0, 0.0, 0.0, 0.0);
    for (text, meant) in QUESTIONS {
        let found = library.search(&SearchRequest::new(*text, 50));
        let name = |id: u128| packages[usize::try_from(id - 1).unwrap()].name.as_str();
        let names: Vec<&str> = found
            .hits
            .iter()
            .map(|hit| name(number(hit.product_id)))
            .collect();
        let place = names.iter().position(|name| meant.contains(name));
        let score = |holds: bool| f64::from(u8::from(holds));
        asked += 1.0;
        first += score(place == Some(0));
        in_five += score(place.is_some_and(|place| place < 5));
        reciprocal += place.map_or(0.0, |place| {
            1.0 / (f64::from(u32::try_from(place).unwrap()) + 1.0)
        });
        if place != Some(0) {
            println!(
                "{text:?}: {place:?} of {} {:?}",
                found.total,
                &names[..names.len().min(5)]
            );
        }
    }
    Measured {
        recall_at_1: first / asked,
        recall_at_5: in_five / asked,
        reciprocal_rank: reciprocal / asked,
    }
}

/// The largest list of packages of this machine, if it has any.
fn of_the_system() -> Option<Vec<Package>> {
    let lists = std::fs::read_dir(LISTS).ok()?.filter_map(|entry| {
        let entry = entry.ok()?;
        let name = entry.file_name().into_string().ok()?;
        name.contains("_Packages")
            .then_some((entry.metadata().ok()?.len(), entry.path()))
    });
    let (_, largest): (u64, PathBuf) = lists.max()?;
    let unpacked = Command::new(UNPACK).arg("cat-file").arg(largest).output().ok()?;
    let text = String::from_utf8(unpacked.stdout).ok()?;
    let meant: BTreeSet<&str> = QUESTIONS
        .iter()
        .flat_map(|(_, meant)| meant.iter().copied())
        .collect();
    let packages: Vec<Package> = text
        .split("\n\n")
        .filter_map(|paragraph| {
            let field = |name| paragraph.lines().find_map(|line| line.strip_prefix(name));
            Some(Package {
                name: field("Package: ")?.to_owned(),
                section: field("Section: ")?.to_owned(),
                synopsis: field("Description: ")?.to_owned(),
            })
        })
        .enumerate()
        .filter(|(index, package)| index % SAMPLE == 0 || meant.contains(package.name.as_str()))
        .map(|(_, package)| package)
        .collect();
    let is_whole = meant
        .iter()
        .filter(|name| packages.iter().any(|package| package.name == **name))
        .count();
    // A list of updates alone is no catalogue.
    (packages.len() > 5_000 && is_whole * 10 > meant.len() * 9).then_some(packages)
}

/// A few packages in words of our own.
fn sample() -> Vec<Package> {
    let lines = include_str!("packages.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut parts = line.split('\t');
            Some(Package {
                name: parts.next()?.to_owned(),
                section: parts.next()?.to_owned(),
                synopsis: parts.next()?.to_owned(),
            })
        })
        .collect()
}

#[test]
fn the_sample_has_every_package_that_is_asked_for() {
    let names: BTreeSet<String> = sample().into_iter().map(|package| package.name).collect();
    for (text, meant) in QUESTIONS {
        assert!(meant.iter().any(|name| names.contains(*name)), "{text}");
    }
}
