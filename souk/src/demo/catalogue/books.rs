//! Books.

use super::category::{BOOKS, Category, Choice, REDUCED};

const EDITIONS: Choice = Choice {
    values: &["Paperback", "Hardback"],
    step_percent: 70,
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        path: "books/fiction/novels",
        code: "NOV",
        brands: &[
            "Mara Lindqvist",
            "Tomasz Adler",
            "Inês Carvalho",
            "Ruth Okafor",
            "Julian Brandt",
        ],
        series: (
            &[
                "The Salt",
                "The Winter",
                "A Quiet",
                "The Glass",
                "The Last",
                "The Northern",
                "A Borrowed",
                "The Lost",
            ],
            &[
                " Road", " Harbour", " Garden", " Orchard", " Letter", " Summer", " House",
            ],
        ),
        nouns: &[
            ("a Novel", "a novel"),
            ("a Crime Novel", "a crime novel"),
            ("a Family Saga", "a family saga"),
        ],
        materials: &[
            "a lighthouse keeper's daughter who returns after twenty years",
            "two brothers and the inn that neither of them wanted",
            "a translator who finds her own name in a stranger's diary",
            "a village that votes to move up the hill",
            "a winter in which the ferry does not come",
        ],
        features: &[
            "keeps its secret until the last chapter",
            "makes one laugh on the saddest page",
            "moves at the pace of the tide",
            "lets every character be right once",
            "stays in the mind for weeks",
        ],
        uses: &[
            "long evenings",
            "train journeys",
            "reading circles",
            "a weekend without plans",
        ],
        notes: &[
            "It was short-listed for two prizes.",
            "Printed on paper from certified forests.",
        ],
        tags: &["book", "fiction", "reading"],
        price_eur: (11, 19),
        tax_rate_bp: REDUCED,
        choice: EDITIONS,
        wording: &BOOKS,
    },
    Category {
        path: "books/non-fiction/cookbooks",
        code: "CKB",
        brands: &[
            "Leonie Faber",
            "Paolo Rinaldi",
            "Asha Menon",
            "Hanne Dahl",
            "Youssef Karam",
        ],
        series: (
            &[
                "The Slow",
                "The Green",
                "One-Pot",
                "The Sunday",
                "Simple",
                "The Little",
                "Everyday",
                "The Open",
            ],
            &[
                " Kitchen", " Table", " Oven", " Pantry", " Feast", " Stove", " Market",
            ],
        ),
        nouns: &[
            ("a Cookbook", "a cookbook"),
            ("Recipes", "a book of recipes"),
            ("a Baking Book", "a baking book"),
        ],
        materials: &[
            "dishes that cook themselves while you do something else",
            "vegetables in all four seasons",
            "bread, from the starter to the crust",
            "the food of a grandmother who never weighed anything",
            "suppers that are on the table in half an hour",
        ],
        features: &[
            "explains why and not only how",
            "gets by with what any shop sells",
            "lies flat beside the stove",
            "has a photograph for every dish",
            "tells what to do with the leftovers",
        ],
        uses: &[
            "beginners who want to stay curious",
            "families",
            "cooks who are tired of their ten dishes",
            "presents",
        ],
        notes: &[
            "All recipes were tested in ordinary kitchens.",
            "It has a ribbon and an index by ingredient.",
        ],
        tags: &["book", "cooking", "gift"],
        price_eur: (18, 32),
        tax_rate_bp: REDUCED,
        choice: EDITIONS,
        wording: &BOOKS,
    },
    Category {
        path: "books/children/picture-books",
        code: "PIC",
        brands: &[
            "Pia Sommer",
            "Oskar Lund",
            "Mina Takeda",
            "Beatriz Luz",
            "Finn O'Hara",
        ],
        series: (
            &[
                "The Brave",
                "The Sleepy",
                "A Very Small",
                "The Grumpy",
                "Little",
                "The Forgetful",
                "My Friend the",
                "The Travelling",
            ],
            &[
                " Badger",
                " Whale",
                " Owl",
                " Hedgehog",
                " Snail",
                " Fox",
                " Bear",
            ],
        ),
        nouns: &[
            ("a Picture Book", "a picture book"),
            ("a Bedtime Story", "a bedtime story"),
            ("a Board Book", "a board book"),
        ],
        materials: &[
            "an animal that would rather stay at home",
            "the longest night of the year and a lost mitten",
            "a journey to the other side of the pond",
            "a birthday to which nobody was invited by mistake",
            "how to say sorry when you are very large",
        ],
        features: &[
            "rhymes without creaking",
            "hides a mouse on every page",
            "is drawn in crayon and watercolour",
            "can be read aloud a hundred times",
            "ends with everybody asleep",
        ],
        uses: &[
            "reading aloud at bedtime",
            "children from three years on",
            "grandparents and grandchildren",
            "first readers",
        ],
        notes: &[
            "The corners are round and the pages are thick.",
            "The inks are safe for those who chew books.",
        ],
        tags: &["book", "children", "bedtime"],
        price_eur: (9, 17),
        tax_rate_bp: REDUCED,
        choice: Choice {
            values: &[],
            step_percent: 0,
        },
        wording: &BOOKS,
    },
];
