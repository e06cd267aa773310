//! Names and places that customers are made of. Nobody is meant.

/// One country.
pub(super) struct Land {
    /// Two capitals of ISO 3166-1.
    pub(super) country: &'static str,
    pub(super) given_names: &'static [&'static str],
    pub(super) family_names: &'static [&'static str],
    /// With `#` where the number of the house stands.
    pub(super) streets: &'static [&'static str],
    /// With a postal code.
    pub(super) cities: &'static [(&'static str, &'static str)],
}

pub(super) const LANDS: &[Land] = &[
    Land {
        country: "DE",
        given_names: &[
            "Anna", "Jonas", "Lea", "Felix", "Marie", "Paul", "Greta", "Emil", "Johanna", "Lukas",
        ],
        family_names: &[
            "Becker", "Wagner", "Krüger", "Hartmann", "Lorenz", "Vogel", "Seidel", "Brandt", "Kühn",
        ],
        streets: &[
            "Lindenstraße #",
            "Bahnhofstraße #",
            "Am Markt #",
            "Gartenweg #",
            "Schillerstraße #",
        ],
        cities: &[
            ("Berlin", "10997"),
            ("Hamburg", "20357"),
            ("Leipzig", "04229"),
            ("Köln", "50672"),
        ],
    },
    Land {
        country: "FR",
        given_names: &[
            "Camille", "Louis", "Chloé", "Hugo", "Manon", "Jules", "Léa", "Arthur", "Inès", "Théo",
        ],
        family_names: &[
            "Moreau",
            "Girard",
            "Lefèvre",
            "Rousseau",
            "Fontaine",
            "Chevalier",
            "Mercier",
            "Blanc",
        ],
        streets: &[
            "# rue des Lilas",
            "# avenue de la Gare",
            "# rue Victor Hugo",
            "# place du Marché",
        ],
        cities: &[
            ("Lyon", "69003"),
            ("Nantes", "44000"),
            ("Paris", "75011"),
            ("Toulouse", "31000"),
        ],
    },
    Land {
        country: "NL",
        given_names: &[
            "Sanne", "Daan", "Fleur", "Bram", "Lotte", "Sem", "Roos", "Thijs", "Noor", "Jasper",
        ],
        family_names: &[
            "de Vries", "Bakker", "Visser", "Smit", "Mulder", "de Boer", "Dekker", "van Dijk",
        ],
        streets: &[
            "Dorpsstraat #",
            "Kerkstraat #",
            "Prinsengracht #",
            "Molenweg #",
            "Stationsweg #",
        ],
        cities: &[
            ("Amsterdam", "1015 DX"),
            ("Utrecht", "3511 AB"),
            ("Rotterdam", "3011 CC"),
            ("Groningen", "9711 LM"),
        ],
    },
    Land {
        country: "PL",
        given_names: &[
            "Zofia", "Jakub", "Hanna", "Antoni", "Maja", "Szymon", "Oliwia", "Filip", "Alicja", "Jan",
        ],
        family_names: &[
            "Nowak",
            "Wójcik",
            "Kamiński",
            "Zieliński",
            "Mazur",
            "Król",
            "Pawlak",
            "Górski",
            "Sikora",
        ],
        streets: &["ul. Kwiatowa #", "ul. Polna #", "ul. Długa #", "ul. Ogrodowa #"],
        cities: &[
            ("Gdańsk", "80-831"),
            ("Kraków", "31-042"),
            ("Poznań", "61-772"),
            ("Warszawa", "00-545"),
        ],
    },
    Land {
        country: "SE",
        given_names: &[
            "Alma", "Oskar", "Elsa", "Nils", "Saga", "Axel", "Ebba", "Viktor", "Tuva", "Gustav",
        ],
        family_names: &[
            "Lindberg", "Nyström", "Sandberg", "Holm", "Ekström", "Forsberg", "Lundin", "Åberg",
        ],
        streets: &["Storgatan #", "Skolgatan #", "Björkvägen #", "Hamngatan #"],
        cities: &[
            ("Göteborg", "411 03"),
            ("Malmö", "211 22"),
            ("Stockholm", "116 46"),
            ("Uppsala", "753 20"),
        ],
    },
    Land {
        country: "ES",
        given_names: &[
            "Lucía", "Mateo", "Carmen", "Pablo", "Elena", "Diego", "Nuria", "Álvaro", "Irene", "Marcos",
        ],
        family_names: &[
            "Navarro", "Romero", "Molina", "Ortega", "Serrano", "Vidal", "Campos", "Iglesias",
        ],
        streets: &[
            "Calle Mayor #",
            "Calle del Sol #",
            "Avenida de la Paz #",
            "Plaza Nueva #",
        ],
        cities: &[
            ("Sevilla", "41001"),
            ("Valencia", "46003"),
            ("Bilbao", "48005"),
            ("Madrid", "28012"),
        ],
    },
    Land {
        country: "IT",
        given_names: &[
            "Giulia", "Matteo", "Chiara", "Lorenzo", "Elisa", "Davide", "Sara", "Simone", "Marta", "Luca",
        ],
        family_names: &[
            "Ricci",
            "Conti",
            "Gallo",
            "Ferrara",
            "Rinaldi",
            "Marchetti",
            "Bianco",
            "Colombo",
        ],
        streets: &[
            "Via Roma #",
            "Via Garibaldi #",
            "Corso Italia #",
            "Via dei Mille #",
        ],
        cities: &[
            ("Torino", "10121"),
            ("Bologna", "40126"),
            ("Verona", "37121"),
            ("Genova", "16121"),
        ],
    },
    Land {
        country: "AT",
        given_names: &[
            "Theresa",
            "Florian",
            "Katharina",
            "Tobias",
            "Valentina",
            "Moritz",
            "Miriam",
            "Leopold",
        ],
        family_names: &[
            "Gruber", "Steiner", "Moser", "Pichler", "Eder", "Leitner", "Haas", "Wimmer",
        ],
        streets: &["Hauptstraße #", "Feldgasse #", "Neubaugasse #", "Kirchengasse #"],
        cities: &[
            ("Wien", "1070"),
            ("Graz", "8010"),
            ("Linz", "4020"),
            ("Salzburg", "5020"),
        ],
    },
];
