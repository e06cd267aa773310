//! The fields of the index, and how a card becomes a document.
//!
//! What always holds: a product that cannot be bought has no text, no word and no column in the index,
//! only its key, its SKUs and its card. So whatever is asked, it cannot be found.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

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
    letters, name_order, sku_parts, spelling,
};

/// Changes whenever the fields or the tokenizers change.
pub(super) const VERSION: i32 = 4;

/// The longest beginning of a word that is indexed, in letters. Longer ones are found by their first
/// letters.
pub(super) const LONGEST_PREFIX: usize = 16;

/// The columns, which are read by name.
pub(super) const PRICES: &str = "prices";
pub(super) const PRICES_IN_STOCK: &str = "prices_in_stock";
pub(super) const NAME_ORDER: &str = "name_order";
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
    /// The parts of its SKUs; see [`sku_parts`].
    pub(super) sku_parts: Field,
    /// The stems of everything that a product says: name, variants, tags, categories, description.
    /// Whether a product has a word is one look here.
    pub(super) text: Field,
    /// The stems of the name alone, which count for more.
    pub(super) name: Field,
    /// The words of everything but the description.
    pub(super) title_words: Field,
    /// The words of everything.
    pub(super) words: Field,
    /// How words of titles are written with their accents; see [`spelling`].
    pub(super) spellings: Field,
    /// Every beginning of every word of the name.
    pub(super) name_prefixes: Field,
    /// The letters and pairs of letters of everything that is written without spaces between words.
    pub(super) grams: Field,
    /// Those of the name alone.
    pub(super) name_grams: Field,
    /// Pictures and symbols of everything, and all signs of the title.
    pub(super) signs: Field,
    /// Categories with those above them, attributes and tags; see [`facet_key`].
    facets: Field,
    /// The lowest price by currency.
    prices: Field,
    /// The lowest price by currency of variants that are in stock, where it is another one.
    prices_in_stock: Field,
    /// The name as it is sorted.
    name_order: Field,
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
        let grams = indexed(analysis::GRAMS, IndexRecordOption::WithFreqsAndPositions, true);
        let whole = indexed("raw", IndexRecordOption::Basic, false);
        let fields = Self {
            key: schema.add_text_field("key", STRING),
            source: schema.add_text_field("source", STORED),
            sku: schema.add_text_field("sku", STRING),
            sku_text: schema.add_text_field("sku_text", STRING),
            sku_parts: schema.add_text_field("sku_parts", whole.clone()),
            text: schema.add_text_field(
                "text",
                indexed(&stems, IndexRecordOption::WithFreqsAndPositions, true),
            ),
            name: schema.add_text_field(
                "name",
                indexed(&stems, IndexRecordOption::WithFreqsAndPositions, true),
            ),
            title_words: schema.add_text_field("title_words", words.clone()),
            words: schema.add_text_field("words", words),
            spellings: schema.add_text_field("spellings", whole.clone()),
            name_prefixes: schema.add_text_field(
                "name_prefixes",
                indexed(analysis::AS_IT_IS, IndexRecordOption::Basic, false),
            ),
            grams: schema.add_text_field("grams", grams.clone()),
            name_grams: schema.add_text_field("name_grams", grams),
            signs: schema.add_text_field("signs", whole),
            facets: schema.add_text_field(FACETS, TextOptions::default().set_fast("raw")),
            prices: schema.add_json_field(PRICES, JsonObjectOptions::default().set_fast("raw")),
            prices_in_stock: schema
                .add_json_field(PRICES_IN_STOCK, JsonObjectOptions::default().set_fast("raw")),
            name_order: schema.add_text_field(NAME_ORDER, TextOptions::default().set_fast("raw")),
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
        document.add_text(self.name_order, name_order::key(&product.name));
        if !product.name.is_ascii() {
            document.add_text(self.name_grams, &product.name);
        }
        let mut signs = BTreeSet::new();
        let variants = product
            .variants
            .values()
            .filter_map(|variant| variant.name.as_ref());
        let title = std::iter::once(&product.name)
            .chain(variants)
            .chain(&product.tags)
            .chain(&product.categories);
        for text in title {
            self.tell(document, text);
            document.add_text(self.title_words, text);
            signs.extend(text.chars().filter(|sign| letters::is_sign(*sign)));
            if !text.is_ascii()
                || text.contains(|sign: char| sign.is_ascii_digit() || letters::is_joiner(sign))
            {
                self.spell(document, text, words);
            }
        }
        if let Some(description) = &product.description {
            self.tell(document, description);
            if !description.is_ascii() {
                signs.extend(description.chars().filter(|sign| letters::is_symbol(*sign)));
            }
        }
        for sign in signs {
            document.add_text(self.signs, sign.to_string());
        }
        for sku in product.variants.keys() {
            document.add_text(self.sku_text, sku.to_lowercase());
            for part in sku_parts::of(sku) {
                document.add_text(self.sku_parts, part);
            }
        }
        self.count(document, product);
    }

    /// What is found by its words, wherever it stands.
    fn tell(&self, document: &mut TantivyDocument, text: &str) {
        document.add_text(self.text, text);
        document.add_text(self.words, text);
        if !text.is_ascii() {
            document.add_text(self.grams, text);
        }
    }

    /// How the words of a title are written, where it is not as the index has them.
    fn spell(&self, document: &mut TantivyDocument, title: &str, words: &mut TextAnalyzer) {
        let mut stream = words.token_stream(title);
        while stream.advance() {
            let word = stream.token();
            let written = title.get(word.offset_from..word.offset_to).unwrap_or_default();
            if let Some(entry) = spelling::entry(&word.text, written) {
                document.add_text(self.spellings, entry);
            }
        }
    }

    /// The columns.
    fn count(&self, document: &mut TantivyDocument, product: &ProductCard) {
        let categories = product.categories.iter().map(String::as_str);
        for facet in facet_key::facets(categories, product.tags.iter().map(String::as_str)) {
            document.add_text(self.facets, facet);
        }
        let object = |prices: BTreeMap<String, i64>| -> BTreeMap<String, OwnedValue> {
            prices
                .into_iter()
                .map(|(currency, amount)| (currency, amount.into()))
                .collect()
        };
        let in_stock = product.other_prices_in_stock();
        document.add_object(self.prices, object(product.lowest_prices()));
        if !in_stock.is_empty() {
            document.add_object(self.prices_in_stock, object(in_stock));
        }
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

/// Every beginning of every word of a name, in all its forms, with spaces between them.
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
