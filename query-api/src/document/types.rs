//! The schema as the validation sees it.

use std::collections::HashMap;

use apollo_compiler::{
    Name, Schema,
    ast::{FieldDefinition, Type},
    name,
    schema::{Component, ExtendedType},
    validation::Valid,
};

/// The schema as the validation sees it.
pub(super) struct Types {
    schema: Valid<Schema>,
    /// The object types of each interface and each union.
    possible: HashMap<Name, Vec<Name>>,
}

impl Types {
    /// From the definition that the library writes of the schema. A test holds it to be without errors.
    pub(super) fn new(sdl: &str) -> Self {
        let schema = match Schema::parse_and_validate(sdl, "schema.graphql") {
            Ok(schema) => schema.into_inner(),
            Err(failed) => failed.partial,
        };
        Self::of(schema)
    }

    fn of(mut schema: Schema) -> Self {
        add_is_one_of(&mut schema);
        let implementers = schema.implementers_map();
        let interfaces = implementers.iter().map(|(interface, implementers)| {
            let objects = implementers.objects.iter().cloned();
            (interface.clone(), objects.collect())
        });
        let unions = schema.types.iter().filter_map(|(name, ty)| {
            let members = ty.as_union()?.members.iter();
            Some((name.clone(), members.map(|member| member.name.clone()).collect()))
        });
        Self {
            possible: interfaces.chain(unions).collect(),
            schema: Valid::assume_valid(schema),
        }
    }

    pub(super) const fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    pub(super) fn get(&self, name: &Name) -> Option<&ExtendedType> {
        self.schema.types.get(name)
    }

    /// The object types that an interface or a union stands for.
    pub(super) fn possible(&self, name: &Name) -> Option<&[Name]> {
        self.possible.get(name).map(Vec::as_slice)
    }

    /// Whether a value of this type has fields.
    pub(super) fn is_composite(&self, name: &Name) -> bool {
        self.get(name)
            .is_some_and(|ty| ty.is_object() || ty.is_interface() || ty.is_union())
    }

    /// Whether a fragment on `condition` selects from an object of the type `object`.
    pub(super) fn applies(&self, condition: &Name, object: &Name) -> bool {
        condition == object || self.schema.is_subtype(condition, object)
    }

    /// How many types there are, for the cost of asking about all of them.
    pub(super) fn count(&self) -> usize {
        self.schema.types.len()
    }
}

/// The library answers `isOneOf`, which the validator does not know of yet.
fn add_is_one_of(schema: &mut Schema) {
    let Some(ExtendedType::Object(ty)) = schema.types.get_mut("__Type") else {
        return;
    };
    let field = FieldDefinition {
        description: None,
        name: name!("isOneOf"),
        arguments: Vec::new(),
        ty: Type::Named(name!("Boolean")),
        directives: Default::default(),
    };
    ty.make_mut()
        .fields
        .entry(name!("isOneOf"))
        .or_insert_with(|| Component::new(field));
}

/// Whether exactly one field of an input object must be given.
pub(super) fn is_one_of(input: &apollo_compiler::schema::InputObjectType) -> bool {
    input.directives.has("oneOf")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::scalar;

    #[test]
    fn the_schema_is_without_errors() {
        if let Err(failed) = Schema::parse_and_validate(crate::sdl(), "schema.graphql") {
            panic!("{}", failed.errors);
        }
    }

    #[test]
    fn an_interface_stands_for_the_types_that_implement_it() {
        let types = Types::new(&crate::sdl());
        let possible = types.possible(&name!("Node")).unwrap();
        assert!(possible.contains(&name!("Order")) && possible.contains(&name!("Stock")));
        assert!(types.applies(&name!("Node"), &name!("Order")));
        assert!(!types.applies(&name!("Product"), &name!("Order")));
        assert_eq!(types.possible(&name!("Order")), None);
    }

    #[test]
    fn every_scalar_that_is_taken_is_checked_before_anything_runs() {
        let types = Types::new(&crate::sdl());
        let scalars = types
            .schema()
            .types
            .values()
            .filter(|ty| ty.is_scalar() && !ty.is_built_in());
        for scalar in scalars {
            assert!(scalar::is_known(scalar.name()), "{}", scalar.name());
        }
    }
}
