//! Reading types from JSON without stopping at what is wrong.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashSet},
};

use serde::{
    de::{
        DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
        value::StrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::Number;

use super::{MAX_ERRORS, error::Hard, field_error, tree::Json, within};
use crate::refused::FieldError;

/// Above it a floating point number stands for more than one whole number.
const MAX_EXACT_FLOAT: f64 = 9_007_199_254_740_992.0;

/// What one pass over a body finds, and what is known from the passes before.
pub(super) struct Findings<'known> {
    errors: RefCell<Vec<FieldError>>,
    /// Fields that are missing or broken, in whose place any value is read.
    replaced: &'known BTreeSet<String>,
}

impl<'known> Findings<'known> {
    pub(super) fn new(replaced: &'known BTreeSet<String>) -> Self {
        Self {
            errors: RefCell::default(),
            replaced,
        }
    }

    pub(super) fn into_errors(self) -> Vec<FieldError> {
        self.errors.into_inner()
    }

    fn note(&self, path: &str, code: &'static str, rule: impl Into<String>) {
        let mut errors = self.errors.borrow_mut();
        if errors.len() < MAX_ERRORS {
            errors.push(field_error(path.to_owned(), code, rule));
        }
    }
}

/// A value in a body, or in place of one that is missing or of another type.
#[derive(Clone)]
pub(super) struct Node<'pass> {
    /// Nothing stands for any value.
    json: Option<&'pass Json>,
    path: String,
    findings: &'pass Findings<'pass>,
}

impl<'pass> Node<'pass> {
    pub(super) fn root(json: &'pass Json, findings: &'pass Findings<'pass>) -> Self {
        Self {
            json: Some(json),
            path: String::new(),
            findings,
        }
    }

    fn child(&self, json: Option<&'pass Json>, path: String) -> Self {
        Self {
            json: json.filter(|_| !self.findings.replaced.contains(&path)),
            path,
            findings: self.findings,
        }
    }

    /// Notes that the value is of another type, unless there is none.
    fn wrong(&self, rule: &str) {
        if self.json.is_some() {
            self.findings.note(&self.path, "wrong_type", rule);
        }
    }

    fn integer(&self) -> i64 {
        let Some(Json::Number(number)) = self.json else {
            self.wrong("must be a whole number");
            return 0;
        };
        if let Some(value) = number.as_i64().or_else(|| whole(number)) {
            return value;
        }
        let is_large = number.as_f64().is_some_and(|value| value.abs() > MAX_EXACT_FLOAT);
        self.wrong(if is_large {
            "is too large"
        } else {
            "must be a whole number"
        });
        0
    }

    /// The fields of an object of a type that knows these names.
    fn fields(self, known: &'static [&'static str]) -> Fields<'pass> {
        let mut present = Vec::new();
        let mut seen = HashSet::new();
        let sent: &[(String, Json)] = match self.json {
            Some(Json::Object(sent)) => sent,
            None => &[],
            Some(_) => {
                self.wrong("must be an object");
                &[]
            }
        };
        for (name, json) in sent {
            let path = within(&self.path, name);
            let Some(name) = known.iter().find(|known| **known == name.as_str()) else {
                self.findings
                    .note(&path, "unknown_field", "is not a field of this object");
                continue;
            };
            if !seen.insert(*name) {
                self.findings
                    .note(&path, "duplicate_field", "appears more than once");
                continue;
            }
            present.push((*name, self.child(Some(json), path)));
        }
        let is_object = matches!(self.json, Some(Json::Object(_)));
        for name in known.iter().filter(|name| !seen.contains(**name)) {
            let path = within(&self.path, name);
            // In place of an object that is none, every field stands for any value.
            if !is_object || self.findings.replaced.contains(&path) {
                present.push((*name, self.child(None, path)));
            }
        }
        Fields {
            rest: present.into_iter(),
            next: None,
        }
    }
}

/// A number such as `2.0`, which JSON Schema takes for a whole one.
#[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
fn whole(number: &Number) -> Option<i64> {
    let value = number.as_f64()?;
    (value.fract() == 0.0 && value.abs() <= MAX_EXACT_FLOAT).then_some(value as i64)
}

/// Maps and tagged enums are no types of bodies: which fields they have would only show while they are read.
impl<'de> Deserializer<'de> for Node<'_> {
    type Error = Hard;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Hard> {
        match self.json {
            // In place of an amount, which may be written as a number or as text.
            None => visitor.visit_i64(0),
            Some(Json::Null) => visitor.visit_unit(),
            Some(Json::Bool(value)) => visitor.visit_bool(*value),
            Some(Json::Number(_)) => visitor.visit_i64(self.integer()),
            Some(Json::String(text)) => visitor.visit_str(text),
            Some(Json::Array(_)) => self.deserialize_seq(visitor),
            Some(Json::Object(_)) => Err(serde::de::Error::custom("must be no object")),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Hard> {
        let Some(Json::Bool(value)) = self.json else {
            self.wrong("must be true or false");
            return visitor.visit_bool(false);
        };
        visitor.visit_bool(*value)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Hard> {
        visitor.visit_i64(self.integer())
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Hard> {
        let Some(Json::String(text)) = self.json else {
            self.wrong("must be text");
            return visitor.visit_str("");
        };
        visitor.visit_str(text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Hard> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Hard> {
        match self.json {
            None | Some(Json::Null) => visitor.visit_none(),
            Some(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Hard> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Hard> {
        let items: &[Json] = match self.json {
            Some(Json::Array(items)) => items,
            None => &[],
            Some(_) => {
                self.wrong("must be a list");
                &[]
            }
        };
        visitor.visit_seq(Items {
            items: items.iter().enumerate(),
            list: &self,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Hard> {
        visitor.visit_map(self.fields(fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Hard> {
        let known = |name: &str| variants.iter().find(|known| **known == name).copied();
        let chosen = match self.json {
            Some(Json::String(name)) => known(name).map(|name| (name, None)),
            Some(Json::Object(fields)) => match fields.as_slice() {
                [(name, json)] => known(name).map(|name| (name, Some(json))),
                _ => None,
            },
            _ => None,
        };
        visitor.visit_enum(Choice {
            node: self,
            chosen,
            variants,
        })
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct map identifier ignored_any
    }
}

struct Fields<'pass> {
    rest: std::vec::IntoIter<(&'static str, Node<'pass>)>,
    next: Option<Node<'pass>>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Hard;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Hard> {
        let Some((name, node)) = self.rest.next() else {
            return Ok(None);
        };
        self.next = Some(node);
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Hard> {
        let Some(node) = self.next.take() else {
            return Err(serde::de::Error::custom("a value without its name"));
        };
        let path = node.path.clone();
        seed.deserialize(node).map_err(|error| error.at(&path))
    }
}

struct Items<'list, 'pass> {
    items: std::iter::Enumerate<std::slice::Iter<'pass, Json>>,
    list: &'list Node<'pass>,
}

impl<'de> SeqAccess<'de> for Items<'_, '_> {
    type Error = Hard;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Hard> {
        let Some((index, json)) = self.items.next() else {
            return Ok(None);
        };
        let path = format!("{}[{index}]", self.list.path);
        let node = self.list.child(Some(json), path.clone());
        seed.deserialize(node).map(Some).map_err(|error| error.at(&path))
    }
}

/// One of several variants, with its content if it has one.
struct Choice<'pass> {
    node: Node<'pass>,
    chosen: Option<(&'static str, Option<&'pass Json>)>,
    variants: &'static [&'static str],
}

impl<'de, 'pass> EnumAccess<'de> for Choice<'pass> {
    type Error = Hard;
    type Variant = Content<'pass>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'pass>), Hard> {
        let (name, json) = self
            .chosen
            .or_else(|| self.variants.first().map(|first| (*first, None)))
            .ok_or_else(|| <Hard as serde::de::Error>::custom("a choice of nothing"))?;
        let path = within(&self.node.path, name);
        let content = Content {
            is_chosen: self.chosen.is_some(),
            content: self.node.child(json, path),
            node: self.node,
            variants: self.variants,
        };
        Ok((seed.deserialize(StrDeserializer::<Hard>::new(name))?, content))
    }
}

struct Content<'pass> {
    node: Node<'pass>,
    content: Node<'pass>,
    is_chosen: bool,
    variants: &'static [&'static str],
}

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Hard;

    fn unit_variant(self) -> Result<(), Hard> {
        if !self.is_chosen || self.content.json.is_some() {
            self.node
                .wrong(&format!("must be one of {}", self.variants.join(", ")));
        }
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Hard> {
        if !self.is_chosen || self.content.json.is_none() {
            let names = self.variants.join(", ");
            self.node
                .wrong(&format!("must be an object with one of the fields {names}"));
        }
        let path = self.content.path.clone();
        seed.deserialize(self.content).map_err(|error| error.at(&path))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, Hard> {
        Err(serde::de::Error::custom("no body has such a variant"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Hard> {
        Err(serde::de::Error::custom("no body has such a variant"))
    }
}
