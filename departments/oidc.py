"""The city's own sign-in service (OpenID Connect): whose staff number is it? (ADR 0021)

Nobody but the configured issuer is ever asked: within seconds, past no proxy, and following
nobody elsewhere. What it answers is believed only with its signature, for us, and for the
question that this very browser was sent away with.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from urllib3.exceptions import HTTPError

from departments.models import User

KEPT = "sign_in_service"
LIFE, MOST = 600, 5
"""Seconds for which somebody may stay away, and how many tabs may be away at once."""
TIMEOUT = (3, 5)
"""Seconds to be connected, and to be answered."""
PATIENCE = 10
"""Seconds for one answer to end."""
LONGEST, READ_AT_ONCE = 1_000_000, 65_536
"""Bytes of one answer; providers with dozens of keys send some ten thousand."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""
ALGORITHMS = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)]
DISCOVERY = "/.well-known/openid-configuration"

DOWN = (
    "{name}につながりません。しばらく待って、もう一度試してください。"
    "急ぐときは、職員番号とパスワードでログインしてください。"
)
WRONG = (
    "{name}の返事を確かめられませんでした。もう一度「{name}でログイン」を押してください。"
    "続くときは、システム管理者へ連絡してください。"
)
BROKEN_OFF = "ログインの手続きが途切れました。もう一度「{name}でログイン」を押してください。"
DENIED = "{name}でのログインを取りやめました。続けるときは、もう一度ログインしてください。"
UNKNOWN = "{name}が知らせた職員番号は、登録されていません。システム管理者へ連絡してください。"
CLOSED = "この職員番号は使えません。システム管理者へ連絡してください。"


OTHER = "いま、別の人がログインしています。ログアウトしてから、もう一度試してください。"


class Failed(Exception):
    """Nobody is signed in; the message is a sentence for the person who tried."""

    def __init__(self, sentence: str, number: str = "") -> None:
        super().__init__(sentence.format(name=settings.OIDC["name"]))
        self.number = number


@dataclass(frozen=True)
class Answer:
    """Who it is, whether the service asked for a second factor, and where the person wanted to go."""

    user: User
    is_mfa: bool
    where: str


def is_on() -> bool:
    return bool(settings.OIDC["issuer"])


def begin(request: HttpRequest, where: str) -> str:
    """The address of the service to which this browser goes; it comes back to ``finish``.

    Whoever is signed in already shows once more who sits there.
    """
    config = _config()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    away = {"nonce": nonce, "verifier": verifier, "where": where, "at": time.time()}
    others = sorted(_away(request).items(), key=lambda item: item[1]["at"])[1 - MOST :]
    request.session[KEPT] = dict(others) | {state: away}
    challenge = hashlib.sha256(verifier.encode()).digest()
    question = {
        "response_type": "code",
        "scope": "openid profile",
        "client_id": settings.OIDC["client_id"],
        "redirect_uri": _way_back(request),
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if request.user.is_authenticated:
        question["prompt"] = "login"
    address: str = config["authorization_endpoint"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(question)}"


def finish(request: HttpRequest) -> Answer:
    """Whom the service names. Raises Failed."""
    away = _away(request)
    ours = away.pop(request.GET.get("state", ""), None)
    request.session[KEPT] = away
    if request.GET.get("error") == "access_denied":
        raise Failed(DENIED)
    if ours is None:
        raise Failed(BROKEN_OFF)
    if "code" not in request.GET:
        raise Failed(WRONG)
    config = _config()
    if request.GET.get("iss", config["issuer"]) != config["issuer"]:
        raise Failed(WRONG)
    told = _tokens(request, config, ours["verifier"]).get("id_token")
    claims = _claims(str(told), config, nonce=ours["nonce"])
    user = _person(claims)
    if request.user.is_authenticated and request.user.pk != user.pk:
        raise Failed(OTHER, user.username)
    return Answer(user, "mfa" in _listed(claims.get("amr")), ours["where"])


def _away(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """Who went away from this browser and may still come back: by state."""
    kept: dict[str, dict[str, Any]] = request.session.get(KEPT, {})
    return {state: away for state, away in kept.items() if time.time() - away["at"] < LIFE}


def _way_back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("account_service_callback"))


def _person(claims: dict[str, Any]) -> User:
    """The open account with this staff number; none is ever made."""
    number = claims.get(settings.OIDC["claim"])
    if not isinstance(number, str) or not number or not number.isprintable():
        raise Failed(UNKNOWN)
    user = User.objects.filter(username=number).first()
    if user is None:
        raise Failed(UNKNOWN, number)
    if not user.is_active:
        raise Failed(CLOSED, number)
    return user


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


# What the service is asked


def _config() -> dict[str, Any]:
    """What the issuer says of itself; all its addresses are its own."""
    issuer = settings.OIDC["issuer"]
    config = _ask("GET", issuer.rstrip("/") + DISCOVERY)
    places = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if str(config.get("issuer")).rstrip("/") != issuer.rstrip("/"):
        raise Failed(WRONG)
    if any(_origin(str(config.get(place))) != _origin(issuer) for place in places):
        raise Failed(WRONG)
    return config


def _tokens(request: HttpRequest, config: dict[str, Any], verifier: str) -> dict[str, Any]:
    """What is given for the code with which the browser came back."""
    name, secret = settings.OIDC["client_id"], settings.OIDC["client_secret"]
    form = {
        "grant_type": "authorization_code",
        "code": request.GET["code"],
        "redirect_uri": _way_back(request),
        "code_verifier": verifier,
    }
    ways = _listed(config.get("token_endpoint_auth_methods_supported")) or ["client_secret_basic"]
    if secret and "client_secret_basic" in ways:
        return _ask("POST", config["token_endpoint"], data=form, auth=(name, secret))
    form |= {"client_id": name} | ({"client_secret": secret} if secret else {})
    return _ask("POST", config["token_endpoint"], data=form)


def _claims(token: str, config: dict[str, Any], *, nonce: str) -> dict[str, Any]:
    """What the signed answer says: from the issuer, for us, in time, to our own question."""
    client = settings.OIDC["client_id"]
    try:
        keys = jwt.PyJWKSet.from_dict(_ask("GET", config["jwks_uri"])).keys
        claims: dict[str, Any] = jwt.decode(
            token,
            _key_of(token, keys),
            algorithms=ALGORITHMS,
            audience=client,
            issuer=config["issuer"],
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError):
        raise Failed(WRONG) from None
    told = str(claims.get("nonce")).encode(errors="replace")
    is_ours = hmac.compare_digest(told, nonce.encode())
    several = len(_listed(claims["aud"])) > 1
    if not is_ours or (several and claims.get("azp") != client):
        raise Failed(WRONG)
    return claims


def _key_of(token: str, keys: list[jwt.PyJWK]) -> jwt.PyJWK:
    """The key that the answer names; the only one where it names none."""
    name = jwt.get_unverified_header(token).get("kid")
    found = [key for key in keys if key.key_id == name] if name else keys
    if len(found) != 1:
        raise jwt.InvalidKeyError
    return found[0]


def _ask(method: str, address: str, **form: Any) -> dict[str, Any]:
    """What the issuer answers, as JSON. Raises Failed."""
    if _origin(address) != _origin(settings.OIDC["issuer"]):
        raise Failed(WRONG)
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = settings.OIDC["ca_file"] or True
            answer = session.request(
                method, address, timeout=TIMEOUT, allow_redirects=False, stream=True, **form
            )
            told = json.loads(_read(answer)) if answer.status_code == HTTPStatus.OK else None
    except (ValueError, RecursionError):
        raise Failed(WRONG) from None
    except (requests.RequestException, HTTPError):
        raise Failed(DOWN) from None
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Failed(DOWN)
    if not isinstance(told, dict):
        raise Failed(WRONG)
    return told


def _read(answer: requests.Response) -> bytes:
    """The body, unless it is too long or does not end: neither fills or holds this machine."""
    body, until = b"", time.monotonic() + PATIENCE
    while part := answer.raw.read1(READ_AT_ONCE, decode_content=True):
        body += part
        if len(body) > LONGEST:
            raise Failed(WRONG)
        if time.monotonic() > until:
            raise Failed(DOWN)
    return body


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc
