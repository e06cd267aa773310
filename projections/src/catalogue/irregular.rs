//! English plurals that no rule makes: stemmers work by rules.

/// Plural and singular.
const IRREGULAR: &[(&str, &str)] = &[
    ("calves", "calf"),
    ("children", "child"),
    ("cacti", "cactus"),
    ("dice", "die"),
    ("dwarves", "dwarf"),
    ("elves", "elf"),
    ("feet", "foot"),
    ("firemen", "fireman"),
    ("fishermen", "fisherman"),
    ("fungi", "fungus"),
    ("geese", "goose"),
    ("halves", "half"),
    ("hooves", "hoof"),
    ("indices", "index"),
    ("kerchieves", "kerchief"),
    ("knives", "knife"),
    ("leaves", "leaf"),
    ("lice", "louse"),
    ("lives", "life"),
    ("loaves", "loaf"),
    ("matrices", "matrix"),
    ("men", "man"),
    ("mice", "mouse"),
    ("oxen", "ox"),
    ("people", "person"),
    ("scarves", "scarf"),
    ("selves", "self"),
    ("sheaves", "sheaf"),
    ("shelves", "shelf"),
    ("snowmen", "snowman"),
    ("bookshelves", "bookshelf"),
    ("teeth", "tooth"),
    ("thieves", "thief"),
    ("vertices", "vertex"),
    ("wharves", "wharf"),
    ("wives", "wife"),
    ("wolves", "wolf"),
    ("women", "woman"),
    ("penknives", "penknife"),
    ("housewives", "housewife"),
    ("grandchildren", "grandchild"),
    ("axes", "axe"),
    ("gentlemen", "gentleman"),
    ("midwives", "midwife"),
    ("werewolves", "werewolf"),
    ("forefeet", "forefoot"),
    ("stimuli", "stimulus"),
];

/// The singular of an irregular plural; any other word as it is.
pub(super) fn singular(word: &str) -> &str {
    let found = IRREGULAR.iter().find(|(plural, _)| *plural == word);
    found.map_or(word, |(_, singular)| singular)
}
