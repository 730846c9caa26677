"""The S3 server that all sides list."""

import json
import subprocess
import urllib.request

SECRET = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}


class Stub:
    """A ListStub that runs, for a `with`."""

    def __init__(self, program, shape, objects, latency=0, *, port=0, changed=0.0):
        self.process = subprocess.Popen(
            [program, "--port", str(port), "--objects", str(objects), "--distribution", shape, "--latency", str(latency), "--changed", str(changed)],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError("the stub does not start")
        self.port = int(line.rsplit(":", 1)[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.objects = objects

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def reset(self):
        urllib.request.urlopen(urllib.request.Request(self.url + "/_reset", method="POST")).read()

    def stats(self):
        return json.load(urllib.request.urlopen(self.url + "/_stats"))
