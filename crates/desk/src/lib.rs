//! The organiser's desk, without a page and without files: what a clerk hands in becomes what a vote needs, or a list
//! of everything that is wrong with it, by sheet, row and column.
//!
//! | module | what it is |
//! |---|---|
//! | [`describe`](mod@describe) | a workbook with the sheets *vote*, *districts* and *projects* becomes a manifest |
//! | [`report`](mod@report) | what became of it, as a document for a page, in one language |
//! | [`template`](mod@template) | that workbook, to be filled in, in the clerk's language |
//! | [`words`] | the words of both, in seven languages |

pub mod describe;
pub mod report;
mod said;
pub mod template;
pub mod words;

pub use describe::{Asked, Description, describe};
pub use said::phrases;
pub use template::template;
pub use veche_phrases::Language;
