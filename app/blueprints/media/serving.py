"""A file by its SHA-256, whole or in ranges; under nginx only the permission is ours."""

import re
from urllib.parse import quote

from flask import Response, abort, current_app, make_response, send_file

from app import media
from app.blueprints.media import blueprint, visibility
from app.extensions import limiter
from app.media import Asset

SHA256 = re.compile(r"[0-9a-f]{64}")
A_YEAR = 31_536_000


@blueprint.get("/<string(length=64):sha256>/<string(maxlength=20):name>")
@limiter.exempt  # type: ignore[untyped-decorator]
def file(sha256: str, name: str) -> Response:
    assets = media.assets.by_content(sha256) if SHA256.fullmatch(sha256) else []
    named = [each for each in assets if each.address == f"/media/{sha256}/{name}"]
    public = visibility.public(named)
    asset = public or visibility.authors(named)
    if asset is None:
        abort(404)
    response = _sent(asset)
    if asset.kind == "document":
        response.headers["Content-Disposition"] = _attachment(asset)
    scope = "public" if public else "private"
    response.headers["Cache-Control"] = f"{scope}, max-age={A_YEAR if public else 0}" + (
        ", immutable" if public else ", must-revalidate"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if public else "same-origin"
    return response


def _attachment(asset: Asset) -> str:
    """Saved, never opened here: what is in a document is its author's affair and not this site's."""
    plain = asset.address.rpartition("/")[2]
    return f"attachment; filename={plain}; filename*=UTF-8''{quote(asset.download_name, safe='')}"


def _sent(asset: Asset) -> Response:
    assert asset.sha256
    prefix = current_app.config["SETTINGS"].media_accel_prefix
    if prefix:
        return _handed_to_nginx(asset, prefix)
    path = media.folder.path_of(asset.sha256)
    if not path.is_file():
        abort(404)
    return send_file(path, mimetype=asset.mime, conditional=True, etag=asset.sha256)


def _handed_to_nginx(asset: Asset, prefix: str) -> Response:
    """nginx sends the file, ranges and all, from its own internal location."""
    assert asset.sha256
    response = make_response("")
    response.mimetype = asset.mime
    response.headers["X-Accel-Redirect"] = f"{prefix}{asset.sha256[:2]}/{asset.sha256}"
    return response
