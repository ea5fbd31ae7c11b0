"""`reconciler sign`: sign a reviewed plan, for `apply --trust`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.cli.help import help_page
from reconciler.cli.options import folder_option, open_project
from reconciler.cli.output import print_data, print_note
from reconciler.cli.plan import not_verified_message

_ID_CHARACTERS = 16


@click.command(
    epilog=help_page(
        "reconciler sign --generate key.pem",
        "reconciler sign plan.json --key key.pem",
        reads=("RECONCILER_STATE", "RECONCILER_PLAN_KEY"),
    )
)
@click.argument("plan_path", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), help="Private key: Ed25519, PEM (PKCS8).")
@folder_option
@click.option(
    "--generate",
    metavar="KEY.pem",
    type=click.Path(path_type=Path),
    help="Make a new key instead, and its public key KEY.pub.pem.",
)
def sign(plan_path: Path | None, key: Path | None, folder: Path, generate: Path | None) -> None:
    """Sign a reviewed PLAN into the file PLAN.sig, or make a key with --generate.

    PLAN is verified first if the state it was made with is available. A forged plan is not signed.
    """
    from reconciler.planning.planfile import signing
    from reconciler.planning.planfile.plan_diff import action_counts

    if generate is not None:
        if plan_path is not None or key is not None:
            raise click.UsageError("--generate makes a key and signs nothing: use it alone")
        public = signing.generate_keys(generate)
        print_data(str(public))
        print_note(
            f"{generate} is the private key: keep it where plans are signed, and out of git. "
            f"{public} is the public key, for `trust:` of an environment or `apply --trust`."
        )
        return
    if plan_path is None or key is None:
        raise click.UsageError("name a PLAN and its --key, or make a key: --generate KEY.pem")
    found = open_project(folder, None).plans.read_to_show(plan_path)
    plan = found.plan
    path = signing.signature_path(plan_path)
    signature = signing.sign_plan(plan, key, now=datetime.now(UTC))
    if found.unverified:
        print_note(not_verified_message(plan_path, found))
    signing.write_signature(signature, path)
    print_data(str(path))
    print_note(
        f"Signed plan {plan.digest[:_ID_CHARACTERS]} of {plan.project}/{plan.environment} "
        f"({action_counts(plan)}) with {signature.key}."
    )
