/** What a receipt says, wherever it is shown. */
export default {
  "receipt.title": "Receipt of a cast ballot",
  "receipt.code": "Confirmation code",
  "receipt.district": "District",
  "receipt.cast-at": "Cast",
  "receipt.place": "Entry on the board",
  "receipt.ballot": "Hash of the ballot",
  "receipt.fingerprint": "Fingerprint of the election",
  "receipt.promise": "This receipt shows that the ballot is in the box. It does not show what was chosen.",
  "receipt.checked":
    "Checked in this browser: the ballot’s place in the box, the box’s signature, and that the box has kept its past.",
  "receipt.download": "Save the receipt",
  "receipt.print": "Print",
  "receipt.keep":
    "Keep the receipt. Should your ballot ever be missing, it proves that the box had taken it.",
  "receipt.done":
    "You can close this page now. The receipt stays in this browser, and you find it under “My ballot”.",
  "receipt.file": "receipt-{code}.json",
  "receipt.open-file": "Open a saved receipt",
  "receipt.qr-alt": "QR code with the link to this receipt",
  "receipt.qr": "Scan to find this ballot with another device",
  "receipt.qr-text":
    "The code holds the proof that the ballot is on the board. It does not hold what was chosen.",
};
