# SPDX-License-Identifier: Apache-2.0
# An authority, its broker and a camera's site for a guest; sourced by bash scripts. All is made below $work and stopped by its number.
#
# Needs root, bin (folder of the programs) and work (an empty folder). The broker listens on the loopback, which a guest sees as 10.0.2.2.

broker='' station='' port=''
mosquitto=$(PATH=$PATH:/usr/sbin command -v mosquitto)

site_fail() { echo "$*" >&2; return 1; }

make_ca() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.crt" 2>>"$work/openssl.log"
}
make_certificate() { # NAME [ALSO-KNOWN-AS]
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.csr" 2>>"$work/openssl.log" &&
		openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 2 -out "$work/$1.crt" \
			-extfile <(echo "subjectAltName=${2:-DNS:$1}") 2>>"$work/openssl.log"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

start_broker() {
	local try i
	[ -n "$mosquitto" ] || { site_fail "mosquitto is not installed; run: ./install-packages packages.txt"; return 1; }
	make_ca ca && make_certificate server DNS:localhost,IP:127.0.0.1,IP:10.0.2.2 && make_certificate camera && make_certificate inbox ||
		{ site_fail "openssl could not make certificates; see $work/openssl.log"; return 1; }
	mkdir -p "$work/persistence"
	for try in $(seq 20); do
		port=$((20000 + RANDOM % 20000))
		listening && continue
		cat >"$work/mosquitto.conf" <<-CONF
			listener $port 127.0.0.1
			cafile $work/ca.crt
			certfile $work/server.crt
			keyfile $work/server.key
			require_certificate true
			allow_anonymous true
			persistence true
			persistence_location $work/persistence/
			log_dest file $work/mosquitto.log
			log_type all
			user $(id -un)
		CONF
		"$mosquitto" -c "$work/mosquitto.conf" >>"$work/mosquitto.out" 2>&1 &
		broker=$!
		for i in $(seq 100); do
			kill -0 $broker 2>/dev/null || break
			listening && return 0
			sleep 0.05
		done
		wait $broker 2>/dev/null
		broker=''
	done
	site_fail "the broker does not start; see $work/mosquitto.out"
}

# Takes what the broker brings and answers with receipts.
start_station() { # STORE
	mkdir -p "$1"
	"$bin/qyran-inbox" receipts --keys "$work/authority" --mqtt "127.0.0.1:$port" --ca "$work/ca.crt" --certificate "$work/inbox.crt" --key "$work/inbox.key" \
		--store "$1" >>"$work/station.log" 2>&1 &
	station=$!
}

stop_one() { # PID
	[ -n "$1" ] && kill "$1" 2>/dev/null && wait "$1" 2>/dev/null
}
stop_station() { stop_one "$station"; station=''; }
stop_site() {
	stop_station
	stop_one "$broker"
	broker=''
}

make_authority() {
	"$bin/qyran-inbox" keygen "$work/authority" >>"$work/inbox.log" 2>&1 && "$bin/qyran-inbox" bundle "$work/authority" "$work/authority/bundle" >>"$work/inbox.log" 2>&1 ||
		site_fail "the authority's keys could not be made: $(tail -n 1 "$work/inbox.log")"
}

# A camera's folder: everything that it needs, named relative to its configuration, so that the file is the same wherever it runs.
make_site() { # SCENE-FOLDER SITE
	mkdir -p "$2" && cp -r "$root/userspace/formats" "$2/formats" && cp "$work/authority/bundle" "$work/authority/root.pub" "$work/ca.crt" "$work/camera.crt" "$work/camera.key" "$2/" &&
		{
			cat "$1/qyrand.ini"
			printf '\n[plates]\nformats = formats\n\n[seal]\nbundle = bundle\nroot = root.pub\n'
			printf '\n[publisher]\nkind = mqtt\nhost = localhost\nport = %s\nca = ca.crt\ncertificate = camera.crt\nkey = camera.key\n' "$port"
		} >"$2/qyrand.ini" &&
		"$bin/qyranctl" init "$2/qyrand.ini" >>"$work/inbox.log" 2>&1 &&
		"$bin/qyran-inbox" enroll "$work/authority" "$2/state/camera.pub" --replace >>"$work/inbox.log" 2>&1 ||
		site_fail "the camera's folder could not be made: $(tail -n 1 "$work/inbox.log")"
}
