//! Text that is JSON already, as a parameter of a statement.

use sqlx::{
    Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, types::Oid},
};

/// The numbers under which PostgreSQL knows `json` and `json[]`; they are the same everywhere.
const JSON: Oid = Oid(114);
const JSON_ARRAY: Oid = Oid(199);

/// The server stores it byte for byte, and refuses it if it is no JSON.
pub(super) struct JsonText<'text>(pub(super) &'text str);

impl Type<Postgres> for JsonText<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(JSON)
    }
}

impl PgHasArrayType for JsonText<'_> {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(JSON_ARRAY)
    }
}

impl<'query> Encode<'query, Postgres> for JsonText<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <&str as Encode<Postgres>>::encode(self.0, buffer)
    }
}
