"""Which addresses name a video that a lesson may show, and what the page's policy then allows."""

import pytest
from django.http import HttpResponse

from courses.curriculum.embeds import allow_players, page_of_video, player_of_video, video_at

ID = "dQw4w9WgXcQ"


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.youtube.com/watch?v={ID}",
        f"https://youtube.com/watch?feature=share&v={ID}&t=42s",
        f"http://m.youtube.com/watch?v={ID}#t=5",
        f"https://www.youtube.com/embed/{ID}?rel=0",
        f"https://www.youtube.com/shorts/{ID}",
        f"https://www.youtube.com/live/{ID}?si=x",
        f"https://www.youtube-nocookie.com/embed/{ID}",
        f" https://youtu.be/{ID}?si=abc ",
    ],
)
def test_the_ways_youtube_names_a_video(address):
    assert video_at(address) == ("youtube", ID)


@pytest.mark.parametrize(
    ("address", "video"),
    [
        ("https://vimeo.com/123456789", "123456789"),
        ("https://www.vimeo.com/123456789?share=copy", "123456789"),
        ("https://vimeo.com/123456789/0123abcdef", "123456789/0123abcdef"),
        ("https://player.vimeo.com/video/123456789?h=0123abcdef", "123456789"),
    ],
)
def test_the_ways_vimeo_names_a_video(address, video):
    assert video_at(address) == ("vimeo", video)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://www.youtube.com/",
        "https://www.youtube.com/watch?v=short",
        f"https://www.youtube.com/watch?v={ID}x",
        "https://www.youtube.com/@channel",
        f"https://www.youtube.com.example.org/watch?v={ID}",
        f"https://example.org/?https://www.youtube.com/watch?v={ID}",
        f"https://www.youtube.com@example.org/watch?v={ID}",
        f"https://www.youtube.com:8443/watch?v={ID}",
        f"javascript://www.youtube.com/watch?v={ID}",
        f"//youtu.be/{ID}",
        f"https://youtu.be/{ID}\n<script>",
        'https://vimeo.com/1"onload="x',
        "https://vimeo.com/٣٣٣",
        "https://vimeo.com/channels/staffpicks",
        "https://dailymotion.com/video/x8abc",
    ],
)
def test_everything_else_names_none(address):
    assert video_at(address) is None


def test_a_player_tracks_as_little_as_its_host_offers():
    assert player_of_video("youtube", ID).startswith("https://www.youtube-nocookie.com/embed/")
    assert player_of_video("vimeo", "12/ab12cd") == "https://player.vimeo.com/video/12?autoplay=1&dnt=1&h=ab12cd"
    assert page_of_video("vimeo", "12/ab12cd") == "https://vimeo.com/12/ab12cd"


@pytest.mark.parametrize(
    ("html", "frames"),
    [
        ("<p>youtube-nocookie.com</p>", None),
        ('<button data-embed="https://evil.example/x">', None),
        (f'<button data-embed="https://www.youtube-nocookie.com/embed/{ID}">', ["https://www.youtube-nocookie.com"]),
        ('<button data-embed="https://player.vimeo.com/video/1">', ["https://player.vimeo.com"]),
    ],
)
def test_a_page_may_load_the_players_that_stand_in_it_and_no_other(html, frames):
    response = allow_players(HttpResponse(html), html)
    assert getattr(response, "_csp_update", {}).get("frame-src") == frames
