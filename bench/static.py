"""A static file server over a folder, for benchmarks: python -m bench.static FOLDER prints its address.

Python's own `http.server` command waits 40 ms with each small file on a connection that stays open
(Nagle's algorithm against delayed acknowledgements); real servers do not.
"""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024  # headers and body leave together

    def log_message(self, *_):
        pass


def main(folder: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
