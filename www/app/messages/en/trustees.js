/** What a trustee reads. */
export default {
  "trustee.name": "For trustees",
  "trustee.invite-heading": "Are you a trustee of this vote?",
  "trustee.invite-text":
    "The organiser has given you a number and a pass, or a link that holds both. The pass lets you put messages on the public board. It is not your secret.",
  "trustee.number": "Your number",
  "trustee.pass": "Your pass",
  "trustee.enter": "Go on",
  "trustee.invite-wrong": "Please type your number, from 1 to 15, and your pass.",
  "trustee.unknown": "This vote has no trustee with that number. Please look at your invitation again.",
  "trustee.checking": "Checking the public board…",
  "trustee.checking-text":
    "Your device checks every entry itself and trusts nobody’s word. After a large vote this takes some minutes; you can leave the page open meanwhile.",
  "trustee.checked-of": "{done} of {all} entries checked",
  "trustee.welcome": "Welcome, trustee {n}",
  "trustee.welcome-back": "Welcome back, trustee {n}",
  "trustee.why":
    "Every ballot is sealed, and no one person holds the key. It exists only as {n} shares, one with each trustee. The votes are added up sealed. Then {q} trustees have to agree, and {t} of them together open the totals, and nothing but the totals.",
  "trustee.attempt":
    "This is attempt {n}: the ceremony was begun anew, and everybody starts again. If you have words already, they go on being yours.",
  "trustee.make-text":
    "Your device now makes your share. You get 24 words to write on paper. It takes about ten minutes; the later steps take one minute each, on days when the others are ready too.",
  "trustee.make-here":
    "Use a browser that you will use again, and no private window: it remembers what you sign, and only the device that remembers can agree to the count.",
  "trustee.make": "Make my share",
  "trustee.have-words": "I have my 24 words already",
  "trustee.back-text":
    "Your secret is in no computer between two visits: the page forgets it when it is closed or loaded again. Type your 24 words to go on. Use the browser in which you made your share: it remembers what you have signed.",
  "trustee.back-other": "Another one can help to open the totals, but cannot agree to them.",
  "trustee.words-field": "Your 24 words, in order",
  "trustee.words-hint":
    "With a space between them; capital letters do not matter. The words stay in this tab and are sent to nobody.",
  "trustee.come-back": "Go on with my words",
  "trustee.elsewhere":
    "Another tab of this browser acts for you at this moment. Go on there, or close it. Only one tab can act, so that nothing is signed twice.",
  "trustee.elsewhere-button": "Go on in this tab instead",
  "trustee.taken": "You went on in another tab. This one has forgotten your words and has stopped.",
  "trustee.keeps": "This browser has promised to keep what this page remembers.",
  "trustee.keeps-unknown":
    "This browser has not said whether it keeps what this page remembers. If it asks you, please allow it.",
  "trustee.keeps-not":
    "This browser does not promise to keep what this page remembers: a private window forgets it when it is closed, and some browsers do after a while. Then you could not agree to the count any more. If this is a private window, stop here and use an ordinary one. Do not clear the data of this site before the result is final.",
  "trustee.forgot":
    "This browser does not remember what you signed with these words: they come from another device, or the data of this site were cleared. So it agrees to no sums; otherwise you could be made to agree to two. It can open the totals when enough others have agreed. If you still have the device or browser in which you made your share, use it.",
  "trustee.forgot-witnessed":
    "This browser does not remember what you signed with these words. It may agree to the sums all the same: the witnesses of this vote see to it that all are shown the same board.",
  "trustee.words-name": "Your words",
  "trustee.words-heading": "Write down your 24 words",
  "trustee.words-text":
    "These words are your part of the key. They are shown this once. Copy them by hand, with their numbers.",
  "trustee.words-paper":
    "Write on paper, and keep the paper where nobody else comes: not beside this computer, and not with another trustee’s.",
  "trustee.words-photo":
    "Take no photo and no screenshot, and do not store the words in a file or a message. Programs of other people read those.",
  "trustee.words-loss":
    "You need them at every visit, last of all after the vote is closed. Nobody can give them to you a second time.",
  "trustee.words-destroy":
    "The words of {threshold} trustees together open every ballot of this vote, for ever. When the result is final, destroy the paper. The page will tell you.",
  "trustee.written": "I have written them down",
  "trustee.print": "Print",
  "trustee.print-hint": "Print only on a printer of your own at a cable: others keep what they have printed.",
  "trustee.ask-name": "Four of your words",
  "trustee.ask-heading": "Can you read your note?",
  "trustee.ask-text": "Please type these four words from your paper.",
  "trustee.ask-word": "Word {n}",
  "trustee.ask-check": "Check",
  "trustee.ask-wrong":
    "At least one of them is not the word that was shown. Look at your note again. Nothing is lost yet: you can go back and see the words once more.",
  "trustee.ask-again": "Show me the words once more",
  "trustee.your-turn": "Your next step",
  "trustee.not-your-turn": "Nothing to do for you now",
  "trustee.finished": "Finished",
  "trustee.final": "Cannot be undone.",
  "trustee.you": "you",
  "trustee.of-number": "trustee {n}",
  "trustee.working": "Working…",
  "trustee.look": "Look at the board now",
  "trustee.looking": "Looking…",
  "trustee.nothing-new": "Nothing new yet. The page looks again by itself.",
  "trustee.leave":
    "You can close this page at any time. Come back to it in this browser with your words: it remembers what you have signed.",
  "trustee.leave-button": "Put my words away",
  "trustee.refused": "Stop: your device refuses to go on",
  "trustee.refused-text":
    "Nothing was signed. Please telephone the organiser and the other trustees, and read this page to them.",
  "trustee.commit": "Put your part on the board",
  "trustee.commit-text":
    "Your device publishes a commitment to your share. It shows that you have a share, and nothing of what the share is. The key of the vote is made of the commitments of all {all} trustees.",
  "trustee.commit-final":
    "In this attempt of the ceremony you cannot make another share. Go on only with words that you can read.",
  "trustee.commit-button": "Put it on the board",
  "trustee.deal": "Hand out the pieces",
  "trustee.deal-text":
    "All trustees have made their shares. Now each of you hands every other a piece of it, sealed so that only that trustee can open it. Thanks to the pieces nobody is irreplaceable.",
  "trustee.deal-final": "The pieces are handed out once.",
  "trustee.deal-button": "Hand them out",
  "trustee.complain": "Trustee {n} has handed you a false piece",
  "trustee.complain-text":
    "Your device has opened the piece that {who} sealed for you, and it does not fit what {who} has published. It can prove this to everyone, without showing your own secret. Then the organiser begins the ceremony anew.",
  "trustee.complain-final": "The complaint stays on the public board, with both your numbers.",
  "trustee.complain-button": "Show it to everyone",
  "trustee.confirm": "Compare, then confirm",
  "trustee.confirm-text":
    "Your pieces are right. But do all trustees see the same board? Call the others, or meet them, and read these sixteen groups to each other. If they differ in one place, do not confirm: somebody is showing you different boards.",
  "trustee.confirm-final":
    "With your confirmation the key of this vote stands, as soon as everybody has confirmed.",
  "trustee.confirm-button": "Confirm",
  "trustee.transcript": "What all trustees must see alike",
  "trustee.fingerprint": "The fingerprint that the election will have",
  "trustee.fingerprint-text":
    "The organiser will publish it on paper. Voters’ browsers and observers recognise the election by it.",
  "trustee.compared":
    "I have compared all sixteen groups with the other trustees, by telephone or face to face. They are the same.",
  "trustee.compare-first": "Please compare the groups with the others first, and tick the box.",
  "trustee.rehearse": "Rehearsal: agree",
  "trustee.rehearse-text":
    "Before any real vote, the trustees open a made-up ballot together. Then everyone knows that the shares work, while it is still easy to begin anew. Your device has checked the board, and these are the sums of the made-up ballot. No real vote is in them.",
  "trustee.rehearse-final": "You agree to these sums of the rehearsal and to no others.",
  "trustee.rehearse-button": "Agree",
  "trustee.rehearse-open": "Rehearsal: open it",
  "trustee.rehearse-open-text":
    "Enough trustees have agreed. Now put your part of the decryption on the board.",
  "trustee.rehearse-open-button": "Open my part",
  "trustee.consent": "Agree to open the totals",
  "trustee.consent-text":
    "Voting is closed. Your device has checked the whole board, {ballots} ballots among it, and has added them up itself. Its sums are those on the board. No trustee opens anything until {quorum} of you have agreed to the same sums.",
  "trustee.count": "How many there are",
  "trustee.count-text":
    "Compare these numbers with what the town has announced. Too many voters, or a group of very few ballots, show here, before anything is opened.",
  "trustee.count-turnout": "Voters and ballots",
  "trustee.count-district": "District, and how its voters were identified",
  "trustee.count-voters": "Voters",
  "trustee.count-ballots": "Ballots",
  "trustee.count-row": "{district}: {route}",
  "trustee.count-all": "In all",
  "trustee.count-groups": "Totals that will be published",
  "trustee.count-group": "Of which ballots",
  "trustee.count-others": "other districts",
  "trustee.count-joined": "(joined because of few ballots)",
  "trustee.count-withheld": "(withheld: too few ballots)",
  "trustee.counted": "I have compared the numbers with what the town has announced. They agree.",
  "trustee.count-first": "Please compare the numbers first, and tick the box.",
  "trustee.consent-final":
    "You promise to open these sums and no others. Two different sums together could reveal the ballots in which they differ; your device never signs a second time.",
  "trustee.consent-button": "Agree to these sums",
  "trustee.decrypt": "Open the totals",
  "trustee.decrypt-text":
    "Enough trustees have agreed. Put your part of the decryption on the board. The parts of {threshold} of you together give the totals.",
  "trustee.decrypt-final": "With the last part that is needed the result is known to everyone.",
  "trustee.decrypt-button": "Open my part",
  "trustee.save": "Save it as a file instead",
  "trustee.saved":
    "Your part is in the file, and not on the board yet. Nothing in it is secret. Give it to the organiser, who puts it on the board.",
  "trustee.sums": "The hash of these sums",
  "trustee.sums-text": "If you like, compare it with the other trustees: all must see the same.",
  "trustee.wait": "Waiting for the others",
  "trustee.wait-commit": "Not everyone has made a share. Waiting for {who}.",
  "trustee.wait-deal": "Not everyone has handed out the pieces. Waiting for {who}.",
  "trustee.wait-confirm": "You have confirmed. Waiting for {who} to confirm.",
  "trustee.wait-restart": "The ceremony begins anew",
  "trustee.wait-restart-text":
    "It is proven that {who} has handed out a false piece. Nothing is lost, as no vote has begun. Waiting for the organiser, who speaks with that trustee and begins the ceremony anew. Keep your words: they stay yours.",
  "trustee.wait-rehearsal": "The key is made",
  "trustee.wait-rehearsal-text":
    "All trustees have confirmed. Waiting for the organiser to hold the rehearsal.",
  "trustee.wait-consents-rehearsal": {
    one: "You have agreed to the rehearsal. One more has to agree, of {who}.",
    other: "You have agreed to the rehearsal. {needed} more have to agree, of {who}.",
  },
  "trustee.wait-consents": {
    one: "You have agreed to the sums. One more has to agree before anything is opened, of {who}.",
    other: "You have agreed to the sums. {needed} more have to agree before anything is opened, of {who}.",
  },
  "trustee.wait-others-rehearsal": {
    one: "One more has to agree to the rehearsal, of {who}. Then this browser can open it.",
    other: "{needed} more have to agree to the rehearsal, of {who}. Then this browser can open it.",
  },
  "trustee.wait-others": {
    one: "One more has to agree to the sums, of {who}. Then this browser can open the totals.",
    other: "{needed} more have to agree to the sums, of {who}. Then this browser can open the totals.",
  },
  "trustee.too-few": "The others are too few",
  "trustee.too-few-rehearsal": {
    one: "One more trustee has to agree, and no other is left who could. Use the device on which you made your share. If it is lost, tell the organiser now: before the vote opens, it can be prepared anew.",
    other:
      "{needed} more trustees have to agree, and too few others are left who could. Use the device on which you made your share. If it is lost, tell the organiser now: before the vote opens, it can be prepared anew.",
  },
  "trustee.too-few-text": {
    one: "One more trustee has to agree, and no other is left who could. Without the device on which you made your share these totals cannot be opened.",
    other:
      "{needed} more trustees have to agree, and too few others are left who could. Without the device on which you made your share these totals cannot be opened.",
  },
  "trustee.wait-decryptions-rehearsal": {
    one: "Your part works. One more part is needed, of {who}.",
    other: "Your part works. {needed} more parts are needed, of {who}.",
  },
  "trustee.wait-decryptions": {
    one: "Your part is on the board. One more is needed, of {who}.",
    other: "Your part is on the board. {needed} more are needed, of {who}.",
  },
  "trustee.wait-opening": "The rehearsal has worked",
  "trustee.wait-opening-text":
    "Enough shares have shown that they work. Waiting for the organiser to open the vote. Put your words in a safe place.",
  "trustee.wait-closing": "Voting is open",
  "trustee.wait-closing-text":
    "Until it closes there is nothing for you to do. Come back with your words then.",
  "trustee.wait-sums": "Voting is closed",
  "trustee.wait-sums-text": "Waiting for the ballot box to put the sums on the board.",
  "trustee.wait-hour": "Voting ended too early",
  "trustee.wait-hour-text":
    "The board says that voting is over. By the clock of this device it is not {hour} yet, and before that your device agrees to nothing. Look whether its clock is right, and tell the other trustees.",
  "trustee.early":
    "This device remembers: on {seen}, by its own clock, the board said that voting was over. Its hour was {hour}. Tell the other trustees.",
  "trustee.end": "Nobody has ended this vote",
  "trustee.end-text": {
    one: "Since {hour}, which is three days after its last hour, you may end it in the organiser's place. Ask the organiser first. Your device checks the whole board before it signs.",
    other:
      "Since {hour}, which is three days after its last hour, {n} of you together may end it in the organiser's place. Ask the organiser first. Your device checks the whole board before it signs.",
  },
  "trustee.end-button": "Sign the end of the vote",
  "trustee.ended-signed": {
    one: "You have signed. One more trustee has to.",
    other: "You have signed. {n} more trustees have to.",
  },
  "trustee.cancelled": "The vote is cancelled",
  "trustee.cancelled-text":
    "The organiser has cancelled this vote. Nothing of it is opened, and there is nothing left for you to do.",
  "trustee.wait-result": "Enough parts are on the board",
  "trustee.wait-result-text": "Waiting for the ballot box to state the result.",
  "trustee.wait-other": "The page looks at the board by itself.",
  "trustee.done": "The result is published",
  "trustee.done-text":
    "Thank you. Nothing is left to do but one thing: when the time for complaints about this vote is over, destroy your words. Burn or shred the paper.",
  "trustee.done-final":
    "The sealed ballots stay public for ever. Whoever gathers the words of {threshold} trustees can open every one of them, in ten years too. Words that are destroyed open nothing.",

  "trustees.heading": "The trustees",
  "trustees.number": "Trustee {n}",
  "trustees.own": "Trustee {n}: you",
  "trustees.committed": "has made a share",
  "trustees.not-committed": "has not made a share yet",
  "trustees.dealt": "has handed out the pieces",
  "trustees.not-dealt": "has not handed out the pieces yet",
  "trustees.confirmed": "has confirmed",
  "trustees.not-confirmed": "has not confirmed yet",
  "trustees.rehearsed": "has opened the rehearsal",
  "trustees.rehearsal-agreed": "has agreed to the rehearsal",
  "trustees.not-rehearsed": "has not agreed yet",
  "trustees.agreed": "has agreed to the sums",
  "trustees.decrypted": "has opened the totals",
  "trustees.not-decrypted": "has not agreed yet",
  "trustees.ready": "holds a share",
  "trustees.blamed": "has handed out a false piece",

  "help.steps": "What the steps are for",
  "help.share":
    "Make your share: your device draws a random secret. All secrets together are the key, and nobody ever puts them together.",
  "help.exchange":
    "Exchange: each trustee hands the others sealed pieces, so that the vote can be counted when some are ill or have lost their words.",
  "help.confirm":
    "Confirm: you compare sixteen groups of letters by telephone. That is the one check that no computer can do for you.",
  "help.rehearse": "Rehearsal: together you open a made-up ballot, before the vote opens.",
  "help.decrypt":
    "Count: after the vote your device checks everything. When {quorum} of {all} have agreed to the sums, {threshold} of you open them.",
  "help.danger": "What you should know before you agree to be a trustee",
  "help.danger-together":
    "{threshold} of the {all} notes with words, together with the public board, open every ballot of this vote, for ever. That is why trustees should not be friends of one party, and why the words are destroyed after the vote.",
  "help.danger-lost":
    "If more than {missing} of the {all} trustees lose their words or stay away, the totals can never be opened, by anyone. The vote would have to be held again.",
  "help.forget": {
    one: "If one of the {all} devices forgets what its trustee has signed, the totals can never be opened, whoever still has the words. Guard the browser that you use now as well as the words.",
    other:
      "If {n} of the {all} devices forget what their trustees have signed, the totals can never be opened, whoever still has the words. Guard the browser that you use now as well as the words.",
  },
  "help.forget-witnessed":
    "Guard the browser that you use now: it remembers what you have signed. If it forgets, your words can still agree from another device, because this vote has witnesses.",
  "help.danger-undo": "What you put on the board stays there, under your number, and everyone can read it.",
  "help.danger-device":
    "A bad program on your own device could read your words when you type them. Use a device that you trust.",
  "help.danger-page":
    "Whoever runs the web server could serve another page than this one. If you do not want to rely on that, use the program veche trustee at a terminal; it does the same.",
  "help.wrong": "When something goes wrong",
  "help.wrong-device":
    "Your device is lost or broken: tell the organiser, open this page on another one and type your words. It says what it can still do for you.",
  "help.wrong-words":
    "Your words are lost, or somebody may have seen them: tell the organiser at once. Until all have confirmed the ceremony can begin anew, and until the vote opens the organiser can prepare the whole vote anew.",
  "help.wrong-other":
    "Another trustee is unreachable: until all have confirmed, the organiser can begin anew. After the vote the others can count without them, if enough are left.",
  "help.wrong-stop": "The page says Stop: sign nothing, and telephone the others.",
};
