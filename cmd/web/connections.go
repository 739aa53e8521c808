package main

import (
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"latchkey/accounts/core"
)

// connectionsLogEvery is how often refused connections are logged.
const connectionsLogEvery = time.Minute

// reservedForLoopback is how many additional connections are accepted from this machine, so that health checks work during a flood.
const reservedForLoopback = 16

// The reasons for refusing a connection.
const (
	refusedAddress = "address" // the limit per address is reached
	refusedAll     = "all"     // the limit for all addresses is reached
)

// connectionMetrics counts connections. Its methods are called concurrently and must not block.
type connectionMetrics interface {
	ConnectionOpened()
	ConnectionClosed()
	ConnectionRefused(reason string)
}

// boundedListener closes connections beyond the limits at once. Open ones are not affected.
type boundedListener struct {
	net.Listener
	most           int           // in all
	mostPerAddress int           // 0 = no limit
	proxies        core.Networks // without a limit per address: they connect for many clients
	now            func() time.Time
	log            *slog.Logger
	metrics        connectionMetrics // nil: nothing is counted

	mu         sync.Mutex
	open       int
	perNetwork map[netip.Prefix]int
	refused    int // since they were last logged
	logged     time.Time
}

// Accept waits for a connection within the limits.
func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		peer, ok := conn.RemoteAddr().(*net.TCPAddr)
		tcp, isTCP := conn.(*net.TCPConn)
		if !ok || !isTCP {
			return conn, nil
		}
		if address := peer.AddrPort().Addr().Unmap().WithZone(""); l.acquire(address) {
			return &boundedConn{TCPConn: tcp, release: sync.OnceFunc(func() { l.release(address) })}, nil
		}
		_ = conn.Close()
	}
}

// acquire counts a connection unless it exceeds a limit.
func (l *boundedListener) acquire(address netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	most, key := l.most, core.ClientNetwork(address)
	if address.IsLoopback() {
		most += reservedForLoopback
	}
	switch {
	case l.mostPerAddress > 0 && l.perNetwork[key] >= l.mostPerAddress && !l.proxies.Contain(address):
		l.refuse(refusedAddress, func() netip.Prefix { return key })
		return false
	case l.open >= most:
		l.refuse(refusedAll, l.largest)
		return false
	}
	l.open++
	l.perNetwork[key]++
	if l.metrics != nil {
		l.metrics.ConnectionOpened()
	}
	return true
}

// release counts a closed connection.
func (l *boundedListener) release(address netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := core.ClientNetwork(address)
	l.open--
	if l.metrics != nil {
		l.metrics.ConnectionClosed()
	}
	if l.perNetwork[key]--; l.perNetwork[key] == 0 {
		delete(l.perNetwork, key)
	}
}

// refuse counts a refusal, and logs refusals now and then with the network that has the most connections.
func (l *boundedListener) refuse(reason string, largest func() netip.Prefix) {
	if l.metrics != nil {
		l.metrics.ConnectionRefused(reason)
	}
	l.refused++
	now := l.now()
	if now.Sub(l.logged) < connectionsLogEvery {
		return
	}
	holder := largest()
	l.log.Warn("connections refused", "refused", l.refused, "bound", reason, "address", strings.TrimSuffix(holder.String(), "/32"), "held", l.perNetwork[holder], "open", l.open)
	l.logged, l.refused = now, 0
}

// largest returns the network with the most connections.
func (l *boundedListener) largest() netip.Prefix {
	return slices.MaxFunc(slices.Collect(maps.Keys(l.perNetwork)), func(a, b netip.Prefix) int { return l.perNetwork[a] - l.perNetwork[b] })
}

// bounded applies the limits in the settings to a listener.
func (a *app) bounded(listener net.Listener) *boundedListener {
	return &boundedListener{
		Listener: listener, most: a.config.MaxConnections, mostPerAddress: a.config.MaxConnectionsPerAddress, proxies: a.config.TrustedProxies,
		now: time.Now, log: a.log, perNetwork: map[netip.Prefix]int{},
	}
}

// boundedConn tracks when the connection is closed. It embeds a TCP connection, whose methods net/http uses.
type boundedConn struct {
	*net.TCPConn
	release func()
}

// Close closes the connection and releases its place.
func (c *boundedConn) Close() error {
	defer c.release()
	return c.TCPConn.Close()
}
