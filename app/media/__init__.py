"""Files that authors bring: videos, images, captions, documents. No pages here.

They come whole (`take`) or in pieces (`uploads`); what is in them is found by content; they lie
under their SHA-256 and are served from there. Whose they are is a webinar's id and an account's:
what those mean, and who may see a file, is known above.
"""

from app.media import adopting, assets, cutting, flv, folder, kinds, settling, uploads
from app.media.assets import Asset
from app.media.errors import MediaRefused, OffsetWrong, UploadUnknown
from app.media.taking import take

__all__ = [
    "Asset",
    "MediaRefused",
    "OffsetWrong",
    "UploadUnknown",
    "adopting",
    "assets",
    "cutting",
    "flv",
    "folder",
    "kinds",
    "settling",
    "take",
    "uploads",
]
