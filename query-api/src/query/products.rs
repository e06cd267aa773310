//! `product` and `products`.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject, connection::Edge};
use projections::{
    PageRequest,
    catalogue::{CatalogueFilter, Found, PriceRange, Sort},
    value::{Currency, Slug},
};

use crate::{
    argument::{parse, parse_optional},
    connection::{Connection, page_request},
    error::{QueryError, Result},
    freshness::Source,
    limits::{ROOT_COST, page_cost},
    reading::Reading,
    types::{MinorUnits, Position, Product, Units},
};

/// The part of the root that is about products.
#[derive(Default)]
pub(crate) struct ProductQuery;

/// Which products are wanted. Absent conditions are met by every product.
#[derive(Default, InputObject)]
pub(crate) struct ProductFilter {
    /// Only those in this category or below it, a path such as `audio/headphones`.
    category: Option<String>,
    /// Only those whose cheapest variant costs this much or more, in `currency`.
    price_min: Option<MinorUnits>,
    /// Only those whose cheapest variant costs this much or less, in `currency`.
    price_max: Option<MinorUnits>,
    /// The currency of prices, also of an order by price, as three letters of ISO 4217.
    currency: Option<String>,
    /// Only those that are in stock (true) or out of stock (false).
    in_stock: Option<bool>,
    /// Only those that can be bought (true, also if absent) or that cannot (false).
    active: Option<bool>,
}

/// Which products come first. What is equal comes newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ProductSort {
    /// What fits the text best.
    Relevance,
    /// The newest.
    Newest,
    /// The cheapest in `filter.currency`; what has no price in it comes last.
    PriceAsc,
    /// The dearest in `filter.currency`; what has no price in it comes last.
    PriceDesc,
}

/// What is known of all pages together.
#[derive(SimpleObject)]
pub(crate) struct ProductTotals {
    /// How many there are on all pages.
    total_count: Units,
}

#[Object]
impl ProductQuery {
    /// A product by one of its id, its slug or the SKU of one of its variants; null when there is none.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product's id.")] id: Option<ID>,
        #[graphql(desc = "The readable part of its address.")] slug: Option<String>,
        #[graphql(desc = "The SKU of one of its variants.")] sku: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Product>> {
        let sources = [Source::Products];
        let product = match (id, slug, sku) {
            (Some(id), None, None) => {
                let id = parse("id", &id)?;
                let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
                reading.loaders.products.load_one(id).await?
            }
            (None, Some(slug), None) => {
                let slug = Slug::try_from(slug).map_err(|error| QueryError::invalid("slug", error.rule))?;
                let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
                reading
                    .read_models
                    .products()
                    .product_by_slug(slug.as_str())
                    .await?
            }
            (None, None, Some(sku)) => {
                let sku = parse("sku", &sku)?;
                let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
                reading.read_models.products().product_by_sku(&sku).await?
            }
            _ => {
                return Err(QueryError::invalid(
                    "id",
                    "or \"slug\" or \"sku\" must be given, and one alone",
                ));
            }
        };
        Ok(product.map(Product))
    }

    /// Searches the catalogue: full text, conditions, order.
    ///
    /// A product that is so new that it can be found but not yet shown is left out of its page.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text to search for; everything is found if it is absent or empty.")]
        query: Option<String>,
        #[graphql(desc = "Which products; all that can be bought if absent.")] filter: Option<ProductFilter>,
        #[graphql(desc = "Which come first; by relevance if absent.")] sort: Option<ProductSort>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Connection<Product, ProductTotals>>> {
        let page = page_request(first, after)?;
        let filter = filter.unwrap_or_default();
        let currency = parse_optional("filter.currency", filter.currency.as_deref())?;
        let sort = sort.unwrap_or(ProductSort::Relevance).read(currency)?;
        let filter = filter.read(currency)?;
        let sources = [Source::Catalogue, Source::Products];
        let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
        let text = query.unwrap_or_default();
        let found = reading
            .read_models
            .catalogue()
            .search(&text, filter, sort, &page)
            .await?;
        shown(reading, &page, found).await.map(Some)
    }
}

/// The products that were found, as they are today.
async fn shown(
    reading: &Reading,
    page: &PageRequest,
    found: Found,
) -> Result<Connection<Product, ProductTotals>> {
    let ids: Vec<_> = found.hits.iter().map(|hit| hit.product_id).collect();
    let mut products = reading.read_models.products().products_by_id(&ids).await?;
    let totals = ProductTotals {
        total_count: Units(i64::try_from(found.total).unwrap_or(i64::MAX)),
    };
    let mut connection =
        Connection::with_additional_fields(page.after.is_some(), found.has_next_page, totals);
    connection.edges.extend(found.hits.into_iter().filter_map(|hit| {
        let product = products.remove(&hit.product_id)?;
        Some(Edge::new(hit.cursor.to_string(), Product(product)))
    }));
    Ok(connection)
}

impl ProductFilter {
    fn read(self, currency: Option<Currency>) -> Result<CatalogueFilter> {
        let amount = |argument, amount: Option<MinorUnits>| match amount {
            Some(MinorUnits(amount)) if amount < 0 => Err(QueryError::invalid(argument, "must be 0 or more")),
            amount => Ok(amount.map(|MinorUnits(amount)| amount)),
        };
        let min = amount("filter.priceMin", self.price_min)?;
        let max = amount("filter.priceMax", self.price_max)?;
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            return Err(QueryError::invalid(
                "filter.priceMax",
                "must not be below \"filter.priceMin\"",
            ));
        }
        let price = match (min.or(max), currency) {
            (None, _) => None,
            (Some(_), None) => return Err(currency_missing()),
            (Some(_), Some(currency)) => Some(PriceRange { currency, min, max }),
        };
        let active = Some(self.active.unwrap_or(true));
        Ok(CatalogueFilter {
            category: self.category,
            price,
            in_stock: self.in_stock,
            active,
        })
    }
}

impl ProductSort {
    fn read(self, currency: Option<Currency>) -> Result<Sort> {
        match self {
            Self::Relevance => Ok(Sort::Relevance),
            Self::Newest => Ok(Sort::Newest),
            Self::PriceAsc => currency.map(Sort::PriceAscending).ok_or_else(currency_missing),
            Self::PriceDesc => currency.map(Sort::PriceDescending).ok_or_else(currency_missing),
        }
    }
}

fn currency_missing() -> QueryError {
    QueryError::invalid("filter.currency", "must be given where prices are compared")
}
