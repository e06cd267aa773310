//! What others build on is kept as files in `schema/`, and changing one is a visible decision.
//!
//! With `UPDATE_CONTRACTS=1` the files are written anew, to be reviewed like code.

use std::{fs, path::PathBuf};

fn holds(path: &str, contract: &str) {
    let file: PathBuf = tests::repository().join("schema").join(path);
    if platform::config::flag("UPDATE_CONTRACTS") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, contract).unwrap();
        return;
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == contract,
        "schema/{path} is not what the code says. If the change is meant, `make contracts` writes it anew; review \
         it: other people's programs rely on it."
    );
}

#[test]
fn contracts_of_graphql() {
    holds("graphql/schema.graphql", &query_api::sdl());
}

#[test]
fn contracts_of_rest() {
    let document = command_api::openapi().to_pretty_json().unwrap();
    holds("openapi/openapi.json", &format!("{document}\n"));
}

#[test]
fn contracts_of_read_models() {
    for read_model in projections::registry() {
        let (name, version) = (read_model.name, read_model.version);
        let tables = read_model
            .ddl
            .unwrap_or("-- A search index, which has no tables.\n");
        let contract = format!("-- The read model `{name}`, version {version}.\n\n{tables}");
        holds(&format!("read-models/{name}.sql"), &contract);
    }
}
