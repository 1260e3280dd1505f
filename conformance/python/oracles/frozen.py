"""One clock for the whole process, moved by hand.

Importing this module replaces `datetime.datetime` and `time.time`, so it has to come before the
SDKs: they keep their own reference to the class. Monotonic clocks stay real.
"""

import datetime
import time

_Real = datetime.datetime
_UTC = datetime.timezone.utc
_now = 0


class _AnyDatetime(type):
    """Values made by the original class still count as datetimes."""

    def __instancecheck__(cls, value):
        return isinstance(value, _Real)


class _Frozen(_Real, metaclass=_AnyDatetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_now, tz)

    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(_now, _UTC).replace(tzinfo=None)


def set_unix(seconds):
    """Set the clock to this many seconds since 1970."""
    global _now
    _now = seconds


def set_text(text, form="%Y-%m-%dT%H:%M:%SZ"):
    """Set the clock from a UTC text and return that moment."""
    moment = parse(text, form)
    set_unix(int(moment.timestamp()))
    return moment


def parse(text, form="%Y-%m-%dT%H:%M:%SZ"):
    """The moment a UTC text names."""
    return _Frozen.strptime(text, form).replace(tzinfo=_UTC)


datetime.datetime = _Frozen
time.time = lambda: float(_now)
