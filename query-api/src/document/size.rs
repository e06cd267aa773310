//! How much a document asks for once its fragments are spread.
//!
//! Each fragment is counted once and its sum is added wherever it is spread. So a document whose fragments
//! double with every level costs as many steps as it has selections, however large its sum is.

use std::collections::HashMap;

use apollo_compiler::ast::{Definition, Document, Selection};

use crate::limits::{MAX_DEPTH, MAX_SELECTIONS, MAX_SPREADS};

/// What a document has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooMuch {
    /// Fields within fields.
    Depth,
    /// Selections, those of fragments once for each spread.
    Selections,
    /// Selections within selections, fragments included.
    Spreads,
}

/// What is selected below one place.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// All selections.
    selections: usize,
    /// How deep fields nest.
    fields: usize,
    /// How deep selection sets nest, those of fragments included.
    sets: usize,
}

/// A fragment while it is counted, and after.
#[derive(Clone, Copy)]
enum Fragment<'d> {
    New(&'d [Selection]),
    /// Spread within itself, which the validation refuses.
    Begun,
    Counted(Size),
}

/// Counts all operations of a document together: each of them is validated.
pub(super) fn check(document: &Document) -> Result<(), TooMuch> {
    let fragments = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            Definition::FragmentDefinition(fragment) => Some((
                fragment.name.as_str(),
                Fragment::New(fragment.selection_set.as_slice()),
            )),
            _ => None,
        });
    let mut counter = Counter(fragments.collect());
    let mut total = 0_usize;
    for definition in &document.definitions {
        let set = match definition {
            Definition::OperationDefinition(operation) => &operation.selection_set,
            // One that no operation spreads is refused later, and until then it must not be larger.
            Definition::FragmentDefinition(fragment) => &fragment.selection_set,
            _ => continue,
        };
        let size = counter.count(set, 0)?;
        if matches!(definition, Definition::OperationDefinition(_)) {
            total = total.saturating_add(size.selections);
        }
        if size.fields > MAX_DEPTH {
            return Err(TooMuch::Depth);
        }
        if size.selections > MAX_SELECTIONS {
            return Err(TooMuch::Selections);
        }
    }
    if total > MAX_SELECTIONS {
        return Err(TooMuch::Selections);
    }
    Ok(())
}

struct Counter<'d>(HashMap<&'d str, Fragment<'d>>);

impl<'d> Counter<'d> {
    /// Counts a selection set that `above` others are around. It recurses only as deep as sets may nest.
    fn count(&mut self, set: &'d [Selection], above: usize) -> Result<Size, TooMuch> {
        if above > MAX_SPREADS {
            return Err(TooMuch::Spreads);
        }
        let mut sum = Size {
            sets: 1,
            ..Size::default()
        };
        for selection in set {
            let (below, is_field) = match selection {
                Selection::Field(field) if field.selection_set.is_empty() => (Size::default(), 1),
                Selection::Field(field) => (self.count(&field.selection_set, above + 1)?, 1),
                Selection::InlineFragment(fragment) => (self.count(&fragment.selection_set, above + 1)?, 0),
                Selection::FragmentSpread(spread) => (self.fragment(&spread.fragment_name, above + 1)?, 0),
            };
            sum.selections = sum.selections.saturating_add(below.selections).saturating_add(1);
            sum.fields = sum.fields.max(below.fields + is_field);
            sum.sets = sum.sets.max(below.sets + 1);
        }
        if above + sum.sets > MAX_SPREADS + 1 {
            return Err(TooMuch::Spreads);
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &str, above: usize) -> Result<Size, TooMuch> {
        let Some((&name, fragment)) = self.0.get_key_value(name) else {
            return Ok(Size::default());
        };
        match *fragment {
            Fragment::Counted(size) if above + size.sets > MAX_SPREADS + 1 => Err(TooMuch::Spreads),
            Fragment::Counted(size) => Ok(size),
            Fragment::Begun => Ok(Size::default()),
            Fragment::New(set) => {
                self.0.insert(name, Fragment::Begun);
                let size = self.count(set, above)?;
                self.0.insert(name, Fragment::Counted(size));
                Ok(size)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(text: &str) -> Result<(), TooMuch> {
        check(&Document::parse(text, "").unwrap())
    }

    /// `levels` fragments, each of which spreads the next one `times` times.
    fn bomb(levels: usize, times: usize) -> String {
        let mut text = "{ ...F0 }".to_owned();
        for level in 0..levels {
            let spread = format!("...F{} ", level + 1).repeat(times);
            text += &format!(" fragment F{level} on Query {{ {spread} }}");
        }
        text + &format!(" fragment F{levels} on Query {{ __typename }}")
    }

    #[test]
    fn a_fragment_counts_wherever_it_is_spread() {
        assert_eq!(size(&bomb(5, 2)), Ok(()));
        for (levels, times) in [(22, 2), (30, 2), (3, 400), (40, 30)] {
            assert_eq!(
                size(&bomb(levels, times)),
                Err(TooMuch::Selections),
                "{levels} {times}"
            );
        }
    }

    #[test]
    fn a_chain_of_fragments_is_as_deep_as_selections_may_nest() {
        assert_eq!(size(&bomb(MAX_SPREADS - 1, 1)), Ok(()));
        assert_eq!(size(&bomb(MAX_SPREADS, 1)), Err(TooMuch::Spreads));
        assert_eq!(size(&bomb(5_000, 1)), Err(TooMuch::Spreads));
        // Also where the fragments stand in the other order, so that all but the first are known already.
        let mut reversed: Vec<_> = bomb(MAX_SPREADS, 1)
            .split(" fragment")
            .map(str::to_owned)
            .collect();
        reversed.reverse();
        let mut reversed = format!("fragment{}", reversed.join(" fragment"));
        reversed = reversed.replace(" fragment{ ...F0 }", " { ...F0 }");
        assert_eq!(size(&reversed), Err(TooMuch::Spreads));
    }

    #[test]
    fn a_fragment_within_itself_is_counted_to_its_end() {
        assert_eq!(
            size("{ ...A } fragment A on Query { ...B } fragment B on Query { a ...A }"),
            Ok(())
        );
    }

    #[test]
    fn all_operations_count_together_and_unused_fragments_too() {
        let operation = format!("query Q {{ {} }} ", "a ".repeat(MAX_SELECTIONS / 2));
        assert_eq!(size(&operation.repeat(2)), Ok(()));
        assert_eq!(size(&operation.repeat(3)), Err(TooMuch::Selections));
        let unused = format!(
            "{{ a }} fragment F on Query {{ {} }}",
            "a ".repeat(MAX_SELECTIONS + 1)
        );
        assert_eq!(size(&unused), Err(TooMuch::Selections));
    }

    #[test]
    fn fields_nest_as_deep_as_they_may() {
        let nested = |depth: usize| format!("{}a{}", "{a ".repeat(depth - 1) + "{", "}".repeat(depth));
        assert_eq!(size(&nested(MAX_DEPTH)), Ok(()));
        assert_eq!(size(&nested(MAX_DEPTH + 1)), Err(TooMuch::Depth));
    }
}
