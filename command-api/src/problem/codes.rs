//! Every code of a problem, with its title.
//!
//! A title is the same for every problem of a code; what is wrong with one request is in its detail.

/// The codes in alphabetical order. A test fails for a code of the domain, of this crate or of the edge that is not
/// among them.
pub(crate) const CODES: &[(&str, &str)] = &[
    ("account_already_open", "Account exists already"),
    ("already_cancelled", "Order is cancelled"),
    ("already_captured", "Payment is captured"),
    ("already_exists", "Exists already"),
    ("already_returned", "Order is returned"),
    ("already_shipped", "Order is shipped"),
    ("amount_not_positive", "Amount must be positive"),
    ("balance_too_large", "Balance would be too large"),
    ("body_timeout", "Body took too long to arrive"),
    ("body_too_large", "Body too large"),
    ("card_number_refused", "Card numbers are refused"),
    ("column_twice", "Column appears more than once"),
    ("contended", "Too many commands for one aggregate"),
    ("currency_twice", "Currency appears more than once"),
    ("deadline_exceeded", "Request took too long"),
    ("difference", "Invalid difference"),
    ("duplicate_field", "Field appears more than once"),
    ("foreign_origin", "Foreign origin"),
    (
        "idempotency_key_reused",
        "Idempotency key used for another request",
    ),
    ("insufficient_funds", "Insufficient funds"),
    ("internal", "Internal error"),
    ("invalid", "Invalid request"),
    ("invalid_amount", "Invalid amount"),
    ("invalid_card_token", "Invalid card token"),
    ("invalid_country", "Invalid country code"),
    ("invalid_currency", "Invalid currency code"),
    ("invalid_date", "Invalid date"),
    ("invalid_first_charge", "Invalid first charge"),
    ("invalid_json", "Invalid JSON"),
    ("invalid_period", "Invalid period"),
    ("invalid_quantity", "Invalid quantity"),
    ("invalid_sku", "Invalid SKU"),
    ("invalid_slug", "Invalid slug"),
    ("invalid_tax_rate", "Invalid tax rate"),
    ("invalid_text", "Invalid text"),
    ("invalid_threshold", "Invalid threshold"),
    ("invalid_time", "Invalid time"),
    ("invalid_warehouse", "Invalid warehouse code"),
    ("line_count", "Wrong number of lines"),
    ("malformed_body", "Malformed body"),
    ("malformed_header", "Malformed header"),
    ("malformed_host", "Malformed host"),
    ("malformed_id", "Malformed identifier"),
    ("malformed_request", "Malformed request"),
    ("malformed_row", "Malformed row"),
    ("method_not_allowed", "Method not allowed"),
    ("missing_column", "Missing column"),
    ("missing_field", "Missing field"),
    ("mixed_currencies", "Lines have several currencies"),
    ("more_than_captured", "Refund exceeds the captured amount"),
    ("more_than_held", "Capture exceeds the held amount"),
    ("more_than_sold", "Return exceeds what was sold"),
    ("no_price", "No price in this currency"),
    ("no_signature", "Signature missing"),
    ("no_such_hold", "Unknown hold"),
    ("no_such_refund", "Unknown refund"),
    ("no_such_reservation", "Unknown reservation"),
    ("no_such_variant", "Unknown variant"),
    ("not_authorised", "Payment is not authorised"),
    ("not_by_gateway", "Payment was not made through the gateway"),
    ("not_captured", "Payment is not captured"),
    ("not_chargeable", "A card cannot be charged this amount"),
    ("not_enough_stock", "Not enough stock"),
    ("not_paid", "Order is not paid"),
    ("not_shipped", "Order is not shipped"),
    ("nothing_to_change", "Nothing to change"),
    ("order_already_placed", "Order exists already"),
    ("other_capture", "Payment was captured otherwise"),
    ("other_currency", "Other currency"),
    ("other_expiry", "Lot has another expiry date"),
    ("outside_replay_window", "Signature too old or too new"),
    ("overloaded", "Overloaded"),
    ("payment_already_requested", "Payment exists already"),
    ("payment_not_yet_known", "Payment not known yet"),
    ("period", "Invalid period"),
    ("price_not_positive", "Price must be positive"),
    ("product_already_listed", "Product exists already"),
    ("product_not_for_sale", "Product is not for sale"),
    ("reference_reused", "Reference used for another movement"),
    ("reference_taken", "Reference used for another movement"),
    ("refund_done_before", "Refund is done already"),
    ("refund_step", "Invalid step of a refund"),
    ("refund_too_large", "Refund too large"),
    ("refund_under_way", "Refund under way"),
    ("return_decided", "Return is decided already"),
    ("return_lines", "Invalid lines of a return"),
    ("row_count", "Wrong number of rows"),
    ("same_order", "Exchange for the same order"),
    ("same_warehouse", "Transfer within one warehouse"),
    ("sequence_mismatch", "Sequence does not match"),
    ("sku_not_addressable", "SKU cannot be part of an address"),
    ("sku_twice", "SKU appears more than once"),
    ("stock_short", "Stock is short"),
    ("subscription_already_started", "Subscription exists already"),
    ("tax_rate", "Invalid tax rate"),
    ("too_many_categories", "Too many categories"),
    ("too_many_images", "Too many images"),
    ("too_many_prices", "Too many prices"),
    ("too_many_refunds", "Too many refunds"),
    ("too_many_returns", "Too many returns"),
    ("too_many_returns_in_all", "Too many returns"),
    ("too_many_tags", "Too many tags"),
    ("too_many_units", "Too many units"),
    ("total_changed", "Total changed"),
    ("total_too_large", "Total too large"),
    ("unavailable", "Log unavailable"),
    ("unknown_account", "Unknown account"),
    ("unknown_column", "Unknown column"),
    ("unknown_field", "Unknown field"),
    ("unknown_host", "Unknown host"),
    ("unknown_lot", "Unknown lot"),
    ("unknown_order", "Unknown order"),
    ("unknown_payment", "Unknown payment"),
    ("unknown_product", "Unknown product"),
    ("unknown_return", "Unknown return"),
    ("unknown_route", "Unknown route"),
    ("unknown_sku", "Unknown SKU"),
    ("unknown_subscription", "Unknown subscription"),
    ("unknown_warehouse", "Unknown warehouse"),
    ("unsupported_encoding", "Unsupported encoding"),
    ("unsupported_media_type", "Unsupported media type"),
    ("upper_row_failed", "Row above failed"),
    ("variant_count", "Wrong number of variants"),
    ("warehouse_already_opened", "Warehouse exists already"),
    ("warehouse_closed", "Warehouse is closed"),
    ("webhooks_not_configured", "Webhooks not configured"),
    ("wrong_signature", "Wrong signature"),
    ("wrong_type", "Field has the wrong type"),
];

/// The title of a code.
pub(super) fn title(code: &str) -> String {
    let known = CODES.iter().find(|(known, _)| *known == code);
    known.map_or_else(|| in_words(code), |(_, title)| (*title).to_owned())
}

/// `unknown_sku` → `Unknown SKU`.
fn in_words(code: &str) -> String {
    let words = code.split('_').enumerate().map(|(index, word)| match word {
        "sku" => "SKU".to_owned(),
        "id" => "ID".to_owned(),
        word if index == 0 => {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        }
        word => word.to_owned(),
    });
    words.collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use serde_json::Value;

    use super::*;

    #[test]
    fn a_code_has_one_title_in_words() {
        let codes: BTreeSet<&str> = CODES.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), CODES.len(), "a code appears more than once");
        assert_eq!(title("sku_twice"), "SKU appears more than once");
        assert_eq!(title("some_new_sku"), "Some new SKU");
        for (code, title) in CODES {
            assert!(
                title.starts_with(|first: char| first.is_uppercase()),
                "{code}: {title}"
            );
            assert!(!title.contains('_') && !title.contains(" sku"), "{code}: {title}");
        }
    }

    #[test]
    fn every_code_that_is_made_is_in_the_list_and_no_other() {
        let listed: BTreeSet<String> = CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
        let (made, words) = (codes_of_the_domain(), words_of_the_api());
        let mut names: BTreeSet<String> = NO_CODES.iter().map(|word| (*word).to_owned()).collect();
        add_names(&serde_json::to_value(crate::openapi()).unwrap(), &mut names);
        let is_untitled = |word: &&String| !listed.contains(*word) && !names.contains(*word);
        let untitled: Vec<&String> = words.iter().filter(is_untitled).collect();
        assert!(untitled.is_empty(), "neither a code nor a name: {untitled:?}");
        let untitled: Vec<&String> = made.difference(&listed).collect();
        assert!(untitled.is_empty(), "codes without a title: {untitled:?}");
        let is_unmade = |code: &&String| !made.contains(*code) && !words.contains(*code);
        let unmade: Vec<&String> = listed.iter().filter(is_unmade).collect();
        assert!(unmade.is_empty(), "titles of no code: {unmade:?}");
    }

    /// Words that the code of the API has, and that are neither codes nor names of the description.
    const NO_CODES: [&str; 11] = [
        "anonymous",
        "answered",
        "extensions",
        "ff",
        "message",
        "request",
        "skus",
        "snake_case",
        "true",
        "unmatched",
        "withdrawal",
    ];

    /// The codes of all refusals of aggregates.
    fn codes_of_the_domain() -> BTreeSet<String> {
        let mut codes = BTreeSet::new();
        for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src")) {
            let text = fs::read_to_string(&file).unwrap();
            for refusal in text.split(" Refusal for ").skip(1) {
                let (_, code) = refusal.split_once("fn code(&self)").unwrap();
                let code = code.split("    fn ").next().unwrap_or_default();
                codes.extend(words(code));
            }
        }
        assert!(codes.len() > 50, "{codes:?}");
        codes
    }

    /// Every literal of this crate and of the refusals of the edge that may be a code. Details are none.
    fn words_of_the_api() -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = rust_files(&folder.join("src"));
        // These repeat the codes and describe the fields.
        files.retain(|file| {
            !["src/docs", "src/problem/codes.rs", "src/products/import/tests.rs"]
                .iter()
                .any(|left_out| file.starts_with(folder.join(left_out)))
        });
        files.push(folder.join("../http-edge/src/refusal.rs"));
        let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
        texts.flat_map(|text| words(without_tests(&text))).collect()
    }

    #[test]
    fn every_member_of_a_problem_is_described_and_no_other() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut made: BTreeSet<String> = ["type", "title", "status", "detail", "code", "field", "errors"]
            .map(str::to_owned)
            .into();
        for file in rust_files(&folder) {
            let text = fs::read_to_string(&file).unwrap();
            let parts = without_tests(&text).split(".with(\"").skip(1);
            made.extend(parts.filter_map(|part| Some(part.split_once('"')?.0.to_owned())));
        }
        let description = serde_json::to_value(crate::docs::openapi()).unwrap();
        let described = &description["components"]["schemas"]["Problem"]["properties"];
        let described: BTreeSet<String> = described.as_object().unwrap().keys().cloned().collect();
        assert_eq!(made, described);
    }

    fn without_tests(text: &str) -> &str {
        text.split("#[cfg(test)]").next().unwrap_or_default()
    }

    /// The literals of a text that look like a code, but for the names of details.
    fn words(text: &str) -> BTreeSet<String> {
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let code: Vec<&str> = text.lines().filter(is_code).collect();
        let code = code.join("\n");
        let pieces: Vec<&str> = code.split('"').collect();
        let is_word = |word: &str| {
            let mut letters = word.bytes();
            !word.is_empty() && letters.all(|letter| letter.is_ascii_lowercase() || letter == b'_')
        };
        pieces
            .windows(2)
            .filter(|pair| is_word(pair[1]) && !pair[0].ends_with(".with("))
            .map(|pair| pair[1].to_owned())
            .collect()
    }

    /// Every name and every text of the description.
    fn add_names(value: &Value, names: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    names.insert(name.clone());
                    add_names(value, names);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| add_names(item, names)),
            Value::String(text) => {
                names.insert(text.clone());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn rust_files(folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(rust_files(&path));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
        files
    }
}
