"""`reconciler completion`: the script that lets a shell complete commands."""

from __future__ import annotations

import click

from reconciler.cli.help import help_page
from reconciler.cli.output import print_data

_VARIABLE = "_RECONCILER_COMPLETE"
_SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog=help_page(
        "reconciler completion bash > ~/.local/share/bash-completion/completions/reconciler",
        'reconciler completion zsh > "${fpath[1]}/_reconciler"',
        "reconciler completion fish > ~/.config/fish/completions/reconciler.fish",
    )
)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    It completes commands, options, environments, addresses and runs. Addresses come from the
    manifests, without the platform and without customers. Runs come from the state.
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click has no completion for {shell}")
    group = context.find_root().command
    if shell == "bash":  # without the check of the Bash version, which starts a process
        source = found(group, {}, "reconciler", _VARIABLE)
        print_data(source.source_template % source.source_vars())
        return
    print_data(found(group, {}, "reconciler", _VARIABLE).source())
