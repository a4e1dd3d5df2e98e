"""S12: what people write ends no header: not of a letter, not of an answer (ASVS 5.0, 1.3.11)."""

import pytest

from community.files import File
from community.letters import MailKind
from community.outbox import Letter
from tests.conftest import Town
from tests.moderation.reporting import rows
from tests.painting import painted
from tests.raw import raw
from web.letters import written_out

INJECTED = "\r\nBcc: everybody@harbour.test\r\n\r\n<h1>ahoy</h1>"
NASTY = [
    f"Bo{INJECTED}",
    "Bo\nX-Injected: 1",
    "Bo\x00\x0b\x1b[31m",
    "Bo\u2028X-Injected: 1",
    "é" * 400,
]


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("kind", [MailKind.ROLE, MailKind.NOTICES])
def test_a_name_ends_no_header_of_a_letter(town: Town, name: str, kind: MailKind) -> None:
    news = [{"kind": "mention", "about": {"actor": name, "title": name}, "link": "/posts/1"}]
    about = {"name": name, "member": 2, "news": news}
    letter = written_out(Letter(1, 1, kind, "bo@harbour.test", "en", about), town.settings)
    head = letter.as_bytes().partition(b"\n\n")[0]
    assert not any(line.lower().startswith((b"bcc", b"x-injected")) for line in head.splitlines())
    assert letter["to"] == "bo@harbour.test" and len(letter["subject"].splitlines()) == 1
    html = letter.get_body(("html",))
    assert html and "<h1>ahoy" not in html.get_content()


@pytest.mark.parametrize(
    "name", [b'a"; x=b.exe', b"a\\r\\nset-cookie: a=b", b"../../etc/passwd", b""]
)
async def test_what_a_file_is_called_is_forgotten(town: Town, name: bytes) -> None:
    part = b'--b\r\ncontent-disposition: form-data; name="picture"; filename="%b"\r\n\r\n'
    body = part % name.replace(b'"', b"%22") + painted() + b"\r\n--b--"
    async with raw(town.origin) as line:
        kind = ("content-type", "multipart/form-data; boundary=b")
        headers = [*town.bo.headers.items(), kind]
        answer = await line.ask("POST", "/settings/picture", headers, body)
        assert answer.status == 303 and "set-cookie" not in answer.headers
    (file,) = await rows(town.db, File)
    shown = await town.bo.get(f"/files/{file.id}")
    assert shown.headers["content-disposition"] == f'inline; filename="{file.id}.webp"'
