"""A host on the loopback whose answers are hostile, and a canary beside it that nobody may ever ask."""

import socket
import threading
import urllib.parse

HOST = "127.0.0.9"  # the only address that the worker's operator allows
CANARIES = ("127.0.0.1", "::1")


class Host:
    """Listens at one port of `HOST`; the same port of the other addresses of this machine counts who comes."""

    def __init__(self, files, too_large):
        self.files, self.too_large = files, too_large
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]
        self.strays = []
        threading.Thread(target=self._accept, args=[self.listener, self._converse], daemon=True).start()
        for address in CANARIES:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            canary = socket.create_server((address, self.port), family=family)
            threading.Thread(target=self._accept, args=[canary, self._stray], daemon=True).start()

    def url(self, path):
        return f"http://{HOST}:{self.port}{path}"

    def redirect(self, location):
        """The URL of a redirect."""
        return self.url("/to?" + urllib.parse.quote(location, safe=""))

    def _accept(self, listener, then):
        while True:
            connection, peer = listener.accept()
            threading.Thread(target=then, args=[connection, peer], daemon=True).start()

    def _stray(self, connection, peer):
        self.strays.append(peer)
        connection.close()

    def _converse(self, connection, _):
        with connection, connection.makefile("rb") as reader:
            try:
                while request := reader.readline():
                    while reader.readline().strip():
                        pass
                    target = request.split()[1].decode()
                    self._answer(connection, target)
                    if not target.startswith("/file/"):
                        return
            except (OSError, IndexError):
                pass

    def _answer(self, connection, target):
        path, _, query = target.partition("?")
        location = urllib.parse.unquote(query, "latin-1")
        if path.startswith("/file/"):
            # It says what would be taken.
            content = self.files[int(path.split("/")[2])]
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
        elif path == "/to":
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % location.encode("latin-1"))
        elif path == "/on":
            connection.sendall(b"HTTP/1.1 301 On\r\nLocation: /on?%dx\r\nContent-Length: 0\r\n\r\n" % (len(query) * 7))
        elif path == "/endless":
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(2 * self.too_large // 65536):
                connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")
        elif path == "/header":
            connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"y" * 8_000_000 + b"\r\n\r\n")
        elif path == "/many":
            connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(400_000)) + b"\r\n")
        else:
            connection.sendall(ANSWERS[path])


ANSWERS = {
    "/nowhere": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    "/circle": b"HTTP/1.1 302 Found\r\nLocation: /circle\r\nContent-Length: 0\r\n\r\n",
    "/gone": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "/login": b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n",
    "/part": b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\nab",
    "/nothing": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "/large": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    "/negative": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "/ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
}
