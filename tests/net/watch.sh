#!/bin/bash
# watch.sh LOG COMMAND…: runs COMMAND in a network of its own and fails if a single packet tries to leave it.
#
# The network has a way out that leads nowhere: one end of a cable is the default route and the name server, at the
# other end sniff.py writes down every packet. Nothing is answered and nothing reaches the real network. Before COMMAND
# starts, packets are sent on purpose; if the watcher does not see them, its silence would prove nothing, and the run
# ends with 3. COMMAND finds the log's name in MAECHECK_PACKETS.
#
# Exit: that of COMMAND if it fails, 1 if a packet left, 2 for wrong use, 3 if the watcher cannot be trusted.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
  if [ $# -lt 2 ]; then
    echo 'expected: watch.sh LOG COMMAND…' >&2
    exit 2
  fi
  if [ "$(id -u)" != 0 ]; then
    echo 'expected to be run by root: a network of one'\''s own cannot be made otherwise' >&2
    exit 2
  fi
  exec unshare --net --mount "$0" --inside "$@"
fi
shift
log=$(realpath -m "$1")
shift
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$(dirname "$log")"
: >"$log"

# out0 is the way out, out1 the watcher's end. Addresses are those set aside for documents (RFC 5737, RFC 3849).
ip link set lo up
ip link add out0 type veth peer name out1
# The kernel's own IPv6 housekeeping must not look like traffic of the browsers; sniff.py drops what remains of it.
for setting in out1/disable_ipv6=1 out0/accept_ra=0 out0/router_solicitations=0 out0/accept_dad=0; do
  echo "${setting#*=}" >"/proc/sys/net/ipv6/conf/${setting%=*}" 2>/dev/null || true
done
ip link set out1 up
ip link set out0 up
ip address add 192.0.2.1/24 dev out0
ip -6 address add 2001:db8::1/64 dev out0 nodad 2>/dev/null || true
far=$(ip -oneline link show dev out1 | sed "s/.*link.ether \([0-9a-f:]*\).*/\1/") # /sys still shows the outer network
for neighbour in 192.0.2.2 192.0.2.53 2001:db8::2; do
  ip neighbour add "$neighbour" lladdr "$far" dev out0 nud permanent 2>/dev/null || true
done
ip route add default via 192.0.2.2
ip -6 route add default via 2001:db8::2 2>/dev/null || true

names=$(mktemp)
echo 'nameserver 192.0.2.53' >"$names"
mount --bind "$names" /etc/resolv.conf

python3 "$here/sniff.py" out1 "$log" &
sniffer=$!
trap 'kill "$sniffer" 2>/dev/null || true; rm -f "$names"' EXIT

# seen PATTERN: waits until the log holds the pattern, at most three seconds
seen() {
  for _ in $(seq 60); do
    if grep -q -- "$1" "$log"; then return 0; fi
    sleep 0.05
  done
  return 1
}

if ! seen '^ready'; then
  echo 'expected the packet watcher to start; it did not' >&2
  exit 3
fi
echo control >/dev/udp/198.51.100.7/9
(timeout 2 bash -c 'echo control >/dev/tcp/198.51.100.7/80' 2>/dev/null || true) &
(timeout 2 getent ahosts control.example >/dev/null 2>&1 || true) &
for expected in 'udp 198.51.100.7 9' 'tcp 198.51.100.7 80' 'udp 192.0.2.53 53 control.example'; do
  if ! seen " $expected"; then
    echo "expected the packet watcher to see: $expected; it saw:" >&2
    cat "$log" >&2
    exit 3
  fi
done
wait %2 %3 2>/dev/null || true
# What follows this line in the log is the command's.
kill -USR1 "$sniffer"
seen '^watching' || exit 3

set +e
MAECHECK_PACKETS=$log "$@"
code=$?
set -e
sleep 0.3 # a packet sent by the command's last breath is still on the cable
left=$(sed '1,/^watching/d' "$log")
if [ -n "$left" ]; then
  echo "packets left the page's machine; expected none:" >&2
  cut -d' ' -f2- <<<"$left" | sort | uniq -c >&2
  [ "$code" -ne 0 ] || code=1
else
  echo 'network: 3 packets sent on purpose were seen, then 0 packets left'
fi
exit "$code"
