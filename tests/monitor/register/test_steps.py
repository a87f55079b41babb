"""Mistakes in the steps of journeys and of looks that open no page, each named with its line and its mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.service import Means, Take
from monitor.register import RegisterError, load_register
from monitor.register.expressions import take_mistake
from tests.monitor.register.conftest import Own

SERVICE = "services/2.001474.toml"

JOURNEY = """
[[service.target]]
key = "hanh-trinh"
name = "Hành trình"
required = false
[[service.target.step]]
url = "https://dvc.example.vn/tim"
take = [{ name = "ma", by = "selector", value = "input[name=_csrf]", attribute = "value" }]
[[service.target.step]]
url = "https://dvc.example.vn/nop?ma={ma}"
method = "POST"
headers = { "Content-Type" = "application/json", "X-Ma" = "{ma}" }
body = '{"ma": "{ma}", "long": {"x": 1}}'
assertions = [{ want = "xpath", value = "//form[@id='nop']" }, { want = "json_exists", value = "ma" }]
"""
DNS = """
[[service.target]]
key = "ten-mien"
name = "Tên miền"
kind = "dns"
required = false
[[service.target.step]]
url = "dns://dvc.example.vn"
record = "AAAA"
resolvers = ["system", "10.0.0.2:5353"]
assertions = [{ want = "address", value = "2001:db8::1" }]
"""
TLS = """
[[service.target]]
key = "chung-thu"
name = "Chứng thư"
kind = "tls"
required = false
step = [{ url = "tls://dvc.example.vn" }]
"""
TCP = """
[[service.target]]
key = "cong-thu"
name = "Cổng thư"
kind = "tcp"
required = false
step = [{ url = "tcp://dvc.example.vn:25", assertions = [{ want = "text", value = "ESMTP" }] }]
"""


def test_journeys_and_other_looks_are_read_as_written(own: Own) -> None:
    own.add(SERVICE, JOURNEY + DNS + TLS + TCP)
    targets = {t.key: t for t in load_register(str(own.folder)).targets()}
    taking, using = targets["hanh-trinh"].steps
    assert taking.take == (Take(name="ma", by=Means.SELECTOR, value="input[name=_csrf]", attribute="value"),)
    assert using.method == "POST"
    assert targets["ten-mien"].steps[0].resolvers == ("system", "10.0.0.2:5353")
    assert targets["ten-mien"].steps[0].record == "AAAA"
    assert (targets["chung-thu"].kind, targets["cong-thu"].kind) == ("tls", "tcp")


@pytest.mark.parametrize(
    ("written", "old", "new", "told"),
    [
        (JOURNEY, "nop?ma={ma}", "nop?ma={maa}", "chưa có step trước nào lấy {maa}"),
        (JOURNEY, '"X-Ma" = "{ma}"', '"X-Ma" = "{khac}"', "mục headers: chưa có step trước nào lấy {khac}"),
        (JOURNEY, "dvc.example.vn/tim", "dvc.example.vn/tim{ma}", "chưa có step trước nào lấy {ma}"),
        (JOURNEY, "https://dvc.example.vn/nop", "https://dvc.example.vn{ma}/nop", "biến không được chọn máy chủ"),
        (JOURNEY, "https://dvc.example.vn/nop", "https://{ma}/nop", "biến không được chọn máy chủ"),
        (JOURNEY, "https://dvc.example.vn/nop", "https://{ma}@dvc.example.vn/nop", "biến không được chọn máy chủ"),
        (JOURNEY, "https://dvc.example.vn/nop", "https://dvc.example.vn:{ma}/nop", "biến không được chọn máy chủ"),
        (JOURNEY, '"ma": "{ma}"', '"ma": {ma}', "biến trong JSON phải nằm trong ngoặc kép"),
        (JOURNEY, "required = false", 'required = false\nkind = "browser"', "trình duyệt gửi headers tới mọi máy"),
        (JOURNEY, "input[name=_csrf]", "input[", "không phải bộ chọn CSS"),
        (JOURNEY, 'by = "selector"', 'by = "json"', 'attribute chỉ dùng với by = "selector"'),
        (JOURNEY, 'name = "ma", by', 'name = "Mã", by', "tên biến “Mã” không dùng được"),
        (JOURNEY, "//form[@id='nop']", "//form[", "không phải biểu thức XPath"),
        (JOURNEY, "//form[@id='nop']", "re:test(., 'a')", "không phải biểu thức XPath"),
        (JOURNEY, "//form[@id='nop']", "//a[count(//a) > 1]", "tìm cả trang trong điều kiện"),
        (JOURNEY, 'want = "json_exists"', 'want = "address"', 'kind = "http" không có want = "address"'),
        (JOURNEY, "/tim", '/tim"\nrecord = "A', 'record chỉ dùng với kind = "dns"'),
        (DNS, "dns://", "https://", 'không hợp với kind = "dns" – ghi dạng dns://ten-mien'),
        (DNS, "10.0.0.2:5353", "dns.example.vn", "“dns.example.vn” không phải máy chủ DNS"),
        (DNS, '"2001:db8::1"', '"2001:0db8::1"', "không phải địa chỉ IP viết đủ và gọn"),
        (DNS, 'want = "address"', 'want = "text"', 'kind = "dns" không có want = "text" – dùng: address'),
        (DNS, '"AAAA"', '"MX"', "mục record"),
        (TLS, "dvc.example.vn", "dvc.example.vn/trang", "có phần sau tên máy và cổng"),
        (TLS, '" }]', '", body = "x" }]', 'body không dùng với kind = "tls"'),
        (TCP, ":25", "", "thiếu cổng"),
        (TCP, "}] }]", '}] }, { url = "tcp://a.vn:1" }]', 'kind = "tcp" chỉ có một step'),
    ],
)
def test_a_mistake_is_named_with_its_mend(own: Own, written: str, old: str, new: str, told: str) -> None:
    assert old in written
    own.add(SERVICE, written.replace(old, new, 1))
    lines = [line for line in own.mistakes() if told in line]
    assert lines
    assert all(line.startswith(SERVICE) and " – " in line for line in lines)


def test_a_bad_xpath_is_named_with_its_line(own: Own, tmp_path: Path) -> None:
    own.add(SERVICE, JOURNEY.replace("//form[@id='nop']", "//form["))
    text = (own.folder / SERVICE).read_text("utf-8")
    line = text[: text.index("//form[")].count("\n") + 1
    with pytest.raises(RegisterError) as raised:
        load_register(str(own.folder))
    assert f"dòng {line}," in str(raised.value)


@pytest.mark.parametrize("steps", [10, 11])
def test_a_journey_has_at_most_ten_steps(own: Own, steps: int) -> None:
    step = '[[service.target.step]]\nurl = "https://dvc.example.vn/"\n'
    head = '[[service.target]]\nkey = "dai"\nname = "Dài"\nrequired = false\n'
    own.add(SERVICE, "\n" + head + step * steps)
    if steps > 10:
        assert any("mục step" in line for line in own.mistakes())
    else:
        assert own.load().target("dai")


@pytest.mark.parametrize(
    ("expression", "sound"),
    [
        ('name="_csrf"\\s{0,9}value="([^"]+)"', True),
        ("token=(\\d{6}|[a-f]{8})", True),
        ("(?i)ma: (\\w+)", True),
        ("khong-co-nhom", False),
        ("(hai)(nhom)", False),
        ("(a+)+", False),
        ("((?:a|a){1,30})", False),
        ('([^"]+).*x', False),
        ("(a)(?=b)", False),
        ("(\\w)\\1", False),
        ("(" + "a?" * 20 + ")", False),
        ("(", False),
    ],
)
def test_only_expressions_that_no_page_makes_slow_take_values(expression: str, sound: bool) -> None:
    assert (take_mistake(Means.REGEX, expression) == "") is sound
