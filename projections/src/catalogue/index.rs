//! The fields of the index, and how a card becomes a document.
//!
//! What always holds: a product that cannot be bought has no text, no word and no column in the index,
//! only its key, its SKUs and its card. So whatever is asked, it cannot be found.

use std::{collections::BTreeMap, path::Path};

use tantivy::{
    Index, TantivyDocument, TantivyError, Term,
    schema::{
        FAST, Field, FieldType, IndexRecordOption, JsonObjectOptions, OwnedValue, STORED, STRING, Schema,
        TextFieldIndexing, TextOptions, Value,
    },
    tokenizer::TextAnalyzer,
};

use super::{
    analysis,
    card::{Card, ProductCard},
    facet_key,
    language::SearchLanguages,
};

/// Changes whenever the fields or the tokenizers change.
pub(super) const VERSION: i32 = 3;

/// The longest beginning of a word that is indexed, in letters. Longer ones are found by their first
/// letters.
pub(super) const LONGEST_PREFIX: usize = 16;

/// The columns, which are read by name.
pub(super) const PRICES: &str = "prices";
pub(super) const AVAILABLE: &str = "available";
pub(super) const CREATED: &str = "created";
pub(super) const ORDERS: &str = "orders";
pub(super) const FACETS: &str = "facets";
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
    /// The stems of everything that a product says: name, variants, tags, categories, description.
    /// Whether a product has a word is one look here.
    pub(super) text: Field,
    /// The stems of the name alone, which count for more.
    pub(super) name: Field,
    /// The words of everything but the description.
    pub(super) title_words: Field,
    /// The words of the description.
    pub(super) body_words: Field,
    /// Every beginning of every word of the name.
    pub(super) name_prefixes: Field,
    /// Categories with those above them, attributes and tags; see [`facet_key`].
    facets: Field,
    /// The lowest price by currency.
    prices: Field,
    available: Field,
    /// The position of the event that created the product: the newest is the highest.
    created: Field,
    orders: Field,
    /// The two halves of the identifier; a column of numbers is read without a dictionary.
    id_high: Field,
    id_low: Field,
}

impl Fields {
    fn build(languages: &SearchLanguages) -> (Schema, Self) {
        let mut schema = Schema::builder();
        let indexed = |tokenizer: &str, option, lengths| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_index_option(option)
                .set_fieldnorms(lengths);
            TextOptions::default().set_indexing_options(indexing)
        };
        let stems = analysis::stems_name(languages);
        let words = indexed(analysis::WORDS, IndexRecordOption::Basic, false);
        let fields = Self {
            key: schema.add_text_field("key", STRING),
            source: schema.add_text_field("source", STORED),
            sku: schema.add_text_field("sku", STRING),
            sku_text: schema.add_text_field("sku_text", STRING),
            text: schema.add_text_field("text", indexed(&stems, IndexRecordOption::WithFreqs, true)),
            name: schema.add_text_field(
                "name",
                indexed(&stems, IndexRecordOption::WithFreqsAndPositions, true),
            ),
            title_words: schema.add_text_field("title_words", words.clone()),
            body_words: schema.add_text_field("body_words", words),
            name_prefixes: schema.add_text_field(
                "name_prefixes",
                indexed(analysis::AS_IT_IS, IndexRecordOption::Basic, false),
            ),
            facets: schema.add_text_field(FACETS, TextOptions::default().set_fast("raw")),
            prices: schema.add_json_field(PRICES, JsonObjectOptions::default().set_fast("raw")),
            available: schema.add_u64_field(AVAILABLE, FAST),
            created: schema.add_u64_field(CREATED, FAST),
            orders: schema.add_u64_field(ORDERS, FAST),
            id_high: schema.add_u64_field(ID_HIGH, FAST),
            id_low: schema.add_u64_field(ID_LOW, FAST),
        };
        (schema.build(), fields)
    }

    /// The document of a card; `words` is [`analysis::words`].
    pub(super) fn document(
        &self,
        card: &Card,
        words: &mut TextAnalyzer,
    ) -> Result<TantivyDocument, TantivyError> {
        let mut document = TantivyDocument::new();
        document.add_text(self.key, card.key());
        let source =
            serde_json::to_string(card).map_err(|error| TantivyError::InternalError(error.to_string()))?;
        document.add_text(self.source, source);
        for sku in card.skus() {
            document.add_text(self.sku, sku);
        }
        if let Card::Product(product) = card
            && product.active
        {
            self.describe(&mut document, product, words);
        }
        Ok(document)
    }

    fn describe(&self, document: &mut TantivyDocument, product: &ProductCard, words: &mut TextAnalyzer) {
        document.add_text(self.name, &product.name);
        document.add_text(self.name_prefixes, prefixes(&product.name, words));
        let variants = product
            .variants
            .values()
            .filter_map(|variant| variant.name.as_ref());
        let title = std::iter::once(&product.name)
            .chain(variants)
            .chain(&product.tags)
            .chain(&product.categories);
        for text in title {
            document.add_text(self.text, text);
            document.add_text(self.title_words, text);
        }
        if let Some(description) = &product.description {
            document.add_text(self.text, description);
            document.add_text(self.body_words, description);
        }
        for sku in product.variants.keys() {
            document.add_text(self.sku_text, sku.to_lowercase());
        }
        self.count(document, product);
    }

    /// The columns.
    fn count(&self, document: &mut TantivyDocument, product: &ProductCard) {
        let categories = product.categories.iter().map(String::as_str);
        for facet in facet_key::facets(categories, product.tags.iter().map(String::as_str)) {
            document.add_text(self.facets, facet);
        }
        let prices: BTreeMap<String, OwnedValue> = product
            .lowest_prices()
            .into_iter()
            .map(|(currency, amount)| (currency, amount.into()))
            .collect();
        document.add_object(self.prices, prices);
        document.add_u64(self.available, product.available());
        document.add_u64(self.created, product.created_position.unsigned_abs());
        document.add_u64(self.orders, product.orders);
        let (high, low) = product.id.uuid().as_u64_pair();
        document.add_u64(self.id_high, high);
        document.add_u64(self.id_low, low);
    }

    /// The card of a document.
    pub(super) fn card(&self, document: &TantivyDocument) -> Result<Card, TantivyError> {
        let source = document
            .get_first(self.source)
            .and_then(|value| value.as_str())
            .unwrap_or_default();
        serde_json::from_str(source).map_err(|error| {
            TantivyError::DataCorruption(tantivy::error::DataCorruption::comment_only(format!(
                "a document has no readable source: {error}"
            )))
        })
    }

    /// The term that finds the document of a key.
    pub(super) fn key_term(&self, key: &str) -> Term {
        Term::from_field_text(self.key, key)
    }
}

/// Every beginning of every word of a name, with spaces between them.
fn prefixes(name: &str, words: &mut TextAnalyzer) -> String {
    let mut prefixes = String::with_capacity(name.len() * 4);
    for word in analysis::tokens(words, name, usize::MAX) {
        let ends = word
            .char_indices()
            .map(|(start, letter)| start + letter.len_utf8());
        for end in ends.take(LONGEST_PREFIX) {
            prefixes.push_str(word.get(..end).unwrap_or_default());
            prefixes.push(' ');
        }
    }
    prefixes
}

/// Makes an empty index.
pub(super) fn create(folder: &Path, languages: &SearchLanguages) -> Result<(Index, Fields), TantivyError> {
    let (schema, fields) = Fields::build(languages);
    let index = Index::create_in_dir(folder, schema)?;
    analysis::register(&index, languages);
    Ok((index, fields))
}

/// Opens an index that is there, and says which languages it is for. One with other fields than ours is
/// no index of ours.
pub(super) fn open(folder: &Path) -> Result<(Index, Fields, SearchLanguages), TantivyError> {
    let index = Index::open_in_dir(folder)?;
    let other = || TantivyError::SchemaError("the index has other fields".to_owned());
    let languages = languages(&index.schema()).ok_or_else(other)?;
    let (schema, fields) = Fields::build(&languages);
    if index.schema() != schema {
        return Err(other());
    }
    analysis::register(&index, &languages);
    Ok((index, fields, languages))
}

/// The languages of an index; the name of its tokenizer says them.
fn languages(schema: &Schema) -> Option<SearchLanguages> {
    let field = schema.get_field("text").ok()?;
    let FieldType::Str(options) = schema.get_field_entry(field).field_type() else {
        return None;
    };
    analysis::languages(options.get_indexing_options()?.tokenizer())
}
