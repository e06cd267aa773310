//! Things to eat and drink.

use super::category::{Category, Choice, FOOD, REDUCED};

const MAKERS: &[&str] = &[
    "Rösterei Blum",
    "Casa Oliveira",
    "Hollow Tree",
    "Monte Brezza",
    "Greenleaf & Sons",
];

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        path: "food/drinks/coffee",
        code: "BEA",
        brands: MAKERS,
        series: (
            &["Alba", "Daybreak", "Foxglove", "Mezzogiorno", "Nightshift"],
            &["", " Dark", " Filter", " Reserve"],
        ),
        nouns: &[
            ("Whole Bean Coffee", "a whole bean coffee"),
            ("Ground Coffee", "a ground coffee"),
            ("Espresso Beans", "an espresso roast"),
        ],
        materials: &[
            "beans of a single farm in Huila",
            "washed Ethiopian beans",
            "Brazilian and Indian beans",
            "shade-grown beans from Peru",
        ],
        features: &[
            "tastes of cocoa and roasted hazelnuts",
            "has a clear, fruity acidity",
            "gives a thick crema",
            "is roasted slowly, in small drums",
            "holds its own in milk",
        ],
        uses: &[
            "the first espresso of the day",
            "a slow filter brew",
            "the office machine",
            "lovers of dark roasts",
        ],
        notes: &[
            "It is roasted in the week in which it ships.",
            "Farmers are paid well above the fair-trade price.",
        ],
        tags: &["coffee", "organic", "breakfast"],
        price_eur: (7, 19),
        tax_rate_bp: REDUCED,
        choice: Choice {
            values: &["250 g", "500 g", "1 kg"],
            step_percent: 80,
        },
        wording: &FOOD,
    },
    Category {
        path: "food/drinks/tea",
        code: "TEA",
        brands: MAKERS,
        series: (
            &["First Flush", "Garden", "Moonlight", "Orchard", "Quiet Hour"],
            &["", " Gold", " Blend", " Evening"],
        ),
        nouns: &[
            ("Black Tea", "a black tea"),
            ("Green Tea", "a green tea"),
            ("Herbal Tea", "a herbal tea"),
        ],
        materials: &[
            "hand-picked leaves",
            "leaves of old Assam gardens",
            "organic herbs and blossoms",
            "leaves that were steamed by hand",
        ],
        features: &[
            "smells of hay and apricots",
            "takes three infusions",
            "stays mild even if forgotten in the pot",
            "calms at the end of a day",
            "goes well with a little honey",
        ],
        uses: &[
            "rainy afternoons",
            "breakfast",
            "a pause at the desk",
            "guests who do not drink coffee",
        ],
        notes: &["The tin can be refilled.", "It is certified organic."],
        tags: &["tea", "organic", "gift"],
        price_eur: (5, 24),
        tax_rate_bp: REDUCED,
        choice: Choice {
            values: &["100 g", "250 g"],
            step_percent: 110,
        },
        wording: &FOOD,
    },
    Category {
        path: "food/pantry/olive-oil",
        code: "OIL",
        brands: MAKERS,
        series: (
            &["Antica", "Collina", "Frantoio", "Primavera", "Verde"],
            &["", " Mild", " Intense", " DOP"],
        ),
        nouns: &[
            ("Olive Oil", "an extra virgin olive oil"),
            ("Lemon Olive Oil", "an olive oil pressed with lemons"),
        ],
        materials: &[
            "Koroneiki olives",
            "early-harvest Coratina olives",
            "hand-picked Arbequina olives",
            "olives of century-old trees",
        ],
        features: &[
            "tastes of fresh grass and almonds",
            "has a peppery finish",
            "is pressed within four hours",
            "keeps its aroma when warmed",
            "is bottled unfiltered",
        ],
        uses: &[
            "salads",
            "bread, salt and nothing else",
            "grilled vegetables",
            "kitchens that take oil seriously",
        ],
        notes: &[
            "Keep it in the dark and use it within three months.",
            "The year of the harvest is on the label.",
        ],
        tags: &["oil", "mediterranean", "organic"],
        price_eur: (9, 34),
        tax_rate_bp: REDUCED,
        choice: Choice {
            values: &["250 ml", "500 ml", "1 l"],
            step_percent: 60,
        },
        wording: &FOOD,
    },
    Category {
        path: "food/pantry/honey",
        code: "HON",
        brands: MAKERS,
        series: (
            &["Amberlight", "Heath", "Hillside", "Lindenhof", "Summerfield"],
            &["", " Creamy", " Raw", " Comb"],
        ),
        nouns: &[
            ("Blossom Honey", "a blossom honey"),
            ("Forest Honey", "a dark forest honey"),
            ("Lime Honey", "a lime blossom honey"),
        ],
        materials: &[
            "hives at the edge of the forest",
            "orchards in early summer",
            "alpine meadows",
            "old lime avenues",
        ],
        features: &[
            "spreads without running",
            "tastes of herbs and caramel",
            "is spun cold",
            "sweetens tea without covering it",
            "crystallises slowly, as honey should",
        ],
        uses: &[
            "warm toast",
            "marinades and dressings",
            "tea on cold days",
            "a jar to give away",
        ],
        notes: &[
            "The jar can be returned.",
            "Not suitable for children under one year.",
        ],
        tags: &["honey", "breakfast", "regional"],
        price_eur: (6, 19),
        tax_rate_bp: REDUCED,
        choice: Choice {
            values: &["250 g", "500 g"],
            step_percent: 75,
        },
        wording: &FOOD,
    },
    Category {
        path: "food/sweets/chocolate",
        code: "CHO",
        brands: MAKERS,
        series: (
            &["Criollo", "Equator", "Nocturne", "Sambirano", "Velvet"],
            &["", " 55", " 70", " 85"],
        ),
        nouns: &[
            ("Dark Chocolate", "a dark chocolate"),
            ("Milk Chocolate", "a milk chocolate"),
            ("Nut Chocolate", "a chocolate with whole nuts"),
        ],
        materials: &[
            "cocoa from Madagascar",
            "Ecuadorian cocoa and cane sugar",
            "slowly conched Peruvian cocoa",
            "cocoa of one cooperative in Ghana",
        ],
        features: &[
            "melts slowly on the tongue",
            "tastes of cherries and tobacco",
            "snaps cleanly",
            "gets by without emulsifiers",
            "is less sweet than most",
        ],
        uses: &["after dinner", "baking", "long train rides", "a small thank-you"],
        notes: &["May contain traces of nuts.", "The wrapping is free of plastic."],
        tags: &["sweet", "gift", "vegan"],
        price_eur: (3, 12),
        tax_rate_bp: REDUCED,
        choice: Choice {
            values: &["Single Bar", "Box of 3", "Box of 10"],
            step_percent: 170,
        },
        wording: &FOOD,
    },
];
