"""The shell of terminals, in the page and outside: the learner's own, bash or zsh, with the lab's environment."""

import os
import shlex
import shutil
from pathlib import Path

from labkit import paths, shell
from labkit.system import files

_HOME = paths.data / "terminal"

# The user's start-up files may set PATH, KUBECONFIG and the like: what the shell was given has the last word. And the
# cluster is not to rest while somebody types commands.
_BASH = """lab=$(export -p)
[ -r ~/.bashrc ] && . ~/.bashrc
eval "$lab" 2>/dev/null
unset lab DOCKER_CONTEXT
PS1="(workbook) $PS1"
PS0='$(touch {last_cell})'
"""
_ZSH_ENV = """lab=$(export -p)
[ -r "${WORKBOOK_ZDOTDIR:-$HOME}/.zshenv" ] && . "${WORKBOOK_ZDOTDIR:-$HOME}/.zshenv"
"""
_ZSH = """[ -r "${{WORKBOOK_ZDOTDIR:-$HOME}}/.zshrc" ] && . "${{WORKBOOK_ZDOTDIR:-$HOME}}/.zshrc"
eval "$lab" 2>/dev/null
unset lab DOCKER_CONTEXT
PROMPT="(workbook) $PROMPT"
autoload -Uz add-zsh-hook
note-use() {{ touch {last_cell} }}
add-zsh-hook preexec note-use
"""


def command() -> list[str]:
    """What starts the shell, in a process that has the lab's environment."""
    last_cell = shlex.quote(str(shell.LAST_CELL))
    theirs = shutil.which(os.environ.get("SHELL", "")) or ""
    if Path(theirs).name == "zsh":
        files.write_text(_HOME / ".zshenv", _ZSH_ENV)
        files.write_text(_HOME / ".zshrc", _ZSH.format(last_cell=last_cell))
        before = [f"WORKBOOK_ZDOTDIR={os.environ['ZDOTDIR']}"] if "ZDOTDIR" in os.environ else []
        return ["env", *before, f"ZDOTDIR={_HOME}", theirs, "-i"]
    files.write_text(_HOME / "bashrc", _BASH.format(last_cell=last_cell))
    return [theirs if Path(theirs).name == "bash" else "bash", "--rcfile", str(_HOME / "bashrc"), "-i"]
