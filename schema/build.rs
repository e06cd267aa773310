//! Embeds new migrations as soon as they are written.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
