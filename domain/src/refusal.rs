//! What all refusals of the domain have in common, whichever aggregate refuses.

/// How a refusal is to be understood by a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The aggregate that the command names does not exist.
    Unknown,
    /// What was to be created exists already.
    AlreadyExists,
    /// A rule of the shop forbids it.
    Rule,
}

/// A refusal with a code that programs may rely on.
pub trait Refusal: std::error::Error + Send + Sync + 'static {
    /// A stable code in `snake_case`; it never changes once published.
    fn code(&self) -> &'static str;

    /// How the refusal is to be understood.
    fn kind(&self) -> RefusalKind {
        RefusalKind::Rule
    }

    /// The field of the command that broke the rule, where one alone is to blame.
    fn field(&self) -> Option<&'static str> {
        None
    }
}
