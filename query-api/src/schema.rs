//! The schema with its limits.

use std::sync::Arc;

use async_graphql::{
    EmptyMutation, SDLExportOptions, Schema, ServerError, ServerResult, ValidationResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextValidation},
    parser::types::ExecutableDocument,
};

use crate::{
    error::{ErrorCode, with_code},
    limits::{MAX_COMPLEXITY, MAX_DEPTH},
    partial::Nulls,
    query::Query,
    subscription::Subscriptions,
};

/// The schema of the shop.
pub(crate) type ShopSchema = Schema<Query, EmptyMutation, Subscriptions>;

/// The schema with its limits. It is asked through [`QueryState::execute`](crate::QueryState::execute).
pub(crate) fn schema() -> ShopSchema {
    Schema::build(Query::default(), EmptyMutation, Subscriptions)
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .extension(Codes)
        .extension(Nulls)
        .finish()
}

/// The schema in the definition language: the contract with whoever asks.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_enum_items()
        .sorted_arguments();
    schema().sdl_with_options(options)
}

/// Gives its code to what is wrong with a document.
struct Codes;

impl ExtensionFactory for Codes {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Codes {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let parsed = next.run(ctx, query, variables).await;
        parsed.map_err(|error| with_code(error, ErrorCode::ParseFailed))
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        next.run(ctx)
            .await
            .map_err(|errors| errors.into_iter().map(refused).collect())
    }
}

/// The library tells its limits apart by their text alone; the tests of the limits hold it to that.
fn refused(mut error: ServerError) -> ServerError {
    match error.message.as_str() {
        "Query is nested too deep." => {
            error.message = format!("the fields of a query may nest {MAX_DEPTH} deep");
            with_code(error, ErrorCode::TooDeep)
        }
        "Query is too complex." => {
            error.message = format!("the query asks for too much at once: it may cost {MAX_COMPLEXITY}");
            with_code(error, ErrorCode::TooComplex)
        }
        _ => with_code(error, ErrorCode::ValidationFailed),
    }
}
