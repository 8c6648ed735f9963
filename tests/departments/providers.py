"""OpenID providers on the loopback: a real one in a process of its own, and a hostile one; and
how one signs in by them."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def real_provider(*options: str) -> Iterator[str]:
    """The address of a provider that knows whom it is told of (``knows``)."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    """Ask until it answers, each time a little later, for half a minute at most."""
    with requests.Session() as session:
        patient = Retry(connect=9, backoff_factor=0.05)
        session.mount(address, HTTPAdapter(max_retries=patient))
        session.get(address, timeout=60)


def knows(provider: str, who: str, **claims: object) -> None:
    """Tell the provider whom ``who`` names, and what it says of that person."""
    requests.put(f"{provider}/users/{who}", json=claims, timeout=60).raise_for_status()


def allow(address: str, who: str) -> str:
    """Sign in there; the address to which the browser is sent back."""
    form = {"sub": who} if who else {"action": "deny"}
    return requests.post(address, data=form, timeout=60, allow_redirects=False).headers["Location"]


class Hostile:
    """A provider that answers what the test puts in: ``answers`` by path, ``claims`` in its token."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        self.asked: list[str] = []
        self.answers: dict[str, object] = {
            "/.well-known/openid-configuration": {
                "issuer": address,
                "authorization_endpoint": f"{address}/authorize",
                "token_endpoint": f"{address}/token",
                "jwks_uri": f"{address}/keys",
            },
            "/keys": {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]},
        }

    def says(
        self, asked: str, /, *, algorithm: str = "RS256", key: object = None, **changed: object
    ):
        """The token that it will give: right but for what is changed (None: left out)."""
        now = int(time.time())
        claims = {"iss": self.address, "sub": "1", "aud": "policy", "iat": now, "exp": now + 300}
        claims |= {"nonce": asked, "preferred_username": "9501"} | changed
        claims = {name: value for name, value in claims.items() if value is not None}
        signed_by = None if algorithm == "none" else key or self.key
        token = jwt.encode(claims, signed_by, algorithm=algorithm, headers={"kid": "one"})
        self.answers["/token"] = {"access_token": "x", "token_type": "Bearer", "id_token": token}


@contextmanager
def hostile_provider() -> Iterator[Hostile]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hostile.asked.append(self.path)
            answer = hostile.answers.get(self.path.partition("?")[0])
            status = answer if isinstance(answer, int) else 200
            self.send_response(404 if answer is None else status)
            if status in {301, 302, 307}:
                self.send_header("Location", f"{hostile.address}/elsewhere")
            self.end_headers()
            text = answer if isinstance(answer, str) else json.dumps(answer)
            self.wfile.write(text.encode())

        do_POST = do_GET

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hostile = Hostile(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hostile
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# Signing in by one

BEGIN, BACK = "/signin/service/", "/signin/service/callback/"
SERVICE = {
    "client_id": "policy",
    "client_secret": "secret",
    "name": "職員認証",
    "claim": "preferred_username",
    "ca_file": "",
}
BROKEN_OFF = "ログインの手続きが途切れました。"
WRONG = "職員認証の返事を確かめられませんでした。"
DOWN = "職員認証につながりません。"
UNKNOWN = "職員認証が知らせた職員番号は、登録されていません。"


def begin(client, where=""):
    answer = client.get(BEGIN, {"next": where} if where else {})
    return answer["Location"]


def come_back(client, location):
    parts = urlsplit(location)
    assert (parts.netloc, parts.path) == ("testserver", BACK)
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(who="head", where="", client=None):
    """The whole way there and back: the client and the answer."""
    client = client or Client()
    return client, come_back(client, allow(begin(client, where), who))


def said(client):
    """What the sign-in page says to somebody who was not signed in."""
    return client.get("/signin/").content.decode()


def is_in(client):
    return "_auth_user_id" in client.session


def asked_of(location):
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def answer_of(hostile, **changed: object) -> Client:
    """A client that came back with what the hostile provider says, ``changed``."""
    client = Client()
    asked = asked_of(begin(client))
    hostile.says(asked["nonce"], **changed)
    client.get(BACK, {"state": asked["state"], "code": "c"})
    return client
