/** What a voter reads, from the first page to the receipt. */
export default {
  "welcome.name": "Welcome",
  "welcome.open": "Voting is open",
  "welcome.open-until": "until {date}",
  "welcome.before": "Voting has not begun",
  "welcome.before-from": "It opens on {date}",
  "welcome.closed": "Voting has ended",
  "welcome.cancelled": "The organiser has cancelled this vote",
  "welcome.closed-at": "It closed on {date}",
  "welcome.closed-early": "No more ballots are taken",
  "welcome.results": "See the result",
  "welcome.needs": "You need your phone for one SMS, and about five minutes.",
  "welcome.start": "Start",
  "welcome.continue": "Continue where you stopped",
  "welcome.again":
    "You have voted from this browser. You can look your ballot up, and change your vote until voting closes.",
  "welcome.again-final": "You have voted from this browser. You can look your ballot up at any time.",
  "welcome.never-cast": "A ballot was made in this browser and not cast. It does not count.",
  "welcome.look-up": "Look up my ballot",
  "welcome.change": "Change my vote",
  "welcome.how": "How your vote stays secret",
  "welcome.how-1": "You choose here",
  "welcome.how-1-text": "Your choices leave this browser only in a sealed ballot.",
  "welcome.how-2": "Your browser seals the ballot",
  "welcome.how-2-text": "Only the sealed ballot goes to the box, with a proof that it follows the rules.",
  "welcome.how-3": "Only the totals are opened",
  "welcome.how-3-text": {
    one: "Sealed ballots are added up unopened. The key-holder opens only the sums.",
    other: "Sealed ballots are added up unopened. {t} of {n} key-holders together open only the sums.",
  },
  "welcome.limits": "What this vote cannot protect you from",
  "welcome.limits-watch":
    "Someone who stands beside you. If you were not free, vote again later when you are alone: only the last ballot counts.",
  "welcome.limits-watch-final":
    "Someone who stands beside you. Choose a moment when you are alone: this vote cannot be changed afterwards.",
  "welcome.limits-device": "A bad program on your own device, which could see or change what you choose.",
  "welcome.limits-phone": "Someone who takes over your phone number and signs in as you.",
  "welcome.limits-trustees": {
    one: "The key-holder, who could open ballots alone.",
    other: "{n} key-holders who break their word together: they could open ballots.",
  },
  "welcome.limits-box":
    "The operator of the box, who knows which phone number sent which sealed ballot, though not what is in it.",
  "welcome.fingerprint": "Fingerprint of this election",
  "welcome.fingerprint-text":
    "Your browser checked that the ballot box serves exactly the election with this fingerprint. The town publishes the same line on paper.",
  "welcome.find": "Find a ballot that was cast on another device",

  "phone.name": "Phone number",
  "phone.heading": "Your phone number",
  "phone.why": "We send you a code by SMS. The box checks that you may vote, and that nobody votes twice.",
  "phone.label": "Mobile number",
  "phone.hint": "With the country code, for example +44 7700 900123",
  "phone.hint-national": "As you dial it here, or with a plus sign and the country code",
  "phone.unreadable":
    "Please write the whole number with a plus sign and the country code, for example +44 7700 900123.",
  "phone.unreadable-national":
    "That is no phone number. Please write the whole number as you dial it here, or with a plus sign and the country code.",
  "phone.send": "Send me a code",
  "phone.sending": "Sending…",

  "code.name": "Code",
  "code.heading": "The code from the SMS",
  "code.sent": "If {phone} may vote here, a code is on its way to it. It can take a minute.",
  "code.delayed":
    "Messages are leaving late at the moment. Please keep this page open: the code comes as soon as they go again.",
  "code.long":
    "No message? One with 12 digits that came in the last hour is good here, too. Codes with 12 digits are sent when somebody asks for codes for your number again and again; that takes nothing from you.",
  "code.label": "Code",
  "code.hint": "6 digits, sometimes 8 or 12",
  "code.enter": "Sign in",
  "code.entering": "Checking…",
  "code.invalid": "The code has 6 digits, sometimes 8 or 12. Please look at the SMS again.",
  "code.attempts": { one: "You can try {n} more time.", other: "You can try {n} more times." },
  "code.resend": "Send a new code",
  "code.resend-in": {
    one: "You can ask for a new code in {n} second.",
    other: "You can ask for a new code in {n} seconds.",
  },
  "code.resent": "A new code is on its way.",
  "code.other-number": "Use another number",

  "district.name": "District",
  "district.heading": "Which district do you live in?",
  "district.text":
    "You will see the projects of this district. You can choose the district once; it stays yours for this vote.",
  "district.legend": "District",
  "district.none": "Please choose your district.",
  "district.continue": "Continue",
  "district.registering": "Registering this browser…",
  "district.search": "Find a district",

  "extra.name": "One other district",
  "extra.heading": "You may also vote in one other district",
  "extra.text": "Your own district stays on your ballot. If you like, add one other.",
  "extra.legend": "Other district",
  "extra.none": "No other district",
  "extra.undecided": "Please choose one, or “No other district”.",
  "extra.visible":
    "Which district you add is public, under a random number instead of your name. What you choose in it stays secret.",
  "extra.whole":
    "If you have voted already, that ballot counts until you cast the new one. Then only the new one counts.",
  "extra.both": "{district}, and {other}",

  "takeover.name": "Another browser",
  "takeover.heading": "You have voted or begun in another browser",
  "takeover.text":
    "So the ballot box says. If you go on, this browser takes over and the other one can no longer change your vote.",
  "takeover.counted":
    "A ballot that you cast there stays in the box until you cast another one here. Its receipt is kept in the other browser.",
  "takeover.continue": "Go on in this browser",

  "last.not-voted": "You have NOT voted yet",
  "last.new-not-cast": "This new ballot is NOT cast yet",
  "last.ready": "Your ballot is ready in this browser. It counts only when you cast it.",
  "last.go": "Go to the last step",

  "review.name": "Review and cast",
  "review.text": "Is this what you want? Then cast your ballot with the button below.",
  "review.none": "Nothing chosen",
  "review.blank": "Blank vote",
  "review.together": "Together {amount}",
  "review.change": "Change",
  "review.other": "Other district",
  "review.change-other": "Change the other district",
  "review.change-of": "Change the choice: {contest}",
  "review.cast": "Cast my ballot",
  "review.sealing": "Sealing your ballot…",
  "review.code": "The code of this ballot",
  "review.code-text":
    "Write the code down or take a photo: with it you recognise your own ballot in the box. Nobody can read your choice from it.",
  "review.secret": "What you have chosen leaves this browser only sealed.",
  "review.revote": "You can vote again until voting closes; only your last ballot counts.",
  "review.final": "A cast ballot cannot be changed.",

  "cast.name": "Cast",
  "cast.sending": "Casting your ballot…",
  "cast.sending-text":
    "Please wait for the receipt: it shows that you have voted. If this page is closed before, your ballot stays in this browser, and it is sent when you open the page again.",
  "cast.asking": "Sending…",
  "cast.no-network": "This device has no network now. As soon as it has, your ballot is sent by itself.",
  "cast.not-witnessed": "Your ballot waits for its witnesses",
  "cast.failed": "Your vote is not confirmed yet",
  "cast.again-in": {
    one: "It is sent again by itself in {n} second, or when the network is back.",
    other: "It is sent again by itself in {n} seconds, or when the network is back.",
  },
  "cast.try-now": "Send it now",
  "cast.kept":
    "You have voted when you see the receipt. Until then your ballot stays in this browser. Sent twice, it counts once.",
  "cast.refused": "The box did not take this ballot",
  "cast.closed-text":
    "The box says that it came too late. An earlier ballot for which you have a receipt stays on the board.",
  "cast.in-box": "Your ballot is in the box",
  "cast.in-box-text": "The box has confirmed it, and this browser has checked the confirmation.",

  "mine.name": "My ballot",
  "mine.heading": "My ballot",
  "mine.text": "Ballots that were cast from this browser.",
  "mine.empty": "No ballot has been cast from this browser.",
  "mine.elsewhere": "Voted on another device?",
  "mine.empty-text": "Open the receipt that you saved there, and this browser looks it up.",
  "mine.show-receipt": "Receipt",
  "mine.shared": "Is this a shared device?",
  "mine.checking": "Looking it up on the board…",
  "mine.unchecked": "Not checked",
  "mine.recorded": "Recorded on the board",
  "mine.recorded-text":
    "Your sealed ballot is entry {index} of the public board. This browser has just proved it: the board of now, with {size} entries, goes on from the one that took your ballot.",
  "mine.followed": "Replaced by your later ballot",
  "mine.followed-text":
    "It is entry {index} of the public board. Your ballot at entry {later}, which was cast from this browser too, stands in its place.",
  "mine.box-says-replaced":
    "The ballot box says that this browser’s key was replaced. That is its word only. What the public board says, you can look up below.",
  "mine.box-says-struck-off":
    "The ballot box says that you were struck off the list of voters. That is its word only. What the public board says, you can look up below.",
  "mine.after": "Does it still count?",
  "mine.after-text": {
    one: "If somebody voted again in your name, or you were struck off, it is written after your ballot on the public board. Since then {n} entry has come. This browser can look through them and believes nothing that is not proved.",
    other:
      "If somebody voted again in your name, or you were struck off, it is written after your ballot on the public board. Since then {n} entries have come. This browser can look through them and believes nothing that is not proved.",
  },
  "mine.after-size": "It loads about {mb} MB.",
  "mine.after-look": "Look through them",
  "mine.after-kept":
    "On an earlier visit this browser came to entry {entry}. What is left loads about {mb} MB. If you do not trust what was noted then, start again.",
  "mine.after-go-on": "Go on from there",
  "mine.after-anew": "Start again from nothing",
  "mine.again": "Vote again",
  "mine.again-text": "A new ballot takes the place of the last one.",
  "mine.other": "Another person votes on this device",
  "mine.wipe": "Remove everything from this browser",
  "mine.wipe-text":
    "For a shared computer. Your cast ballot stays in the box, but this browser forgets its key and receipts. Save the receipt first.",
  "mine.wiped": "This browser keeps nothing of this vote any more.",
  "mine.wipe-sure": "Really remove key and receipts",
  "mine.find": "Or find it with its confirmation code",

  "replaced.name": "Signed in elsewhere",
  "replaced.heading": "The box takes no ballot from this browser",
  "replaced.text":
    "The ballot box says that you have signed in with another browser. If you have, please go on in that one.",
  "replaced.not-you":
    "If you have not, somebody else may control your phone number. Sign in again here and tell the people who run this vote.",
  "replaced.word":
    "This is the word of the box. What the public board says of a ballot that you cast here, you can look up.",
  "replaced.never-cast": "The ballot that you made here was not cast.",
  "replaced.again": "Sign in again here",
};
