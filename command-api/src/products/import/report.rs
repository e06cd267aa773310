//! What became of each row.

use domain::value::ProductId;
use event_store::Answer;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    problem::Problem,
    refused::{CommandError, FieldError},
};

/// What became of an import.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub struct Report {
    /// Products that were listed.
    pub created: usize,
    /// Rows that had been imported before and changed nothing.
    pub unchanged: usize,
    /// Rows that break a rule: sending them again will not help.
    pub refused: usize,
    /// Rows that could not be written: send them again.
    pub failed: usize,
    /// A query that asks for at least this position sees all of it; 0 when there is nothing to see.
    pub position: i64,
    /// Every row in the order of the file.
    pub rows: Vec<RowReport>,
}

/// Why a row is not imported, and what there is of it nevertheless.
pub(super) struct Failure {
    /// The product, if an earlier import listed it.
    listed: Option<ProductId>,
    error: Box<CommandError>,
}

impl Failure {
    pub(super) fn of_product(error: CommandError) -> Self {
        Self {
            listed: None,
            error: Box::new(error),
        }
    }

    pub(super) fn of_price(product: ProductId, error: CommandError) -> Self {
        Self {
            listed: Some(product),
            error: Box::new(error),
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ImportedRow)]
pub struct RowReport {
    /// The line of the file in which it begins, counted from 1 as an editor counts.
    pub row: u64,
    /// What became of it.
    pub status: RowStatus,
    /// The product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The sequence of the product's newest event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    /// A position at which the product is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// The stable code of the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub code: Option<&'static str>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Every field that is to blame.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportedRowStatus)]
pub enum RowStatus {
    /// The product is listed now.
    Created,
    /// The row had been imported before.
    Unchanged,
    /// The row breaks a rule.
    Refused,
    /// The row could not be written: send it again. With an `id` its product is listed and a price is missing.
    Failed,
}

impl Report {
    pub(super) fn new(rows: Vec<RowReport>) -> Self {
        let count = |status| rows.iter().filter(|row| row.status == status).count();
        Self {
            created: count(RowStatus::Created),
            unchanged: count(RowStatus::Unchanged),
            refused: count(RowStatus::Refused),
            failed: count(RowStatus::Failed),
            position: rows
                .iter()
                .filter_map(|row| row.position)
                .max()
                .unwrap_or_default(),
            rows,
        }
    }
}

impl RowReport {
    fn new(row: u64, status: RowStatus) -> Self {
        Self {
            row,
            status,
            id: None,
            sequence: None,
            position: None,
            code: None,
            detail: None,
            errors: Vec::new(),
        }
    }

    pub(super) fn refused(row: u64, errors: Vec<FieldError>) -> Self {
        let first = errors.first();
        Self {
            code: first.map(|error| error.code),
            detail: first.map(ToString::to_string),
            errors,
            ..Self::new(row, RowStatus::Refused)
        }
    }

    /// A row below one that claims the same and could not be written.
    pub(super) fn waiting(row: u64) -> Self {
        let detail =
            "a row above it claims the same slug or SKU and could not be written: send the file again";
        Self {
            code: Some("upper_row_failed"),
            detail: Some(detail.to_owned()),
            ..Self::new(row, RowStatus::Failed)
        }
    }

    pub(super) fn of(row: u64, outcome: Result<Answer, Failure>) -> Self {
        match outcome {
            Ok(answer) => {
                let status = if answer.replayed {
                    RowStatus::Unchanged
                } else {
                    RowStatus::Created
                };
                Self {
                    id: Some(answer.aggregate_id),
                    sequence: Some(answer.sequence),
                    position: Some(answer.position),
                    ..Self::new(row, status)
                }
            }
            Err(Failure { listed, error }) => {
                // A product that is listed is never reported as refused: sending it again does help.
                let status = if error.is_transient() || listed.is_some() {
                    RowStatus::Failed
                } else {
                    RowStatus::Refused
                };
                let problem = Problem::from(*error);
                Self {
                    id: listed.map(|id| id.to_string()),
                    code: Some(problem.code()),
                    detail: Some(problem.detail().to_owned()),
                    errors: problem.errors().to_vec(),
                    ..Self::new(row, status)
                }
            }
        }
    }
}
