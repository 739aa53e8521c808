package handlers

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
)

// The bounds of what is said about proxies that nobody trusts.
const (
	proxiesKnown   = 16             // private addresses that are kept in mind
	proxyLogEvery  = time.Hour      // how often the log says it again
	proxyShownLong = 24 * time.Hour // how long the overview says it after the last request
)

// untrustedProxies keeps in mind which private peers send X-Forwarded-For although nobody trusts them: most likely a proxy
// that LATCHKEY_TRUSTED_PROXIES does not name, behind which everybody shares one address.
type untrustedProxies struct {
	trusted accounts.Networks
	now     func() time.Time
	log     *slog.Logger
	mu      sync.Mutex
	logged  map[netip.Addr]time.Time
	last    netip.Addr
	lastAt  time.Time
}

// watch looks at every request.
func (u *untrustedProxies) watch(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if peer, ok := u.suspect(c.Request()); ok {
			u.notice(peer)
		}
		return next(c)
	}
}

// suspect is the request's peer, if that is a private one that forwards and that is not trusted.
func (u *untrustedProxies) suspect(r *http.Request) (peer netip.Addr, ok bool) {
	if r.Header.Get(echo.HeaderXForwardedFor) == "" {
		return peer, false
	}
	peer, ok = peerOf(r)
	private := peer.IsPrivate() || peer.IsLoopback() || peer.IsLinkLocalUnicast()
	return peer, ok && private && !u.trusted.Contain(peer)
}

func (u *untrustedProxies) notice(peer netip.Addr) {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.now()
	u.last, u.lastAt = peer, now
	before, known := u.logged[peer]
	if known && now.Sub(before) < proxyLogEvery || !known && len(u.logged) >= proxiesKnown {
		return
	}
	if u.logged == nil {
		u.logged = map[netip.Addr]time.Time{}
	}
	u.logged[peer] = now
	u.log.Warn("X-Forwarded-For of a private peer is not believed, so everybody behind it counts as one address; "+
		"if it is your proxy, name it in LATCHKEY_TRUSTED_PROXIES", "peer", peer)
}

// shown is the peer that the overview warns of; "" = none.
func (u *untrustedProxies) shown() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.last.IsValid() || u.now().Sub(u.lastAt) > proxyShownLong {
		return ""
	}
	return u.last.String()
}
