/** What the find page says. */
export default {
  "find.name": "Find my ballot",
  "find.lead":
    "See whether your sealed ballot is on the public board. This page reads the published record. It asks nobody who you are, and nobody learns from it what you chose.",
  "find.code": "Confirmation code",
  "find.code-hint": "20 characters. Capital or small letters, with or without dashes.",
  "find.code-wrong":
    "A confirmation code has 20 letters and digits, and never the letter U. Please compare it with your receipt.",
  "find.search": "Look for it",
  "find.receipt-heading": "With a receipt",
  "find.receipt-text":
    "A receipt proves more than a code: if your ballot were taken away, the receipt shows it.",
  "find.drop":
    "You can also drop the file on this page, or scan the QR code of the receipt with the camera of another device.",
  "find.dropping": "Let go to look up this receipt",
  "find.opening": "Opening the public record…",
  "find.again": "Look again",
  "find.stop": "Stop",
  "find.progress": "Entries looked through",
  "find.so-far": "{done} of {all} entries looked through.",
  "find.left": { one: "About {n} second left.", other: "About {n} seconds left." },
  "find.first": "Looking through the record",
  "find.stopped": "Stopped before the end",
  "find.stopped-text": "No ballot with this code is among the first {done} entries. There are {all}.",
  "find.recorded": "Recorded on the board",
  "find.counts": "Recorded on the board, and it counts",
  "find.recorded-text":
    "Your sealed ballot is entry {index} of the public board. No later ballot stands in its place, and you were not struck off. So it counts, as long as neither happens before voting ends.",
  "find.counted-text":
    "Your sealed ballot is entry {index} of the public board, which is closed. No later ballot stands in its place, and you were not struck off. So it counts. Whether everything was counted rightly, “Verify” says.",
  "find.recorded-so-far":
    "Your sealed ballot is entry {index} of the public board. Checked up to entry {done} of {all} for a later one: there is none so far.",
  "find.replaced": "Replaced by a later ballot",
  "find.replaced-text":
    "Your sealed ballot is entry {index} of the public board. Entry {later} is a later ballot of the same voter, and that one stands in its place.",
  "find.replaced-you": "If you voted again, all is well: only the last ballot counts.",
  "find.replaced-other":
    "If you did not vote again, somebody else did it in your name. While voting is open, sign in and vote again: your new ballot takes the place of theirs. Tell the people who run this vote at once.",
  "find.struck-off": "You were struck off",
  "find.struck-off-text":
    "Your sealed ballot is entry {index} of the public board. Entry {entry} says that you may not vote: no ballot of yours counts.",
  "find.struck-off-paper":
    "Your sealed ballot is entry {index} of the public board. Entry {entry} says that you have voted on paper: that one counts, and no ballot of yours here.",
  "find.struck-off-do":
    "Whoever keeps the list of voters has signed that. If it is not true, tell the people who run this vote, and an observer.",
  "find.false": "The board has a false entry about you",
  "find.false-text":
    "Your sealed ballot is entry {index} of the public board. Entry {entry} speaks of you or your ballot. But whoever may say such a thing has not signed it, or it cannot stand there. No honest board has it. Save this page, and show it to an observer.",
  "find.false-verify": "Verify the whole board",
  "find.cancelled": "The organiser has cancelled this vote, at entry {entry}. Nothing is counted.",
  "find.same-code":
    "More than one ballot has this code: the entries {entries}. That should never be. Show it to an observer; the receipt says which one is yours.",
  "find.key-replaced":
    "Your key was replaced at entry {entry}: whoever keeps the list of voters says that you came with another browser or device. If you did not, somebody else did, and could vote in your name.",
  "find.handed-over":
    "Your browser’s key handed over to a new one at entry {entry}, as it does when you change what is on your ballot.",
  "find.missing": "Missing from the board",
  "find.missing-text":
    "Your receipt holds: the board signed that this ballot is entry {index} of its first {then}. The board of now has {size} entries, is signed with the same key, and does not have the ballot. It was taken away.",
  "find.forked": "The board contradicts itself",
  "find.forked-text":
    "Your receipt holds, and the ballot is entry {index} now. But the board of then and the board of now, signed with the same key, cannot both be true: something before your ballot was changed.",
  "find.evidence-text":
    "Save the evidence and keep your receipt. Send both to the people who run this vote and to an observer. The two signatures prove it to anyone.",
  "find.evidence": "Save the evidence",
  "find.evidence-file": "board-evidence-{index}.json",
  "find.older": "Not in this copy of the record",
  "find.older-text":
    "Your receipt holds: the board signed that this ballot is entry {index} of its first {then}. This copy of the record has only {size} entries, so it is older.",
  "find.older-do":
    "Please look again later. If the record does not grow, save the evidence and send it to the people who run this vote and to an observer.",
  "find.none": "No ballot with this code",
  "find.none-text": "All {all} entries of the record were looked through.",
  "find.none-typing": "A character may be mistyped. Compare the code with your receipt.",
  "find.none-new": "The ballot may have been cast a moment ago. Look again in a few minutes.",
  "find.none-sealed": "The code on the review is on the board only if you then cast that ballot.",
  "find.none-other": "The code may be of another vote.",
  "find.none-receipt":
    "If you have the receipt, open it here. It proves whether the board had taken your ballot.",
  "find.wrong": "This receipt does not hold",
  "find.wrong-text":
    "It was changed, or the board of this vote never signed it. It proves nothing about a ballot. If you saved it on this site, tell the people who run this vote.",
  "find.other": "A receipt of another vote",
  "find.other-text":
    "This receipt belongs to another vote than this page. Please open it on the page of that vote.",
  "find.not": "This is not a receipt",
  "find.not-text":
    "The file or link is not a receipt of this site. A link that was copied by hand may be cut off.",
  "find.broken": "The record cannot be used",
  "find.broken-text":
    "The files that are published are not what the board has signed. This says nothing about your ballot. Please look again later, and tell the people who run this vote.",
  "find.holds": "The receipt holds",
  "find.holds-text":
    "The board signed that this ballot is entry {index} of its first {then}. This was checked on this device.",
  "find.holds-not":
    "The record could not be reached. So it was not looked up whether the ballot is still there, and whether a later one stands in its place.",
  "find.offline": "The record could not be reached",
  "find.offline-text": "Nothing was looked up. Please check your connection and look again.",
  "find.offline-key":
    "This browser has not opened this vote before, so it does not know the board’s key and cannot check the signature by itself.",
  "find.entry": "Entry on the board",
  "find.later": "Later ballot",
  "find.of": "Entries in the record",
  "find.not-choice": "Nobody can see from this what was chosen.",
};
