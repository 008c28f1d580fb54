//! The sizes of a ballot, which a manifest's limits are computed from.

/// The ballot format.
pub const VERSION: u8 = 1;
/// Bytes before the sections.
pub const HEADER_LEN: usize = 1 + 1 + 32 + 2 + 32 + 4 + 32;
/// Bytes after the sections.
pub const SIGNATURE_LEN: usize = veche_crypto::signature::SIGNATURE_LEN;
