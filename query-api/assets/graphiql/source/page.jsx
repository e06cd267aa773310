// The GraphiQL page: an editor for the endpoint beside it, with nothing from any other host.

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import "graphiql/graphiql.css";

const EXAMPLE = `# Ask on the left, read on the right. Ctrl-Space completes, Ctrl-Enter runs.
# The book icon shows everything there is to ask for.
#
# A command over REST answers with the position that it wrote. A field that is given it
# as atLeastPosition answers with what was written.

query Catalogue {
  products(first: 5, filter: { inStock: true }, sort: NEWEST) {
    totalCount
    edges {
      node {
        name
        variants {
          sku
          price(currency: "EUR") { formatted }
          stock { available }
        }
      }
    }
  }
}
`;

const fetcher = createGraphiQLFetcher({
  url: new URL("graphql", document.baseURI).pathname,
  subscriptionUrl: new URL("graphql/ws", document.baseURI.replace(/^http/, "ws")).href,
});

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL fetcher={fetcher} defaultQuery={EXAMPLE} isHeadersEditorEnabled shouldPersistHeaders={false} />,
);
