package page

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
)

// unknownAddress is used if a trusted proxy forwards an invalid address. It is in no network.
const unknownAddress = "unknown"

// clientAddress extracts the client's address: the TCP peer, or what trusted proxies forward, the nearest first. Headers of
// untrusted peers are ignored.
func clientAddress(trusted core.Networks) echo.IPExtractor {
	return func(r *http.Request) string {
		address, ok := peerOf(r)
		var hops []string // X-Forwarded-For may be split over several headers
		if list := strings.Join(r.Header.Values(echo.HeaderXForwardedFor), ","); strings.TrimSpace(list) != "" {
			hops = strings.Split(list, ",")
		}
		for _, hop := range slices.Backward(hops) {
			if !ok || !trusted.Contain(address) {
				break
			}
			address, ok = parseHop(hop)
		}
		if !ok {
			return unknownAddress
		}
		return address.String()
	}
}

// peerOf returns the TCP peer without the zone, which for a link-local address only names the interface.
func peerOf(r *http.Request) (netip.Addr, bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return peer.Addr().Unmap().WithZone(""), err == nil
}

// parseHop normalizes an entry: some proxies write brackets or a port, and an IPv4 address may be mapped into IPv6. Addresses
// with a zone are invalid.
func parseHop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		var withPort netip.AddrPort
		withPort, err = netip.ParseAddrPort(text)
		address = withPort.Addr()
	}
	return address.Unmap(), err == nil && address.Zone() == ""
}
