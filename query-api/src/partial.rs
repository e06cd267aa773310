//! What an error takes with it: its own field if that may be null, and else the nearest field above
//! that may.
//!
//! The library leaves a field with an error out of the answer, where clients count on a null.
//!
//! Every list of the schema has entries that may not be null, so an error in one takes the whole list.
//!
//! Source: GraphQL specification (October 2021), section 6.4.4, "Handling Field Errors".

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_graphql::{
    QueryPathNode, QueryPathSegment, Response, ServerError, ServerResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo},
};

/// Puts nulls where errors were.
pub(crate) struct Nulls;

impl ExtensionFactory for Nulls {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(NullsOfRequest::default())
    }
}

/// The errors of one request.
#[derive(Default)]
struct NullsOfRequest(Mutex<Broken>);

#[derive(Default)]
struct Broken {
    /// The errors of fields that are null because of them.
    errors: Vec<ServerError>,
    /// The paths of fields that cannot have a value because something below them has none. The empty
    /// path is the root.
    fields: HashSet<String>,
}

impl NullsOfRequest {
    /// A panic elsewhere cannot leave it half written.
    fn lock(&self) -> MutexGuard<'_, Broken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl Extension for NullsOfRequest {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        let mut broken = self.lock();
        response.errors.append(&mut broken.errors);
        if broken.fields.contains("") {
            response.data = Value::Null;
        }
        // A subscription is answered again.
        broken.fields.clear();
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let (path, nullable) = (info.path_node, !info.return_type.ends_with('!'));
        let resolved = next.run(ctx, info).await;
        let mut broken = self.lock();
        match resolved {
            Ok(value) if broken.fields.is_empty() => Ok(value),
            Ok(value) if !broken.fields.contains(&path.to_string()) => Ok(value),
            Ok(_incomplete) => {
                if !nullable {
                    broken.fields.insert(field_above(path));
                }
                Ok(None)
            }
            Err(error) if nullable => {
                broken.errors.push(error);
                Ok(None)
            }
            Err(error) => {
                broken.fields.insert(field_above(path));
                Err(error)
            }
        }
    }
}

/// The path of the field above, past the lists between.
fn field_above(path: &QueryPathNode<'_>) -> String {
    let mut above = path.parent;
    while let Some(node) = above {
        if matches!(node.segment, QueryPathSegment::Name(_)) {
            return node.to_string();
        }
        above = node.parent;
    }
    String::new()
}
