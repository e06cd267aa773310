//! What the query side tells of sagas, as the process managers know it.

use std::collections::HashMap;

use async_trait::async_trait;
use process_managers::inspect;
use projections::value::OrderId;
use query_api::{SagaError, SagaView, SagaViews};
use sqlx::PgPool;

/// Reads sagas with the rights of a reader.
pub(crate) struct Sagas(pub(crate) PgPool);

#[async_trait]
impl SagaViews for Sagas {
    async fn sagas(&self, orders: &[OrderId]) -> Result<HashMap<OrderId, SagaView>, SagaError> {
        let ids: Vec<String> = orders.iter().map(OrderId::to_string).collect();
        let mut found = inspect::sagas(&self.0, &ids).await.map_err(SagaError::new)?;
        let view = |saga: inspect::SagaView| SagaView {
            state: saga.state,
            step: saga.step,
            tries: saga.tries,
            deadline: saga.deadline,
            last_error: saga.last_error,
        };
        Ok(orders
            .iter()
            .zip(&ids)
            .filter_map(|(order, id)| Some((*order, view(found.remove(id)?))))
            .collect())
    }
}
