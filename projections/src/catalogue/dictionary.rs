//! Numbers for facet values, the same in all segments of an index.
//!
//! A segment numbers its values by itself. With numbers of their own the counts of segments could be
//! added only by their texts, so here each text gets one number for as long as the index is open.

use std::{collections::HashMap, sync::Arc};

use super::facet_key::FacetKey;

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
    names: Vec<String>,
}

#[derive(Debug, Clone)]
struct Value {
    key: Arc<str>,
    group: GroupId,
    /// Where the path of a category, or the value of an attribute, begins in the key.
    text: usize,
}

impl Dictionary {
    pub(super) fn new() -> Self {
        Self {
            ids: HashMap::new(),
            values: Vec::new(),
            groups: HashMap::new(),
            // The name of the tree of categories is never looked up.
            names: vec![String::new()],
        }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn find(&self, key: &str) -> Option<ValueId> {
        self.ids.get(key).copied()
    }

    /// The attribute of this name.
    pub(super) fn find_attribute(&self, name: &str) -> Option<GroupId> {
        self.groups.get(name).copied()
    }

    /// The names of all attributes.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (GroupId, &str)> {
        (0..).zip(self.names.iter().map(String::as_str)).skip(1)
    }

    /// All categories, by path.
    pub(super) fn categories(&self) -> impl Iterator<Item = (ValueId, &str)> {
        let values = (0..)
            .zip(&self.values)
            .filter(|(_, value)| value.group == CATEGORIES);
        values.map(|(id, value)| (id, value.key.get(value.text..).unwrap_or_default()))
    }

    pub(super) fn group(&self, id: ValueId) -> GroupId {
        self.values
            .get(index(id))
            .map_or(GroupId::MAX, |value| value.group)
    }

    /// The path of a category, or the value of an attribute.
    pub(super) fn text(&self, id: ValueId) -> &str {
        let value = self.values.get(index(id));
        value
            .and_then(|value| value.key.get(value.text..))
            .unwrap_or_default()
    }

    /// The number of a key, which is new or known. Nothing for what is no key.
    pub(super) fn intern(&mut self, key: &str) -> Option<ValueId> {
        if let Some(id) = self.find(key) {
            return Some(id);
        }
        let (group, text) = match FacetKey::parse(key)? {
            FacetKey::Category(path) => (CATEGORIES, path),
            FacetKey::Attribute { name, value } => (self.intern_attribute(name)?, value),
        };
        let text = key.len() - text.len();
        let id = ValueId::try_from(self.values.len()).ok()?;
        let key: Arc<str> = key.into();
        self.values.push(Value {
            key: Arc::clone(&key),
            group,
            text,
        });
        self.ids.insert(key, id);
        Some(id)
    }

    /// The same for a dictionary that others hold too: they keep it as it was. It is copied only for what
    /// is new, which is seldom.
    pub(super) fn intern_shared(shared: &mut Arc<Self>, key: &str) -> Option<ValueId> {
        shared.find(key).or_else(|| Arc::make_mut(shared).intern(key))
    }

    fn intern_attribute(&mut self, name: &str) -> Option<GroupId> {
        if let Some(group) = self.find_attribute(name) {
            return Some(group);
        }
        let group = GroupId::try_from(self.names.len()).ok()?;
        self.names.push(name.to_owned());
        self.groups.insert(name.to_owned(), group);
        Some(group)
    }
}

/// As a place in a list.
pub(super) fn index(id: ValueId) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}
