"""Section 11, Funding: who is funded, and for which options a draw is needed."""


class Funded:
    def __init__(self):
        self.options = []  # positions, ascending
        self.undecided = None  # positions that the next draw must order, ascending
        self.left = 0


def fund(contest, totals, draws):
    """Follows the draws as far as each orders exactly the tie that is next."""
    rule = contest.funding
    town = _Town(contest)
    draws = list(draws)
    for total in sorted(set(totals), reverse=True):
        if total < rule.minimum:
            break
        tie = [o for o, t in enumerate(totals) if t == total]
        if rule.ties == "cheaper":
            tie.sort(key=lambda o: (contest.costs[o], o))
        elif rule.ties == "lot":
            needed = town.needs_draw(tie)
            if needed:
                if not draws or sorted(draws[0]) != needed:
                    return town.outcome(needed)
                drawn = draws.pop(0)
                tie = drawn + [o for o in tie if o not in drawn]
            else:
                tie.sort(key=lambda o: not town.fits(o))
        for option in tie:
            town.turn(option)
    return town.outcome(None)


def totals_of(contest, published):
    """The total of each option over all groups, or None where one of them is withheld."""
    groups = [g for g in published["contests"] if g["id"] == contest.id]
    if any(g.get("withheld") for g in groups):
        return None
    return [sum(g["options"][o]["total"] for g in groups) for o in range(len(contest.options))]


def next_tie(contest, published, draws):
    """The options that the next draw must order, or None."""
    totals = totals_of(contest, published)
    return None if contest.funding is None or totals is None else fund(contest, totals, draws).undecided


def funded_in(manifest, published, draws):
    """Who is funded in every contest whose totals are published and decide that. draws: [(contest, positions)]."""
    report = []
    for position, contest in enumerate(manifest.contests):
        totals = totals_of(contest, published)
        if contest.funding is None or totals is None:
            continue
        own = [order for of, order in draws if of == position]
        came = fund(contest, totals, own)
        item = {"contest": contest.id, "funded": [contest.options[o].id for o in came.options], "spent": contest.budget - came.left}
        if came.undecided:
            item["to_be_drawn"] = [contest.options[o].id for o in came.undecided]
        if own:
            item["draws"] = [[contest.options[o].id for o in order] for order in own]
        report.append(item)
    return report


class _Town:
    def __init__(self, contest):
        self.costs = contest.costs
        self.rule = contest.funding
        self.left = contest.budget
        self.stopped = False
        self.funded = set()

    def barred(self, option):
        """Whether an option that excludes this one is funded."""
        return any(option in group and self.funded & (set(group) - {option}) for group in self.rule.exclusive)

    def fits(self, option):
        return not self.barred(option) and (self.costs[option] == 0 or not self.stopped and self.costs[option] <= self.left)

    def needs_draw(self, tie):
        """The options to draw for, or None where no order of the tie changes who is funded."""
        fitting = [o for o in tie if self.fits(o)]
        dear = []
        if self.rule.stop and not self.stopped:
            dear = [o for o in tie if not self.barred(o) and o not in fitting]
        together = sum(self.costs[o] for o in fitting) <= self.left and not any(
            len(set(group) & set(fitting)) > 1 for group in self.rule.exclusive)
        if together and not (dear and any(self.costs[o] for o in fitting)):
            return None
        return sorted(fitting + dear)

    def turn(self, option):
        if self.barred(option):
            return
        if self.fits(option):
            self.funded.add(option)
            self.left -= self.costs[option]
        elif self.rule.stop:
            self.stopped = True

    def outcome(self, undecided):
        result = Funded()
        result.options, result.undecided, result.left = sorted(self.funded), undecided, self.left
        return result
