//! Camping, hiking, cycling and sports.

use super::category::{COLOURS, Category, Choice, GENERAL, GOODS, SINGLE};

const BRANDS: &[&str] = &["Tarnway", "Bergsund", "Cairn & Co", "Aiguille", "Wildmark"];

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        path: "outdoor/camping/tents",
        code: "TEN",
        brands: BRANDS,
        series: (
            &["Basecamp", "Bivvy", "Fell", "Nomad", "Tundra"],
            &["", " Light", " Storm", " Trek"],
        ),
        nouns: &[
            ("Dome Tent", "a dome tent"),
            ("Tunnel Tent", "a tunnel tent"),
            ("Trekking Tent", "a trekking tent"),
        ],
        materials: &[
            "ripstop nylon",
            "silicone-coated polyester",
            "recycled polyester",
            "polycotton",
        ],
        features: &[
            "stands in five minutes",
            "withstands strong wind from every side",
            "has two entrances and a porch",
            "packs down to the size of a loaf",
            "stays dry inside on cold nights",
        ],
        uses: &[
            "summer in the mountains",
            "family holidays",
            "bicycle tours",
            "festivals and weekends",
        ],
        notes: &[
            "A repair kit is included.",
            "Single poles can be ordered as spare parts.",
        ],
        tags: &["camping", "shelter", "waterproof"],
        price_eur: (99, 690),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["1 Person", "2 Persons", "3 Persons", "4 Persons"],
            step_percent: 24,
        },
        wording: &GOODS,
    },
    Category {
        path: "outdoor/camping/sleeping-bags",
        code: "SLB",
        brands: BRANDS,
        series: (
            &["Cocoon", "Drift", "Hibernate", "Lull", "Slumber"],
            &["", " Down", " Summer", " Zero"],
        ),
        nouns: &[
            ("Sleeping Bag", "a sleeping bag"),
            ("Mummy Sleeping Bag", "a sleeping bag in mummy shape"),
            ("Quilt", "a light trekking quilt"),
        ],
        materials: &[
            "certified down and nylon",
            "recycled synthetic fibre",
            "cotton and hollow fibre",
            "wool and nylon",
        ],
        features: &[
            "keeps warm down to freezing",
            "has a zip that does not catch",
            "packs into a bag of three litres",
            "opens flat as a blanket",
            "has a pocket for a phone",
        ],
        uses: &[
            "three-season tours",
            "mountain huts",
            "the first night of a child in a tent",
            "cold nights in the van",
        ],
        notes: &[
            "Store it loosely, in the large bag that comes with it.",
            "It can be washed at thirty degrees.",
        ],
        tags: &["camping", "warm", "sleep"],
        price_eur: (49, 349),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["Regular", "Long"],
            step_percent: 10,
        },
        wording: &GOODS,
    },
    Category {
        path: "outdoor/hiking/backpacks",
        code: "BPK",
        brands: BRANDS,
        series: (
            &["Alpine", "Ridge", "Scramble", "Traverse", "Vale"],
            &["", " Air", " Tour", " Day"],
        ),
        nouns: &[
            ("Backpack", "a backpack"),
            ("Trekking Pack", "a trekking pack"),
            ("Rucksack", "a classic rucksack"),
        ],
        materials: &[
            "recycled ripstop nylon",
            "waxed cotton",
            "laminated sailcloth",
            "tough polyester",
        ],
        features: &[
            "carries its load on the hips",
            "lets air reach the back",
            "opens from the front like a suitcase",
            "hides a rain cover in its base",
            "adjusts to the length of the back",
        ],
        uses: &[
            "hut-to-hut tours",
            "day hikes",
            "carry-on travel",
            "people who bring a camera",
        ],
        notes: &[
            "Buckles can be replaced without sewing.",
            "It is repaired free of charge for ten years.",
        ],
        tags: &["hiking", "travel", "bag"],
        price_eur: (59, 289),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["20 l", "32 l", "45 l", "60 l"],
            step_percent: 16,
        },
        wording: &GOODS,
    },
    Category {
        path: "outdoor/cycling/helmets",
        code: "HEL",
        brands: BRANDS,
        series: (
            &["Apex", "Gravel", "Metro", "Peloton", "Spoke"],
            &["", " Urban", " Aero", " Junior"],
        ),
        nouns: &[
            ("Cycling Helmet", "a cycling helmet"),
            ("Commuter Helmet", "a commuter helmet"),
        ],
        materials: &[
            "in-mould polycarbonate",
            "recycled EPS foam",
            "ABS with a soft lining",
            "cork and polycarbonate",
        ],
        features: &[
            "lowers the forces of a slanting impact",
            "weighs less than three hundred grams",
            "has a rear light built in",
            "closes with a magnet, even in gloves",
            "lets in air through fourteen vents",
        ],
        uses: &[
            "the ride to work",
            "long gravel tours",
            "road training",
            "bringing the children to school",
        ],
        notes: &[
            "After a crash it is replaced at half the price.",
            "The pads can be washed.",
        ],
        tags: &["cycling", "safety", "commute"],
        price_eur: (39, 219),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["S", "M", "L"],
            step_percent: 0,
        },
        wording: &GOODS,
    },
    Category {
        path: "outdoor/cycling/lights",
        code: "BLI",
        brands: BRANDS,
        series: (
            &["Beam", "Firefly", "Flare", "Comet", "Signal"],
            &["", " 50", " 100", " Brake"],
        ),
        nouns: &[
            ("Front Light", "a front light for bicycles"),
            ("Rear Light", "a rear light for bicycles"),
            ("Bike Light Set", "a set of lights for bicycles"),
        ],
        materials: &[
            "machined aluminium",
            "tough polycarbonate",
            "rubber and steel",
            "recycled nylon",
        ],
        features: &[
            "is seen from the side as well",
            "mounts without tools",
            "shines for twelve hours",
            "brightens when you brake",
            "dims itself by daylight",
        ],
        uses: &[
            "dark winter mornings",
            "country roads",
            "the city at night",
            "every bicycle in the shed",
        ],
        notes: &[
            "It is approved for road traffic.",
            "It is charged over USB-C; the cable is included.",
        ],
        tags: &["cycling", "light", "safety"],
        price_eur: (15, 99),
        tax_rate_bp: GENERAL,
        choice: SINGLE,
        wording: &GOODS,
    },
    Category {
        path: "outdoor/fitness/yoga-mats",
        code: "YOG",
        brands: BRANDS,
        series: (
            &["Balance", "Calm", "Flow", "Lotus", "Prana"],
            &["", " Grip", " Travel", " Pro"],
        ),
        nouns: &[
            ("Yoga Mat", "a yoga mat"),
            ("Fitness Mat", "a fitness mat"),
            ("Pilates Mat", "a pilates mat"),
        ],
        materials: &["natural rubber", "cork", "organic cotton", "recycled foam"],
        features: &[
            "does not slip on wooden floors",
            "cushions knees and elbows",
            "rolls up without curling at the ends",
            "can be wiped clean",
            "smells of nothing at all",
        ],
        uses: &[
            "the studio and at home",
            "travelling light",
            "long sequences",
            "rehabilitation exercises",
        ],
        notes: &[
            "A carrying strap is included.",
            "It is free of PVC and latex proteins.",
        ],
        tags: &["fitness", "yoga", "home"],
        price_eur: (19, 109),
        tax_rate_bp: GENERAL,
        choice: COLOURS,
        wording: &GOODS,
    },
];
