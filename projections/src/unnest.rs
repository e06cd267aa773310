//! Rows as arrays, so that a batch of any size is one statement.

/// Binds one array for each field, in the order in which they are named.
macro_rules! bind_columns {
    ($query:expr, $rows:expr, [$($field:ident),+ $(,)?]) => {
        $query$(.bind($rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()))+
    };
}
