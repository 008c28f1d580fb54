"""JSON (RFC 8259) without repeated keys, null, numbers other than whole ones, or text that is not Unicode."""

import json
import re

from framing import Malformed


def _object(pairs):
    result = {}
    for key, value in pairs:
        if key in result:
            raise Malformed(f"the key {key!r} is repeated")
        result[key] = value
    return result


def _refuse_number(text):
    raise Malformed(f"{text[:40]!r} is not a whole number")


def _integer(text):
    if len(text) > 30 or text == "-0":
        _refuse_number(text)
    return int(text)


def _check(value):
    if value is None:
        raise Malformed("null has no place here")
    if isinstance(value, str):
        if re.search("[\ud800-\udfff]", value):
            raise Malformed("a text has half of a surrogate pair")
    elif isinstance(value, list):
        for item in value:
            _check(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key)
            _check(item)


def parse(data):
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_float=_refuse_number,
                           parse_int=_integer, parse_constant=_refuse_number)
        _check(value)
        return value
    except Malformed:
        raise
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    except RecursionError:
        raise Malformed("nested too deep") from None
    except ValueError as e:
        raise Malformed(f"not JSON: {e}") from None


class Fields:
    """An object with known keys; each is taken once, and `done` refuses the rest."""

    def __init__(self, value, where):
        if not isinstance(value, dict):
            raise Malformed(f"{where} is not an object")
        self.value = dict(value)
        self.where = where

    def has(self, key):
        return key in self.value

    def take(self, key):
        if key not in self.value:
            raise Malformed(f"{self.where} has no {key!r}")
        return self.value.pop(key)

    def string(self, key):
        return expect_string(self.take(key), f"{key!r} of {self.where}")

    def boolean(self, key):
        value = self.take(key)
        if not isinstance(value, bool):
            raise Malformed(f"{key!r} of {self.where} is not true or false")
        return value

    def integer(self, key, low, high=2**32 - 1):
        value = self.take(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Malformed(f"{key!r} of {self.where} is not a whole number from {low} to {high}")
        return value

    def array(self, key, low, high):
        value = self.take(key)
        if not isinstance(value, list) or not low <= len(value) <= high:
            raise Malformed(f"{key!r} of {self.where} is not a list of {low} to {high}")
        return value

    def choice(self, key, options):
        value = self.string(key)
        if value not in options:
            raise Malformed(f"{key!r} of {self.where} is {value!r}")
        return value

    def done(self):
        if self.value:
            raise Malformed(f"{self.where} has the unknown key {sorted(self.value)[0]!r}")


def expect_string(value, where):
    if not isinstance(value, str):
        raise Malformed(f"{where} is not a string")
    return value
