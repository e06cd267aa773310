//! `ProductConnection`: a page of what a search found.
//!
//! Its shape is that of every other connection. Unlike theirs, its last cursor may be that of a product that
//! is not on the page: one that the search has already and the products do not have yet, or no longer. A
//! client that pages through a list must always get to its end.

use std::collections::HashMap;

use async_graphql::{ComplexObject, SimpleObject, connection::PageInfo};
use projections::{catalogue::Found, value::ProductId};

use super::{Product, ProductFacets, ProductHighlights, Units};
use crate::connection::Paging;

// It has no description, as no other connection has.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct ProductConnection {
    /// Information to aid in pagination.
    page_info: PageInfo,
    /// A list of edges.
    edges: Vec<ProductEdge>,
    /// How many there are on all pages.
    total_count: Units,
    /// What could be chosen further.
    facets: Option<ProductFacets>,
    /// Words that no product has, and what was searched for instead.
    corrections: Vec<SearchCorrection>,
    /// Whether no product has all that was searched for, so that these have only a part of it.
    partial: bool,
    /// Words that were left out because no product has them, nor any like them.
    left_out: Vec<String>,
}

/// An edge in a connection.
#[derive(SimpleObject)]
pub(crate) struct ProductEdge {
    /// The item at the end of the edge
    node: Product,
    /// A cursor for use in pagination
    cursor: String,
    /// Where the product has the words that were searched for.
    highlights: Option<ProductHighlights>,
}

/// A word that no product has, and the one that was taken for it.
#[derive(SimpleObject)]
pub(crate) struct SearchCorrection {
    /// As it was typed, in small letters.
    typed: String,
    /// As products have it.
    meant: String,
}

#[ComplexObject]
impl ProductConnection {
    /// A list of nodes.
    async fn nodes(&self) -> Vec<&Product> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }
}

impl ProductConnection {
    /// The products that were found, as they are today. Those that are not there are left out.
    pub(crate) fn new(
        paging: &Paging,
        found: Found,
        mut products: HashMap<ProductId, projections::products::Product>,
    ) -> Self {
        let cursor = |hit: Option<&projections::catalogue::Hit>| hit.map(|hit| paging.bind(&hit.cursor));
        let page_info = PageInfo {
            has_previous_page: paging.has_previous_page(),
            has_next_page: found.has_next_page,
            start_cursor: cursor(found.hits.first()),
            end_cursor: cursor(found.hits.last()),
        };
        let edges = found.hits.into_iter().filter_map(|hit| {
            Some(ProductEdge {
                node: Product(products.remove(&hit.product_id)?),
                cursor: paging.bind(&hit.cursor),
                highlights: hit.highlights.map(ProductHighlights::from),
            })
        });
        let corrections = found.corrections.into_iter().map(|correction| SearchCorrection {
            typed: correction.typed,
            meant: correction.meant,
        });
        Self {
            page_info,
            edges: edges.collect(),
            total_count: Units(i64::try_from(found.total).unwrap_or(i64::MAX)),
            facets: found.facets.map(ProductFacets::from),
            corrections: corrections.collect(),
            partial: found.is_partial,
            left_out: found.left_out,
        }
    }
}
