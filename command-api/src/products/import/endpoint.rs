//! `POST /v1/products/import`

use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use tokio::task::JoinError;

use super::{ImportRow, MAX_ROWS, Report, csv, file::decoded, import, ndjson, row::RowBody};
use crate::{
    options::MAX_IMPORT_BYTES,
    problem::Problem,
    refused::{FieldError, Refused},
    request::{media_type, metadata, read_body},
    response::{POSITION, Problems},
    router::ApiState,
};

/// The formats of an import.
#[derive(Debug, Clone, Copy)]
enum Format {
    Csv,
    Ndjson,
}

/// Import products
///
/// Up to 10,000 rows and 16 MiB. Each row stands for itself, and a row that was imported before changes nothing,
/// so a file may be sent again at any time. Of several rows that claim one slug or SKU the upper one is listed.
///
/// CSV has a head line with the columns `name`, `slug`, `skus`, `tax_rate_bp`, and if wanted `description`,
/// `categories`, `tags`, `images` and `prices` (such as `1999 EUR`, in minor units). Columns are separated by
/// commas, semicolons or tabs, several values of a column by `|`. Files are encoded in UTF-8, with or without a
/// byte order mark, and lines end with LF, CR LF or CR.
#[utoipa::path(
    post,
    path = "/v1/products/import",
    operation_id = "import_products",
    tag = "products",
    request_body(
        content(
            (RowBody = "application/x-ndjson"),
            (String = "text/csv"),
            (String = "text/tab-separated-values")
        ),
        description = "One product a line",
    ),
    responses(
        (
            status = 200,
            description = "What became of each row",
            body = Report,
            headers(("Souk-Position" = i64, description = "The position, as in the body"))
        ),
        Problems,
    ),
)]
pub(in crate::products) async fn endpoint(
    State(state): State<ApiState>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let format = match media_type(&parts.headers).as_str() {
        "text/csv" | "text/tab-separated-values" => Format::Csv,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Format::Ndjson,
        _ => {
            return Err(Problem::unsupported_media_type(
                "text/csv or application/x-ndjson",
            ));
        }
    };
    let bytes = read_body(body, MAX_IMPORT_BYTES).await?;
    // Off the threads that serve requests: sixteen megabytes take a while to read.
    let rows = tokio::task::spawn_blocking(move || read_rows(format, &bytes));
    let rows = rows.await.map_err(|error| on_panic(&error))??;
    let metadata = metadata(&parts.extensions, &state);
    let report = import(&state.commands, rows, metadata).await;
    let position = report.position;
    let mut response = Json(report).into_response();
    response.headers_mut().insert(POSITION, position.into());
    Ok(response)
}

fn read_rows(format: Format, bytes: &[u8]) -> Result<Vec<ImportRow>, Refused> {
    let text = decoded(bytes)?;
    let rows = match format {
        Format::Csv => csv::read(text, MAX_ROWS)?,
        Format::Ndjson => ndjson::read(text, MAX_ROWS),
    };
    if (1..=MAX_ROWS).contains(&rows.len()) {
        return Ok(rows);
    }
    Err(Refused::fields(vec![FieldError {
        field: String::new(),
        code: "row_count",
        rule: format!("must have 1 to {MAX_ROWS} rows"),
    }]))
}

/// Reading never panics as far as we know; were it to, the caller would still get a typed answer.
fn on_panic(_error: &JoinError) -> Problem {
    tracing::error!("reading an import panicked");
    Problem::internal()
}
