"""A headless Chromium for the tests, spoken to through a pipe: opens a page, hears its requests, takes its picture."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import Any

from tests.bi.page import PACKAGES

Message = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """A request that the page made, and its answer."""

    url: str
    question: str | None
    status: int
    answer: str


class Browser:
    """One page of a running Chromium."""

    def __init__(self, reads: int, writes: int) -> None:
        self._reads, self._writes = reads, writes
        self._rest = b""
        self._number = 0
        self._events: list[Message] = []
        self._page: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._page = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> Message:
        """Give an order and return its result."""
        self._number += 1
        order: Message = {"id": self._number, "method": method, "params": parameters}
        if self._page:
            order["sessionId"] = self._page
        content = json.dumps(order).encode() + b"\0"
        while content:
            content = content[os.write(self._writes, content) :]
        while True:
            message = self._next(60)
            if message.get("id") == order["id"]:
                assert "error" not in message, message
                result: Message = message["result"]
                return result
            self._events.append(message)

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def cookie(self, url: str, name: str, value: str) -> None:
        self.call("Network.setCookie", url=url, name=name, value=value)

    def open(self, url: str, done: Callable[[Browser], bool], patience: float) -> list[Exchange]:
        """Open an address, wait until `done` says so twice, and return what the page asked for data meanwhile."""
        # What the page before still asks for is none of this one's.
        self.call("Page.navigate", url="about:blank")
        self._hear(1.0)
        self._events.clear()
        self.call("Page.navigate", url=url)
        deadline = time.monotonic() + patience
        seen = 0
        while seen < 2:
            assert time.monotonic() < deadline, f"{url} is not done: {self.text()[:3000]}"
            self._hear(1.0)
            seen = seen + 1 if done(self) else 0
        return self._exchanges()

    def evaluate(self, script: str) -> object:
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def text(self) -> str:
        """What a reader of the page sees in words."""
        return str(self.evaluate("document.body ? document.body.innerText : ''"))

    def picture(self) -> bytes:
        """The page as PNG, as large as the window."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def addresses(self) -> list[str]:
        """What the page asked for over the network since it was opened, but for what its own rules kept back."""
        kept_back = {
            event["params"]["requestId"] for event in self._of("loadingFailed") if "blockedReason" in event["params"]
        }
        sent = [event["params"] for event in self._of("requestWillBeSent")]
        found = [one["request"]["url"] for one in sent if one["requestId"] not in kept_back]
        return [address for address in found if address.startswith("http")]

    def _exchanges(self) -> list[Exchange]:
        sent = {event["params"]["requestId"]: event["params"]["request"] for event in self._of("requestWillBeSent")}
        status = {event["params"]["requestId"]: event["params"]["response"] for event in self._of("responseReceived")}
        whole = {event["params"]["requestId"] for event in self._of("loadingFinished")}
        found = []
        for number, request in sent.items():
            if "/api/v1/chart/data" in request["url"] and number in whole:
                body = self.call("Network.getResponseBody", requestId=number)["body"]
                found.append(Exchange(request["url"], request.get("postData"), status[number]["status"], body))
        return found

    def _of(self, event: str) -> list[Message]:
        return [message for message in self._events if message.get("method") == f"Network.{event}"]

    def _hear(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if b"\0" in self._rest or select([self._reads], [], [], left)[0]:
                self._events.append(self._next(left))

    def _next(self, patience: float) -> Message:
        deadline = time.monotonic() + patience
        while b"\0" not in self._rest:
            assert select([self._reads], [], [], max(deadline - time.monotonic(), 0.01))[0], "Chromium does not answer"
            self._rest += os.read(self._reads, 1 << 20)
        content, _, self._rest = self._rest.partition(b"\0")
        message: Message = json.loads(content)
        return message


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start a Chromium that nobody sees, and end it."""
    program = shutil.which("chromium")
    assert program, f"chromium is missing: {PACKAGES}"
    orders, answers = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        flags = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars",
                 "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                 "--force-color-profile=srgb", f"--user-data-dir={Path(folder) / 'profile'}"]  # fmt: skip
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # it refuses to run as root otherwise
        # The browser takes its orders from descriptor 3 and answers on 4.
        command = ["bash", "-c", f'exec "$0" "$@" 3<&{orders[0]} 4>&{answers[1]}', program, *flags]
        process = subprocess.Popen(
            command, pass_fds=(orders[0], answers[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            os.close(orders[0])
            os.close(answers[1])
            yield Browser(answers[0], orders[1])
        finally:
            process.terminate()
            process.wait(30)
            os.close(orders[1])
            os.close(answers[0])
