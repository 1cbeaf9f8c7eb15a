"""Requests with bounds: http and https only, a few redirects, never without a time limit."""

from __future__ import annotations

import email.utils
import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from typing import IO, cast
from urllib.parse import urlsplit

from etl.fetch.limits import Limits
from etl.fetch.problem import Missing, Problem

_AGENT = "orebloc-fetch/1 (Python urllib)"
# Codes after which another attempt may go better, besides all of 500 and above.
_PASSING = (408, 425, 429)
_REDIRECTS = (301, 302, 303, 307, 308)


class TimeOver(Problem):
    """The time for a file is over; what came of it stays."""


class Deadline:
    """The moment by which a file must be there.

    Args:
        seconds: From now.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left."""
        return self._end - time.monotonic()

    def check(self) -> None:
        """Stop where the time is over.

        Raises:
            Problem: It is.
        """
        if self.left <= 0:
            raise TimeOver(f"took longer than {self.seconds:g} s", "Run it again: it goes on where it stopped")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few redirects, to http and https, and never from https to http."""

    max_redirections = 5
    max_repeats = 1

    def redirect_request(  # noqa: PLR0917 - the standard library's own signature
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != "https" and urlsplit(req.full_url).scheme == "https":
            raise Problem(f"redirects from https to {newurl}", "Look at the address in a browser")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@contextmanager
def request(
    url: str, headers: Mapping[str, str], limits: Limits, deadline: Deadline
) -> Iterator[http.client.HTTPResponse]:
    """Open an address and turn everything that can go wrong, also while reading, into a problem.

    Args:
        url: The address.
        headers: Headers of the request, besides the usual ones.
        limits: Bounds.
        deadline: When it must be over.

    Raises:
        Problem: The address cannot be read.
    """
    deadline.check()
    usual = {"User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    # Not the standard opener: that one also opens files and ftp.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    try:
        asked = urllib.request.Request(url, headers={**usual, **headers})  # noqa: S310 - only http(s) handlers above
        response = opener.open(asked, timeout=max(0.05, min(limits.stall, deadline.left)))
        if response is None:
            raise Problem("is no web address", "Correct it in etl/fetch/catalogue.yml or --base-url")
        with response:
            _check_encoding(response.headers)
            yield cast(http.client.HTTPResponse, response)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error, limits) from None
    except urllib.error.URLError as error:
        raise _broken(error.reason, limits) from None
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise _broken(error, limits) from None


def _check_encoding(headers: Message) -> None:
    encoding = headers.get("Content-Encoding", "identity").casefold()
    if encoding != "identity":
        raise Problem(f"comes encoded as {encoding}, which was not asked for", "Fetch it by hand in a browser")


def _refused(error: urllib.error.HTTPError, limits: Limits) -> Problem:
    code = error.code
    said = f"the server answers {code} {http.client.responses.get(code, '')}".rstrip()
    if code in _REDIRECTS:
        to = error.headers.get("Location", "")
        web = urlsplit(to).scheme in ("", "http", "https")
        what = "redirects in a circle or too often" if web else f"redirects to {to}, which is no web address"
        return Problem(what, "Look at the address in a browser")
    if code >= 500 or code in _PASSING:
        wait = _asked_wait(error.headers, limits)
        return Problem(said, "The server is busy or broken: try again later", again=True, wait=wait)
    if code == 416:
        return NoSuchPiece(said, again=True)
    if code in (404, 410):
        return Missing(said, "The publisher may have moved the file: look at the publisher's page")
    if code == 403:
        # A store that does not show its list, as that of the USGS, says so of files that are not there.
        return Missing(
            said, "The file may be gone, or the server may ask for a login or refuse programs: look in a browser"
        )
    return Problem(said, "Look at the address in a browser: it may ask for a login or refuse programs")


class NoSuchPiece(Problem):
    """The file ends before the piece that was asked for."""


def _asked_wait(headers: Message, limits: Limits) -> float | None:
    """Return how long the server asks to wait, within bounds."""
    text = headers.get("Retry-After")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        moment = email.utils.parsedate_tz(text)
        seconds = email.utils.mktime_tz(moment) - time.time() if moment else 0.0
    return min(max(seconds, 0.0), limits.longest_wait)


def _broken(reason: object, limits: Limits) -> Problem:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Problem(f"the server's certificate does not hold ({reason.verify_message})", "Do not trust this network")
    if isinstance(reason, TimeoutError):
        return Problem(f"sends nothing for {limits.stall:g} s", "Try again later", again=True)
    if isinstance(reason, (ValueError, http.client.InvalidURL)) or "unknown url type" in str(reason):
        return Problem(f"is no web address ({reason})", "Correct it in etl/fetch/catalogue.yml or --base-url")
    text = str(reason) or type(reason).__name__
    return Problem(f"the connection broke ({text})", "Check the network, try again later", again=True)
