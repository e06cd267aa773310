//! From words to a query.

use tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur,
        PhraseQuery, Query, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::{
    beginning::{BeginningQuery, WordOrBeginning},
    grams,
    in_order::Listed,
    index::{Fields, LONGEST_PREFIX},
    meaning::{Meaning, Phrase},
    words::{Begun, Typed},
};

/// A word in the name says so much more than one elsewhere.
const NAME_BOOST: f32 = 2.0;
/// Words that stand in the name as they were typed, one after the other.
const PHRASE_BOOST: f32 = 1.0;
/// A run of letters in the name.
const RUN_BOOST: f32 = 2.0;
/// What words make together, and what one is made of, count nearly as much as the word.
const COMPOUND_WEIGHT: f32 = 0.95;
/// A part of a SKU, which many words are by chance.
const SKU_PART_SCORE: f32 = 2.0;
/// A typed SKU means its product and no other.
const SKU_BOOST: f32 = 20.0;

/// What a word counts that only begins so; more if it is in the name. No word as it was typed counts so little.
const BEGUN_SCORE: f32 = 0.001;
const BEGUN_IN_NAME_SCORE: f32 = 0.002;
/// The same beside other words, where [`EXACT_TIER`] keeps the order.
const BEGUN_BESIDE_SCORE: f32 = 0.1;
const BEGUN_IN_NAME_BESIDE_SCORE: f32 = 3.0;
/// More than all words of a text can count together: the last word as it was typed comes before its beginnings.
const EXACT_TIER: f32 = 200.0;
/// A letter that was typed after a word, as in `vitamin A`, and stands there in the name or in a variant.
const LETTER_IN_ROW_SCORE: f32 = 60.0;
const LETTER_SCORE: f32 = 30.0;

/// How many of the words a product must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    All,
    /// So many.
    Some(usize),
}

/// Finds the products that have the words.
pub(super) fn of(fields: &Fields, meaning: &Meaning, needed: Needed, scored: bool) -> Box<dyn Query> {
    let words = &meaning.typed.words;
    if let ([word], true) = (words.as_slice(), meaning.is_one_word()) {
        return one_word(fields, word, meaning, scored);
    }
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let each = words.iter().map(|typed| either(fields, typed, scored));
    match needed {
        Needed::All => {
            let runs = meaning.runs.iter().map(|run| run_of(fields.grams, run));
            clauses.extend(each.chain(runs).map(|one| (Occur::Must, one)));
        }
        Needed::Some(count) => {
            let runs = meaning.runs.iter().map(|run| most_of_run(fields.grams, run));
            let each: Vec<_> = each.chain(runs).map(|one| (Occur::Should, one)).collect();
            if !each.is_empty() {
                let most = BooleanQuery::with_minimum_required_clauses(each, count);
                clauses.push((Occur::Must, Box::new(most)));
            }
        }
    }
    clauses.extend(
        meaning
            .phrases
            .iter()
            .map(|phrase| (Occur::Must, phrase_of(fields, phrase))),
    );
    let signs = meaning
        .signs
        .iter()
        .map(|sign| whole(fields.signs, &sign.to_string()));
    clauses.extend(signs.map(|sign| (Occur::Must, sign)));
    if clauses.is_empty() {
        // Nothing but words that must not be there.
        let any: Box<dyn Query> = if meaning.excluded.is_empty() {
            Box::new(EmptyQuery)
        } else {
            Box::new(AllQuery)
        };
        clauses.push((Occur::Must, any));
    }
    if scored {
        order(fields, meaning, &mut clauses);
    }
    let excluded = meaning.excluded.iter().map(|phrase| -> (Occur, Box<dyn Query>) {
        (Occur::MustNot, Box::new(Listed(phrase_of(fields, phrase))))
    });
    clauses.extend(excluded);
    with_sku(fields, meaning, Box::new(BooleanQuery::new(clauses)))
}

/// One word alone, which most searches are: a sum of what it may be.
fn one_word(fields: &Fields, typed: &Typed, meaning: &Meaning, scored: bool) -> Box<dyn Query> {
    if let Some(query) = plain_word(fields, typed, scored) {
        return with_sku(fields, meaning, query);
    }
    let mut any = alternatives(fields, typed, BEGUN_SCORE);
    if scored {
        any.extend(in_name(fields, typed, BEGUN_IN_NAME_SCORE));
    }
    let query: Box<dyn Query> = match any.len() {
        0 => Box::new(EmptyQuery),
        1 => any.remove(0),
        _ => Box::new(BooleanQuery::union(any)),
    };
    with_sku(fields, meaning, query)
}

/// A word that is known as it was typed and stands for nothing else, but may be a beginning.
fn plain_word(fields: &Fields, typed: &Typed, scored: bool) -> Option<Box<dyn Query>> {
    let [stem] = typed.stems.as_slice() else {
        return None;
    };
    let stands_for_more =
        typed.is_sku || !typed.joined.is_empty() || !typed.split.is_empty() || !typed.near.is_empty();
    if typed.frequency == 0 || stands_for_more {
        return None;
    }
    let mut clauses = vec![(Occur::Must, term(fields.text, stem))];
    if scored {
        clauses.push((Occur::Should, boosted(term(fields.name, stem), NAME_BOOST)));
    }
    let word = Box::new(BooleanQuery::new(clauses));
    match typed.begun.as_slice() {
        [] => Some(word),
        [begun] if (2..=LONGEST_PREFIX).contains(&begun.prefix.chars().count()) => {
            let beginning = BeginningQuery::new(begun.fields.clone(), &begun.prefix, BEGUN_SCORE);
            let in_name = Term::from_field_text(fields.name_prefixes, &begun.prefix);
            Some(Box::new(WordOrBeginning::new(
                word,
                beginning,
                in_name,
                BEGUN_IN_NAME_SCORE,
            )))
        }
        _ => None,
    }
}

fn with_sku(fields: &Fields, meaning: &Meaning, query: Box<dyn Query>) -> Box<dyn Query> {
    match &meaning.sku {
        Some(sku) => {
            let sku = boosted(whole(fields.sku_text, sku), SKU_BOOST);
            Box::new(BooleanQuery::union(vec![query, sku]))
        }
        None => query,
    }
}

/// What puts products in order that all have the words.
fn order(fields: &Fields, meaning: &Meaning, clauses: &mut Vec<(Occur, Box<dyn Query>)>) {
    let typed = &meaning.typed;
    let mut should = |query| clauses.push((Occur::Should, query));
    for word in &typed.words {
        let mut any = in_name(fields, word, BEGUN_IN_NAME_BESIDE_SCORE);
        match any.len() {
            0 => {}
            1 => should(any.remove(0)),
            _ => should(Box::new(DisjunctionMaxQuery::new(any))),
        }
        if !word.begun.is_empty() && word.frequency > 0 {
            let exact = word.stems.iter().map(|stem| term(fields.text, stem));
            let exact = Box::new(BooleanQuery::union(exact.collect()));
            should(Box::new(ConstScoreQuery::new(exact, EXACT_TIER)));
        }
    }
    for filler in &typed.fillers {
        should_filler(fields, meaning, filler, &mut should);
    }
    let known = typed.words.iter().filter(|word| word.frequency > 0);
    let row: Vec<(usize, Term)> = known
        .filter_map(|word| {
            Some((
                word.offset,
                Term::from_field_text(fields.name, word.stems.first()?),
            ))
        })
        .collect();
    if row.len() > 1 && row.len() == typed.words.len() {
        should(boosted(Box::new(PhraseQuery::new_with_offset(row)), PHRASE_BOOST));
    }
    for run in &meaning.runs {
        should(boosted(run_of(fields.name_grams, run), RUN_BOOST));
    }
    for phrase in meaning.phrases.iter().filter(|phrase| phrase.words.len() > 1) {
        should(row_of(fields.name, &phrase.words));
    }
}

/// A word that says little may be missing, and is not nothing: `vitamin A` comes before `vitamin D`.
fn should_filler(fields: &Fields, meaning: &Meaning, filler: &Typed, should: &mut dyn FnMut(Box<dyn Query>)) {
    let Some(stem) = filler.stems.first() else { return };
    should(term(fields.name, stem));
    let before = filler.offset.checked_sub(1);
    let before = meaning
        .typed
        .words
        .iter()
        .find(|word| Some(word.offset) == before);
    if let Some(before) = before.filter(|_| filler.word.chars().count() == 1) {
        let row = before.stems.iter().take(1).chain([stem]);
        let row = PhraseQuery::new(row.map(|stem| Term::from_field_text(fields.name, stem)).collect());
        should(Box::new(ConstScoreQuery::new(Box::new(row), LETTER_IN_ROW_SCORE)));
        should(Box::new(ConstScoreQuery::new(
            whole(fields.title_words, &filler.word),
            LETTER_SCORE,
        )));
    }
    for beginning in &filler.begun {
        should(begun(fields, beginning, BEGUN_BESIDE_SCORE));
    }
}

/// The word or what it stands for; the best of them counts.
fn either(fields: &Fields, typed: &Typed, scored: bool) -> Box<dyn Query> {
    let mut any = alternatives(fields, typed, BEGUN_BESIDE_SCORE);
    match any.len() {
        0 => Box::new(EmptyQuery),
        1 => any.remove(0),
        _ if scored => Box::new(DisjunctionMaxQuery::new(any)),
        _ => Box::new(BooleanQuery::union(any)),
    }
}

/// Everything that a word stands for, wherever it stands in a product.
fn alternatives(fields: &Fields, typed: &Typed, begun_score: f32) -> Vec<Box<dyn Query>> {
    let mut any: Vec<Box<dyn Query>> = Vec::new();
    if typed.frequency > 0 {
        any.extend(typed.stems.iter().map(|stem| term(fields.text, stem)));
    }
    any.extend(
        typed
            .joined
            .iter()
            .map(|stem| boosted(term(fields.text, stem), COMPOUND_WEIGHT)),
    );
    for (left, right) in &typed.split {
        let both = BooleanQuery::intersection(vec![term(fields.text, left), term(fields.text, right)]);
        any.push(boosted(Box::new(both), COMPOUND_WEIGHT / 2.0));
    }
    if typed.is_sku {
        let part = whole(fields.sku_parts, &typed.word);
        any.push(Box::new(ConstScoreQuery::new(part, SKU_PART_SCORE)));
    }
    any.extend(
        typed
            .begun
            .iter()
            .map(|beginning| begun(fields, beginning, begun_score)),
    );
    any.extend(
        typed
            .near
            .iter()
            .map(|near| boosted(term(fields.text, &near.stem), near.weight)),
    );
    any
}

/// The same in the name, where it counts for more.
fn in_name(fields: &Fields, typed: &Typed, begun_score: f32) -> Vec<Box<dyn Query>> {
    let mut any: Vec<Box<dyn Query>> = Vec::new();
    if typed.frequency > 0 {
        any.extend(
            typed
                .stems
                .iter()
                .map(|stem| boosted(term(fields.name, stem), NAME_BOOST)),
        );
    }
    let joined = typed.joined.iter();
    any.extend(joined.map(|stem| boosted(term(fields.name, stem), NAME_BOOST * COMPOUND_WEIGHT)));
    for (left, right) in &typed.split {
        let row = PhraseQuery::new(
            [left, right]
                .map(|stem| Term::from_field_text(fields.name, stem))
                .to_vec(),
        );
        any.push(boosted(Box::new(row), NAME_BOOST * COMPOUND_WEIGHT / 2.0));
    }
    let prefixes = typed.begun.iter().map(|begun| &begun.prefix);
    for prefix in prefixes.filter(|prefix| prefix.chars().count() <= LONGEST_PREFIX) {
        let query = whole(fields.name_prefixes, prefix);
        any.push(Box::new(ConstScoreQuery::new(query, begun_score)));
    }
    any.extend(
        typed
            .near
            .iter()
            .map(|near| boosted(term(fields.name, &near.stem), NAME_BOOST * near.weight)),
    );
    any
}

/// All words that begin so. A single letter begins too much of every description, so it is that of a name.
fn begun(fields: &Fields, begun: &Begun, score: f32) -> Box<dyn Query> {
    if begun.prefix.chars().nth(1).is_none() {
        return Box::new(ConstScoreQuery::new(
            whole(fields.name_prefixes, &begun.prefix),
            score,
        ));
    }
    Box::new(BeginningQuery::new(begun.fields.clone(), &begun.prefix, score))
}

/// Letters in a row.
pub(super) fn run_of(field: Field, run: &[char]) -> Box<dyn Query> {
    let pairs: Vec<Term> = grams::pairs(run)
        .map(|pair| Term::from_field_text(field, &pair))
        .collect();
    match (pairs.len(), run) {
        (0, [letter]) => term(field, &letter.to_string()),
        (0, _) => Box::new(EmptyQuery),
        (1, _) => Box::new(BooleanQuery::intersection(
            grams::pairs(run).map(|pair| term(field, &pair)).collect(),
        )),
        _ => Box::new(PhraseQuery::new(pairs)),
    }
}

/// Two thirds of the pairs of a run, wherever they stand: words of it in another order, or with others between.
fn most_of_run(field: Field, run: &[char]) -> Box<dyn Query> {
    let pairs: Vec<_> = grams::pairs(run)
        .map(|pair| (Occur::Should, term(field, &pair)))
        .collect();
    match pairs.len() {
        0 => run_of(field, run),
        count => {
            let needed = (2 * count).div_ceil(3);
            Box::new(BooleanQuery::with_minimum_required_clauses(pairs, needed))
        }
    }
}

/// Words in a row, and runs.
fn phrase_of(fields: &Fields, phrase: &Phrase) -> Box<dyn Query> {
    let mut all: Vec<Box<dyn Query>> = Vec::new();
    if !phrase.words.is_empty() {
        all.push(row_of(fields.text, &phrase.words));
    }
    all.extend(phrase.runs.iter().map(|run| run_of(fields.grams, run)));
    match all.len() {
        0 => Box::new(EmptyQuery),
        1 => all.remove(0),
        _ => Box::new(BooleanQuery::intersection(all)),
    }
}

/// Words in a row, each in any of its forms where it is alone.
fn row_of(field: Field, words: &[Vec<String>]) -> Box<dyn Query> {
    match words {
        [stems] => Box::new(BooleanQuery::union(
            stems.iter().map(|stem| term(field, stem)).collect(),
        )),
        words => {
            let stems = words.iter().filter_map(|stems| stems.first());
            Box::new(PhraseQuery::new(
                stems.map(|stem| Term::from_field_text(field, stem)).collect(),
            ))
        }
    }
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::WithFreqs,
    ))
}

/// A term of a field that says only whether a product has it.
fn whole(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::Basic,
    ))
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}
