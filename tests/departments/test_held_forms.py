"""A form that comes after the session has ended is not lost, and nobody else gets it."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from departments import held
from departments.models import Session, User
from tests.departments.second_factors import code_of, set_up
from tests.factories import PASSWORD
from tests.world import World

pytestmark = pytest.mark.django_db
CODE = "/signin/code/"
WHERE = "/papers/2023/somu/goals/new/"
TEXT = "避難所の備えを、二つの課で確かめ直す。\r\n葛󠄀西の分も<b>含む</b>。"
LATER = dt.timedelta(hours=2)


@pytest.fixture
def world(cast, somu, kenko):
    return World(cast, somu, kenko)


def enter(user, client=None, **more):
    client = client or Client()
    typed = {"login": user.username, "password": PASSWORD, **more}
    return client, client.post("/signin/", typed)


def hidden(page):
    """The hidden fields of a page, by name."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


@pytest.fixture
def late(world):
    """The head's form, sent two hours after the last click: the client and the answer."""
    client, _ = enter(world.cast.head)
    form = hidden(client.get(WHERE).content.decode()) | {"title": "備えの確認", "method": TEXT}
    with time_machine.travel(timezone.now() + LATER):
        client.get("/account/session/")  # the page has asked, or another tab has
        answer = client.post(WHERE, form)
        yield client, answer


def test_late_form_is_answered_by_a_sign_in_page_that_holds_it(late, world):
    _client, answer = late
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "書いた内容は、この画面が預かっています。" in page
    kept = held.release(hidden(page)["held"])
    assert (kept.path, kept.owner_id) == (WHERE, world.cast.head.pk)
    assert dict(kept.fields)["method"] == [TEXT]
    assert not world.paper.goals.filter(title="備えの確認").exists()


def test_after_signing_in_it_is_shown_and_sent_whole(late, world):
    client, answer = late
    carried = hidden(answer.content.decode())
    _, shown = enter(world.cast.head, client, **carried)
    page = shown.content.decode()
    assert (shown.status_code, "書きかけの内容を送れます" in page) == (200, True)
    assert "&lt;b&gt;" in page
    assert client.post(WHERE, hidden(page)).status_code in {200, 302}
    again = hidden(page) | {"is_own": "on", "standard": "二つの課で確かめた。"}
    answer = client.post(WHERE, again)
    text = answer.content.decode() if answer.status_code == 200 else ""
    stored = world.paper.goals.filter(title="備えの確認").first()
    assert (stored.method if stored else unescape(text)).count("二つの課で確かめ直す。") == 1


def test_wrong_password_keeps_it_on_the_page(late, world):
    client, answer = late
    carried = hidden(answer.content.decode())
    typed = {"login": world.cast.head.username, "password": "違うパスワード", **carried}
    page = client.post("/signin/", typed).content.decode()
    assert hidden(page)["held"] == carried["held"]


def test_somebody_else_who_signs_in_there_does_not_get_it(late, world):
    client, answer = late
    _, other = enter(world.cast.drafter, client, **hidden(answer.content.decode()))
    assert (other.status_code, other["Location"]) == (302, "/")
    page = client.get("/").content.decode()
    assert "書いた人と、いまログインした人が違うためです。" in page
    assert "備えを、二つの課" not in page


def test_forged_or_old_content_is_not_released(late):
    _client, answer = late
    kept = hidden(answer.content.decode())["held"]
    assert held.release(kept[:-3]) is None
    assert held.release("") is None
    with time_machine.travel(timezone.now() + dt.timedelta(hours=15)):
        assert held.release(kept) is None


def test_passwords_are_never_held(world):
    client, _ = enter(world.cast.administrator)
    at = "/admin/departments/user/add/"
    typed = {"username": "5001", "name": "髙﨑 𠮷子", "password1": "秘密の長い合言葉です二十三"}
    with time_machine.travel(timezone.now() + LATER):
        page = client.post(at, typed).content.decode()
        kept = held.release(hidden(page)["held"])
    assert [name for name, _values in kept.fields] == ["username", "name"]
    assert "秘密の長い" not in page


def test_where_nobody_knows_whose_it_was_the_text_is_shown_to_be_copied(world):
    client, _ = enter(world.cast.head)
    client.post("/signout/")
    answer = client.post(WHERE, {"title": "短い", "method": TEXT, "key": "a" * 36})
    page = answer.content.decode()
    assert (answer.status_code, "held" in hidden(page)) == (403, False)
    assert re.findall(r'quote written">([^<]+)', page)[0] == "短い"
    assert page.count("備えを、二つの課で確かめ直す。") == 1
    assert "aaaa" not in page
    short = client.post(WHERE, {"budget": "1200"})
    assert (short.status_code, short["Location"]) == (302, f"/signin/?next={WHERE}")


def test_session_ended_from_another_machine_loses_no_text(world):
    client, _ = enter(world.cast.head)
    Session.objects.all().delete()
    answer = client.post(WHERE, {"method": TEXT})
    assert "備えを、二つの課で確かめ直す。" in answer.content.decode()


def test_autosave_is_led_to_the_sign_in_page_and_keeps_its_text_itself(world):
    client, _ = enter(world.cast.head)
    with time_machine.travel(timezone.now() + LATER):
        answer = client.post(WHERE, {"method": TEXT}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Location"]) == (302, f"/signin/?next={WHERE}")


@pytest.mark.parametrize(("site", "is_shown"), [("same-origin", True), ("cross-site", False)])
def test_page_older_than_the_sign_in_shows_what_was_typed(world, site, is_shown):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.cast.head)
    answer = client.post(WHERE, {"method": TEXT}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert ("二つの課で確かめ直す。" in answer.content.decode()) is is_shown


def test_nothing_of_it_is_stored_on_the_server(late):
    rows = Session.objects.values_list("session_data", flat=True)
    assert [
        row for row in rows if "備え" in str(Session().get_session_store_class()().decode(row))
    ] == []


# With a second step


@pytest.fixture
def late_with_code(world):
    """As ``late``, of a head who has a second factor; with the secret of the app."""
    secret = set_up(world.cast.head)
    client, _ = enter(world.cast.head)
    client.post(CODE, {"code": code_of(secret)})
    form = hidden(client.get(WHERE).content.decode()) | {"title": "備えの確認", "method": TEXT}
    with time_machine.travel(timezone.now() + LATER):
        yield client, hidden(client.post(WHERE, form).content.decode()), secret


def test_code_page_carries_it_and_releases_it_after_the_code_alone(late_with_code, world):
    client, carried, secret = late_with_code
    _, asked = enter(world.cast.head, client, **carried)
    page = asked.content.decode()
    assert ("本人の確認" in page, "書きかけの内容を送れます" in page) == (True, False)
    assert "備えを、二つの課" not in page
    assert hidden(page)["held"] == carried["held"]
    wrong = client.post(CODE, {"code": "000000", **carried}).content.decode()
    assert hidden(wrong)["held"] == carried["held"]
    shown = client.post(CODE, {"code": code_of(secret), **carried}).content.decode()
    assert "書きかけの内容を送れます" in shown
    assert hidden(shown)["method"] == TEXT


def test_code_page_that_is_loaded_again_or_waits_too_long_keeps_it(late_with_code, world):
    client, carried, _ = late_with_code
    enter(world.cast.head, client, **carried)
    _, again = enter(world.cast.head, client, **carried)
    assert "本人の確認" in again.content.decode()
    assert hidden(again.content.decode())["held"] == carried["held"]
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        page = client.post(CODE, {"code": "000000", **carried}).content.decode()
        assert "もう一度入力してください。" in page
        assert 'name="login"' in page
        assert hidden(page)["held"] == carried["held"]


def test_going_back_to_the_staff_number_keeps_it_for_its_owner(late_with_code, world):
    client, carried, _ = late_with_code
    enter(world.cast.head, client, **carried)
    page = client.post(CODE, {"again": "1", **carried}).content.decode()
    assert hidden(page)["held"] == carried["held"]
    _, other = enter(world.cast.drafter, client, **carried)
    assert (other.status_code, other["Location"]) == (302, "/")


def test_who_signed_in_in_another_tab_gets_it_from_the_old_sign_in_page(late, world):
    _client, answer = late
    carried = hidden(answer.content.decode())
    other = Client(enforce_csrf_checks=True)
    other.force_login(world.cast.head)
    page = other.post("/signin/", {"login": "", **carried}).content.decode()
    assert ("書きかけの内容を送れます" in page, hidden(page)["method"]) == (True, TEXT)
    foreign = Client(enforce_csrf_checks=True)
    foreign.force_login(world.cast.drafter)
    refused = foreign.post("/signin/", {"login": "", **carried})
    assert (refused.status_code, "備えを、二つの課" in refused.content.decode()) == (403, False)


def test_what_is_owed_first_is_done_in_another_tab_and_nothing_is_lost(late, world, settings):
    client, answer = late
    settings.SECOND_FACTOR_POSTS = frozenset({"head"})
    _, shown = enter(world.cast.head, client, **hidden(answer.content.decode()))
    page = shown.content.decode()
    assert "先に、二段階認証を設定してください。" in page
    too_soon = client.post(WHERE, hidden(page))
    assert (too_soon.status_code, hidden(too_soon.content.decode())) == (403, hidden(page))
    set_up(world.cast.head, client)
    again = hidden(page) | {"is_own": "on", "standard": "二つの課で確かめた。"}
    assert client.post(WHERE, again).status_code in {200, 302}
    assert WHERE not in client.get("/account/second-factor/").get("Location", "")


def test_post_that_begins_to_ask_for_it_loses_no_text_that_is_being_written(world, settings):
    client, _ = enter(world.cast.head)
    form = hidden(client.get(WHERE).content.decode()) | {"title": "備えの確認", "method": TEXT}
    settings.SECOND_FACTOR_POSTS = frozenset({"head"})
    page = client.post(WHERE, form).content.decode()
    assert "書きかけの内容を預かっています" in page
    assert hidden(page)["method"] == TEXT


def test_first_password_comes_after_the_code_and_the_second_factor_after_both(world, settings):
    settings.SECOND_FACTOR_POSTS = frozenset({"head", "chief"})
    head, chief = world.cast.head, world.cast.chief
    secret = set_up(head)
    until = timezone.now() + LATER
    User.objects.filter(pk__in=[head.pk, chief.pk]).update(first_password_until=until)
    client, asked = enter(head)
    assert asked["Location"] == CODE
    client.post(CODE, {"code": code_of(secret)})
    assert client.get("/")["Location"] == "/password/"
    client, _ = enter(chief)
    assert client.get("/account/second-factor/")["Location"] == "/password/"
    new = "春の公園で静かに本を読む人"
    client.post("/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/")["Location"] == "/account/second-factor/"
