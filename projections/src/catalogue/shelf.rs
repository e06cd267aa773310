//! The index while it is written: everything here blocks.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use domain::{Event, order::OrderEvent, product::ProductEvent, value::ProductId};
use event_store::Position;
use tantivy::{
    Directory as _, DocAddress, DocSet as _, Index, IndexReader, IndexWriter, ReloadPolicy, TERMINATED,
    TantivyError, Term, directory::error::OpenReadError, indexer::IndexWriterOptions,
    schema::IndexRecordOption, tokenizer::TextAnalyzer,
};

use super::{
    analysis,
    card::{Card, ProductCard, UnitsCard, units_key},
    free_units::freed_by,
    index::{self, Fields},
    language::SearchLanguages,
    leftovers,
};
use crate::{
    recorded::Recorded,
    runner::{OpenError, WriteError},
};

/// What a thread of the writer may hold in memory before it writes a segment. Tantivy wants 15 MB at
/// least.
const WRITER_BYTES: usize = 20_000_000;

/// How many threads a writer has at most; with [`WRITER_BYTES`] it bounds the memory of a build.
const MAX_THREADS: usize = 2;

/// How many changed documents are held until they are committed.
const MAX_CHANGED: usize = 20_000;

/// How many bytes of changed documents are held, about.
const MAX_CHANGED_BYTES: usize = 32 * 1_024 * 1_024;

/// Blocks of stored documents that stay decompressed: events come in bunches about the same products.
const CACHED_BLOCKS: usize = 32;

/// How an index is written.
pub(super) struct Writing {
    /// The languages of a new one.
    pub(super) languages: SearchLanguages,
    /// How many documents are made at once.
    pub(super) threads: usize,
}

/// The index, and what was changed since its last commit.
pub(super) struct Shelf {
    fields: Fields,
    /// Makes the words whose beginnings are indexed.
    words: TextAnalyzer,
    writer: IndexWriter,
    reader: IndexReader,
    changed: HashMap<String, Changed>,
    /// Which changed document has a SKU.
    homes: HashMap<String, String>,
    changed_bytes: usize,
}

/// A changed document.
struct Changed {
    /// Nothing when the document goes.
    card: Option<Card>,
    /// Whether the index has an older one that must go.
    is_in_index: bool,
}

impl Shelf {
    /// Opens the index in a folder; an empty one is made if none is expected. Says up to which position
    /// the index has everything.
    pub(super) fn open(
        folder: &Path,
        writing: &Writing,
        expected: Position,
    ) -> Result<(Self, Position), OpenError> {
        let (index, fields) = match folder.join(leftovers::META).try_exists()? {
            false if expected == 0 => {
                // What lies there without a list of files is removed below.
                std::fs::create_dir_all(folder)?;
                index::create(folder, &writing.languages)?
            }
            false => {
                return Err(OpenError::Lost(format!(
                    "there is no index in {}",
                    folder.display()
                )));
            }
            true => {
                let (index, fields, _) = index::open(folder)?;
                (index, fields)
            }
        };
        let checkpoint = check(&index)?;
        let options = IndexWriterOptions::builder()
            .num_worker_threads(writing.threads.clamp(1, MAX_THREADS))
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        let writer = index.writer_with_options(options)?;
        // Under the lock of the writer, and before it writes anything.
        let removed = leftovers::remove(&index, folder)?;
        if removed > 0 {
            tracing::info!(
                folder = %folder.display(),
                files = removed,
                "removed index files of a commit that never ended"
            );
        }
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(CACHED_BLOCKS)
            .try_into()?;
        let (changed, homes) = (HashMap::new(), HashMap::new());
        Ok((
            Self {
                fields,
                words: analysis::words(),
                writer,
                reader,
                changed,
                homes,
                changed_bytes: 0,
            },
            checkpoint,
        ))
    }

    /// Takes events in, in memory.
    pub(super) fn apply(&mut self, events: &[Recorded]) -> Result<(), WriteError> {
        for recorded in events {
            match &recorded.event {
                Event::Product(event) => self.apply_product(recorded.id()?, event, recorded)?,
                Event::Stock(event) => {
                    let difference = freed_by(event);
                    if difference != 0 {
                        self.move_units(&recorded.envelope.aggregate_id, difference)?;
                    }
                }
                Event::Order(OrderEvent::Placed { lines, .. }) => {
                    for line in lines {
                        self.count_order(&line.product_id.to_string())?;
                    }
                }
                Event::Order(_)
                | Event::Account(_)
                | Event::Payment(_)
                | Event::Subscription(_)
                | Event::Warehouse(_) => {}
            }
        }
        Ok(())
    }

    /// Whether anything is not committed yet.
    pub(super) fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Whether more than this should not be held in memory.
    pub(super) fn is_full(&self) -> bool {
        self.changed.len() >= MAX_CHANGED || self.changed_bytes >= MAX_CHANGED_BYTES
    }

    /// Makes everything durable and visible, together with the checkpoint.
    pub(super) fn commit(&mut self, position: Position) -> Result<(), TantivyError> {
        for (key, Changed { card, is_in_index }) in self.changed.drain() {
            if is_in_index {
                self.writer.delete_term(self.fields.key_term(&key));
            }
            if let Some(card) = card {
                let document = self.fields.document(&card, &mut self.words)?;
                self.writer.add_document(document)?;
            }
        }
        self.homes.clear();
        self.changed_bytes = 0;
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&position.to_string());
        commit.commit()?;
        self.reader.reload()
    }

    /// Says whether all files of the index are there. Whoever opens the index next finds out the rest.
    pub(super) fn check_files(&self) -> Result<(), TantivyError> {
        match find_missing(self.writer.index())? {
            None => Ok(()),
            Some(file) => Err(OpenReadError::FileDoesNotExist(file).into()),
        }
    }

    fn apply_product(
        &mut self,
        id: ProductId,
        event: &ProductEvent,
        recorded: &Recorded,
    ) -> Result<(), TantivyError> {
        if let Some(mut product) = ProductCard::created(id, event, recorded) {
            for (sku, variant) in &mut product.variants {
                variant.units = self.take_units(sku)?;
            }
            self.put(Card::Product(Box::new(product)), false);
            return Ok(());
        }
        let Some((mut card, is_in_index)) = self.find(&id.to_string())? else {
            return Ok(());
        };
        if let Card::Product(product) = &mut card {
            match event {
                ProductEvent::Updated(change) => product.update(change),
                ProductEvent::PriceSet { sku, price } => {
                    product.set_price(sku.as_str(), price.currency.code(), price.amount);
                }
                ProductEvent::Created { .. } => {}
            }
        }
        self.put(card, is_in_index);
        Ok(())
    }

    /// Takes the units of a SKU that had no product.
    fn take_units(&mut self, sku: &str) -> Result<i64, TantivyError> {
        let key = units_key(sku);
        let Some((Card::Units(card), is_in_index)) = self.find(&key)? else {
            return Ok(0);
        };
        self.changed.insert(
            key,
            Changed {
                card: None,
                is_in_index,
            },
        );
        Ok(card.units)
    }

    fn move_units(&mut self, sku: &str, difference: i64) -> Result<(), TantivyError> {
        let found = self.find_by_sku(sku)?;
        let (mut card, is_in_index) = found.unwrap_or_else(|| {
            (
                Card::Units(UnitsCard {
                    sku: sku.to_owned(),
                    units: 0,
                }),
                false,
            )
        });
        card.move_units(sku, difference);
        self.put(card, is_in_index);
        Ok(())
    }

    /// Counts a line of an order. It stays counted when the order is cancelled: somebody wanted it.
    fn count_order(&mut self, key: &str) -> Result<(), TantivyError> {
        let Some((mut card, is_in_index)) = self.find(key)? else {
            return Ok(());
        };
        if let Card::Product(product) = &mut card {
            product.orders = product.orders.saturating_add(1);
        }
        self.put(card, is_in_index);
        Ok(())
    }

    /// Puts a card in the place of whatever has its key.
    #[cfg(test)]
    pub(super) fn replace(&mut self, card: Card) {
        let key = card.key();
        let is_in_index = self
            .find(&key)
            .is_ok_and(|found| found.is_some_and(|(_, is_in_index)| is_in_index));
        self.put(card, is_in_index);
    }

    fn put(&mut self, card: Card, is_in_index: bool) {
        let key = card.key();
        for sku in card.skus() {
            self.homes.insert(sku.to_owned(), key.clone());
        }
        self.changed_bytes += card.weight();
        // A key that is known in the index stays so, whatever became of its card in between.
        let is_in_index = is_in_index || self.changed.get(&key).is_some_and(|changed| changed.is_in_index);
        self.changed.insert(
            key,
            Changed {
                card: Some(card),
                is_in_index,
            },
        );
    }

    /// A card as it is now, and whether the index has an older one of that key. It is taken out of
    /// memory: whoever finds it puts it back.
    fn find(&mut self, key: &str) -> Result<Option<(Card, bool)>, TantivyError> {
        if let Some(changed) = self.changed.get_mut(key) {
            let is_in_index = changed.is_in_index;
            let card = changed.card.take();
            self.changed_bytes = self
                .changed_bytes
                .saturating_sub(card.as_ref().map_or(0, Card::weight));
            return Ok(card.map(|card| (card, is_in_index)));
        }
        Ok(self.load(&self.fields.key_term(key))?.map(|card| (card, true)))
    }

    fn find_by_sku(&mut self, sku: &str) -> Result<Option<(Card, bool)>, TantivyError> {
        if let Some(key) = self.homes.get(sku).cloned() {
            return self.find(&key);
        }
        let Some(card) = self.load(&Term::from_field_text(self.fields.sku, sku))? else {
            return Ok(None);
        };
        // What the index says may be older than what is in memory.
        let key = card.key();
        if self.changed.contains_key(&key) {
            self.find(&key)
        } else {
            Ok(Some((card, true)))
        }
    }

    /// A card as the last commit has it. The dictionaries are asked directly: a query with scores would
    /// take many times as long, and each new product asks once.
    fn load(&self, term: &Term) -> Result<Option<Card>, TantivyError> {
        let searcher = self.reader.searcher();
        for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
            let inverted = segment.inverted_index(term.field())?;
            let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::Basic)? else {
                continue;
            };
            while postings.doc() != TERMINATED && segment.is_deleted(postings.doc()) {
                postings.advance();
            }
            if postings.doc() != TERMINATED {
                let address = DocAddress::new(ordinal, postings.doc());
                return self.fields.card(&searcher.doc(address)?).map(Some);
            }
        }
        Ok(None)
    }
}

/// A file that belongs to the index and is not there.
fn find_missing(index: &Index) -> Result<Option<PathBuf>, TantivyError> {
    let files = index.load_metas()?.list_segment_files();
    // Others, such as the list of what was deleted, are there only when they are needed.
    let is_needed = |file: &PathBuf| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| ["idx", "term", "store", "fast"].contains(&extension))
    };
    let is_missing = |file: &PathBuf| is_needed(file) && !index.directory().exists(file).unwrap_or(true);
    Ok(files.into_iter().find(is_missing))
}

/// The checkpoint of an index, if all of its files are whole.
fn check(index: &Index) -> Result<Position, OpenError> {
    if let Some(file) = find_missing(index)? {
        return Err(OpenError::Lost(format!("its file {} is missing", file.display())));
    }
    let damaged = index.validate_checksum()?;
    if let Some(file) = damaged.iter().next() {
        return Err(OpenError::Lost(format!(
            "{} of its files are damaged, such as {}",
            damaged.len(),
            file.display()
        )));
    }
    match index.load_metas()?.payload {
        None => Ok(0),
        Some(payload) => payload
            .parse()
            .map_err(|_| OpenError::Lost(format!("its checkpoint is {payload:?}"))),
    }
}
