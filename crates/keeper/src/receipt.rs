//! The receipts of entries.

use veche_board::Receipt;

use crate::error::ReceiptError;
use crate::log::LogView;
use crate::store::BoardStore;

/// What came of an append.
#[derive(Debug)]
pub struct Appended {
    /// The entry that the transaction named. It is recorded, whatever becomes of its receipt.
    pub index: u64,
    /// Its receipt; an error while too few witnesses have seen it.
    pub receipt: Result<Receipt, ReceiptError>,
    /// Whether the transaction appended something, or everything was there before.
    pub new: bool,
}

/// The receipt of an entry: always the one that was given when it was acknowledged, because the checkpoint is stored
/// and the proof at its size never changes. Where there are witnesses, it is the first checkpoint over the entry that
/// enough of them have cosigned.
pub(crate) async fn receipt(
    store: &dyn BoardStore,
    log: &LogView,
    index: u64,
) -> Result<Receipt, ReceiptError> {
    let acknowledged = store.acknowledgement(index, log.needs_witnesses()).await?;
    let acknowledged = acknowledged.ok_or(ReceiptError::NotWitnessed)?;
    log.receipt(index, acknowledged).map_err(|_| ReceiptError::Behind)
}
