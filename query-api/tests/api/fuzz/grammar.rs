//! Documents from a tape of bytes: nearly valid ones, and some that are made to hurt.

use std::fmt::Write as _;

use apollo_compiler::{
    Name, Schema,
    ast::{InputValueDefinition, Type},
    schema::ExtendedType,
};
use serde_json::{Value, json};

use crate::shop::{account_id, order_id, product_id};

/// How deep selections are written at most: a little deeper than they may be.
const DEPTH: usize = 16;

/// How many selections a document has at most, before it is bent.
const SELECTIONS: usize = 120;

/// A document and its variables.
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) variables: Value,
}

/// The document of a tape. An empty tape is a short and valid one.
pub(crate) fn write(schema: &Schema, tape: &[u8]) -> Written {
    let mut writer = Writer {
        schema,
        tape: tape.iter(),
        left: SELECTIONS,
        fragments: Vec::new(),
    };
    let root = Name::new_unchecked("Query");
    let mut text =
        "query Q($yes: Boolean! = true, $no: Boolean! = false, $n: Int = 2, $s: String = \"\", $id: ID!) "
            .to_owned();
    text += &writer.set(&root, 0);
    // Each variable is used, or the document is none.
    text.insert_str(
        text.find('{').map_or(0, |at| at + 1),
        " v1: projections @include(if: $yes) { name } v2: __typename @skip(if: $no) \
         v3: suggestions(prefix: $s, first: $n) { text } v4: node(id: $id) { id } ",
    );
    let mut written = 0;
    // Fragments spread others, a few in all.
    while let Some((name, on)) = writer.fragments.get(written).cloned() {
        let set = writer.set(&on, DEPTH / 2);
        let _ = write!(text, " fragment {name} on {on} {set}");
        written += 1;
    }
    let variables = writer.variables();
    writer.bend(&mut text);
    Written { text, variables }
}

struct Writer<'a> {
    schema: &'a Schema,
    tape: std::slice::Iter<'a, u8>,
    left: usize,
    /// The names and types of fragments that were spread.
    fragments: Vec<(String, Name)>,
}

impl Writer<'_> {
    /// The next byte; 0 when the tape has ended.
    fn next(&mut self) -> usize {
        self.tape.next().copied().unwrap_or_default().into()
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.next() % from.len()]
    }

    /// One time in `out_of`, and never when the tape has ended.
    fn seldom(&mut self, out_of: usize) -> bool {
        self.next() % out_of == out_of - 1
    }

    fn set(&mut self, ty: &Name, depth: usize) -> String {
        let mut text = "{ ".to_owned();
        let count = 1 + self.next() % 4;
        for _ in 0..count {
            text += &self.selection(ty, depth);
        }
        text + "} "
    }

    fn selection(&mut self, ty: &Name, depth: usize) -> String {
        self.left = self.left.saturating_sub(1);
        let directive = self.directive();
        if self.left > 0 && depth < DEPTH {
            let on = self.condition(ty);
            match self.next() % 12 {
                9 => {
                    let set = self.set(&on, depth + 1);
                    return format!("... on {on} {directive}{set}");
                }
                10 => {
                    let set = self.set(ty, depth + 1);
                    return format!("... {directive}{set}");
                }
                11 if self.fragments.len() < 8 => {
                    let name = format!("F{}", self.fragments.len());
                    self.fragments.push((name.clone(), on));
                    return format!("...{name} {directive}");
                }
                _ => {}
            }
        }
        self.field(ty, depth, &directive)
    }

    /// A type on which a fragment may be within another: mostly one that fits.
    fn condition(&mut self, ty: &Name) -> Name {
        let types = self.schema.implementers_map();
        if let Some(possible) = types.get(ty) {
            let possible: Vec<_> = possible.objects.iter().cloned().collect();
            return self.pick(&possible).clone();
        }
        if self.seldom(12) {
            Name::new_unchecked("Order")
        } else {
            ty.clone()
        }
    }

    fn directive(&mut self) -> String {
        let directives = [
            "",
            "",
            "",
            "",
            "",
            "",
            "@include(if: true) ",
            "@skip(if: false) ",
            "@skip(if: true) ",
            "@include(if: $yes) ",
            "@include(if: $no) ",
            "@skip(if: $no) ",
            "@skip(if: $yes) ",
            "@include(if: false) ",
            "@skip ",
            "@nothing ",
        ];
        let choice = self.next() % 64;
        directives
            .get(choice % 14)
            .filter(|_| choice < 60)
            .copied()
            .unwrap_or(directives[choice % 16])
            .to_owned()
    }

    fn field(&mut self, ty: &Name, depth: usize, directive: &str) -> String {
        let fields: Vec<_> = match &self.schema.types[ty] {
            ExtendedType::Object(object) => object.fields.values().cloned().collect(),
            ExtendedType::Interface(interface) => interface.fields.values().cloned().collect(),
            _ => Vec::new(),
        };
        if fields.is_empty() || self.seldom(16) {
            return format!("__typename {directive}");
        }
        let index = self.next();
        let field = fields[index % fields.len()].clone();
        let is_leaf = |name: &Name| self.schema.types[name].is_leaf();
        let (mut name, inner) = (field.name.to_string(), field.ty.inner_named_type().clone());
        if (self.left == 0 || depth >= DEPTH) && !is_leaf(&inner) {
            return "__typename ".to_owned();
        }
        if self.seldom(64) {
            name.push('x');
        }
        // The same name for everything: fields that can be merged, and some that cannot.
        let alias = match self.next() % 10 {
            8 => format!("a{}: ", self.next() % 3),
            9 => format!("a{}: ", self.next()),
            _ => String::new(),
        };
        let arguments = self.arguments(&field.arguments);
        let is_leaf = self.schema.types[&inner].is_leaf();
        let set = if is_leaf != self.seldom(128) {
            String::new()
        } else {
            self.set(&inner, depth + 1)
        };
        format!("{alias}{name}{arguments} {directive}{set}")
    }

    fn arguments(&mut self, defined: &[apollo_compiler::Node<InputValueDefinition>]) -> String {
        let mut given = Vec::new();
        for argument in defined {
            let is_needed = argument.is_required();
            if is_needed != self.seldom(if is_needed { 64 } else { 6 }) {
                let value = self.value(&argument.name, &argument.ty, 0);
                given.push(format!("{}: {value}", argument.name));
            }
        }
        if given.is_empty() {
            String::new()
        } else {
            format!("({})", given.join(", "))
        }
    }

    fn value(&mut self, name: &str, ty: &Type, depth: usize) -> String {
        if self.seldom(24) {
            return (*self.pick(&[
                "null", "1", "\"x\"", "[]", "{}", "$n", "$s", "$id", "ENUM", "1.5", "-1", "true",
            ]))
            .to_owned();
        }
        if ty.is_list() {
            let count = self.next() % 3;
            let items: Vec<_> = (0..count)
                .map(|_| self.value(name, ty.item_type(), depth + 1))
                .collect();
            return format!("[{}]", items.join(", "));
        }
        match &self.schema.types[ty.inner_named_type()] {
            ExtendedType::Enum(ty) => {
                let index = self.next();
                ty.values.keys().nth(index % ty.values.len()).unwrap().to_string()
            }
            ExtendedType::InputObject(input) if depth < 4 => {
                let is_one = input.directives.has("oneOf");
                let index = self.next();
                let fields: Vec<_> = input.fields.values().cloned().collect();
                let mut given = Vec::new();
                for (at, field) in fields.iter().enumerate() {
                    let wanted = if is_one {
                        at == index % fields.len()
                    } else {
                        field.is_required()
                    };
                    if wanted != self.seldom(12) {
                        let value = self.value(&field.name, &field.ty, depth + 1);
                        given.push(format!("{}: {value}", field.name));
                    }
                }
                format!("{{{}}}", given.join(", "))
            }
            ty => self.scalar(name, ty.name()),
        }
    }

    fn scalar(&mut self, argument: &str, scalar: &str) -> String {
        let number = 1 + u128::try_from(self.next() % 4).unwrap();
        match (scalar, argument) {
            ("Int", _) => (*self.pick(&["1", "3", "20", "0", "101", "$n"])).to_owned(),
            ("Boolean", _) => (*self.pick(&["true", "false", "$yes", "$no"])).to_owned(),
            ("Position", _) => (*self.pick(&["0", "1", "2"])).to_owned(),
            ("DateTime", _) => "\"2026-01-15T12:00:00Z\"".to_owned(),
            ("NaiveDate", "to") => "\"2026-01-31\"".to_owned(),
            ("NaiveDate", _) => "\"2026-01-01\"".to_owned(),
            (_, "currency") => (*self.pick(&["\"EUR\"", "\"USD\"", "\"eur\""])).to_owned(),
            (_, "sku") => format!("\"SKU-{number}\""),
            (_, "slug") => format!("\"product-{number}\""),
            (_, "name") => (*self.pick(&["\"orders\"", "\"Order\"", "\"Query\""])).to_owned(),
            ("ID", _) => {
                let ids = [
                    order_id(number).to_string(),
                    account_id(number).to_string(),
                    product_id(number).to_string(),
                    format!("SKU-{number}"),
                ];
                format!("\"{}\"", self.pick(&ids))
            }
            ("MinorUnits", _) => (*self.pick(&["1", "\"1000\"", "\"x\""])).to_owned(),
            _ => (*self.pick(&[
                "\"teapot\"",
                "\"\"",
                "\"\\u0000\"",
                "\"\"\"te\na\"\"\"",
                "\"é\\n\\\"\"",
                "\"☕\"",
            ]))
            .to_owned(),
        }
    }

    fn variables(&mut self) -> Value {
        let id = order_id(1).to_string();
        let mut variables = json!({ "yes": true, "no": false, "n": 2, "s": "tea", "id": id });
        if self.seldom(8) {
            let name = *self.pick(&["yes", "no", "n", "s", "id", "other"]);
            let values = [
                json!(null),
                json!("x"),
                json!(1.0),
                json!([[]]),
                json!({ "a": 1 }),
                json!("\0"),
            ];
            variables[name] = self.pick(&values).clone();
        }
        variables
    }

    /// Leaves most documents as they are, and makes of the others what no client would send.
    fn bend(&mut self, text: &mut String) {
        if !self.seldom(4) {
            return;
        }
        let times = 1 << (self.next() % 14);
        let part = *self.pick(&[
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            "\"",
            "\"\"\"",
            "...F0 ",
            "@skip(if: true) ",
            "{a ",
            "a: __typename ",
            "$",
            "#",
            ",",
            "\u{feff}",
            "\u{0}",
            "é",
            "... { ",
            "[[",
            "{a:",
            "query Q { __typename } ",
            "__schema { types { name } } ",
            "fragment F0 on Query { ...F0 ...F1 } ",
        ]);
        let at = self.next() * 251 % (text.len() + 1);
        let at = (0..=at)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or_default();
        text.insert_str(at, &part.repeat(times.min(30_000 / part.len())));
    }
}
