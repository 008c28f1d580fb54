/** The words of the ballot rules and of choosing. */
export default {
  "choose.name": "Choose",
  "choose.contest": "Ballot {n} of {all}",
  "choose.rule-range": "Choose {min} to {max} of these {all}.",
  "choose.rule-up-to": {
    one: "Choose one of these {all}, or none.",
    other: "Choose up to {n} of these {all}.",
  },
  "choose.rule-exact": {
    one: "Choose one of these {all}.",
    other: "Choose exactly {n} of these {all}.",
  },
  "choose.rule-blank": "You can also cast a blank vote.",
  "choose.budget": "Budget: {amount}",
  "choose.legend": "Options",
  "choose.cost": "Cost",
  "choose.place": "Place",
  "choose.more": "Details",
  "choose.chosen-mark": "Chosen",
  "choose.blank": "Blank vote",
  "choose.blank-text": "You take part and support none of these.",
  "choose.search": "Search by name, place or description",
  "choose.found": {
    one: "{n} option found",
    other: "{n} options found",
  },
  "choose.found-none": "Nothing found. Try another word.",
  "choose.only-chosen": "Show only chosen",
  "choose.show-all": "Show all",
  "choose.count": {
    one: "{n} chosen",
    other: "{n} chosen",
  },
  "choose.count-none": "Nothing chosen",
  "choose.count-blank": "Blank vote",
  "choose.left": {
    one: "{n} left",
    other: "{n} left",
  },
  "choose.left-none": "none left",
  "choose.missing-all": {
    one: "choose at least {n}",
    other: "choose at least {n}",
  },
  "choose.missing": {
    one: "choose at least {n} more",
    other: "choose at least {n} more",
  },
  "choose.too-few": {
    one: "Please choose one more option before you go on.",
    other: "Please choose {n} more options before you go on.",
  },
  "choose.full": {
    one: "You can choose {n}. Remove it to choose another.",
    other: "You have chosen {n}, the most allowed. Remove one to choose another.",
  },
  "choose.swapped": "{name} instead of your earlier choice.",
  "choose.more-of": "One more for {name}",
  "choose.less-of": "One less for {name}",
  "choose.now": "{name}: {value}.",
  "choose.listed": "{name} ({value})",
  "choose.review": "Review",
  "choose.next": "Next",
  "choose.bar": "Your choice",

  "knapsack.rule": "Choose what you like of these {all}. Together it may cost up to {amount}.",
  "knapsack.rule-exact": {
    one: "Choose exactly one.",
    other: "Choose exactly {n}.",
  },
  "knapsack.rule-min": {
    one: "Choose at least one.",
    other: "Choose at least {n}.",
  },
  "knapsack.rule-max": {
    one: "Choose no more than one.",
    other: "Choose no more than {n}.",
  },
  "knapsack.left": "{amount} left",
  "knapsack.more": {
    one: "up to {n} more",
    other: "up to {n} more",
  },
  "knapsack.no-more": "no more to choose",
  "knapsack.too-dear": "{amount} more than is left",
  "knapsack.full": "What is left does not pay for this one. Remove another to make room.",
  "knapsack.beyond": "Costs more than the whole budget",

  "points.rule-exact": {
    one: "You have one point for these {all}. Please give it.",
    other: "You have {n} points for these {all}. Give all of them.",
  },
  "points.rule-range": {
    one: "You have one point for these {all}.",
    other: "You have {n} points for these {all}. Give at least {min} of them.",
  },
  "points.rule-up-to": {
    one: "You have one point for these {all}.",
    other: "You have {n} points for these {all}.",
  },
  "points.rule-free": "You need not give all of them.",
  "points.rule-cap": {
    one: "One option can have one point.",
    other: "One option can have up to {n} points.",
  },
  "points.cap": {
    one: "One option can have one point, not more.",
    other: "One option can have {n} points, not more.",
  },
  "points.cap-short": "The most for one",
  "points.full": {
    one: "You have given your point. Take it back to give it to another.",
    other: "You have given all {n} points. Take some back to give them to others.",
  },
  "points.shown": {
    one: "{n} point",
    other: "{n} points",
  },
  "points.none": "No points given",
  "points.used": {
    one: "{n} point given",
    other: "{n} points given",
  },
  "points.too-few": {
    one: "Please give one more point before you go on.",
    other: "Please give {n} more points before you go on.",
  },

  "ranked.rule-exact": {
    one: "Choose one of these {all}.",
    other: "Put {n} of these {all} in order, the one you want most first.",
  },
  "ranked.rule-range": {
    one: "Choose one of these {all}.",
    other: "Put {min} to {n} of these {all} in order, the one you want most first.",
  },
  "ranked.rule-up-to": {
    one: "Choose up to one of these {all}.",
    other: "Put up to {n} of these {all} in order, the one you want most first.",
  },
  "ranked.rule-scores": "The places count {list} points.",
  "ranked.place": { ordinal: { one: "{n}st", two: "{n}nd", few: "{n}rd", other: "{n}th" } },
  "ranked.add": { ordinal: { one: "Add as {n}st", two: "Add as {n}nd", few: "Add as {n}rd", other: "Add as {n}th" } },
  "ranked.full": {
    one: "You have ranked one, the most allowed. Remove it to rank another.",
    other: "You have ranked {n}, the most allowed. Remove one to rank another.",
  },
  "ranked.none": "Nothing ranked",
  "ranked.used": {
    one: "{n} ranked",
    other: "{n} ranked",
  },
  "ranked.next": { ordinal: { one: "next: your {n}st", two: "next: your {n}nd", few: "next: your {n}rd", other: "next: your {n}th" } },
  "ranked.all-taken": "every place taken",
  "ranked.too-few": {
    one: "Please rank one more option before you go on.",
    other: "Please rank {n} more options before you go on.",
  },
  "ranked.heading": "Your order",
  "ranked.empty": "Choose below",
  "ranked.up": "Move up",
  "ranked.down": "Move down",
  "ranked.remove": "Remove",
  "ranked.of": "{action}: {name}",
  "ranked.first": "{name} is first already.",
  "ranked.last": "{name} is last already.",
  "ranked.removed": "{name} removed.",
  "ranked.change": "Change the order",
  "ranked.keys": "With the focus on a row’s button, the arrow keys move it too.",

  "credits.rule": {
    one: "You have one credit to buy a vote for one of these {all}.",
    other: "You have {n} credits to buy votes for these {all}.",
  },
  "credits.rule-price": "The more votes one option gets, the dearer the next: 1 vote costs 1 credit, 2 votes cost 4, 3 votes cost 9.",
  "credits.rule-min": {
    one: "Spend at least one credit.",
    other: "Spend at least {n} credits.",
  },
  "credits.rule-all": "Spend all of them.",
  "credits.first": {
    one: "A vote: {n} credit",
    other: "A vote: {n} credits",
  },
  "credits.next": {
    one: "Next: {n} credit",
    other: "Next: {n} credits",
  },
  "credits.full": {
    one: "The next vote costs {n} credit, and you have {left} left.",
    other: "The next vote costs {n} credits, and you have {left} left.",
  },
  "credits.votes": {
    one: "{n} vote",
    other: "{n} votes",
  },
  "credits.none": "No credits spent",
  "credits.used": {
    one: "{n} credit spent",
    other: "{n} credits spent",
  },
  "credits.too-few": {
    one: "Please spend one more credit before you go on.",
    other: "Please spend {n} more credits before you go on.",
  },
};
