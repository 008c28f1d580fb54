//! How much of a file is read.

/// How much of a file is read. A file that holds more is refused, never cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of the file.
    pub bytes: usize,
    /// Most bytes that it unpacks to: a small file can hold a very large one.
    pub unpacked: u64,
    /// Most sheets.
    pub sheets: usize,
    /// Most rows of a sheet, counted from the top and not by what is written in them.
    pub rows: u32,
    /// Most columns of a sheet, counted from the left.
    pub columns: u32,
    /// Most cells with something in them, in all sheets together.
    pub cells: usize,
}

impl Limits {
    /// For what a person writes by hand: some hundred projects.
    pub const SHEET: Limits = Limits {
        bytes: 16 << 20,
        unpacked: 128 << 20,
        sheets: 50,
        rows: 20_000,
        columns: 200,
        cells: 500_000,
    };
    /// For what a register exports: half a million people.
    pub const REGISTER: Limits = Limits {
        bytes: 256 << 20,
        unpacked: 1 << 30,
        sheets: 50,
        rows: 1_000_000,
        columns: 200,
        cells: 12_000_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::SHEET
    }
}

/// Most characters of a cell, as in Excel. A text with a quotation mark that is never closed would be one cell.
pub(crate) const MAX_CELL_CHARS: usize = 32_767;
/// Most files within a file.
pub(crate) const MAX_PARTS: usize = 10_000;
