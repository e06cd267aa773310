//! Electronics.

use super::category::{COLOURS, Category, Choice, GENERAL, GOODS};

const BRANDS: &[&str] = &["Halden", "Norvik", "Quantal", "Lumora", "Tessel"];

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        path: "electronics/audio/headphones",
        code: "HPH",
        brands: BRANDS,
        series: (
            &["Aria", "Cadence", "Largo", "Tempo", "Vesper", "Octave"],
            &["", " 2", " Pro", " Studio"],
        ),
        nouns: &[
            ("Over-Ear Headphones", "a pair of over-ear headphones"),
            ("Wireless Headphones", "a pair of wireless headphones"),
            ("On-Ear Headphones", "a pair of light on-ear headphones"),
        ],
        materials: &[
            "brushed aluminium",
            "glass-fibre nylon",
            "recycled plastic and steel",
            "walnut and steel",
        ],
        features: &[
            "keeps the noise of a train outside",
            "plays for thirty hours on one charge",
            "folds flat for the bag",
            "connects to two devices at once",
            "remembers your own equaliser settings",
        ],
        uses: &[
            "long journeys",
            "open-plan offices",
            "late evenings of listening",
            "home studios",
        ],
        notes: &[
            "The ear cushions can be changed without tools.",
            "A cable for flights is included.",
        ],
        tags: &["audio", "bluetooth", "music"],
        price_eur: (39, 349),
        tax_rate_bp: GENERAL,
        choice: COLOURS,
        wording: &GOODS,
    },
    Category {
        path: "electronics/audio/speakers",
        code: "SPK",
        brands: BRANDS,
        series: (
            &["Basso", "Chorus", "Echo Bay", "Monolith", "Pebble"],
            &["", " Mini", " One", " XL"],
        ),
        nouns: &[
            ("Bookshelf Speaker", "a bookshelf speaker"),
            ("Portable Speaker", "a portable speaker"),
            ("Smart Speaker", "a smart speaker"),
        ],
        materials: &[
            "bent birch",
            "cast aluminium",
            "woven fabric and bamboo",
            "tough rubber",
        ],
        features: &[
            "fills a room of thirty square metres",
            "pairs with a second one for stereo",
            "withstands rain and dust",
            "tunes itself to the room in a minute",
            "keeps voices clear at low volume",
        ],
        uses: &[
            "kitchens and living rooms",
            "garden parties",
            "small flats",
            "holidays by the lake",
        ],
        notes: &[
            "The firmware is updated for at least five years.",
            "The battery can be replaced.",
        ],
        tags: &["audio", "music", "bluetooth"],
        price_eur: (29, 399),
        tax_rate_bp: GENERAL,
        choice: COLOURS,
        wording: &GOODS,
    },
    Category {
        path: "electronics/computing/keyboards",
        code: "KEY",
        brands: BRANDS,
        series: (
            &["Clarity", "Draft", "Glyph", "Keystone", "Tactus"],
            &["", " 65", " 75", " Ergo"],
        ),
        nouns: &[
            ("Mechanical Keyboard", "a mechanical keyboard"),
            ("Wireless Keyboard", "a wireless keyboard"),
            ("Low-Profile Keyboard", "a low-profile keyboard"),
        ],
        materials: &[
            "anodised aluminium",
            "recycled ABS",
            "steel and PBT",
            "oak and steel",
        ],
        features: &[
            "lets you change every switch without soldering",
            "stays quiet enough for a shared room",
            "stores three layouts in its own memory",
            "runs for three months between charges",
            "keeps the wrists level",
        ],
        uses: &[
            "long days of writing",
            "programmers",
            "tidy desks",
            "people who type without looking",
        ],
        notes: &[
            "Legends are dyed through the key and do not wear off.",
            "Works with every system over USB-C.",
        ],
        tags: &["computer", "desk", "typing"],
        price_eur: (49, 219),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["Linear Switches", "Tactile Switches", "Silent Switches"],
            step_percent: 0,
        },
        wording: &GOODS,
    },
    Category {
        path: "electronics/computing/storage",
        code: "SSD",
        brands: BRANDS,
        series: (
            &["Archive", "Bolt", "Granite", "Satchel", "Vault"],
            &["", " Plus", " X", " Go"],
        ),
        nouns: &[
            ("Portable SSD", "a portable solid-state drive"),
            ("Rugged SSD", "a rugged solid-state drive"),
            ("Desktop Drive", "a quiet desktop drive"),
        ],
        materials: &[
            "milled aluminium",
            "shock-absorbing silicone",
            "recycled magnesium",
            "anodised steel",
        ],
        features: &[
            "copies an hour of film in under a minute",
            "survives a fall from two metres",
            "encrypts everything in its own hardware",
            "needs no power supply",
            "stays cool under long loads",
        ],
        uses: &[
            "photographers on the road",
            "backups that are really made",
            "editing straight from the drive",
        ],
        notes: &[
            "A short USB-C cable is included.",
            "The guarantee covers five years.",
        ],
        tags: &["computer", "backup", "usb-c"],
        price_eur: (59, 189),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["500 GB", "1 TB", "2 TB", "4 TB"],
            step_percent: 55,
        },
        wording: &GOODS,
    },
    Category {
        path: "electronics/power/power-banks",
        code: "PWR",
        brands: BRANDS,
        series: (
            &["Amber", "Beacon", "Ember", "Relay", "Stride"],
            &["", " Slim", " Max", " Solar"],
        ),
        nouns: &[
            ("Power Bank", "a power bank"),
            ("Wireless Power Bank", "a power bank with wireless charging"),
            ("Travel Battery", "a travel battery"),
        ],
        materials: &[
            "aluminium",
            "flame-resistant plastic",
            "rubberised steel",
            "recycled polycarbonate",
        ],
        features: &[
            "charges a phone twice",
            "charges a laptop at 65 watts",
            "shows its charge in percent",
            "feeds three devices at a time",
            "is full again after ninety minutes",
        ],
        uses: &[
            "weekends away",
            "long conference days",
            "flights, as hand luggage",
            "power cuts at home",
        ],
        notes: &[
            "The cells are good for a thousand charges.",
            "It may be taken on board of an aeroplane.",
        ],
        tags: &["travel", "charging", "usb-c"],
        price_eur: (19, 99),
        tax_rate_bp: GENERAL,
        choice: Choice {
            values: &["10,000 mAh", "20,000 mAh", "27,000 mAh"],
            step_percent: 35,
        },
        wording: &GOODS,
    },
];
