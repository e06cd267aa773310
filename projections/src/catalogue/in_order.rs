//! Documents that are all looked up before the first is shown.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
};

/// Finds what another query finds.
///
/// The library asks an excluded phrase about documents before its current one, which the phrase forbids: in debug
/// builds an assertion fails. Documents that were collected first can be asked about in any order.
#[derive(Debug)]
pub(super) struct Listed(pub(super) Box<dyn Query>);

impl Clone for Listed {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

impl Query for Listed {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(ListedWeight(self.0.weight(scoring)?)))
    }
}

struct ListedWeight(Box<dyn Weight>);

impl Weight for ListedWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut documents = Vec::new();
        self.0.for_each_no_score(segment, &mut |found| {
            documents.extend(found.iter().map(|document| (*document, boost)));
        })?;
        Ok(Box::new(InOrder::new(documents)))
    }

    fn explain(&self, segment: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        self.0.explain(segment, document)
    }
}

/// Documents that were collected, in their order.
pub(super) struct InOrder {
    documents: Vec<(DocId, Score)>,
    at: usize,
}

impl InOrder {
    /// Of documents in any order, each of them once.
    pub(super) fn new(mut documents: Vec<(DocId, Score)>) -> Self {
        documents.sort_unstable_by_key(|(document, _)| *document);
        Self { documents, at: 0 }
    }
}

impl DocSet for InOrder {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.documents
            .get(self.at)
            .map_or(TERMINATED, |(document, _)| *document)
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.documents.len()).unwrap_or(u32::MAX)
    }
}

impl Scorer for InOrder {
    fn score(&mut self) -> Score {
        self.documents.get(self.at).map_or(0.0, |(_, score)| *score)
    }
}
