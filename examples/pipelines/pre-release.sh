#!/bin/sh
# The pre-release gate for any pipeline: asks for a backup of what a release touches, waits for it, and ends with 0 only when every backup is there and held.
# Exit codes: 0 passed, 1 failed, 2 a mistake in what was asked, 4 still pending when the patience ended. Only 0 means "go on".
#
# What a release touches (one of the two):
#   KEEPER_INSTANCES     ids with spaces between them: "rm-bp1aaa rm-bp1bbb"
#   KEEPER_SELECT_TAG    the instances with this tag: "app=shop"
# Which release it is (GitHub Actions and GitLab CI set these by themselves):
#   KEEPER_SOURCE        who releases: the repository
#   KEEPER_RELEASE       which release: the tag, else the commit. Never a branch: its name stands for all of its releases
# How:
#   KEEPER_FUNCTION      the deployed function, for example keeper-pre-release-backup: the pipeline then needs the right to call it and nothing else
#   KEEPER_DATABASES     only these databases: "orders,invoices"
#   KEEPER_FRESH_FOR, KEEPER_DEADLINE, KEEPER_HOLD_FOR    as in keeper.yaml: "30m", "1h", "14d"; the policy's unless told
#   KEEPER_TIMEOUT, KEEPER_INTERVAL    how long to wait, and how often to ask: "90m", "30s"
#   KEEPER_RECEIPT       where the receipt goes; keeper-receipt.json unless told
#   KEEPER               the command; keeper unless told
set -eu
set -f # the lists below are split at spaces, and are no file patterns

if [ "${GITHUB_REF_TYPE:-}" = tag ]; then ci_release=$GITHUB_REF_NAME; else ci_release=${CI_COMMIT_TAG:-${GITHUB_SHA:-${CI_COMMIT_SHA:-}}}; fi
source=${KEEPER_SOURCE:-${GITHUB_REPOSITORY:-${CI_PROJECT_PATH:-}}}
release=${KEEPER_RELEASE:-$ci_release}
receipt=${KEEPER_RECEIPT:-keeper-receipt.json}
rm -f -- "$receipt" # an earlier run's: none is better than that one

if [ -z "$source" ] || [ -z "$release" ]; then
  echo 'pre-release: set KEEPER_SOURCE and KEEPER_RELEASE: who releases, and which release it is' >&2
  exit 2
fi

set -- pre-release start --source "$source" --release "$release" --wait --receipt "$receipt"
# shellcheck disable=SC2086 # a list of ids
[ -z "${KEEPER_INSTANCES:-}" ] || set -- "$@" --instance $KEEPER_INSTANCES
[ -z "${KEEPER_SELECT_TAG:-}" ] || set -- "$@" --select-tag "$KEEPER_SELECT_TAG"
[ -z "${KEEPER_DATABASES:-}" ] || set -- "$@" --databases "$KEEPER_DATABASES"
[ -z "${KEEPER_FRESH_FOR:-}" ] || set -- "$@" --fresh-for "$KEEPER_FRESH_FOR"
[ -z "${KEEPER_DEADLINE:-}" ] || set -- "$@" --deadline "$KEEPER_DEADLINE"
[ -z "${KEEPER_HOLD_FOR:-}" ] || set -- "$@" --hold-for "$KEEPER_HOLD_FOR"
[ -z "${KEEPER_TIMEOUT:-}" ] || set -- "$@" --timeout "$KEEPER_TIMEOUT"
[ -z "${KEEPER_INTERVAL:-}" ] || set -- "$@" --interval "$KEEPER_INTERVAL"
[ -z "${KEEPER_FUNCTION:-}" ] || set -- "$@" --function "$KEEPER_FUNCTION"

status=0
"${KEEPER:-keeper}" "$@" || status=$?
case $status in
  0) echo "pre-release: release $release has its backups; see $receipt" ;;
  4) echo "pre-release: release $release is still waiting; run this again to go on waiting, it makes no second backup" >&2 ;;
  *) echo "pre-release: release $release must not go on (exit code $status)" >&2 ;;
esac
exit "$status"
