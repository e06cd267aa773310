//! Errors after which serde does not go on.

use std::fmt;

use serde::de::{Error, Unexpected};

/// An error that ends a pass over a body.
#[derive(Debug)]
pub(super) struct Hard {
    /// The object or the field that it is about.
    pub(super) path: String,
    /// What it is.
    pub(super) kind: Kind,
    /// The path is known.
    is_placed: bool,
}

/// What is wrong.
#[derive(Debug)]
pub(super) enum Kind {
    /// An object lacks a field.
    Missing(&'static str),
    /// A value broke a rule of its type.
    Broken(String),
}

impl Hard {
    fn new(kind: Kind) -> Self {
        Self {
            path: String::new(),
            kind,
            is_placed: false,
        }
    }

    /// The same error at a path, unless it has one: the innermost path is the right one.
    pub(super) fn at(mut self, path: &str) -> Self {
        if !self.is_placed {
            path.clone_into(&mut self.path);
            self.is_placed = true;
        }
        self
    }
}

impl fmt::Display for Hard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Missing(name) => write!(f, "{name} is missing"),
            Kind::Broken(rule) => f.write_str(rule),
        }
    }
}

impl std::error::Error for Hard {}

impl Error for Hard {
    /// The rule of a body's own conversion. Derived code ends in the other functions, whose messages would
    /// name types of Rust and might repeat values.
    fn custom<T: fmt::Display>(rule: T) -> Self {
        Self::new(Kind::Broken(rule.to_string()))
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new(Kind::Missing(name))
    }

    fn unknown_field(name: &str, _known: &'static [&'static str]) -> Self {
        // Only names that a type knows come here, so none is repeated from a body.
        Self::new(Kind::Broken(format!(
            "must not have the field {name} beside its others"
        )))
    }

    fn unknown_variant(_name: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::Broken(format!("must be one of {}", known.join(", "))))
    }

    fn invalid_value(_found: Unexpected<'_>, _expected: &dyn serde::de::Expected) -> Self {
        Self::new(Kind::Broken("must have another value".to_owned()))
    }

    fn invalid_length(_len: usize, _expected: &dyn serde::de::Expected) -> Self {
        Self::new(Kind::Broken("must have another length".to_owned()))
    }

    fn invalid_type(_found: Unexpected<'_>, _expected: &dyn serde::de::Expected) -> Self {
        Self::new(Kind::Broken("must have another type".to_owned()))
    }
}
