//! From a text to a document that the specification allows.

use apollo_compiler::{
    ExecutableDocument, ast,
    diagnostic::Diagnostic,
    parser::Parser,
    validation::{DiagnosticData, DiagnosticList, Valid},
};
use async_graphql::{Pos, ServerError};

use super::{literal, refusal::refusal, scan, size, types::Types};
use crate::{
    error::ErrorCode,
    limits::{MAX_DEPTH, MAX_ERRORS, MAX_NESTING, MAX_SELECTIONS, MAX_SPREADS, MAX_TOKENS},
};

/// The parser counts the blanks between tokens, too.
const PARSER_TOKENS: usize = 2 * MAX_TOKENS + 2;

/// Reads and validates a document: at most one more error than is answered.
pub(super) fn read(types: &Types, text: &str) -> Result<Valid<ExecutableDocument>, Vec<ServerError>> {
    scan::scan(text).map_err(|error| vec![too_large(error)])?;
    let document = parse(text)?;
    size::check(&document).map_err(|error| vec![too_much(error)])?;
    let valid = document
        .to_executable_validate(types.schema())
        .map_err(|failed| told(&failed.errors, ErrorCode::ValidationFailed))?;
    let mut errors = literal::check(types, &valid);
    if errors.is_empty() {
        return Ok(valid);
    }
    super::location::locate(text, &mut errors);
    Err(errors)
}

/// The parser has the same limits as the scan: neither relies on the other to see brackets as it does.
fn parse(text: &str) -> Result<ast::Document, Vec<ServerError>> {
    let mut parser = Parser::new()
        .recursion_limit(MAX_NESTING)
        .token_limit(PARSER_TOKENS);
    let parsed = parser.parse_ast(text, "query.graphql");
    let document = parsed.map_err(|failed| told(&failed.errors, ErrorCode::ParseFailed))?;
    let is_operation = |definition: &ast::Definition| definition.as_operation_definition().is_some();
    if document.definitions.iter().any(is_operation) {
        Ok(document)
    } else {
        let message = "the document has no operation";
        Err(vec![refusal(ErrorCode::ParseFailed, message)])
    }
}

fn told(errors: &DiagnosticList, code: ErrorCode) -> Vec<ServerError> {
    let errors = errors.iter().take(MAX_ERRORS + 1);
    let error = |diagnostic: Diagnostic<'_, DiagnosticData>| {
        let mut error = refusal(code, diagnostic.error.to_string());
        let place = diagnostic.line_column_range().map(|range| range.start);
        error.locations.extend(place.map(|place| Pos {
            line: place.line,
            column: place.column,
        }));
        error
    };
    errors.map(error).collect()
}

fn too_large(error: scan::TooMuch) -> ServerError {
    match error {
        scan::TooMuch::Tokens => refusal(
            ErrorCode::TooComplex,
            format!("a document may have at most {MAX_TOKENS} tokens"),
        ),
        scan::TooMuch::Nesting => refusal(
            ErrorCode::TooDeep,
            format!("the brackets of a document may nest {MAX_NESTING} deep"),
        ),
    }
}

fn too_much(error: size::TooMuch) -> ServerError {
    match error {
        size::TooMuch::Depth => refusal(
            ErrorCode::TooDeep,
            format!("the fields of a query may nest {MAX_DEPTH} deep"),
        ),
        size::TooMuch::Spreads => refusal(
            ErrorCode::TooDeep,
            format!("selections and the fragments that they spread may nest {MAX_SPREADS} deep"),
        ),
        size::TooMuch::Selections => refusal(
            ErrorCode::TooComplex,
            format!(
                "a document may select {MAX_SELECTIONS} fields and fragments, those within a fragment \
                 counted for each time it is spread"
            ),
        ),
    }
}
