"""Many requests with curl at once: what a client that knows nothing of S3 gets for a URL."""

import dataclasses
import pathlib
import subprocess
import tempfile

AT_ONCE = 16
SECONDS = 60  # that one request may take


@dataclasses.dataclass(frozen=True)
class Request:
    """method: GET, HEAD, PUT (of body) or POST (of a form: its fields in their order, then body as field file)."""

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple = ()
    fields: tuple = ()
    options: tuple = ()  # further lines of a curl config


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: dict  # names in small letters
    body: bytes

    @property
    def refused(self):
        return 400 <= self.status < 500


def fetch(requests):
    """The answers, in the order of the requests. Raises RuntimeError where one got none."""
    requests = list(requests)
    if not requests:
        return []
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        config = ["parallel", f"parallel-max = {AT_ONCE}"]
        for number, request in enumerate(requests):
            if number:
                config.append("next")
            config += lines(number, request, directory)
        said = subprocess.run(
            ["curl", "--disable", "--config", "-"],
            input="\n".join(config).encode(),
            capture_output=True,
            timeout=SECONDS * 10,
            check=False,
        )
        ended = dict(line.split("\t") for line in said.stdout.decode().splitlines())
        return [answer(number, ended, request, directory, said.stderr) for number, request in enumerate(requests)]


def lines(number, request, directory):
    sent = directory / f"{number}.sent"
    yield f"url = {quoted(request.url)}"
    # As they are: no brackets that mean something, no dots that are taken away, no proxy.
    yield from ("globoff", "path-as-is", 'noproxy = "*"', "silent", "show-error", f"max-time = {SECONDS}")
    yield f"output = {quoted(directory / f'{number}.body')}"
    yield f"dump-header = {quoted(directory / f'{number}.headers')}"
    yield f'write-out = "{number}\\t%{{exitcode}} %{{http_code}}\\n"'
    for header in request.headers:
        yield f"header = {quoted(header)}"
    match request.method:
        case "HEAD":
            yield "head"
        case "PUT":
            sent.write_bytes(request.body)
            # Not upload-file: to a URL that ends in a slash curl would add the file's name.
            yield 'request = "PUT"'
            yield f"data-binary = {quoted(f'@{sent}')}"
            if not any(header.lower().startswith("content-type:") for header in request.headers):
                yield 'header = "Content-Type:"'
        case "POST":
            sent.write_bytes(request.body)
            for field, value in request.fields:
                yield f"form-string = {quoted(f'{field}={value}')}"
            yield f"form = {quoted(f'file=@{sent}')}"
    yield from request.options


def quoted(text):
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
    return '"' + "".join(escapes.get(character, character) for character in str(text)) + '"'


def answer(number, ended, request, directory, errors):
    code, status = ended.get(str(number), "none 0").split(" ")
    if code != "0":
        raise RuntimeError(f"curl ended request {number} with {code}: {errors.decode(errors='replace')[:400]}")
    # Of a 100 Continue, too.
    last = (directory / f"{number}.headers").read_bytes().decode("latin-1").strip().split("\r\n\r\n")[-1]
    headers = {}
    for line in last.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = directory / f"{number}.body"
    # What curl writes for HEAD are the headers once more.
    held = request.method != "HEAD" and body.exists()
    return Answer(int(status), headers, body.read_bytes() if held else b"")
