//! The fields of the index, and how a card becomes a document.

use std::{collections::BTreeMap, path::Path};

use tantivy::{
    Index, TantivyDocument, Term,
    schema::{
        FAST, Facet, FacetOptions, Field, IndexRecordOption, JsonObjectOptions, STORED, STRING, Schema,
        TextFieldIndexing, TextOptions, Value,
    },
    tokenizer::{Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer},
};

use super::card::{Card, ProductCard};

/// Changes whenever the fields or the tokenizer change.
pub(super) const VERSION: i32 = 1;

/// The name of our tokenizer in the index.
const TOKENIZER: &str = "souk_english";

/// Longer words are noise: identifiers and garbage. Longer than any word of the languages we stem.
const LONGEST_WORD: usize = 60;

/// The fields that are read by name.
pub(super) const PRICES: &str = "prices";
pub(super) const AVAILABLE: &str = "available";
pub(super) const ACTIVE: &str = "active";
pub(super) const CREATED: &str = "created";
pub(super) const ID_HIGH: &str = "id_high";
pub(super) const ID_LOW: &str = "id_low";

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Identifies the document.
    pub(super) key: Field,
    /// The card, as JSON.
    source: Field,
    /// Every SKU of the document, exactly.
    pub(super) sku: Field,
    /// Every SKU of a product in small letters, for people.
    pub(super) sku_text: Field,
    pub(super) name: Field,
    pub(super) tags: Field,
    pub(super) description: Field,
    pub(super) category: Field,
    /// The lowest price by currency.
    prices: Field,
    available: Field,
    active: Field,
    /// The position of the event that created the product: the newest is the highest.
    created: Field,
    /// The two halves of the identifier; a column of numbers is read without a dictionary.
    id_high: Field,
    id_low: Field,
}

impl Fields {
    fn build() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(indexing);
        let fields = Self {
            key: schema.add_text_field("key", STRING),
            source: schema.add_text_field("source", STORED),
            sku: schema.add_text_field("sku", STRING),
            sku_text: schema.add_text_field("sku_text", STRING),
            name: schema.add_text_field("name", text.clone()),
            tags: schema.add_text_field("tags", text.clone()),
            description: schema.add_text_field("description", text),
            category: schema.add_facet_field("category", FacetOptions::default()),
            prices: schema.add_json_field(PRICES, JsonObjectOptions::default().set_fast("raw")),
            available: schema.add_u64_field(AVAILABLE, FAST),
            active: schema.add_bool_field(ACTIVE, FAST),
            created: schema.add_u64_field(CREATED, FAST),
            id_high: schema.add_u64_field(ID_HIGH, FAST),
            id_low: schema.add_u64_field(ID_LOW, FAST),
        };
        (schema.build(), fields)
    }

    /// The document of a card.
    pub(super) fn document(&self, card: &Card) -> Result<TantivyDocument, tantivy::TantivyError> {
        let mut document = TantivyDocument::new();
        document.add_text(self.key, card.key());
        let source = serde_json::to_string(card)
            .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?;
        document.add_text(self.source, source);
        for sku in card.skus() {
            document.add_text(self.sku, sku);
        }
        if let Card::Product(product) = card {
            self.describe(&mut document, product);
        }
        Ok(document)
    }

    fn describe(&self, document: &mut TantivyDocument, product: &ProductCard) {
        for (sku, variant) in &product.variants {
            document.add_text(self.sku_text, sku.to_lowercase());
            if let Some(name) = &variant.name {
                document.add_text(self.tags, name);
            }
        }
        document.add_text(self.name, &product.name);
        for tag in &product.tags {
            document.add_text(self.tags, tag);
        }
        if let Some(description) = &product.description {
            document.add_text(self.description, description);
        }
        for path in &product.categories {
            document.add_facet(self.category, facet(path));
            // A category is also a word by which people look for things.
            document.add_text(self.tags, path);
        }
        let prices: BTreeMap<String, tantivy::schema::OwnedValue> = product
            .lowest_prices()
            .into_iter()
            .map(|(currency, amount)| (currency, amount.into()))
            .collect();
        document.add_object(self.prices, prices);
        document.add_u64(self.available, product.available());
        document.add_bool(self.active, product.active);
        document.add_u64(self.created, product.created_position.unsigned_abs());
        let (high, low) = product.id.uuid().as_u64_pair();
        document.add_u64(self.id_high, high);
        document.add_u64(self.id_low, low);
    }

    /// The card of a document.
    pub(super) fn card(&self, document: &TantivyDocument) -> Result<Card, tantivy::TantivyError> {
        let source = document
            .get_first(self.source)
            .and_then(|value| value.as_str())
            .unwrap_or_default();
        serde_json::from_str(source).map_err(|error| {
            tantivy::TantivyError::DataCorruption(tantivy::error::DataCorruption::comment_only(format!(
                "a document has no readable source: {error}"
            )))
        })
    }

    /// The term that finds the document of a key.
    pub(super) fn key_term(&self, key: &str) -> Term {
        Term::from_field_text(self.key, key)
    }
}

/// A category path such as `audio/headphones`; empty steps do not count.
pub(super) fn facet(path: &str) -> Facet {
    // A NUL separates steps inside a facet, so it can be part of none.
    Facet::from_path(
        path.split('/')
            .map(str::trim)
            .filter(|step| !step.is_empty() && !step.contains('\0')),
    )
}

/// Makes an empty index.
pub(super) fn create(folder: &Path) -> Result<(Index, Fields), tantivy::TantivyError> {
    let (schema, fields) = Fields::build();
    let index = Index::create_in_dir(folder, schema)?;
    register(&index);
    Ok((index, fields))
}

/// Opens an index that is there. One with other fields than ours is no index of ours.
pub(super) fn open(folder: &Path) -> Result<(Index, Fields), tantivy::TantivyError> {
    let (schema, fields) = Fields::build();
    let index = Index::open_in_dir(folder)?;
    if index.schema() != schema {
        return Err(tantivy::TantivyError::SchemaError(
            "the index has other fields".to_owned(),
        ));
    }
    register(&index);
    Ok((index, fields))
}

/// The tokenizer of an index: words in small letters, reduced to their English stem.
pub(super) fn tokenizer(index: &Index) -> TextAnalyzer {
    index.tokenizers().get(TOKENIZER).unwrap_or_else(english)
}

fn register(index: &Index) {
    index.tokenizers().register(TOKENIZER, english());
}

fn english() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::English))
        .build()
}
