# SPDX-License-Identifier: Apache-2.0
# For the guest's tests of the live picture, sourced by them: a camera to be watched, a viewer, the host's look at the screen.
shots=/out/shots
failed=0
why=
verdict() { # NAME [WHAT WAS SEEN]
	if [ -z "$why" ]; then echo "ok $1${2:+ ($2)}"; else failed=1; echo "not ok $1: $why"; fi
	why=
}
wrong() { why="${why:+$why; }$*"; }

# Waits at most so many tenths of a second.
within() { # TENTHS COMMAND…
	local left=$1
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.1
	done
}
no() { ! "$@"; }

site_ready() {
	within 1200 test -e /out/site || { echo "not ok view: the host gave no configuration"; exit 1; }
	[ -e /site ] || cp -r /out/site /site
	cd /site || exit 1
	lsmod | grep -q '^qyran ' || modprobe qyran || { echo "not ok view: the module cannot be loaded"; exit 1; }
	within 100 test -c /dev/qyran0
	mkdir -p /tmp/fonts
}

# small: the clip, 640x360; tiny: the pattern, 64x48.
camera_on() { # SIZE
	if [ "$1" = small ]; then bench play clip 0 scene; else bench play pattern 0 scene; fi
	qyrand --device kernel:/dev/qyran0 "$1.ini" >>/out/qyrand.log 2>&1 &
	camera=$!
	within 300 test -S /run/view || wrong "qyrand does not start: $(tail -n 1 /out/qyrand.log)"
}
camera_off() {
	kill -TERM $camera
	wait $camera
}

# What it says is in /tmp/said.
viewer_on() { # ARGUMENT…
	: >/tmp/said
	qyran-view "$@" >>/tmp/said 2>&1 &
	viewer=$!
}
child_of() { # PID
	local process
	for process in $(pidof qyran-view); do
		[ "$(sed -n 's/^PPid:[^0-9]*//p' /proc/"$process"/status 2>/dev/null)" != "$1" ] || echo "$process"
	done
}
says() { grep -q "$1" /tmp/said; }
heard() { grep -c "$1" /tmp/said; }
viewer_is_gone() { ! pidof qyran-view >/dev/null; }

# The screen, as shots/NAME.ppm, and what it is like beside other pictures there: prints a line for each.
screen() { # NAME [PICTURE…]
	local name=$1
	shift
	rm -f "$shots/$name.said"
	echo "$*" >"$shots/$name.part"
	mv "$shots/$name.part" "$shots/$name.want"
	within 300 test -e "$shots/$name.said" || { echo "no screen dump"; return 1; }
	cat "$shots/$name.said"
}
screen_is() { # NAME PICTURE: now or within a few seconds
	local try
	for try in 1 2 3 4 5 6 7 8; do
		seen=$(screen "$1" "$2")
		case $seen in same*) return 0 ;; esac
		sleep 0.3
	done
	return 1
}

files_of() { ls /proc/"$1"/fd | wc -l; }
memory_of() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' /proc/"$1"/status; }
buffers() { grep -c '^framebuffer' /sys/kernel/debug/dri/"$1"/framebuffer; }
slots_home() { cat /sys/class/misc/qyran0/slots_home; }
connector_file() { ls -d /sys/class/drm/"$1"-*/status; }
