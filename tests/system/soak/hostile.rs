//! Hostile requests, made from a grammar.
//!
//! Bodies are made as text and not as JSON values: a field that appears twice, a number of a thousand
//! digits or half a surrogate has no value.

use proptest::{
    collection::vec,
    prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof},
    sample::select,
};
use serde_json::Value;

/// The most levels of lists and objects that the grammar makes by itself.
const LEVELS: u32 = 6;

/// A command as its description has it.
#[derive(Debug, Clone)]
pub(super) struct Command {
    pub(super) method: String,
    pub(super) path: String,
    /// A body that is right.
    pub(super) body: Value,
}

/// A request that may be anything.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// Every command of the description with its example, under its demo identifiers.
pub(super) fn commands() -> Vec<Command> {
    let description = serde_json::to_value(command_api::openapi()).unwrap();
    let mut commands = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let pointer = schema
                .as_str()
                .map(|reference| reference.trim_start_matches('#').to_owned());
            let body = pointer.and_then(|pointer| description.pointer(&pointer)?.get("example").cloned());
            let order = "018f0000-0000-7000-8000-000000000004";
            commands.push(Command {
                method: method.to_uppercase(),
                path: path
                    .replace("{sku}", "DEMO-MUG")
                    .replace("{id}", order)
                    .replace("{return_id}", order),
                body: body.unwrap_or(Value::Null),
            });
        }
    }
    commands
}

/// Requests of every kind for these commands.
pub(super) fn requests(commands: Vec<Command>) -> BoxedStrategy<Request> {
    (select(commands), headers(), path_suffix())
        .prop_flat_map(|(command, headers, suffix)| {
            let Command { method, path, body } = command;
            bodies(body).prop_map(move |body| Request {
                method: method.clone(),
                path: format!("{path}{suffix}"),
                headers: headers.clone(),
                body,
            })
        })
        .boxed()
}

fn path_suffix() -> BoxedStrategy<&'static str> {
    prop_oneof![20 => Just(""), 1 => select(vec!["/", "?x=%00", "%2F", "/%FF", "?a&a&a", "/../.."])].boxed()
}

fn bodies(right: Value) -> BoxedStrategy<String> {
    prop_oneof![
        12 => mutated(right),
        4 => json(),
        3 => deep(),
        3 => wide(),
        2 => any::<String>(),
        1 => Just(String::new()),
    ]
    .boxed()
}

/// The right body with some members replaced, repeated, left out or added.
fn mutated(right: Value) -> BoxedStrategy<String> {
    let Value::Object(fields) = right else {
        return json();
    };
    let fields: Vec<(String, Value)> = fields.into_iter().collect();
    let count = fields.len();
    (vec((0_u8..8, json()), count), vec((name(), json()), 0..2))
        .prop_map(move |(fates, more)| {
            let mut members = Vec::new();
            for ((name, value), (fate, hostile)) in fields.iter().zip(fates) {
                match fate {
                    0 => {}
                    1 | 2 => members.push(format!("\"{name}\":{hostile}")),
                    3 => members.push(format!("\"{name}\":{value},\"{name}\":{hostile}")),
                    4 => members.push(format!("\"{name}\":[{value}]")),
                    _ => members.push(format!("\"{name}\":{value}")),
                }
            }
            members.extend(more.into_iter().map(|(name, value)| format!("{name}:{value}")));
            format!("{{{}}}", members.join(","))
        })
        .boxed()
}

/// A name of a field, in quotes: mostly one that some command knows.
fn name() -> BoxedStrategy<String> {
    let known = vec![
        "amount",
        "currency",
        "lines",
        "sku",
        "quantity",
        "payment",
        "method",
        "reason",
        "prices",
        "as",
        "",
        "__proto__",
        "id",
        "type",
    ];
    prop_oneof![4 => select(known).prop_map(|name| format!("\"{name}\"")), 1 => string()].boxed()
}

fn json() -> BoxedStrategy<String> {
    scalar()
        .prop_recursive(LEVELS, 64, 8, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..8).prop_map(|items| format!("[{}]", items.join(","))),
                vec((name(), inner), 0..8).prop_map(|members| {
                    let members: Vec<String> = members
                        .iter()
                        .map(|(name, value)| format!("{name}:{value}"))
                        .collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        })
        .boxed()
}

fn scalar() -> BoxedStrategy<String> {
    let fixed = vec![
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1.0",
        "1.5",
        "1e308",
        "1e400",
        "-1e-400",
        "0.1e1",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "NaN",
        "01",
        "+1",
        "0x1",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\"\u{202e}\"",
        "''",
        "undefined",
    ];
    prop_oneof![
        6 => select(fixed).prop_map(str::to_owned),
        2 => any::<i64>().prop_map(|number| number.to_string()),
        2 => any::<f64>().prop_map(|number| number.to_string()),
        1 => (1_usize..4_000).prop_map(|digits| "9".repeat(digits)),
        4 => string(),
        1 => (1_usize..100_000, select(vec!["a", "ü", "\u{1f600}", " ", "4"]))
            .prop_map(|(times, letter)| format!("\"{}\"", letter.repeat(times))),
    ]
    .boxed()
}

/// A text in quotes.
fn string() -> BoxedStrategy<String> {
    any::<String>()
        .prop_map(|text| Value::from(text).to_string())
        .boxed()
}

/// Nested further than any reader wants to follow.
fn deep() -> BoxedStrategy<String> {
    let opening = select(vec!["[", "{\"a\":", "[[", "{\"lines\":[", "[{\"payment\":"]);
    (opening, 1_usize..150_000, any::<bool>())
        .prop_map(|(opening, levels, is_inside)| {
            let nested = opening.repeat(levels.min(1_000_000 / opening.len()));
            if is_inside {
                format!("{{\"lines\":{nested}")
            } else {
                nested
            }
        })
        .boxed()
}

/// More members than any reader wants to list.
fn wide() -> BoxedStrategy<String> {
    let item = select(vec![
        "0",
        "{}",
        "[]",
        "null",
        "\"\"",
        "{\"sku\":1}",
        "{\"sku\":\"A\",\"quantity\":1}",
    ]);
    (
        select(vec!["lines", "variants", "tags", "x"]),
        item,
        1_usize..300_000,
        any::<bool>(),
    )
        .prop_map(|(name, item, times, as_members)| {
            let times = times.min(1_000_000 / (item.len() + 8));
            if as_members {
                let members = format!("\"{name}\":{item},").repeat(times);
                return format!("{{{members}\"{name}\":{item}}}");
            }
            format!("{{\"{name}\":[{}{item}]}}", format!("{item},").repeat(times))
        })
        .boxed()
}

fn headers() -> BoxedStrategy<Vec<(&'static str, String)>> {
    let visible = "[ -~]{0,300}";
    let content_type = prop_oneof![
        8 => Just("application/json".to_owned()),
        1 => select(vec!["application/json; charset=utf-16", "application/x+json", "text/plain", "", ";", "*/*"])
            .prop_map(str::to_owned),
    ];
    let odd = prop_oneof![
        visible.prop_map(|value| ("idempotency-key", value)),
        prop_oneof![
            visible.boxed(),
            "(W/)?\"?[0-9]{1,30}\"?".boxed(),
            Just("*".to_owned()).boxed()
        ]
        .prop_map(|value| ("if-match", value)),
        visible.prop_map(|value| ("traceparent", value)),
        visible.prop_map(|value| ("x-request-id", value)),
        visible.prop_map(|value| ("accept", value)),
        visible.prop_map(|value| ("if-none-match", value)),
        visible.prop_map(|value| ("origin", value)),
        visible.prop_map(|value| ("cookie", value)),
    ];
    (content_type, vec(odd, 0..4))
        .prop_map(|(content_type, odd)| {
            let mut headers = vec![("content-type", content_type)];
            headers.extend(odd);
            headers
        })
        .boxed()
}
