//! What is searched, and what is asked.

use std::{path::PathBuf, process::Command};

/// The goods, and the questions about them.
const GOODS: &str = include_str!("../../../projections/src/catalogue/tests/goods.tsv");
pub(super) const QUESTIONS: &str = include_str!("../../../projections/src/catalogue/tests/questions.tsv");

/// Where Debian keeps its lists, and the program that unpacks them.
const LISTS: &str = "/var/lib/apt/lists";
const UNPACK: &str = "/usr/lib/apt/apt-helper";

/// One of so many packages is between the goods.
const SAMPLE: usize = 6;

/// Something that is searched.
pub(crate) struct Document {
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) category: String,
    pub(crate) description: String,
}

/// Something that is asked.
pub(super) struct Question {
    pub(super) kind: &'static str,
    pub(super) text: &'static str,
    /// SKUs with blanks between them.
    pub(super) meant: &'static str,
}

impl Question {
    pub(super) fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t').filter(|_| !line.starts_with('#'));
        Some(Self {
            kind: fields.next()?,
            text: fields.next()?,
            meant: fields.next()?,
        })
    }
}

/// The goods, and the packages of this machine if it has a list.
pub(super) fn documents() -> Vec<Document> {
    let goods = GOODS.lines().filter_map(|line| {
        let mut fields = line
            .split('\t')
            .filter(|_| !line.starts_with('#'))
            .map(str::to_owned);
        Some(Document {
            sku: fields.next()?,
            name: fields.next()?,
            category: fields.next()?,
            description: fields.next()?,
        })
    });
    goods.chain(packages().unwrap_or_default()).collect()
}

/// A sample of the largest list of packages.
fn packages() -> Option<Vec<Document>> {
    let lists = std::fs::read_dir(LISTS).ok()?.filter_map(|entry| {
        let entry = entry.ok()?;
        let name = entry.file_name().into_string().ok()?;
        name.contains("_Packages")
            .then_some((entry.metadata().ok()?.len(), entry.path()))
    });
    let (_, largest): (u64, PathBuf) = lists.max()?;
    let unpacked = Command::new(UNPACK).arg("cat-file").arg(largest).output().ok()?;
    let text = String::from_utf8(unpacked.stdout).ok()?;
    let document = |(index, paragraph): (usize, &str)| {
        // What is copied into the log is not escaped there.
        let field = |name: &str| {
            let line = paragraph.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.replace(['"', '\\', '\t'], " "))
        };
        Some(Document {
            sku: format!("DEB-{index:05}"),
            name: field("Package: ")?,
            category: field("Section: ")?,
            description: field("Description: ")?,
        })
    };
    Some(
        text.split("\n\n")
            .enumerate()
            .step_by(SAMPLE)
            .filter_map(document)
            .collect(),
    )
}
