# SPDX-License-Identifier: Apache-2.0
# For the tests of the service, sourced by them: a site is a folder with a camera's configuration and an authority.
#
# Needs QYRAN_BUILD (the variant under test) and SERVICE_SCENES (recordings of the simulated logic, made by make).
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${QYRAN_BUILD:=$root/build/asan}" "${SEED:=1}"
: "${SERVICE_SCENES:=$root/build/service/$SEED}"
qyrand=$QYRAN_BUILD/qyrand
inbox=$QYRAN_BUILD/qyran-inbox
qyranctl=$QYRAN_BUILD/qyranctl
here=$(mktemp -d "${TMPDIR:-/tmp}/qyran-service-XXXXXX") || exit 2
failed=0
children=()
mounts=()

clean_up() {
	local child mount
	for child in "${children[@]}"; do kill -9 "$child" 2>/dev/null; done
	for mount in "${mounts[@]}"; do umount "$mount" 2>/dev/null; done
	rm -rf "$here"
}
trap clean_up EXIT

ok() { echo "ok $1"; }
not_ok() { # NAME WHY
	echo "not ok $1: $2"
	failed=1
}
skipped() { echo "skipped $1: $2"; }

# Ends a case: what was written into `why` is why it failed.
verdict() { # NAME
	if [ -z "$why" ]; then ok "$1"; else not_ok "$1" "$why"; fi
	why=
}
why=
expect() { # WHAT COMMAND...: notes WHAT when the command fails
	local what=$1
	shift
	"$@" >/dev/null 2>&1 || why="${why:+$why; }$what"
}

new_authority() {
	"$inbox" keygen "$here/authority" >/dev/null 2>&1 && "$inbox" bundle "$here/authority" "$here/authority/bundle" >/dev/null 2>&1 ||
		{ echo "not ok authority: keys and bundle could not be made"; exit 1; }
}

# A camera for a scene: survey and rules come from the scene, the rest from here.
new_site() { # NAME SCENE
	site=$here/$1
	recording=$SERVICE_SCENES/$2/recording.qyr
	truth=$SERVICE_SCENES/$2/truth.tsv
	mkdir -p "$site" || exit 2
	{
		cat "$SERVICE_SCENES/$2/qyrand.ini"
		printf '\n[plates]\nformats = %s/userspace/formats\n' "$root"
		printf '\n[seal]\nbundle = ../authority/bundle\nroot = ../authority/root.pub\n'
		printf '\n[publisher]\nkind = folder\npath = %s\n' "published"
	} >"$site/qyrand.ini"
}

# Runs the camera of $site on its recording; what it prints goes to $site/out and $site/err; its status is the function's.
run_site() { # ARGUMENT...
	(cd "$site" && timeout -k 5 300 ${RUN_UNDER:-} "$qyrand" --until-end --device "record:$recording" "$@" qyrand.ini >out 2>err)
}

start_site() { # ARGUMENT...: in the background; its number is in $child
	(cd "$site" && exec "$qyrand" --device "record:${feed:-$recording}" "$@" qyrand.ini >>out 2>>err) &
	child=$!
	children+=("$child")
}

lines() { wc -l <"$1" | tr -d ' '; }
figure() { grep -oE "\b$2=[0-9]+" "$1" | tail -n 1 | cut -d= -f2; }

# What the scene's truth says and what the authority opens, alike: kind and plate, sorted; speeds apart.
true_violations() { awk -F '\t' 'NR > 1 && $1 != "none" { print $1 "\t" $2 "\t" $5 }' "$truth" | sort; }
opened_violations() { "$inbox" table --tsv --keys "$here/authority" "$site/published" 2>/dev/null | awk -F '\t' '{ print $2 "\t" $3 "\t" $4 }' | sort; }

enroll() { "$inbox" enroll "$here/authority" "$site/state/camera.pub" --replace >/dev/null 2>&1; }

# The inbox holds the truth, each violation once: same kinds and plates, speeds within 3 km/h, chain whole.
holds_truth() {
	local differences
	enroll
	"$inbox" verify --keys "$here/authority" "$site/published" >"$here/verify.log" 2>&1 || { echo "verify: $(tail -n 1 "$here/verify.log")"; return 1; }
	differences=$(paste <(true_violations) <(opened_violations) | awk -F '\t' '
		$1 != $4 || $2 != $5 { print "true " $1 " " $2 ", opened " $4 " " $5 }
		$1 !~ /standing|stop_line/ && ($3 - $6 > 3 || $6 - $3 > 3) { print $1 ": true " $3 " km/h, opened " $6 }')
	[ -z "$differences" ] || { echo "$differences" | paste -sd ';'; return 1; }
}

wait_for() { # SECONDS COMMAND...
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.05
	done
}
