//! Toys, games and the garden.

use super::category::{COLOURS, Category, Choice, GENERAL, GOODS, SINGLE};

const TOYS: &[&str] = &["Holzwurm", "Merry Fox", "Kobold & Kin", "Tinkerly", "Papageno"];
const GARDEN: &[&str] = &["Gartenlust", "Thornbury", "Rosendal", "Spade & Seed", "Verdania"];

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        path: "toys/games/board-games",
        code: "BGA",
        brands: TOYS,
        series: (
            &["Caravan", "Islands", "Lanterns", "Owls and Oaks", "Tidewater"],
            &["", " Duel", " Junior", " Legends"],
        ),
        nouns: &[
            ("Board Game", "a board game"),
            ("Card Game", "a card game"),
            ("Dice Game", "a dice game"),
        ],
        materials: &[
            "thick cardboard and beech",
            "linen-finished cards",
            "wood and recycled paper",
            "sturdy card and felt",
        ],
        features: &[
            "is explained in five minutes",
            "plays differently every time",
            "keeps everybody at the table to the end",
            "can be won by children, too",
            "is over within an hour",
        ],
        uses: &[
            "two to five players",
            "rainy Sundays",
            "families with children from eight years on",
            "evenings with friends",
        ],
        notes: &[
            "The rules come in four languages.",
            "Lost pieces are replaced free of charge.",
        ],
        tags: &["game", "family", "gift"],
        price_eur: (12, 59),
        tax_rate_bp: GENERAL,
        choice: SINGLE,
        wording: &GOODS,
    },
    Category {
        path: "toys/wooden/building-blocks",
        code: "BLO",
        brands: TOYS,
        series: (
            &["Archway", "Castle", "Harbour Town", "Railway", "Tree House"],
            &["", " Starter", " Rainbow", " Nature"],
        ),
        nouns: &[
            ("Building Blocks", "a set of building blocks"),
            ("Marble Run", "a marble run"),
            ("Stacking Toy", "a stacking toy"),
        ],
        materials: &[
            "beech from local forests",
            "oiled maple",
            "lime wood and plant dyes",
            "birch plywood",
        ],
        features: &[
            "fits together with every other set",
            "has edges that are rounded by hand",
            "stays steady up to great heights",
            "trains small hands",
            "tidies away into its own box",
        ],
        uses: &[
            "children from two years on",
            "builders of every age",
            "nurseries",
            "quiet afternoons",
        ],
        notes: &[
            "It meets the European safety standard for toys.",
            "The colours do not come off when chewed.",
        ],
        tags: &["toy", "wood", "children"],
        price_eur: (15, 89),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["40 Pieces", "80 Pieces", "120 Pieces"],
            step_percent: 45,
        },
        wording: &GOODS,
    },
    Category {
        path: "garden/tools/pruning",
        code: "GAR",
        brands: GARDEN,
        series: (
            &["Bramble", "Hawthorn", "Hedgerow", "Orchardist", "Rowan"],
            &["", " Bypass", " Pro", " Long"],
        ),
        nouns: &[
            ("Secateurs", "a pair of secateurs"),
            ("Loppers", "a pair of loppers"),
            ("Pruning Saw", "a folding pruning saw"),
        ],
        materials: &[
            "forged carbon steel",
            "stainless steel and ash",
            "aluminium and hardened steel",
            "Japanese steel",
        ],
        features: &[
            "cuts green wood without crushing it",
            "locks with the thumb",
            "comes apart for sharpening",
            "lies well in small hands",
            "absorbs the shock of the cut",
        ],
        uses: &[
            "roses and fruit trees",
            "hedges in autumn",
            "gardeners who prune every day",
            "balconies full of pots",
        ],
        notes: &[
            "Every part is available as a spare.",
            "Wipe it dry and oil it now and then.",
        ],
        tags: &["garden", "tool", "steel"],
        price_eur: (15, 99),
        tax_rate_bp: GENERAL,
        choice: SINGLE,
        wording: &GOODS,
    },
    Category {
        path: "garden/planting/planters",
        code: "PLA",
        brands: GARDEN,
        series: (
            &["Fern", "Ivy", "Loggia", "Moss", "Terrace"],
            &["", " Tall", " Wide", " Self-Watering"],
        ),
        nouns: &[
            ("Planter", "a planter"),
            ("Flower Pot", "a flower pot"),
            ("Balcony Box", "a balcony box"),
        ],
        materials: &[
            "frost-proof terracotta",
            "fibre cement",
            "zinc-plated steel",
            "recycled plastic",
        ],
        features: &[
            "waters its plants for two weeks",
            "stays outside in winter",
            "drains without staining the floor",
            "is lighter than it looks",
            "carries a small tree",
        ],
        uses: &[
            "herbs by the kitchen door",
            "sunny balconies",
            "large indoor plants",
            "terraces and courtyards",
        ],
        notes: &["A saucer is included.", "The glaze keeps its colour in the sun."],
        tags: &["garden", "plants", "balcony"],
        price_eur: (9, 129),
        tax_rate_bp: GENERAL,
        choice: COLOURS,
        wording: &GOODS,
    },
];
