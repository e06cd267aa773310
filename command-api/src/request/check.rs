//! The second step of parsing: from JSON of the right shape to values that are right.

use crate::refused::{FieldError, Refused};

/// The most broken fields that one answer lists: enough to mend a form, too few to fill a memory.
const MAX_ERRORS: usize = 100;

/// A value that is made from JSON and right by construction.
pub(crate) trait Valid: Sized {
    /// How it is written in JSON.
    type Raw;

    /// Makes the value, or tells the check what is wrong with it.
    fn check(raw: Self::Raw, check: &mut Check) -> Option<Self>;

    /// What an empty body stands for, where none is fine.
    fn absent() -> Option<Self::Raw> {
        None
    }
}

/// Collects every broken field of a request, so that the caller can mend all of them at once.
#[derive(Default)]
pub(crate) struct Check {
    path: String,
    errors: Vec<FieldError>,
}

impl Check {
    /// Makes a value, or lists all that is wrong with it.
    pub(crate) fn run<T: Valid>(raw: T::Raw) -> Result<T, Refused> {
        let mut check = Self::default();
        match T::check(raw, &mut check) {
            Some(value) if check.errors.is_empty() => Ok(value),
            _ => Err(Refused::fields(check.errors)),
        }
    }

    /// Nothing, or all that is wrong.
    pub(crate) fn finish(self) -> Result<(), Refused> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Refused::fields(self.errors))
    }

    /// Makes the value of a field.
    pub(crate) fn field<T: Valid>(&mut self, name: &str, raw: T::Raw) -> Option<T> {
        self.within(name, |check| T::check(raw, check))
    }

    /// Does something with the field of this name in mind.
    pub(crate) fn within<R>(&mut self, name: &str, work: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.path.len();
        if length > 0 && !name.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(name);
        let result = work(self);
        self.path.truncate(length);
        result
    }

    /// The field in mind breaks a rule.
    pub(crate) fn refuse(&mut self, code: &'static str, rule: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(FieldError {
                field: self.path.clone(),
                code,
                rule: rule.into(),
            });
        }
    }
}

impl<T: Valid> Valid for Option<T> {
    type Raw = Option<T::Raw>;
    fn check(raw: Self::Raw, check: &mut Check) -> Option<Self> {
        match raw {
            None => Some(None),
            Some(raw) => T::check(raw, check).map(Some),
        }
    }
}

impl<T: Valid> Valid for Vec<T> {
    type Raw = Vec<T::Raw>;
    fn check(raw: Self::Raw, check: &mut Check) -> Option<Self> {
        // All of them first: stopping at the first broken one would hide the others.
        let items: Vec<Option<T>> = raw
            .into_iter()
            .enumerate()
            .map(|(index, raw)| check.field(&format!("[{index}]"), raw))
            .collect();
        items.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::value::Quantity;

    use super::*;

    #[derive(Debug)]
    struct Pair(Vec<Quantity>, Option<Quantity>);

    impl Valid for Pair {
        type Raw = (Vec<i64>, Option<i64>);
        fn check((many, maybe): Self::Raw, check: &mut Check) -> Option<Self> {
            let many = check.within("outer", |check| check.field("many", many));
            let maybe = check.field("maybe", maybe);
            Some(Self(many?, maybe?))
        }
    }

    #[test]
    fn every_broken_field_is_listed_with_its_path() {
        let refused = Check::run::<Pair>((vec![1, 0, 2, -1], Some(0))).unwrap_err();
        let fields: Vec<&str> = refused.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["outer.many[1]", "outer.many[3]", "maybe"]);
        assert_eq!(refused.code, "invalid_quantity");
    }

    #[test]
    fn the_list_is_bounded() {
        let refused = Check::run::<Pair>((vec![0; 10_000], None)).unwrap_err();
        assert_eq!(refused.errors.len(), MAX_ERRORS);
    }

    #[test]
    fn what_is_right_passes() {
        let Pair(many, maybe) = Check::run((vec![1, 2], None)).unwrap();
        assert_eq!((many.len(), maybe), (2, None));
    }
}
