//! What a query costs before it runs, and how much it has answered while it does.
//!
//! The cost is worked out by the library from the fields' own rules. The size of an answer is counted while its
//! fields are read: an answer that is too large is never held in memory as a whole.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_graphql::{
    PathSegment, Pos, QueryPathNode, QueryPathSegment, Response, ServerError, ServerResult, ValidationResult,
    Value,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, NextValidation, ResolveInfo,
    },
};

use crate::{
    error::{ErrorCode, with_code},
    limits::{MAX_ANSWER_BYTES, MAX_COMPLEXITY},
};

/// What a value takes beside its text: its key, quotes and comma.
const VALUE_BYTES: usize = 16;

/// What one request costs and answers. It is handed to the library with the request.
#[derive(Default)]
pub(crate) struct Meter {
    /// What the plan found beside what the library counts.
    introspection_cost: usize,
    /// The arguments with a text that the database cannot keep, by the place of their field.
    unstorable: HashMap<Pos, String>,
    cost: AtomicUsize,
    bytes: AtomicUsize,
    has_begun: AtomicBool,
}

impl Meter {
    pub(crate) fn new(introspection_cost: usize, unstorable: HashMap<Pos, String>) -> Self {
        Self {
            introspection_cost,
            unstorable,
            ..Self::default()
        }
    }

    /// What the query costs, once that was worked out.
    pub(crate) fn cost(&self) -> usize {
        self.cost.load(Ordering::Relaxed)
    }

    /// Whether execution began, so that there is data, if only a null.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }

    /// Whether the answer became too large, so that a part of it is missing.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > MAX_ANSWER_BYTES
    }

    /// The next answer of a subscription has its own size.
    fn begin(&self) {
        self.has_begun.store(true, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
    }

    fn add(&self, value: &Value) -> bool {
        let text = match value {
            Value::String(text) => text.len(),
            // What is in them was counted.
            _ => 0,
        };
        let before = self
            .bytes
            .fetch_add(text.saturating_add(VALUE_BYTES), Ordering::Relaxed);
        before <= MAX_ANSWER_BYTES
    }
}

/// The error of an answer that is too large.
pub(crate) fn too_large() -> ServerError {
    let message = format!("the answer would have more than {MAX_ANSWER_BYTES} bytes; ask for less at once");
    with_code(ServerError::new(message, None), ErrorCode::AnswerTooLarge)
}

/// The error of a query that costs too much.
fn too_complex(cost: usize) -> ServerError {
    let message =
        format!("the query asks for too much at once: it costs {cost} and may cost {MAX_COMPLEXITY}");
    let mut error = with_code(ServerError::new(message, None), ErrorCode::TooComplex);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("cost", cost);
    extensions.set("limit", MAX_COMPLEXITY);
    error
}

/// The error of an argument with a text that the database cannot keep.
fn not_storable(argument: &str, info: &ResolveInfo<'_>) -> ServerError {
    let message = format!("the argument \"{argument}\" must not contain the character U+0000");
    let mut error = with_code(
        ServerError::new(message, Some(info.field.name.pos)),
        ErrorCode::InvalidArgument,
    );
    error.extensions.get_or_insert_default().set("argument", argument);
    let mut node = Some(info.path_node);
    while let Some(QueryPathNode { parent, segment }) = node {
        error.path.insert(
            0,
            match segment {
                QueryPathSegment::Name(name) => PathSegment::Field((*name).to_owned()),
                QueryPathSegment::Index(index) => PathSegment::Index(*index),
            },
        );
        node = *parent;
    }
    error
}

/// Lets the library tell a request's [`Meter`], and keeps from it what the database cannot keep.
pub(crate) struct Metered;

impl ExtensionFactory for Metered {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Metered {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        let Some(meter) = ctx.data_opt::<Arc<Meter>>() else {
            return Ok(result);
        };
        let cost = result.complexity.saturating_add(meter.introspection_cost);
        meter.cost.store(cost, Ordering::Relaxed);
        if cost > MAX_COMPLEXITY {
            return Err(vec![too_complex(cost)]);
        }
        Ok(result)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(meter) = ctx.data_opt::<Arc<Meter>>() {
            meter.begin();
        }
        next.run(ctx, operation_name).await
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let meter = ctx.data_opt::<Arc<Meter>>();
        if meter.is_some_and(|meter| meter.is_exceeded()) {
            return Err(too_large());
        }
        let unstorable = meter.and_then(|meter| meter.unstorable.get(&info.field.name.pos));
        if let Some(argument) = unstorable {
            return Err(not_storable(argument, &info));
        }
        let value = next.run(ctx, info).await?;
        match (&value, meter) {
            (Some(found), Some(meter)) if !meter.add(found) => Err(too_large()),
            _ => Ok(value),
        }
    }
}
