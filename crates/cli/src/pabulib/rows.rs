//! The file as records: `;`-separated with CSV quoting, each with the line it starts on.

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::error::{PabulibError, PabulibErrorKind};

/// One record, with its place in the file.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The line it starts on, counted from 1.
    pub(super) line: u64,
    /// How many lines it takes.
    pub(super) lines: u64,
    fields: StringRecord,
}

impl Row {
    /// The field at `index`, without the white space around it; nothing where the row is shorter.
    pub(super) fn get(&self, index: usize) -> &str {
        self.fields.get(index).unwrap_or("").trim()
    }

    /// The number of fields.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// All fields, trimmed.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(str::trim)
    }

    /// Spreadsheets pad every row to the widest one: empty fields past `expected` are theirs, not the file's.
    pub(super) fn has_width(&self, expected: usize) -> bool {
        self.len() >= expected && self.iter().skip(expected).all(str::is_empty)
    }

    /// Whether this row is the line that opens `section`.
    pub(super) fn opens(&self, section: &str) -> bool {
        self.get(0).eq_ignore_ascii_case(section) && self.has_width(1)
    }

    /// Whether there is nothing in it.
    fn is_blank(&self) -> bool {
        self.iter().all(str::is_empty)
    }
}

/// Reads records one after the other. Blank rows are passed over.
pub(super) struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
    text: &'a [u8],
    /// How far lines have been counted: (byte, line at that byte).
    counted: (usize, u64),
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(b';')
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        Self { reader, text: text.as_bytes(), counted: (0, 1) }
    }

    /// The line on which byte `at` stands. Only ever asked for later and later bytes, so the file is counted
    /// once.
    fn line_at(&mut self, at: usize) -> u64 {
        let (from, line) = self.counted;
        let passed = self.text.get(from..at).unwrap_or(&[]);
        let breaks = passed.iter().filter(|byte| **byte == b'\n').count();
        let line = line.saturating_add(u64::try_from(breaks).unwrap_or(u64::MAX));
        self.counted = (at.max(from), line);
        line
    }

    /// The line the reader has reached: the last one, once it has returned nothing.
    pub(super) fn here(&mut self) -> u64 {
        let at = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        self.line_at(at.min(self.text.len()))
    }

    /// The next row that has something in it.
    pub(super) fn next(&mut self) -> Result<Option<Row>, PabulibError> {
        loop {
            let start = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
            let mut record = ByteRecord::new();
            let more = self.reader.read_byte_record(&mut record);
            // The reader counts the blank lines before a record as part of it; a person looking for the line
            // does not.
            let skipped = self
                .text
                .get(start..)
                .map_or(0, |rest| rest.iter().take_while(|byte| matches!(**byte, b'\n' | b'\r')).count());
            let line = self.line_at(start.saturating_add(skipped).min(self.text.len()));
            let unreadable = |reason: String| PabulibError { line, kind: PabulibErrorKind::Csv { reason } };
            if !more.map_err(|error| unreadable(error.to_string()))? {
                return Ok(None);
            }
            let fields =
                StringRecord::from_byte_record(record).map_err(|error| unreadable(error.to_string()))?;
            let inside =
                fields.iter().map(|field| field.bytes().filter(|byte| *byte == b'\n').count()).sum::<usize>();
            let lines = u64::try_from(inside).unwrap_or(u64::MAX).saturating_add(1);
            let row = Row { line, lines, fields };
            if !row.is_blank() {
                return Ok(Some(row));
            }
        }
    }
}

/// Where each named column of a section stands.
#[derive(Debug)]
pub(super) struct Columns {
    section: &'static str,
    line: u64,
    names: Vec<String>,
}

impl Columns {
    /// Reads a section's header.
    pub(super) fn read(section: &'static str, row: &Row) -> Result<Self, PabulibError> {
        let mut names: Vec<String> = row.iter().map(str::to_ascii_lowercase).collect();
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        for (index, name) in names.iter().enumerate() {
            if names.iter().take(index).any(|earlier| earlier == name) {
                let kind = PabulibErrorKind::DuplicateColumn { section, column: super::error::shown(name) };
                return Err(PabulibError { line: row.line, kind });
            }
        }
        Ok(Self { section, line: row.line, names })
    }

    /// The number of columns.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Where `column` stands, if it does.
    pub(super) fn find(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|name| name == column)
    }

    /// Where `column` stands, which must be there.
    pub(super) fn need(&self, column: &'static str) -> Result<usize, PabulibError> {
        let kind = PabulibErrorKind::MissingColumn { section: self.section, column };
        self.find(column).ok_or(PabulibError { line: self.line, kind })
    }
}
