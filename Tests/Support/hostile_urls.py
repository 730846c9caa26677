"""URLs that lead to the inside of a network, or that two readers understand differently."""

import collections

Url = collections.namedtuple("Url", "what url code")

# Hosts that are not on the public internet, as a URL or a redirect writes them.
INSIDE = [
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "169.254.170.2", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "0.0.0.0", "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "localhost", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::1]", "[2001:0:808:808::1]", "[fd00:ec2::254]", "[fc00::1]", "[fe80::1]", "[ff02::1]", "[2001:db8::1]",
]
# What is 127.0.0.1 for inet_aton, or for a reader that decodes or maps more than it should; and what SQL says to it.
NUMBER, NONE, USER = "its host is a number that is no IPv4", "its host is none", "a user or an @"
DISGUISED = [
    ("2130706433", NUMBER), ("0x7f000001", NUMBER), ("017700000001", NUMBER), ("127.1", NUMBER), ("127.0.1", NUMBER), ("0177.0.0.1", NUMBER),
    ("0x7f.0.0.1", NUMBER), ("127.0.0.01", NUMBER), ("127.0.0.1.", NUMBER), ("2852039166", NUMBER), ("0xa9fea9fe", NUMBER),
    ("%31%32%37.0.0.1", NONE), ("localhost%00.example", NONE), ("127.0.0.1\\.example.com", NONE), ("[::ffff:127.0.0.1%25lo]", NONE),
    ("\uff11\uff12\uff17.0.0.1", NONE), ("127\u30020\u30020\u30021", NONE), ("", "it names no host"),
    ("example.com@127.0.0.1", USER), ("root:secret@127.0.0.1", USER),
]
# Other schemes, and texts that are no URL; and what SQL says to them.
SCHEME, WHITE = "it is neither https nor http", "control characters, line ends or unusual white space"
ODD = [
    ("file:///etc/passwd", SCHEME), ("ftp://127.0.0.1/x", SCHEME), ("gopher://127.0.0.1:6379/_FLUSHALL", SCHEME), ("dict://127.0.0.1:11211/stat", SCHEME),
    ("data:image/png;base64,AAAA", SCHEME), ("javascript:alert(1)", SCHEME), ("ldap://127.0.0.1/", SCHEME), ("/etc/passwd", "it is not absolute"),
    ("//127.0.0.1/x", "it is not absolute"), ("", "it is not absolute"), (None, "it is NULL"), ("http:/127.0.0.1/", "it names no host"),
    ("http://127.0.0.1:99999/", "its port does not exist"), ("http://127.0.0.1:0/", "its port does not exist"), ("http://127.0.0.1:80x/", NONE),
    ("http://127.0.0.1/\r\nHost: inside", WHITE), ("http://127.0.0.1\t/", WHITE), (" http://127.0.0.1/", WHITE),
    ("http://127.0.0.1/" + "x" * 2048, "2048 are the most"),
]


def urls(host):
    """Those that a worker has to refuse, direct and behind a redirect of `host`."""
    found = [Url(f"{name} by {way}", make(name), "fetch_refused_address")
        for name in INSIDE
        for way, make in (("itself", lambda name: f"http://{name}/latest/meta-data/"), ("its port", lambda name: f"http://{name}:{host.port}/x"),
            ("a redirect", lambda name: host.redirect(f"http://{name}:{host.port}/latest/")))]
    found += [Url(f"{name!a} by a redirect", host.redirect(f"http://{name}/"), "fetch_redirects") for name, _ in DISGUISED if name.isascii()]
    found += [Url(f"{name!a} by a redirect", host.redirect(name), "fetch_redirects")
        for name in ("file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "ftp://127.0.0.1/", "javascript:alert(1)", "http:///x", "http://")]
    found += [Url("//127.0.0.1 by a redirect", host.redirect(f"//127.0.0.1:{host.port}/"), "fetch_refused_address"),
        Url("a redirect to a redirect inside", host.redirect(host.redirect("http://169.254.169.254/")), "fetch_refused_address"),
        Url("another port by a redirect", host.redirect("http://127.0.0.9:22/"), "fetch_refused_url"),
        Url("a redirect to more than a port", host.redirect("http://127.0.0.9:65536/"), "fetch_redirects"),
        Url("the port of SSH", "http://127.0.0.9:22/", "fetch_refused_url"), Url("the port of Redis", "https://127.0.0.9:6379/", "fetch_refused_url"),
        Url("LOCALHOST. by a redirect", host.redirect(f"http://LOCALHOST.:{host.port}/"), "fetch_refused_address"),
        Url("a byte of 256", "http://256.0.0.1/", "fetch_bad_url"), Url("an IPv4 address in brackets", "http://[127.0.0.1]/", "fetch_bad_url"), Url("a wrong IPv6 address", "http://[1:2:3]/", "fetch_bad_url")]
    found += [Url(f"an answer {path}", host.url(path), code) for path, code in (
        ("/nowhere", "fetch_redirects"), ("/circle", "fetch_redirects"), ("/on?x", "fetch_redirects"), ("/gone", "fetch_status"), ("/login", "fetch_status"),
        ("/part", "fetch_status"), ("/nothing", "fetch_status"), ("/gzip", "fetch_encoded"), ("/large", "fetch_too_large"), ("/endless", "fetch_too_large"),
        ("/negative", "fetch_malformed"), ("/ssh", "fetch_malformed"), ("/header", "fetch_malformed"),
        ("/many", "fetch_malformed"))]
    return found
