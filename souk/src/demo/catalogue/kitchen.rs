//! Things for the kitchen.

use super::category::{Category, Choice, GENERAL, GOODS, SINGLE};

const BRANDS: &[&str] = &[
    "Kessler & Daughter",
    "Ostara",
    "Brunnhof",
    "Casa Lume",
    "Fjellvik",
];

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        path: "home/kitchen/cookware",
        code: "COO",
        brands: BRANDS,
        series: (
            &["Bistro", "Forge", "Hearth", "Provence", "Sauté"],
            &["", " Classic", " Duo", " Chef"],
        ),
        nouns: &[
            ("Frying Pan", "a frying pan"),
            ("Casserole", "a heavy casserole"),
            ("Saucepan", "a saucepan"),
            ("Wok", "a deep wok"),
        ],
        materials: &[
            "hand-forged iron",
            "enamelled cast iron",
            "five-ply stainless steel",
            "hard-anodised aluminium",
        ],
        features: &[
            "spreads the heat evenly up to the rim",
            "goes from the hob into the oven",
            "pours without a drop going astray",
            "gets better with every year of use",
            "works on induction",
        ],
        uses: &[
            "slow Sunday stews",
            "quick suppers",
            "searing meat and mushrooms",
            "large families",
        ],
        notes: &[
            "The handle stays cool.",
            "It is guaranteed for twenty-five years.",
        ],
        tags: &["cooking", "induction", "oven-safe"],
        price_eur: (35, 260),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["20 cm", "24 cm", "28 cm"],
            step_percent: 18,
        },
        wording: &GOODS,
    },
    Category {
        path: "home/kitchen/knives",
        code: "KNI",
        brands: BRANDS,
        series: (
            &["Akebono", "Edge", "Solinger", "Whet", "Kestrel"],
            &["", " Damask", " Master", " Home"],
        ),
        nouns: &[
            ("Chef's Knife", "a chef's knife"),
            ("Santoku Knife", "a santoku knife"),
            ("Bread Knife", "a bread knife"),
            ("Paring Knife", "a small paring knife"),
        ],
        materials: &[
            "carbon steel",
            "67-layer damask steel",
            "stainless steel",
            "powder steel",
        ],
        features: &[
            "keeps its edge for months",
            "lies balanced in the hand",
            "glides through ripe tomatoes",
            "can be sharpened on any stone",
            "has a handle of stabilised maple",
        ],
        uses: &[
            "everyday cooking",
            "fine slices",
            "cooks who sharpen their own knives",
            "gifts that last",
        ],
        notes: &[
            "Wash it by hand and dry it at once.",
            "It comes in a box of unbleached cardboard.",
        ],
        tags: &["cooking", "steel", "gift"],
        price_eur: (25, 240),
        tax_rate_bp: GENERAL,
        choice: SINGLE,
        wording: &GOODS,
    },
    Category {
        path: "home/kitchen/coffee-makers",
        code: "COF",
        brands: BRANDS,
        series: (
            &["Barista", "Crema", "Drip", "Mattina", "Ristretto"],
            &["", " One", " Grande", " Steel"],
        ),
        nouns: &[
            ("Espresso Pot", "an espresso pot for the hob"),
            ("French Press", "a French press"),
            ("Pour-Over Set", "a pour-over set"),
            ("Hand Grinder", "a hand grinder"),
        ],
        materials: &[
            "stainless steel",
            "borosilicate glass and cork",
            "glazed porcelain",
            "polished aluminium",
        ],
        features: &[
            "brews without paper filters",
            "keeps coffee hot for an hour",
            "comes apart for cleaning in seconds",
            "gives an even grind from fine to coarse",
            "takes up little room on the shelf",
        ],
        uses: &[
            "the first cup of the day",
            "small kitchens",
            "long breakfasts",
            "coffee on the campsite",
        ],
        notes: &[
            "Every seal is available as a spare part.",
            "It is safe in the dishwasher.",
        ],
        tags: &["coffee", "breakfast", "gift"],
        price_eur: (18, 129),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["3 Cups", "6 Cups", "9 Cups"],
            step_percent: 20,
        },
        wording: &GOODS,
    },
    Category {
        path: "home/kitchen/tableware",
        code: "TAB",
        brands: BRANDS,
        series: (
            &["Dune", "Frost", "Meadow", "Pebble", "Tide"],
            &["", " Rim", " Matt", " Speckled"],
        ),
        nouns: &[
            ("Dinner Plates", "a set of dinner plates"),
            ("Bowls", "a set of deep bowls"),
            ("Mugs", "a set of mugs"),
            ("Serving Dish", "a wide serving dish"),
        ],
        materials: &[
            "stoneware",
            "bone china",
            "recycled glass",
            "hand-glazed earthenware",
        ],
        features: &[
            "stacks neatly",
            "stands up to the dishwasher",
            "is glazed by hand",
            "keeps its colour for years",
            "goes with what you already have",
        ],
        uses: &[
            "every day and for guests",
            "long tables",
            "breakfast in the garden",
            "a first flat of one's own",
        ],
        notes: &[
            "Single pieces can be bought again for at least ten years.",
            "It is free of lead and cadmium.",
        ],
        tags: &["table", "ceramics", "guests"],
        price_eur: (16, 95),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["Set of 2", "Set of 4", "Set of 6"],
            step_percent: 60,
        },
        wording: &GOODS,
    },
    Category {
        path: "home/kitchen/storage-jars",
        code: "JAR",
        brands: BRANDS,
        series: (
            &["Cellar", "Larder", "Pantry", "Preserve", "Store"],
            &["", " Round", " Square", " Stack"],
        ),
        nouns: &[
            ("Storage Jar", "a storage jar"),
            ("Bread Bin", "a bread bin"),
            ("Spice Jar", "a spice jar"),
            ("Lunch Box", "a lunch box"),
        ],
        materials: &[
            "glass and beech",
            "enamelled steel",
            "glazed clay",
            "brushed steel",
        ],
        features: &[
            "closes airtight",
            "stacks without wobbling",
            "keeps bread fresh for days",
            "lets you see what is left",
            "takes a label on its lid",
        ],
        uses: &[
            "flour, rice and pasta",
            "tidy shelves",
            "leftovers and packed lunches",
            "shopping without packaging",
        ],
        notes: &[
            "The lid fits every jar of the series.",
            "The seal can be replaced.",
        ],
        tags: &["storage", "kitchen", "zero-waste"],
        price_eur: (8, 49),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["0.5 l", "1 l", "1.5 l", "2 l"],
            step_percent: 22,
        },
        wording: &GOODS,
    },
];
