//! The description of the API and the pages that show it.

use axum::Router;
use utoipa::{OpenApi, openapi::OpenApi as Description};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    orders::ReturnRequestedBody, problem::ProblemBody, products, refused::FieldError, response::AnswerBody,
    router, router::ApiState,
};

const DESCRIPTION_URL: &str = "/openapi.json";

/// What stands at the head of the description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Souk commands",
        description = "Commands change the shop; what it looks like is read through GraphQL.\n\n\
            A command that makes a new thing is answered with 201, every other one with 202. Either way it is \
            durable by then, and the answer names a position that a query may wait for.\n\n\
            Every error is `application/problem+json` with a stable `code`.\n\n\
            No card number may come in: a command with one in any of its fields is refused with \
            `card_number_refused`. Cards are named by the tokens of the payment gateway.",
        license(name = "Apache-2.0 OR MIT"),
    ),
    components(schemas(AnswerBody, FieldError, ProblemBody, ReturnRequestedBody)),
    tags(
        (name = "accounts", description = "Money of customers"),
        (name = "orders", description = "What customers buy"),
        (name = "payments", description = "The money of an order"),
        (name = "products", description = "What the shop sells"),
        (name = "stock", description = "What the warehouses hold"),
        (name = "subscriptions", description = "What customers pay every period"),
        (name = "warehouses", description = "Where goods lie"),
        (name = "webhooks", description = "What others tell the shop"),
    ),
)]
struct Head;

/// The description of the API as OpenAPI 3.1. It is the same for every state.
pub fn openapi() -> Description {
    OpenApiRouter::with_openapi(Head::openapi())
        .merge(router::commands())
        .merge(products::import_routes())
        .into_openapi()
}

/// `/openapi.json`, and Swagger UI at `/docs`, served from the binary.
pub(crate) fn pages() -> Router<ApiState> {
    // Without this the page would ask a server of its makers whether the description is valid.
    let config = Config::default().validator_url("none");
    let ui = SwaggerUi::new("/docs").url(DESCRIPTION_URL, openapi());
    Router::from(ui.config(config))
}
