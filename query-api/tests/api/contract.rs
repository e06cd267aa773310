//! The schema as a contract.

use std::path::Path;

use crate::{shop::Shop, stage::Stage};

/// Where the contract is kept, to be reviewed like code.
const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/graphql/schema.graphql");

#[test]
#[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
fn the_schema_is_the_one_that_was_reviewed() {
    let sdl = query_api::sdl();
    let path = Path::new(SNAPSHOT);
    if std::env::var_os("UPDATE_CONTRACTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &sdl).unwrap();
    }
    let reviewed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        sdl == reviewed,
        "the schema is not the one in schema/graphql/schema.graphql; if that is intended, write it anew with \
         UPDATE_CONTRACTS=1 and review the difference"
    );
}

#[tokio::test]
async fn every_type_field_argument_and_value_says_what_it_is() {
    let stage = Stage::new(Shop::new()).await;
    let data = stage
        .data(
            "{ __schema { types { name description fields { name description args { name description } } \
             inputFields { name description } enumValues { name description } } } }",
        )
        .await;
    let mut silent = Vec::new();
    for kind in data["__schema"]["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        if name.starts_with("__") {
            continue;
        }
        // The library gives no words to these two; their fields have some.
        if name != "ID" && !name.ends_with("Connection") {
            note(&mut silent, name, kind);
        }
        for parts in ["fields", "inputFields", "enumValues"] {
            for part in kind[parts].as_array().into_iter().flatten() {
                let path = format!("{name}.{}", part["name"].as_str().unwrap());
                note(&mut silent, &path, part);
                for argument in part["args"].as_array().into_iter().flatten() {
                    note(
                        &mut silent,
                        &format!("{path}({})", argument["name"].as_str().unwrap()),
                        argument,
                    );
                }
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}

fn note(silent: &mut Vec<String>, path: &str, part: &serde_json::Value) {
    if part["description"].as_str().is_none_or(str::is_empty) {
        silent.push(path.to_owned());
    }
}
