//! What can be subscribed to.

use async_graphql::{Context, Description, ID, Subscription};
use futures::{Stream, StreamExt as _, future};
use projections::{GenerationState, GenerationStatus, registry};

use crate::{
    argument::parse,
    changes::Changes,
    error::{QueryError, Result},
    freshness::Source,
    limits::{LIST_COST, ROOT_COST},
    reading::Reading,
    types::{Account, Order, Projection},
};

/// What can be subscribed to, over the protocol `graphql-transport-ws` at `/graphql/ws`.
///
/// Each subscription begins with how things are, so there is no need to ask first. Changes that follow
/// each other within a tenth of a second are told as one; the newest is always told.
#[derive(Description)]
pub(crate) struct Subscriptions;

#[Subscription(name = "Subscription", use_type_description)]
impl Subscriptions {
    /// An order as it is, and again whenever its state changed. One that does not exist yet is told when
    /// it does. Its payment is a read model of its own: money that follows later, as a refund does, changes the payment
    /// and not the order, and is not told here.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn order_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order's id.")] id: ID,
    ) -> Result<impl Stream<Item = Order>> {
        let id = parse("id", &id)?;
        let freshness = Reading::find(ctx)?.freshness.clone();
        Ok(changes(ctx)?.orders.follow(id).map(move |order| {
            freshness.begin_anew(Source::Orders.name(), order.position);
            Order::from(order)
        }))
    }

    /// An account as it is, and again whenever its balance changed. One that does not exist yet is told
    /// when it does.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn account_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's id.")] id: ID,
    ) -> Result<impl Stream<Item = Account>> {
        let id = parse("id", &id)?;
        let freshness = Reading::find(ctx)?.freshness.clone();
        Ok(changes(ctx)?.accounts.follow(id).map(move |account| {
            freshness.begin_anew(Source::Balances.name(), account.position);
            Account::from(account)
        }))
    }

    /// All generations of a read model, and again whenever one of them moved: how far a rebuild is, and how
    /// far the live one is behind the log. At most twice a second.
    #[graphql(complexity = "ROOT_COST + LIST_COST * child_complexity")]
    async fn projection_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The read model, such as `orders`.")] name: String,
    ) -> Result<impl Stream<Item = Vec<Projection>>> {
        let Some(model) = registry().iter().find(|model| model.name == name) else {
            return Err(QueryError::invalid("name", "must be the name of a read model"));
        };
        let freshness = Reading::find(ctx)?.freshness.clone();
        let mut told = Vec::new();
        let generations = changes(ctx)?.generations.follow(());
        Ok(generations.filter_map(move |all| {
            let of_name = all
                .iter()
                .filter(|generation| generation.projection == model.name);
            let now: Vec<_> = of_name.cloned().collect();
            // The others move, too.
            let is_news = now != told;
            told.clone_from(&now);
            if is_news {
                let is_live = |generation: &&GenerationStatus| generation.state == GenerationState::Live;
                let live = now.iter().find(is_live).or(now.first());
                freshness.begin_anew(model.name, live.map_or(0, |live| live.position));
            }
            future::ready(is_news.then(|| now.into_iter().map(Projection).collect()))
        }))
    }
}

fn changes<'c>(ctx: &'c Context<'_>) -> Result<&'c Changes> {
    ctx.data().map_err(|_| QueryError::NoContext)
}
