#!/bin/sh
# The main job, start to end, on the embedded platform: validate, plan, read why it is blocked,
# approve with a reason, apply, plan again. Works on a copy; leaves nothing behind.
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
typed() { # the command as it would be typed, with quotes where it needs them
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
    typed "$@"
    "$@"
}
expect() { # expect CODE COMMAND…: the command must end with that exit code
    wanted=$1
    shift
    typed "$@"
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

say "A platform to work on: the embedded sandbox, with a live estate somebody has clicked together."
reconciler sandbox --port 0 --seed demo >"$work/url" 2>/dev/null &
sandbox=$!
until [ -s "$work/url" ]; do kill -0 "$sandbox"; done
RECONCILER_URL=$(head -n 1 "$work/url")
export RECONCILER_URL
echo "$RECONCILER_URL"

say "The manifests are checked without any network."
run reconciler validate configs --env dev

say "The first plan. It is blocked: some of what it would do hurts people who are at work now."
expect 3 reconciler plan configs --env dev

say "Who is in the status that would go?"
run reconciler usage "campaigns/Sales/statuses/Role play" --dir configs --env dev

say "A reviewer agrees to each of these, and says why: approvals are files, reviewed like the rest."
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

say "Planned again with the approvals, and saved for whoever applies it."
run reconciler plan configs --env dev --out plan.json

say "Applied: just what was reviewed, checked once more against the live platform."
run reconciler apply plan.json --dir configs

say "Nothing is left to do."
expect 0 reconciler plan configs --env dev --detailed-exitcode

say "And everybody can see later what was done, by whom, and why it was allowed."
run reconciler history --dir configs --env dev
