"""The page docs/cli.md: every command of the command line with its arguments and options, written from the code.

`python -m tests.cli_page` writes it anew; a test compares it with the commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from etl.cli import app

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
_HEAD = """# The command line

Every command, with each of its options. `orebloc COMMAND --help` says the same on a terminal. Written from the code by
`python -m tests.cli_page`.
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with the words that call it, those of groups included."""
    yield from _below("orebloc", get_command(app))


def page() -> str:
    whole = get_command(app)
    return "\n".join([_HEAD, _prose(whole.help or ""), *(_section(words, command) for words, command in commands())])


def _below(words: str, group: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - Typer's own classes move
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _below(f"{words} {name}", command)
        else:
            yield f"{words} {name}", command


def _section(words: str, command: Any) -> str:  # noqa: ANN401
    parameters = [parameter for parameter in command.params if parameter.name != "help"]
    usage = [words, *(_argument(parameter) for parameter in parameters if _is_argument(parameter)), "[OPTIONS]"]
    rows = [f"| {_name(parameter)} | {_meaning(parameter)} | {_default(parameter)} |\n" for parameter in parameters]
    table = f"| argument or option | meaning | default |\n| --- | --- | --- |\n{''.join(rows)}" if rows else ""
    return f"## {words}\n\n```sh\n{' '.join(usage)}\n```\n\n{_prose(command.help or '')}\n{table}"


def _is_argument(parameter: Any) -> bool:  # noqa: ANN401
    return not parameter.opts[0].startswith("-")


def _argument(parameter: Any) -> str:  # noqa: ANN401
    name = str(parameter.name).upper() + ("..." if parameter.nargs == -1 else "")
    return name if parameter.required else f"[{name}]"


def _name(parameter: Any) -> str:  # noqa: ANN401
    if _is_argument(parameter):
        return f"`{str(parameter.name).upper()}`"
    return ", ".join(f"`{option}`" for option in [*parameter.opts, *parameter.secondary_opts])


def _meaning(parameter: Any) -> str:  # noqa: ANN401
    environment = f" Environment: `{parameter.envvar}`." if isinstance(parameter.envvar, str) else ""
    return _marked(parameter.help or "").replace("|", "\\|") + environment


def _default(parameter: Any) -> str:  # noqa: ANN401
    shown = parameter.default is not None and not parameter.is_flag if hasattr(parameter, "is_flag") else False
    return f"`{parameter.default}`" if shown and not callable(parameter.default) else ""


def _prose(text: str) -> str:
    """Help text as Markdown: one line per paragraph, Rich's bold as code."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(f"{_marked(' '.join(paragraph.split()))}\n\n" for paragraph in paragraphs).rstrip("\n") + "\n"


def _marked(text: str) -> str:
    return re.sub(r"\[b\](.*?)\[/b\]", r"`\1`", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
