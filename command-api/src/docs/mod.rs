//! The description of the API and the pages that show it.

mod examples;
mod members;
mod rules;

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::from_fn_with_state,
};
use http_edge::{StaticPages, revalidated};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::{OpenApi, openapi::OpenApi as Description};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    orders::ReturnRequestedBody, problem::ProblemBody, products, refused::FieldError, response::AnswerBody,
    router, router::ApiState,
};

const DESCRIPTION_URL: &str = "/openapi.json";

/// The page may load what is beside it and talk to its own host, and no more. Styles are the exception:
/// Swagger UI writes some of its own into the page.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// What stands at the head of the description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Souk commands",
        description = "Commands change the shop; what it looks like is read through GraphQL.\n\n\
            A command that makes a new thing is answered with 201, every other one with 202. Either way it is \
            durable by then, and the answer names a position that a query may wait for.\n\n\
            Every error is `application/problem+json` with a stable `code`. Beside the members of RFC 9457 it may have \
            `field` and `errors`, which name what is to blame, and others that depend on the code.\n\n\
            The examples refer to the demo shop (`souk up --demo`). Placing an order, depositing money and receiving \
            goods work as shown. Commands that work only once, such as shipping an order, are refused with the reason.\n\n\
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
    let mut description = OpenApiRouter::with_openapi(Head::openapi())
        .merge(router::commands())
        .merge(products::import_routes())
        .into_openapi();
    rules::complete(&mut description);
    description
}

/// `/openapi.json`, and Swagger UI at `/docs`, served from the binary.
pub(crate) fn pages() -> Router<ApiState> {
    // Without this the page would ask a server of its makers whether the description is valid.
    let config = Config::default().validator_url("none");
    let ui = SwaggerUi::new("/docs").url(DESCRIPTION_URL, openapi());
    let kept = from_fn_with_state(StaticPages::default(), revalidated);
    Router::from(ui.config(config))
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
        .layer(kept)
}
