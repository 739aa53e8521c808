package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// One address that holds the most connections that it may gets no more, and others are served; once one of its connections has
// ended, it is served again.
func TestConnectionsPerAddress(t *testing.T) {
	testkit.Parallel(t)
	other, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("this machine has no second loopback address")
	}
	other.Close()
	p := newProgram(t, models.SQLite)
	p.env["LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS"] = "3"
	p.start("127.0.0.1:0")
	var held []net.Conn
	for range 3 {
		conn := p.dialFrom("127.0.0.1")
		if status := ask(conn); status != http.StatusOK {
			t.Fatalf("within the bound the answer is %d", status)
		}
		held = append(held, conn)
	}
	for range 20 {
		if status := ask(p.dialFrom("127.0.0.1")); status != 0 {
			t.Errorf("beyond the bound the answer is %d", status)
		}
	}
	for range 3 {
		if status := ask(p.dialFrom("127.0.0.2")); status != http.StatusOK {
			t.Errorf("the answer to another address is %d", status)
		}
	}
	for _, conn := range held {
		if status := ask(conn); status != http.StatusOK {
			t.Errorf("the answer to a connection that was open is %d", status)
		}
	}
	held[0].Close()
	for deadline := time.Now().Add(longestAnswer); ask(p.dialFrom("127.0.0.1")) != http.StatusOK; {
		if time.Now().After(deadline) {
			t.Fatal("a connection that ended still counts")
		}
	}
}

// When all connections are taken, those that are open are served, and so are health checks of this machine.
func TestTotalConnections(t *testing.T) {
	testkit.Parallel(t)
	var log bytes.Buffer
	now := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	counts := &connectionCounts{refused: map[string]int{}}
	l := &boundedListener{
		most: 20, mostPerAddress: 8, proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}, now: func() time.Time { return now },
		log: slog.New(slog.NewTextHandler(&log, nil)), metrics: counts, perNetwork: map[netip.Prefix]int{},
	}
	for _, step := range []struct {
		address string
		asked   int
		taken   int
	}{
		{"203.0.113.1", 10, 8}, // of 8 each
		{"203.0.113.2", 3, 3},
		{"10.0.0.1", 9, 9}, // a trusted proxy, up to the bound in all
		{"203.0.113.3", 5, 0},
		{"10.0.0.1", 5, 0},
		{"127.0.0.1", 9, 8}, // of the 16 that this machine has beyond
		{"::1", 9, 8},
		{"127.0.0.2", 1, 0},
	} {
		taken := 0
		for range step.asked {
			if l.acquire(netip.MustParseAddr(step.address)) {
				taken++
			}
		}
		if taken != step.taken {
			t.Errorf("of %d connections of %s %d are taken, want %d", step.asked, step.address, taken, step.taken)
		}
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 1 || !strings.HasSuffix(lines[0], `msg="connections refused" refused=1 bound=address address=203.0.113.1 held=8 open=8`) {
		t.Errorf("within a minute the log says:\n%s", log.String())
	}
	now = now.Add(time.Minute)
	l.acquire(netip.MustParseAddr("203.0.113.3"))
	if want := `refused=15 bound=all address=10.0.0.1 held=9 open=36`; !strings.Contains(log.String(), want) {
		t.Errorf("a minute later the log does not say %s:\n%s", want, log.String())
	}
	if counts.open != 36 || counts.refused[refusedAddress] != 4 || counts.refused[refusedAll] != 12 {
		t.Errorf("the metrics count %+v", counts)
	}
	for range 9 {
		l.release(netip.MustParseAddr("10.0.0.1"))
	}
	for range 8 {
		l.release(netip.MustParseAddr("203.0.113.1"))
	}
	if _, known := l.perNetwork[netip.MustParsePrefix("10.0.0.1/32")]; known || l.open != 19 || counts.open != 19 || !l.acquire(netip.MustParseAddr("203.0.113.3")) {
		t.Errorf("after connections have ended: %d open, %v", l.open, l.perNetwork)
	}
}

// connectionCounts records the calls.
type connectionCounts struct {
	open    int
	refused map[string]int
}

func (m *connectionCounts) ConnectionOpened()               { m.open++ }
func (m *connectionCounts) ConnectionClosed()               { m.open-- }
func (m *connectionCounts) ConnectionRefused(reason string) { m.refused[reason]++ }

// Of IPv6 the first 64 bits count as one address, since one client has as many; an IPv4 address counts in either spelling.
func TestAddressesAreGroupedByPrefix(t *testing.T) {
	testkit.Parallel(t)
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"203.0.113.1", "203.0.113.1", true}, {"203.0.113.1", "203.0.113.2", false},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true}, {"2001:db8:1:2::1", "2001:db8:1:3::1", false}, {"::1", "127.0.0.1", false},
		{"::ffff:203.0.113.1", "203.0.113.1", true}, {"fe80::1%eth0", "fe80::1", true},
	} {
		if same := core.ClientNetwork(netip.MustParseAddr(tc.a)) == core.ClientNetwork(netip.MustParseAddr(tc.b)); same != tc.same {
			t.Errorf("%s and %s are the same: %t", tc.a, tc.b, same)
		}
	}
}

// dialFrom opens a connection to the program from an address of this machine.
func (p *program) dialFrom(address string) net.Conn {
	p.t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	conn, err := dialer.DialContext(p.t.Context(), "tcp", "127.0.0.1:"+p.port)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { conn.Close() })
	return conn
}

// ask asks for a page over a connection that stays open; 0: it was closed without an answer.
func ask(conn net.Conn) (status int) {
	if _, err := fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", conn.RemoteAddr()); err != nil {
		return 0
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}
