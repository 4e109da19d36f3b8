"""The pictures of the README are those of the built-in case as it is."""

from docs.generate_images import FOLDER, make_images


def test_pictures_are_as_kept() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}
    assert kept == dict(sorted(make_images().items())), "run python docs/generate_images.py"
