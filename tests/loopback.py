"""A publisher on one's own machine, with the moods of real ones.

with Loopback() as server:
    server.on("/prices.json", json_answer({"a": 1}))
    server.on("/moody", status(500), json_answer({}))     # one answer a request; the last stays
"""

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that hangs up in the middle is what several tests are about."""


class Loopback:
    """`requests` lists (path, headers) as they came; `most_at_once` is the most under way together."""

    def __init__(self):
        self.answers: dict[str, list[Answer]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.under_way = self.most_at_once = 0
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), self._handler())
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def on(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return self.url(path)

    def asked(self) -> Counter:
        return Counter(path for path, _ in self.requests)

    def headers(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.requests if asked == path]

    def _answer(self, path: str) -> Answer:
        with self.lock:
            answers = self.answers.get(path, [status(404)])
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def _handler(loopback):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with loopback.lock:
                    loopback.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                    loopback.under_way += 1
                    loopback.most_at_once = max(loopback.most_at_once, loopback.under_way)
                try:
                    loopback._answer(self.path)(self)
                finally:
                    with loopback.lock:
                        loopback.under_way -= 1

            def log_message(self, *_):
                pass

        return Handler


class StaticServer(Loopback):
    """An ordinary static file server over a folder, as `python -m http.server` is."""

    def __init__(self, folder):
        self.folder = folder
        super().__init__()

    def _handler(loopback):
        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args):
                super().__init__(*args, directory=str(loopback.folder))

            def do_GET(self):
                loopback.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                super().do_GET()

            def log_message(self, *_):
                pass

        return Handler


def send(request, code: int, body: bytes = b"", claimed_length: int | None = None, **headers) -> None:
    request.send_response(code)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), str(value))
    length = len(body) if claimed_length is None else claimed_length
    if length >= 0:
        request.send_header("Content-Length", str(length))
    else:
        request.send_header("Connection", "close")
        request.close_connection = True
    request.end_headers()
    request.wfile.write(body)


def status(code: int, **headers) -> Answer:
    return lambda request: send(request, code, b"" if code == 304 else b"no", **headers)


def body_answer(body: bytes, **headers) -> Answer:
    return lambda request: send(request, 200, body, **headers)


def json_answer(content, **headers) -> Answer:
    return body_answer(json.dumps(content).encode(), Content_Type="application/json", **headers)


def gzip_answer(body: bytes) -> Answer:
    return body_answer(gzip.compress(body), Content_Encoding="gzip")


def half_gzip(body: bytes) -> Answer:
    packed = gzip.compress(body)
    return body_answer(packed[: len(packed) // 2], Content_Encoding="gzip")


def cut_off(body: bytes) -> Answer:
    """Claims the whole length, sends half, hangs up."""

    def answer(request):
        send(request, 200, body[: len(body) // 2], claimed_length=len(body))
        request.close_connection = True

    return answer


def unmeasured(body: bytes) -> Answer:
    """Sends a body without saying how long it is."""
    return lambda request: send(request, 200, body, claimed_length=-1)


def hang(seconds: float) -> Answer:
    def answer(request):
        time.sleep(seconds)
        request.close_connection = True

    return answer


def drip(body: bytes, pause: float) -> Answer:
    def answer(request):
        send(request, 200, b"", claimed_length=len(body))
        for byte in body:
            request.wfile.write(bytes([byte]))
            request.wfile.flush()
            time.sleep(pause)

    return answer


def redirect(location: str) -> Answer:
    return lambda request: send(request, 302, b"", Location=location)


def validated(content: bytes, **validators) -> Answer:
    """Answers 304 where the request carries the validator that it gave."""

    def answer(request):
        known = request.headers.get("If-None-Match") or request.headers.get("If-Modified-Since")
        if known and known in validators.values():
            send(request, 304)
        else:
            send(request, 200, content, **validators)

    return answer
