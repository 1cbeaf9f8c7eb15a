"""Fetching against real servers on this machine: good ones, slow ones, broken ones, lying ones."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import typer
from typer.testing import CliRunner

from etl.fetch.catalogue import BadCatalogue, Catalogue, NotInCatalogue, load_catalogue
from etl.fetch.command import fetch_command
from etl.fetch.fetching import Fetched, FetchFailed, fetch
from etl.fetch.limits import Limits
from etl.sources import bgs

SHARED = Path(os.environ.get("OREBLOC_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "data"
PUBLISHER_FILES = Path(__file__).resolve().parents[2] / "seeds" / "reference" / "publisher_files.csv"
real = pytest.mark.skipif(not (SHARED / "bgs").is_dir(), reason="the publishers' files are not here")

TABLE = ("Country,Value\n" + "".join(f"Country {number},{number}\n" for number in range(20_000))).encode()
PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"
QUICK = Limits(attempts=3, stall=0.4, total=5.0, backoff=0.01, longest_wait=0.05)

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the test says, and remembers what was asked."""

    protocol_version = "HTTP/1.0"
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        answers = self.server.answers.get(urlsplit(self.path).path, [])
        if not answers:
            self.send_error(404)
            return
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            answer(self)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""

    def reply(self, body: bytes, code: int = 200, **headers: str) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.stop = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def ranges(self) -> list[str | None]:
        return [headers.get("Range") for _, headers in self.asked]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    for name in [name for name in os.environ if name.startswith("OREBLOC_")]:
        monkeypatch.delenv(name)
    with serving_one() as serving:
        yield serving


@pytest.fixture
def keeper(server: Server) -> Iterator[Server]:
    """A second server, of somebody who keeps copies."""
    with serving_one() as serving:
        yield serving


@contextlib.contextmanager
def serving_one() -> Iterator[Server]:
    serving = Server()
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield serving
    serving.stop.set()
    serving.shutdown()
    serving.server_close()


def whole(body: bytes = TABLE, **headers: str) -> Answer:
    return lambda handler: handler.reply(body, **headers)


def refusing(code: int, **headers: str) -> Answer:
    return lambda handler: handler.reply(b"no", code, **headers)


def ranged(body: bytes = TABLE, etag: str = '"v1"', cut: int | None = None) -> Answer:
    """Serve with ranges; `cut` closes the connection after so many bytes."""

    def answer(handler: Handler) -> None:
        start = 0
        asked = handler.headers.get("Range")
        if asked and handler.headers.get("If-Range") in (None, etag):
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        if start >= len(body):
            handler.reply(b"", 416, Content_Range=f"bytes */{len(body)}")
            return
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", etag)
        handler.send_header("Content-Length", str(len(body) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        handler.end_headers()
        handler.wfile.write(body[start:] if cut is None else body[start : start + cut])

    return answer


def announcing(length: int, body: bytes = TABLE) -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def stalling(after: int) -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(TABLE)))
        handler.end_headers()
        handler.wfile.write(TABLE[:after])
        handler.wfile.flush()
        handler.server.stop.wait(3)

    return answer


def dripping(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(TABLE)))
    handler.end_headers()
    for number in range(len(TABLE)):
        handler.wfile.write(TABLE[number : number + 1])
        handler.wfile.flush()
        if handler.server.stop.wait(0.05):
            return


def redirecting(to: str, code: int = 302) -> Answer:
    return lambda handler: handler.reply(b"", code, Location=to)


@dataclass
class Place:
    """A catalogue of one edition on a server, and a landing folder."""

    server: Server
    landing: Path
    files: list[dict[str, object]] = field(default_factory=list)
    details: dict[str, object] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.landing / "survey" / "2024"

    @property
    def catalogue(self) -> Catalogue:
        edition = {"citation": "Survey, 2024", "files": self.files, **self.details}
        source = {
            "publisher": "The Survey",
            "licence": "free",
            "base_url": self.server.url,
            "by_hand": "https://survey.example/data",
            "editions": {"2023": edition, "2024": edition},
        }
        return Catalogue({"sources": {"survey": source}})

    def add(self, *answers: Answer, name: str = "table.csv", pinned: bytes | None = TABLE, **extra: object) -> None:
        pins = {"sha256": hashlib.sha256(pinned).hexdigest(), "bytes": len(pinned)} if pinned is not None else {}
        self.files.append({"name": name, "url": f"files/{name.replace(' ', '%20')}", **pins, **extra})
        self.server.answers[f"/files/{name.replace(' ', '%20')}"] = list(answers)

    def keep(self, keeper: Server, *answers: Answer, name: str = "table.csv") -> None:
        """Let somebody keep copies of the edition, and answer so where one is asked for."""
        self.details["copies"] = [{"via": "a keeper of copies", "base_url": f"{keeper.url}/kept/"}]
        keeper.answers[f"/kept/{name}"] = list(answers)

    def card(self, name: str = "table.csv") -> dict[str, Any]:
        card: dict[str, Any] = json.loads((self.folder / f"{name}.origin.json").read_text(encoding="utf-8"))
        return card

    def fetch(self, limits: Limits = QUICK, **options: object) -> list[Fetched]:
        return fetch("survey", None, self.landing, catalogue=self.catalogue, limits=limits, **options)  # type: ignore[arg-type]

    def fault(self, limits: Limits = QUICK) -> str:
        """Fetch what must fail, and return what is said; nothing may stand under a final name."""
        before = {path: path.read_bytes() for path in self.named()}
        with pytest.raises(FetchFailed) as failed:
            self.fetch(limits)
        assert {path: path.read_bytes() for path in self.named()} == before
        assert len(failed.value.faults) == 1
        return str(failed.value.faults[0])

    def named(self) -> list[Path]:
        if not self.folder.exists():
            return []
        return [path for path in self.folder.rglob("*.csv") if path.is_file()]


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Place:
    return Place(server, tmp_path / "landing")


def test_a_file_comes_with_its_card(place: Place) -> None:
    place.add(whole(ETag='"abc"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT"))
    [file] = place.fetch()
    assert file.path.read_bytes() == TABLE
    assert file.status == "fetched"
    card = place.card()
    assert (card["publisher"], card["citation"], card["licence"]) == ("The Survey", "Survey, 2024", "free")
    assert (card["sha256"], card["bytes"]) == (hashlib.sha256(TABLE).hexdigest(), len(TABLE))
    assert (card["url"], card["etag"]) == (f"{place.server.url}/files/table.csv", '"abc"')
    assert card["retrieved"].endswith("+00:00")
    assert sorted(path.name for path in place.folder.iterdir()) == ["table.csv", "table.csv.origin.json"]


def test_what_is_there_is_not_fetched_again(place: Place) -> None:
    place.add(whole())
    place.add(whole(b"a,b\n1,2\n"), name="unpinned.csv", pinned=None)
    place.fetch()
    place.server.asked.clear()
    assert [file.status for file in place.fetch()] == ["present", "present"]
    assert place.server.asked == []
    (place.folder / "unpinned.csv").write_bytes(b"changed\n")
    (place.folder / "table.csv").write_bytes(b"changed\n")
    assert [file.status for file in place.fetch()] == ["replaced", "replaced"]


def test_a_file_brought_by_hand_is_taken_if_its_hash_is_pinned(place: Place) -> None:
    place.add(refusing(500))
    place.folder.mkdir(parents=True)
    (place.folder / "table.csv").write_bytes(TABLE)
    assert [file.status for file in place.fetch()] == ["present"]
    assert (place.card()["retrieved"], place.card()["url"], place.card()["via"]) == ("", "", "")


def test_a_broken_download_goes_on_where_it_stopped(place: Place) -> None:
    place.add(ranged(cut=100_000), ranged(cut=50_000), ranged())
    [file] = place.fetch()
    assert file.path.read_bytes() == TABLE
    assert place.server.ranges == [None, "bytes=100000-", "bytes=150000-"]
    assert place.server.asked[1][1]["If-Range"] == '"v1"'


def test_another_run_goes_on_too(place: Place) -> None:
    place.add(ranged(cut=100_000))
    assert "the connection closed after" in place.fault(Limits(attempts=1, backoff=0.01))
    place.server.answers["/files/table.csv"] = [ranged()]
    place.fetch()
    assert place.server.ranges[-1] == "bytes=100000-"


def test_pieces_of_two_versions_are_never_joined(place: Place) -> None:
    newer = TABLE.replace(b"Country 1,", b"Country X,")
    place.add(ranged(cut=100_000), ranged(newer, '"v2"'), pinned=None)
    [file] = place.fetch()
    assert file.path.read_bytes() == newer


def test_a_lying_validator_is_found_by_the_hash(place: Place) -> None:
    other = TABLE.replace(b"Country 1,", b"Country X,")
    place.add(ranged(other, cut=100_000), ranged(), ranged())
    assert place.fetch()[0].path.read_bytes() == TABLE
    assert place.server.ranges == [None, "bytes=100000-", None]


def test_a_server_without_ranges_is_asked_for_all_again(place: Place) -> None:
    place.add(announcing(len(TABLE), TABLE[:70_000]), whole())
    assert place.fetch()[0].path.read_bytes() == TABLE


def test_without_a_version_an_unpinned_file_is_begun_anew(place: Place) -> None:
    place.add(announcing(len(TABLE), TABLE[:70_000]), whole(), pinned=None)
    assert place.fetch()[0].path.read_bytes() == TABLE
    assert place.server.ranges == [None, None]


def test_a_part_longer_than_the_file_is_dropped(place: Place) -> None:
    place.add(ranged(TABLE + b"more,1\n", cut=len(TABLE) + 3), ranged(), ranged(), pinned=None)
    assert place.fetch()[0].path.read_bytes() == TABLE


def test_a_busy_server_is_tried_again(place: Place) -> None:
    place.add(refusing(503, Retry_After="0"), refusing(429), whole())
    assert place.fetch()[0].path.read_bytes() == TABLE


def test_a_server_that_stays_down_is_given_up(place: Place) -> None:
    place.add(refusing(503, Retry_After="3600"))
    said = place.fault()
    assert "503 Service Unavailable, 3 times" in said
    assert len(place.server.asked) == QUICK.attempts


@pytest.mark.parametrize(
    ("answers", "said", "attempts"),
    [
        ([refusing(404)], "404 Not Found", 1),
        ([refusing(403)], "403 Forbidden", 1),
        ([whole(PAGE, Content_Type="text/html; charset=utf-8")], "is a web page", 1),
        ([whole(TABLE[:-1] + b"9")], "is pinned", 1),
        ([whole(TABLE[:-10])], "bytes, and", 1),
        ([announcing(len(TABLE) + 5)], "are pinned", 1),
        ([announcing(len(TABLE) - 5)], "are pinned", 1),
        ([redirecting("/files/table.csv")], "redirects in a circle", None),
        ([redirecting("file:///etc/passwd")], "no web address", 1),
        ([whole(Content_Encoding="br")], "encoded as br", 1),
        ([whole(b"")], "0 bytes", 1),
    ],
)
def test_what_cannot_go_better_is_not_tried_again(
    place: Place, answers: list[Answer], said: str, attempts: int | None
) -> None:
    place.add(*answers)
    message = place.fault()
    assert said in message
    assert "survey/2024/table.csv" in message
    assert "By hand: https://survey.example/data" in message
    assert attempts is None or len(place.server.asked) == attempts
    assert list(place.folder.glob("*.part*")) == []


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("table.csv", PAGE, "is a web page (Maintenance), and a CSV was expected"),
        ("table.csv", b"\xef\xbb\xbf  <?xml version='1.0'?><Error/>", "is a web page"),
        ("table.csv", b"PK\x03\x04rest", "binary"),
        ("table.xlsx", b"Country,Value\n", "is no xlsx file"),
        ("table.xlsx", PAGE, "is a web page"),
        ("table.csv", b"", "is empty"),
    ],
)
def test_content_of_another_kind_is_refused(place: Place, name: str, body: bytes, said: str) -> None:
    place.add(whole(body), name=name, pinned=None)
    assert said in place.fault()
    assert not (place.folder / name).exists()


def test_announced_lengths_must_hold_without_a_pin(place: Place) -> None:
    place.add(announcing(len(TABLE) + 5), pinned=None)
    assert "closed after" in place.fault()


def test_redirects_are_followed(place: Place) -> None:
    place.add(redirecting("/elsewhere/table.csv"))
    place.server.answers["/elsewhere/table.csv"] = [whole()]
    place.fetch()
    card = place.card()
    assert card["final_url"].endswith("/elsewhere/table.csv")


def test_a_chain_of_redirects_ends(place: Place) -> None:
    place.add(redirecting("/hop/0"))
    for number in range(20):
        place.server.answers[f"/hop/{number}"] = [redirecting(f"/hop/{number + 1}")]
    assert "too often" in place.fault()


def test_a_stalling_server_is_given_up(place: Place) -> None:
    place.add(stalling(1000), whole())
    began = time.monotonic()
    assert place.fetch()[0].path.read_bytes() == TABLE
    assert time.monotonic() - began < 2
    place.server.answers["/files/table.csv"] = [stalling(0)]
    (place.folder / "table.csv").unlink()
    assert "sends nothing for 0.3 s" in place.fault(Limits(attempts=1, stall=0.3))


def test_a_dripping_server_meets_the_total_limit(place: Place) -> None:
    place.add(dripping)
    began = time.monotonic()
    assert "took longer than 0.6 s" in place.fault(Limits(attempts=3, stall=0.4, total=0.6))
    assert time.monotonic() - began < 2
    assert (place.folder / "table.csv.part").stat().st_size > 0


def test_nobody_at_the_address(place: Place) -> None:
    place.add(whole())
    place.server.shutdown()
    place.server.server_close()
    assert "the connection broke" in place.fault()


def test_failures_are_told_together_and_the_rest_is_there(place: Place) -> None:
    place.add(whole(), name="good.csv")
    place.add(refusing(404), name="gone.csv")
    place.add(whole(PAGE), name="page.csv")
    with pytest.raises(FetchFailed) as failed:
        place.fetch()
    assert [fault.file for fault in failed.value.faults] == ["survey/2024/gone.csv", "survey/2024/page.csv"]
    assert [file.name for file in failed.value.fetched] == ["good.csv"]
    assert [path.name for path in place.named()] == ["good.csv"]


def test_a_server_that_is_down_is_not_asked_patiently_for_every_file(place: Place) -> None:
    for number in range(5):
        place.add(refusing(500), name=f"{number}.csv")
    with pytest.raises(FetchFailed):
        place.fetch()
    assert len(place.server.asked) == 2 * QUICK.attempts + 3


def test_a_good_file_survives_a_failed_replacement(place: Place) -> None:
    place.add(whole(PAGE))
    place.folder.mkdir(parents=True)
    (place.folder / "table.csv").write_bytes(b"an older state\n")
    place.fault()
    assert (place.folder / "table.csv").read_bytes() == b"an older state\n"


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, content in members.items():
            zipped.writestr(name, content)
    return out.getvalue()


def test_an_archive_is_unpacked_and_cannot_climb_out(place: Place) -> None:
    zipped = archive(**{"World/a.csv": b"a,b\n", "../../b.csv": b"c,d\n"})
    place.add(whole(zipped), name="zips/World.zip", pinned=zipped, unpack="world")
    place.fetch()
    assert {path.name: path.read_bytes() for path in (place.folder / "world").iterdir()} == {
        "a.csv": b"a,b\n",
        "b.csv": b"c,d\n",
    }
    (place.folder / "world" / "a.csv").unlink()
    assert [file.status for file in place.fetch()] == ["present"]
    assert (place.folder / "world" / "a.csv").exists()
    assert len(place.server.asked) == 1


def test_a_damaged_archive_is_refused(place: Place) -> None:
    zipped = archive(a=b"x" * 100)
    place.add(whole(zipped[:-30]), name="World.zip", pinned=None, unpack="world")
    assert "damaged archive" in place.fault()


def paging(rows: list[bytes], most: int) -> Answer:
    """Serve rows by limit and offset, never more than `most` at a time."""

    def answer(handler: Handler) -> None:
        query = {key: values[0] for key, values in parse_qs(urlsplit(handler.path).query).items()}
        start, count = int(query["offset"]), min(int(query["limit"]), most)
        handler.reply(b"a,b\r\n" + b"".join(rows[start : start + count]))

    return answer


def test_pages_are_joined_also_if_the_server_gives_fewer_rows(place: Place) -> None:
    rows = [b'%d,"x,\r\ny"\r\n' % number for number in range(25)]
    place.add(paging(rows, 7), name="pages.csv", pinned=None, page_size=10)
    place.files[0]["url"] = "files/pages.csv?f=csv"
    assert place.fetch()[0].path.read_bytes() == b"a,b\r\n" + b"".join(rows)


def test_a_page_that_is_cut_off_is_asked_for_again(place: Place) -> None:
    good = paging([b"1,2\r\n", b"3,4\r\n"], 10)
    place.add(whole(b"a,b\r\n1,2\r\n3"), good, name="pages.csv", pinned=None, page_size=10)
    place.files[0]["url"] = "files/pages.csv?f=csv"
    assert place.fetch()[0].path.read_bytes() == b"a,b\r\n1,2\r\n3,4\r\n"


def test_a_server_that_ignores_pages_is_noticed(place: Place) -> None:
    place.add(whole(b"a,b\r\n1,2\r\n"), name="pages.csv", pinned=None, page_size=10)
    place.files[0]["url"] = "files/pages.csv?f=csv"
    assert "the same rows" in place.fault()


def test_a_mirror_may_keep_either_paths(place: Place) -> None:
    place.add(whole(), name="my table.csv")
    place.server.answers = {"/mirror/survey/2024/my%20table.csv": [whole()]}
    [file] = place.fetch(base_url=f"{place.server.url}/mirror/")
    assert file.path.read_bytes() == TABLE
    assert [path for path, _ in place.server.asked] == [
        "/mirror/files/my%20table.csv",
        "/mirror/survey/2024/my%20table.csv",
    ]


def test_a_publisher_who_has_the_file_is_the_only_one_asked(place: Place, keeper: Server) -> None:
    place.add(whole())
    place.keep(keeper, whole())
    [file] = place.fetch()
    assert (file.url, file.via) == (f"{place.server.url}/files/table.csv", "")
    assert (place.card()["via"], place.card()["publisher_url"], place.card()["publisher_said"]) == ("", "", "")
    assert keeper.asked == []


@pytest.mark.parametrize(
    ("answer", "rolling", "said"),
    [
        (refusing(404), False, "the server answers 404 Not Found"),
        (refusing(410), False, "the server answers 410 Gone"),
        (refusing(403), False, "the server answers 403 Forbidden"),
        (refusing(503), False, "the server answers 503 Service Unavailable, 3 times"),
        (stalling(0), False, "sends nothing for 0.4 s, 3 times"),
        (whole(PAGE, Content_Type="text/html"), False, "is a web page, and a CSV was expected"),
        (whole(TABLE[:-1] + b"9"), True, "is pinned"),
        (whole(TABLE[:-10]), True, "are pinned"),
    ],
)
def test_a_copy_stands_in_where_the_publisher_does_not_give_the_file(
    place: Place, keeper: Server, answer: Answer, rolling: bool, said: str
) -> None:
    place.add(answer, rolling=rolling)
    place.keep(keeper, whole(ETag='"copy"'))
    [file] = place.fetch()
    assert file.path.read_bytes() == TABLE
    assert file.via == "a keeper of copies"
    card = place.card()
    assert (card["url"], card["via"], card["etag"]) == (f"{keeper.url}/kept/table.csv", "a keeper of copies", '"copy"')
    assert card["publisher_url"] == f"{place.server.url}/files/table.csv"
    assert said in card["publisher_said"]
    assert sorted(path.name for path in place.folder.iterdir()) == ["table.csv", "table.csv.origin.json"]


def test_a_copy_stands_in_where_nobody_answers(place: Place, keeper: Server) -> None:
    place.add(whole())
    place.keep(keeper, redirecting("/moved/table.csv"))
    keeper.answers["/moved/table.csv"] = [whole()]
    place.server.shutdown()
    place.server.server_close()
    assert place.fetch()[0].path.read_bytes() == TABLE
    assert place.card()["final_url"] == f"{keeper.url}/moved/table.csv"
    assert "the connection broke" in place.card()["publisher_said"]


def test_other_content_at_the_publisher_is_told_and_not_passed_over(place: Place, keeper: Server) -> None:
    place.add(whole(TABLE[:-1] + b"9"))
    place.keep(keeper, whole())
    said = place.fault()
    assert "is pinned" in said
    assert f"What is pinned lies at {keeper.url}/kept/table.csv" in said
    assert keeper.asked == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (TABLE[:-1] + b"9", "and " + hashlib.sha256(TABLE).hexdigest() + " is pinned"),
        (TABLE[:-10], "are pinned"),
        (PAGE, "are pinned"),
    ],
)
def test_a_copy_that_lies_is_refused(place: Place, keeper: Server, body: bytes, said: str) -> None:
    place.add(refusing(404))
    place.keep(keeper, whole(body))
    message = place.fault()
    assert f"404 Not Found; the copy at {keeper.url}/kept/table.csv: " in message
    assert said in message
    assert "do not use it" in message
    assert list(place.folder.iterdir()) == []


def test_the_next_copy_is_asked_where_one_fails(place: Place, keeper: Server) -> None:
    copies = [{"via": name, "url": f"{keeper.url}/{name}.csv"} for name in ("gone", "lying", "good")]
    place.add(refusing(404), copies=copies)
    keeper.answers = {"/lying.csv": [whole(TABLE[:-1] + b"9")], "/good.csv": [whole()]}
    assert place.fetch()[0].via == "good"
    assert [path for path, _ in keeper.asked] == ["/gone.csv", "/lying.csv", "/good.csv"]


def test_a_file_that_only_a_copy_gives(place: Place, keeper: Server) -> None:
    place.add()
    place.files[0].pop("url")
    place.keep(keeper, whole())
    place.fetch()
    assert place.server.asked == []
    assert (place.card()["via"], place.card()["publisher_url"]) == ("a keeper of copies", "")
    (place.folder / "table.csv").unlink()
    keeper.answers.clear()
    assert f"the copy at {keeper.url}/kept/table.csv: the server answers 404 Not Found" in place.fault()


def test_the_publishers_names_of_a_file_are_tried_in_their_order(place: Place, keeper: Server) -> None:
    place.add(refusing(403), rolling=True)
    place.files[0]["url"] = ["files/table.csv", "files/table-adv.csv", "files/table-ert.csv", "files/never.csv"]
    place.server.answers["/files/table-adv.csv"] = [whole(TABLE[:-1] + b"9")]
    place.server.answers["/files/table-ert.csv"] = [whole()]
    place.keep(keeper, whole())
    [file] = place.fetch()
    assert (file.url, file.via) == (f"{place.server.url}/files/table-ert.csv", "")
    assert (len(place.server.asked), keeper.asked) == (3, [])


@pytest.mark.parametrize("answers", [[], [refusing(404)], [whole(PAGE)], [whole(TABLE[:-1] + b"9")], [refusing(503)]])
def test_beside_a_mirror_no_copy_is_asked(place: Place, keeper: Server, answers: list[Answer]) -> None:
    place.add(whole(), rolling=True)
    place.files.append({**place.files[0], "name": "only.csv"})
    place.files[1].pop("url")
    place.keep(keeper, whole())
    place.server.answers = {f"/mirror/files/{name}": answers for name in ("table.csv", "only.csv")}
    with pytest.raises(FetchFailed) as failed:
        place.fetch(base_url=f"{place.server.url}/mirror")
    assert len(failed.value.faults) == 2
    assert keeper.url not in str(failed.value.faults)
    assert {urlsplit(path).path for path, _ in place.server.asked} >= {"/mirror/survey/2024/only.csv"}
    assert all(path.startswith("/mirror/") for path, _ in place.server.asked)
    assert (keeper.asked, place.named()) == ([], [])


def test_a_mirror_may_keep_the_whole_path_of_the_publisher(place: Place) -> None:
    place.add(whole())
    place.details["base_url"] = "https://survey.example/public/2024/"
    place.server.answers = {"/public/2024/files/table.csv": [whole()]}
    assert place.fetch(base_url=place.server.url)[0].url == f"{place.server.url}/public/2024/files/table.csv"


def test_a_publisher_who_is_down_is_not_asked_patiently_for_every_file(place: Place, keeper: Server) -> None:
    for number in range(5):
        place.add(refusing(500), name=f"{number}.csv")
        place.keep(keeper, whole(), name=f"{number}.csv")
    assert [file.via for file in place.fetch()] == ["a keeper of copies"] * 5
    assert (len(place.server.asked), len(keeper.asked)) == (2 * QUICK.attempts + 3, 5)


def test_pieces_of_the_publisher_and_of_a_copy_are_never_joined(place: Place, keeper: Server) -> None:
    place.add(ranged(TABLE.replace(b"Country 1,", b"Country X,"), cut=100_000), refusing(500))
    place.keep(keeper, ranged())
    assert place.fetch()[0].path.read_bytes() == TABLE
    assert keeper.ranges == [None]


def test_the_time_for_a_file_is_that_of_all_its_addresses(place: Place, keeper: Server) -> None:
    place.add(stalling(0))
    place.keep(keeper, dripping)
    began = time.monotonic()
    assert "took longer than 0.6 s" in place.fault(Limits(attempts=1, stall=0.4, total=0.6))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("pins", "copies", "said"),
    [
        ({}, [{"via": "a keeper", "url": "https://keeper.example/a.csv"}], "has a copy but no sha256"),
        ({"md5": "0" * 32}, [{"via": "a keeper", "url": "https://keeper.example/a.csv"}], "has a copy but no sha256"),
        ({"sha256": "0" * 64}, [{"url": "https://keeper.example/a.csv"}], "a copy: lacks 'via'"),
        ({"sha256": "0" * 64}, [{"via": "a keeper", "url": "a.csv"}], "is no whole address"),
        ({"sha256": "0" * 64}, [{"via": "a keeper", "url": "file:///a.csv"}], "is no whole address"),
        ({"sha256": "0" * 64}, [], "has no address"),
    ],
)
def test_a_copy_without_a_pin_or_a_name_is_no_copy(
    place: Place, pins: dict[str, object], copies: list[dict[str, str]], said: str
) -> None:
    place.files.append({"name": "a.csv", "copies": copies, **pins})
    with pytest.raises(BadCatalogue, match=said):
        place.fetch()
    assert not place.landing.exists()


def test_an_unpinned_file_among_copied_ones_is_rejected(place: Place, keeper: Server) -> None:
    place.add(whole())
    place.add(whole(), name="unpinned.csv", pinned=None)
    place.keep(keeper, whole())
    with pytest.raises(BadCatalogue, match=r"survey/2023/unpinned\.csv: has a copy but no sha256"):
        place.fetch()


def test_unknown_names_are_met_with_the_nearest(place: Place) -> None:
    place.add(whole())
    with pytest.raises(NotInCatalogue, match=r"no source 'surwey'. Nearest known value: 'survey'"):
        fetch("surwey", None, place.landing, catalogue=place.catalogue)
    with pytest.raises(NotInCatalogue, match=r"no edition of survey '2042'.*There are: 2023, 2024"):
        fetch("survey", "2042", place.landing, catalogue=place.catalogue)
    with pytest.raises(NotInCatalogue, match="begins with http"):
        place.fetch(base_url="localhost:8000")
    assert not place.landing.exists()


def test_two_fetches_into_one_folder_do_not_meet(place: Place) -> None:
    place.add(stalling(1000))

    def first() -> None:
        with contextlib.suppress(FetchFailed):
            place.fetch(Limits(attempts=1, stall=1))

    running = threading.Thread(target=first)
    running.start()
    while not place.server.asked:
        time.sleep(0.01)
    assert "another run" in place.fault()
    running.join()


def test_the_catalogue_is_checked(tmp_path: Path) -> None:
    catalogue = load_catalogue()
    assert catalogue.sources == ["usgs_mcs", "usgs_myb", "wmd", "bgs"]
    for source in catalogue.sources:
        for edition in catalogue.editions(source):
            files = catalogue.edition(source, edition).files
            assert len({file.name for file in files}) == len(files) > 0
            assert all(url.startswith("https://") for file in files for url in file.urls)
            assert all(copy.url.startswith("https://") and copy.via for file in files for copy in file.copies)
            assert all(file.sha256 for file in files if file.copies)
    wrong = tmp_path / "catalogue.yml"
    wrong.write_text("sources: {a: {publisher: b, editions: {2024: {files: [{name: ../x, url: y, size: 3}]}}}}")
    with pytest.raises(BadCatalogue) as refused:
        load_catalogue(wrong)
    for part in ("lacks 'licence'", "quote the edition", "unknown key 'size'", "'../x' is no name"):
        assert part in str(refused.value)


PUBLISHERS = {
    "www.sciencebase.gov",
    "d9-wret.s3.us-west-2.amazonaws.com",
    "www.world-mining-data.info",
    "www.bmf.gv.at",
    "ogcapi.bgs.ac.uk",
}


def test_files_come_from_their_publishers() -> None:
    catalogue = load_catalogue()
    alone = []
    for source in catalogue.sources:
        for edition in catalogue.editions(source):
            files = catalogue.edition(source, edition).files
            assert {urlsplit(url).netloc for file in files for url in file.urls} <= PUBLISHERS
            alone += [f"{source} {edition}"] if any(not file.urls for file in files) else []
    # The BGS keeps no editions of its API.
    assert alone == ["bgs 2023"]
    [nickel] = catalogue.edition("usgs_myb", "2019").files
    folder = "https://d9-wret.s3.us-west-2.amazonaws.com/assets/palladium/production/s3fs-public/media/files"
    assert nickel.urls[0] == f"{folder}/myb1-2019-nicke-adv.xlsx"
    assert nickel.copies[0].url.endswith("/data/mineral-summaries/nickel.xlsx")


@real
def test_the_pins_are_those_of_the_files_at_hand() -> None:
    catalogue = load_catalogue()
    known = {hashlib.sha256(path.read_bytes()).hexdigest() for path in SHARED.rglob("*") if path.is_file()}
    for source in ("usgs_myb", "wmd", "bgs"):
        for edition in catalogue.editions(source):
            assert {file.sha256 for file in catalogue.edition(source, edition).files} - {""} <= known


def test_what_is_pinned_is_on_record() -> None:
    """What a build says of a file by hand is what a download is held to."""
    with PUBLISHER_FILES.open(encoding="utf-8", newline="") as file:
        on_record = {(row["source"], row["edition"], row["file"], row["sha256"]) for row in csv.DictReader(file)}
    catalogue = load_catalogue()
    pinned = {
        (source, edition, file.name.rsplit("/", 1)[-1], file.sha256)
        for source in catalogue.sources
        for edition in catalogue.editions(source)
        for file in catalogue.edition(source, edition).files
        if file.sha256
    }
    assert len(pinned) > 40
    assert pinned <= on_record


def command(*arguments: str) -> tuple[int, str]:
    application = typer.Typer()
    application.command()(fetch_command)
    result = CliRunner().invoke(application, list(arguments), env={"COLUMNS": "300"})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


@real
def test_the_command_fetches_what_the_loader_reads(server: Server, tmp_path: Path) -> None:
    source = SHARED / "bgs"
    for path in source.glob("*.csv"):
        server.answers[f"/bgs/2023/{path.name}"] = [whole(path.read_bytes())]
    server.answers["/bgs/2023/BGS_nickel_production.csv"].insert(0, refusing(404))
    arguments = ["bgs", "--edition", "2023", "--landing", str(tmp_path), "--base-url", server.url, "--attempts", "1"]
    code, said = command(*arguments)
    assert code == 8
    assert "1 of 10 files of bgs 2023 could not be fetched" in said
    assert "BGS_nickel_production.csv the server answers 404" in said
    code, said = command(*arguments)
    assert (code, "10 files in" in said, "1 of them new" in said, "a copy" in said) == (0, True, True, False)
    plan = bgs.plan(tmp_path / "bgs", "bgs")
    assert plan.faults == []
    assert (len(plan.files), {file.edition for file in plan.files}) == (10, {"2023"})
    for path in source.glob("*.csv"):
        assert (tmp_path / "bgs" / "2023" / path.name).read_bytes() == path.read_bytes()


@real
def test_the_command_says_what_is_there(server: Server, tmp_path: Path) -> None:
    content = (SHARED / "usgs_mcs" / "2026" / "MCS2026_Commodities_Data.csv").read_bytes()
    server.answers["/catalog/file/get/69837e43b66b01367d7ec7c7"] = [refusing(503), ranged(content, cut=1_000_000)]
    server.answers["/catalog/file/get/69837e43b66b01367d7ec7c7"] += [ranged(content)]
    arguments = ["usgs_mcs", "--landing", str(tmp_path), "--base-url", server.url]
    code, said = command(*arguments)
    assert (code, "fetched  MCS2026_Commodities_Data.csv  3,189,010 bytes" in said) == (0, True)
    code, said = command(*arguments)
    assert (code, "present" in said, "0 of them new" in said) == (0, True, True)


def test_the_command_refuses_unknown_words(tmp_path: Path) -> None:
    code, said = command("usgs_msc", "--landing", str(tmp_path))
    assert (code, "usgs_mcs" in said, "wmd" in said) == (3, True, True)
    code, said = command("wmd", "--edition", "1999", "--landing", str(tmp_path))
    assert (code, "2017, 2024, 2026" in said) == (3, True)
    code, said = command("wmd", "--base-url", "ftp://mirror", "--landing", str(tmp_path))
    assert code == 3
    code, said = command()
    assert (code, "usgs_myb" in said) == (0, True)
    assert "17 files, 17 with a pinned hash, 17 also as a copy" in said
    assert "10 files, 10 with a pinned hash, 10 only as a copy" in said
    assert list(tmp_path.iterdir()) == []


def test_the_command_names_the_keeper_of_a_copy(place: Place, keeper: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    place.add(refusing(404))
    place.keep(keeper, whole())
    monkeypatch.setattr("etl.fetch.console.load_catalogue", lambda: place.catalogue)
    code, said = command("survey", "--landing", str(place.landing))
    assert (code, "fetched  table.csv" in said, "a copy: a keeper of copies" in said) == (0, True, True)
