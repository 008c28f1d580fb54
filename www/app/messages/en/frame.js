/** What every page says, and every trouble. */
export default {
  "app.fallback-title": "Vote",
  "app.title": "{screen} – {election}",
  "app.mine": "My ballot",
  "app.not-all-said":
    "The ballot box does not show all that the organiser has said, or shows what is not on the board. Ask the organiser for every notice.",
  "app.said-before": "The organiser has said more before. Who checks the vote reads all of it.",
  "app.organiser-says": "The organiser, {date}:",
  "app.cancelled": "The organiser has cancelled this vote, {date}:",
  "app.rehearsal": "Rehearsal: the ballots of this page are not counted.",
  "app.progress": "Steps of voting",
  "app.step": "Step {n} of {all}",
  "app.pages": "Pages for everyone",
  "app.back": "Back",
  "app.retry": "Try again",
  "app.opening": "Opening the ballot…",
  "app.working": "One moment…",
  "app.slow": "The network is slow. Please keep this page open; nothing is lost.",

  "step.sign-in": "Sign in",
  "step.choose": "Choose",
  "step.review": "Review",
  "step.cast": "Cast",
  "step.share": "Make your share",
  "step.exchange": "Exchange",
  "step.confirm": "Confirm",
  "step.rehearse": "Rehearsal",
  "step.decrypt": "Count",

  "stop.name": "Stopped",
  "stop.heading": "This page has stopped",
  "stop.wrong-heading": "This is not the election that was announced",
  "stop.forked-heading": "The ballot box contradicts itself",
  "stop.board-heading": "The public board is not right",
  "stop.setup-heading": "This election is still being prepared",
  "stop.retry-heading": "The ballot box cannot be reached",
  "stop.safe": "Nothing has been sealed or sent.",
  "stop.file": "ballot-box-evidence.json",
  "stop.evidence": "Save the evidence",
  "stop.evidence-text":
    "Send this file to the people who run this vote and to an observer. It proves what the box has signed.",
  "stop.detail": "Technical detail",

  "trouble.offline": "The ballot box could not be reached. Please check your connection.",
  "trouble.timeout": "The ballot box did not answer in time.",
  "trouble.server": "The ballot box has a problem at the moment. Please try again in a few minutes.",
  "trouble.wrong-code": "That is not the code we sent.",
  "trouble.code-expired": "This code is no longer valid. Please ask for a new one.",
  "trouble.too-many-attempts": "There were too many attempts. Please wait a while and ask for a new code.",
  "trouble.not-open": "Voting is not open. The box takes no ballots now.",
  "trouble.ballot-invalid":
    "The box says that this ballot is not valid. That is a fault of this page or of the box, not yours. Please tell the people who run this vote.",
  "trouble.number-behind": "Another browser has just signed in as you. Try again to vote from this one.",
  "trouble.struck-off":
    "The ballot box says that you were struck off the list of voters, so that no vote of yours counts. If that is wrong, ask the organiser.",
  "trouble.credential-revoked":
    "The ballot box says that you have signed in with another browser, so that this one can no longer vote.",
  "trouble.credential-unknown": "The box does not know this browser’s key. Please sign in again.",
  "trouble.sequence-behind":
    "The ballot box says that another ballot of yours has reached it since you sealed this one. Please seal again if you want the new choice to count.",
  "trouble.chain-wrong":
    "What the ballot box says of your earlier ballots cannot be true, so nothing was sealed. Please tell the people who run this vote.",
  "trouble.too-large":
    "The box refused the ballot because of its size. Please tell the people who run this vote.",
  "trouble.sign-in-needed": "Your sign-in has ended. Please sign in again.",
  "trouble.too-many-requests": "That was too often in a short time. Please wait a while and try again.",
  "trouble.wrong-style":
    "You are registered for another district. Please sign in again, or ask the people who run this vote.",
  "trouble.style-full":
    "As many people have registered for this district as live in it. Please tell the people who run this vote.",
  "trouble.busy":
    "Very many people are voting at this moment. Nothing is lost; please try again in a few seconds.",
  "trouble.not-witnessed":
    "Your ballot is recorded, but not enough witnesses have confirmed it yet. Please try again in a minute: the same ballot is sent, and it counts once.",
  "trouble.box-unreachable":
    "You reach the registrar, but the registrar cannot reach the ballot box at this moment. Nothing is lost; please try again in a few seconds.",
  "trouble.box-wrong":
    "The registrar does not trust an answer of the ballot box, so your key was not registered. Please tell the people who run this vote.",
  "trouble.engine":
    "The sealing program did not load completely, or it was altered on the way. Please reload the page. If that does not help, do not vote on this page and tell the people who run this vote.",
  "trouble.unknown-rule":
    "This page does not know one of the rules of this vote, so the ballot cannot be filled in here. Please tell the people who run this vote.",
  "trouble.no-randomness":
    "This device gives no random numbers, so nothing was sealed. Please restart the browser or use another device.",
  "trouble.wrong-election":
    "The ballot box serves another election than the one this page was published for. This page refuses to seal a ballot for it. Please tell the people who run this vote.",
  "trouble.box-forked":
    "What the box shows now does not agree with what it showed to this browser before. Entries may have been removed or changed.",
  "trouble.box-rolled-back":
    "The box shows an older state than this browser has already seen. Entries may have been removed.",
  "trouble.receipt-wrong":
    "The box answered with a receipt that is not right. Do not rely on it: your ballot may not be in the box.",
  "trouble.storage":
    "This browser does not let the page keep anything. Leave private browsing, or allow this site to store data, and reload.",
  "trouble.setup": "Please come back when voting opens.",
  "trouble.not-a-receipt": "This file is not a receipt of this site.",
  "trouble.file-wrong":
    "This receipt does not hold. It was changed, or the box of this vote never signed it.",
  "trouble.other-election": "This receipt belongs to another election.",
  "trouble.trustee-only":
    "The ballot box does not know this pass. Please close the page and open the link from the organiser again.",
  "trouble.entry-refused": "The ballot box did not take the message: {detail}",
  "trouble.out-of-order": "The board has gone on in the meantime. Please look at the step again.",
  "trouble.words-count": {
    one: "This is one word, and there have to be 24.",
    other: "These are {n} words, and there have to be 24.",
  },
  "trouble.words-unknown": "Word {n} is not on the list of words. Please look for a typing mistake.",
  "trouble.words-checksum":
    "Every word is on the list, but one of them is not yours, or two are swapped. Please compare them with your paper.",
  "trouble.not-your-words":
    "These are the words of another trustee or of another vote. Please look whether the number and the words belong together.",
  "trouble.no-such-trustee": "This vote has no trustee with that number.",
  "trouble.nothing-to-recover":
    "The board has nothing from you in this attempt of the ceremony, so these words open nothing. Please make a new share.",
  "trouble.cannot-recover-yet":
    "Your share was made on another device, and the pieces are not handed out yet. Go on there. If that device is lost, ask the organiser to begin the ceremony anew.",
  "trouble.impostor":
    "Somebody else has put a share on the board under your number. Tell the organiser, who has to begin the ceremony anew.",
  "trouble.other-board":
    "Your words were used for another board than this one. The organiser, or somebody in between, shows you a different one.",
  "trouble.other-round":
    "You have handed out pieces for other commitments than this board shows. Somebody shows the trustees different boards.",
  "trouble.other-transcript":
    "You have confirmed something else than this board shows. Somebody shows the trustees different boards.",
  "trouble.earlier-attempt":
    "You have confirmed a later attempt of the ceremony than this board shows. Somebody shows the trustees different boards.",
  "trouble.confirm-not-shown":
    "You have confirmed an earlier attempt of the ceremony, and this board does not show it. On another board that attempt may have come to an end. Tell the others, and make a new share for this attempt.",
  "trouble.other-tally":
    "You have agreed to other sums than this board shows. Opening both would reveal the ballots in which they differ. Somebody shows the trustees different boards.",
  "trouble.not-to-be-ended":
    "There is no vote here that trustees could end: it is not open, or it has ended already.",
  "trouble.not-abandoned":
    "Trustees end a vote in the organiser's place three days after its last hour. By the clock of this device it is too early.",
  "trouble.other-end":
    "What the ballot box wants you to sign is not the end of the board that your device has checked, or too few witnesses have seen it. Nothing was signed. Try again.",
  "trouble.board-false":
    "The public board does not pass the checks of your device. Sign nothing, and tell the organiser and the other trustees. {detail}",
  "trouble.board-forked":
    "The board is not the one that this device saw before: entries were removed or changed. Sign nothing, and tell the organiser and the other trustees.",
  "trouble.checkpoint-wrong":
    "The ballot box’s signature does not fit the board that it hands out. Sign nothing, and tell the organiser and the other trustees.",
  "trouble.record-unreachable":
    "The record could not be reached, however often it was tried. What is verified is kept: you can go on later.",
  "trouble.unknown": "Something went wrong: {detail}",
};
