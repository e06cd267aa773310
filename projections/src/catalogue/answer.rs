//! Answering a search: one attempt after the other, until something is found.
//!
//! 1. All words as they were typed, the last one also as a beginning, and phrases as they stand.
//! 2. All words, with letters taken for wrong: first in those that no product has, then in rare ones.
//! 3. The same without quotation marks.
//! 4. Some of the words: the answer says so.
//!
//! Each attempt is of the words alone, whatever the filter says: a condition never changes what words mean.
//! An attempt that finds nothing costs next to nothing, and there are some dozen of them at most.

use tantivy::TantivyError;

use super::{
    analysis,
    cursor::Mark,
    facets::Facets,
    highlight::Highlighter,
    meaning::Meaning,
    plan::Plan,
    question::Question,
    request::{Correction, Found, SearchRequest, Sort},
    snapshot::Snapshot,
    spelling,
    tally::Tally,
    text_query::{self, Needed},
    words::Vocabulary,
};

/// A search while it is answered.
struct Search<'search> {
    snapshot: &'search Snapshot,
    plan: &'search Plan,
    tally: Tally<'search>,
    epoch: u64,
}

impl Snapshot {
    /// Answers a request. `limit` is one more than the page has.
    pub(super) fn search(
        &self,
        request: &SearchRequest,
        after: Option<Mark>,
        limit: usize,
    ) -> Result<Found, TantivyError> {
        let has_text = !request.text.trim().is_empty();
        let scored = has_text && request.sort == Sort::Relevance;
        let plan = Plan::new(request, after.clone(), limit, scored, &self.dictionary);
        let tally = Tally::new(&plan, &self.dictionary);
        let mut search = Search {
            snapshot: self,
            plan: &plan,
            tally,
            epoch: 0,
        };
        let (mut meaning, mut is_partial) = (Meaning::default(), false);
        if has_text {
            (meaning, is_partial) =
                self.with_vocabulary(|vocabulary| search.answer(&request.text, vocabulary))?;
        } else {
            self.pass_over_all(&plan, &mut search.tally)?;
        }
        let Search { mut tally, epoch, .. } = search;
        let mut best = tally.best();
        let has_next_page = best.len() >= limit;
        best.truncate(limit.saturating_sub(1));
        let mut highlighter = request.highlights.then(|| self.highlighter(&meaning));
        let before = after.map_or(0, |mark| mark.rank);
        let hits = (before.saturating_add(1)..).zip(best).map(|(rank, ranked)| {
            let (place, name) = (ranked.place, ranked.name);
            let mark = Mark {
                place,
                rank,
                epoch,
                name,
            };
            self.hit(mark.to_cursor(request.sort), ranked.address, highlighter.as_mut())
        });
        Ok(Found {
            hits: hits.collect::<Result<_, _>>()?,
            total: tally.total,
            has_next_page,
            facets: request
                .facets
                .then(|| Facets::of(&tally, &plan, &self.dictionary)),
            corrections: self.corrections(&meaning)?,
            is_partial,
            left_out: if is_partial { meaning.left_out } else { Vec::new() },
        })
    }

    /// What was searched for instead of words that no product has.
    fn corrections(&self, meaning: &Meaning) -> Result<Vec<Correction>, TantivyError> {
        let mut corrections = Vec::new();
        for typed in meaning.typed.words.iter().filter(|typed| typed.frequency == 0) {
            let Some(meant) = typed.near.first() else { continue };
            // The beginning of a word is no error.
            if !meant.word.starts_with(&typed.word) {
                corrections.push(Correction {
                    typed: typed.small.clone(),
                    meant: spelling::of(&self.searcher, &self.fields, &meant.word)?,
                });
            }
        }
        Ok(corrections)
    }

    fn highlighter(&self, meaning: &Meaning) -> Highlighter {
        let mut highlighter = Highlighter::new(analysis::stems(&self.languages));
        for typed in meaning.typed.words.iter().chain(&meaning.typed.fillers) {
            highlighter
                .stems
                .extend(typed.stems.iter().chain(&typed.joined).cloned());
            highlighter
                .stems
                .extend(typed.near.iter().map(|near| near.stem.clone()));
            let halves = typed.split.iter().flat_map(|(left, right)| [left, right]);
            highlighter.stems.extend(halves.cloned());
            // A single letter begins too many words.
            let beginnings = typed.begun.iter().map(|begun| &begun.prefix);
            let beginnings = beginnings.filter(|prefix| prefix.chars().nth(1).is_some());
            highlighter.beginnings.extend(beginnings.cloned());
        }
        for phrase in &meaning.phrases {
            highlighter.stems.extend(phrase.words.iter().flatten().cloned());
            highlighter
                .runs
                .extend(phrase.runs.iter().map(|run| run.iter().collect()));
        }
        highlighter
            .runs
            .extend(meaning.runs.iter().map(|run| run.iter().collect()));
        highlighter
    }
}

impl Search<'_> {
    /// Looks for what a text means, and says what that was, and whether products have only a part of it.
    fn answer(
        &mut self,
        text: &str,
        vocabulary: &mut Vocabulary<'_>,
    ) -> Result<(Meaning, bool), TantivyError> {
        let question = Question::of(text);
        let sku = text.trim().to_lowercase();
        let sku = (vocabulary.living(vocabulary.fields.sku_text, &sku, 1)? > 0).then_some(sku);
        let mut meaning = self.all_words(&question, sku, vocabulary)?;
        if self.found() {
            return Ok((meaning, false));
        }
        if !question.phrases.is_empty() {
            meaning = self.all_words(&question.without_phrases(), None, vocabulary)?;
            if self.found() {
                return Ok((meaning, true));
            }
        }
        self.some_words(&mut meaning)?;
        Ok((meaning, self.found()))
    }

    /// Looks for all words, at last with letters taken for wrong.
    fn all_words(
        &mut self,
        question: &Question,
        sku: Option<String>,
        vocabulary: &mut Vocabulary<'_>,
    ) -> Result<Meaning, TantivyError> {
        let mut meaning = Meaning::of(question, sku, vocabulary)?;
        if meaning.is_whole() || meaning.sku.is_some() {
            self.pass(&meaning, Needed::All)?;
        }
        if !self.found() && meaning.forgive_unknown(vocabulary)? && meaning.is_whole() {
            self.pass(&meaning, Needed::All)?;
        }
        if !self.found() && meaning.forgive_all(vocabulary)? && meaning.is_whole() {
            self.pass(&meaning, Needed::All)?;
        }
        Ok(meaning)
    }

    /// Looks for some of the words, as many as possible: all that are known, all but one, half of them, one.
    fn some_words(&mut self, meaning: &mut Meaning) -> Result<(), TantivyError> {
        meaning.leave_out_unknown();
        let count = meaning.typed.words.len() + meaning.runs.len();
        let mut last = usize::MAX;
        for needed in [count, count.saturating_sub(1), count.div_ceil(2), 1] {
            if needed > 0 && needed < last && !self.found() {
                self.pass(meaning, Needed::Some(needed))?;
                last = needed;
            }
        }
        Ok(())
    }

    fn pass(&mut self, meaning: &Meaning, needed: Needed) -> Result<(), TantivyError> {
        let query = text_query::of(&self.snapshot.fields, meaning, needed, self.plan.scored);
        self.epoch = self.snapshot.pass(&*query, self.plan, &mut self.tally)?;
        Ok(())
    }

    const fn found(&self) -> bool {
        self.tally.seen > 0
    }
}
