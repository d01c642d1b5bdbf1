"""Freezing what plays: uploaded videos and recordings with their texts, and videos of other hosts."""

from collections.abc import Callable
from typing import Any, BinaryIO

from courses.curriculum.assets import MissingFile, UnfitFile, keep_document
from courses.curriculum.embeds import UNKNOWN_HOST, video_at
from courses.curriculum.filetypes import fault_of_captions, fault_of_recording, fault_of_video
from courses.curriculum.freezing import Frozen
from courses.curriculum.models import Asset
from courses.curriculum.references import freeze_rich_text
from lms.html import plain_text


def freeze_video(value, frozen: Frozen) -> dict[str, Any]:
    name = f"The video “{value['title'] or ''}”"
    source = _media(value, frozen, name, fault_of_video)
    captions = _kept(value["captions"], frozen, f"{name}, its captions", fault_of_captions)
    if captions:
        source["captions"] = {"sha256": captions.sha256, "name": captions.name}
    return source


def freeze_audio(value, frozen: Frozen) -> dict[str, Any]:
    return _media(value, frozen, f"The recording “{value['title'] or ''}”", fault_of_recording)


def _media(value, frozen: Frozen, name: str, fault: Callable[[BinaryIO, str], str]) -> dict[str, Any]:
    source = {"title": value["title"] or "", "transcript": freeze_rich_text(value["transcript"].source, frozen)}
    if not plain_text(source["transcript"]):
        frozen.problems.append(f"{name} has no transcript.")
    asset = _kept(value["file"], frozen, f"{name}, its file", fault)
    if asset is None:
        return source
    return source | {"sha256": asset.sha256, "name": asset.name, "content_type": asset.content_type}


def _kept(document, frozen: Frozen, name: str, fault: Callable[[BinaryIO, str], str]) -> Asset | None:
    try:
        if document is None:
            raise MissingFile
        asset = keep_document(document, fault)
    except MissingFile:
        frozen.problems.append(f"{name}: missing, or no longer there.")
        return None
    except UnfitFile as unfit:
        frozen.problems.append(f"{name}: {unfit}")
        return None
    frozen.asset_ids.add(asset.pk)
    return asset


def freeze_embed(value, frozen: Frozen) -> dict[str, Any]:
    source = {"title": value["title"] or "", "about": value["about"] or ""}
    found = video_at(value["address"] or "")
    if found is None:
        frozen.problems.append(f"The video of another host “{source['title']}”, its address: {UNKNOWN_HOST}")
        return source
    return source | {"host": found[0], "video": found[1]}
