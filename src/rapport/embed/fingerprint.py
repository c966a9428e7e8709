"""Tell one state of a sentence-transformers model from another: hash of a folder's bytes, or a hub's commit."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path

from rapport.embed.fetch import sha256_of
from rapport.embed.store import cache_folder
from rapport.errors import ModelError

COMMIT = re.compile(r"[0-9a-f]{40}")


def model_fingerprint(name: str, revision: str = "", *, remember: bool = False) -> str:
    """What a model's vectors depend on: SHA-256 over all names and bytes of a folder, or the commit of a hub id.

    A file's hash is taken from the user's cache where path, size and time of change are the same; with `remember` new
    ones are put there (asking writes nothing). Raises ModelError where a hub id's commit is not known here.
    """
    folder = Path(name)
    if not folder.is_dir():
        commit = hub_commit(name, revision)
        if commit is None:
            raise ModelError(
                f"the model {name!r} is not there yet, or nothing here says which commit of it",
                mend='run `rapport build`, or write revision = "<commit>" in rapport.toml',
            )
        return commit
    known = _read_known()
    found: dict[str, list[str | int]] = {}
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        state = path.stat()
        key = str(path.resolve())
        entry = known.get(key)
        if not entry or entry[:2] != [state.st_size, state.st_mtime_ns]:
            entry = [state.st_size, state.st_mtime_ns, sha256_of(path)]
        found[key] = entry
        digest.update(json.dumps([path.relative_to(folder).as_posix(), entry[2]]).encode())
    if remember and not found.items() <= known.items():
        inside = f"{folder.resolve()}{os.sep}"
        _write_known({**{key: entry for key, entry in known.items() if not key.startswith(inside)}, **found})
    return digest.hexdigest()


def hub_commit(name: str, revision: str = "") -> str | None:
    """The commit of a hub's model that lies on this machine; None where none does, or none says so."""
    if COMMIT.fullmatch(revision):
        return revision
    try:
        from huggingface_hub import snapshot_download

        folder = Path(snapshot_download(name, revision=revision or None, local_files_only=True))
    except Exception:  # not there, no such name, no such library: each with exceptions of its own
        return None
    return folder.name if COMMIT.fullmatch(folder.name) else None


def _known_path() -> Path:
    return cache_folder() / "fingerprints.json"


def _read_known() -> dict[str, list[str | int]]:
    try:
        known = json.loads(_known_path().read_text("utf-8"))
        return {key: [size, changed, sha256] for key, (size, changed, sha256) in known.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # only slower


def _write_known(known: dict[str, list[str | int]]) -> None:
    path = _known_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".fingerprints-") as folder:
        part = Path(folder) / path.name
        part.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")
        os.replace(part, path)
