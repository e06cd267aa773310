//! Things for the living room and the bathroom.

use super::category::{COLOURS, Category, Choice, GENERAL, GOODS, SINGLE};

const BRANDS: &[&str] = &[
    "Nordlys",
    "Maison Arbre",
    "Hygge & Holm",
    "Ateljé 9",
    "Lindenhaus",
];

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        path: "home/living/lamps",
        code: "LMP",
        brands: BRANDS,
        series: (
            &["Aurora", "Candela", "Dusk", "Halo", "Lantern"],
            &["", " Arc", " Mini", " Duo"],
        ),
        nouns: &[
            ("Table Lamp", "a table lamp"),
            ("Floor Lamp", "a slender floor lamp"),
            ("Pendant Lamp", "a pendant lamp"),
            ("Reading Lamp", "a reading lamp"),
        ],
        materials: &[
            "smoked glass",
            "folded paper and oak",
            "powder-coated steel",
            "brass and linen",
        ],
        features: &[
            "dims down to candlelight",
            "turns in every direction",
            "casts no hard shadows",
            "remembers its last brightness",
            "uses less than nine watts",
        ],
        uses: &[
            "quiet corners",
            "desks and bedside tables",
            "dining tables",
            "reading until late",
        ],
        notes: &[
            "The bulb can be changed and is included.",
            "The cable is covered with cotton.",
        ],
        tags: &["light", "led", "living-room"],
        price_eur: (29, 289),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["White", "Graphite", "Brass"],
            step_percent: 6,
        },
        wording: &GOODS,
    },
    Category {
        path: "home/living/blankets",
        code: "BLA",
        brands: BRANDS,
        series: (
            &["Alba", "Fleece", "Highland", "Nest", "Polar"],
            &["", " Weave", " Fringe", " Light"],
        ),
        nouns: &[
            ("Wool Blanket", "a warm blanket"),
            ("Throw", "a soft throw"),
            ("Bedspread", "a generous bedspread"),
        ],
        materials: &["lambswool", "organic cotton", "merino and silk", "recycled wool"],
        features: &[
            "warms without weighing much",
            "stays soft after washing",
            "is woven in a mill that uses rain water",
            "airs out overnight",
            "is large enough for two",
        ],
        uses: &[
            "evenings on the sofa",
            "cool summer nights",
            "picnics in spring",
            "the guest room",
        ],
        notes: &[
            "Wash it at thirty degrees.",
            "The wool comes from farms without mulesing.",
        ],
        tags: &["textile", "wool", "cosy"],
        price_eur: (35, 189),
        tax_rate_bp: GENERAL,
        choice: COLOURS,
        wording: &GOODS,
    },
    Category {
        path: "home/living/chairs",
        code: "CHR",
        brands: BRANDS,
        series: (
            &["Anker", "Bow", "Fathom", "Perch", "Windsor"],
            &["", " Arm", " High", " Low"],
        ),
        nouns: &[
            ("Dining Chair", "a dining chair"),
            ("Lounge Chair", "a lounge chair"),
            ("Bar Stool", "a bar stool"),
            ("Rocking Chair", "a rocking chair"),
        ],
        materials: &[
            "solid oak",
            "bent beech and paper cord",
            "ash and wool felt",
            "tubular steel and leather",
        ],
        features: &[
            "can be stacked four high",
            "carries a hundred and forty kilograms",
            "follows the curve of the back",
            "is joined without a single screw",
            "comes with felt glides for wooden floors",
        ],
        uses: &[
            "long dinners",
            "reading corners",
            "small balconies",
            "home offices",
        ],
        notes: &[
            "The seat can be covered anew.",
            "The wood comes from certified forests.",
        ],
        tags: &["furniture", "wood", "seating"],
        price_eur: (89, 690),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["Natural", "Smoked", "Black"],
            step_percent: 4,
        },
        wording: &GOODS,
    },
    Category {
        path: "home/living/clocks",
        code: "CLK",
        brands: BRANDS,
        series: (
            &["Dial", "Equinox", "Interval", "Meridian", "Solstice"],
            &["", " 24", " Silent", " Grand"],
        ),
        nouns: &[
            ("Wall Clock", "a wall clock"),
            ("Alarm Clock", "an alarm clock"),
            ("Mantel Clock", "a mantel clock"),
        ],
        materials: &[
            "turned walnut",
            "brushed steel and glass",
            "cork",
            "powder-coated aluminium",
        ],
        features: &[
            "runs without ticking",
            "sets itself by radio",
            "can be read from across the room",
            "runs for two years on one battery",
            "wakes gently, with a rising tone",
        ],
        uses: &[
            "light sleepers",
            "kitchens and hallways",
            "offices",
            "a wall that needs one good thing",
        ],
        notes: &[
            "A battery is included.",
            "The movement is guaranteed for five years.",
        ],
        tags: &["time", "wall", "gift"],
        price_eur: (19, 159),
        tax_rate_bp: GENERAL,
        choice: SINGLE,
        wording: &GOODS,
    },
    Category {
        path: "home/bathroom/towels",
        code: "TOW",
        brands: BRANDS,
        series: (
            &["Bay", "Cove", "Lagoon", "Spring", "Willow"],
            &["", " Waffle", " Stripe", " Plush"],
        ),
        nouns: &[
            ("Bath Towel", "a bath towel"),
            ("Hand Towels", "a pair of hand towels"),
            ("Bath Mat", "a bath mat"),
        ],
        materials: &[
            "organic cotton",
            "linen and cotton",
            "bamboo viscose",
            "recycled cotton",
        ],
        features: &[
            "dries quickly",
            "gets softer with each wash",
            "keeps its shape on the line",
            "soaks up water at a touch",
            "has a loop at each end",
        ],
        uses: &[
            "the morning shower",
            "saunas and pools",
            "guest bathrooms",
            "days at the beach",
        ],
        notes: &[
            "It is certified to be free of harmful substances.",
            "Wash it at sixty degrees.",
        ],
        tags: &["textile", "bathroom", "cotton"],
        price_eur: (12, 65),
        tax_rate_bp: GENERAL,
        choice: COLOURS,
        wording: &GOODS,
    },
];
