//! The products with any word that begins so.
//!
//! However many words begin so, all of their products are found, and each counts the same: a set of bits is
//! filled from one list after the other. That takes as long as these lists are long, which is bounded by the
//! index, and no memory but one bit for each product.

use std::{cell::RefCell, sync::Arc};

use tantivy::{
    BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term,
    query::{BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption},
};

use super::{in_order::InOrder, words::after_all_beginning_with};

/// Finds the products with a word that begins so, but is not this word itself. Each has the same score.
#[derive(Debug, Clone)]
pub(super) struct BeginningQuery(Arc<Beginning>);

#[derive(Debug)]
struct Beginning {
    fields: Vec<Field>,
    prefix: String,
    score: Score,
}

impl BeginningQuery {
    pub(super) fn new(fields: Vec<Field>, prefix: &str, score: Score) -> Self {
        let prefix = prefix.to_owned();
        Self(Arc::new(Beginning {
            fields,
            prefix,
            score,
        }))
    }
}

impl Query for BeginningQuery {
    fn weight(&self, _scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(BeginningWeight(Arc::clone(&self.0))))
    }
}

struct BeginningWeight(Arc<Beginning>);

impl Beginning {
    /// The documents of one segment, deleted ones too; nothing if no word of it begins so.
    fn documents(&self, segment: &SegmentReader) -> tantivy::Result<Option<BitSet>> {
        let end = after_all_beginning_with(&self.prefix);
        let mut documents: Option<BitSet> = None;
        for field in &self.fields {
            let inverted = segment.inverted_index(*field)?;
            // The word itself is found as it is.
            let mut words = inverted.terms().range().gt(&self.prefix).lt(&end).into_stream()?;
            while words.advance() {
                let documents = documents.get_or_insert_with(|| BitSet::with_max_value(segment.max_doc()));
                let mut list =
                    inverted.read_block_postings_from_terminfo(words.value(), IndexRecordOption::Basic)?;
                while !list.docs().is_empty() {
                    for document in list.docs() {
                        documents.insert(*document);
                    }
                    list.advance();
                }
            }
        }
        Ok(documents)
    }
}

impl Weight for BeginningWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.0.documents(segment)? {
            Some(documents) => {
                let documents = BitSetDocSet::from(documents);
                Box::new(ConstScorer::new(documents, boost * self.0.score))
            }
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, segment: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        if scorer.doc() <= document && scorer.seek(document) == document {
            return Ok(Explanation::new("a word begins so", self.0.score));
        }
        let missing = format!("no word of document {document} begins so");
        Err(TantivyError::InvalidArgument(missing))
    }
}

/// Finds what a query finds, and after that what only begins so. Documents do not come in their order.
///
/// Most searches are one word alone, and a union of scorers costs them more than the rest together.
#[derive(Debug)]
pub(super) struct WordOrBeginning {
    word: Box<dyn Query>,
    beginning: BeginningQuery,
    /// Where a name has a word that begins so; it comes before others.
    in_name: Term,
    in_name_score: Score,
}

impl WordOrBeginning {
    pub(super) fn new(
        word: Box<dyn Query>,
        beginning: BeginningQuery,
        in_name: Term,
        in_name_score: Score,
    ) -> Self {
        Self {
            word,
            beginning,
            in_name,
            in_name_score,
        }
    }
}

impl Clone for WordOrBeginning {
    fn clone(&self) -> Self {
        Self {
            word: self.word.box_clone(),
            beginning: self.beginning.clone(),
            in_name: self.in_name.clone(),
            in_name_score: self.in_name_score,
        }
    }
}

impl Query for WordOrBeginning {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(WordOrBeginningWeight {
            word: self.word.weight(scoring)?,
            query: self.clone(),
        }))
    }
}

struct WordOrBeginningWeight {
    word: Box<dyn Weight>,
    query: WordOrBeginning,
}

impl WordOrBeginningWeight {
    /// What begins so and does not have the word, after the documents that have it were shown.
    fn after_word(
        &self,
        segment: &SegmentReader,
        show: &mut dyn FnMut(DocId, Score),
        show_word: impl FnOnce(&mut dyn FnMut(DocId)) -> tantivy::Result<()>,
    ) -> tantivy::Result<()> {
        let Some(mut documents) = self.query.beginning.0.documents(segment)? else {
            return show_word(&mut |_| {});
        };
        show_word(&mut |document| documents.remove(document))?;
        let in_name = segment
            .inverted_index(self.query.in_name.field())?
            .read_postings(&self.query.in_name, IndexRecordOption::Basic)?;
        let mut in_name: Box<dyn DocSet> = match in_name {
            Some(postings) => Box::new(postings),
            None => Box::new(EmptyScorer),
        };
        let mut documents = BitSetDocSet::from(documents);
        while documents.doc() != TERMINATED {
            let document = documents.doc();
            let is_in_name = in_name.doc() <= document && in_name.seek(document) == document;
            let begun = self.query.beginning.0.score;
            show(
                document,
                if is_in_name {
                    self.query.in_name_score
                } else {
                    begun
                },
            );
            documents.advance();
        }
        Ok(())
    }
}

impl Weight for WordOrBeginningWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        // For those who need the documents in their order.
        let mut documents = Vec::new();
        self.for_each(segment, &mut |document, score| {
            documents.push((document, score * boost));
        })?;
        Ok(Box::new(InOrder::new(documents)))
    }

    fn explain(&self, segment: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        if scorer.doc() <= document && scorer.seek(document) == document {
            return Ok(Explanation::new(
                "it has the word or one that begins so",
                scorer.score(),
            ));
        }
        let missing = format!("document {document} has no such word");
        Err(TantivyError::InvalidArgument(missing))
    }

    fn for_each(
        &self,
        segment: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score),
    ) -> tantivy::Result<()> {
        let callback = RefCell::new(callback);
        self.after_word(
            segment,
            &mut |document, score| callback.borrow_mut()(document, score),
            |shown| {
                self.word.for_each(segment, &mut |document, score| {
                    shown(document);
                    callback.borrow_mut()(document, score);
                })
            },
        )
    }

    fn for_each_no_score(
        &self,
        segment: &SegmentReader,
        callback: &mut dyn FnMut(&[DocId]),
    ) -> tantivy::Result<()> {
        let callback = RefCell::new(callback);
        self.after_word(
            segment,
            &mut |document, _| callback.borrow_mut()(&[document]),
            |shown| {
                self.word.for_each_no_score(segment, &mut |documents| {
                    documents.iter().copied().for_each(&mut *shown);
                    callback.borrow_mut()(documents);
                })
            },
        )
    }
}
