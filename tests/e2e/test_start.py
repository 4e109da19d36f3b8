"""Starting the package is cheap: what only some commands need is loaded when they need it."""

import subprocess
import sys


def test_importing_the_package_loads_no_heavy_library() -> None:
    program = (
        "import sys, detente; "
        "heavy = {'jinja2', 'matplotlib', 'numba', 'pandas', 'pyarrow', 'rich', 'typer'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("[]\n", "", 0)


def test_every_public_name_is_loaded_on_first_use() -> None:
    program = (
        "import sys, detente; "
        "before = 'numpy' in sys.modules; "
        "names = [getattr(detente, name).__name__ for name in detente.__all__ if name != '__version__']; "
        "print(before, dir(detente) == detente.__all__, names == [n for n in detente.__all__ if n != '__version__'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("False True True\n", "", 0)


def test_an_unknown_name_of_the_package_is_refused() -> None:
    done = subprocess.run([sys.executable, "-c", "import detente; detente.nothing"], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "AttributeError: module 'detente' has no attribute 'nothing'"
