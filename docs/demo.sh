#!/bin/sh
# The main workflow on the embedded platform: validate, plan, read why the plan is blocked, approve
# with a reason, apply, plan again. Works on a copy and removes it at the end.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
bold="" plain=""
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi
export NO_COLOR=1
sandbox=""
finish() {
    [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT INT TERM

say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
print_command() { # print a command as typed in a shell, with quotes where needed
    printf '\n$'
    for word in "$@"; do
        case $word in
            *" "*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
}
run() {
    print_command "$@"
    "$@"
}
expect() { # expect CODE COMMAND…: the command must end with that exit code
    wanted=$1
    shift
    print_command "$@"
    code=0
    "$@" || code=$?
    [ "$code" -eq "$wanted" ] || {
        echo "demo: expected exit code $wanted, got $code" >&2
        exit 1
    }
    printf '(exit code %s)\n' "$code"
}

cp -R "$here/configs" "$work/configs"
cd "$work"
export RECONCILER_STATE="$work/state.db" RECONCILER_TOKEN=sandbox-ci

say "Start the embedded sandbox: a platform whose configuration was edited by hand."
reconciler sandbox --port 0 --seed demo >"$work/url" 2>/dev/null &
sandbox=$!
until [ -s "$work/url" ]; do kill -0 "$sandbox"; done
RECONCILER_URL=$(head -n 1 "$work/url")
export RECONCILER_URL
echo "$RECONCILER_URL"

say "Validate the manifests. This needs no network."
run reconciler validate configs --env dev

say "Plan. The plan is blocked: some changes would affect agents and customers who are active now."
expect 3 reconciler plan configs --env dev

say "Find out who uses the status that would be deleted."
run reconciler usage "campaigns/Sales/statuses/Role play" --dir configs --env dev

say "Approve each finding with a reason. Approvals are files, reviewed like the manifests."
reconciler plan configs --env dev --format json >"$work/plan-view.json" || true
python3 - "$work/plan-view.json" configs/approvals/demo.yaml <<'PYTHON'
import json
import sys

plan, approvals = json.load(open(sys.argv[1])), open(sys.argv[2], "w")
for finding in plan["findings"]:
    if finding["blocks"]:
        line = finding["approval_to_paste"]
        line = line.replace('reason: "…"', 'reason: "agreed with the floor"')
        approvals.write(line.replace('by: "…"', "by: maria") + "\n")
PYTHON
run cat configs/approvals/demo.yaml

say "Plan again with the approvals, and save the plan."
run reconciler plan configs --env dev --out plan.json

say "Apply exactly the reviewed plan. It is checked against the live platform again."
run reconciler apply plan.json --dir configs

say "Plan again: there is nothing left to do."
expect 0 reconciler plan configs --env dev --detailed-exitcode

say "Show the history: what was done, by which user, and why it was approved."
run reconciler history --dir configs --env dev
