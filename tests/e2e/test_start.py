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
