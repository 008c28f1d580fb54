"""Section 2: the manifest, with every limit."""

import datetime
import re
from decimal import Decimal

import rules
import strictjson
import tlog
from framing import WHITE, Malformed, control, digest
from strictjson import Fields, expect_string

MAX_BYTES = 4 << 20
MAX_SAFE = 2**53 - 1
MAX_BALLOT_BYTES = 65_534
MAX_BALLOT_STYLES = 4096
OTHER_DISTRICTS = 65_534
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ENDPOINT = re.compile(r"(https://[A-Za-z0-9]|http://(localhost|127\.0\.0\.1)(?=[:/]))[A-Za-z0-9:/._~-]*(?<=/)")
COORDINATES = re.compile(r"(-?(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,6})?),(-?(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,6})?)")
PICTURE_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")
ZONE = re.compile(r"[A-Za-z0-9/_+-]{1,64}")
PHASES = {"election": 1, "rehearsal": 2}


def blank(text):
    return all(c in WHITE for c in text)


class Option:
    def __init__(self, ident):
        self.id = ident


class Funding:
    """The greedy method of section 2."""

    def __init__(self, stop, minimum, ties, exclusive):
        self.stop = stop  # whether nothing below an unaffordable option gets money
        self.minimum = minimum
        self.ties = ties  # "cheaper", "order" or "lot"
        self.exclusive = exclusive  # lists of positions


class Contest:
    def __init__(self, ident, rule, options, costs, budget, funding):
        self.id = ident
        self.rule = rule  # as parsed by rules.parse
        self.options = options
        self.costs = costs
        self.budget = budget
        self.funding = funding  # a Funding, or None where the method is "none"
        self.program = None  # rules.Program
        self.electorate = 0


class Declared:
    """A style as the manifest declares it."""

    def __init__(self, ident, contests, added, electorate):
        self.id = ident
        self.contests = contests  # positions of contests, in ballot order
        self.added = added  # positions of the contests of which a voter may add one
        self.electorate = electorate


class Route:
    """How people are identified."""

    def __init__(self, ident, entered):
        self.id = ident
        self.entered = entered  # whether its ballots are typed from paper


class Style:
    """A ballot style."""

    def __init__(self, ident, declared, contests):
        self.id = ident
        self.declared = declared  # position of the declared style
        self.contests = contests


class Manifest:
    def __init__(self):
        self.hash = None
        self.phase = None
        self.languages = []
        self.contests = []
        self.declared = []
        self.styles = []
        self.routes = []
        self.trustees = self.threshold = self.minimum_group = 0
        self.by_style = self.revote = False
        self.closes = 0  # seconds since 1970
        self.closes_latest = self.paper_until = None
        self.early_close = False
        self.paper = False  # whether a route is entered
        self.witnesses = []  # [(name, Ed25519 key)]
        self.witnesses_needed = 0

    def quorum(self):
        """How many trustees must consent before any of them decrypts."""
        return (self.trustees + self.threshold - 1) // 2 + 1

    def slots(self):
        """The number of slot keys: the largest number of slots of any contest."""
        return max(contest.program.slots for contest in self.contests)

    def ballot_length(self, style):
        return 168 + sum(self.contests[c].program.section_length() for c in style.contests)

    def groups(self):
        """Section 11, before small groups are joined: [(contest, style)], with None for all styles."""
        result = []
        for c, contest in enumerate(self.contests):
            if not contest.by_style:
                result.append((c, None))
                continue
            result += [(c, s) for s, style in enumerate(self.declared) if c in style.contests]
            if any(c in style.added for style in self.declared):
                result.append((c, OTHER_DISTRICTS))
        return result

    def group_style(self, ballot_style, contest):
        """The style of the group that a ballot of this ballot style belongs to in a contest."""
        if not self.contests[contest].by_style:
            return None
        declared = self.styles[ballot_style].declared
        return declared if contest in self.declared[declared].contests else OTHER_DISTRICTS

    def style_name(self, style):
        """How result.json names a style."""
        return "" if style == OTHER_DISTRICTS else self.declared[style].id


def manifest_hash(data):
    return digest("manifest", data)


def _text(value, languages, where):
    fields = Fields(value, where)
    for language in languages:
        if blank(fields.string(language)):
            raise Malformed(f"{where} is blank in {language}")
    fields.done()


def _time(text, where):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII):
        raise Malformed(f"{where} is not a time like 2026-11-22T08:00:00Z")
    try:
        time = datetime.datetime(*map(int, re.findall(r"\d+", text)))
    except ValueError:
        raise Malformed(f"{where} is not a time") from None
    if time.year < 1970:
        raise Malformed(f"{where} is before 1970")
    return time


def _hours(fields, manifest):
    opens = _time(fields.string("opens"), "'opens'")
    closes = _time(fields.string("closes"), "'closes'")
    if opens >= closes:
        raise Malformed("it closes before it opens")
    latest = _time(fields.string("closes_latest"), "'closes_latest'") if fields.has("closes_latest") else None
    if latest is not None and latest <= closes:
        raise Malformed("'closes_latest' is not after 'closes'")
    if not ZONE.fullmatch(fields.string("time_zone")):
        raise Malformed("'time_zone' is not the name of a zone")
    manifest.early_close = fields.boolean("early_close")
    manifest.closes, manifest.closes_latest = unix(closes), None if latest is None else unix(latest)


def _paper_hours(fields, manifest):
    entered = manifest.paper = any(route.entered for route in manifest.routes)
    if fields.has("paper_until") != entered:
        raise Malformed("'paper_until' is there exactly where a route is entered")
    if entered:
        manifest.paper_until = unix(_time(fields.string("paper_until"), "'paper_until'"))
        if manifest.paper_until < (manifest.closes_latest or manifest.closes):
            raise Malformed("'paper_until' is before the closing")


def unix(time):
    """Seconds since 1970; times before it count as 0."""
    return max(0, int((time - datetime.datetime(1970, 1, 1)).total_seconds()))


def _id(fields, seen):
    ident = fields.string("id")
    if not 1 <= len(ident.encode()) <= 100 or control(ident) or ident[0] in WHITE or ident[-1] in WHITE:
        raise Malformed(f"the id of {fields.where} is not usable")
    if ident in seen:
        raise Malformed(f"the id {ident!r} is used twice")
    seen.add(ident)
    return ident


def _languages(fields):
    languages = [expect_string(x, "a language") for x in fields.array("languages", 1, 20)]
    for language in languages:
        if len(language) > 35 or not LANGUAGE.fullmatch(language):
            raise Malformed(f"{language!r} is not a language tag")
    if len(set(languages)) != len(languages):
        raise Malformed("a language is listed twice")
    return languages


def _coordinates(text, where):
    degrees = COORDINATES.fullmatch(text)
    if not degrees or abs(Decimal(degrees[1])) > 90 or abs(Decimal(degrees[2])) > 180:
        raise Malformed(f"the coordinates of {where} are not latitude and longitude")


def _service(fields, languages):
    """What the pages tell voters and offer them besides the vote itself."""
    for key in ("notice", "help", "contact", "privacy", "accessibility", "otherwise"):
        if fields.has(key):
            _text(fields.take(key), languages, f"{key!r}")
    if fields.has("sms"):
        messages = fields.take("sms")
        _text(messages, languages, "'sms'")
        if any(message.count("{code}") != 1 or len(message) > 100 for message in messages.values()):
            raise Malformed("'sms' has not {code} once and at most 100 characters")
    if fields.has("check_minutes"):
        fields.integer("check_minutes", 5, 120)
    if fields.has("country") and not re.fullmatch("[A-Z]{2}", fields.string("country")):
        raise Malformed("'country' is not two capital letters")
    if fields.has("shuffle"):
        fields.boolean("shuffle")


def _option(value, languages, seen, where):
    fields = Fields(value, where)
    option = Option(_id(fields, seen))
    _text(fields.take("name"), languages, f"the name of {where}")
    if fields.has("text"):
        _text(fields.take("text"), languages, f"the text of {where}")
    cost = fields.integer("cost", 0, MAX_SAFE) if fields.has("cost") else None
    if fields.has("picture"):
        picture = fields.string("picture")
        good = all(PICTURE_SEGMENT.fullmatch(s) and s not in (".", "..") for s in picture.split("/"))
        if not good or len(picture) > 500:
            raise Malformed(f"the picture of {where} is not a relative path")
    if fields.has("place") and blank(fields.string("place")):
        raise Malformed(f"the place of {where} is blank")
    if fields.has("number"):
        number = fields.string("number")
        if len(number) > 40 or blank(number) or control(number):
            raise Malformed(f"the number of {where} is not 1 to 40 characters")
    if fields.has("category"):
        _text(fields.take("category"), languages, f"the category of {where}")
    if fields.has("coordinates"):
        _coordinates(fields.string("coordinates"), where)
    fields.done()
    return option, cost


def parse_funding(value, options, budget, costs, where):
    fields = Fields(value, where)
    if fields.choice("method", ("none", "greedy")) == "none":
        fields.done()
        return None
    if budget is None or None in costs:
        raise Malformed(f"{where} needs a budget and all costs")
    stop = fields.choice("unaffordable", ("skip", "stop")) == "stop"
    minimum = fields.integer("minimum_votes", 0, MAX_SAFE)
    ties = fields.choice("ties", ("cheaper", "order", "lot"))
    exclusive = []
    positions = {option.id: i for i, option in enumerate(options)}
    for item in fields.array("exclusive", 0, 500):
        if not isinstance(item, list) or not 2 <= len(item) <= 500:
            raise Malformed(f"{where} has a list of exclusive options that is none")
        ids = [expect_string(x, f"an option in {where}") for x in item]
        if len(set(ids)) < len(ids) or any(ident not in positions for ident in ids):
            raise Malformed(f"{where} names an option twice, or one that does not exist")
        exclusive.append([positions[ident] for ident in ids])
    if sum(map(len, exclusive)) > 5000:
        raise Malformed(f"{where} has more than 5,000 exclusive options")
    fields.done()
    return Funding(stop, minimum, ties, exclusive)


def _contest(value, languages, seen, where):
    fields = Fields(value, where)
    ident = _id(fields, seen)
    _text(fields.take("title"), languages, f"the title of {where}")
    if fields.has("text"):
        _text(fields.take("text"), languages, f"the text of {where}")
    budget = fields.integer("budget", 1, MAX_SAFE) if fields.has("budget") else None
    if fields.has("currency"):
        currency = fields.string("currency")
        if not 1 <= len(currency) <= 8 or control(currency):
            raise Malformed(f"the currency of {where} is not 1 to 8 characters")
    options, costs, option_ids = [], [], set()
    for i, item in enumerate(fields.array("options", 1, 500)):
        option, cost = _option(item, languages, option_ids, f"option {i} of {where}")
        options.append(option)
        costs.append(cost)
    if sum(cost or 0 for cost in costs) > MAX_SAFE:
        raise Malformed(f"the costs of {where} add up to more than 2^53-1")
    rule = rules.parse(fields.take("rule"), len(options), costs, f"the rule of {where}")
    decided = parse_funding(fields.take("funding"), options, budget, costs, f"the funding of {where}")
    contest = Contest(ident, rule, options, costs, budget, decided)
    contest.by_style = fields.choice("report_by", ("contest", "contest-and-style")) == "contest-and-style"
    fields.done()
    return contest


def _style(value, languages, seen, positions, where):
    fields = Fields(value, where)
    ident = _id(fields, seen)
    _text(fields.take("title"), languages, f"the title of {where}")
    contests, added = [], []
    for found, items in ((contests, fields.array("contests", 1, 500)),
                 (added, fields.array("plus_one_of", 1, 500) if fields.has("plus_one_of") else [])):
        for item in items:
            position = positions.get(expect_string(item, f"a contest of {where}"))
            if position is None or position in contests + added:
                raise Malformed(f"{where} names the contest {item!r}, which {'does not exist' if position is None else 'it has'}")
            found.append(position)
    electorate = fields.integer("electorate", 1, 2**32 - 1)
    if fields.has("inhabitants"):
        fields.integer("inhabitants", 1, 2**32 - 1)
    fields.done()
    return Declared(ident, contests, added, electorate)


def _route(value, languages, seen, where):
    fields = Fields(value, where)
    ident = _id(fields, seen)
    _text(fields.take("title"), languages, f"the title of {where}")
    entered = fields.boolean("entered")
    fields.done()
    return Route(ident, entered)


def _ballot_styles(manifest):
    for i, declared in enumerate(manifest.declared):
        manifest.styles.append(Style(declared.id, i, declared.contests))
        for position in declared.added:
            ident = f"{declared.id}+{manifest.contests[position].id}"
            manifest.styles.append(Style(ident, i, declared.contests + [position]))
    if len(manifest.styles) > MAX_BALLOT_STYLES:
        raise Malformed(f"more than {MAX_BALLOT_STYLES} ballot styles")
    if len({style.id for style in manifest.styles}) < len(manifest.styles):
        raise Malformed("two ballot styles have one id")


def _witnesses(value, manifest):
    fields = Fields(value, "'witnesses'")
    keys = [tlog.parse_witness(expect_string(x, "a witness's key")) for x in fields.array("keys", 1, 15)]
    manifest.witnesses = keys
    manifest.witnesses_needed = fields.integer("needed", 1, len(keys))
    fields.done()
    if len({name for name, _ in keys}) < len(keys) or len({key for _, key in keys}) < len(keys):
        raise Malformed("two witnesses have one name or one key")


def parse(data):
    if len(data) > MAX_BYTES:
        raise Malformed("longer than 4 MiB")
    fields = Fields(strictjson.parse(data), "the manifest")
    manifest = Manifest()
    manifest.hash = manifest_hash(data)
    fields.integer("veche", 1, 1)
    manifest.phase = PHASES[fields.choice("phase", PHASES)]
    manifest.languages = languages = _languages(fields)
    _text(fields.take("title"), languages, "the title")
    _text(fields.take("text"), languages, "the text")
    _hours(fields, manifest)
    seen = set()
    for i, item in enumerate(fields.array("contests", 1, 500)):
        manifest.contests.append(_contest(item, languages, seen, f"contest {i}"))
    positions = {contest.id: i for i, contest in enumerate(manifest.contests)}
    seen = set()
    for i, item in enumerate(fields.array("styles", 1, 500)):
        manifest.declared.append(_style(item, languages, seen, positions, f"style {i}"))
    _ballot_styles(manifest)
    seen = set()
    for i, item in enumerate(fields.array("routes", 1, 32)):
        manifest.routes.append(_route(item, languages, seen, f"route {i}"))
    _paper_hours(fields, manifest)
    trustees = Fields(fields.take("trustees"), "'trustees'")
    manifest.trustees = trustees.integer("count", 1, 15)
    manifest.threshold = trustees.integer("threshold", 1, manifest.trustees)
    trustees.done()
    manifest.minimum_group = fields.integer("minimum_group", 1)
    manifest.revote = fields.boolean("revote")
    fields.choice("registration", ("roll", "open"))
    _service(fields, languages)
    if fields.has("endpoints"):
        endpoints = Fields(fields.take("endpoints"), "'endpoints'")
        box = endpoints.string("box")
        if len(box) > 300 or not ENDPOINT.fullmatch(box):
            raise Malformed("'box' of 'endpoints' is not an address")
        endpoints.done()
    if fields.has("witnesses"):
        _witnesses(fields.take("witnesses"), manifest)
    fields.done()
    _compile(manifest)
    return manifest


def _compile(manifest):
    for style in manifest.declared:
        for position in style.contests + style.added:
            manifest.contests[position].electorate += style.electorate
    for contest in manifest.contests:
        if contest.electorate == 0:
            raise Malformed(f"no style has the contest {contest.id!r}")
        contest.program = rules.compile_program(contest.rule, contest.electorate)
    for style in manifest.styles:
        if manifest.ballot_length(style) > MAX_BALLOT_BYTES:
            raise Malformed(f"a ballot of style {style.id!r} has more than {MAX_BALLOT_BYTES} bytes")
    slots = [manifest.contests[c].program.slots for c, _ in manifest.groups()]
    values = [manifest.contests[c].program.values for c, _ in manifest.groups()]
    if sum(66 + 32 * n for n in slots) > 2**24 - 128 or sum(13 + 8 * n for n in values) > 2**24 - 128:
        raise Malformed("the groups are too many for one message")
