//! What a document may be before anything of it runs: read, counted, validated, and cut to one operation.
//!
//! ```text
//!  text ─► scan ─► parse ─► size ─► validate ─► Document   (kept in a cache, by its text)
//!                                                  │ operation, variables
//!                                                  ▼
//!                            plan ─► the library executes it ─► complete ─► data
//! ```
//!
//! | step | refuses | cost |
//! |---|---|---|
//! | `scan` | nesting of any kind, too many tokens | one pass over the bytes, no recursion |
//! | `size` | fields nested too deep, too many fields once fragments are spread | each fragment counted once |
//! | `validate` | whatever the specification forbids | linear in what `size` let through |
//! | `variables` | values that do not fit their types | linear in the variables |
//!
//! What always holds:
//! - a step recurses only as deep as the step before it allowed;
//! - what is executed has no fragments, no variables and no directives left, each response key once, in the
//!   order in which the specification answers;
//! - an answer is completed against what was planned: the order of the keys, the nulls and the empty
//!   objects are those of the specification, whatever the library made of them.
//!
//! Source: GraphQL specification (September 2025), sections 5 "Validation" and 6 "Execution".

mod cache;
mod complete;
mod introspection;
mod literal;
mod location;
mod plan;
mod refusal;
mod scalar;
mod scan;
mod size;
mod storable;
mod types;
mod validate;
mod value;
mod variables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use apollo_compiler::{
    ExecutableDocument, Node,
    executable::{Operation, OperationType},
    validation::Valid,
};
use async_graphql::{ServerError, Variables};

pub(crate) use complete::complete;
pub(crate) use plan::{Plan, Selected};
pub(crate) use refusal::truncate;

use cache::Cache;
use refusal::refusal;
use types::Types;

use crate::{error::ErrorCode, limits::DOCUMENT_CACHE_BYTES};

/// Reads documents, and remembers those that were valid.
#[derive(Clone)]
pub(crate) struct Documents {
    types: Arc<Types>,
    cache: Arc<Cache>,
}

/// A valid document.
pub(crate) struct Document {
    text: Box<str>,
    valid: Valid<ExecutableDocument>,
}

/// One operation of a document.
pub(crate) struct Chosen<'d> {
    types: &'d Types,
    document: &'d Document,
    operation: &'d Node<Operation>,
}

impl Documents {
    /// For documents against the schema that this definition describes.
    pub(crate) fn new(sdl: &str) -> Self {
        Self {
            types: Arc::new(Types::new(sdl)),
            cache: Arc::new(Cache::new(DOCUMENT_CACHE_BYTES)),
        }
    }

    /// The document of a text, or everything that is wrong with it.
    pub(crate) fn read(&self, text: &str) -> Result<Arc<Document>, Vec<ServerError>> {
        if let Some(document) = self.cache.find(text) {
            return Ok(document);
        }
        let document = Arc::new(Document {
            text: text.into(),
            valid: validate::read(&self.types, text)?,
        });
        self.cache.keep(&document);
        Ok(document)
    }

    /// The operation that is meant: the named one, or the only one.
    pub(crate) fn choose<'d>(
        &'d self,
        document: &'d Document,
        name: Option<&str>,
    ) -> Result<Chosen<'d>, ServerError> {
        let operation = document.valid.operations.get(name).map_err(|_| {
            let message = match name {
                Some(name) => format!("the document has no operation named \"{}\"", truncate(name)),
                None => "the document has several operations, and \"operationName\" names none".to_owned(),
            };
            refusal(ErrorCode::InvalidRequest, message)
        })?;
        Ok(Chosen {
            types: &self.types,
            document,
            operation,
        })
    }
}

impl Document {
    /// Puts lines and columns where the plan left offsets.
    pub(crate) fn locate(&self, errors: &mut [ServerError]) {
        location::locate(&self.text, errors);
    }
}

impl Chosen<'_> {
    pub(crate) fn is_subscription(&self) -> bool {
        self.operation.operation_type == OperationType::Subscription
    }

    /// What is to be executed with these variables.
    pub(crate) fn plan(&self, variables: Variables) -> Result<Plan, Vec<ServerError>> {
        let values = variables::coerce(self.types, self.operation, variables).map_err(|mut errors| {
            self.document.locate(&mut errors);
            errors
        })?;
        plan::plan(self.types, &self.document.valid, self.operation, &values).map_err(|error| {
            let mut errors = vec![error];
            self.document.locate(&mut errors);
            errors
        })
    }
}
