package page

import (
	"log/slog"
	"maps"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
)

// The limits of warnings about untrusted proxies.
const (
	proxyWindow   = 12 * time.Hour // traffic is judged over one to two windows
	proxyRequests = 5              // forwarded requests before a warning
	proxyPeers    = 256            // tracked peers of each kind
	proxyLogEvery = time.Hour      // how often the log repeats it
)

// untrustedProxies detects a proxy that LATCHKEY_TRUSTED_PROXIES does not list, behind which all clients share one address: at least
// half of the requests come from untrusted private peers that send X-Forwarded-For, and fewer peers send none. Any client can send
// that header, so a single client must not be mistaken for a proxy: an operator who then trusted it would let it claim any address.
type untrustedProxies struct {
	trusted core.Networks
	now     func() time.Time
	log     *slog.Logger

	mu            sync.Mutex
	began         time.Time // of the current window
	present, past traffic
	logged        time.Time
}

// traffic is the traffic of a window.
type traffic struct {
	requests, forwarded int
	forwarders          map[netip.Addr]int // requests of each suspected peer
	others              map[netip.Addr]int // of each other peer
}

// watch records every request, except health checks that bypass the proxy.
func (u *untrustedProxies) watch(c echo.Context) error {
	r := c.Request()
	forwards := r.Header.Get(echo.HeaderXForwardedFor) != ""
	if health := c.Path() == "/healthz" || c.Path() == "/readyz"; health && !forwards {
		return nil
	}
	peer, ok := peerOf(r)
	if !ok {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.rotate()
	private := peer.IsPrivate() || peer.IsLoopback() || peer.IsLinkLocalUnicast()
	u.present.requests++
	if suspected := forwards && private && !u.trusted.Contain(peer); !suspected {
		count(u.present.others, peer)
		return nil
	}
	u.present.forwarded++
	count(u.present.forwarders, peer)
	now := u.now()
	if now.Sub(u.logged) < proxyLogEvery {
		return nil
	}
	if proxy, found := u.suspect(); found {
		u.logged = now
		u.log.Warn("X-Forwarded-For of a private peer is not trusted; if it is your proxy, add it to LATCHKEY_TRUSTED_PROXIES", "peer", proxy)
	}
	return nil
}

func count(peers map[netip.Addr]int, peer netip.Addr) {
	if _, known := peers[peer]; known || len(peers) < proxyPeers {
		peers[peer]++
	}
}

// rotate starts a new window when the current one has ended.
func (u *untrustedProxies) rotate() {
	age := u.now().Sub(u.began)
	if age < proxyWindow {
		return
	}
	fresh := func() traffic { return traffic{forwarders: map[netip.Addr]int{}, others: map[netip.Addr]int{}} }
	u.past = u.present
	if age >= 2*proxyWindow {
		u.past = fresh()
	}
	u.began, u.present = u.now(), fresh()
}

// suspect returns the peer that is most likely the proxy, or false if most traffic does not come through one.
func (u *untrustedProxies) suspect() (proxy netip.Addr, found bool) {
	requests, forwarded := u.present.requests+u.past.requests, u.present.forwarded+u.past.forwarded
	if forwarded < proxyRequests || 2*forwarded < requests {
		return proxy, false
	}
	forwarders, others := maps.Clone(u.present.forwarders), maps.Clone(u.present.others)
	for peer, n := range u.past.forwarders {
		forwarders[peer] += n
	}
	for peer, n := range forwarders {
		delete(others, peer)
		if !found || n > forwarders[proxy] {
			proxy, found = peer, true
		}
	}
	for peer := range u.past.others {
		if _, forwards := forwarders[peer]; !forwards {
			others[peer] = 1
		}
	}
	return proxy, found && len(forwarders) > len(others)
}

// shown returns the peer that the overview warns of; "" = none.
func (u *untrustedProxies) shown() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.rotate()
	proxy, found := u.suspect()
	if !found {
		return ""
	}
	return proxy.String()
}
