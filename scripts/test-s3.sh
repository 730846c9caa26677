#!/usr/bin/env bash
# Real S3 servers of one's own for tests: Ceph RGW, OpenStack Swift, and TLS in front of RGW, all on 127.0.0.1.
#
#   scripts/test-s3.sh start DIR    make the servers' data in DIR (which may exist) and start them
#   scripts/test-s3.sh env DIR      print the exports that let the tests find them: S3CACHE_TEST_RGW_ENDPOINT and others
#   scripts/test-s3.sh stop DIR     stop them; DIR stays, with their logs in DIR/log
#
# Every start makes new keys and takes free ports; what RGW holds (S3CACHE_TEST_RGW_BYTES, 2 GiB, at most) is in memory and gone with it.
# The packages and the Python environment (S3CACHE_VENV) come from scripts/deps.sh.
set -euo pipefail

usage() {
    sed -n '2,6p' "$0" | sed 's/^# \{0,1\}//' >&2
    exit 2
}

[ $# -eq 2 ] || usage
command=$1
case $command in start | stop | env) ;; *) usage ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
[ "$command" != start ] || mkdir -p "$2"
dir=$(cd "$2" && pwd)
swift_bin=$(realpath -ms "${S3CACHE_VENV:-$root/.build/venv}")/bin
attempts=5
jobs=()
patience=60  # seconds that a server may take to listen

# A file name is what a server is called; the last to start are the first to stop.
servers=(haproxy swift-proxy swift-object swift-container swift-account radosgw ceph-osd ceph-mon)

# ---------------------------------------------------------------- processes

# When a process started, in ticks since boot; with its number, this names a process for ever. Fails once it is gone.
started_at() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    # shellcheck disable=SC2086  # the fields after the name, which stands in parentheses
    set -- ${stat##*) }
    [ "$1" != Z ] || return 1
    echo "${20}"
}

# launch NAME COMMAND…: a server that holds nothing of the caller's, in a session of its own. Its number is on record
# before it leaves our group of processes, so that nothing survives whatever interrupts us.
launch() {
    local name=$1 pid
    shift
    rm -f "$dir/run/$name"
    (
        pid=$BASHPID  # a substitution has a number of its own
        echo "$pid $(started_at "$pid")" >"$dir/run/$name"
        exec setsid "$@" </dev/null >>"$dir/log/$name.log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    ) &
    until [ -s "$dir/run/$name" ]; do sleep 0.01; done
}

# The number of a server that runs; fails where it does not.
running() {
    local pid start
    read -r pid start 2>/dev/null <"$dir/run/$1" || return 1
    [ "$(started_at "$pid")" = "$start" ] || return 1
    echo "$pid"
}

# halt NAME [SIGNAL]: ends a server and waits for that; with a harsher signal when it takes more than ten seconds.
halt() {
    local pid turn
    if pid=$(running "$1"); then
        kill "-${2:-TERM}" "$pid" 2>/dev/null || true
        for ((turn = 0; turn < 300; turn++)); do
            running "$1" >/dev/null || break
            [ $turn -ne 200 ] || kill -KILL "$pid" 2>/dev/null || true
            sleep 0.05
        done
    fi
    rm -f "$dir/run/$1"
}

# ---------------------------------------------------------------- ports

# A port on which nobody listens, below those that the system gives to clients. Somebody may still come first.
free_port() {
    local port
    while true; do
        port=$((16384 + (RANDOM * 32768 + RANDOM) % 16000))
        grep -qi " [0-9A-F]*:$(printf '%04X' $port) [0-9A-F:]* 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null || break
    done
    echo $port
}

# listens NAME PORT: waits until this server itself listens, not somebody else who took the port before.
listens() {
    local deadline=$((SECONDS + patience)) pid inode
    while [ $SECONDS -lt $deadline ]; do
        pid=$(running "$1") || return 1
        inode=$(awk -v port=":$(printf '%04X' "$2")" '$4 == "0A" && substr($2, 9) == port { print $10 }' /proc/net/tcp)
        [ -z "$inode" ] || [ -z "$(find "/proc/$pid/fd" -lname "socket:\[$inode\]" 2>/dev/null)" ] || return 0
        sleep 0.02
    done
    return 1
}

# retried WHAT FUNCTION SERVER…: calls it until the servers run, each time with other ports.
retried() {
    local what=$1 function=$2 attempt name
    shift 2
    for ((attempt = 1; attempt <= attempts; attempt++)); do
        # As a condition it would go on after a command that fails; so only its end is one.
        "$function" >>"$dir/log/$what.log" 2>&1 &
        if wait $!; then return 0; fi
        for name in "$@"; do halt "$name" KILL; done
    done
    echo "test-s3: cannot start $what; the ends of the logs in $dir/log:" >&2
    for name in "$what" "$@"; do
        echo "test-s3: $name.log" >&2
        tail -n 12 "$dir/log/$name.log" >&2 || true
    done
    return 1
}

random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

# ---------------------------------------------------------------- Ceph RGW: a monitor, a store in memory, the gateway

# Without --no-mon-config every client first asks the monitor for settings, and loses races against its start.
export CEPH_ARGS=--no-mon-config

start_rgw() {
    local base=$dir/rgw port monitor_port fsid osd
    port=$(free_port) monitor_port=$(free_port) fsid=$(cat /proc/sys/kernel/random/uuid)
    osd=$(cat /proc/sys/kernel/random/uuid)
    rm -rf "$base"
    mkdir -p "$base"/{run,mon,osd,rgw}
    cat >"$base/ceph.conf" <<CONF
[global]
fsid = $fsid
mon host = v1:127.0.0.1:$monitor_port
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
ms type = async+posix
auth cluster required = none
auth service required = none
auth client required = none
auth supported = none
run dir = $base/run
admin socket =
pid file =
log file = $dir/log/\$name.log
log to stderr = false
err to stderr = true
mon cluster log file = $dir/log/cluster.log
crash dir = $base/run
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 10000
mon data = $base/mon
mon data avail warn = 1
mon data avail crit = 1
mon osd full ratio = .95
mon osd backfillfull ratio = .94
mon osd nearfull ratio = .93
# Each change of the cluster's maps would wait a second.
paxos propose interval = 0.02
paxos min wait = 0.01
mon tick interval = 1
osd heartbeat interval = 5
osd mon report interval = 1
osd data = $base/osd
osd objectstore = memstore
memstore device bytes = ${S3CACHE_TEST_RGW_BYTES:-2147483648}
osd class update on start = false
osd class load list = *
osd class default list = *
osd op num shards = 2

[client.rgw]
# Without tcp_nodelay each page of a listing waits 40 ms.
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw data = $base/rgw
rgw thread pool size = 64
rgw enable usage log = false
rgw relaxed s3 bucket names = false
rgw dns name = localhost
CONF
    conf=(-c "$base/ceph.conf")
    timeout 60 monmaptool --create --clobber --fsid "$fsid" --addv a "[v1:127.0.0.1:$monitor_port]" "$base/monmap"
    timeout 60 ceph-mon --mkfs -i a --monmap "$base/monmap" "${conf[@]}"
    launch ceph-mon ceph-mon -f -i a "${conf[@]}"
    listens ceph-mon "$monitor_port"
    timeout 60 ceph "${conf[@]}" osd new "$osd" 0
    timeout 60 ceph-osd -i 0 "${conf[@]}" --mkfs --osd-uuid "$osd"
    launch ceph-osd ceph-osd -f -i 0 "${conf[@]}"
    rgw_user main "$rgw_key" "$rgw_secret"
    launch radosgw radosgw -f -n client.rgw "${conf[@]}"
    rgw_user other "$rgw_other_key" "$rgw_other_secret"
    listens radosgw "$port"
    echo "http://127.0.0.1:$port" >"$dir/run/rgw.endpoint"
}

rgw_user() {
    timeout 60 radosgw-admin "${conf[@]}" user create --uid="$1" --display-name="$1" --access-key="$2" --secret="$3"
}

# ---------------------------------------------------------------- OpenStack Swift: s3api before three storage servers

start_swift() {
    local base=$dir/swift etc=$dir/swift/etc kind port filter
    declare -A ports=([account]=$(free_port) [container]=$(free_port) [object]=$(free_port) [proxy]=$(free_port))
    rm -rf "$base"
    mkdir -p "$etc" "$base/devices/d1" "$base/run"
    cat >"$etc/swift.conf" <<'CONF'
[swift-hash]
swift_hash_path_suffix = s3cache

[storage-policy:0]
name = default
default = yes
CONF
    rings account "${ports[account]}" container "${ports[container]}" object "${ports[object]}"
    for kind in account container object; do
        port=${ports[$kind]}
        {
            server_settings "$port"
            cat <<CONF
devices = $base/devices
mount_check = false
recon_cache_path = $base/run
fallocate_reserve = 0
disable_fallocate = true

[pipeline:main]
pipeline = $kind-server

[app:$kind-server]
use = egg:swift#$kind
CONF
            [ $kind != container ] || echo 'allow_versions = true'
        } >"$etc/$kind-server.conf"
    done
    {
        server_settings "${ports[proxy]}"
        cat <<CONF

[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk tempurl s3api tempauth copy slo dlo versioned_writes symlink proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true

[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = true
dns_compliant_bucket_names = true
max_multi_delete_objects = 1000
storage_domain = localhost

[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = $swift_secret .admin

# Nobody listens there: without a cache it is only slower.
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1

[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_versioned_writes = true
allow_object_versioning = true
CONF
        for filter in catch_errors gatekeeper healthcheck listing_formats bulk tempurl copy slo dlo symlink; do
            printf '\n[filter:%s]\nuse = egg:swift#%s\n' $filter $filter
        done
    } >"$etc/proxy-server.conf"
    for kind in "${!ports[@]}"; do
        launch "swift-$kind" env SWIFT_DIR="$etc" "$swift_bin/swift-$kind-server" "$etc/$kind-server.conf"
    done
    for kind in "${!ports[@]}"; do listens "swift-$kind" "${ports[$kind]}"; done
    echo "http://127.0.0.1:${ports[proxy]}" >"$dir/run/swift.endpoint"
}

# rings KIND PORT…: say that all of a kind is kept by the one server at that port.
rings() {
    "$swift_bin/python" - "$dir/swift/etc" "$@" <<'PYTHON'
import sys
from swift.common.ring import RingBuilder

directory, *kinds = sys.argv[1:]
for kind, port in zip(kinds[::2], kinds[1::2]):
    builder = RingBuilder(6, 1, 1)
    builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1", "weight": 1})
    builder.rebalance()
    builder.get_ring().save(f"{directory}/{kind}.ring.gz")
PYTHON
}

server_settings() {
    cat <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $1
bind_timeout = 1
workers = 0
user = $(id -un)
swift_dir = $dir/swift/etc
log_level = WARNING
CONF
}

# ---------------------------------------------------------------- TLS: HAProxy, which passes on what it deciphers

certificates=(good untrusted expired wrong_name)

# An authority that the tests trust and one that they do not, and what they have signed for one day.
make_certificates() {
    local base=$dir/tls name authority
    rm -rf "$base"
    mkdir -p "$base"
    for authority in ca stranger; do
        openssl req -x509 -days 2 -subj "/CN=s3cache test $authority" -out "$base/$authority.pem" "${new_key[@]}" \
            -keyout "$base/$authority.key"
    done
    certify good ca localhost 1
    certify untrusted stranger localhost 1
    certify expired ca localhost -1
    certify wrong_name ca elsewhere.invalid 1
}

new_key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)

# certify NAME AUTHORITY HOST DAYS
certify() {
    local base=$dir/tls names="DNS:$3"
    [ "$3" != localhost ] || names+=,IP:127.0.0.1
    openssl req -subj "/CN=$3" -addext "subjectAltName=$names" -out "$base/$1.csr" "${new_key[@]}" -keyout "$base/$1.key"
    openssl x509 -req -in "$base/$1.csr" -days "$4" -copy_extensions copy -CA "$base/$2.pem" -CAkey "$base/$2.key" \
        -out "$base/$1.crt"
    cat "$base/$1.crt" "$base/$1.key" >"$base/$1.bundle"
}

start_tls() {
    local base=$dir/tls name
    declare -A ports
    [ -e "$base/good.bundle" ] || make_certificates
    for name in "${certificates[@]}"; do ports[$name]=$(free_port); done
    {
        cat <<CONF
global
    maxconn 2000
    noreuseport

defaults
    mode tcp
    timeout connect 30s
    timeout client 10m
    timeout server 10m

listen tls
CONF
        for name in "${certificates[@]}"; do echo "    bind 127.0.0.1:${ports[$name]} ssl crt $base/$name.bundle"; done
        sed 's|http://|    server rgw |' "$dir/run/rgw.endpoint"
    } >"$base/haproxy.cfg"
    launch haproxy haproxy -db -f "$base/haproxy.cfg"
    for name in "${certificates[@]}"; do listens haproxy "${ports[$name]}"; done
    for name in "${certificates[@]}"; do echo "${name^^} https://localhost:${ports[$name]}"; done >"$dir/run/tls.endpoints"
}

# ---------------------------------------------------------------- the three commands

start() {
    local tool name endpoint
    for tool in ceph-mon ceph-osd ceph radosgw radosgw-admin haproxy openssl "$swift_bin/swift-proxy-server"; do
        command -v "$tool" >/dev/null || {
            echo "test-s3: there is no $tool here; scripts/deps.sh installs what the servers need" >&2
            exit 1
        }
    done
    if [ -e "$dir/run" ]; then (stop); fi  # in a subshell, whose deafness to signals ends with it
    rm -rf "$dir/log" "$dir/tls" "$dir/env"
    mkdir -p "$dir/log" "$dir/run"
    rgw_key=$(random 10) rgw_secret=$(random 20)
    rgw_other_key=$(random 10) rgw_other_secret=$(random 20)
    swift_secret=$(random 20)

    trap 'stop' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # With groups of their own, so that all that they do can be ended. In the background, so that a signal is answered.
    set -m
    retried swift start_swift swift-proxy swift-object swift-container swift-account &
    jobs=($!)
    {
        retried rgw start_rgw radosgw ceph-osd ceph-mon
        retried tls start_tls haproxy
    } &
    jobs+=($!)
    for name in "${jobs[@]}"; do wait "$name"; done
    set +m
    {
        echo "export S3CACHE_TEST_RGW_ENDPOINT='$(cat "$dir/run/rgw.endpoint")'"
        echo "export S3CACHE_TEST_RGW_ACCESS_KEY='$rgw_key' S3CACHE_TEST_RGW_SECRET_KEY='$rgw_secret'"
        echo "export S3CACHE_TEST_RGW_OTHER_ACCESS_KEY='$rgw_other_key'"
        echo "export S3CACHE_TEST_RGW_OTHER_SECRET_KEY='$rgw_other_secret'"
        echo "export S3CACHE_TEST_SWIFT_ENDPOINT='$(cat "$dir/run/swift.endpoint")'"
        echo "export S3CACHE_TEST_SWIFT_ACCESS_KEY='test:tester' S3CACHE_TEST_SWIFT_SECRET_KEY='$swift_secret'"
        while read -r name endpoint; do
            echo "export S3CACHE_TEST_TLS_${name}_ENDPOINT='$endpoint'"
        done <"$dir/run/tls.endpoints"
        echo "export S3CACHE_TEST_TLS_CA='$dir/tls/ca.pem'"
    } >"$dir/env.new"
    mv "$dir/env.new" "$dir/env"
    trap - EXIT INT TERM
}

stop() {
    local name
    trap '' INT TERM
    # What is still starting others goes first.
    for name in "${jobs[@]}"; do
        # The redirection keeps bash from telling that the job was killed.
        { kill -KILL -- "-$name" && wait "$name"; } 2>/dev/null || true
    done
    rm -f "$dir/env" "$dir/run/"*.endpoint*
    # Nothing of theirs is kept, so they need no time to put it in order.
    for name in "${servers[@]}"; do halt "$name" KILL; done
    rm -rf "$dir/rgw" "$dir/swift"
}

case $command in
    start) start ;;
    stop) stop ;;
    env)
        if [ ! -e "$dir/env" ]; then
            echo "test-s3: nothing runs in $dir; scripts/test-s3.sh start $dir" >&2
            exit 1
        fi
        cat "$dir/env"
        ;;
esac
