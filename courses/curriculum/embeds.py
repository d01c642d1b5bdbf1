"""Videos of other hosts that a lesson may show: the hosts as data, and what an address names.

An edition keeps the host's key and the video's id, never the host's HTML. Nothing is asked of a host before the reader
clicks, and a page's policy names a host only when a video of it stands there.
"""

import re
from dataclasses import dataclass

from django.http import HttpResponse


@dataclass(frozen=True)
class Host:
    """`addresses` find a video's id in the address of its page; `page` and `player` are addresses made of the id."""

    name: str
    addresses: tuple[str, ...]
    page: str
    player_origin: str
    player: str


_REST = r"(?:[/?#]\S*)?"
HOSTS = {
    "youtube": Host(
        name="YouTube",
        addresses=(
            r"https?://(?:www\.|m\.)?youtube\.com/watch\?(?:[^#\s]*&)?v=([\w-]{11})(?:[&#]\S*)?",
            rf"https?://(?:www\.|m\.)?youtube\.com/(?:embed|shorts|live)/([\w-]{{11}}){_REST}",
            rf"https?://(?:www\.)?youtube-nocookie\.com/embed/([\w-]{{11}}){_REST}",
            rf"https?://youtu\.be/([\w-]{{11}}){_REST}",
        ),
        page="https://www.youtube.com/watch?v={}",
        player_origin="https://www.youtube-nocookie.com",
        player="https://www.youtube-nocookie.com/embed/{}?autoplay=1&rel=0",
    ),
    "vimeo": Host(
        name="Vimeo",
        # An unlisted video has a second part in its id.
        addresses=(
            r"https?://(?:www\.)?vimeo\.com/(\d{1,12}(?:/[0-9a-f]{6,20})?)/?(?:[?#]\S*)?",
            rf"https?://player\.vimeo\.com/video/(\d{{1,12}}){_REST}",
        ),
        page="https://vimeo.com/{}",
        player_origin="https://player.vimeo.com",
        player="https://player.vimeo.com/video/{}?autoplay=1&dnt=1",
    ),
}
UNKNOWN_HOST = (
    f"Only videos of {' and '.join(host.name for host in HOSTS.values())} can be shown here. Give the address of the "
    "video's own page, such as https://www.youtube.com/watch?v=… or https://vimeo.com/…"
)


def video_at(address: str) -> tuple[str, str] | None:
    """The key of the host and the id of the video that an address names; None for anything else."""
    for key, host in HOSTS.items():
        for pattern in host.addresses:
            if match := re.fullmatch(pattern, address.strip(), re.ASCII):
                return key, match[1]
    return None


def page_of_video(key: str, video: str) -> str:
    """The address of a video's own page, for a plain link."""
    return HOSTS[key].page.format(video)


def player_of_video(key: str, video: str) -> str:
    """The address of the host's player, with as little tracking as the host offers."""
    video, _, secret = video.partition("/")
    return HOSTS[key].player.format(video) + (f"&h={secret}" if secret else "")


def allow_players(response: HttpResponse, html: str) -> HttpResponse:
    """Let a page that shows lessons load the players of the hosts whose videos stand in them, and no other frame."""
    origins = [host.player_origin for host in HOSTS.values()]
    shown = [origin for origin in origins if f'data-embed="{origin}/' in html]
    if shown:
        response._csp_update = {"frame-src": shown}
    return response
