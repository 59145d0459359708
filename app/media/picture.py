"""Images are never kept as they came: read, turned upright, made smaller, written anew as JPEG.

So nothing that was hidden in the file is served, and what is shown as a preview of a link is what
every service understands.
"""

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from app.media.errors import MediaRefused

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
LARGEST_SIDE = 1920
QUALITY = 85


def read(path: Path) -> bytes:
    """The image as it is kept. MediaRefused where it is none, or is meant to fill the memory."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise MediaRefused("media_too_many_pixels")
                return encoded(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError:
        raise MediaRefused("media_too_many_pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise MediaRefused("media_not_image", type(error).__name__) from None


def encoded(image: Image.Image) -> bytes:
    image = _opaque(image)
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _opaque(image: Image.Image) -> Image.Image:
    """On white where it is transparent: JPEG knows no transparency."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        return image.size
