//! `product` and `products`.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use projections::{
    ReadModelError,
    catalogue::{
        AttributeFilter, CatalogueFilter, MAX_ATTRIBUTES, MAX_SUGGESTIONS, MAX_VALUES, PriceRange,
        SearchRequest, Sort,
    },
    value::{Currency, Slug},
};

use crate::{
    argument::{parse, parse_optional},
    connection::Paging,
    error::{QueryError, Result},
    freshness::Source,
    limits::{ROOT_COST, page_cost},
    reading::Reading,
    types::{MinorUnits, Position, Product, ProductBy, ProductConnection, Suggestion},
};

/// How many suggestions there are when nobody says how many.
const SUGGESTIONS: u32 = 10;

/// The part of the root that is about products.
#[derive(Default)]
pub(crate) struct ProductQuery;

/// Which products are wanted: those that can be bought and meet all conditions. An absent condition is met
/// by every product.
#[derive(Default, InputObject)]
pub(crate) struct ProductFilter {
    /// Only those in this category or below it, a path such as `audio/headphones` in any case.
    category: Option<String>,
    /// Only those whose cheapest variant costs this much or more, in `currency`. With `inStock: true` it is the
    /// cheapest of those in stock, also where products are sorted by price or counted.
    price_min: Option<MinorUnits>,
    /// Only those whose cheapest variant costs this much or less, in `currency`; the same variant as for
    /// `priceMin`.
    price_max: Option<MinorUnits>,
    /// The currency of prices, also of an order by price, as three letters of ISO 4217.
    currency: Option<String>,
    /// Only those that are in stock (true) or out of stock (false).
    in_stock: Option<bool>,
    /// Only those that have one of the values of each of these attributes, at most 20.
    attributes: Option<Vec<ProductAttribute>>,
}

/// A condition on an attribute of products.
#[derive(InputObject)]
pub(crate) struct ProductAttribute {
    /// The attribute, as facets name it: `colour` for tags such as `colour:blue`, and `tag` for tags without
    /// a colon. Case makes no difference.
    name: String,
    /// Any of these values, from 1 to 50, in any case.
    values: Vec<String>,
}

/// Which products come first. What is equal comes newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ProductSort {
    /// What fits the text best.
    Relevance,
    /// The newest.
    Newest,
    /// What was ordered most often.
    Popularity,
    /// The cheapest in `filter.currency`; what has no price in it comes last.
    PriceAsc,
    /// The dearest in `filter.currency`; what has no price in it comes last.
    PriceDesc,
    /// By name, from A to Z; capitals, accents and signs make no difference.
    Name,
}

#[Object]
impl ProductQuery {
    /// A product by one of its id, its slug or the SKU of one of its variants; null when there is none.
    ///
    /// It is named by `by`, or by one of `id`, `slug` and `sku`, which came before.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which product.")] by: Option<ProductBy>,
        #[graphql(desc = "The product's id.")] id: Option<ID>,
        #[graphql(desc = "The readable part of its address.")] slug: Option<String>,
        #[graphql(desc = "The SKU of one of its variants.")] sku: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Product>> {
        let named = [
            by,
            id.map(ProductBy::Id),
            slug.map(ProductBy::Slug),
            sku.map(ProductBy::Sku),
        ];
        let mut named = named.into_iter().flatten();
        let (Some(by), None) = (named.next(), named.next()) else {
            return Err(QueryError::invalid(
                "by",
                "or \"id\" or \"slug\" or \"sku\" must be given, and one alone",
            ));
        };
        let sources = [Source::Products];
        let product = match by {
            ProductBy::Id(id) => {
                let id = parse("id", &id)?;
                let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
                reading.loaders.products.load_one(id).await?
            }
            ProductBy::Slug(slug) => {
                let slug = Slug::try_from(slug).map_err(|error| QueryError::invalid("slug", error.rule))?;
                let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
                reading
                    .read_models
                    .products()
                    .product_by_slug(slug.as_str())
                    .await?
            }
            ProductBy::Sku(sku) => {
                let sku = parse("sku", &sku)?;
                let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
                reading.read_models.products().product_by_sku(&sku).await?
            }
        };
        Ok(product.map(Product))
    }

    /// Searches the catalogue: full text, conditions, order, and what could be chosen further.
    ///
    /// Words are found in all their forms, together and apart (`powerbank`, `power bank`), with and without
    /// accents; parts of SKUs are found too. The last word is also a beginning. First comes what has the word as
    /// it was typed, then what has a word that begins so. A letter is taken for wrong only where both find nothing.
    /// Where no product has all words, `partial` is true and products have some of them.
    ///
    /// `"green tea"` finds these words in a row, `-glass` leaves out what has the word. Signs alone find
    /// products that have them.
    ///
    /// What cannot be bought is never found. A product that is so new that it can be found but not yet shown is
    /// left out of its page; `pageInfo.endCursor` is that of the last one that was found, shown or not.
    ///
    /// Cursors stay good while the shop changes: a product is met twice or not at all only if its own price,
    /// popularity or text changed between two pages in a way that moves it across the cursor. One of
    /// another search is refused.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text to search for; everything is found if it is absent or blank.")]
        query: Option<String>,
        #[graphql(desc = "Which products; all that can be bought if absent.")] filter: Option<ProductFilter>,
        #[graphql(desc = "Which come first; by relevance if absent.")] sort: Option<ProductSort>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<ProductConnection>> {
        let filter = filter.unwrap_or_default();
        let currency = parse_optional("filter.currency", filter.currency.as_deref())?;
        // What nobody asks for is not worked out.
        let wanted = ctx.look_ahead();
        let text = query.unwrap_or_default();
        let sort = sort.unwrap_or(ProductSort::Relevance).read(currency)?;
        let filter = filter.read(currency)?;
        let paging = Paging::new("products", &(&text, &sort, &filter), first, after)?;
        let request = SearchRequest {
            text,
            sort,
            filter,
            page: paging.request.clone(),
            facet_currency: currency,
            facets: wanted.field("facets").exists(),
            highlights: wanted.field("edges").field("highlights").exists(),
        };
        let sources = [Source::Catalogue, Source::Products];
        let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
        let found = reading.read_models.catalogue().search(request).await?;
        let ids: Vec<_> = found.hits.iter().map(|hit| hit.product_id).collect();
        let products = reading.read_models.products().products_by_id(&ids).await?;
        Ok(Some(ProductConnection::new(&paging, found, products)))
    }

    /// What a person who has typed so much may be about to type: words that many products have, categories,
    /// SKUs, and products by their names, the most popular first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was typed so far; nothing is suggested for nothing.")] prefix: String,
        #[graphql(desc = "How many, from 1 to 20; 10 if absent.")] first: Option<i32>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Vec<Suggestion>>> {
        let first = first.map_or(Ok(SUGGESTIONS), u32::try_from);
        let allowed =
            |first: &u32| usize::try_from(*first).is_ok_and(|first| (1..=MAX_SUGGESTIONS).contains(&first));
        let Some(first) = first.ok().filter(allowed) else {
            return Err(QueryError::invalid(
                "first",
                format!("must be between 1 and {MAX_SUGGESTIONS}"),
            ));
        };
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Catalogue]).await?;
        let suggestions = reading.read_models.catalogue().suggestions(&prefix, first).await;
        let suggestions = suggestions.map_err(|error| match error {
            ReadModelError::Query => QueryError::invalid("prefix", "is too long"),
            error => error.into(),
        })?;
        Ok(Some(suggestions.into_iter().map(Suggestion::from).collect()))
    }
}

impl ProductFilter {
    fn read(self, currency: Option<Currency>) -> Result<CatalogueFilter> {
        let amount = |argument, amount: Option<MinorUnits>| match amount {
            Some(MinorUnits(amount)) if amount < 0 => Err(QueryError::invalid(argument, "must be 0 or more")),
            // No price is beyond 64 bits, so a bound beyond them means the same as the largest.
            amount => Ok(amount.map(|MinorUnits(amount)| i64::try_from(amount).unwrap_or(i64::MAX))),
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
        let attributes = self.attributes.unwrap_or_default();
        let rule = |attribute: &ProductAttribute| (1..=MAX_VALUES).contains(&attribute.values.len());
        if attributes.len() > MAX_ATTRIBUTES || !attributes.iter().all(rule) {
            return Err(QueryError::invalid(
                "filter.attributes",
                format!("must be at most {MAX_ATTRIBUTES}, each with 1 to {MAX_VALUES} values"),
            ));
        }
        let attribute = |attribute: ProductAttribute| AttributeFilter {
            name: attribute.name,
            values: attribute.values,
        };
        Ok(CatalogueFilter {
            category: self.category,
            price,
            in_stock: self.in_stock,
            attributes: attributes.into_iter().map(attribute).collect(),
        })
    }
}

impl ProductSort {
    fn read(self, currency: Option<Currency>) -> Result<Sort> {
        match self {
            Self::Relevance => Ok(Sort::Relevance),
            Self::Newest => Ok(Sort::Newest),
            Self::Popularity => Ok(Sort::Popularity),
            Self::Name => Ok(Sort::Name),
            Self::PriceAsc => currency.map(Sort::PriceAscending).ok_or_else(currency_missing),
            Self::PriceDesc => currency.map(Sort::PriceDescending).ok_or_else(currency_missing),
        }
    }
}

fn currency_missing() -> QueryError {
    QueryError::invalid("filter.currency", "must be given where prices are compared")
}
