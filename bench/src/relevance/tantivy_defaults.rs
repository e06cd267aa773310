//! Tantivy with its default tokenizer, its query parser and its order: what one has after the first page of its
//! manual.

use anyhow::Result;
use tantivy::{
    Index, IndexReader, TantivyDocument,
    collector::TopDocs,
    doc,
    query::QueryParser,
    schema::{Field, STORED, STRING, Schema, TEXT, Value as _},
};

use super::Document;

/// Memory for the writer, in bytes.
const WRITER_BYTES: usize = 50_000_000;

/// An index in memory.
pub(super) struct TantivyDefaults {
    reader: IndexReader,
    parser: QueryParser,
    sku: Field,
}

impl TantivyDefaults {
    pub(super) fn fill(documents: &[Document]) -> Result<Self> {
        let mut schema = Schema::builder();
        let sku = schema.add_text_field("sku", STRING | STORED);
        let name = schema.add_text_field("name", TEXT);
        let text = schema.add_text_field("text", TEXT);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        for document in documents {
            let rest = format!("{} {}", document.category, document.description);
            writer.add_document(doc!(
                sku => document.sku.as_str(), name => document.name.as_str(), text => rest
            ))?;
        }
        writer.commit()?;
        let parser = QueryParser::for_index(&index, vec![sku, name, text]);
        Ok(Self {
            reader: index.reader()?,
            parser,
            sku,
        })
    }

    /// The SKUs of the first ten.
    pub(super) fn ask(&self, text: &str) -> Result<Vec<String>> {
        let searcher = self.reader.searcher();
        let (query, _mistakes) = self.parser.parse_query_lenient(text);
        let mut skus = Vec::new();
        for (_, address) in searcher.search(&query, &TopDocs::with_limit(10).order_by_score())? {
            let document: TantivyDocument = searcher.doc(address)?;
            skus.extend(
                document
                    .get_first(self.sku)
                    .and_then(|sku| sku.as_str())
                    .map(str::to_owned),
            );
        }
        Ok(skus)
    }
}
