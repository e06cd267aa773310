//! Rows as Apache Parquet, one row group after the other.
//!
//! Every column may be empty, whatever the table says: a reader of the file loses nothing by that. Texts,
//! JSON and lists are strings; a UUID is its text, which every reader understands.

use std::{
    io::{self, Write},
    sync::Arc,
};

use parquet::{
    basic::{Compression, ConvertedType, Repetition, Type as Physical},
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::Type,
};
use projections::{Column, ColumnKind, ColumnValue};

use crate::provenance::Provenance;

/// How many rows are gathered before they are written: they and no more are in memory.
const ROW_GROUP: usize = 10_000;

type Row = Vec<Option<ColumnValue>>;

/// A Parquet file in progress.
pub(crate) struct ParquetRows<'out> {
    out: Option<&'out mut (dyn Write + Send)>,
    writer: Option<SerializedFileWriter<&'out mut (dyn Write + Send)>>,
    kinds: Vec<ColumnKind>,
    rows: Vec<Row>,
}

impl<'out> ParquetRows<'out> {
    pub(crate) fn new(out: &'out mut (dyn Write + Send)) -> Self {
        Self {
            out: Some(out),
            writer: None,
            kinds: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Begins the file with its columns.
    pub(crate) fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        let Some(out) = self.out.take() else {
            return Err(io::Error::other("the file was already started"));
        };
        let fields = columns.iter().map(|column| field(column).map(Arc::new));
        let schema = Type::group_type_builder("rows")
            .with_fields(fields.collect::<Result<_, _>>().map_err(other)?)
            .build()
            .map_err(other)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties));
        self.writer = Some(writer.map_err(other)?);
        self.kinds = columns.iter().map(Column::kind).collect();
        Ok(())
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: Row) -> io::Result<()> {
        self.rows.push(row);
        if self.rows.len() >= ROW_GROUP {
            self.write_group()?;
        }
        Ok(())
    }

    /// Ends the file with what it says of itself.
    pub(crate) fn end(&mut self, provenance: &Provenance) -> io::Result<()> {
        self.write_group()?;
        if let Some(mut writer) = self.writer.take() {
            for (key, value) in provenance.entries() {
                writer.append_key_value_metadata(KeyValue::new(format!("souk.{key}"), value));
            }
            writer.close().map_err(other)?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let Some(writer) = self.writer.as_mut().filter(|_| !rows.is_empty()) else {
            return Ok(());
        };
        let mut group = writer.next_row_group().map_err(other)?;
        for (index, kind) in self.kinds.iter().enumerate() {
            if let Some(mut column) = group.next_column().map_err(other)? {
                write_column(&mut column, *kind, &rows, index).map_err(other)?;
                column.close().map_err(other)?;
            }
        }
        group.close().map(|_written| ()).map_err(other)
    }
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, converted) = match column.kind() {
        ColumnKind::Boolean => (Physical::BOOLEAN, ConvertedType::NONE),
        ColumnKind::Integer => (Physical::INT64, ConvertedType::NONE),
        ColumnKind::Float => (Physical::DOUBLE, ConvertedType::NONE),
        ColumnKind::Time => (Physical::INT64, ConvertedType::TIMESTAMP_MICROS),
        ColumnKind::Date => (Physical::INT32, ConvertedType::DATE),
        ColumnKind::Uuid | ColumnKind::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_converted_type(converted)
        .build()
}

fn write_column(
    column: &mut SerializedColumnWriter<'_>,
    kind: ColumnKind,
    rows: &[Row],
    index: usize,
) -> Result<(), ParquetError> {
    let values = || rows.iter().filter_map(|row| row.get(index)?.as_ref());
    let is_there = |row: &Row| row.get(index).is_some_and(Option::is_some);
    let levels: Vec<i16> = rows.iter().map(|row| i16::from(is_there(row))).collect();
    let levels = Some(levels.as_slice());
    match column.untyped() {
        ColumnWriter::BoolColumnWriter(writer) => {
            let values: Vec<bool> = values()
                .filter_map(|value| match value {
                    ColumnValue::Boolean(value) => Some(*value),
                    _ => None,
                })
                .collect();
            writer.write_batch(&values, levels, None)?;
        }
        ColumnWriter::Int64ColumnWriter(writer) => {
            let values: Vec<i64> = values()
                .filter_map(|value| match value {
                    ColumnValue::Integer(value) | ColumnValue::Time(value) => Some(*value),
                    _ => None,
                })
                .collect();
            writer.write_batch(&values, levels, None)?;
        }
        ColumnWriter::Int32ColumnWriter(writer) => {
            let values: Vec<i32> = values()
                .filter_map(|value| match value {
                    ColumnValue::Date(value) => Some(*value),
                    _ => None,
                })
                .collect();
            writer.write_batch(&values, levels, None)?;
        }
        ColumnWriter::DoubleColumnWriter(writer) => {
            let values: Vec<f64> = values()
                .filter_map(|value| match value {
                    ColumnValue::Float(value) => Some(*value),
                    _ => None,
                })
                .collect();
            writer.write_batch(&values, levels, None)?;
        }
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let values: Vec<ByteArray> = values()
                .filter_map(|value| match value {
                    ColumnValue::Text(value) => Some(ByteArray::from(value.as_str())),
                    ColumnValue::Uuid(bytes) => {
                        let text = uuid::Uuid::from_bytes(*bytes).hyphenated().to_string();
                        Some(ByteArray::from(text.as_str()))
                    }
                    _ => None,
                })
                .collect();
            writer.write_batch(&values, levels, None)?;
        }
        _ => return Err(ParquetError::General(format!("no column is of kind {kind:?}"))),
    }
    Ok(())
}

fn other(error: ParquetError) -> io::Error {
    match error {
        // What the system said is told as it was: that a reader has gone is no failure.
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(source) => io::Error::other(source),
        },
        error => io::Error::other(error),
    }
}
