//! How well questions are answered, beside other engines with the same documents and the same questions.
//!
//! The documents are goods in many languages and, where this machine has a list of Debian's packages, thousands
//! of these between them: real text, to be confused with. The questions are those whose floors the tests of the
//! search guard (`projections/src/catalogue/tests/goods.rs`).
//!
//! The peers are asked as their manuals say: PostgreSQL's full text with weights, and by similarity of trigrams
//! where that finds nothing; and Tantivy with its default tokenizer and its own query parser.

mod documents;
mod postgresql;
mod tantivy_defaults;

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use projections::{ReadModels, catalogue::SearchRequest};

pub(crate) use self::documents::Document;
use self::{
    documents::{QUESTIONS, Question, documents},
    postgresql::PostgreSql,
    tantivy_defaults::TantivyDefaults,
};
use crate::{
    history,
    rebuild::Shop,
    report::{Measure, Report},
    server::Server,
};

/// How many answers are looked at.
const PAGE: u32 = 10;

/// How well the questions of one kind were answered.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    asked: u32,
    first: u32,
    in_ten: u32,
    reciprocal: f64,
}

/// What is reported of a score, by name.
const MEASURES: [(&str, Measured); 3] = [
    ("first", Score::first),
    ("ten", Score::in_ten),
    ("mrr", Score::rank),
];

type Measured = fn(&Score) -> f64;

/// The scores of one engine, by kind.
type Scores = BTreeMap<&'static str, Score>;

pub(crate) async fn measure(server: &Server, report: &mut Report) -> Result<()> {
    let documents = documents();
    let database = server.database().await?;
    history::list_goods(&database, &documents).await?;
    let shop = Shop::open(&database).await?;
    shop.rebuild("catalogue").await?;
    let ids: BTreeMap<String, &str> = (0..)
        .zip(&documents)
        .map(|(number, document)| (history::product_id(number).to_string(), document.sku.as_str()))
        .collect();
    let (postgresql, tantivy) = (
        PostgreSql::fill(&database, &documents).await?,
        TantivyDefaults::fill(&documents)?,
    );
    let mut engines: [Scores; 3] = Default::default();
    for question in QUESTIONS.lines().filter_map(Question::parse) {
        let answers = [
            ask(&shop.models, &ids, question.text).await?,
            postgresql.ask(question.text).await?,
            tantivy.ask(question.text)?,
        ];
        for (scores, answer) in engines.iter_mut().zip(answers) {
            scores.entry(question.kind).or_default().add(&question, &answer);
        }
    }
    let [ours, postgresql, tantivy] = engines;
    ensure!(!ours.is_empty(), "there are no questions");
    print(
        documents.len(),
        &[
            ("souk", &ours),
            ("postgresql", &postgresql),
            ("tantivy", &tantivy),
        ],
    );
    for (kind, ours) in &ours {
        let of = |scores: &Scores| scores.get(kind).copied().unwrap_or_default();
        for (name, measured) in MEASURES {
            let measure = Measure::new(
                format!("relevance_{name}_{}", kind.replace(' ', "_")),
                "%",
                measured(ours),
            );
            let measure = measure.peer("postgresql-full-text", measured(&of(&postgresql)));
            report.add(measure.peer("tantivy-defaults", measured(&of(&tantivy))))?;
        }
    }
    Ok(())
}

async fn ask(models: &ReadModels, ids: &BTreeMap<String, &str>, text: &str) -> Result<Vec<String>> {
    let found = models.catalogue().search(SearchRequest::new(text, PAGE)).await?;
    let skus = found
        .hits
        .iter()
        .filter_map(|hit| ids.get(&hit.product_id.to_string()));
    Ok(skus.map(ToString::to_string).collect())
}

impl Score {
    fn add(&mut self, question: &Question, answer: &[String]) {
        let is_meant = |sku: &String| question.meant.split(' ').any(|meant| meant == sku);
        let place = answer.iter().position(is_meant);
        self.asked += 1;
        self.first += u32::from(place == Some(0));
        self.in_ten += u32::from(place.is_some());
        let place = place.and_then(|place| u32::try_from(place).ok());
        self.reciprocal += place.map_or(0.0, |place| 1.0 / f64::from(place + 1));
    }

    fn first(&self) -> f64 {
        100.0 * f64::from(self.first) / f64::from(self.asked.max(1))
    }

    fn in_ten(&self) -> f64 {
        100.0 * f64::from(self.in_ten) / f64::from(self.asked.max(1))
    }

    fn rank(&self) -> f64 {
        100.0 * self.reciprocal / f64::from(self.asked.max(1))
    }
}

#[expect(clippy::print_stderr, reason = "this is what a person at a terminal reads")]
fn print(documents: usize, engines: &[(&str, &Scores)]) {
    eprintln!(
        "\n{documents} documents; a right answer in the first place, among ten, and the mean reciprocal rank, in %"
    );
    let names: Vec<String> = engines.iter().map(|(name, _)| format!("{name:>24}")).collect();
    eprintln!("{:<22} {:>5}{}", "kind", "asked", names.concat());
    for (kind, score) in engines.first().map(|(_, scores)| *scores).into_iter().flatten() {
        let scores = engines
            .iter()
            .map(|(_, scores)| scores.get(kind).copied().unwrap_or_default());
        let cells: Vec<String> = scores
            .map(|score| {
                format!(
                    "{:>10.0} {:>6.0} {:>6.1}",
                    score.first(),
                    score.in_ten(),
                    score.rank()
                )
            })
            .collect();
        eprintln!("{kind:<22} {:>5}{}", score.asked, cells.concat());
    }
}
