//! Numbers for facet values, the same in all segments of an index.
//!
//! A segment numbers its values by itself. With numbers of their own the counts of segments could be
//! added only by their texts, so here each text gets one number for as long as the index is open.

use std::{collections::HashMap, sync::Arc};

use domain::value::fold;

use super::facet_key::{Attribute, Facet};

/// The number of a facet value.
pub(super) type ValueId = u32;

/// The number of what is counted together: the tree of categories is one group, each attribute another.
pub(super) type GroupId = u32;

/// The tree of categories.
pub(super) const CATEGORIES: GroupId = 0;

/// All facet values that were seen since the index was opened.
#[derive(Debug, Clone)]
pub(super) struct Dictionary {
    ids: HashMap<Arc<str>, ValueId>,
    values: Vec<Value>,
    groups: HashMap<String, GroupId>,
    names: Vec<Shown>,
}

#[derive(Debug, Clone)]
struct Value {
    group: GroupId,
    shown: Shown,
    /// By what it comes before others. Of a category it is the path with the least of all characters between its
    /// steps: so what is below a category comes right after that, and the next one after all of it.
    order: Arc<str>,
}

/// See [`Value::order`].
fn order_of(group: GroupId, text: &Arc<str>) -> Arc<str> {
    match group {
        CATEGORIES => text.replace('/', "\0").into(),
        _ => Arc::clone(text),
    }
}

/// How something is written for people: as in the oldest product that has it, whichever segment that is in.
#[derive(Debug, Clone)]
struct Shown {
    text: Arc<str>,
    /// When the product was created, as a position.
    since: u64,
}

impl Dictionary {
    pub(super) fn new() -> Self {
        Self {
            ids: HashMap::new(),
            values: Vec::new(),
            groups: HashMap::new(),
            // The name of the tree of categories is never looked up.
            names: vec![Shown {
                text: "".into(),
                since: 0,
            }],
        }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn find(&self, key: &str) -> Option<ValueId> {
        self.ids.get(key).copied()
    }

    /// The attribute of this name, in whichever case.
    pub(super) fn find_attribute(&self, name: &str) -> Option<GroupId> {
        self.groups.get(&fold(name)).copied()
    }

    /// The names of all attributes.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (GroupId, &str)> {
        (0..).zip(self.names.iter().map(|name| &*name.text)).skip(1)
    }

    /// All categories, by path.
    pub(super) fn categories(&self) -> impl Iterator<Item = (ValueId, &str)> {
        let values = (0..)
            .zip(&self.values)
            .filter(|(_, value)| value.group == CATEGORIES);
        values.map(|(id, value)| (id, &*value.shown.text))
    }

    pub(super) fn group(&self, id: ValueId) -> GroupId {
        self.values
            .get(index(id))
            .map_or(GroupId::MAX, |value| value.group)
    }

    /// The path of a category, or the value of an attribute.
    pub(super) fn shown(&self, id: ValueId) -> Arc<str> {
        let value = self.values.get(index(id));
        value.map_or_else(|| "".into(), |value| Arc::clone(&value.shown.text))
    }

    /// By what a value comes before others.
    pub(super) fn order(&self, id: ValueId) -> &str {
        let value = self.values.get(index(id));
        value.map_or("", |value| &value.order)
    }

    /// The number of a facet, which is new or known. Nothing for what is no facet. `since` is when the
    /// oldest product that writes it like this was created.
    pub(super) fn intern(&mut self, text: &str, since: u64) -> Option<ValueId> {
        let facet = Facet::parse(text)?;
        let group = match facet.attribute {
            None => CATEGORIES,
            Some(attribute) => self.intern_attribute(attribute, since)?,
        };
        if let Some(id) = self.find(facet.key) {
            if let Some(value) = self.values.get_mut(index(id)) {
                value.shown.replace(facet.shown, since);
                value.order = order_of(group, &value.shown.text);
            }
            return Some(id);
        }
        let id = ValueId::try_from(self.values.len()).ok()?;
        let text: Arc<str> = facet.shown.into();
        self.values.push(Value {
            group,
            order: order_of(group, &text),
            shown: Shown { text, since },
        });
        self.ids.insert(facet.key.into(), id);
        Some(id)
    }

    /// The same for a dictionary that others hold too: they keep it as it was. It is copied only for what
    /// is new, which is seldom.
    pub(super) fn intern_shared(shared: &mut Arc<Self>, text: &str, since: u64) -> Option<ValueId> {
        let known = Facet::parse(text).and_then(|facet| shared.find_as(&facet, since));
        known.or_else(|| Arc::make_mut(shared).intern(text, since))
    }

    /// A value that is shown as an older product writes it, and so stays as it is.
    fn find_as(&self, facet: &Facet<'_>, since: u64) -> Option<ValueId> {
        let id = self.find(facet.key)?;
        let value = self.values.get(index(id))?;
        let name = self.names.get(index(value.group))?;
        (name.is_older_than(since) && value.shown.is_older_than(since)).then_some(id)
    }

    fn intern_attribute(&mut self, attribute: Attribute<'_>, since: u64) -> Option<GroupId> {
        if let Some(group) = self.groups.get(attribute.name).copied() {
            if let Some(name) = self.names.get_mut(index(group)) {
                name.replace(attribute.shown, since);
            }
            return Some(group);
        }
        let group = GroupId::try_from(self.names.len()).ok()?;
        self.names.push(Shown {
            text: attribute.shown.into(),
            since,
        });
        self.groups.insert(attribute.name.to_owned(), group);
        Some(group)
    }
}

impl Shown {
    fn is_older_than(&self, since: u64) -> bool {
        self.since <= since
    }

    fn replace(&mut self, text: &str, since: u64) {
        if !self.is_older_than(since) {
            self.text = text.into();
            self.since = since;
        }
    }
}

/// As a place in a list.
pub(super) fn index(id: ValueId) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{super::facet_key, *};

    fn interned(dictionary: &mut Dictionary, tag: &'static str, since: u64) -> ValueId {
        let text = facet_key::facets(std::iter::empty(), std::iter::once(tag))
            .next()
            .unwrap();
        dictionary.intern(&text, since).unwrap()
    }

    #[test]
    fn a_value_is_shown_as_the_oldest_product_writes_it() {
        let tags = [("Size: large ", 3), ("size:Large", 1), ("SIZE:LARGE", 2)];
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let mut dictionary = Dictionary::new();
            for (tag, since) in order.map(|index| tags[index]) {
                assert_eq!(interned(&mut dictionary, tag, since), 0);
            }
            assert_eq!(&*dictionary.shown(0), "Large", "{order:?}");
            assert_eq!(
                dictionary.attributes().collect::<Vec<_>>(),
                [(1, "size")],
                "{order:?}"
            );
            assert_eq!(dictionary.find_attribute(" Size"), Some(1));
        }
    }

    #[test]
    fn a_dictionary_that_others_hold_is_copied_only_for_what_is_new() {
        let mut shared = Arc::new(Dictionary::new());
        interned(Arc::make_mut(&mut shared), "size:Large", 1);
        let held = Arc::clone(&shared);
        for (tag, is_new) in [("SIZE:large", false), ("size:small", true)] {
            let text = facet_key::facets(std::iter::empty(), std::iter::once(tag))
                .next()
                .unwrap();
            Dictionary::intern_shared(&mut shared, &text, 5).unwrap();
            assert_eq!(Arc::ptr_eq(&shared, &held), !is_new, "{tag}");
        }
        assert_eq!(held.len(), 1);
    }
}
