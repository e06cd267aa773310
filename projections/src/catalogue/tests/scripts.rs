//! Scripts that put no spaces between words.

use super::{Library, card};
use crate::catalogue::SearchRequest;

const NAMES: [&str; 9] = [
    "竹制书架",
    "可折叠竹制多功能落地书架适用于客厅和儿童房间",
    "ステンレススチールウォーターボトルホルダー",
    "กระติกน้ำสแตนเลสเก็บความเย็น",
    "무선 블루투스 이어폰",
    "iPhone15手机壳 500毫升",
    "ﾎﾞﾄﾙ",
    "茶",
    "竹の箱",
];

fn library() -> Library {
    let mut library = Library::of(&NAMES);
    let mut described = card(10, "Box");
    described.description = Some("一个实用的书架。".to_owned());
    library.put(described);
    library.commit();
    library
}

#[test]
fn parts_of_a_text_without_spaces_find_it() {
    let library = library();
    for (text, expected) in [
        ("书架", vec![1, 2, 10]),
        ("竹制书架", vec![1]),
        ("竹制 书架", vec![1, 2]),
        ("ボトル", vec![3, 7]),
        ("ﾎﾞﾄﾙ", vec![3, 7]),
        ("น้ำ", vec![4]),
        ("สแตนเลส", vec![4]),
        ("블루투스", vec![5]),
        ("이어폰", vec![5]),
        ("手机壳", vec![6]),
        ("iphone15 手机", vec![6]),
        ("iphone15手机", vec![6]),
        ("茶", vec![8]),
        ("竹", vec![1, 2, 9]),
        ("架书", vec![]),
    ] {
        let mut found = library.find(text);
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    assert_eq!(
        library.find("书架").last(),
        Some(&10),
        "a description comes after names"
    );
}

#[test]
fn a_full_name_always_finds_its_product() {
    let library = library();
    for (number, name) in (1..).zip(NAMES) {
        assert_eq!(library.find(name)[0], number, "{name}");
    }
    for name in [
        "書".repeat(300),
        "ก".repeat(300),
        "я".repeat(287),
        "слово".repeat(20),
        "x".repeat(300),
        "много слов ".repeat(26),
        "Лучший чайник для дома ".repeat(12),
    ] {
        let library = Library::of(&["Чайник", &name, "書"]);
        assert_eq!(library.find(&name)[0], 2, "{name}");
    }
}

#[test]
fn words_in_another_order_are_found_where_nothing_else_is() {
    let library = library();
    let found = library.search(&SearchRequest::new("ステンレスボトル", 10));
    assert!(found.is_partial && found.total == 1);
    assert_eq!(library.find("ステンレスボトル"), [3]);
}

#[test]
fn parts_are_shown_and_suggested() {
    let library = library();
    let request = SearchRequest::new("书架", 10).with_highlights();
    let found = library.search(&request);
    let html = found.hits[0].highlights.as_ref().unwrap().name.html();
    assert!(html.contains("<mark>书架</mark>"), "{html}");
    assert_eq!(library.suggestions("书架").len(), 2);
    assert_eq!(library.suggestions("ボト").len(), 2);
}

#[test]
fn marks_within_words_do_not_part_them() {
    let library = Library::of(&["हिन्दी किताब", "தமிழ் புத்தகம்", "کتاب\u{200c}خانه", "כִּתוּב"]);
    for (text, number) in [("हिन्दी", 1), ("தமிழ்", 2), ("کتابخانه", 3), ("כתוב", 4)]
    {
        assert_eq!(library.find(text), [number], "{text}");
    }
    assert_eq!(library.find("ह"), [1], "one letter is a beginning");
}
